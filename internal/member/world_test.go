package member_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

// noon is when every test's requests come.
var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// world is a database with members, and a service on it.
type world struct {
	*member.Service
	t         testing.TB
	ring      *seal.Ring
	super     *pgx.Conn // passes row-level security by
	database  *pgtest.DB
	open      *db.DB
	Anonymous db.Caller
}

func newWorld(t testing.TB) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t, ring: seal.NewRing(), database: pgtest.New(t), Anonymous: db.Anonymous(noon)}
	super, err := pgx.Connect(ctx, w.database.Superuser())
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(ctx, db.Config{URL: w.database.Superuser(), Connections: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Close()
		_ = super.Close(ctx)
	})
	w.super, w.open = super, d
	w.Service = member.New(d, w.ring)
	return w
}

// person is a member of a world, and the caller that is them.
type person struct {
	db.Caller
	ID   uuid.UUID
	Name string
}

// At is the person asking at another moment.
func (p person) At(now time.Time) db.Caller { return db.WithToken("token of "+p.Name, now) }

// settle is how a person is made: the settings of a new account, and changes.
type settle func(*privacy.Settings)

func found(by privacy.Discoverability) settle {
	return func(s *privacy.Settings) { s.Discoverability = by }
}

func isPrivate(s *privacy.Settings) { s.Private = true }

func showing(a privacy.Audience, fields ...privacy.Field) settle {
	return func(s *privacy.Settings) {
		for _, f := range fields {
			s.Audiences = s.Audiences.With(f, a)
		}
	}
}

// Add makes a member who is signed in, born on 2 March 1994 unless said otherwise.
func (w *world) Add(name string, settings ...settle) person {
	w.t.Helper()
	return w.AddBorn(name, "1994-03-02", settings...)
}

func (w *world) AddBorn(name, born string, settings ...settle) person {
	w.t.Helper()
	s := privacy.DefaultSettings(false)
	for _, change := range settings {
		change(&s)
	}
	id := uuid.New()
	wrapped, err := w.ring.NewMemberKey(id)
	w.must(err)
	key, err := w.ring.Unwrap(id, wrapped)
	w.must(err)
	sealedBirth, err := seal.SealValue(key, seal.Context{Column: "profile.birth_date_sealed", Row: id}, born)
	w.must(err)
	display := "The " + name
	session := uuid.New()
	hash := sha256.Sum256([]byte("token of " + name))
	far := noon.AddDate(50, 0, 0)
	w.exec(`INSERT INTO member VALUES ($1, $2, $3, $4, $5, $6)`,
		id, s.Private, s.Minor, int16(s.Discoverability), int64(s.Audiences), noon)
	w.exec(`INSERT INTO member_key VALUES ($1, $2)`, id, []byte(wrapped))
	w.exec(`INSERT INTO profile (member_id, username, display_name, search_name, birth_date_sealed, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, id, name, display, member.SearchName(display), sealedBirth, noon)
	w.exec(`SELECT enlist($1)`, id)
	w.exec(`INSERT INTO auth.account VALUES ($1, $2, $3)`, id, name+"@demo.test", noon)
	w.exec(`INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at)
		VALUES ($1, $2, 'bearer', 'test', $3, $3, $4)`, id, session, noon, far)
	w.exec(`INSERT INTO auth.token (hash, member_id, session_id, kind, created_at, expires_at)
		VALUES ($1, $2, $3, 'access', $4, $5)`, hash[:], id, session, noon, far)
	return person{Caller: db.WithToken("token of "+name, noon), ID: id, Name: name}
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.super.Exec(context.Background(), sql, args...)
	w.must(err)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v (%v)", err, errors.Unwrap(err))
	}
}

// Approved makes follower a follower of owner, by asking and approving.
func (w *world) Approved(follower, owner person) {
	w.t.Helper()
	_, err := w.Follow(w.ctx(), follower.Caller, owner.ID)
	w.must(err)
	w.must(w.Approve(w.ctx(), owner.Caller, follower.ID))
}

func (w *world) ctx() context.Context { return context.Background() }

// notFound wants the one answer for hidden and absent.
func (w *world) notFound(what string, err error) {
	w.t.Helper()
	if err == nil || !reflect.DeepEqual(fault.Of(err), fault.NotFound()) {
		w.t.Errorf("%s: got %v, want not found", what, err)
	}
}

func (w *world) refused(what string, err error, kind fault.Kind, code fault.Code) {
	w.t.Helper()
	if f := fault.Of(err); f == nil || f.Kind != kind || f.Code != code {
		w.t.Errorf("%s: got %v (%v), want %v %s", what, err, errors.Unwrap(err), kind, code)
	}
}

// see is what a grant opens of a value; "" where it stays closed.
func see[T any](g privacy.Grant, v privacy.Guarded[T]) (T, bool) { return v.Open(g) }

func usernames(p page.Page[member.Summary]) []string {
	names := []string{}
	for _, m := range p.Items {
		name, _ := see(m.Grant, m.Username)
		names = append(names, name)
	}
	return names
}

func first(limit int) page.Request { return page.Request{Limit: limit, Operation: "test"} }

func nothing[T any](T, privacy.Grant) error { return nil }
