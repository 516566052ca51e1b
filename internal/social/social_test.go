package social_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
)

// scene is ada's workout for followers, with ben, who follows her, and cleo, who doesn't.
type scene struct {
	*testkit.World
	ada, ben, cleo *testkit.Person
	workout        string
}

func play(t *testing.T) scene {
	t.Helper()
	w := testkit.Start(t)
	s := scene{World: w, ada: w.Join("ada"), ben: w.Join("ben"), cleo: w.Join("cleo")}
	w.Follow(s.ben, s.ada)
	made := s.ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": "2026-05-30T08:00:00Z", "duration_s": 1200, "audience": "followers",
	}).Want(t, http.StatusCreated)
	s.workout, _ = made.Map(t)["id"].(string)
	return s
}

func (s scene) path(of string) string { return "/v1/workouts/" + s.workout + "/" + of }

func (s scene) say(t *testing.T, p *testkit.Person, text string, headers ...string) (id string, body map[string]any) {
	t.Helper()
	body = p.Do(http.MethodPost, s.path("comments"), map[string]any{"text": text}, headers...).Want(t, http.StatusCreated).Map(t)
	id, _ = body["id"].(string)
	return id, body
}

// heard are the texts that somebody reads below the workout.
func (s scene) heard(t *testing.T, p *testkit.Person) (texts []string) {
	t.Helper()
	items, _ := p.Get(s.path("comments")).Want(t, http.StatusOK).Map(t)["items"].([]any)
	for _, item := range items {
		one, _ := item.(map[string]any)
		text, _ := one["text"].(string)
		texts = append(texts, text)
	}
	return texts
}

func (s scene) audience(t *testing.T, audience string) {
	t.Helper()
	s.ada.Do(http.MethodPatch, "/v1/workouts/"+s.workout, map[string]any{"audience": audience}).Want(t, http.StatusOK)
}

// liked are the likers that somebody sees, and their number.
func (s scene) liked(t *testing.T, p *testkit.Person) (names string, count float64) {
	t.Helper()
	body := p.Get(s.path("likes")).Want(t, http.StatusOK).Map(t)
	items, _ := body["items"].([]any)
	for _, item := range items {
		one, _ := item.(map[string]any)
		name, _ := one["username"].(string)
		names += name + " "
	}
	count, _ = body["count"].(float64)
	return strings.TrimSpace(names), count
}

func TestLikesAreOfWhomOneFinds(t *testing.T) {
	t.Parallel()
	s := play(t)
	s.cleo.Do(http.MethodPut, s.path("likes"), nil).Want(t, http.StatusNotFound)
	s.cleo.Get(s.path("likes")).Want(t, http.StatusNotFound)
	s.ben.Do(http.MethodPut, s.path("likes"), nil).Want(t, http.StatusNoContent)
	s.ben.Do(http.MethodPut, s.path("likes"), nil).Want(t, http.StatusNoContent)
	s.audience(t, "members")
	s.cleo.Do(http.MethodPut, s.path("likes"), nil).Want(t, http.StatusNoContent)
	if names, n := s.liked(t, s.ada); names != "ben cleo" && names != "cleo ben" || n != 2 {
		t.Errorf("ada sees %q, %v", names, n)
	}
	// Who can't be found isn't listed, and doesn't count; to oneself one does.
	s.cleo.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody"}).Want(t, http.StatusOK)
	if names, n := s.liked(t, s.ben); names != "ben" || n != 1 {
		t.Errorf("ben sees %q, %v", names, n)
	}
	if _, n := s.liked(t, s.cleo); n != 2 {
		t.Errorf("cleo counts %v", n)
	}
	s.cleo.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "members"}).Want(t, http.StatusOK)
	// Who may not see it any more is not seen liking it; and is again when they may.
	s.audience(t, "followers")
	if names, n := s.liked(t, s.ben); names != "ben" || n != 1 {
		t.Errorf("after it is for followers ben sees %q, %v", names, n)
	}
	s.audience(t, "members")
	// A block between viewer and liker, and one between owner and liker.
	s.Block(s.ben, s.cleo)
	if names, n := s.liked(t, s.ben); names != "ben" || n != 1 {
		t.Errorf("after his block ben sees %q, %v", names, n)
	}
	if _, n := s.liked(t, s.ada); n != 2 {
		t.Errorf("ben's block is ada's: %v", n)
	}
	s.Block(s.ada, s.cleo)
	dan := s.Join("dan")
	if names, n := s.liked(t, dan); names != "ben" || n != 1 {
		t.Errorf("after ada's block dan sees %q, %v", names, n)
	}
	s.ben.Do(http.MethodDelete, s.path("likes"), nil).Want(t, http.StatusNoContent)
	if _, n := s.liked(t, s.ada); n != 0 {
		t.Errorf("%v likes are left", n)
	}
}

