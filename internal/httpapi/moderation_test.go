package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
)

// bench is a member who is reported, a stranger who reports, and two moderators.
type bench struct {
	w                  *testkit.World
	ada, bob, mo, mia  *testkit.Person
	display, bio, ride string
}

func tryModeration(t *testing.T) bench {
	t.Helper()
	w := testkit.Start(t)
	b := bench{
		w: w, ada: w.Join("ada"), bob: w.Join("bob"), mo: w.Staff("moe", "moderator"), mia: w.Staff("mia", "moderator"),
		display: "Display-words", bio: "bio-for-followers",
	}
	b.ada.Do(http.MethodPatch, "/v1/me/profile", map[string]any{"display_name": b.display, "bio": b.bio, "weight_kg": 61.75}).Want(t, http.StatusOK)
	b.ride, _ = b.ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "indoor": true, "title": "title-words", "started_at": w.Clock.Now().Add(-time.Hour).Format(time.RFC3339), "duration_s": 600,
		"audience": "members", "heart_rate_avg_bpm": 151,
	}).Want(t, http.StatusCreated).Map(t)["id"].(string)
	return b
}

func (b bench) report(t *testing.T, who *testkit.Person, kind, id string) testkit.Response {
	t.Helper()
	return who.Do(http.MethodPost, "/v1/reports", map[string]any{"kind": kind, "id": id, "reason": "hate", "words": "said-by-reporter"})
}

// only is the one open case that a moderator sees.
func (b bench) only(t *testing.T, who *testkit.Person) map[string]any {
	t.Helper()
	items, _ := who.Get("/v1/admin/reports").Want(t, http.StatusOK).Map(t)["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("%d cases: %v", len(items), items)
	}
	one, _ := items[0].(map[string]any)
	return one
}

func claim(who *testkit.Person, id any) testkit.Response {
	return who.Do(http.MethodPost, "/v1/admin/reports/"+id.(string)+"/claim", nil) //nolint:forcetypeassert // an id
}

func decide(who *testkit.Person, id any, body map[string]any) testkit.Response {
	return who.Do(http.MethodPost, "/v1/admin/reports/"+id.(string)+"/decide", body) //nolint:forcetypeassert // an id
}

func sanctionOf(t *testing.T, p *testkit.Person) map[string]any {
	t.Helper()
	items, _ := p.Get("/v1/me/sanctions").Want(t, http.StatusOK).Map(t)["items"].([]any)
	if len(items) == 0 {
		t.Fatal("no decision shows")
	}
	one, _ := items[0].(map[string]any)
	return one
}

