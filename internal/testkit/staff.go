package testkit

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/seal"
)

// staffNames are the members of the staff, by their one duty.
var staffNames = map[string]string{
	"class_manager": "staff-classes", "support": "staff-support", "moderator": "staff-moderator", "admin": "staff-admin",
}

// holds says whether somebody holds a duty; an admin holds each.
func (p *Person) holds(role string) bool {
	if p == nil {
		return false
	}
	return slices.ContainsFunc(p.Duties, func(d string) bool { return d == "admin" || slices.Contains(strings.Fields(role), d) })
}

// staff are a holder of each duty, and an administrator who signed in with a password
// alone: "staff". All of them see what a member sees.
func (c *Cast) staff() {
	c.T.Helper()
	c.act("staff", c.administrator("staff"), false)
	admin := c.administrator(staffNames["admin"])
	for _, role := range []string{"class_manager", "support", "moderator", "admin"} {
		p := admin
		if role != "admin" {
			p = c.join(staffNames[role], "1980-01-01")
			c.Exec(`INSERT INTO auth.staff_role (member_id, role, granted_at) VALUES ($1, $2, $3)`, p.ID, role, c.Clock.Now())
		}
		c.Prove(p)
		p.Duties = []string{role}
		c.act(role, p, false)
	}
}

// administrator is an account of `paceline admin create`.
func (c *Cast) administrator(name string) *Person {
	c.T.Helper()
	p := &Person{Name: name, Email: name + "@example.test", Password: Password(name)}
	id, err := c.Service.Accounts.CreateAdmin(context.Background(), c.Clock.Now(), account.Registration{
		Email: p.Email, Password: p.Password, Username: name, DisplayName: "Display " + name,
		BirthDate: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		c.T.Fatal(err)
	}
	p.ID = id.String()
	c.Login(p)
	c.settle(p)
	return p
}

// factorSecret is what makes the codes of every second factor of a cast.
const factorSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" //nolint:gosec // of the tests alone

// Otp is the code of a cast's second factors at this moment.
func (w *World) Otp() string {
	w.T.Helper()
	code, err := totp.GenerateCode(factorSecret, w.Clock.Now())
	if err != nil {
		w.T.Fatal(err)
	}
	return code
}

// factor gives somebody a second factor that makes the codes of Otp.
func (w *World) factor(p *Person, confirmed bool) string {
	w.T.Helper()
	id := uuid.New()
	sealed, err := seal.SealSystemValue(w.Ring, "second-factor", id[:], factorSecret)
	if err != nil {
		w.T.Fatal(err)
	}
	w.unfactor(p)
	w.Exec(`INSERT INTO auth.factor (member_id, id, name, secret_sealed, created_at, confirmed_at)
		VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN $5::timestamptz END)`, p.ID, id, "factor of "+p.Name, sealed, w.Clock.Now(), confirmed)
	return id.String()
}

// unfactor takes confirmed factors away, so that a password is enough.
func (w *World) unfactor(p *Person) {
	w.Exec(`DELETE FROM auth.factor WHERE member_id = $1 AND confirmed_at IS NOT NULL`, p.ID)
	w.Exec(`DELETE FROM auth.factor_try WHERE member_id = $1`, p.ID)
}

// guarded gives the owner what an access log, a list of factors and the staff's lists need.
func (c *Cast) guarded() {
	c.T.Helper()
	c.FactorID = c.factor(c.Owner, false)
	c.Prove(c.Owner)
	now := c.Clock.Now()
	support, reason := c.Actor("support").Person, "reason-marker-of-support"
	old, open := uuid.NewString(), uuid.NewString()
	for id, of := range map[string]*Person{old: c.Owner, open: c.Spare} {
		c.Exec(`INSERT INTO access_grant (member_id, id, staff_id, reason, fields, opened_at, expires_at)
			VALUES ($1, $2, $3, $4, '{username,email,birth_date,age}', $5, $5::timestamptz + interval '1 hour')`, of.ID, id, support.ID, reason, now)
	}
	c.Exec(`UPDATE access_grant SET ended_at = opened_at WHERE id = $1`, old)
	c.Exec(`INSERT INTO access_log VALUES ($1, date_trunc('hour', $2::timestamptz), 'support', $3, 'access grant', 'email', 2),
		($1, date_trunc('hour', $2::timestamptz), 'console', gen_random_uuid(), 'sync', 'getSyncChanges', 3)`, c.Owner.ID, now, old)
	c.AccessID, c.RequestID = open, uuid.NewString()
	c.Exec(`INSERT INTO auth.role_request (member_id, id, role, reason, asked_by, asked_at) VALUES ($1, $2, 'support', 'r', $3, $4)`,
		c.Spare.ID, c.RequestID, c.Actor("staff").Person.ID, now)
}

// Staff makes a member of the world hold a duty, in a session that a second factor proved.
func (w *World) Staff(name, role string) *Person {
	w.T.Helper()
	p := w.Join(name)
	w.Exec(`INSERT INTO auth.staff_role (member_id, role, granted_at) VALUES ($1, $2, $3)`, p.ID, role, w.Clock.Now())
	w.Prove(p)
	p.Duties = []string{role}
	return p
}

// Prove has somebody's session proved with a second factor just now.
func (w *World) Prove(p *Person) {
	w.T.Helper()
	hash := sha256.Sum256([]byte(p.Token))
	w.Exec(`UPDATE auth.session s SET proved_at = $2 FROM auth.token t WHERE t.hash = $1 AND s.member_id = t.member_id AND s.id = t.session_id`,
		hash[:], w.Clock.Now())
}
