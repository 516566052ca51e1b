package httpapi_test

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
)

func names(t *testing.T, r testkit.Response) []string {
	t.Helper()
	var list struct{ Items []struct{ Username string } }
	r.Want(t, http.StatusOK).JSON(t, &list)
	out := []string{}
	for _, m := range list.Items {
		out = append(out, m.Username)
	}
	return out
}

// What each relation gets of a new account with every value: these keys, and no other.
func TestProfileKeys(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben, cleo, dan := w.Join("ada"), w.Join("ben"), w.Join("cleo"), w.Join("dan")
	patch(ada, profilePath, everything).Want(t, http.StatusOK)
	ada.Do(http.MethodPut, "/v1/me/avatar", testkit.Picture(t), "Content-Type", "image/png").Want(t, http.StatusNoContent)
	w.Follow(ben, ada)
	w.Block(ada, dan)
	member := []string{"avatar_url", "display_name", "id", "relation", "username"}
	follower := []string{"avatar_url", "bio", "display_name", "followers_count", "following_count", "id", "relation", "username"}
	for who, c := range map[string]struct {
		*testkit.Client
		keys     []string
		relation string
	}{"a member": {cleo.Client, member, "member"}, "a follower": {ben.Client, follower, "follower"}} {
		for _, ref := range []string{"ada", "Ada", ada.ID} {
			got := c.Get("/v1/members/"+ref).Want(t, http.StatusOK).Map(t)
			if diff := cmp.Diff(c.keys, keysOf(got)); diff != "" {
				t.Errorf("%s gets %s", who, diff)
			}
			if got["relation"] != c.relation {
				t.Errorf("%s is %v", who, got["relation"])
			}
		}
	}
	// The hidden is what was never there, in every byte.
	for _, path := range []string{"", "/avatar", "/followers", "/following"} {
		for who, c := range map[string]*testkit.Client{"anonymous": w.Client, "blocked": dan.Client} {
			absent := c.Get("/v1/members/nobody-there"+path).Want(t, http.StatusNotFound)
			for _, ref := range []string{"ada", ada.ID, uuid.NewString()} {
				if differ := absent.Same(c.Get("/v1/members/" + ref + path)); differ != "" {
					t.Errorf("%s, %s%s: %s", who, ref, path, differ)
				}
			}
		}
	}
	// A list that is hidden is absent, though its owner isn't.
	absent := cleo.Get("/v1/members/nobody-there/followers")
	if differ := absent.Same(cleo.Get("/v1/members/ada/followers")); differ != "" {
		t.Error(differ)
	}
	cleo.Do(http.MethodGet, "/v1/members/ada", nil, "If-None-Match", cleo.Get("/v1/members/ada").Header.Get("ETag")).Want(t, http.StatusNotModified)
}

func TestSearchOverHTTP(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	for i := range 5 {
		w.Join(fmt.Sprintf("rider%d", i))
	}
	cleo := w.Join("cleo")
	patch(cleo, profilePath, map[string]any{"display_name": "%%% & more"}).Want(t, http.StatusOK)
	query := func(q string, more string) string { return "/v1/members?q=" + url.QueryEscape(q) + more }
	if got := names(t, cleo.Get(query("%%%", ""))); !cmp.Equal(got, []string{"cleo"}) {
		t.Errorf("%%%%%% finds %v", got)
	}
	if got := names(t, cleo.Get(query("___", ""))); len(got) != 0 {
		t.Errorf("___ finds %v", got)
	}
	if got := names(t, w.Get(query("rider", ""))); len(got) != 0 {
		t.Errorf("anonymous finds %v", got)
	}
	for _, q := range []string{"", "ri", "r  ", "\u00e9i"} {
		cleo.Get(query(q, "")).Want(t, http.StatusBadRequest)
	}
	var got []string
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		path := query("rider", "&limit=2")
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		r := cleo.Get(path)
		got = append(got, names(t, r)...)
		body := r.Map(t)
		cursor, _ = body["next_cursor"].(string)
		if len(body) > 2 {
			t.Errorf("a page says %v", keysOf(body))
		}
	}
	if !cmp.Equal(got, []string{"rider0", "rider1", "rider2", "rider3", "rider4"}) {
		t.Errorf("the pages have %v", got)
	}
}