func TestCommentsAreHeardByWhomTheyAreFor(t *testing.T) {
	t.Parallel()
	s := play(t)
	s.cleo.Do(http.MethodPost, s.path("comments"), map[string]any{"text": "unseen"}).Want(t, http.StatusNotFound)
	id, body := s.say(t, s.ben, "What a climb")
	if author, _ := body["author"].(map[string]any); author["username"] != "ben" || body["edited_at"] != nil || body["hidden"] != nil {
		t.Errorf("made: %v", body)
	}
	s.cleo.Get("/v1/comments/"+id).Want(t, http.StatusNotFound)
	s.audience(t, "members")
	// Nobody but the author edits it, and who saw another state doesn't.
	one := "/v1/comments/" + id
	edit := map[string]any{"text": "What a descent"}
	s.cleo.Do(http.MethodPatch, one, edit).Want(t, http.StatusForbidden)
	s.ada.Do(http.MethodPatch, one, edit).Want(t, http.StatusForbidden)
	tag := s.ben.Get(one).Want(t, http.StatusOK).Header.Get("ETag")
	s.ben.Do(http.MethodPatch, one, edit, "If-Match", tag).Want(t, http.StatusOK)
	s.ben.Do(http.MethodPatch, one, edit, "If-Match", tag).Want(t, http.StatusPreconditionFailed)
	if got := s.cleo.Get(one).Want(t, http.StatusOK).Map(t); got["text"] != "What a descent" || got["edited_at"] == nil {
		t.Errorf("edited: %v", got)
	}
	// The owner hides it: it is there for the author and the owner.
	s.cleo.Do(http.MethodPut, one+"/hidden", nil).Want(t, http.StatusForbidden)
	s.ben.Do(http.MethodPut, one+"/hidden", nil).Want(t, http.StatusForbidden)
	s.ada.Do(http.MethodPut, one+"/hidden", nil).Want(t, http.StatusNoContent)
	if n := len(s.heard(t, s.cleo)); n != 0 {
		t.Errorf("cleo hears %d", n)
	}
	s.cleo.Get(one).Want(t, http.StatusNotFound)
	if got := s.ben.Get(one).Want(t, http.StatusOK).Map(t); got["hidden"] != nil {
		t.Errorf("the author is told that it is hidden: %v", got)
	}
	if got := s.ada.Get(one).Want(t, http.StatusOK).Map(t); got["hidden"] != true {
		t.Errorf("the owner isn't told that it is hidden: %v", got)
	}
	s.ada.Do(http.MethodDelete, one+"/hidden", nil).Want(t, http.StatusNoContent)
	if n := len(s.heard(t, s.cleo)); n != 1 {
		t.Errorf("cleo hears %d again", n)
	}
	// A block between reader and author, either way; another's block is nobody's business.
	s.Block(s.ben, s.cleo)
	if len(s.heard(t, s.cleo)) != 0 || len(s.heard(t, s.ada)) != 1 {
		t.Error("a block of the author's")
	}
	s.cleo.Do(http.MethodDelete, one, nil).Want(t, http.StatusNotFound)
	// An author who may not see the workout any more is not heard.
	s.ada.Do(http.MethodDelete, "/v1/me/followers/"+s.ben.ID, nil).Want(t, http.StatusNoContent)
	s.audience(t, "followers")
	if n := len(s.heard(t, s.ada)); n != 0 {
		t.Errorf("ada hears %d of who is no follower", n)
	}
	s.ben.Get(one).Want(t, http.StatusNotFound)
	s.audience(t, "members")
	s.ada.Do(http.MethodDelete, one, nil).Want(t, http.StatusNoContent)
	s.ben.Get(one).Want(t, http.StatusNotFound)
}

