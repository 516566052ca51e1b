package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/service"
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

// call is one call as a console, with what a test says of its headers.
func call(w *testkit.World, token, proof string, headers ...string) testkit.Response {
	w.T.Helper()
	headers = append(headers, "Authorization", "DPoP "+token)
	if proof != "" {
		headers = append(headers, "DPoP", proof)
	}
	return w.Do(http.MethodDelete, ride, nil, headers...)
}

const ride = "/v1/consoles/ride"

// A console's token is worth nothing without a new proof of its key, for this very request.
func TestAConsolesTokenNeedsItsProof(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	console := w.Pair(w.Join("ada"), "sync")
	other := w.Pair(w.Join("bob"), "sync")
	proof := func() string { return console.Key.Proof(t, http.MethodDelete, ride, console.Token) }
	refused := func(what, code string, r testkit.Response) {
		t.Helper()
		if r.Want(t, http.StatusUnauthorized); r.Map(t)["code"] != code || !strings.HasPrefix(r.Header.Get("WWW-Authenticate"), "DPoP ") {
			t.Errorf("%s: %s, %q", what, r.Body, r.Header.Get("WWW-Authenticate"))
		}
	}
	used := proof()
	call(w, console.Token, used).Want(t, http.StatusNoContent)
	refused("the same proof again", "invalid_dpop_proof", call(w, console.Token, used))
	refused("none", "invalid_dpop_proof", call(w, console.Token, ""))
	refused("no scheme for it", "invalid_token", w.As(console.Token).Do(http.MethodDelete, ride, nil))
	refused("a proof beside a bearer token", "invalid_token", w.As(console.Token).Do(http.MethodDelete, ride, nil, "DPoP", proof()))
	refused("another key", "invalid_dpop_proof", call(w, console.Token, other.Key.Proof(t, http.MethodDelete, ride, console.Token)))
	refused("another token", "invalid_dpop_proof", call(w, console.Token, console.Key.Proof(t, http.MethodDelete, ride, other.Token)))
	refused("another method", "invalid_dpop_proof", call(w, console.Token, console.Key.Proof(t, http.MethodPost, ride, console.Token)))
	refused("another path", "invalid_dpop_proof", call(w, console.Token, console.Key.Proof(t, http.MethodDelete, ride+"r", console.Token)))
	elsewhere := console.Key.ProofAt(t, http.MethodDelete, "https://evil.test"+ride, console.Token, "")
	refused("another host", "invalid_dpop_proof", call(w, console.Token, elsewhere))
	refused("another host, and the request says so", "invalid_dpop_proof",
		w.Named("evil.test").Do(http.MethodDelete, ride, nil, "Authorization", "DPoP "+console.Token, "DPoP", elsewhere, "X-Forwarded-Host", "evil.test"))
	late := proof()
	w.Clock.Advance(61 * time.Second)
	stale := call(w, console.Token, late)
	refused("an old proof", "use_dpop_nonce", stale)
	// A console with a wrong clock goes by the server's nonce.
	w.Clock.Advance(-time.Hour)
	slow := console.Key.ProofAt(t, http.MethodDelete, testkit.PublicURL+ride, console.Token, stale.Header.Get("DPoP-Nonce"))
	w.Clock.Advance(time.Hour)
	call(w, console.Token, slow).Want(t, http.StatusNoContent)
	refused("the nonce's proof again", "invalid_dpop_proof", call(w, console.Token, slow))
	// A session's token is none of a console's, and the reverse.
	if got := w.Join("cleo").Do(http.MethodDelete, ride, nil).Want(t, http.StatusForbidden).Map(t)["code"]; got != "consoles_only" {
		t.Errorf("a session is told %v", got)
	}
	for _, path := range []string{"/v1/me", "/v1/me/profile", "/v1/members/bob", "/v1/me/consoles", "/v1/feed"} {
		if got := console.Get(path).Want(t, http.StatusForbidden).Map(t)["code"]; got != "insufficient_scope" {
			t.Errorf("%s: a console is told %v", path, got)
		}
	}
}

