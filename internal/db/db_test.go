package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type fixture struct {
	*db.DB
	t     testing.TB
	root  *pgx.Conn
	pg    *pgtest.DB
	users int
}

func open(t testing.TB) *fixture {
	t.Helper()
	return openWith(t, db.Config{})
}

func openWith(t testing.TB, c db.Config) *fixture {
	t.Helper()
	pg := pgtest.New(t)
	c.URL = pg.Superuser()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return &fixture{DB: d, t: t, root: pgtest.Connect(t, pg.Superuser()), pg: pg}
}

func (f *fixture) exec(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.root.Exec(f.t.Context(), sql, args...); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
}

// member makes an account with settings and a live session, and gives its id
// and a caller.
func (f *fixture) member(s privacy.Settings) (uuid.UUID, db.Caller) {
	f.t.Helper()
	f.users++
	id, session := uuid.New(), uuid.New()
	caller := db.WithToken(id.String(), now)
	f.exec(`INSERT INTO member VALUES ($1, $2, $3, $4, $5, $6)`, id, s.Private, s.Minor, int16(s.Discoverability), int64(s.Audiences), now)
	f.exec(`INSERT INTO member_key VALUES ($1, '\x00')`, id)
	f.exec(`INSERT INTO profile (member_id, username, display_name, search_name, birth_date_sealed, updated_at)
		VALUES ($1, $2, 'D', 'd', '\x00', $3)`, id, "user"+id.String()[:8], now)
	f.exec(`INSERT INTO avatar VALUES ($1, '\x00', $2)`, id, now)
	f.exec(`INSERT INTO auth.account VALUES ($1, $2, $3)`, id, id.String()+"@example.test", now)
	f.exec(`INSERT INTO auth.credential VALUES ($1, 'hash', $2)`, id, now)
	f.exec(`INSERT INTO auth.session VALUES ($1, $2, 'bearer', '', $3, $3, $4)`, id, session, now, now.Add(24*time.Hour))
	f.exec(`INSERT INTO auth.token VALUES ($1, $2, $3, 'access', $4, $5)`, caller.TokenHash(), id, session, now, now.Add(10*time.Minute))
	return id, caller
}

func code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

func TestAuthenticationMakesTheViewer(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	v, err := f.Authenticate(t.Context(), caller)
	if err != nil || v.Member() != id || v.Actor() != privacy.ActorSession {
		t.Fatalf("%v, %v", v, err)
	}
	v, err = f.Authenticate(t.Context(), db.Anonymous(now))
	if err != nil || v.SignedIn() || v.Actor() != privacy.ActorAnonymous {
		t.Fatalf("anonymous: %v, %v", v, err)
	}
	refused := map[string]db.Caller{
		"an unknown token":           db.WithToken("unknown", now),
		"an empty token":             db.WithToken("", now),
		"a token past its time":      db.WithToken(id.String(), now.Add(11*time.Minute)),
		"a token at the very second": db.WithToken(id.String(), now.Add(10*time.Minute)),
	}
	for name, c := range refused {
		if v, err := f.Authenticate(t.Context(), c); fault.KindOf(err) != fault.KindUnauthenticated || v.Actor() != privacy.ActorNobody {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
	if _, err := f.Authenticate(t.Context(), db.Caller{}); err == nil {
		t.Error("the zero caller asked")
	}
	f.exec(`UPDATE auth.session SET revoked_at = $1`, now)
	if _, err := f.Authenticate(t.Context(), caller); fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("a revoked session: %v", err)
	}
	f.exec(`UPDATE auth.session SET revoked_at = NULL`)
	f.exec(`UPDATE auth.token SET kind = 'refresh'`)
	if _, err := f.Authenticate(t.Context(), caller); fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("a refresh token as access token: %v", err)
	}
}

func count(ctx context.Context, tx *db.Tx, table string) (n int, err error) {
	err = tx.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	return n, err
}

var tables = []string{"member", "member_key", "profile", "avatar", "edge", "workout", "workout_part", "auth.account", "auth.session", "idempotency", "privacy_zone",
	"instructor", "instructor_picture", "instructor_follow", "studio", "studio_place", "class", "scheduled_class",
	"notice", "notice_setting", "workout_like", "workout_comment", "comment_hidden",
}

