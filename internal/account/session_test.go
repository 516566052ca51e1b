package account_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

func (w *world) sessions(c db.Caller) []account.Session {
	w.t.Helper()
	list, grant, err := w.Sessions(w.t.Context(), c)
	w.must(err)
	out := make([]account.Session, 0, len(list))
	for _, guarded := range list {
		s, ok := guarded.Open(grant)
		if !ok {
			w.t.Fatal("an owner's session stays closed")
		}
		if _, ok := guarded.Open(grant.As(privacy.RelationFollower, 0)); ok {
			w.t.Fatal("a session opens for a follower")
		}
		out = append(out, s)
	}
	return out
}

func TestSessions(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	first := w.join("ada")
	w.join("bob")
	w.now = w.now.Add(time.Minute)
	cookie, err := w.LoginCookie(ctx, w.anonymous(), account.Login{Email: email("ada"), Password: password("ada"), Label: "Firefox on Linux"})
	w.must(err)

	list := w.sessions(w.with(first.Access))
	if len(list) != 2 || list[0].Kind != "cookie" || list[0].Label != "Firefox on Linux" || list[0].Current ||
		list[1].Kind != "bearer" || !list[1].Current || !list[0].CreatedAt.Equal(w.now) ||
		!list[0].ExpiresAt.Equal(w.now.Add(30*24*time.Hour)) || !list[1].ExpiresAt.Equal(w.now.Add(180*24*time.Hour-time.Minute)) {
		t.Errorf("the sessions are %+v", list)
	}
	// Use is noted, at most once in five minutes.
	lastUse := func() time.Time {
		i := slices.IndexFunc(w.sessions(w.with(first.Access)), func(s account.Session) bool { return s.Kind == "cookie" })
		return w.sessions(w.with(first.Access))[i].LastUsedAt
	}
	w.now = w.now.Add(5 * time.Minute)
	w.lives(cookie.Token)
	if got := lastUse(); !got.Equal(w.now.Add(-5 * time.Minute)) {
		t.Errorf("last used at %v, now it is %v", got, w.now)
	}
	w.now = w.now.Add(time.Second)
	w.lives(cookie.Token)
	if got := lastUse(); !got.Equal(w.now) {
		t.Errorf("used again after five minutes, last used at %v", got)
	}

	// Ending: somebody else's is not found, one's own ends at once.
	bob := w.login("bob")
	other := list[0].ID
	w.wants(w.RevokeSession(ctx, w.with(bob.Access), other), "not_found", fault.KindNotFound)
	w.wants(w.RevokeSession(ctx, w.with(first.Access), uuid.New()), "not_found", fault.KindNotFound)
	if !w.lives(cookie.Token) {
		t.Fatal("somebody else ended a session")
	}
	w.must(w.RevokeSession(ctx, w.with(first.Access), other))
	w.wants(w.RevokeSession(ctx, w.with(first.Access), other), "not_found", fault.KindNotFound)
	if w.lives(cookie.Token) || !w.lives(first.Access) {
		t.Error("not the named session ended")
	}

	second, third := w.login("ada"), w.login("ada")
	w.must(w.RevokeOtherSessions(ctx, w.with(second.Access)))
	if w.lives(first.Access) || w.lives(third.Access) || !w.lives(second.Access) || !w.lives(bob.Access) {
		t.Error("not all other sessions, or more than those, ended")
	}
	_, err = w.Refresh(ctx, w.anonymous(), third.Refresh.Reveal())
	w.wants(err, "invalid_token", fault.KindUnauthenticated)
	w.must(w.Logout(ctx, w.with(second.Access)))
	if w.lives(second.Access) {
		t.Error("signed out, and still in")
	}
	w.wants(w.Logout(ctx, w.with(second.Access)), "invalid_token", fault.KindUnauthenticated)
}

func TestIdleSessionsAreNotListed(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	_, err := w.LoginCookie(t.Context(), w.anonymous(), account.Login{Email: email("ada"), Password: password("ada")})
	w.must(err)
	for after, want := range map[time.Duration]int{7*24*time.Hour - time.Second: 3, 7 * 24 * time.Hour: 2, 30 * 24 * time.Hour: 1} {
		began := w.now
		w.now = w.now.Add(after)
		tokens := w.login("ada")
		if got := len(w.sessions(w.with(tokens.Access))); got != want {
			t.Errorf("after %v, %d sessions are listed, want %d", after, got, want)
		}
		w.must(w.Logout(t.Context(), w.with(tokens.Access)))
		w.now = began
	}
}