// A console without the scope does nothing that takes it.
func TestAConsoleStaysWithinItsScope(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	narrow := w.Pair(w.Join("ada"), "classes:read")
	if got := narrow.Do(http.MethodDelete, ride, nil).Want(t, http.StatusForbidden).Map(t)["code"]; got != "insufficient_scope" {
		t.Errorf("it is told %v", got)
	}
}

// Revoked means now: the next call, the next refresh, and whoever rides on it.
func TestARevokedConsoleIsOver(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada, ben := w.Join("ada"), w.Join("ben")
	gym := studio(t, w, ada)
	rider := w.Ride(gym, ben)
	rider.Do(http.MethodPost, ride, nil).Want(t, http.StatusForbidden) // a rider signs nobody else in
	id := ada.Get("/v1/me/consoles").Map(t)["items"].([]any)[0].(map[string]any)["id"].(string)
	ben.Do(http.MethodDelete, "/v1/me/consoles/"+id, nil).Want(t, http.StatusNotFound)
	ada.Do(http.MethodDelete, "/v1/me/sessions/"+id, nil).Want(t, http.StatusNotFound) // it is in another list
	ada.Do(http.MethodDelete, "/v1/me/sessions", nil).Want(t, http.StatusNoContent)    // and outlives that
	gym.Do(http.MethodPost, ride, nil).Want(t, http.StatusOK)
	ada.Do(http.MethodDelete, "/v1/me/consoles/"+id, nil).Want(t, http.StatusNoContent)
	gym.Do(http.MethodPost, ride, nil).Want(t, http.StatusUnauthorized)
	rider.Do(http.MethodDelete, ride, nil).Want(t, http.StatusUnauthorized)
	for _, c := range []*testkit.Console{gym, rider} {
		if _, code := refresh(t, w, c.Key, c.Refresh); code != "invalid_grant" {
			t.Errorf("a refresh is told %v", code)
		}
	}
	ada.Do(http.MethodDelete, "/v1/me/consoles/"+id, nil).Want(t, http.StatusNotFound)
}

// studio is a shared console of somebody who is made a studio.
func studio(t *testing.T, w *testkit.World, owner *testkit.Person) *testkit.Console {
	t.Helper()
	c := w.Pair(owner, "sync")
	id := owner.Get("/v1/me/consoles").Map(t)["items"].([]any)[0].(map[string]any)["id"].(string)
	share := func() testkit.Response {
		return owner.Do(http.MethodPatch, "/v1/me/consoles/"+id, map[string]any{"shared": true, "name": "Bike 7"})
	}
	if got := share().Want(t, http.StatusForbidden).Map(t)["code"]; got != "no_studio" {
		t.Errorf("who is no studio is told %v", got)
	}
	if err := w.Service.Accounts.PutStudio(t.Context(), w.Clock.Now(), owner.Name, "Studio North"); err != nil {
		t.Fatal(err)
	}
	if got := share().Want(t, http.StatusOK).Map(t); got["shared"] != true || got["name"] != "Bike 7" {
		t.Errorf("the console is %v", got)
	}
	return c
}

