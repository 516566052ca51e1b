package inbox_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/testkit"
)

// scene is ada, whom ben follows, and her workout for followers.
type scene struct {
	*testkit.World
	ada, ben *testkit.Person
	workout  string
}

func play(t *testing.T) scene {
	t.Helper()
	w := testkit.Start(t)
	s := scene{World: w, ada: w.Join("ada"), ben: w.Join("ben")}
	w.Follow(s.ben, s.ada)
	made := s.ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": "2026-05-30T08:00:00Z", "duration_s": 1200, "audience": "followers",
	}).Want(t, http.StatusCreated)
	s.workout, _ = made.Map(t)["id"].(string)
	return s
}

func (s scene) like(t *testing.T, p *testkit.Person) {
	t.Helper()
	p.Do(http.MethodPut, "/v1/workouts/"+s.workout+"/likes", nil).Want(t, http.StatusNoContent)
}

func (s scene) say(t *testing.T, p *testkit.Person, text string) string {
	t.Helper()
	made := p.Do(http.MethodPost, "/v1/workouts/"+s.workout+"/comments", map[string]any{"text": text}).Want(t, http.StatusCreated)
	id, _ := made.Map(t)["id"].(string)
	return id
}

// told is what somebody's list holds, "kind by whom", the latest first, and how many are unread.
func told(t *testing.T, p *testkit.Person, query string) (kinds string, unread float64) {
	t.Helper()
	body := p.Get("/v1/me/notifications"+query).Want(t, http.StatusOK).Map(t)
	items, _ := body["items"].([]any)
	var all []string
	for _, item := range items {
		one, _ := item.(map[string]any)
		actor, _ := one["actor"].(map[string]any)
		kind, _ := one["kind"].(string)
		name, _ := actor["username"].(string)
		all = append(all, kind+" by "+name)
	}
	unread, _ = body["unread"].(float64)
	return strings.Join(all, ", "), unread
}

func want(t *testing.T, p *testkit.Person, kinds string, unread float64) {
	t.Helper()
	if got, n := told(t, p, ""); got != kinds || n != unread {
		t.Errorf("%s is told %q, %v unread; not %q, %v", p.Name, got, n, kinds, unread)
	}
}

// first is the id of the latest.
func first(t *testing.T, p *testkit.Person) string {
	t.Helper()
	items, _ := p.Get("/v1/me/notifications").Want(t, http.StatusOK).Map(t)["items"].([]any)
	one, _ := items[0].(map[string]any)
	id, _ := one["id"].(string)
	return id
}

func TestANoticeShowsWhileItsThingDoes(t *testing.T) {
	t.Parallel()
	s := play(t)
	want(t, s.ben, "follow_approved by ada", 1)
	want(t, s.ada, "", 0) // the request was answered
	s.Clock.Advance(time.Second)
	s.like(t, s.ben)
	s.Clock.Advance(time.Second)
	comment := s.say(t, s.ben, "hard, @ada?")
	want(t, s.ada, "mentioned by ben, liked by ben", 2) // and not told twice of one comment
	s.Clock.Advance(time.Second)
	s.say(t, s.ada, "harder, @ben")
	want(t, s.ben, "mentioned by ada, follow_approved by ada", 2)

	// Narrowed, it is gone for ben, and back when he may see it again.
	narrow := func(audience string) {
		s.ada.Do(http.MethodPatch, "/v1/workouts/"+s.workout, map[string]any{"audience": audience}).Want(t, http.StatusOK)
	}
	narrow("only_me")
	want(t, s.ben, "follow_approved by ada", 1)
	want(t, s.ada, "", 0) // ben isn't heard below it either
	narrow("followers")
	want(t, s.ben, "mentioned by ada, follow_approved by ada", 2)

	// Hidden is still the owner's; taken back is gone.
	s.ada.Do(http.MethodPut, "/v1/comments/"+comment+"/hidden", nil).Want(t, http.StatusNoContent)
	want(t, s.ada, "mentioned by ben, liked by ben", 2)
	s.ben.Do(http.MethodDelete, "/v1/workouts/"+s.workout+"/likes", nil).Want(t, http.StatusNoContent)
	want(t, s.ada, "mentioned by ben", 1)
	s.ben.Do(http.MethodDelete, "/v1/comments/"+comment, nil).Want(t, http.StatusNoContent)
	want(t, s.ada, "", 0)

	// An unfollow takes what hung on it; a block takes the rest.
	s.ben.Do(http.MethodDelete, "/v1/me/following/"+s.ada.ID, nil).Want(t, http.StatusNoContent)
	want(t, s.ben, "", 0)
	s.Ask(s.ben, s.ada)
	want(t, s.ada, "follow_requested by ben", 1)
	s.Block(s.ada, s.ben)
	want(t, s.ada, "", 0)
}