// A query that has no viewer, or whose viewer is not live any more, sees no row
// of any table, as whatever role.
// What each role may not do, whatever the program asks of it.
// Whatever the program forgets, nobody writes another member's rows.
// Whom the viewer can't find, they can neither follow nor block, whatever the
// program forgets to ask: either would tell that there is somebody.
func TestAFailedTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	sentinel := errors.New("on purpose")
	for name, fn := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"an error": func(context.Context, *db.Tx) error { return sentinel },
		"a statement that fails and is overlooked": func(ctx context.Context, tx *db.Tx) error {
			_, _ = tx.Exec(ctx, "SELECT 1/0")
			return nil
		},
	} {
		err := f.AsViewer(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, "UPDATE profile SET bio = 'half' WHERE member_id = $1", id); err != nil {
				return err
			}
			return fn(ctx, tx)
		})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var bio *string
	if err := f.root.QueryRow(t.Context(), "SELECT bio FROM profile WHERE member_id = $1", id).Scan(&bio); err != nil || bio != nil {
		t.Errorf("half of it stayed: %v, %v", bio, err)
	}
	// A panic gives the connection back undone, too.
	func() {
		defer func() { _ = recover() }()
		_ = f.AsViewer(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
			_, _ = tx.Exec(ctx, "UPDATE profile SET bio = 'half' WHERE member_id = $1", id)
			panic("on purpose")
		})
	}()
	for range 32 {
		err := f.AsViewer(t.Context(), db.Anonymous(now), func(ctx context.Context, tx *db.Tx) error {
			n, err := count(ctx, tx, "auth.account")
			if n != 0 {
				t.Error("a connection came back with its viewer")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A viewer is one transaction's: nothing of it stays on the connection, and
// nothing that was set before is taken over.
func TestAViewerEndsWithItsTransaction(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	conn := pgtest.Connect(t, f.pg.URL(db.RoleApp))
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	is := func(when string, want uuid.NullUUID, rows int) {
		t.Helper()
		var viewer uuid.NullUUID
		var n int
		err := conn.QueryRow(t.Context(), `SELECT viewer_id(), (SELECT count(*) FROM auth.account)`).Scan(&viewer, &n)
		if err != nil || viewer != want || n != rows {
			t.Errorf("%s: %v reads %d accounts, %v", when, viewer, n, err)
		}
	}
	const as = `SELECT auth.authenticate($1, $2)`
	unknown := db.WithToken("unknown", now).TokenHash()
	member, nobody := uuid.NullUUID{UUID: id, Valid: true}, uuid.NullUUID{}
	for name, hash := range map[string][]byte{"anonymous": nil, "an unknown token": unknown} {
		exec("BEGIN")
		exec(as, caller.TokenHash(), now)
		is("a member", member, 1)
		exec(as, hash, now)
		is(name+" in a member's transaction", nobody, 0)
		exec("COMMIT")
	}
	exec("BEGIN")
	exec(as, caller.TokenHash(), now)
	exec("COMMIT")
	is("after a member's transaction", nobody, 0)
	exec(`SELECT set_config('paceline.viewer', $1, false)`, id.String())
	exec("BEGIN")
	exec(as, nil, now)
	is("anonymous where a viewer was left", nobody, 0)
	exec("ROLLBACK")
}

// Whoever is gone before the end has their transaction undone, and costs no connection.
func TestACancelledTransactionGivesItsConnectionBack(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var pid, left int
	err := f.AsViewer(ctx, caller, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE profile SET bio = 'half' WHERE member_id = $1", id); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		cancel()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // a connection that is closed ends beside us
	err = f.root.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'idle'", pid).Scan(&left)
	if err != nil || left != 1 {
		t.Errorf("its connection is not there, idle: %v", err)
	}
	var bio *string
	if err := f.root.QueryRow(t.Context(), "SELECT bio FROM profile WHERE member_id = $1", id).Scan(&bio); err != nil || bio != nil {
		t.Errorf("half of it stayed: %v, %v", bio, err)
	}
}

// What the database says is told apart: not there, not now, or our own mistake.
func TestWhatTheDatabaseSays(t *testing.T) {
	t.Parallel()
	f := open(t)
	says := map[error]fault.Kind{
		pgx.ErrNoRows: fault.KindNotFound, &pgconn.PgError{Code: "P0002"}: fault.KindNotFound,
		context.DeadlineExceeded: fault.KindUnavailable, fault.Forbidden("known", "as it is"): fault.KindForbidden,
		errors.New("anything else"): fault.KindInternal,
	}
	for _, code := range []string{"57014", "55P03", "40001", "40P01", "08006", "53300", "57P01"} {
		says[&pgconn.PgError{Code: code}] = fault.KindUnavailable
	}
	for _, code := range []string{"23505", "42501", "42P01", "22P02", "P0001"} {
		says[&pgconn.PgError{Code: code}] = fault.KindInternal
	}
	for said, want := range says {
		err := f.AsViewer(t.Context(), db.Anonymous(now), func(context.Context, *db.Tx) error { return said })
		if got := fault.KindOf(err); got != want {
			t.Errorf("%v is %v, not %v", said, got, want)
		}
	}
}

func TestReadIsOneStatementAndNoWrite(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	err := f.Read(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
		var seen uuid.UUID
		if err := tx.QueryRow(ctx, "SELECT seen_by() FROM profile").Scan(&seen); err != nil {
			return err
		}
		if seen != id || tx.Viewer().Member() != id {
			t.Errorf("seen by %s, viewer %s", seen, tx.Viewer().Member())
		}
		if err := tx.QueryRow(ctx, "SELECT 1").Scan(new(int)); err == nil {
			t.Error("a second statement ran")
		}
		if _, err := tx.Exec(ctx, "UPDATE profile SET bio = 'x'"); err == nil {
			t.Error("a write ran")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = f.Read(t.Context(), db.WithToken("unknown", now), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT seen_by()").Scan(new(uuid.UUID))
	})
	if fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("unknown token: %v", err)
	}
	err = f.Read(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT seen_by() FROM workout WHERE id = $1", uuid.New()).Scan(new(uuid.UUID))
	})
	if fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("no row: %v", err)
	}
	// A caller who forgets the rows harms nobody after them.
	for range 16 {
		_ = f.Read(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.Query(ctx, "SELECT seen_by(), generate_series(1, 1000)")
			if err == nil {
				rows.Next()
			}
			return err
		})
		err := f.Read(t.Context(), db.Anonymous(now), func(ctx context.Context, tx *db.Tx) error {
			var n int
			err := tx.QueryRow(ctx, "SELECT count(*), seen_by() FROM auth.account").Scan(&n, new(uuid.UUID))
			if n != 0 {
				t.Error("a read inherited a viewer")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
