package account_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

func TestRegisterVerifyLogin(t *testing.T) {
	t.Parallel()
	w := start(t)
	r := registration("ada")
	r.Email = "Ada@Example.test"
	w.register(r)
	m := w.lastMail()
	if m.Kind != mail.VerifyCode || m.To != "Ada@Example.test" || len(m.Data.Code) != 8 || m.Data.Minutes != 15 {
		t.Fatalf("the mail is of kind %v", m.Kind)
	}
	if n := w.count(`SELECT count(*) FROM member`); n != 0 {
		t.Fatal("there is a member before the code came back")
	}
	w.must(w.verify("aDA@example.test", strings.ToLower(m.Data.Code)))
	if !w.lives(w.login("ada").Access) {
		t.Fatal("the new account can't be used")
	}

	var id uuid.UUID
	var wrapped, sealed []byte
	var private, minor bool
	var found, audiences int
	var searchName, address string
	w.must(w.root.QueryRow(t.Context(), `
		SELECT m.id, k.wrapped, p.birth_date_sealed, m.private, m.minor, m.discoverability, m.audiences, p.search_name, a.email
		FROM member m JOIN member_key k ON k.member_id = m.id JOIN profile p ON p.member_id = m.id JOIN auth.account a ON a.member_id = m.id`).
		Scan(&id, &wrapped, &sealed, &private, &minor, &found, &audiences, &searchName, &address))
	want := privacy.DefaultSettings(false)
	if private || minor || found != int(want.Discoverability) || privacy.Audiences(audiences) != want.Audiences {
		t.Error("the settings are not those of a new account")
	}
	if searchName != "the ada" || address != "Ada@Example.test" || id.Version() != 4 {
		t.Errorf("search name %q, address %q, id version %d", searchName, address, id.Version())
	}
	key, err := w.ring.Unwrap(id, wrapped)
	w.must(err)
	birth, err := seal.OpenValue[string](key, seal.Context{Column: "profile.birth_date_sealed", Row: id}, sealed)
	if err != nil || birth != "1990-04-05" {
		t.Errorf("birth date %q, %v", birth, err)
	}
	if n := w.count(`SELECT count(*) FROM auth.registration`); n != 0 {
		t.Error("the registration stays behind")
	}
}

