package httpapi_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/paceline/paceline/internal/audit"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit"
)

// enrolled is somebody's authenticator and recovery codes.
type enrolled struct {
	w        *testkit.World
	id       string
	secret   string
	recovery []string
}

func (e *enrolled) code() string {
	e.w.T.Helper()
	code, err := totp.GenerateCode(e.secret, e.w.Clock.Now())
	if err != nil {
		e.w.T.Fatal(err)
	}
	return code
}

// enrol gives somebody a second factor.
func enrol(w *testkit.World, p *testkit.Person) *enrolled {
	w.T.Helper()
	made := p.Do(http.MethodPost, "/v1/me/second-factors", map[string]any{"password": p.Password, "name": "Phone"}).Want(w.T, http.StatusCreated).Map(w.T)
	e := &enrolled{w: w}
	e.id, _ = made["id"].(string)
	e.secret, _ = made["secret"].(string)
	codes, _ := p.Do(http.MethodPost, "/v1/me/second-factors/"+e.id+"/confirm", map[string]any{"otp": e.code()}).
		Want(w.T, http.StatusOK).Map(w.T)["codes"].([]any)
	for _, c := range codes {
		e.recovery = append(e.recovery, c.(string))
	}
	return e
}

// mailed waits until somebody was mailed what has a text in it, so many times.
func mailed(t *testing.T, w *testkit.World, address, text string, times int) {
	t.Helper()
	n := 0
	for range 2000 { // the jobs look by themselves every five seconds
		n = 0
		for _, m := range w.Outbox.Recent() {
			if m.To == address && strings.Contains(m.Body, text) {
				n++
			}
		}
		if n == times {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s was mailed %q %d times, not %d", address, text, n, times)
}

// A login takes the second factor; each of its codes is good once, and no way goes around it.
func TestASecondFactor(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	login := func(otp string) testkit.Response {
		body := map[string]any{"email": ada.Email, "password": ada.Password}
		if otp != "" {
			body["otp"] = otp
		}
		return w.Do(http.MethodPost, "/v1/auth/login", body)
	}
	// Begun and not confirmed, it is asked for by nobody.
	ada.Do(http.MethodPost, "/v1/me/second-factors", map[string]any{"password": "not the password of ada", "name": "Phone"}).Want(t, http.StatusUnprocessableEntity)
	ada.Do(http.MethodPost, "/v1/me/second-factors", map[string]any{"password": ada.Password, "name": "Phone"}).Want(t, http.StatusCreated)
	login("").Want(t, http.StatusOK)
	e := enrol(w, ada)
	if len(e.recovery) != 8 {
		t.Fatalf("recovery codes: %v", e.recovery)
	}
	refused := func(why, otp, code string) {
		t.Helper()
		r := login(otp).Want(t, http.StatusUnauthorized)
		if r.Map(t)["code"] != code {
			t.Errorf("%s: %s, want %s", why, r.Body, code)
		}
		body := map[string]any{"email": ada.Email, "password": ada.Password}
		if otp == "" {
			w.Do(http.MethodPost, "/v1/auth/cookie", body).Want(t, http.StatusUnauthorized)
		}
	}
	refused("without a code", "", "otp_required")
	refused("the code that confirmed it", e.code(), "invalid_otp")
	w.Clock.Advance(time.Minute)
	code := e.code()
	login(code).Want(t, http.StatusOK)
	refused("the same code again", code, "invalid_otp")
	login(e.recovery[0]).Want(t, http.StatusOK)
	refused("a recovery code again", e.recovery[0], "invalid_otp")
	refused("a recovery code of nobody", "BCDF-GHJKLMNP", "invalid_otp")
	mailed(t, w, ada.Email, "A second factor was added", 1)
	mailed(t, w, ada.Email, "wrong code for its second factor", 3) // of four: of those that follow one another the first
	// A new password is no way around it.
	mailed := w.Code(ada.Email)
	w.Do(http.MethodPost, "/v1/auth/password/forgot", map[string]any{"email": ada.Email}).Want(t, http.StatusAccepted)
	ada.Password = "another slow mile by the lake"
	w.Do(http.MethodPost, "/v1/auth/password/reset", map[string]any{"email": ada.Email, "code": codeAfter(t, w, ada.Email, mailed), "password": ada.Password}).Want(t, http.StatusNoContent)
	refused("after a reset", "", "otp_required")
	// Guessing comes to an end, for the right code too.
	w.Clock.Advance(2 * time.Hour)
	for range 30 {
		login("000000")
	}
	if r := login(e.code()); r.Status == http.StatusOK {
		t.Error("the thirty-first code was looked at")
	}
	w.Clock.Advance(2 * time.Hour)
	login(e.code()).Want(t, http.StatusOK)
	for _, table := range []string{"factor", "recovery_code", "factor_try"} {
		if got := w.Query(`SELECT has_table_privilege('paceline_app', 'auth.' || $1, 'SELECT')::text`, table); got != "false" {
			t.Errorf("the role that serves members reads auth.%s", table)
		}
	}
}

// A duty takes two admins; who asked is not the second, and a revoked one is missed at once.
func TestADutyTakesTwoAdmins(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	one, two, ben := w.Staff("chief-one", "admin"), w.Staff("chief-two", "admin"), w.Join("ben")
	ask := func(by *testkit.Person, whom *testkit.Person) string {
		t.Helper()
		id, _ := by.Do(http.MethodPost, "/v1/admin/role-requests", map[string]any{"member_id": whom.ID, "role": "support", "reason": "joins"}).
			Want(t, http.StatusCreated).Map(t)["id"].(string)
		return "/v1/admin/role-requests/" + id
	}
	yes := map[string]any{"approve": true}
	ben.Do(http.MethodPost, "/v1/admin/role-requests", map[string]any{"member_id": ben.ID, "role": "admin", "reason": "me"}).Want(t, http.StatusForbidden)
	request := ask(one, ben)
	one.Do(http.MethodPut, request, yes).Want(t, http.StatusForbidden)
	ben.Get("/v1/admin/access-grants").Want(t, http.StatusForbidden)
	two.Do(http.MethodPut, request, yes).Want(t, http.StatusNoContent)
	two.Do(http.MethodPut, request, yes).Want(t, http.StatusNotFound)
	if code := ben.Get("/v1/admin/access-grants").Want(t, http.StatusForbidden).Map(t)["code"]; code != "second_factor_required" {
		t.Errorf("with a duty and a password alone: %v", code)
	}
	w.Prove(ben)
	ben.Get("/v1/admin/access-grants").Want(t, http.StatusOK)
	// Nobody approves what they themselves are to hold.
	two.Do(http.MethodPut, ask(one, two), yes).Want(t, http.StatusForbidden)
	one.Do(http.MethodPost, "/v1/admin/role-revocations", map[string]any{"member_id": ben.ID, "role": "support"}).Want(t, http.StatusNoContent)
	ben.Get("/v1/admin/access-grants").Want(t, http.StatusForbidden)
	if acts := w.Query(`SELECT string_agg(act, ' ' ORDER BY seq) FROM auth.audit`); acts != "role.asked role.approved role.asked role.revoked" {
		t.Errorf("audited: %s", acts)
	}
	if _, err := audit.Verify(t.Context(), w.Service.DB, w.Clock.Now(), audit.Head{}); err != nil {
		t.Error(err)
	}
}

// No duty opens a guarded field by itself; an access grant opens what it names, while it lasts,
// and the member sees it.
func TestStaffReadByAccessGrantsOnly(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	w.Choose(ada, testkit.Uniform(t, 0, false))
	ada.Do(http.MethodPatch, "/v1/me/profile", map[string]any{
		"bio": "bio-of-ada", "location": map[string]any{"city": "Utrecht", "country": "NL"}, "gender": "woman", "height_cm": 171.5,
		"weight_kg": 61.25, "resting_hr": 48, "max_hr": 188, "ftp_watts": 211,
	}).Want(t, http.StatusOK)
	all := []string{"username", "display_name", "bio", "location", "gender", "age", "height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts", "email", "birth_date"}
	sensitive := []string{"location", "height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts"}
	staff := map[string]*testkit.Person{}
	for _, d := range privacy.Duties() {
		staff[d.String()] = w.Staff("of-"+strings.ReplaceAll(d.String(), "_", "-"), d.String())
	}
	open := func(by *testkit.Person, fields ...string) testkit.Response {
		return by.Do(http.MethodPost, "/v1/admin/access-grants", map[string]any{
			"member_id": ada.ID, "reason": "they asked us for help", "fields": fields, "minutes": 60,
		})
	}
	for role, p := range staff {
		for _, path := range []string{"/v1/members/" + ada.ID, "/v1/members/ada"} {
			p.Get(path).Want(t, http.StatusNotFound)
		}
		reads := role == "support" || role == "admin"
		for _, field := range all {
			r := open(p, field)
			switch {
			case !reads || role == "support" && slices.Contains(sensitive, field):
				r.Want(t, http.StatusForbidden)
				continue
			}
			id, _ := r.Want(t, http.StatusCreated).Map(t)["id"].(string)
			path := "/v1/admin/access-grants/" + id + "/member"
			got := p.Get(path).Want(t, http.StatusOK).Map(t)
			if field == "location" {
				delete(got, "country")
				field = "city"
			}
			if _, shown := got[field]; !shown || len(got) != 1 {
				t.Errorf("%s with a grant for %s reads %v", role, field, got)
			}
			for other, q := range staff {
				if other != role {
					if r := q.Get(path); r.Status != http.StatusNotFound && r.Status != http.StatusForbidden {
						t.Errorf("%s reads by the grant of %s: %d", other, role, r.Status)
					}
				}
			}
			p.Do(http.MethodDelete, "/v1/admin/access-grants/"+id, nil).Want(t, http.StatusNoContent)
			p.Get(path).Want(t, http.StatusNotFound)
		}
	}
	opened := w.Query(`SELECT count(*)::text FROM access_grant WHERE member_id = $1`, ada.ID)
	before, err := strconv.Atoi(opened)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := open(staff["support"], "email").Want(t, http.StatusCreated).Map(t)["id"].(string)
	mailed(t, w, ada.Email, "opened an access grant for your account", before+1)
	if told := string(ada.Get("/v1/me/notifications?limit=100").Want(t, http.StatusOK).Body); strings.Count(told, `"access_granted"`) != before+1 || !strings.Contains(told, id) {
		t.Errorf("ada is not told of %s: %s", id, told)
	}
	path := "/v1/admin/access-grants/" + id + "/member"
	// It ends with the duty, with the hour, and can't be had for longer.
	w.Exec(`DELETE FROM auth.staff_role WHERE member_id = $1`, staff["support"].ID)
	staff["support"].Get(path).Want(t, http.StatusForbidden)
	w.Exec(`INSERT INTO auth.staff_role VALUES ($1, 'support', $2)`, staff["support"].ID, w.Clock.Now())
	staff["support"].Get(path).Want(t, http.StatusOK)
	w.Clock.Advance(time.Hour)
	w.Login(staff["support"])
	w.Prove(staff["support"])
	staff["support"].Get(path).Want(t, http.StatusNotFound)
	w.Login(ada)
	log := ada.Get("/v1/me/access-log?limit=100").Want(t, http.StatusOK)
	for _, want := range []string{`"who":"support"`, `"who":"admin"`, `"kind":"email"`, `"reason":"they asked us for help"`} {
		if !strings.Contains(string(log.Body), want) {
			t.Errorf("the access log lacks %s: %s", want, log.Body)
		}
	}
	if strings.Contains(string(log.Body), staff["support"].ID) {
		t.Error("the access log names the person")
	}
	if got := w.Query(`SELECT count(*)::text FROM auth.audit WHERE act = 'access.read' AND subject = $1`, ada.ID); got == "0" {
		t.Error("no read was audited")
	}
}

// Whatever staff read of a member is in the member's access log, and each look in the audit; what may be read by
// a grant is there before anything is. Reasons can be read.
func TestMembersSeeEachLook(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, bob := w.Join("ada"), w.Join("bob")
	sue, moe, chief := w.Staff("sue", "support"), w.Staff("moe", "moderator"), w.Staff("chief", "admin")
	sue.Get("/v1/admin/members/ada").Want(t, http.StatusOK)
	sue.Get("/v1/admin/members/not-anybody").Want(t, http.StatusNotFound)
	bob.Do(http.MethodPost, "/v1/reports", map[string]any{"kind": "member", "id": ada.ID, "reason": "hate"}).Want(t, http.StatusCreated)
	of := w.Query(`SELECT id::text FROM moderation_case`)
	moe.Do(http.MethodPost, "/v1/admin/reports/"+of+"/claim", nil).Want(t, http.StatusOK)
	if acts := w.Query(`SELECT string_agg(act, ' ' ORDER BY seq) FROM auth.audit`); acts != "member.found member.missed case.claimed" {
		t.Errorf("audited: %s", acts)
	}
	wants := func(why string, all ...string) {
		t.Helper()
		log := string(ada.Get("/v1/me/access-log?limit=100").Want(t, http.StatusOK).Body)
		for _, want := range all {
			if !strings.Contains(log, want) {
				t.Errorf("%s, the access log lacks %s: %s", why, want, log)
			}
		}
	}
	wants("after a search and a claim", `"kind":"username"`, `"who":"support"`, `"kind":"reported words"`, `"who":"moderator"`)
	grant := map[string]any{"member_id": ada.ID, "reason": "they asked us for help", "fields": []string{"email"}, "minutes": 60}
	id, _ := sue.Do(http.MethodPost, "/v1/admin/access-grants", grant).Want(t, http.StatusCreated).Map(t)["id"].(string)
	wants("before it is read", `"kind":"email"`, `"reason":"they asked us for help"`, `"times":0`)
	sue.Get("/v1/admin/access-grants/"+id+"/member").Want(t, http.StatusOK)
	if times := w.Query(`SELECT times::text FROM access_log WHERE through = $1`, id); times != "1" {
		t.Errorf("one read is %s", times)
	}
	for _, reason := range []string{"            ", strings.Repeat("\u200b", 12), "they asked\x00 us for help"} {
		grant["reason"] = reason
		sue.Do(http.MethodPost, "/v1/admin/access-grants", grant).Want(t, http.StatusUnprocessableEntity)
		chief.Do(http.MethodPost, "/v1/admin/role-requests", map[string]any{"member_id": bob.ID, "role": "support", "reason": reason}).
			Want(t, http.StatusUnprocessableEntity)
	}
}

// Codes that strangers guess spend none of what is kept for whoever is signed in.
func TestStrangersLeaveTheOwnerTheirCodes(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	e := enrol(w, ada)
	w.Clock.Advance(time.Minute)
	w.Exec(`DELETE FROM auth.known_network`)
	for range 40 {
		w.Do(http.MethodPost, "/v1/auth/login", map[string]any{"email": ada.Email, "password": ada.Password, "otp": "000000"}).Want(t, http.StatusUnauthorized)
	}
	ada.Do(http.MethodPost, "/v1/auth/second-factor", map[string]any{"otp": e.code()}).Want(t, http.StatusNoContent)
}

// Of two factors that are removed at the same moment one is the last.
func TestTheLastFactorIsNoticed(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	one := enrol(w, ada)
	w.Clock.Advance(time.Minute)
	two := enrol(w, ada)
	tx, err := w.Root.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), `SELECT FROM auth.credential WHERE member_id = $1 FOR UPDATE`, ada.ID); err != nil {
		t.Fatal(err)
	}
	done := make(chan testkit.Response, 2)
	for _, id := range []string{one.id, two.id} {
		go func() { done <- ada.Do(http.MethodDelete, "/v1/me/second-factors/"+id, nil) }()
	}
	for waiting := 0; waiting == 0 && len(done) == 0; time.Sleep(time.Millisecond) {
		if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if len(done) > 0 {
		t.Error("one doesn't wait for the other")
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	(<-done).Want(t, http.StatusNoContent)
	(<-done).Want(t, http.StatusNoContent)
	if n := w.Query(`SELECT count(*)::text || (SELECT count(*)::text FROM auth.recovery_code) FROM auth.session WHERE proved_at IS NOT NULL`); n != "00" {
		t.Errorf("proved sessions and recovery codes without a factor: %s", n)
	}
}

// What was sealed by a key that was taken out of the ring is lost, and nothing besides: no sign-in and no appeal fails for it.
func TestATakenOutKeyStopsNobody(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, bob := w.Join("ada"), w.Join("bob")
	moe, mia := w.Staff("moe", "moderator"), w.Staff("mia", "moderator")
	e := enrol(w, ada)
	w.Clock.Advance(time.Minute)
	bob.Do(http.MethodPost, "/v1/reports", map[string]any{"kind": "member", "id": ada.ID, "reason": "hate", "words": "words-of-bob"}).Want(t, http.StatusCreated)
	of := "/v1/admin/reports/" + w.Query(`SELECT id::text FROM moderation_case`)
	lose := func(table, column string) { // the id of the key stands behind two bytes
		w.Exec(`UPDATE ` + table + ` SET ` + column + ` = overlay(` + column + ` placing 'zzzz'::bytea from 3) WHERE ` + column + ` IS NOT NULL`)
	}
	lose("auth.factor", "secret_sealed")
	lose("moderation_case", "evidence_sealed")
	lose("report", "words_sealed")
	moe.Do(http.MethodPost, of+"/claim", nil).Want(t, http.StatusOK)
	moe.Do(http.MethodPost, of+"/decide", map[string]any{"action": "warn", "words": "no"}).Want(t, http.StatusOK)
	x := sanctionOf(t, ada)["id"].(string) //nolint:forcetypeassert // an id
	ada.Do(http.MethodPost, "/v1/me/sanctions/"+x+"/appeal", map[string]any{"words": "but"}).Want(t, http.StatusOK)
	lose("sanction", "appeal_sealed")
	if open := string(mia.Get("/v1/admin/appeals").Want(t, http.StatusOK).Body); !strings.Contains(open, x) {
		t.Errorf("the appeal is not there: %s", open)
	}
	login := map[string]any{"email": ada.Email, "password": ada.Password, "otp": e.code()}
	w.Do(http.MethodPost, "/v1/auth/login", login).Want(t, http.StatusUnauthorized)
	login["otp"] = e.recovery[0]
	w.Do(http.MethodPost, "/v1/auth/login", login).Want(t, http.StatusOK)
	if n := strings.Count(w.Log.String(), "a key that the ring lacks"); n != 7 {
		t.Errorf("said %d times in the log", n)
	}
}
