package testkit_test

import (
	"net/http"
	"testing"

	"github.com/paceline/paceline/internal/service"
	"github.com/paceline/paceline/internal/testkit"
)

// The service keeps no state: what one replica is told binds the very next
// request on another.
func TestReplicasAgreeAtOnce(t *testing.T) {
	t.Parallel()
	one := testkit.Start(t)
	two := testkit.Start(t, func(o *service.Options) {
		// Either replica may send the mail that the other wrote: both into one outbox.
		o.Database.URL, o.Ring, o.Now, o.Mail = one.PG.Superuser(), one.Ring, one.Clock.Now, one.Outbox
	})
	owner, follower := one.Join("owner"), one.Join("follower")
	one.Follow(follower, owner)
	there := func(p *testkit.Person) *testkit.Client { return two.As(p.Token) }
	made := owner.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": "2026-05-31T08:00:00Z", "duration_s": 3600, "title": "shared",
	}).Want(t, http.StatusCreated).Map(t)
	path := "/v1/workouts/" + made["id"].(string)

	there(follower).Get(path).Want(t, http.StatusOK)
	owner.Do(http.MethodPatch, path, map[string]any{"audience": "only_me"}).Want(t, http.StatusOK)
	there(follower).Get(path).Want(t, http.StatusNotFound)
	there(owner).Do(http.MethodPatch, path, map[string]any{"audience": "followers"}).Want(t, http.StatusOK)
	follower.Get(path).Want(t, http.StatusOK)
	there(owner).Do(http.MethodPut, "/v1/me/blocks/"+follower.ID, nil).Want(t, http.StatusNoContent)
	follower.Get(path).Want(t, http.StatusNotFound)
	follower.Get("/v1/members/owner").Want(t, http.StatusNotFound)
	// A session that ends, ends there too.
	owner.Do(http.MethodPost, "/v1/auth/logout", nil).Want(t, http.StatusNoContent)
	there(owner).Get("/v1/me").Want(t, http.StatusUnauthorized)
}
