// Package reads proves the read path: a load of reads by everybody at once, each
// answer compared with what a plain model of the world says it must be.
package reads

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// The audiences, and what beyond them reaches nothing.
const (
	onlyMe = iota
	followers
	members
	everyone
	never
)

// someone is a member as the model knows them: what stands still.
type someone struct {
	id      uuid.UUID
	private bool
	token   string
	refused bool // the token is revoked, expired or of another kind
}

// ride is a workout of an owner.
type ride struct {
	id       uuid.UUID
	owner    *someone
	audience int
	title    string
}

// world is a database and the model of it.
type world struct {
	t       testing.TB
	db      *db.DB
	root    *pgxpool.Pool
	people  []*someone
	rides   []*ride
	rideOf  map[uuid.UUID][]*ride
	edges   map[[2]uuid.UUID]int // the bits, as they lie with the first
	changes []*change
}

// reach is the lowest audience that includes the viewer; nil is anonymous.
func (w *world) reach(owner, viewer *someone) int {
	switch {
	case viewer == nil:
		return everyone
	case viewer.id == owner.id:
		return onlyMe
	case w.edges[[2]uuid.UUID{owner.id, viewer.id}]&12 != 0:
		return never
	case w.edges[[2]uuid.UUID{owner.id, viewer.id}]&1 != 0:
		return followers
	default:
		return members
	}
}