// A member reports what they see and nothing else, and nobody learns who it was.
func TestOnlyWhatShowsIsReported(t *testing.T) {
	t.Parallel()
	b := tryModeration(t)
	dan := b.w.Join("dan")
	b.w.Block(b.ada, dan)
	for kind, id := range map[string]string{"member": b.ada.ID, "workout": b.ride} {
		absent := b.report(t, dan, kind, uuid.NewString()).Want(t, http.StatusNotFound)
		if differ := b.report(t, dan, kind, id).Same(absent); differ != "" {
			t.Errorf("a hidden %s is not like an absent one: %s", kind, differ)
		}
	}
	b.report(t, b.ada, "member", b.ada.ID).Want(t, http.StatusUnprocessableEntity)
	first := b.report(t, b.bob, "member", b.ada.ID).Want(t, http.StatusCreated).Map(t)["id"]
	if again := b.report(t, b.bob, "member", b.ada.ID).Want(t, http.StatusCreated).Map(t)["id"]; again != first {
		t.Errorf("the same report twice: %v, %v", first, again)
	}
	one := b.only(t, b.mo)
	if one["evidence"] != nil || one["said"] != nil {
		t.Errorf("evidence before a claim: %v", one)
	}
	claimed := claim(b.mo, one["id"]).Want(t, http.StatusOK)
	text := string(claimed.Body)
	for _, there := range []string{b.display, "said-by-reporter", `"username"`} {
		if !strings.Contains(text, there) {
			t.Errorf("the evidence lacks %s: %s", there, text)
		}
	}
	// A stranger doesn't see the bio, so it is no evidence; figures never are; and nobody is named by id.
	for _, hidden := range []string{b.bio, "61.75", "weight", "bpm", b.ada.ID, b.bob.ID, "bob"} {
		if strings.Contains(text, hidden) {
			t.Errorf("the evidence has %s: %s", hidden, text)
		}
	}
	if got := string(b.bob.Get("/v1/me/reports").Want(t, http.StatusOK).Body); !strings.Contains(got, "in_review") {
		t.Errorf("the reporter is not told how far it is: %s", got)
	}
	// A group is reported by who may know of it, with its own words, against its owner.
	for kind, want := range map[string]int{"public": http.StatusCreated, "secret": http.StatusNotFound} {
		made := b.ada.Do(http.MethodPost, "/v1/groups", map[string]any{"kind": kind, "name": "Group " + kind, "description": "said-by-a-group"}).Want(t, http.StatusCreated)
		id := made.Map(t)["id"].(string)
		b.report(t, b.ada, "group", id).Want(t, http.StatusUnprocessableEntity)
		got := b.report(t, b.bob, "group", id).Want(t, want)
		if differ := got.Same(b.report(t, b.bob, "group", uuid.NewString())); want == http.StatusNotFound && differ != "" {
			t.Errorf("a secret group is not like an absent one: %s", differ)
		}
		b.report(t, dan, "group", id).Want(t, http.StatusNotFound)
	}
	of := b.w.Query(`SELECT id::text FROM moderation_case WHERE kind = 'group' AND subject_id = $1`, b.ada.ID)
	if text := string(claim(b.mo, of).Want(t, http.StatusOK).Body); !strings.Contains(text, "Group public") || !strings.Contains(text, "said-by-a-group") || strings.Contains(text, b.ada.ID) {
		t.Errorf("the evidence of a group: %s", text)
	}
	if sealed := b.w.Query(`SELECT string_agg(encode(evidence_sealed, 'escape'), ' ') || (SELECT string_agg(encode(words_sealed, 'escape'), ' ') FROM report) FROM moderation_case`); strings.Contains(sealed, b.display) || strings.Contains(sealed, "said-by") {
		t.Error("a dump shows what was reported")
	}
}

