package account_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
)

const fresh = "another long ride by the sea"

func TestForgotTellsNobodyWhoIsKnown(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	left := func(address string) map[string]int {
		return w.left(func() { w.must(w.Forgot(t.Context(), w.anonymous(), address)) })
	}
	unknown := left(email("carla"))
	known := left("ADA@example.test")
	if !reflect.DeepEqual(known, unknown) || len(known) != 2 {
		t.Errorf("a known address leaves %v, an unknown one %v", known, unknown)
	}
	mails := w.mails()
	if last := mails[len(mails)-1]; last.Kind != mail.ResetCode || last.To != email("ada") {
		t.Errorf("the code goes out by a mail of kind %v", last.Kind)
	}
	if mails[len(mails)-2].To != "" {
		t.Error("an unknown address gets a mail")
	}
	// A look-alike of a member's address gets nothing, and nor does the member.
	w.must(w.Forgot(t.Context(), w.anonymous(), "ad\u00e0@example.test"))
	if w.lastMail().To != "" {
		t.Error("a look-alike address is taken for a member's")
	}
	w.wants(w.Forgot(t.Context(), w.anonymous(), "\x00"), "invalid_email", fault.KindUnprocessable)
}

func TestReset(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	tokens, bob := w.join("ada"), w.join("bob")
	w.must(w.Forgot(ctx, w.anonymous(), email("ada")))
	w.must(w.Forgot(ctx, w.anonymous(), email("ada")))
	mails := w.mails()
	code, unused := mails[len(mails)-2].Data.Code, mails[len(mails)-1].Data.Code
	reset := func(address, code, password string) error {
		return w.Reset(ctx, w.anonymous(), address, code, password)
	}

	want := fault.Of(reset(email("ada"), "AAAAAAAA", fresh))
	w.wants(want, "invalid_code", fault.KindUnprocessable)
	for name, err := range map[string]error{"unknown": reset(email("eve"), code, fresh), "another's": reset(email("bob"), code, fresh), "none": reset("", code, fresh)} {
		if got := fault.Of(err); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
	// A refused password costs no code.
	w.wants(reset(email("ada"), code, "too short"), "password_refused", fault.KindUnprocessable)
	w.wants(reset(email("ada"), code, "ada-ada-password"), "password_refused", fault.KindUnprocessable)
	w.must(reset("Ada@example.test", code, fresh))

	if w.lives(tokens.Access) || !w.lives(bob.Access) {
		t.Error("not all sessions of the account, or more, ended")
	}
	if m := w.lastMail(); m.Kind != mail.PasswordChanged || m.To != email("ada") || !m.Data.At.Equal(w.now) {
		t.Errorf("the owner is told by a mail of kind %v", m.Kind)
	}
	w.wants(reset(email("ada"), code, fresh), "invalid_code", fault.KindUnprocessable)
	w.wants(reset(email("ada"), unused, fresh), "invalid_code", fault.KindUnprocessable)
	_, err := w.Login(ctx, w.anonymous(), account.Login{Email: email("ada"), Password: password("ada")})
	w.wants(err, "invalid_credentials", fault.KindUnauthenticated)
	_, err = w.Login(ctx, w.anonymous(), account.Login{Email: email("ada"), Password: fresh})
	w.must(err)
	if w.events(observe.PasswordChanged) != 1 || w.events(observe.SessionsRevoked) != 1 {
		t.Error("the reset leaves no event")
	}
}

// The username is no part of the address, but whoever knows the member knows it.
func TestResetKnowsTheUsername(t *testing.T) {
	t.Parallel()
	w := start(t)
	r := registration("ada")
	r.Username = "kowalczykowna"
	w.register(r)
	w.must(w.verify(r.Email, w.lastMail().Data.Code))
	w.must(w.Forgot(t.Context(), w.anonymous(), r.Email))
	code := w.lastMail().Data.Code
	w.wants(w.Reset(t.Context(), w.anonymous(), r.Email, code, "kowalczykowna-99"), "password_refused", fault.KindUnprocessable)
	w.must(w.Reset(t.Context(), w.anonymous(), r.Email, code, "kowalczyk and others 99"))
}

func TestResetCodesEnd(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	w.join("ada")
	forgot := func() string {
		w.must(w.Forgot(ctx, w.anonymous(), email("ada")))
		return w.lastMail().Data.Code
	}
	code := forgot()
	wrong := func(c db.Caller, times int) {
		for range times {
			w.wants(w.Reset(ctx, c, email("ada"), "CCCCCCCC", fresh), "invalid_code", fault.KindUnprocessable)
		}
	}
	home := w.anonymous().From(db.Origin{Known: true})
	wrong(w.anonymous(), 210)
	w.wants(w.Reset(ctx, w.anonymous(), email("ada"), code, fresh), "invalid_code", fault.KindUnprocessable)
	// Whoever wastes codes doesn't keep the owner out: at home the code is still good …
	wrong(home, 19)
	w.must(w.Reset(ctx, home, email("ada"), code, "another quiet evening by the lake"))
	code = forgot()
	wrong(w.anonymous(), 210)
	wrong(home, 20)
	// … though not for ever.
	w.wants(w.Reset(ctx, home, email("ada"), code, fresh), "invalid_code", fault.KindUnprocessable)
	code = forgot()
	w.now = w.now.Add(15 * time.Minute)
	w.wants(w.Reset(ctx, w.anonymous(), email("ada"), code, fresh), "invalid_code", fault.KindUnprocessable)
	for range 7 {
		code = forgot()
	}
	if n := w.count(`SELECT count(*) FROM auth.password_reset WHERE expires_at > $1`, w.now); n != 5 {
		t.Errorf("%d codes wait", n)
	}
	w.must(w.Reset(ctx, w.anonymous(), email("ada"), code, fresh))
}

func TestOneOfManyResets(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	w.must(w.Forgot(t.Context(), w.anonymous(), email("ada")))
	code := w.lastMail().Data.Code
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = w.Reset(t.Context(), w.anonymous(), email("ada"), code, fresh) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		w.wants(err, "invalid_code", fault.KindUnprocessable)
	}
	if won != 1 {
		t.Errorf("%d of 8 resets used one code", won)
	}
}