// A ride on a studio's console is its rider's alone, and ends in each of the ways there are.
func TestARideEnds(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada, ben, cleo := w.Join("ada"), w.Join("ben"), w.Join("cleo")
	gym := studio(t, w, ada)
	codes := gym.Do(http.MethodPost, ride, nil).Want(t, http.StatusOK).Map(t)
	seen := ben.Get("/v1/me/pairings/"+codes["user_code"].(string)).Want(t, http.StatusOK).Map(t)
	if seen["kind"] != "ride" || seen["studio"] != "Studio North" || seen["lasts_s"] != 21600.0 {
		t.Errorf("a rider sees %v", seen)
	}
	works := func(c *testkit.Console, status int) {
		t.Helper()
		c.Do(http.MethodPost, ride, nil).Want(t, status) // 403 for a rider who is signed in
	}
	member := func(c *testkit.Console) string {
		t.Helper()
		return w.Query(`SELECT coalesce(member::text, actor) FROM auth.authenticate($1, $2)`, db.BoundHash(c.Token, c.Key.JKT()), w.Clock.Now())
	}
	first := w.Ride(gym, ben)
	if member(first) != ben.ID || member(gym) != ada.ID {
		t.Error("the ride is not the rider's, or the console not its owner's")
	}
	if got := first.Do(http.MethodPost, ride, nil).Want(t, http.StatusForbidden).Map(t)["code"]; got != "not_shared" {
		t.Errorf("a rider who would sign others in is told %v", got)
	}
	// By the next sign-in: what the console holds of the ride before opens nothing.
	second := w.Ride(gym, cleo)
	works(first, http.StatusUnauthorized)
	if _, code := refresh(t, w, first.Key, first.Refresh); code != "invalid_grant" {
		t.Errorf("the ride before refreshes: %v", code)
	}
	if member(first) != "nobody" || member(second) != cleo.ID {
		t.Error("the next rider reads the ride before")
	}
	works(second, http.StatusForbidden)
	// By its end, which the console may say as well.
	second.Do(http.MethodDelete, ride, nil).Want(t, http.StatusNoContent)
	works(second, http.StatusUnauthorized)
	third := w.Ride(gym, ben)
	gym.Do(http.MethodDelete, ride, nil).Want(t, http.StatusNoContent)
	works(third, http.StatusUnauthorized)
	// From the phone.
	fourth := w.Ride(gym, ben)
	var id string
	for _, item := range ben.Get("/v1/me/sessions").Map(t)["items"].([]any) {
		if s := item.(map[string]any); s["kind"] == "ride" && s["label"] == testkit.ModelName {
			id = s["id"].(string)
		}
	}
	ben.Do(http.MethodDelete, "/v1/me/sessions/"+id, nil).Want(t, http.StatusNoContent)
	works(fourth, http.StatusUnauthorized)
	// By idling; a request in time goes on.
	fifth := w.Ride(gym, ben)
	w.Clock.Advance(9 * time.Minute)
	works(fifth, http.StatusForbidden)
	w.Clock.Advance(9 * time.Minute)
	fifth, code := refresh(t, w, fifth.Key, fifth.Refresh)
	if code != nil {
		t.Fatalf("a ride that goes on is told %v", code)
	}
	works(fifth, http.StatusForbidden)
	w.Clock.Advance(9 * time.Minute)
	if fifth, code = refresh(t, w, fifth.Key, fifth.Refresh); code != nil {
		t.Fatalf("a ride that goes on is told %v", code)
	}
	w.Clock.Advance(6 * time.Minute) // a refresh is no use of it: nobody has to be there
	works(fifth, http.StatusUnauthorized)
	if _, code := refresh(t, w, fifth.Key, fifth.Refresh); code != "invalid_grant" {
		t.Errorf("a ride that idled refreshes: %v", code)
	}
	// With the studio.
	w.Login(ben)
	gym, _ = refresh(t, w, gym.Key, gym.Refresh)
	sixth := w.Ride(gym, ben)
	if err := w.Service.Accounts.DropStudio(t.Context(), w.Clock.Now(), ada.Name); err != nil {
		t.Fatal(err)
	}
	works(sixth, http.StatusUnauthorized)
	works(gym, http.StatusForbidden)
}

// A code dies of being typed, and who guesses is stopped: by member, and by network.
func TestACodeIsTypedFewTimes(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada := w.Join("ada")
	k := w.NewKey()
	device, user := w.Codes(k, "sync")
	for range 10 {
		ada.Get("/v1/me/pairings/"+strings.ToLower(user)).Want(t, http.StatusOK)
	}
	ada.Get("/v1/me/pairings/"+user).Want(t, http.StatusNotFound)
	ada.Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{}).Want(t, http.StatusNotFound)
	if got := w.Poll(k, device).Want(t, http.StatusBadRequest).Map(t)["code"]; got != "authorization_pending" {
		t.Errorf("the poll is told %v", got)
	}
}

