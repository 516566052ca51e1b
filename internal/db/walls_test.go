package db_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

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
	workout := f.workout(id, privacy.Everyone)
	f.exec(`INSERT INTO idempotency VALUES ($1, 'op', '\x00', '\x00', '{}', $2)`, id, now)
	f.exec(`INSERT INTO privacy_zone VALUES ($1, $1, '\x00', false, $2)`, id, now)
	f.exec(`INSERT INTO notice (member_id, id, kind, at, kept) VALUES ($1, $1, 'liked', $2, false)`, id, now)
	f.exec(`INSERT INTO notice_setting VALUES ($1, 'liked', true, true)`, id)
	f.exec(`INSERT INTO workout_like VALUES ($1, $2, $3)`, id, workout, now)
	f.exec(`INSERT INTO workout_comment (member_id, id, workout_id, body, mentioned, created_at) VALUES ($1, $1, $2, 'x', '{}', $3)`, id, workout, now)
	f.exec(`INSERT INTO comment_hidden VALUES ($1, $1, $2)`, id, now)
	f.catalogue("published")
	f.exec(`INSERT INTO instructor_follow SELECT $1, id, $2 FROM instructor`, id, now)

	conn := pgtest.Connect(t, f.pg.URL(db.RoleApp))
	for _, table := range tables {
		var n int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s without a viewer: %d rows, %v", table, n, err)
		}
	}
	for _, from := range []string{
		"read_workout($1)", "read_workouts(ARRAY[$1::uuid])", "read_feed('infinity', $1, 9)", "read_samples($1, '{effort}', true)",
	} {
		var read int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM "+from, workout).Scan(&read); err != nil || read != 0 {
			t.Errorf("%s without a viewer: %d rows, %v", from, read, err)
		}
	}
	// The same connection after a viewer's transaction has nothing left of it.
	err := f.AsViewer(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
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
	families := []string{"effort", "heart_rate", "route", "device"}
	if audience == privacy.Followers { // zones cut it
		families = append(families, "effort_whole", "route_whole")
	}
	for _, family := range families {
		f.exec(`INSERT INTO workout_part (member_id, workout_id, family, distance_m, summary_sealed, samples_sealed, preview_sealed)
			VALUES ($1, $2, $3, CASE WHEN $3 = 'route' THEN 1 END, convert_to($3, 'UTF8'), convert_to('samples of ' || $3, 'UTF8'),
				CASE WHEN $3 <> 'effort' OR $4 THEN convert_to('preview of ' || $3, 'UTF8') END)`,
			owner, id, family, audience == privacy.Members)
	}
	return id
}