func TestRegisterTellsNobodyWhoIsKnown(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	left := func(r account.Registration) map[string]int {
		mailed := w.mailed.Load()
		rows := w.left(func() { w.register(r) })
		if w.mailed.Load() != mailed+1 {
			t.Error("nobody was told that mail waits")
		}
		return rows
	}
	known := registration("ada")
	known.Username, known.Email = "another", "ADA@example.test"
	atKnown := left(known)
	if m := w.lastMail(); m.Kind != mail.AddressKnown || m.To != email("ada") || m.Data.Code != "" {
		t.Errorf("the owner is told by a mail of kind %v", m.Kind)
	}
	unknown := left(registration("bob"))
	if !reflect.DeepEqual(atKnown, unknown) || len(unknown) != 2 {
		t.Errorf("a known address leaves %v, an unknown one %v", atKnown, unknown)
	}
	// A username that is taken is not told either.
	r := registration("bob")
	r.Email, r.Username = email("carla"), "ada"
	if got := left(r); !reflect.DeepEqual(got, unknown) {
		t.Errorf("a taken username leaves %v", got)
	}
	// One Unicode letter lower-cases to k. It is another address all the same.
	w.join("kim")
	w.register(account.Registration{
		Email: "\u212Aim@example.test", Password: password("kim"), Username: "kimtwo", DisplayName: "Kim",
		BirthDate: registration("kim").BirthDate,
	})
	if m := w.lastMail(); m.Kind != mail.VerifyCode || m.To != "\u212Aim@example.test" {
		t.Errorf("a look-alike address is taken for %v", m.Kind)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	w := start(t)
	verify := w.verify
	w.register(registration("ada"))
	code := w.lastMail().Data.Code

	// Wrong, unknown and malformed are one refusal.
	want := fault.Of(verify(email("ada"), "AAAAAAAA"))
	w.wants(want, "invalid_code", fault.KindUnprocessable)
	for name, err := range map[string]error{
		"an unknown address": verify(email("nobody"), code), "no address": verify("\x00", code), "a short code": verify(email("ada"), "A"),
	} {
		if got := fault.Of(err); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
	if w.events(observe.CodeRefused) != 4 {
		t.Error("refused codes leave no event")
	}
	// Two attempts are gone. After the fifth, the right code is wrong.
	for range 3 {
		w.wants(verify(email("ada"), "BBBBBBBB"), "invalid_code", fault.KindUnprocessable)
	}
	w.wants(verify(email("ada"), code), "invalid_code", fault.KindUnprocessable)

	// A fresh one lives 15 minutes, and works once.
	w.register(registration("ada"))
	code = w.lastMail().Data.Code
	w.now = w.now.Add(15 * time.Minute)
	w.wants(verify(email("ada"), code), "invalid_code", fault.KindUnprocessable)
	w.register(registration("ada"))
	code = w.lastMail().Data.Code
	w.now = w.now.Add(15*time.Minute - time.Second)
	w.must(verify(email("ada"), code))
	w.wants(verify(email("ada"), code), "invalid_code", fault.KindUnprocessable)
}

func TestNoMoreThanFiveCodesWait(t *testing.T) {
	t.Parallel()
	w := start(t)
	first := w.register(registration("ada"))
	for range 6 {
		w.register(registration("ada"))
	}
	if n := len(w.mails()); n != 5 {
		t.Errorf("%d mails went to one address", n)
	}
	w.must(w.verifyThe(first, email("ada"), w.mails()[0].Data.Code))
}

// Somebody else registers the same address at the same moment, and tries codes: the
// code from their mail makes no account for who knows their own registration, and
// their attempts cost it nothing.
func TestACodeIsForItsRegistration(t *testing.T) {
	t.Parallel()
	w := start(t)
	own := w.register(registration("ada"))
	w.wants(w.verifyThe(uuid.New(), email("ada"), w.lastMail().Data.Code), "invalid_code", fault.KindUnprocessable)
	theirs := registration("mallory")
	theirs.Email = email("ada")
	other := w.register(theirs)
	mails := w.mails()
	for _, m := range mails { // which of two is whose, a code alone doesn't say
		w.wants(w.verify(email("ada"), m.Data.Code), "invalid_code", fault.KindUnprocessable)
	}
	for range 20 {
		w.wants(w.verify(email("ada"), "BBBBBBBB"), "invalid_code", fault.KindUnprocessable)
		w.wants(w.verifyThe(other, email("ada"), mails[0].Data.Code), "invalid_code", fault.KindUnprocessable)
	}
	w.wants(w.verifyThe(own, email("ada"), mails[1].Data.Code), "invalid_code", fault.KindUnprocessable)
	w.wants(w.verifyThe(own, email("bob"), mails[0].Data.Code), "invalid_code", fault.KindUnprocessable)
	w.must(w.verifyThe(own, email("ada"), mails[0].Data.Code))
	w.login("ada")

	// With its id, too, a code has five attempts.
	id := w.register(registration("bob"))
	code := w.lastMail().Data.Code
	for range 5 {
		w.wants(w.verifyThe(id, email("bob"), "BBBBBBBB"), "invalid_code", fault.KindUnprocessable)
	}
	w.wants(w.verifyThe(id, email("bob"), code), "invalid_code", fault.KindUnprocessable)
	w.must(w.verify(email("bob"), code)) // those without it are apart
}

func TestUsernameIsClaimedAtVerify(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	r := registration("bob")
	r.Username = "ada"
	w.register(r)
	code := w.lastMail().Data.Code
	w.wants(w.verify(email("bob"), code), "username_taken", fault.KindConflict)
	w.wants(w.verifyAs(email("bob"), code, "p.a.c.e-line"), "username_taken", fault.KindConflict)
	w.wants(w.verifyAs(email("bob"), code, "Not A Name"), "invalid_username", fault.KindUnprocessable)
	w.must(w.verifyAs(email("bob"), code, "bob"))
	w.login("bob")

	// A code is no way to try one name after another.
	w.register(registration("carla"))
	code = w.lastMail().Data.Code
	for range 5 {
		w.wants(w.verifyAs(email("carla"), code, "ada"), "username_taken", fault.KindConflict)
	}
	w.wants(w.verify(email("carla"), code), "invalid_code", fault.KindUnprocessable)
}

func TestReservedNames(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.register(registration("eve"))
	code := w.lastMail().Data.Code
	for _, name := range []string{"admin", "support", "paceline", "api"} {
		w.wants(w.verifyAs(email("eve"), code, name), "username_taken", fault.KindConflict)
	}
	w.must(w.verify(email("eve"), code))
}

func TestAges(t *testing.T) {
	t.Parallel()
	w := start(t) // 2026-06-01
	for _, c := range []struct {
		born  string
		code  fault.Code
		minor bool
	}{
		{born: "2013-06-02", code: "too_young"},
		{born: "2013-06-01", minor: true},
		{born: "2008-06-02", minor: true},
		{born: "2008-06-01"},
		{born: "1906-06-01"},
		{born: "1905-05-31", code: "invalid_birth_date"},
		{born: "2026-06-02", code: "invalid_birth_date"},
	} {
		r := registration("m" + strings.ReplaceAll(c.born, "-", ""))
		var err error
		r.BirthDate, err = time.Parse(time.DateOnly, c.born)
		w.must(err)
		_, err = w.Register(t.Context(), w.anonymous(), r)
		if c.code != "" {
			w.wants(err, c.code, fault.KindUnprocessable)
			continue
		}
		w.must(err)
		w.must(w.verify(r.Email, w.lastMail().Data.Code))
		n := w.count(`SELECT count(*) FROM member m JOIN profile p ON p.member_id = m.id WHERE p.username = $1 AND m.minor = $2 AND m.private = $2`, r.Username, c.minor)
		if n != 1 {
			t.Errorf("born %s: minor is not %v", c.born, c.minor)
		}
	}
}

func TestWhatARegistrationMustBe(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, c := range []struct {
		code   fault.Code
		change func(*account.Registration)
	}{
		{"invalid_email", func(r *account.Registration) { r.Email = "ada" }},
		{"invalid_email", func(r *account.Registration) { r.Email = "Ada <ada@example.test>" }},
		{"invalid_email", func(r *account.Registration) { r.Email = `"a b"@example.test` }},
		{"invalid_email", func(r *account.Registration) { r.Email = "ada@example.test\r\nBcc: eve@example.test" }},
		{"invalid_email", func(r *account.Registration) { r.Email = "ada\x00@example.test" }},
		{"invalid_username", func(r *account.Registration) { r.Username = "ad" }},
		{"invalid_username", func(r *account.Registration) { r.Username = "Ada" }},
		{"invalid_username", func(r *account.Registration) { r.Username = ".ada" }},
		{"invalid_username", func(r *account.Registration) { r.Username = "5f0c2c1e-8a44-4c1b-9c5e-2f6f0e6f9a11" }},
		{"invalid_username", func(r *account.Registration) { r.Username = "5f0c2c1e8a444c1b9c5e2f6f0e6f9a11" }},
		{"invalid_display_name", func(r *account.Registration) { r.DisplayName = "  " }},
		{"invalid_display_name", func(r *account.Registration) { r.DisplayName = strings.Repeat("é", 51) }},
		{"invalid_display_name", func(r *account.Registration) { r.DisplayName = "A\x00da" }},
		{"invalid_display_name", func(r *account.Registration) { r.DisplayName = "A\u202eda" }},
		{"invalid_display_name", func(r *account.Registration) { r.DisplayName = "\u200b\u3164" }},
		{"password_refused", func(r *account.Registration) { r.Password = "fourteen chars" }},
		{"password_refused", func(r *account.Registration) { r.Password = "ñandúñandúñand" }},
		{"password_refused", func(r *account.Registration) { r.Password = strings.Repeat("ab7Kx! q", 32) + "z" }},
		{"password_refused", func(r *account.Registration) { r.Password = "password password" }},
		{"password_refused", func(r *account.Registration) { r.Password = "paceline-2026-paceline" }},
		{"password_refused", func(r *account.Registration) { r.Password = r.Email + "!" }},
		{"password_refused", func(r *account.Registration) { r.Password = "the ada" + r.Email }},
		{"password_refused", func(r *account.Registration) { r.Password = "a quiet ride at \xff dusk" }},
	} {
		r := registration("ada")
		c.change(&r)
		_, err := w.Register(t.Context(), w.anonymous(), r)
		w.wants(err, c.code, fault.KindUnprocessable)
	}
	if left := w.tables(); len(left) != 0 {
		t.Errorf("what was refused leaves %v", left)
	}
}

func TestPasswordsAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	long := strings.Repeat("wb7Kx!µq", 32)
	for name, p := range map[string]string{
		"fifteen": "fifteen & chars", "unicode": "żółw i 🐢 w łódce", "spaces": "  leading and trailing  ", "onehundred28": long[:144], "most": long,
	} {
		r := registration(name)
		r.Password = p
		w.register(r)
		w.must(w.verify(r.Email, w.lastMail().Data.Code))
		login := func(p string) error {
			_, err := w.Login(ctx, w.anonymous(), account.Login{Email: r.Email, Password: p})
			return err
		}
		w.must(login(p))
		runes := []rune(p)
		runes[len(runes)-1]++
		for _, wrong := range []string{string(runes), string(runes[:len(runes)-1]), p + " ", strings.ToUpper(p), strings.TrimSpace(p) + "\x00"} {
			w.wants(login(wrong), "invalid_credentials", fault.KindUnauthenticated)
		}
	}
}

func TestOneOfManyVerifies(t *testing.T) {
	t.Parallel()
	w := start(t)
	ids := []uuid.UUID{w.register(registration("ada")), w.register(registration("ada"))}
	mails := w.mails()
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { errs[i] = w.verifyThe(ids[i%2], email("ada"), mails[i%2].Data.Code) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			w.wants(err, "invalid_code", fault.KindUnprocessable)
		}
	}
	if won != 1 || w.count(`SELECT count(*) FROM member`) != 1 {
		t.Errorf("%d of 8 verified one address", won)
	}
}