func TestGuessingCodesIsLimited(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t, func(o *service.Options) { o.Limits.Auth, o.Limits.AuthNetwork = 5, 8 })
	w.Register()
	ada, ben := w.Join("ada"), w.Join("ben")
	w.Clock.Advance(time.Hour)
	w.Login(ada)
	w.Login(ben)
	w.Clock.Advance(time.Hour)
	w.Login(ada)
	w.Login(ben)
	guess := func(p *testkit.Person, method string, status int) {
		t.Helper()
		var body any
		if method == http.MethodPut {
			body = map[string]any{}
		}
		p.Do(method, "/v1/me/pairings/BCDF-GHJK", body).Want(t, status)
	}
	for range 5 {
		guess(ada, http.MethodGet, http.StatusNotFound)
	}
	guess(ada, http.MethodGet, http.StatusTooManyRequests)
	guess(ada, http.MethodPut, http.StatusTooManyRequests)
	for range 3 {
		guess(ben, http.MethodDelete, http.StatusNotFound)
	}
	guess(ben, http.MethodDelete, http.StatusTooManyRequests) // the network's
}

func TestPairingsAreRefused(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada, ben := w.Join("ada"), w.Join("ben")
	k := w.NewKey()
	ask := func(body map[string]any, status int, code string) {
		t.Helper()
		if got := w.With("", k).Do(http.MethodPost, "/v1/consoles/device_authorization", body).Want(t, status).Map(t)["code"]; got != code {
			t.Errorf("%v is told %v", body, got)
		}
	}
	ask(map[string]any{"model": "cart-9", "firmware": testkit.Firmware}, http.StatusUnprocessableEntity, "unknown_model")
	ask(map[string]any{"model": testkit.Model, "firmware": "9.9"}, http.StatusUnprocessableEntity, "unknown_model")
	ask(map[string]any{"model": testkit.Model, "firmware": testkit.Firmware, "scope": "workouts:read"}, http.StatusBadRequest, "invalid_body")
	if got := w.Do(http.MethodPost, "/v1/consoles/device_authorization", map[string]any{"model": testkit.Model, "firmware": testkit.Firmware}).
		Want(t, http.StatusUnauthorized).Map(t)["code"]; got != "invalid_dpop_proof" {
		t.Errorf("without a proof: %v", got)
	}
	poll := func(device, code string) {
		t.Helper()
		if got := w.Poll(k, device).Want(t, http.StatusBadRequest).Map(t)["code"]; got != code {
			t.Errorf("the poll is told %v, not %s", got, code)
		}
	}
	// A no is heard, and takes back a yes.
	device, user := w.Codes(k, "sync")
	path := "/v1/me/pairings/" + user
	ada.Do(http.MethodPut, path, map[string]any{}).Want(t, http.StatusNoContent)
	ben.Get(path).Want(t, http.StatusNotFound) // it is hers by now
	ben.Do(http.MethodDelete, path, nil).Want(t, http.StatusNotFound)
	ada.Do(http.MethodPut, path, map[string]any{}).Want(t, http.StatusConflict)
	ada.Do(http.MethodDelete, path, nil).Want(t, http.StatusNoContent)
	poll(device, "access_denied")
	// Late.
	device, user = w.Codes(k, "sync")
	w.Clock.Advance(10 * time.Minute)
	w.Login(ada)
	ada.Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{}).Want(t, http.StatusNotFound)
	poll(device, "expired_token")
	// By who signed in a while ago.
	w.Clock.Advance(6 * time.Minute)
	_, user = w.Codes(k, "sync")
	w.Clock.Advance(3 * time.Minute)
	stay := *ada
	w.Login(&stay)
	w.Exec(`UPDATE auth.session SET created_at = created_at - interval '16 minutes' WHERE member_id = $1`, ada.ID)
	if got := stay.Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{}).Want(t, http.StatusForbidden).Map(t)["code"]; got != "fresh_login_required" {
		t.Errorf("a stale session is told %v", got)
	}
	w.Login(ada)
	told := func() (n int) {
		for range 2000 { // the jobs look by themselves every five seconds
			if w.Query(`SELECT count(*)::text FROM auth.mail`) == "0" {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		for _, m := range w.Outbox.Recent() {
			if m.Kind == mail.ConsolePaired && m.To == ada.Email {
				n++
			}
		}
		return n
	}
	before := told()
	ada.Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{}).Want(t, http.StatusNoContent)
	ada.Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{}).Want(t, http.StatusConflict)
	if now := told(); now != before+1 {
		t.Errorf("ada was told %d times that a console was paired", now-before)
	}
	// Firmware that was withdrawn gets no tokens, until it is another one.
	console := w.Pair(ada, "sync")
	accounts := w.Service.Accounts
	if err := accounts.WithdrawFirmware(t.Context(), w.Clock.Now(), testkit.Model, testkit.Firmware); err != nil {
		t.Fatal(err)
	}
	ask(map[string]any{"model": testkit.Model, "firmware": testkit.Firmware}, http.StatusForbidden, "firmware_withdrawn")
	body := map[string]any{"grant_type": "refresh_token", "refresh_token": console.Refresh}
	renew := func(status int) {
		t.Helper()
		w.With("", console.Key).Do(http.MethodPost, "/v1/consoles/token", body).Want(t, status)
	}
	renew(http.StatusForbidden)
	if err := accounts.PutFirmware(t.Context(), w.Clock.Now(), testkit.Model, "1.4.1"); err != nil {
		t.Fatal(err)
	}
	body["firmware"] = "1.4.1"
	renew(http.StatusOK)
}

