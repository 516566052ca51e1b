package testkit

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/paceline/paceline/internal/account"
)

// staffNames are the members of the staff, by their one duty.
var staffNames = map[string]string{
	"class_manager": "staff-classes", "support": "staff-support", "moderator": "staff-moderator", "admin": "staff-admin",
}

// holds says whether somebody holds a duty; an admin holds each.
func (p *Person) holds(role string) bool {
	return p != nil && (slices.Contains(p.Duties, role) || slices.Contains(p.Duties, "admin"))
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
