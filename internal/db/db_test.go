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
	t     *testing.T
	root  *pgx.Conn
	pg    *pgtest.DB
	users int
}

func open(t *testing.T) *fixture {
	t.Helper()
	pg := pgtest.New(t)
	d, err := db.Open(t.Context(), db.Config{URL: pg.Superuser()})
	if err != nil {
		t.Fatal(err)
	}
	root, err := pgx.Connect(t.Context(), pg.Superuser())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Close()
		_ = root.Close(context.Background())
	})
	return &fixture{DB: d, t: t, root: root, pg: pg}
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

var tables = []string{"member", "member_key", "profile", "avatar", "edge", "workout", "workout_part", "auth.account", "auth.session", "idempotency"}

// A query that has no viewer, or whose viewer is not live any more, sees no row
// of any table, as whatever role.
func TestNoViewerNoRows(t *testing.T) {
	t.Parallel()
	f := open(t)
	everyone := privacy.DefaultSettings(false)
	everyone.Discoverability = privacy.FoundByEveryone
	id, caller := f.member(everyone)
	for _, r := range privacy.Model() {
		everyone.Audiences = everyone.Audiences.With(r.Field, privacy.Everyone)
	}
	f.exec(`UPDATE member SET audiences = $1`, int64(everyone.Audiences))
	f.exec(`INSERT INTO edge VALUES ($1, $2, 1, $3)`, id, uuid.New(), now)
	f.workout(id, privacy.Everyone)
	f.exec(`INSERT INTO idempotency VALUES ($1, 'op', '\x00', '\x00', '{}', $2)`, id, now)

	conn, err := pgx.Connect(t.Context(), f.pg.URL(db.RoleApp))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // the test is over
	for _, table := range tables {
		var n int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s without a viewer: %d rows, %v", table, n, err)
		}
	}
	// The same connection after a viewer's transaction has nothing left of it.
	err = f.AsViewer(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
		for _, table := range tables {
			if n, err := count(ctx, tx, table); err != nil || n == 0 {
				t.Errorf("%s as its owner: %d rows, %v", table, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 64 {
		err = f.AsViewer(t.Context(), db.Anonymous(now), func(ctx context.Context, tx *db.Tx) error {
			n, err := count(ctx, tx, "auth.account")
			if n != 0 {
				t.Errorf("anonymous after a member: %d accounts", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (f *fixture) workout(owner uuid.UUID, audience privacy.Audience) uuid.UUID {
	f.t.Helper()
	id := uuid.Must(uuid.NewV7())
	f.exec(`INSERT INTO workout (member_id, id, audience, sport, indoor, title, started_at, duration_s, source, created_at, updated_at)
		VALUES ($1, $2, $3, 'ride', true, 't', $4, 60, 'typed', $4, $4)`, owner, id, int16(audience), now)
	for _, family := range []string{"effort", "heart_rate", "route", "device"} {
		f.exec(`INSERT INTO workout_part (member_id, workout_id, family, summary_sealed) VALUES ($1, $2, $3, '\x00')`, owner, id, family)
	}
	return id
}

// What each role may not do, whatever the program asks of it.
func TestRolesAreApart(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.member(privacy.DefaultSettings(false))
	denied := map[string][]string{
		db.RoleApp: {
			"SELECT password_hash FROM auth.credential", "SELECT hash FROM auth.token",
			"SELECT * FROM auth.registration", "SELECT code_sealed FROM auth.password_reset", "SELECT * FROM auth.mail",
			"SELECT * FROM auth.email_claim", "SELECT * FROM auth.staff_role",
			"INSERT INTO edge VALUES (gen_random_uuid(), gen_random_uuid(), 1, now())", "UPDATE edge SET bits = 1", "DELETE FROM edge",
			"SELECT set_edge(gen_random_uuid(), gen_random_uuid(), 1, 0, 1, 0, now())", "UPDATE member SET id = gen_random_uuid()",
			"UPDATE workout SET member_id = gen_random_uuid()", "UPDATE profile SET username = 'x'", "DELETE FROM member",
			"UPDATE member_key SET wrapped = ''", "CREATE TABLE public.mine (n int)", "CREATE SCHEMA mine", "DROP TABLE member",
			"ALTER TABLE member DISABLE ROW LEVEL SECURITY", "SET ROLE paceline_auth", "SET ROLE paceline_migrator",
			"UPDATE auth.account SET email = ''", "TRUNCATE workout",
		},
		db.RoleAuth: {
			"SELECT * FROM profile", "SELECT * FROM workout", "SELECT * FROM workout_part", "SELECT * FROM member_key",
			"SELECT audiences FROM member", "SELECT * FROM edge", "UPDATE profile SET bio = ''", "CREATE TABLE auth.mine (n int)",
			"SET ROLE paceline_app", "SELECT message FROM auth.mail",
		},
		db.RoleWorker: {
			"SELECT * FROM profile", "SELECT * FROM workout", "SELECT * FROM member", "SELECT hash FROM auth.token",
			"SELECT password_hash FROM auth.credential", "SELECT password_hash FROM auth.registration", "SELECT email FROM auth.account",
			"SELECT member_id FROM auth.session", "SELECT made FROM idempotency", "INSERT INTO auth.mail VALUES (gen_random_uuid(), '', 0, now(), now())",
			"DELETE FROM member_key", "SET ROLE paceline_app",
		},
	}
	for role, statements := range denied {
		conn, err := pgx.Connect(t.Context(), f.pg.URL(role))
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range statements {
			if _, err := conn.Exec(t.Context(), sql); code(err) != "42501" {
				t.Errorf("%s may: %s (%v)", role, sql, err)
			}
		}
		_ = conn.Close(context.Background())
	}
	var above int
	err := f.root.QueryRow(t.Context(), `SELECT count(*) FROM pg_roles WHERE rolname LIKE 'paceline%'
		AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`).Scan(&above)
	if err != nil || above != 0 {
		t.Errorf("%d roles above the walls, %v", above, err)
	}
}

// Whatever the program forgets, nobody writes another member's rows.
func TestNobodyWritesAnothersRows(t *testing.T) {
	t.Parallel()
	f := open(t)
	owner, _ := f.member(privacy.DefaultSettings(false))
	workout := f.workout(owner, privacy.Everyone)
	_, stranger := f.member(privacy.DefaultSettings(false))
	for _, sql := range []string{
		"UPDATE member SET audiences = -1 WHERE id <> viewer_id()", "UPDATE profile SET bio = 'x' WHERE member_id <> viewer_id()",
		"UPDATE workout SET audience = 3 WHERE member_id <> viewer_id()", "DELETE FROM workout WHERE member_id <> viewer_id()",
		"DELETE FROM avatar WHERE member_id <> viewer_id()", "UPDATE avatar SET image = '' WHERE member_id <> viewer_id()",
	} {
		err := f.AsViewer(t.Context(), stranger, func(ctx context.Context, tx *db.Tx) error {
			tag, err := tx.Exec(ctx, sql)
			if tag.RowsAffected() != 0 {
				t.Errorf("%s: %d rows", sql, tag.RowsAffected())
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	for _, c := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO workout (member_id, id, audience, sport, indoor, title, started_at, duration_s, source, created_at, updated_at)
			VALUES ($1, gen_random_uuid(), 0, 'ride', true, 't', $2, 60, 'typed', $2, $2)`, []any{owner, now}},
		{`INSERT INTO workout_part (member_id, workout_id, family, summary_sealed) VALUES ($1, $2, 'device', '')`, []any{owner, workout}},
		{`INSERT INTO avatar VALUES ($1, '', $2)`, []any{owner, now}},
		{`INSERT INTO idempotency VALUES ($1, 'op', '', '', '{}', $2)`, []any{owner, now}},
	} {
		err := f.AsViewer(t.Context(), stranger, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, c.sql, c.args...)
			return err
		})
		if code(err) != "42501" {
			t.Errorf("%s: %v", c.sql, err)
		}
	}
}

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
		return tx.QueryRow(ctx, "SELECT id FROM workout WHERE id = $1", uuid.New()).Scan(new(uuid.UUID))
	})
	if fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("no row: %v", err)
	}
	// A caller who forgets the rows harms nobody after them.
	for range 16 {
		_ = f.Read(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.Query(ctx, "SELECT generate_series(1, 1000)")
			if err == nil {
				rows.Next()
			}
			return err
		})
		err := f.Read(t.Context(), db.Anonymous(now), func(ctx context.Context, tx *db.Tx) error {
			n, err := count(ctx, tx, "auth.account")
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

func TestOpenRefusesRolesAboveTheWalls(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t)
	root, err := pgx.Connect(t.Context(), pg.Superuser())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close(context.Background()) //nolint:errcheck // the test is over
	// Roles are the server's, so the check runs in a session that is above them.
	var above bool
	if err := root.QueryRow(t.Context(), db.AboveTheWalls).Scan(&above); err != nil || !above {
		t.Errorf("a superuser passes: %t, %v", above, err)
	}
}

func TestEveryColumnHasAClass(t *testing.T) {
	t.Parallel()
	f := open(t)
	rows, err := f.root.Query(t.Context(), `
		SELECT c.oid::regclass::text || coalesce('.' || a.attname, ''),
		       coalesce(col_description(c.oid, a.attnum), obj_description(c.oid), '')
		FROM pg_class c
		LEFT JOIN LATERAL (SELECT attname, attnum FROM pg_attribute
			WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND c.relkind <> 'v'
			UNION ALL SELECT NULL, 0) a ON true
		WHERE c.relnamespace::regnamespace::text IN ('public', 'auth') AND c.relkind IN ('r', 'p', 'v', 'm')`)
	if err != nil {
		t.Fatal(err)
	}
	var name, comment string
	seen := 0
	_, err = pgx.ForEachRow(rows, []any{&name, &comment}, func() error {
		seen++
		if !classed.MatchString(comment) {
			t.Errorf("%s has no class: %q", name, comment)
		}
		return nil
	})
	if err != nil || seen < 100 {
		t.Errorf("%d looked at, %v", seen, err)
	}
	// Every table of members has row-level security.
	var bare string
	err = f.root.QueryRow(t.Context(), `SELECT coalesce(string_agg(relname, ', '), '') FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity AND relname <> 'schema_migrations'`).Scan(&bare)
	if err != nil || bare != "" {
		t.Errorf("without row-level security: %s, %v", bare, err)
	}
}