// A decision is made by who claimed the case, binds the next request, and is appealed against once,
// to another moderator. All of it is in the audit.
func TestDecisionsAndAppeals(t *testing.T) {
	t.Parallel()
	b := tryModeration(t)
	b.report(t, b.bob, "member", b.ada.ID).Want(t, http.StatusCreated)
	id := b.only(t, b.mo)["id"]
	hide := map[string]any{"action": "hide", "words": "words-for-ada"}
	decide(b.mo, id, hide).Want(t, http.StatusConflict)
	claim(b.mo, id).Want(t, http.StatusOK)
	claim(b.mia, id).Want(t, http.StatusConflict)
	decide(b.mia, id, hide).Want(t, http.StatusConflict)
	decide(b.mo, id, map[string]any{"action": "mute", "words": "x"}).Want(t, http.StatusUnprocessableEntity)
	decide(b.mo, id, hide).Want(t, http.StatusOK)
	decide(b.mo, id, hide).Want(t, http.StatusConflict)
	if me := b.ada.Get("/v1/me/profile").Want(t, http.StatusOK).Map(t); me["display_name"] != "ada" || me["bio"] != nil {
		t.Errorf("the words are there still: %v", me)
	}
	x := sanctionOf(t, b.ada)
	if x["kind"] != "hide" || x["words"] != "words-for-ada" || x["appeal"] != "none" || strings.Contains(string(b.ada.Get("/v1/me/sanctions").Body), b.mo.ID) {
		t.Errorf("the member is told %v", x)
	}
	if n := b.w.Query(`SELECT count(*)::text FROM notice WHERE member_id = $1 AND kind = 'moderation_decided' AND actor_id IS NULL`, b.ada.ID); n != "1" {
		t.Errorf("%s notices", n)
	}
	appeal := "/v1/me/sanctions/" + x["id"].(string) + "/appeal"
	words := map[string]any{"words": "said-by-ada"}
	absent := b.bob.Do(http.MethodPost, "/v1/me/sanctions/"+uuid.NewString()+"/appeal", words).Want(t, http.StatusNotFound)
	if differ := b.bob.Do(http.MethodPost, appeal, words).Same(absent); differ != "" {
		t.Errorf("another's decision is not like none: %s", differ)
	}
	b.ada.Do(http.MethodPost, appeal, words).Want(t, http.StatusOK)
	b.ada.Do(http.MethodPost, appeal, words).Want(t, http.StatusConflict)
	if own := string(b.mo.Get("/v1/admin/appeals").Want(t, http.StatusOK).Body); strings.Contains(own, "said-by-ada") {
		t.Errorf("who decided reads the appeal: %s", own)
	}
	accept := "/v1/admin/appeals/" + x["id"].(string) + "/decide"
	b.mo.Do(http.MethodPost, accept, map[string]any{"accept": true}).Want(t, http.StatusNotFound)
	if open := string(b.mia.Get("/v1/admin/appeals").Want(t, http.StatusOK).Body); !strings.Contains(open, "said-by-ada") || !strings.Contains(open, b.display) || strings.Contains(open, b.ada.ID) {
		t.Errorf("the other moderator reads %s", open)
	}
	b.mia.Do(http.MethodPost, accept, map[string]any{"accept": true}).Want(t, http.StatusNoContent)
	if after := sanctionOf(t, b.ada); after["appeal"] != "accepted" || after["lifted_at"] == nil {
		t.Errorf("after the appeal: %v", after)
	}
	got := b.w.Query(`SELECT string_agg(act, ' ' ORDER BY seq) FROM auth.audit WHERE subject = $1`, b.ada.ID)
	if got != "case.claimed case.decided appeal.read appeal.accepted" {
		t.Errorf("the audit has %q", got)
	}
	// A title that is taken away is a change, to whoever follows the owner's.
	before := b.w.Query(`SELECT last_value::text FROM workout_change`)
	b.report(t, b.bob, "workout", b.ride).Want(t, http.StatusCreated)
	ride := b.only(t, b.mo)["id"]
	claim(b.mo, ride).Want(t, http.StatusOK)
	decide(b.mo, ride, hide).Want(t, http.StatusOK)
	if n := b.w.Query(`SELECT count(*)::text FROM workout WHERE id = $1 AND title IS NULL AND changed > $2::bigint`, b.ride, before); n != "1" {
		t.Error("a title that was taken away is no change")
	}
}

// Whoever is suspended is out with the next request, gets no session by any way, and can appeal all
// the same.
func TestSuspensionBindsTheNextRequest(t *testing.T) {
	t.Parallel()
	b := tryModeration(t)
	b.report(t, b.bob, "workout", b.ride).Want(t, http.StatusCreated)
	id := b.only(t, b.mo)["id"]
	claim(b.mo, id).Want(t, http.StatusOK)
	decide(b.mo, id, map[string]any{"action": "suspend", "days": 3, "words": "words-for-ada"}).Want(t, http.StatusOK)
	b.ada.Get("/v1/me").Want(t, http.StatusUnauthorized)
	b.w.Do(http.MethodPost, "/v1/auth/refresh", map[string]any{"refresh_token": b.ada.Refresh}).Want(t, http.StatusUnauthorized)
	login := map[string]any{"email": b.ada.Email, "password": b.ada.Password}
	refused := b.w.Do(http.MethodPost, "/v1/auth/login", login).Want(t, http.StatusForbidden)
	if !strings.Contains(string(refused.Body), "suspended") || !strings.Contains(string(refused.Body), "words-for-ada") {
		t.Errorf("the refusal says %s", refused.Body)
	}
	// Who doesn't prove to be ada isn't told.
	wrong := b.w.Do(http.MethodPost, "/v1/auth/login", map[string]any{"email": b.ada.Email, "password": "not her password at all"})
	if differ := wrong.Same(b.w.Do(http.MethodPost, "/v1/auth/login", map[string]any{"email": "nobody@example.test", "password": "not her password at all"})); differ != "" {
		t.Errorf("a wrong password tells of the suspension: %s", differ)
	}
	// The wall alone: no session is made whatever the program forgets.
	if _, err := b.w.Root.Exec(t.Context(), `SET ROLE paceline_auth`); err != nil {
		t.Fatal(err)
	}
	_, err := b.w.Root.Exec(t.Context(), `INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at)
		VALUES ($1, gen_random_uuid(), 'bearer', '', $2, $2, $3)`, b.ada.ID, b.w.Clock.Now(), b.w.Clock.Now().Add(time.Hour))
	if err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("a session was made: %v", err)
	}
	if _, err := b.w.Root.Exec(t.Context(), `RESET ROLE`); err != nil {
		t.Fatal(err)
	}
	login["words"] = "said-by-ada"
	b.w.Do(http.MethodPost, "/v1/auth/appeal", login).Want(t, http.StatusNoContent)
	b.w.Do(http.MethodPost, "/v1/auth/appeal", login).Want(t, http.StatusConflict)
	items, _ := b.mia.Get("/v1/admin/appeals").Want(t, http.StatusOK).Map(t)["items"].([]any)
	one, _ := items[0].(map[string]any)
	b.mia.Do(http.MethodPost, "/v1/admin/appeals/"+one["id"].(string)+"/decide", map[string]any{"accept": true}).Want(t, http.StatusNoContent)
	b.w.Login(b.ada)
	if x := sanctionOf(t, b.ada); x["appeal"] != "accepted" {
		t.Errorf("%v", x)
	}
}