// Whoever lost sight of a workout takes back what they said below it, and learns nothing else of it.
func TestWhatOneSaidIsTakenBackUnseen(t *testing.T) {
	t.Parallel()
	ends := map[string]func(s scene){
		"removed": func(s scene) {
			s.ada.Do(http.MethodDelete, "/v1/me/followers/"+s.ben.ID, nil).Want(t, http.StatusNoContent)
		},
		"narrowed": func(s scene) { s.audience(t, "only_me") },
		"blocked":  func(s scene) { s.Block(s.ada, s.ben) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t)
			mine, _ := s.say(t, s.ben, "Hi @ada")
			adas, _ := s.say(t, s.ada, "Hi yourself")
			s.ben.Do(http.MethodPut, s.path("likes"), nil).Want(t, http.StatusNoContent)
			end(s)
			s.ben.Get("/v1/comments/"+mine).Want(t, http.StatusNotFound)
			s.cleo.Do(http.MethodDelete, "/v1/comments/"+mine, nil).Want(t, http.StatusNotFound)
			s.cleo.Do(http.MethodDelete, s.path("likes"), nil).Want(t, http.StatusNotFound)
			s.ben.Do(http.MethodDelete, "/v1/comments/"+adas, nil).Want(t, http.StatusNotFound)
			for _, path := range []string{"/v1/comments/" + mine, s.path("likes")} {
				s.ben.Do(http.MethodDelete, path, nil).Want(t, http.StatusNoContent)
				s.ben.Do(http.MethodDelete, path, nil).Want(t, http.StatusNotFound)
			}
			if got := s.Query(`SELECT count(*)::text || ' ' || (SELECT count(*) FROM workout_like) FROM workout_comment`); got != "1 0" {
				t.Errorf("comments and likes that are left: %s", got)
			}
			if items, _ := s.ada.Get("/v1/me/notifications").Want(t, http.StatusOK).Map(t)["items"].([]any); len(items) != 0 {
				t.Errorf("ada is still told: %v", items)
			}
		})
	}
}

func TestACommentIsMadeOnce(t *testing.T) {
	t.Parallel()
	s := play(t)
	first, _ := s.say(t, s.ben, "once", "Idempotency-Key", "comment-1")
	if again, _ := s.say(t, s.ben, "once", "Idempotency-Key", "comment-1"); again != first || len(s.heard(t, s.ada)) != 1 {
		t.Error("a repeat made another")
	}
	s.ben.Do(http.MethodPost, s.path("comments"), map[string]any{"text": "twice"}, "Idempotency-Key", "comment-1").Want(t, http.StatusUnprocessableEntity)
	for _, text := range []string{"\u202eturned", " \u200d", "a\u0000b", "mark \u0002@ada"} {
		s.ben.Do(http.MethodPost, s.path("comments"), map[string]any{"text": text}).Want(t, http.StatusUnprocessableEntity)
	}
}

// Who can't be found by whose workout it is doesn't write below it.
func TestNobodyCommentsUnseen(t *testing.T) {
	t.Parallel()
	s := play(t)
	s.audience(t, "everyone")
	s.cleo.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "followers"}).Want(t, http.StatusOK)
	s.cleo.Do(http.MethodPost, s.path("comments"), map[string]any{"text": "boo"}).Want(t, http.StatusForbidden)
	// Who follows the owner is known to them.
	s.ben.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody"}).Want(t, http.StatusOK)
	s.say(t, s.ben, "it's me")
	// To others the comment has no author.
	items, _ := s.cleo.Get(s.path("comments")).Want(t, http.StatusOK).Map(t)["items"].([]any)
	if one, _ := items[0].(map[string]any); one["author"] != nil || one["text"] != "it's me" {
		t.Errorf("to who can't find the author: %v", one)
	}
}