// What doesn't show can't be marked or deleted, and answers as what never was.
func TestAHiddenNoticeIsNone(t *testing.T) {
	t.Parallel()
	s := play(t)
	s.like(t, s.ben)
	id := first(t, s.ada)
	path := "/v1/me/notifications/" + id
	never := s.ada.Do(http.MethodDelete, "/v1/me/notifications/0d1f8e2a-5c3b-4e7f-9a61-2b8c4d5e6f70", nil).Want(t, http.StatusNotFound)
	s.ben.Do(http.MethodDelete, path, nil).Want(t, http.StatusNotFound)
	s.ada.Do(http.MethodPatch, "/v1/workouts/"+s.workout, map[string]any{"audience": "only_me"}).Want(t, http.StatusOK)
	for _, r := range []testkit.Response{s.ada.Do(http.MethodDelete, path, nil), s.ada.Do(http.MethodPut, path+"/read", nil)} {
		if differ := r.Same(never); differ != "" {
			t.Error(differ)
		}
	}
	s.ada.Do(http.MethodPatch, "/v1/workouts/"+s.workout, map[string]any{"audience": "followers"}).Want(t, http.StatusOK)
	s.ada.Do(http.MethodPut, path+"/read", nil).Want(t, http.StatusNoContent)
	want(t, s.ada, "liked by ben", 0)
	if got, _ := told(t, s.ada, "?unread=true"); got != "" {
		t.Errorf("unread are %q", got)
	}
	s.ada.Do(http.MethodDelete, path, nil).Want(t, http.StatusNoContent)
	want(t, s.ada, "", 0)
	s.say(t, s.ben, "still here")
	s.ada.Do(http.MethodPut, "/v1/me/notifications/read", nil).Want(t, http.StatusNoContent)
	want(t, s.ada, "commented by ben", 0)
}

// Who doesn't want a kind, and whom it is about themself, is told nothing; nobody is told twice, nor flooded.
func TestNotToldTooMuch(t *testing.T) {
	t.Parallel()
	s := play(t)
	off := func(p *testkit.Person, kind string, members map[string]any) testkit.Response {
		members["kind"] = kind
		return p.Do(http.MethodPatch, "/v1/me/notification-settings", map[string]any{"items": []any{members}})
	}
	off(s.ada, "liked", map[string]any{"told": false}).Want(t, http.StatusOK)
	s.like(t, s.ben)
	s.like(t, s.ada)
	s.say(t, s.ada, "to myself, @ada")
	want(t, s.ada, "", 0)
	off(s.ada, "access_granted", map[string]any{"told": false}).Want(t, http.StatusUnprocessableEntity)
	off(s.ada, "access_granted", map[string]any{"mailed": false}).Want(t, http.StatusUnprocessableEntity)
	off(s.ada, "moderation_decided", map[string]any{"told": false}).Want(t, http.StatusUnprocessableEntity)
	off(s.ada, "moderation_decided", map[string]any{"mailed": false}).Want(t, http.StatusOK)
	tag := s.ada.Get("/v1/me/notification-settings").Want(t, http.StatusOK).Header.Get("ETag")
	off(s.ada, "liked", map[string]any{"told": true}).Want(t, http.StatusOK)
	s.ada.Do(http.MethodPatch, "/v1/me/notification-settings", map[string]any{"items": []any{map[string]any{"kind": "liked", "told": false}}}, "If-Match", tag).
		Want(t, http.StatusPreconditionFailed)
	for range 55 {
		s.say(t, s.ben, "again")
	}
	if n := s.Query(`SELECT count(*)::text FROM notice WHERE member_id = $1`, s.ada.ID); n != "50" {
		t.Errorf("ben told ada %s times in a day", n)
	}
}