// No moderator judges what is about them or what they reported; and where the audit can't be written,
// nothing is decided.
func TestNobodyJudgesThemselves(t *testing.T) {
	t.Parallel()
	b := tryModeration(t)
	b.report(t, b.bob, "member", b.mo.ID).Want(t, http.StatusCreated)
	about := b.only(t, b.mia)["id"]
	if items, _ := b.mo.Get("/v1/admin/reports").Want(t, http.StatusOK).Map(t)["items"].([]any); len(items) != 0 {
		t.Errorf("a case about oneself shows: %v", items)
	}
	absent := claim(b.mo, uuid.NewString()).Want(t, http.StatusNotFound)
	if differ := claim(b.mo, about).Same(absent); differ != "" {
		t.Errorf("a case about oneself is not like none: %s", differ)
	}
	claim(b.mia, about).Want(t, http.StatusOK)
	b.w.Exec(`ALTER FUNCTION audit_act(text, uuid, text, text, timestamptz) RENAME TO audit_gone`)
	decide(b.mia, about, map[string]any{"action": "warn", "words": "no"}).Want(t, http.StatusInternalServerError)
	b.w.Exec(`ALTER FUNCTION audit_gone(text, uuid, text, text, timestamptz) RENAME TO audit_act`)
	if n := b.w.Query(`SELECT count(*)::text FROM sanction`); n != "0" {
		t.Errorf("%s decisions that no audit has", n)
	}
	decide(b.mia, about, map[string]any{"action": "dismiss"}).Want(t, http.StatusOK)
	b.report(t, b.mia, "member", b.ada.ID).Want(t, http.StatusCreated)
	reported := b.only(t, b.mia)["id"]
	claim(b.mia, reported).Want(t, http.StatusConflict)
	// Nor is the appeal theirs to read or to decide; another's it is.
	claim(b.mo, reported).Want(t, http.StatusOK)
	decide(b.mo, reported, map[string]any{"action": "warn", "words": "no"}).Want(t, http.StatusOK)
	x, _ := sanctionOf(t, b.ada)["id"].(string)
	b.ada.Do(http.MethodPost, "/v1/me/sanctions/"+x+"/appeal", map[string]any{"words": "said-by-ada"}).Want(t, http.StatusOK)
	if open := string(b.mia.Get("/v1/admin/appeals").Want(t, http.StatusOK).Body); strings.Contains(open, "said-by-ada") {
		t.Errorf("a reporter reads the appeal: %s", open)
	}
	b.mia.Do(http.MethodPost, "/v1/admin/appeals/"+x+"/decide", map[string]any{"accept": false}).Want(t, http.StatusNotFound)
	max := b.w.Staff("max", "moderator")
	max.Do(http.MethodPost, "/v1/admin/appeals/"+x+"/decide", map[string]any{"accept": false}).Want(t, http.StatusNoContent)
	// Who reports a case that they have claimed already decides it no more.
	b.report(t, b.bob, "workout", b.ride).Want(t, http.StatusCreated)
	taken := b.only(t, b.mia)["id"]
	claim(b.mia, taken).Want(t, http.StatusOK)
	b.report(t, b.mia, "workout", b.ride).Want(t, http.StatusCreated)
	decide(b.mia, taken, map[string]any{"action": "warn", "words": "no"}).Want(t, http.StatusConflict)
}