func TestRolesAreApart(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.member(privacy.DefaultSettings(false))
	denied := map[string][]string{
		db.RoleApp: {
			"SELECT password_hash FROM auth.credential", "SELECT hash FROM auth.token",
			"SELECT * FROM auth.registration", "SELECT code_sealed FROM auth.password_reset", "SELECT * FROM auth.mail",
			"SELECT * FROM auth.email_claim", "SELECT * FROM auth.staff_role",
			"SELECT secret_hash FROM auth.calendar", "UPDATE class_seat SET member_id = gen_random_uuid()", "DELETE FROM class_seat", "SELECT vacate(gen_random_uuid(), 1, 'left', now())",
			"SELECT hold_class(gen_random_uuid())", "SELECT settle_class(gen_random_uuid(), now())", "SELECT * FROM roster", "SELECT due_classes(now(), 1)",
			"SELECT * FROM auth.instructor_member", "SELECT * FROM auth.notice_claim", "INSERT INTO notice SELECT * FROM notice", "UPDATE notice SET kind = 'x'",
			"SELECT clear_social(1)", "SELECT auth.claim_notices('', now(), now())", "UPDATE workout_comment SET member_id = gen_random_uuid()", "DELETE FROM instructor", "DELETE FROM class", "DELETE FROM scheduled_class",
			"INSERT INTO edge VALUES (gen_random_uuid(), gen_random_uuid(), 1, now())", "UPDATE edge SET bits = 1", "DELETE FROM edge",
			"SELECT set_edge(gen_random_uuid(), gen_random_uuid(), 1, 0, 1, 0, now())", "UPDATE member SET id = gen_random_uuid()",
			"UPDATE workout SET member_id = gen_random_uuid()", "UPDATE profile SET username = 'x'", "DELETE FROM member",
			"UPDATE member_key SET wrapped = ''", "CREATE TABLE public.mine (n int)", "CREATE SCHEMA mine", "DROP TABLE member",
			"ALTER TABLE member DISABLE ROW LEVEL SECURITY", "SET ROLE paceline_auth", "SET ROLE paceline_migrator",
			"UPDATE auth.account SET email = ''", "TRUNCATE workout", "SELECT * FROM digest_turn", "SELECT claim_digests('', now())",
		},
		db.RoleAuth: {
			"SELECT * FROM profile", "SELECT * FROM workout", "SELECT * FROM workout_part", "SELECT * FROM member_key",
			"SELECT audiences FROM member", "SELECT * FROM edge", "SELECT * FROM instructor_follow", "SELECT * FROM auth.instructor_member", "UPDATE profile SET bio = ''", "CREATE TABLE auth.mine (n int)",
			"SET ROLE paceline_app", "SELECT message FROM auth.mail",
		},
		db.RoleWorker: {
			"SELECT * FROM profile", "SELECT * FROM workout", "SELECT * FROM member", "SELECT hash FROM auth.token",
			"SELECT password_hash FROM auth.credential", "SELECT password_hash FROM auth.registration", "SELECT email FROM auth.account",
			"SELECT member_id FROM auth.session", "SELECT * FROM instructor_follow", "SELECT * FROM auth.instructor_member", "SELECT kind FROM notice", "SELECT body FROM workout_comment",
			"SELECT auth.authenticate_notice('', now())", "SELECT title FROM class", "UPDATE series SET rrule = ''", "SELECT made FROM idempotency", "INSERT INTO auth.mail VALUES (gen_random_uuid(), '', 0, now(), now())",
			"DELETE FROM member_key", "SET ROLE paceline_app", "SELECT * FROM digest_turn", "SELECT samples_sealed FROM workout_part",
			"SELECT auth.authenticate_upkeep('', now())",
		},
	}
	for role, statements := range denied {
		conn := pgtest.Connect(t, f.pg.URL(role))
		for _, sql := range statements {
			if _, err := conn.Exec(t.Context(), sql); code(err) != "42501" {
				t.Errorf("%s may: %s (%v)", role, sql, err)
			}
		}
	}
	var above int
	err := f.root.QueryRow(t.Context(), `SELECT count(*) FROM pg_roles WHERE rolname LIKE 'paceline%'
		AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`).Scan(&above)
	if err != nil || above != 0 {
		t.Errorf("%d roles above the walls, %v", above, err)
	}
	// Who serves members writes nothing of what proves who they are, and sends no mail.
	var writes string
	err = f.root.QueryRow(t.Context(), `SELECT coalesce(string_agg(p || ' ' || oid::regclass, ', '), '')
		FROM pg_class, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
		WHERE relnamespace = 'auth'::regnamespace AND relkind IN ('r', 'p', 'v') AND (has_table_privilege($1, oid, p)
			OR p IN ('INSERT', 'UPDATE') AND has_any_column_privilege($1, oid, p))`, db.RoleApp).Scan(&writes)
	if err != nil || writes != "" {
		t.Errorf("%s may %s, %v", db.RoleApp, writes, err)
	}
}