// An upload that was running when its console was revoked adds nothing, and is told so.
func TestARunningUploadEndsWithItsConsole(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada := w.Join("ada")
	console := w.Pair(ada, "sync")
	const path = "/v1/sync/workouts"
	now := w.Clock.Now()
	body, err := json.Marshal(map[string]any{"sent_at": now.Format(time.RFC3339), "items": []any{map[string]any{
		"client_id": "0b9e6f1c-0000-4000-8000-000000000001", "version": 1, "part": 0, "final": true, "sport": "row", "indoor": true,
		"started_at": now.Add(-time.Hour).Format(time.RFC3339), "duration_s": 600,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	send := func(revoke func()) int {
		t.Helper()
		rest, upload := io.Pipe()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+w.Address()+path, io.MultiReader(bytes.NewReader(body[:20]), rest))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "DPoP "+console.Token)
		r.Header.Set("DPoP", console.Key.Proof(t, http.MethodPost, path, console.Token))
		r.Header.Set("Content-Type", "application/json")
		status := make(chan int, 1)
		go func() {
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				status <- 0
				return
			}
			defer answer.Body.Close()
			status <- answer.StatusCode
		}()
		if _, err := upload.Write(body[20:40]); err != nil {
			t.Fatal(err)
		}
		// Its proof is used up once it is let in.
		for range 1000 {
			if w.Query(`SELECT count(*)::text FROM auth.proof WHERE until > $1`, now) != "0" {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		revoke()
		_, _ = upload.Write(body[40:])
		_ = upload.Close()
		return <-status
	}
	id := w.Query(`SELECT id::text FROM auth.console`)
	w.Exec(`DELETE FROM auth.proof`)
	got := send(func() { ada.Do(http.MethodDelete, "/v1/me/consoles/"+id, nil).Want(t, http.StatusNoContent) })
	if n := w.Query(`SELECT count(*)::text FROM workout`); got != http.StatusUnauthorized || n != "0" {
		t.Errorf("the upload ends with %d, and left %s workouts", got, n)
	}
	console = w.Pair(ada, "sync")
	if got := send(func() {}); got != http.StatusOK || w.Query(`SELECT count(*)::text FROM workout`) != "1" {
		t.Errorf("one that nobody revokes ends with %d", got)
	}
}