// Evidence and reports go with their time, and not while an appeal is open.
func TestEvidenceIsNotKept(t *testing.T) {
	t.Parallel()
	b := tryModeration(t)
	b.report(t, b.bob, "member", b.ada.ID).Want(t, http.StatusCreated)
	id := b.only(t, b.mo)["id"]
	claim(b.mo, id).Want(t, http.StatusOK)
	decide(b.mo, id, map[string]any{"action": "warn", "words": "no"}).Want(t, http.StatusOK)
	// Decided a moment ago, it has its evidence still, however long ago it was opened.
	later := b.w.Clock.Now().Add(time.Minute)
	b.w.Exec(`SELECT clear_moderation('-infinity'::timestamptz, $1::timestamptz)`, later)
	if n := b.w.Query(`SELECT count(evidence_sealed)::text || (SELECT count(*)::text FROM report) FROM moderation_case`); n != "11" {
		t.Errorf("evidence and reports of a late decision: %s", n)
	}
	clear := func() string {
		b.w.Exec(`SELECT clear_moderation($1::timestamptz, '-infinity'::timestamptz)`, later)
		return b.w.Query(`SELECT count(evidence_sealed)::text || (SELECT count(*)::text FROM report) FROM moderation_case`)
	}
	b.ada.Do(http.MethodPost, "/v1/me/sanctions/"+sanctionOf(t, b.ada)["id"].(string)+"/appeal", map[string]any{"words": "but"}).Want(t, http.StatusOK)
	if left := clear(); left != "11" {
		t.Errorf("evidence and reports while an appeal is open: %s", left)
	}
	b.mia.Do(http.MethodPost, "/v1/admin/appeals/"+sanctionOf(t, b.ada)["id"].(string)+"/decide", map[string]any{"accept": false}).Want(t, http.StatusNoContent)
	if left := clear(); left != "00" {
		t.Errorf("evidence and reports past their time: %s", left)
	}
	// What nobody decides goes as a whole: the next report of it is one with evidence.
	b.report(t, b.bob, "workout", b.ride).Want(t, http.StatusCreated)
	b.w.Exec(`SELECT clear_moderation('-infinity'::timestamptz, $1::timestamptz)`, later)
	if n := b.w.Query(`SELECT count(*)::text || (SELECT count(*)::text FROM report) FROM moderation_case WHERE state <> 'closed'`); n != "00" {
		t.Errorf("cases and reports that nobody decided: %s", n)
	}
	b.report(t, b.bob, "workout", b.ride).Want(t, http.StatusCreated)
	if text := string(claim(b.mo, b.only(t, b.mo)["id"]).Want(t, http.StatusOK).Body); !strings.Contains(text, "title-words") {
		t.Errorf("the evidence of a report after that: %s", text)
	}
}