// shows is the oracle: whether the viewer gets the ride.
func (w *world) shows(r *ride, viewer *someone) bool {
	audience := r.audience
	if r.owner.private {
		audience = min(audience, followers)
	}
	return audience >= w.reach(r.owner, viewer)
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.root.Exec(context.Background(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

func newWorld(t testing.TB, random *rand.Rand) *world {
	t.Helper()
	pg := pgtest.New(t)
	w := &world{t: t, edges: map[[2]uuid.UUID]int{}, rideOf: map[uuid.UUID][]*ride{}}
	var err error
	if w.root, err = pgxpool.New(t.Context(), pg.Superuser()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.root.Close)
	for i := range 40 {
		p := w.member(random.IntN(4) == 0)
		switch i % 8 { // how their token is refused, if it is
		case 5:
			w.exec(`UPDATE auth.session SET revoked_at = $2 WHERE member_id = $1`, p.id, start)
			p.refused = true
		case 6:
			w.exec(`UPDATE auth.token SET expires_at = $2 WHERE member_id = $1`, p.id, start)
			p.refused = true
		case 7:
			w.exec(`UPDATE auth.token SET kind = 'refresh' WHERE member_id = $1`, p.id)
			p.refused = true
		case 4:
			w.exec(`UPDATE auth.token SET kind = 'cookie' WHERE member_id = $1`, p.id)
		}
		w.people = append(w.people, p)
		for audience := onlyMe; audience <= everyone; audience++ {
			w.ride(p, audience)
		}
	}
	for i, a := range w.people {
		for _, b := range w.people[i+1:] {
			switch random.IntN(5) {
			case 0:
				w.edge(a, b, 1, 16) // b follows a
			case 1:
				w.edge(a, b, 17, 17)
			case 2:
				w.edge(a, b, 4, 8) // a blocks b
			}
		}
	}
	for i := range 30 {
		w.changes = append(w.changes, w.newChange(i))
	}
	if w.db, err = db.Open(t.Context(), db.Config{URL: pg.Superuser(), StatementTimeout: time.Second}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.db.Close)
	return w
}

func (w *world) member(private bool) *someone {
	p := &someone{id: uuid.New(), private: private, token: uuid.NewString()}
	session := uuid.New()
	w.exec(`INSERT INTO member VALUES ($1, $2, false, 2, 0, $3)`, p.id, private, start)
	w.exec(`INSERT INTO member_key VALUES ($1, '\x00')`, p.id)
	w.exec(`INSERT INTO profile (member_id, username, display_name, search_name, birth_date_sealed, updated_at)
		VALUES ($1, $2, 'D', 'd', '\x00', $3)`, p.id, p.id.String(), start)
	w.exec(`INSERT INTO auth.session VALUES ($1, $2, 'bearer', '', $3, $3, $4)`, p.id, session, start, start.AddDate(10, 0, 0))
	w.exec(`INSERT INTO auth.token VALUES ($1, $2, $3, 'access', $4, $5)`,
		db.WithToken(p.token, start).TokenHash(), p.id, session, start, start.AddDate(10, 0, 0))
	return p
}

func (w *world) ride(owner *someone, audience int) *ride {
	r := &ride{id: uuid.New(), owner: owner, audience: audience, title: fmt.Sprintf("ride %d of %s", audience, owner.id)}
	w.exec(`INSERT INTO workout (member_id, id, audience, sport, indoor, title, started_at, duration_s, source, created_at, updated_at)
		VALUES ($1, $2, $3, 'cycling', true, $4, $5, 60, 'typed', $5, $5)`, owner.id, r.id, audience, r.title, start)
	w.rides = append(w.rides, r)
	w.rideOf[owner.id] = append(w.rideOf[owner.id], r)
	return r
}

func (w *world) edge(a, b *someone, bits, mirrored int) {
	w.edges[[2]uuid.UUID{a.id, b.id}], w.edges[[2]uuid.UUID{b.id, a.id}] = bits, mirrored
	w.exec(`INSERT INTO edge VALUES ($1, $2, $3, $5), ($2, $1, $4, $5)`, a.id, b.id, bits, mirrored, start)
}

// change is one thing that keeps changing: a viewer may see a ride, or may not.
// Its phase counts on by one when a change begins and by one when it has been
// committed: 0 closed, 1 opening, 2 open, 3 closing, 4 closed again.
type change struct {
	phase       atomic.Int64
	mu          sync.Mutex
	ride        *ride
	viewer      *someone
	open, close string // statements with owner, viewer
	refuses     bool   // what is closed is the viewer's session
}

func title(phase int64) string { return fmt.Sprintf("opened in phase %d", phase) }

// newChange is a change of one of six kinds, between two members of its own.
func (w *world) newChange(i int) *change {
	c := &change{viewer: w.member(false)}
	owner := w.member(false)
	audience := members
	set := func(open, close string) { c.open, c.close = open, close }
	switch i % 6 {
	case 0:
		set(`UPDATE workout SET audience = 2 WHERE member_id = $1 AND $2::uuid IS NOT NULL`,
			`UPDATE workout SET audience = 0 WHERE member_id = $1 AND $2::uuid IS NOT NULL`)
	case 1:
		set(`DELETE FROM edge WHERE (member_id, other_id) IN (($1, $2), ($2, $1))`,
			`INSERT INTO edge VALUES ($1, $2, 4, now()), ($2, $1, 8, now())`)
	case 2:
		audience = followers
		set(`INSERT INTO edge VALUES ($1, $2, 1, now()), ($2, $1, 16, now())`,
			`DELETE FROM edge WHERE (member_id, other_id) IN (($1, $2), ($2, $1))`)
	case 3:
		c.refuses = true
		set(`UPDATE auth.session SET revoked_at = NULL WHERE member_id = $2 AND $1::uuid IS NOT NULL`,
			`UPDATE auth.session SET revoked_at = now() WHERE member_id = $2 AND $1::uuid IS NOT NULL`)
	case 4:
		set(`UPDATE member SET private = false WHERE id = $1 AND $2::uuid IS NOT NULL`,
			`UPDATE member SET private = true WHERE id = $1 AND $2::uuid IS NOT NULL`)
	case 5:
		c.refuses = true
		set(`UPDATE auth.token SET kind = 'access' WHERE member_id = $2 AND $1::uuid IS NOT NULL`,
			`UPDATE auth.token SET kind = 'refresh' WHERE member_id = $2 AND $1::uuid IS NOT NULL`)
	}
	c.ride = w.ride(owner, audience)
	w.rides = w.rides[:len(w.rides)-1] // the model's own stand still
	w.exec(c.close, owner.id, c.viewer.id)
	return c
}

// next makes the next change, and returns when it is committed.
func (c *change) next(ctx context.Context, root *pgxpool.Pool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	sql := c.open
	if c.phase.Add(1)%4 == 3 {
		sql = c.close
	}
	conn, err := root.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sql, c.ride.owner.id, c.viewer.id); err != nil {
		return err
	}
	if sql == c.open {
		if _, err := tx.Exec(ctx, `UPDATE workout SET title = $2 WHERE id = $1`, c.ride.id, title(c.phase.Load()+1)); err != nil {
			return err
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	c.phase.Add(1)
	return nil
}