func TestNobodyWritesAnothersRows(t *testing.T) {
	t.Parallel()
	f := open(t)
	owner, _ := f.member(privacy.DefaultSettings(false))
	workout := f.workout(owner, privacy.Everyone)
	_, stranger := f.member(privacy.DefaultSettings(false))
	for _, sql := range []string{
		"UPDATE member SET audiences = -1 WHERE id <> viewer_id()", "UPDATE profile SET bio = 'x' WHERE member_id <> viewer_id()",
		"UPDATE workout SET audience = 3 WHERE member_id <> viewer_id()", "DELETE FROM workout WHERE member_id <> viewer_id()",
		"DELETE FROM workout_comment WHERE member_id <> viewer_id()", "UPDATE workout_comment SET body = 'x' WHERE member_id <> viewer_id()",
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

func TestNobodyReachesWhomTheyCannotFind(t *testing.T) {
	t.Parallel()
	f := open(t)
	hidden := privacy.DefaultSettings(false)
	hidden.Discoverability = privacy.FoundByNobody
	unseen, _ := f.member(hidden)
	viewer, caller := f.member(privacy.DefaultSettings(false))
	blocking, _ := f.member(privacy.DefaultSettings(false))
	f.exec(`INSERT INTO edge VALUES ($1, $2, 4, $3), ($2, $1, 8, $3)`, blocking, viewer, now)
	for name, other := range map[string]uuid.UUID{"hidden": unseen, "blocking": blocking, "nobody": uuid.New(), "oneself": viewer} {
		err := f.AsViewer(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "SELECT ask_to_follow($1, $2)", other, now)
			return err
		})
		if fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := f.AsViewer(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "SELECT block_member($1, $2)", viewer, now)
		return err
	})
	if fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("blocking oneself: %v", err)
	}
	var edges int
	if err := f.root.QueryRow(t.Context(), "SELECT count(*) FROM edge WHERE bits NOT IN (4, 8)").Scan(&edges); err != nil || edges != 0 {
		t.Errorf("%d edges came of it, %v", edges, err)
	}
	if err := f.root.QueryRow(t.Context(), "SELECT count(*) FROM edge").Scan(&edges); err != nil || edges != 2 {
		t.Errorf("%d edges are there, not 2, %v", edges, err)
	}
}

// The functions that look past the walls for a viewer say nothing of a workout that the viewer doesn't see:
// not who sees it, and not what is hidden below it.
func TestWhatIsClosedTellsNothing(t *testing.T) {
	t.Parallel()
	f := open(t)
	open := privacy.DefaultSettings(false)
	open.Private = false
	owner, asOwner := f.member(open)
	follower, asFollower := f.member(open)
	_, asOther := f.member(open)
	f.exec(`INSERT INTO edge VALUES ($1, $2, 1, $3), ($2, $1, 16, $3)`, owner, follower, now)
	comment := uuid.New()
	f.exec(`INSERT INTO comment_hidden VALUES ($1, $2, $3)`, owner, comment, now)
	type told struct {
		reaches, hidden bool
		count           int
	}
	for _, c := range []struct {
		who      string
		caller   db.Caller
		audience privacy.Audience
		want     told
	}{
		{"the owner", asOwner, privacy.OnlyMe, told{false, false, 1}},
		{"the owner", asOwner, privacy.Followers, told{true, false, 2}},
		{"a follower", asFollower, privacy.OnlyMe, told{}},
		{"a follower", asFollower, privacy.Followers, told{true, true, 2}},
		{"somebody else", asOther, privacy.Followers, told{}},
		{"somebody else", asOther, privacy.Members, told{true, true, 2}},
		{"nobody", db.Anonymous(now), privacy.Members, told{}},
		{"nobody", db.Anonymous(now), privacy.Everyone, told{true, true, 2}},
	} {
		workout := f.workout(owner, c.audience)
		var got told
		err := f.AsViewer(t.Context(), c.caller, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT reaches_workout($1, $3), is_hidden_comment($4, $3), (SELECT count(*) FROM who_reach(ARRAY[$1, $2]::uuid[], $3))`,
				follower, owner, workout, comment).Scan(&got.reaches, &got.hidden, &got.count)
		})
		if err != nil || got != c.want {
			t.Errorf("%s, %v: %+v, want %+v (%v)", c.who, c.audience, got, c.want, err)
		}
	}
}

func TestOpenRefusesRolesAboveTheWalls(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t)
	root := pgtest.Connect(t, pg.Superuser())
	// Roles are the server's, so the check runs in a session that is above them.
	var above bool
	if err := root.QueryRow(t.Context(), db.AboveTheWalls).Scan(&above); err != nil || !above {
		t.Errorf("a superuser passes: %t, %v", above, err)
	}
}