// A report that comes while its case is decided opens another, and so does one of a thing that has
// changed hands: it is against who answers for it now.
func TestAReportMeetsADecision(t *testing.T) {
	t.Parallel()
	b := tryModeration(t)
	b.report(t, b.bob, "member", b.ada.ID).Want(t, http.StatusCreated)
	tx, err := b.w.Root.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), `UPDATE moderation_case SET state = 'closed', action = 'dismiss', decided_at = $1`, b.w.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	done := make(chan testkit.Response, 1)
	go func() { done <- b.report(t, b.mia, "member", b.ada.ID) }()
	for waiting := 0; waiting == 0 && len(done) == 0; time.Sleep(time.Millisecond) {
		if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	(<-done).Want(t, http.StatusCreated)
	if n := b.w.Query(`SELECT count(*)::text FROM report r JOIN moderation_case c ON c.id = r.case_id WHERE r.member_id = $1 AND c.state <> 'closed'`, b.mia.ID); n != "1" {
		t.Errorf("%s open cases have the report", n)
	}
	made := b.ada.Do(http.MethodPost, "/v1/groups", map[string]any{"kind": "public", "name": "Group", "description": "words"}).Want(t, http.StatusCreated)
	group, _ := made.Map(t)["id"].(string)
	b.report(t, b.bob, "group", group).Want(t, http.StatusCreated)
	b.w.Exec(`UPDATE moderation_case SET subject_id = $1 WHERE kind = 'group'`, b.mo.ID) // who owned it then
	b.report(t, b.mia, "group", group).Want(t, http.StatusCreated)
	if n := b.w.Query(`SELECT count(*)::text FROM report r JOIN moderation_case c ON c.id = r.case_id WHERE r.member_id = $1 AND c.kind = 'group' AND c.subject_id = $2`, b.mia.ID, b.ada.ID); n != "1" {
		t.Errorf("%s cases against who owns the group now", n)
	}
}

// A comment is reported by who hears it; hidden, it is gone, and whoever is muted writes no other and
// changes none.
func TestWhoIsMutedWritesNoComment(t *testing.T) {
	t.Parallel()
	b := tryModeration(t)
	below := "/v1/workouts/" + b.ride + "/comments"
	write := func() testkit.Response {
		return b.bob.Do(http.MethodPost, below, map[string]any{"text": "comment-words"})
	}
	id, _ := write().Want(t, http.StatusCreated).Map(t)["id"].(string)
	cut := b.w.Join("cut")
	b.w.Block(cut, b.bob)
	absent := b.report(t, cut, "comment", uuid.NewString()).Want(t, http.StatusNotFound)
	if differ := b.report(t, cut, "comment", id).Same(absent); differ != "" {
		t.Errorf("a comment across a block is not like none: %s", differ)
	}
	b.report(t, b.ada, "comment", id).Want(t, http.StatusCreated)
	first := b.only(t, b.mo)["id"]
	if claimed := string(claim(b.mo, first).Want(t, http.StatusOK).Body); !strings.Contains(claimed, "comment-words") || strings.Contains(claimed, b.bob.ID) {
		t.Errorf("the evidence: %s", claimed)
	}
	decide(b.mo, first, map[string]any{"action": "hide", "words": "no"}).Want(t, http.StatusOK)
	if left := string(b.ada.Get(below).Want(t, http.StatusOK).Body); strings.Contains(left, "comment-words") {
		t.Errorf("it is heard still: %s", left)
	}
	second, _ := write().Want(t, http.StatusCreated).Map(t)["id"].(string)
	b.report(t, b.ada, "comment", second).Want(t, http.StatusCreated)
	again := b.only(t, b.mo)["id"]
	claim(b.mo, again).Want(t, http.StatusOK)
	decide(b.mo, again, map[string]any{"action": "mute", "days": 2, "words": "no"}).Want(t, http.StatusOK)
	if got := write().Want(t, http.StatusForbidden); !strings.Contains(string(got.Body), `"muted"`) {
		t.Errorf("the refusal: %s", got.Body)
	}
	b.bob.Do(http.MethodPatch, "/v1/comments/"+second, map[string]any{"text": "other words"}).Want(t, http.StatusForbidden)
	// The wall alone.
	b.w.Exec(`SELECT set_config('paceline.viewer', $1, false), set_config('paceline.actor', 'session', false)`, b.bob.ID)
	b.w.Exec(`SET ROLE paceline_app`)
	_, err := b.w.Root.Exec(t.Context(), `INSERT INTO workout_comment (member_id, id, workout_id, body, mentioned, created_at)
		VALUES ($1, gen_random_uuid(), $2, 'x', '{}', $3)`, b.bob.ID, b.ride, b.w.Clock.Now())
	b.w.Exec(`RESET ROLE`)
	if err == nil || !strings.Contains(err.Error(), "not_muted") {
		t.Errorf("a comment was written: %v", err)
	}
	b.w.Clock.Advance(49 * time.Hour)
	b.w.Login(b.bob)
	write().Want(t, http.StatusCreated)
}
