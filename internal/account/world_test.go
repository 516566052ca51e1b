package account_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

// world is a service with a database and a clock of its own.
type world struct {
	*account.Service
	t      testing.TB
	pg     *pgtest.DB
	db     *db.DB
	root   *pgx.Conn // looks behind the walls
	ring   *seal.Ring
	now    time.Time
	mailed atomic.Int32
	log    strings.Builder
}

var cheap = account.HashCost{MemoryKiB: 64, Time: 1, Parallelism: 1, Concurrency: 2, Queue: 100}

func start(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, pg: pgtest.New(t), ring: seal.NewRing(), now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	var err error
	if w.db, err = db.Open(t.Context(), db.Config{URL: w.pg.Superuser(), Connections: 4}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.db.Close)
	w.root = pgtest.Connect(t, w.pg.Superuser())
	w.Service = w.service(cheap)
	return w
}

func (w *world) service(cost account.HashCost) *account.Service {
	w.t.Helper()
	s, err := account.New(account.Config{
		DB: w.db, Ring: w.ring, Cost: cost, Observe: observe.New(&w.log, nil),
		SearchName: strings.ToLower, Mailed: func() { w.mailed.Add(1) },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) anonymous() db.Caller { return db.Anonymous(w.now) }

func (w *world) with(token account.Secret) db.Caller { return db.WithToken(token.Reveal(), w.now) }

func password(name string) string { return "a quiet ride of " + name + " at dusk" }

func email(name string) string { return name + "@example.test" }

func registration(name string) account.Registration {
	return account.Registration{
		Email: email(name), Password: password(name), Username: name, DisplayName: "The " + name,
		BirthDate: time.Date(1990, 4, 5, 0, 0, 0, 0, time.UTC),
	}
}

// mails is the outbox, the oldest first.
func (w *world) mails() []mail.Message {
	w.t.Helper()
	rows, err := w.root.Query(w.t.Context(), `SELECT id, message FROM auth.mail ORDER BY created_at, ctid`)
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (mail.Message, error) {
		var id uuid.UUID
		var sealed []byte
		if err := row.Scan(&id, &sealed); err != nil {
			return mail.Message{}, err
		}
		return seal.OpenSystemValue[mail.Message](w.ring, account.MailPurpose, id[:], sealed)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) lastMail() mail.Message {
	w.t.Helper()
	all := w.mails()
	if len(all) == 0 {
		w.t.Fatal("there is no mail")
	}
	return all[len(all)-1]
}

// join makes a member the long way and signs them in.
func (w *world) join(name string) account.Tokens {
	w.t.Helper()
	w.register(registration(name))
	w.must(w.verify(email(name), w.lastMail().Data.Code))
	return w.login(name)
}

func (w *world) register(r account.Registration) uuid.UUID {
	w.t.Helper()
	id, err := w.Register(w.t.Context(), w.anonymous(), r)
	w.must(err)
	return id
}

// verify brings a code without the id of a registration.
func (w *world) verify(address, code string) error {
	return w.Verify(w.t.Context(), w.anonymous(), account.Proof{Email: address, Code: code})
}

// verifyThe brings a code and the id of its registration.
func (w *world) verifyThe(id uuid.UUID, address, code string) error {
	return w.Verify(w.t.Context(), w.anonymous(), account.Proof{
		Email: address, Code: code, Registration: uuid.NullUUID{UUID: id, Valid: true},
	})
}

// verifyAs is verify for another username.
func (w *world) verifyAs(address, code, username string) error {
	return w.Verify(w.t.Context(), w.anonymous(), account.Proof{Email: address, Code: code, Username: username})
}

func (w *world) login(name string) account.Tokens {
	w.t.Helper()
	tokens, err := w.Login(w.t.Context(), w.anonymous(), account.Login{Email: email(name), Password: password(name), Label: "a test"})
	w.must(err)
	return tokens
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v (%v)", err, errors.Unwrap(err))
	}
}

// wants holds an error to a fault, with all that an outsider sees of it.
func (w *world) wants(err error, code fault.Code, kind fault.Kind) {
	w.t.Helper()
	if f := fault.Of(err); err == nil || f.Code != code || f.Kind != kind {
		w.t.Fatalf("got %v, want %v (%v)", err, code, kind)
	}
}

// lives says whether a token signs somebody in now.
func (w *world) lives(token account.Secret) bool {
	w.t.Helper()
	_, err := w.db.Authenticate(w.t.Context(), w.with(token))
	if err != nil && fault.KindOf(err) != fault.KindUnauthenticated {
		w.t.Fatal(err)
	}
	return err == nil
}

func (w *world) count(sql string, args ...any) int {
	w.t.Helper()
	var n int
	w.must(w.root.QueryRow(w.t.Context(), sql, args...).Scan(&n))
	return n
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.root.Exec(w.t.Context(), sql, args...)
	w.must(err)
}

// tables are the rows of every table, to see what a step left behind; but for those that migrations
// themselves put there.
func (w *world) tables() map[string]int {
	w.t.Helper()
	rows, err := w.root.Query(w.t.Context(), `
		SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
		WHERE schemaname IN ('public', 'auth') AND tablename NOT IN ('schema_migrations', 'booking_rule', 'audit_head')`)
	w.must(err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	out := map[string]int{}
	for _, name := range names {
		if n := w.count("SELECT count(*) FROM " + name); n > 0 {
			out[name] = n
		}
	}
	return out
}

// left is how many rows of which tables a step adds or takes away.
func (w *world) left(step func()) map[string]int {
	w.t.Helper()
	before := w.tables()
	step()
	diff := w.tables()
	for name, n := range before {
		if diff[name] -= n; diff[name] == 0 {
			delete(diff, name)
		}
	}
	return diff
}

// whilePasswordChanges runs a step that checks a password which is the old one
// by the time the step would write.
func (w *world) whilePasswordChanges(step func() error) error {
	w.t.Helper()
	tx, err := w.root.Begin(w.t.Context())
	w.must(err)
	_, err = tx.Exec(w.t.Context(), `UPDATE auth.credential SET password_hash = replace(password_hash, 'm=64', 'm=72')`)
	w.must(err)
	done := make(chan error, 1)
	go func() { done <- step() }()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		var waiting int
		w.must(tx.QueryRow(w.t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&waiting))
		if waiting == 1 {
			break
		}
		if time.Now().After(deadline) {
			w.t.Fatal("the step doesn't wait for the change")
		}
	}
	w.must(tx.Commit(w.t.Context()))
	return <-done
}

// events counts a security event in the log.
func (w *world) events(kind observe.EventKind) int {
	return strings.Count(w.log.String(), `"event":"`+string(kind)+`"`)
}
