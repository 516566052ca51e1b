package account_test

import (
	"testing"
	"time"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
)

// A member hears of a login by a kind of program that is new to them: once, by a mail
// that says when; not of their own programs, and not of a login that was refused.
func TestANewProgramIsNoticed(t *testing.T) {
	t.Parallel()
	w := start(t)
	login := func(cookie bool, label, secret string) error {
		l := account.Login{Email: email("ada"), Password: secret, Label: label}
		if cookie {
			_, err := w.LoginCookie(w.t.Context(), w.anonymous(), l)
			return err
		}
		_, err := w.Login(w.t.Context(), w.anonymous(), l)
		return err
	}
	w.join("ada") // by "a test", in the account's first hour
	before := len(w.mails())
	w.must(login(true, "another test", password("ada")))
	if n := len(w.mails()); n != before {
		t.Errorf("%d mails about the first programs", n-before)
	}
	for _, c := range []struct {
		what, label, secret string
		cookie              bool
		wait                time.Duration
		mails               int
	}{
		{"a program of theirs", "a test", password("ada"), false, 2 * time.Hour, 0},
		{"a new one with a wrong password", "new", password("eve"), false, time.Minute, 0},
		{"a new one", "new", password("ada"), false, time.Minute, 1},
		{"the same again", "new", password("ada"), false, time.Minute, 0},
		{"its name in a browser", "new", password("ada"), true, time.Minute, 1},
	} {
		w.now = w.now.Add(c.wait)
		before, told := w.mails(), w.mailed.Load()
		err := login(c.cookie, c.label, c.secret)
		if c.secret == password("ada") {
			w.must(err)
		} else {
			w.wants(err, "invalid_credentials", fault.KindUnauthenticated)
		}
		mails := w.mails()[len(before):]
		if len(mails) != c.mails || int(w.mailed.Load()-told) != c.mails {
			t.Fatalf("%s: %d mails, %d calls, want %d", c.what, len(mails), w.mailed.Load()-told, c.mails)
		}
		for _, m := range mails {
			if m.Kind != mail.NewLogin || m.To != email("ada") || !m.Data.At.Equal(w.now) || m.Data.Code != "" {
				t.Errorf("%s: %+v", c.what, m.Data)
			}
		}
	}
}
