package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
)

// A console asks, its owner looks and says yes, the console hears it once, and from then
// on calls with proofs.
func TestAConsoleIsPaired(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada := w.Join("ada")
	k := w.NewKey()
	codes := w.With("", k).Do(http.MethodPost, "/v1/consoles/device_authorization", map[string]any{"model": testkit.Model, "firmware": testkit.Firmware}).
		Want(t, http.StatusOK).Map(t)
	user, device := codes["user_code"].(string), codes["device_code"].(string)
	if codes["verification_uri_complete"] != testkit.PublicURL+"/pair?code="+user || codes["expires_in"] != 600.0 || codes["interval"] != 5.0 {
		t.Errorf("the codes are %v", codes)
	}
	poll := func(want string) {
		t.Helper()
		if got := w.Poll(k, device).Want(t, http.StatusBadRequest).Map(t)["code"]; got != want {
			t.Errorf("the poll is told %v, not %s", got, want)
		}
	}
	poll("authorization_pending")
	poll("slow_down")
	seen := ada.Get("/v1/me/pairings/"+user).Want(t, http.StatusOK).Map(t)
	if seen["kind"] != "console" || seen["model"] != testkit.ModelName || seen["place"] != "same_network" || seen["studio"] != nil {
		t.Errorf("the owner sees %v", seen)
	}
	ada.Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{"name": "Cellar"}).Want(t, http.StatusNoContent)
	if got := w.Poll(w.NewKey(), device).Want(t, http.StatusUnauthorized).Map(t)["code"]; got != "invalid_dpop_proof" {
		t.Errorf("another key is told %v", got)
	}
	tokens := w.Poll(k, device).Want(t, http.StatusOK).Map(t)
	poll("invalid_grant")
	if tokens["token_type"] != "DPoP" || tokens["scope"] != "sync" || tokens["expires_in"] != 600.0 {
		t.Errorf("the tokens are %v", tokens)
	}
	items := ada.Get("/v1/me/consoles").Want(t, http.StatusOK).Map(t)["items"].([]any)
	if len(items) != 1 || items[0].(map[string]any)["name"] != "Cellar" || items[0].(map[string]any)["model"] != testkit.ModelName {
		t.Errorf("the consoles are %v", items)
	}
	console := w.With(tokens["access_token"].(string), k)
	// Nobody rides it: it is not shared.
	if got := console.Do(http.MethodPost, "/v1/consoles/ride", nil).Want(t, http.StatusForbidden).Map(t)["code"]; got != "not_shared" {
		t.Errorf("a ride is refused with %v", got)
	}
	console.Do(http.MethodDelete, "/v1/consoles/ride", nil).Want(t, http.StatusNoContent)
	w.Clock.Advance(10 * time.Minute)
	console.Do(http.MethodDelete, "/v1/consoles/ride", nil).Want(t, http.StatusUnauthorized)
}

// refresh asks for new tokens, and gives them, or the code of the refusal.
func refresh(t *testing.T, w *testkit.World, k *testkit.Key, token string) (next *testkit.Console, code any) {
	t.Helper()
	r := w.With("", k).Do(http.MethodPost, "/v1/consoles/token", map[string]any{"grant_type": "refresh_token", "refresh_token": token}).
		Want(t, http.StatusOK, http.StatusBadRequest).Map(t)
	if r["code"] != nil {
		return nil, r["code"]
	}
	next = &testkit.Console{Key: k}
	next.Token, _ = r["access_token"].(string)
	next.Refresh, _ = r["refresh_token"].(string)
	next.Client = w.With(next.Token, k)
	return next, nil
}

// An answer may be lost: a refresh token comes again until something that was given for it
// is used. Then it is a thief's, and the console is over.
func TestAConsoleRefreshes(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada := w.Join("ada")
	first := w.Pair(ada, "sync")
	if _, code := refresh(t, w, w.NewKey(), first.Refresh); code != "invalid_grant" {
		t.Errorf("another key is told %v", code)
	}
	lost, _ := refresh(t, w, first.Key, first.Refresh)
	second, code := refresh(t, w, first.Key, first.Refresh)
	if code != nil {
		t.Fatalf("after a lost answer: %v", code)
	}
	end := func(c *testkit.Console, status int) {
		t.Helper()
		c.Do(http.MethodDelete, "/v1/consoles/ride", nil).Want(t, status)
	}
	end(first, http.StatusUnauthorized)
	end(lost, http.StatusUnauthorized)
	end(second, http.StatusNoContent)
	third, _ := refresh(t, w, first.Key, second.Refresh)
	end(third, http.StatusNoContent)
	if _, code := refresh(t, w, first.Key, first.Refresh); code != "invalid_grant" {
		t.Errorf("what was used up is told %v", code)
	}
	end(third, http.StatusUnauthorized)
	if items := ada.Get("/v1/me/consoles").Want(t, http.StatusOK).Map(t)["items"].([]any); len(items) != 0 {
		t.Errorf("the consoles are %v", items)
	}
}