func TestMentionsFollowTheirMember(t *testing.T) {
	t.Parallel()
	s := play(t)
	s.audience(t, "everyone")
	id, body := s.say(t, s.ben, "Hi @Cleo, @nobody-here and me@ada.test!")
	if mentions, _ := body["mentions"].([]any); len(mentions) != 1 || body["text"] != "Hi @cleo, @nobody-here and me@ada.test!" {
		t.Errorf("made: %v", body)
	}
	s.Exec(`UPDATE profile SET username = 'cleopatra' WHERE member_id = $1`, s.cleo.ID)
	if got := s.ada.Get("/v1/comments/" + id).Map(t); got["text"] != "Hi @cleopatra, @nobody-here and me@ada.test!" {
		t.Errorf("renamed: %v", got)
	}
	// Who can't find her reads what was typed, and nothing else.
	s.cleo.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody"}).Want(t, http.StatusOK)
	if got := s.ada.Get("/v1/comments/" + id).Map(t); got["text"] != "Hi @Cleo, @nobody-here and me@ada.test!" || got["mentions"] != nil {
		t.Errorf("hidden: %v", got)
	}
	// Whom the author can't find isn't mentioned.
	if _, body := s.say(t, s.ben, "Hi again @cleopatra"); body["mentions"] != nil {
		t.Errorf("mentions whom the author can't find: %v", body)
	}
}

// What lies below a workout that is gone goes, and so does what a member said when they do.
func TestWhatIsBelowGoesWithIt(t *testing.T) {
	t.Parallel()
	s := play(t)
	id, _ := s.say(t, s.ben, "short")
	s.ben.Do(http.MethodPut, s.path("likes"), nil).Want(t, http.StatusNoContent)
	s.ada.Do(http.MethodDelete, "/v1/workouts/"+s.workout, nil).Want(t, http.StatusNoContent)
	s.ben.Get("/v1/comments/"+id).Want(t, http.StatusNotFound)
	s.ben.Get(s.path("likes")).Want(t, http.StatusNotFound)
	if got := s.Query(`SELECT clear_social(100)::text`); got != "2" {
		t.Errorf("%s rows were cleared", got)
	}
	if items, _ := s.ada.Get("/v1/me/notifications").Want(t, http.StatusOK).Map(t)["items"].([]any); len(items) != 0 {
		t.Errorf("ada is still told: %v", items)
	}
}

func TestADayHasItsLimits(t *testing.T) {
	t.Parallel()
	s := play(t)
	s.Exec(`INSERT INTO workout_comment (member_id, id, workout_id, body, mentioned, created_at)
		SELECT $1, gen_random_uuid(), gen_random_uuid(), 'x', '{}', $2::timestamptz - interval '23 hours' FROM generate_series(1, 200)`, s.ben.ID, s.Clock.Now())
	s.Exec(`INSERT INTO workout_like SELECT $1, gen_random_uuid(), $2::timestamptz - interval '23 hours' FROM generate_series(1, 1000)`, s.ben.ID, s.Clock.Now())
	s.ben.Do(http.MethodPost, s.path("comments"), map[string]any{"text": "one more"}).Want(t, http.StatusTooManyRequests)
	s.ben.Do(http.MethodPut, s.path("likes"), nil).Want(t, http.StatusTooManyRequests)
	s.Clock.Advance(2 * time.Hour)
	s.Login(s.ben)
	s.say(t, s.ben, "tomorrow")
	s.ben.Do(http.MethodPut, s.path("likes"), nil).Want(t, http.StatusNoContent)
}
