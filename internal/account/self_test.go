package account_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
)

func TestChangePassword(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	here, there := w.join("ada"), w.login("ada")
	w.must(w.Forgot(ctx, w.anonymous(), email("ada")))
	code := w.lastMail().Data.Code
	change := func(current, next string) error { return w.ChangePassword(ctx, w.with(here.Access), current, next) }

	for _, wrong := range []string{"", fresh, password("ada") + "x", strings.Repeat("x", 300)} {
		w.wants(change(wrong, fresh), "wrong_password", fault.KindUnprocessable)
	}
	for _, weak := range []string{"short", "passwordpassword1", "The ada 1990 ada", email("ada") + "."} {
		err := change(password("ada"), weak)
		w.wants(err, "password_refused", fault.KindUnprocessable)
		if f := fault.Of(err); f.Fields[0].Pointer != "/new_password" {
			t.Errorf("the mistake is at %s", f.Fields[0].Pointer)
		}
	}
	if !w.lives(there.Access) {
		t.Fatal("a refused change ends a session")
	}
	w.must(change(password("ada"), fresh))
	if !w.lives(here.Access) || w.lives(there.Access) {
		t.Error("not the other sessions ended")
	}
	if m := w.lastMail(); m.Kind != mail.PasswordChanged || m.To != email("ada") {
		t.Errorf("the owner is told by a mail of kind %v", m.Kind)
	}
	w.wants(w.Reset(ctx, w.anonymous(), email("ada"), code, fresh), "invalid_code", fault.KindUnprocessable)
	_, err := w.Login(ctx, w.anonymous(), account.Login{Email: email("ada"), Password: password("ada")})
	w.wants(err, "invalid_credentials", fault.KindUnauthenticated)
	if w.events(observe.PasswordChanged) != 1 {
		t.Error("the change leaves no event")
	}
}

// The old password proves nothing once there is a new one, however late that was.
func TestProofMustHold(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.join("ada")
	back := func() { w.exec(`UPDATE auth.credential SET password_hash = replace(password_hash, 'm=72', 'm=64')`) }
	err := w.whilePasswordChanges(func() error {
		return w.ChangePassword(t.Context(), w.with(ada.Access), password("ada"), fresh)
	})
	w.wants(err, "changed_meanwhile", fault.KindUnavailable)
	back()
	err = w.whilePasswordChanges(func() error { return w.Delete(t.Context(), w.with(ada.Access), password("ada")) })
	w.wants(err, "changed_meanwhile", fault.KindUnavailable)
	back()
	w.must(w.Delete(t.Context(), w.with(ada.Access), password("ada")))
}

func TestDelete(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	w.join("bob")
	before := w.tables()
	ada := w.join("ada")
	var adaID, bobID uuid.UUID
	w.must(w.root.QueryRow(ctx, `SELECT a.member_id, b.member_id FROM profile a, profile b WHERE a.username = 'ada' AND b.username = 'bob'`).Scan(&adaID, &bobID))
	w.exec(`SELECT set_edge($1, $2, 1, 0, 16, 0, now())`, adaID, bobID)
	w.must(w.Forgot(ctx, w.anonymous(), email("ada")))
	w.register(registration("ada"))

	w.wants(w.Delete(ctx, w.with(ada.Access), password("bob")), "wrong_password", fault.KindUnprocessable)
	if !w.lives(ada.Access) {
		t.Fatal("a wrong password ended something")
	}
	w.must(w.Delete(ctx, w.with(ada.Access), password("ada")))
	if w.lives(ada.Access) {
		t.Error("the token lives on")
	}
	after := w.tables()
	delete(after, "auth.mail")
	delete(before, "auth.mail")
	for name, n := range after {
		if n != before[name] {
			t.Errorf("%s has %d rows, %d before the account was made", name, n, before[name])
		}
	}
	if n := w.count(`SELECT count(*) FROM edge`); n != 0 {
		t.Errorf("%d edges stay behind", n)
	}
	if w.events(observe.MemberKeyDropped) != 1 {
		t.Error("the key is gone without an event")
	}
	w.join("ada") // address and name are free again
}

func TestOperatorsAccounts(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	demo := registration("dee")
	demo.Password, demo.Username = "demo-password-dee", "demo"
	if _, err := w.Create(ctx, w.now, demo, false); err == nil {
		t.Error("a published password is let through")
	}
	id, err := w.Create(ctx, w.now, demo, true)
	w.must(err)
	if n := w.count(`SELECT count(*) FROM profile WHERE member_id = $1 AND username = 'demo'`, id); n != 1 {
		t.Error("there is no profile")
	}
	_, err = w.Login(ctx, w.anonymous(), account.Login{Email: demo.Email, Password: demo.Password})
	w.must(err)
	_, err = w.Create(ctx, w.now, demo, true)
	w.wants(err, "email_taken", fault.KindConflict)
	demo.Email, demo.Password = email("other"), "short"
	_, err = w.Create(ctx, w.now, demo, true)
	w.wants(err, "password_refused", fault.KindUnprocessable)

	if n := w.count(`SELECT count(*) FROM auth.staff_role`); n != 0 {
		t.Error("there is an administrator that nobody made")
	}
	_, err = w.CreateAdmin(ctx, w.now, demo)
	w.wants(err, "password_refused", fault.KindUnprocessable)
	admin := registration("olga")
	id, err = w.CreateAdmin(ctx, w.now, admin)
	w.must(err)
	if n := w.count(`SELECT count(*) FROM auth.staff_role WHERE member_id = $1 AND role = 'admin'`, id); n != 1 {
		t.Error("the administrator has no role")
	}
}