// Whatever statement fails, nothing of the step stays and the step can be repeated.
func TestWholeOrNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	w.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$`)
	failing := func(table, event string, step func() error) {
		t.Helper()
		before := w.tables()
		w.exec(`CREATE TRIGGER refuse BEFORE ` + event + ` ON ` + table + ` FOR EACH STATEMENT EXECUTE FUNCTION refuse()`)
		err := step()
		w.exec(`DROP TRIGGER refuse ON ` + table)
		if fault.KindOf(err) != fault.KindInternal || err == nil {
			t.Errorf("%s on %s fails, the step says %v", event, table, err)
		}
		if after := w.tables(); !reflect.DeepEqual(before, after) {
			t.Errorf("%s on %s fails and leaves %v instead of %v", event, table, after, before)
		}
	}
	register := func() error {
		_, err := w.Register(ctx, w.anonymous(), registration("ada"))
		return err
	}
	for _, table := range []string{"auth.registration", "auth.mail"} {
		failing(table, "INSERT", register)
	}
	w.must(register())
	code := w.lastMail().Data.Code
	verify := func() error { return w.verify(email("ada"), code) }
	for _, table := range []string{"member", "member_key", "auth.email_claim", "auth.username_claim", "auth.account", "auth.credential", "profile"} {
		failing(table, "INSERT", verify)
	}
	failing("auth.registration", "DELETE", verify)
	w.must(verify())

	login := func() error {
		_, err := w.Login(ctx, w.anonymous(), account.Login{Email: email("ada"), Password: password("ada")})
		return err
	}
	failing("auth.session", "INSERT", login)
	failing("auth.token", "INSERT", login)
	tokens := w.login("ada")
	refresh := func() error {
		_, err := w.Refresh(ctx, w.anonymous(), tokens.Refresh.Reveal())
		return err
	}
	failing("auth.token", "UPDATE", refresh)
	failing("auth.token", "DELETE", refresh)
	failing("auth.token", "INSERT", refresh)
	if !w.lives(tokens.Access) {
		t.Error("a refresh that failed cost the access token")
	}
	w.must(refresh())

	forgot := func() error { return w.Forgot(ctx, w.anonymous(), email("ada")) }
	failing("auth.password_reset", "INSERT", forgot)
	failing("auth.mail", "INSERT", forgot)
	w.must(forgot())
	code = w.lastMail().Data.Code
	reset := func() error { return w.Reset(ctx, w.anonymous(), email("ada"), code, password("ada")) }
	failing("auth.credential", "UPDATE", reset)
	failing("auth.password_reset", "DELETE", reset)
	failing("auth.mail", "INSERT", reset)
	failing("auth.session", "UPDATE", reset)
	w.must(reset())

	tokens = w.login("ada")
	failing("auth.password_reset", "DELETE", func() error { return w.Delete(ctx, w.with(tokens.Access), password("ada")) })
	failing("member", "DELETE", func() error { return w.Delete(ctx, w.with(tokens.Access), password("ada")) })
	w.must(w.Delete(ctx, w.with(tokens.Access), password("ada")))
}

// What is typed and what is mailed is in no table as it is: not while a
// registration waits, and not after.
func TestTablesHoldNoSecret(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	w.must(w.Forgot(t.Context(), w.anonymous(), email("ada")))
	w.register(registration("bob"))
	tokens := w.login("ada")
	secrets := map[string]string{
		"a birth date": "1990-04-05", "a password": password("ada"), "another password": password("bob"),
		"an access token": tokens.Access.Reveal(), "a refresh token": tokens.Refresh.Reveal(),
	}
	for _, m := range w.mails() {
		secrets["the code of a "+string(m.Kind)] = m.Data.Code
	}
	if len(secrets) != 7 {
		t.Fatalf("there are %d secrets to look for", len(secrets))
	}
	for table := range w.tables() {
		for name, secret := range secrets {
			n := w.count(`SELECT count(*) FROM `+table+` t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || encode($1::bytea, 'hex') || '%'`, secret)
			if n != 0 {
				t.Errorf("%s holds %s", table, name)
			}
		}
	}
}