func TestNobodyHasNoAccount(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	tokens := w.join("ada")
	w.must(w.Logout(ctx, w.with(tokens.Access)))
	for code, c := range map[fault.Code]db.Caller{"login_required": w.anonymous(), "invalid_token": w.with(tokens.Access)} {
		_, _, me := w.Me(ctx, c)
		_, _, sessions := w.Sessions(ctx, c)
		for name, err := range map[string]error{
			"me": me, "sessions": sessions, "logout": w.Logout(ctx, c), "revoke": w.RevokeSession(ctx, c, uuid.New()),
			"revoke others": w.RevokeOtherSessions(ctx, c), "change": w.ChangePassword(ctx, c, password("ada"), password("bob")),
			"delete": w.Delete(ctx, c, password("ada")),
		} {
			if f := fault.Of(err); err == nil || f.Kind != fault.KindUnauthenticated || f.Code != code {
				t.Errorf("%s: %v, want %s", name, err, code)
			}
		}
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	w := start(t)
	tokens := w.join("ada")
	w.join("bob")
	a, grant, err := w.Me(t.Context(), w.with(tokens.Access))
	w.must(err)
	username, _ := a.Username.Open(grant)
	address, _ := a.Email.Open(grant)
	created, _ := a.CreatedAt.Open(grant)
	minor, opened := a.Minor.Open(grant)
	if username != "ada" || address != email("ada") || !created.Equal(w.now) || minor || !opened {
		t.Errorf("the account is %q %q %v %v", username, address, created, minor)
	}
	follower := grant.As(privacy.RelationFollower, 0)
	if _, ok := a.Email.Open(follower); ok {
		t.Error("the address opens for a follower")
	}
	if _, ok := a.Minor.Open(follower); ok {
		t.Error("the age opens for a follower")
	}
}

// The walls in the database stand without the program.
func TestWalls(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.join("ada")
	w.join("bob")
	as := func(role string) *pgx.Conn { return pgtest.Connect(t, w.pg.URL(role)) }
	app, worker := as(db.RoleApp), as(db.RoleWorker)
	for _, refused := range []struct {
		conn *pgx.Conn
		sql  string
	}{
		{app, `SELECT password_hash FROM auth.credential`}, {app, `SELECT hash FROM auth.token`},
		{app, `SELECT email FROM auth.email_claim`}, {app, `SELECT details_sealed FROM auth.registration`},
		{app, `SELECT code_sealed FROM auth.password_reset`}, {app, `SELECT message FROM auth.mail`},
		{app, `UPDATE auth.session SET revoked_at = NULL`}, {app, `UPDATE auth.account SET email = 'eve@example.test'`},
		{worker, `SELECT email FROM auth.account`}, {worker, `SELECT email FROM auth.registration`},
		{worker, `SELECT hash FROM auth.token`}, {worker, `SELECT label FROM auth.session`}, {worker, `SELECT password_hash FROM auth.credential`},
		{as(db.RoleAuth), `SELECT username FROM profile`}, {as(db.RoleAuth), `SELECT wrapped FROM member_key`},
	} {
		if _, err := refused.conn.Exec(t.Context(), refused.sql); err == nil {
			t.Errorf("%s is let through", refused.sql)
		}
	}
	rows := func(sql string) (n int) {
		w.must(app.QueryRow(t.Context(), sql).Scan(&n))
		return n
	}
	if n := rows(`SELECT count(*) FROM auth.account`) + rows(`SELECT count(*) FROM auth.session`); n != 0 {
		t.Errorf("without a viewer there are %d rows", n)
	}
	err := w.db.AsViewer(t.Context(), w.with(ada.Access), func(ctx context.Context, tx *db.Tx) error {
		var accounts, sessions int
		err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM auth.account), (SELECT count(*) FROM auth.session)`).Scan(&accounts, &sessions)
		if accounts != 1 || sessions != 1 {
			t.Errorf("a viewer sees %d accounts and %d sessions", accounts, sessions)
		}
		return err
	})
	w.must(err)
}