// A mail tells what happened, to whom asked for it, if it is still to be seen; and nothing of anybody.
func TestAMailNamesNobody(t *testing.T) {
	t.Parallel()
	s := play(t)
	for _, kind := range []string{"liked", "commented"} {
		s.ada.Do(http.MethodPatch, "/v1/me/notification-settings", map[string]any{"items": []any{map[string]any{"kind": kind, "mailed": true}}}).Want(t, http.StatusOK)
	}
	s.like(t, s.ben)
	comment := s.say(t, s.ben, "Marker Street 5")
	s.say(t, s.ben, "gone soon")
	s.Clock.Advance(4 * time.Minute)
	s.mails(t, 0) // not at once
	s.Exec(`DELETE FROM workout_like`)
	s.Clock.Advance(2 * time.Minute)
	s.mails(t, 1)
	var sent []mail.Written // by the job, within its seconds
	for range 1200 {
		sent = sent[:0]
		for _, m := range s.Outbox.Recent() {
			if m.Kind == mail.Notices {
				sent = append(sent, m)
			}
		}
		if len(sent) > 0 {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	if len(sent) != 1 || sent[0].To != s.ada.Email || strings.Count(sent[0].Body, "Somebody commented on a workout of yours.") != 1 {
		t.Fatalf("sent: %v", sent)
	}
	for _, secret := range []string{"ben", "Ben", "Marker", "liked", comment, s.workout, s.ben.ID, s.ada.ID} {
		if strings.Contains(sent[0].Body+sent[0].Subject, secret) {
			t.Errorf("the mail says %q:\n%s", secret, sent[0].Body)
		}
	}
	// The next one waits for an hour after that, and is not written for what can't be seen by then.
	s.say(t, s.ben, "one more")
	s.Clock.Advance(10 * time.Minute)
	s.mails(t, 1)
	s.Login(s.ada)
	s.Block(s.ada, s.ben)
	s.Clock.Advance(time.Hour)
	s.mails(t, 1)
}

// mails has ada's due notices looked through, whether by this test or by the job, and says how many mails
// there are about them by now.
func (s scene) mails(t *testing.T, want int) {
	t.Helper()
	now := s.Clock.Now()
	for n := range 400 {
		if s.Query(`SELECT count(*)::text FROM notice WHERE mail_due <= $1`, now) == "0" {
			if got := s.Query(`SELECT count(DISTINCT mailed_at)::text FROM notice`); got != strconv.Itoa(want) {
				t.Errorf("%s mails by %s, not %d", got, now, want)
			}
			return
		}
		claim := now.String() + strconv.Itoa(n)
		if s.Query(`SELECT auth.claim_notices($1, $2, $3)::text`, db.WithNoticeClaim(claim, now).TokenHash(), now, now.Add(time.Minute)) != "true" {
			time.Sleep(25 * time.Millisecond) // the job has it
			continue
		}
		if _, err := s.Service.Notices.Mail(t.Context(), db.WithNoticeClaim(claim, now)); err != nil {
			t.Fatal(err)
		}
		// A claim works once.
		if again, err := s.Service.Notices.Mail(t.Context(), db.WithNoticeClaim(claim, now)); again || err != nil {
			t.Errorf("a claim was used twice: %t, %v", again, err)
		}
	}
	t.Fatal("it comes to no end")
}