func TestFollowsOverHTTP(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben, dan := w.Join("ada"), w.Join("ben"), w.Join("dan")
	following, follower := "/v1/me/following/"+ada.ID, "/v1/me/followers/"+ben.ID
	state := func(r testkit.Response) any { return r.Want(t, http.StatusOK).Map(t)["state"] }
	for range 2 {
		if got := state(ben.Do(http.MethodPut, following, nil)); got != "requested" {
			t.Errorf("asked: %v", got)
		}
	}
	if got := names(t, ada.Get("/v1/me/follow-requests")); !cmp.Equal(got, []string{"ben"}) {
		t.Errorf("the requests are %v", got)
	}
	ada.Do(http.MethodPut, follower, nil).Want(t, http.StatusNoContent)
	if got := state(ben.Do(http.MethodPut, following, nil)); got != "following" {
		t.Errorf("approved: %v", got)
	}
	if got := names(t, ben.Get("/v1/members/ada/followers")); !cmp.Equal(got, []string{"ben"}) {
		t.Errorf("the followers are %v", got)
	}
	if got := names(t, ben.Get("/v1/members/ben/following")); !cmp.Equal(got, []string{"ada"}) {
		t.Errorf("he follows %v", got)
	}
	ben.Do(http.MethodDelete, following, nil).Want(t, http.StatusNoContent)
	ada.Do(http.MethodPut, follower, nil).Want(t, http.StatusNotFound)
	ada.Do(http.MethodDelete, follower, nil).Want(t, http.StatusNoContent)

	blocked := "/v1/me/blocks/" + dan.ID
	ada.Do(http.MethodPut, blocked, nil).Want(t, http.StatusNoContent)
	blocks := ada.Get("/v1/me/blocks").Want(t, http.StatusOK).Map(t)
	want := map[string]any{"items": []any{map[string]any{"id": dan.ID, "username": "dan"}}}
	if diff := cmp.Diff(want, blocks); diff != "" {
		t.Errorf("the blocks: %s", diff)
	}
	ada.Do(http.MethodDelete, blocked, nil).Want(t, http.StatusNoContent)

	for _, path := range []string{"/v1/me/following/", "/v1/me/blocks/"} {
		ada.Do(http.MethodPut, path+ada.ID, nil).Want(t, http.StatusUnprocessableEntity)
		for _, method := range []string{http.MethodPut, http.MethodDelete} {
			made := ada.Do(method, path+uuid.NewString(), nil)
			if method+path == http.MethodPut+"/v1/me/blocks/" {
				made.Want(t, http.StatusNoContent) // it would be the same for a member who hides
				ada.Do(method, path+"not-an-id", nil).Want(t, http.StatusNotFound)
				continue
			}
			made.Want(t, http.StatusNotFound)
			if differ := made.Same(ada.Do(method, path+"not-an-id", nil)); differ != "" {
				t.Errorf("%s %s: %s", method, path, differ)
			}
			w.Do(method, path+ada.ID, nil).Want(t, http.StatusUnauthorized)
		}
	}
}

func TestAvatarOverHTTP(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, cleo := w.Join("ada"), w.Join("cleo")
	put := func(body []byte, contentType string) testkit.Response {
		return ada.Do(http.MethodPut, "/v1/me/avatar", body, "Content-Type", contentType)
	}
	picture := testkit.Picture(t)
	for name, c := range map[string]struct {
		body   []byte
		media  string
		status int
	}{
		"another type": {picture, "image/gif", 415}, "no type": {picture, "", 415}, "JSON": {[]byte("{}"), "application/json", 415},
		"not what it says": {picture, "image/jpeg", 415}, "cut off": {picture[:60], "image/png", 422},
		"too large": {append(bytes.Clone(picture), make([]byte, 5<<20)...), "image/png", 413}, "nothing": {[]byte{}, "image/png", 415},
	} {
		if r := put(c.body, c.media); r.Status != c.status {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	cleo.Get("/v1/members/ada/avatar").Want(t, http.StatusNotFound)
	put(picture, "image/png").Want(t, http.StatusNoContent)
	at, _ := cleo.Get("/v1/members/ada").Map(t)["avatar_url"].(string)
	r := cleo.Get(at).Want(t, http.StatusOK)
	if config, err := jpeg.DecodeConfig(bytes.NewReader(r.Body)); err != nil || config.Width != 512 || r.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("it is a %s of %d, %v", r.Header.Get("Content-Type"), config.Width, err)
	}
	if r.Header.Get("Cache-Control") != "private, no-store" || r.Header.Get("ETag") != "" {
		t.Errorf("it may be kept: %v", r.Header)
	}
	w.Get(at).Want(t, http.StatusNotFound)
	ada.Do(http.MethodDelete, "/v1/me/avatar", nil).Want(t, http.StatusNoContent)
	cleo.Get(at).Want(t, http.StatusNotFound)
}
