package class_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/testkit"
)

// world is a server with a class manager, and somebody else.
type world struct {
	*testkit.World
	manager, member *testkit.Person
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{World: testkit.Start(t)}
	w.manager, w.member = w.Staff("mia-keeps", "class_manager"), w.Join("nora-rides")
	return w
}

// make has the class manager make something, published if it can be, and gives its id.
func (w *world) make(kind string, body map[string]any) string {
	w.T.Helper()
	made := w.manager.Do(http.MethodPost, "/v1/admin/"+kind, body).Want(w.T, http.StatusCreated)
	id := fmt.Sprint(made.Map(w.T)["id"])
	if kind != "schedule" {
		w.publish(kind, id)
	}
	return id
}

func (w *world) publish(kind, id string) {
	w.T.Helper()
	w.manager.Do(http.MethodPatch, "/v1/admin/"+kind+"/"+id, map[string]any{"state": "published"}).Want(w.T, http.StatusOK)
}

func (w *world) instructor(name string) string {
	return w.make("instructors", map[string]any{"name": name, "disciplines": []string{"ride"}})
}

func (w *world) class(instructor string, more map[string]any) string {
	body := map[string]any{
		"title": "Hills", "discipline": "ride", "duration_s": 1800, "difficulty": 3, "instructor": instructor, "language": "en", "live": true,
	}
	for k, v := range more {
		body[k] = v
	}
	return w.make("classes", body)
}

func (w *world) studio(name, zone string) string {
	return w.make("studios", map[string]any{"name": name, "city": "Town", "country": "CH", "time_zone": zone, "places": []string{"bike 1", "bike 2"}})
}

// starts are the starts of what is scheduled by a studio, as anybody reads them, with what was cancelled marked.
func (w *world) starts(studio string, from time.Time) (all []string) {
	w.T.Helper()
	cursor := ""
	for {
		path := "/v1/schedule?limit=7&studio=" + studio + "&from=" + from.Format(time.RFC3339) + "&to=" + from.AddDate(0, 0, 31).Format(time.RFC3339) + cursor
		var page struct {
			Items []struct {
				State    string    `json:"state"`
				StartsAt time.Time `json:"starts_at"`
			} `json:"items"`
			NextCursor string `json:"next_cursor"`
		}
		w.As("").Get(path).Want(w.T, http.StatusOK).JSON(w.T, &page)
		for _, item := range page.Items {
			at := item.StartsAt.Format("01-02T15:04")
			if item.State == "cancelled" {
				at += " cancelled"
			}
			all = append(all, at)
		}
		if page.NextCursor == "" {
			return all
		}
		cursor = "&cursor=" + page.NextCursor
	}
}

// settle does what the job does about one class.
func (w *world) settle(id string) {
	w.T.Helper()
	err := w.Service.DB.AsWorker(w.T.Context(), db.ReasonSettleClasses, w.Clock.Now(), func(ctx context.Context, tx *db.SystemTx) error {
		return booking.Settle(ctx, tx, uuid.MustParse(id))
	})
	if err != nil {
		w.T.Error(err)
	}
}
