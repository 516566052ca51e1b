package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// sharing is a fixture whose reads share one connection.
func sharing(t testing.TB) *fixture { return openWith(t, db.Config{Connections: 2}) }

// eventually waits for what must come, however slow the machine.
func (f *fixture) eventually(what string, is func() bool) {
	f.t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			f.t.Fatalf("never %s: %+v", what, f.Pipeline())
		}
	}
}

// one reads a row.
func (f *fixture) one(c db.Caller, sql string, args []any, dest ...any) error {
	return f.Read(f.t.Context(), c, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, sql, args...).Scan(dest...)
	})
}

// reads is a read that has to be seen by its caller.
func (f *fixture) reads(c db.Caller, id uuid.UUID) func() {
	return func() {
		var seen uuid.UUID
		if err := f.one(c, `SELECT seen_by()`, nil, &seen); err != nil || seen != id {
			f.t.Errorf("seen by %s, %v", seen, err)
		}
	}
}

const holds = `SELECT seen_by(), pg_advisory_xact_lock_shared(1)::text`

// together runs all as one group: the connection is held until they wait. Around
// a held group, first runs while it is in flight.
func (f *fixture) together(first func(), all ...func()) {
	f.t.Helper()
	f.eventually("up", func() bool { return f.Pipeline().Up == 1 })
	f.exec(`SELECT pg_advisory_lock(1)`)
	sent := f.Pipeline().Groups
	var done sync.WaitGroup
	done.Go(func() {
		var ignored string
		if err := f.one(db.Anonymous(now), holds, nil, new(uuid.UUID), &ignored); err != nil && first == nil {
			f.t.Errorf("the request that holds: %v", err)
		}
	})
	f.eventually("held", func() bool { return f.Pipeline().Groups > sent })
	for i, fn := range all {
		done.Go(fn)
		f.eventually("waiting", func() bool { return f.Pipeline().Waiting == i+1 })
	}
	if first != nil {
		first()
	}
	f.exec(`SELECT pg_advisory_unlock(1)`)
	done.Wait()
}

// Nobody sees through the eyes of whoever is in front of them in the same group.
func TestAGroupInheritsNothing(t *testing.T) {
	t.Parallel()
	f := sharing(t)
	ann, asAnn := f.member(privacy.DefaultSettings(false))
	ben, asBen := f.member(privacy.DefaultSettings(false))
	reads := func(who string, c db.Caller, id uuid.UUID, accounts int) func() {
		return func() {
			var seen uuid.UUID
			var n int
			err := f.Read(t.Context(), c, func(ctx context.Context, tx *db.Tx) error {
				err := tx.QueryRow(ctx, `SELECT seen_by(), count(*) FROM auth.account`).Scan(&seen, &n)
				if tx.Viewer().Member() != id {
					t.Errorf("%s is %v", who, tx.Viewer())
				}
				return err
			})
			if err != nil || seen != id || n != accounts {
				t.Errorf("%s: seen by %s, %d accounts, %v", who, seen, n, err)
			}
		}
	}
	refused := func() {
		err := f.one(db.WithToken("unknown", now), `SELECT seen_by(), count(*) FROM auth.account`, nil, new(uuid.UUID), new(int))
		if fault.KindOf(err) != fault.KindUnauthenticated {
			t.Errorf("an unknown token: %v", err)
		}
	}
	var all []func()
	for range 5 {
		all = append(all, reads("ann", asAnn, ann, 1), reads("anonymous", db.Anonymous(now), uuid.Nil, 0), reads("ben", asBen, ben, 1), refused)
	}
	before := f.Pipeline()
	f.together(nil, all...)
	if after := f.Pipeline(); after.Groups != before.Groups+2 || after.Alone != 0 {
		t.Errorf("they were no group: %+v, then %+v", before, after)
	}
}

// Equal reads of a group are one statement, in which each is its caller's own: it
// gives what the same read gives alone, to whom it gives anything, and notes who came.
func TestEqualReadsShareAPlan(t *testing.T) {
	t.Parallel()
	f := sharing(t)
	open := privacy.DefaultSettings(false)
	open.Private, open.Discoverability = false, privacy.FoundByEveryone
	open.Audiences = open.Audiences.With(privacy.HeartRate, privacy.Followers)
	owner, asOwner := f.member(open)
	follower, asFollower := f.member(open)
	_, asStranger := f.member(open)
	blocked, asBlocked := f.member(open)
	revoked, asRevoked := f.member(open)
	expired, asExpired := f.member(open)
	refreshing, asRefresh := f.member(open)
	idle, asIdle := f.member(open)
	f.exec(`INSERT INTO edge VALUES ($1, $2, 1, $4), ($2, $1, 16, $4), ($1, $3, 4, $4), ($3, $1, 8, $4)`, owner, follower, blocked, now)
	f.exec(`UPDATE auth.session SET revoked_at = $2 WHERE member_id = $1`, revoked, now)
	f.exec(`UPDATE auth.token SET expires_at = $2 WHERE member_id = $1`, expired, now)
	f.exec(`UPDATE auth.token SET kind = 'refresh' WHERE member_id = $1`, refreshing)
	f.exec(`UPDATE auth.session SET last_used_at = $2 WHERE member_id = $1`, idle, now.Add(-time.Hour))
	workouts := []uuid.UUID{f.workout(owner, privacy.Everyone), f.workout(owner, privacy.Followers), f.workout(owner, privacy.OnlyMe), uuid.New()}

	type read = func(context.Context, db.Caller, func(context.Context, *db.Tx) error) error
	ask := func(by read, c db.Caller, id uuid.UUID) (row string, err error) {
		err = by(t.Context(), c, func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.Query(ctx, `SELECT w.* FROM read_workout($1) w`, id)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				row += fmt.Sprintf("%x as %v\n", rows.RawValues(), tx.Viewer())
			}
			return rows.Err()
		})
		return row, err
	}
	var all []func()
	shown, answered := 0, 0
	for _, who := range []struct {
		name    string
		c       db.Caller
		sees    int
		refused bool
	}{
		{"the owner", asOwner, 3, false}, {"a follower", asFollower, 2, false}, {"a stranger", asStranger, 1, false}, {"one blocked", asBlocked, 0, false},
		{"anonymous", db.Anonymous(now), 1, false}, {"one revoked", asRevoked, 0, true}, {"one expired", asExpired, 0, true},
		{"a refresh token", asRefresh, 0, true}, {"an unknown token", db.WithToken("unknown", now), 0, true},
	} {
		sees := 0
		for _, id := range workouts {
			want, err := ask(f.ReadAlone, who.c, id)
			if (fault.KindOf(err) == fault.KindUnauthenticated) != who.refused || err != nil && !who.refused {
				t.Fatalf("%s alone: %v", who.name, err)
			}
			if want != "" {
				sees++
			}
			answered++
			all = append(all, func() {
				got, inSet := ask(f.Read, who.c, id)
				if got != want || fault.KindOf(inSet) != fault.KindOf(err) {
					t.Errorf("%s in a set:\n%s%v, alone:\n%s%v", who.name, got, inSet, want, err)
				}
			})
		}
		if sees != who.sees {
			t.Errorf("%s sees %d workouts, not %d", who.name, sees, who.sees)
		}
		shown += sees
	}
	all = append(all, func() {
		if row, err := ask(f.Read, asIdle, workouts[0]); row == "" || err != nil {
			t.Errorf("one whose use is to be noted: %q, %v", row, err)
		}
	}, f.reads(asFollower, follower))
	before := f.Pipeline()
	f.together(nil, all...)
	after := f.Pipeline()
	if got := int(after.Together - before.Together); got != answered || after.Alone != before.Alone || shown == 0 { //nolint:gosec // few
		t.Errorf("%d reads of %d shared a plan: %+v, then %+v", got, answered, before, after)
	}
	var noted time.Time
	if err := f.root.QueryRow(t.Context(), `SELECT last_used_at FROM auth.session WHERE member_id = $1`, idle).Scan(&noted); err != nil || !noted.Equal(now) {
		t.Errorf("its use was noted at %s, %v", noted, err)
	}
}

// The same session twice in a group notes its use once, and two connections that
// meet the same sessions in either order don't wait for each other.
func TestNotesOfUseInGroups(t *testing.T) {
	t.Parallel()
	f := openWith(t, db.Config{Connections: 4})
	var callers []db.Caller
	for range 8 {
		_, c := f.member(privacy.DefaultSettings(false))
		callers = append(callers, c)
	}
	f.exec(`UPDATE auth.token SET kind = 'cookie'`)
	for round := range 20 {
		f.exec(`UPDATE auth.session SET last_used_at = $1`, now.Add(-time.Hour))
		var all sync.WaitGroup
		for i := range 64 {
			who := callers[i%8]
			if i >= 32 {
				who = callers[7-i%8]
			}
			all.Go(func() {
				if err := f.one(who, `SELECT seen_by()`, nil, new(uuid.UUID)); err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		all.Wait()
		var noted int
		if err := f.root.QueryRow(t.Context(), `SELECT count(*) FROM auth.session WHERE last_used_at = $1`, now).Scan(&noted); err != nil || noted != 8 {
			t.Errorf("round %d: %d sessions noted their use, %v", round, noted, err)
		}
	}
	if s := f.Pipeline(); s.Alone != 0 {
		t.Errorf("somebody met a lock: %+v", s)
	}
}

// A statement that fails fails for its caller. Those behind it in the group are
// answered, and so is everybody after.
func TestAFailureIsItsCallersOwn(t *testing.T) {
	t.Parallel()
	f := openWith(t, db.Config{Connections: 2, StatementTimeout: 2 * time.Second})
	id, caller := f.member(privacy.DefaultSettings(false))
	good := f.reads(caller, id)
	for name, failing := range map[string]struct {
		sql  string
		args []any
		ends func(error) bool
	}{
		"a division by zero": {`SELECT seen_by(), 1/$1::int`, []any{0}, func(err error) bool { return code(err) == "22012" }},
		"half way":           {`SELECT seen_by(), 1/(20-n) FROM generate_series(1, $1) n`, []any{30}, func(err error) bool { return code(err) == "22012" }},
		"a text with a NUL":  {`SELECT seen_by(), length($1::text)`, []any{"\x00"}, func(err error) bool { return code(err) == "22021" }},
		"too slow":           {`SELECT seen_by(), pg_sleep($1)::text`, []any{60.0}, func(err error) bool { return fault.KindOf(err) == fault.KindUnavailable }},
	} {
		fail := func() {
			err := f.Read(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
				rows, err := tx.Query(ctx, failing.sql, failing.args...)
				if err != nil {
					return err
				}
				for rows.Next() {
					t.Errorf("%s: a row came", name)
				}
				return rows.Err()
			})
			if !failing.ends(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		before := f.Pipeline().Alone
		f.together(nil, good, good, fail, good, good)
		if alone := f.Pipeline().Alone - before; alone != 2 {
			t.Errorf("%s: %d ran alone, not 2", name, alone)
		}
	}
	// Whoever is refused hears that, whatever their statement does.
	if err := f.one(db.WithToken("unknown", now), `SELECT seen_by(), 1/$1::int`, []any{0}, new(uuid.UUID), new(int)); fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("refused, and failing: %v", err)
	}
}

// Whoever leaves is gone at once; their neighbours and the connection stay.
func TestWhoeverLeavesIsAbandoned(t *testing.T) {
	t.Parallel()
	f := sharing(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	var before, after int
	if err := f.one(caller, `SELECT seen_by(), pg_backend_pid()`, nil, new(uuid.UUID), &before); err != nil {
		t.Fatal(err)
	}
	waiting, leave := context.WithCancel(t.Context())
	left := func() {
		err := f.Read(waiting, caller, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT seen_by()`).Scan(new(uuid.UUID))
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("left: %v", err)
		}
	}
	stays := f.reads(caller, id)
	f.together(leave, stays, left, stays)
	// One who is being served leaves, too, while the statement goes on.
	f.exec(`SELECT pg_advisory_lock(1)`)
	sent := f.Pipeline().Groups
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		gone <- f.Read(ctx, caller, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, holds).Scan(new(uuid.UUID), new(string))
		})
	}()
	f.eventually("in flight", func() bool { return f.Pipeline().Groups > sent })
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("left while being served: %v", err)
	}
	f.exec(`SELECT pg_advisory_unlock(1)`)
	if err := f.one(caller, `SELECT seen_by(), pg_backend_pid()`, nil, new(uuid.UUID), &after); err != nil || after != before {
		t.Errorf("the connection is another one: %d, then %d, %v", before, after, err)
	}
}

// A migration may change what a statement gives, and prepared statements may be
// gone: the next read is right all the same, and so are the ones after it.
func TestPreparedStatementsAreRenewed(t *testing.T) {
	t.Parallel()
	f := sharing(t)
	f.exec(`CREATE TABLE thing AS SELECT 7 AS n; GRANT SELECT ON thing TO paceline_app`)
	f.exec(`CREATE FUNCTION forget() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DEALLOCATE ALL'; RETURN 1; END $$`)
	f.exec(`GRANT EXECUTE ON FUNCTION forget() TO paceline_app`)
	reads := func(times int, want string) func() {
		return func() {
			for range times {
				err := f.Read(t.Context(), db.Anonymous(now), func(ctx context.Context, tx *db.Tx) error {
					rows, err := tx.Query(ctx, `SELECT seen_by(), n FROM thing`)
					if err != nil {
						return err
					}
					for rows.Next() {
						v, err := rows.Values()
						if err != nil {
							return err
						}
						if got := fmt.Sprint(v[1]); got != want {
							t.Errorf("%s, not %s", got, want)
						}
					}
					return rows.Err()
				})
				if err != nil {
					t.Error(err)
				}
			}
		}
	}
	reads(3, "7")()
	for _, change := range []struct{ sql, want string }{
		{`ALTER TABLE thing ALTER n TYPE bigint`, "7"},
		{`ALTER TABLE thing ALTER n TYPE text USING 'seven'`, "seven"},
		{`ALTER TABLE thing ALTER n TYPE float8 USING 1.5`, "1.5"},
	} {
		f.exec(change.sql)
		f.together(nil, reads(1, change.want), reads(1, change.want), reads(1, change.want))
		reads(3, change.want)()
	}
	if err := f.one(db.Anonymous(now), `SELECT seen_by(), forget()`, nil, new(uuid.UUID), new(int)); err != nil {
		t.Fatal(err)
	}
	reads(3, "1.5")()
	f.eventually("up", func() bool { return f.Pipeline().Up == 1 })
	before := f.Pipeline()
	reads(3, "1.5")()
	if after := f.Pipeline(); after.Alone != before.Alone || after.Up != 1 {
		t.Errorf("the pipeline did not recover: %+v, then %+v", before, after)
	}
}

// A backend that is ended takes nobody's answer with it, in flight or idle.
func TestLostConnectionsLoseNoRead(t *testing.T) {
	t.Parallel()
	f := sharing(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	read := f.reads(caller, id)
	kill := func() {
		f.exec(`SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'paceline_app' AND datname = current_database()`)
	}
	for range 3 {
		read()
		kill()
		read()
		f.eventually("up again", func() bool { return f.Pipeline().Up == 1 })
		f.together(kill, read, read, read)
		f.eventually("up again", func() bool { return f.Pipeline().Up == 1 })
	}
	before := f.Pipeline()
	read()
	if after := f.Pipeline(); after.Requests != before.Requests+1 || after.Alone != before.Alone {
		t.Errorf("the pipeline does not serve any more: %+v, then %+v", before, after)
	}
}

// What is large goes by the pool, whole, and does not make its neighbours wait a second time.
func TestLargeReadsRunAlone(t *testing.T) {
	t.Parallel()
	f := sharing(t)
	const sql = `SELECT seen_by(), repeat('x', $1::int) FROM generate_series(1, $2::int)`
	read := func(size, rows int) {
		t.Helper()
		n := 0
		err := f.Read(t.Context(), db.Anonymous(now), func(ctx context.Context, tx *db.Tx) error {
			all, err := tx.Query(ctx, sql, size, rows)
			if err != nil {
				return err
			}
			defer all.Close()
			for ; all.Next(); n++ {
				var text string
				if err := all.Scan(new(uuid.UUID), &text); err != nil || len(text) != size {
					t.Errorf("%d bytes, not %d, %v", len(text), size, err)
				}
			}
			return all.Err()
		})
		if err != nil || n != rows {
			t.Errorf("%d rows, not %d, %v", n, rows, err)
		}
	}
	read(10, 10)
	read(60_000, 1)
	if s := f.Pipeline(); s.Alone != 0 {
		t.Errorf("small ones ran alone: %+v", s)
	}
	read(10_000, 100)
	read(1_000_000, 3)
	if s := f.Pipeline(); s.Alone != 2 || s.Requests != 3 {
		t.Errorf("the first is read twice, the second once: %+v", s)
	}
	// So does a request that is large itself.
	var n int
	if err := f.one(db.Anonymous(now), `SELECT seen_by(), length($1::text)`, []any{strings.Repeat("x", 100_000)}, new(uuid.UUID), &n); err != nil || n != 100_000 {
		t.Errorf("a large request: %d, %v", n, err)
	}
}

// Whatever the connection, a row that says it was read for another reaches
// nobody, and a statement that doesn't say is refused.
func TestARowReadForAnotherReachesNobody(t *testing.T) {
	t.Parallel()
	f := sharing(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	for name, read := range map[string]func(context.Context, db.Caller, func(context.Context, *db.Tx) error) error{
		"pipeline": f.Read, "pool": f.ReadAlone,
	} {
		ask := func(c db.Caller, sql string, args ...any) (rows int, err error) {
			err = read(t.Context(), c, func(ctx context.Context, tx *db.Tx) error {
				all, err := tx.Query(ctx, sql, args...)
				if err != nil {
					return err
				}
				for all.Next() {
					rows++
				}
				return all.Err()
			})
			return rows, err
		}
		const says = `SELECT who AS seen_by FROM unnest($1::uuid[]) who`
		other := uuid.New()
		for _, as := range []struct {
			c    db.Caller
			says []uuid.UUID
			rows int
			err  error
		}{
			{caller, []uuid.UUID{id, id}, 2, nil},
			{caller, []uuid.UUID{other}, 0, privacy.ErrWrongViewer},
			{caller, []uuid.UUID{id, uuid.Nil, id}, 1, privacy.ErrWrongViewer},
			{db.Anonymous(now), []uuid.UUID{uuid.Nil}, 1, nil},
			{db.Anonymous(now), []uuid.UUID{id}, 0, privacy.ErrWrongViewer},
		} {
			if rows, err := ask(as.c, says, as.says); rows != as.rows || !errors.Is(err, as.err) || (err != nil && as.err == nil) {
				t.Errorf("%s: %d rows, %v, not %d, %v", name, rows, err, as.rows, as.err)
			}
		}
		if rows, err := ask(caller, `SELECT NULL::uuid AS seen_by`); rows != 0 || !errors.Is(err, privacy.ErrWrongViewer) {
			t.Errorf("%s: a row that says nothing: %v", name, err)
		}
		for _, sql := range []string{`SELECT 1`, `SELECT member_id FROM profile`, `SELECT seen_by()::text`, `SELECT 1 AS seen_by`} {
			if rows, err := ask(caller, sql); rows != 0 || err == nil {
				t.Errorf("%s: %s was not refused", name, sql)
			}
		}
	}
	// Nor does the pipeline write.
	for _, sql := range []string{
		`INSERT INTO avatar VALUES (viewer_id(), '', now()) RETURNING seen_by()`, `UPDATE profile SET bio = 'x' RETURNING seen_by()`,
		"-- SELECT\nDELETE FROM avatar RETURNING seen_by()", `VALUES (1)`, `SET role paceline_app`,
	} {
		if err := f.one(caller, sql, nil, new(uuid.UUID)); err == nil {
			t.Errorf("ran: %s", sql)
		}
	}
	var bio *string
	if err := f.root.QueryRow(t.Context(), "SELECT bio FROM profile WHERE member_id = $1", id).Scan(&bio); err != nil || bio != nil {
		t.Errorf("written: %v, %v", bio, err)
	}
}

// Close answers what waits, refuses the rest, and leaves no goroutine. It looks
// at all goroutines, so it runs by itself.
func TestCloseLeavesNothing(t *testing.T) { //nolint:paralleltest // see above
	f := sharing(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	read := f.reads(caller, id)
	var closed sync.WaitGroup
	f.together(func() { closed.Go(f.Close) }, read, read, read)
	closed.Wait()
	if err := f.one(caller, `SELECT seen_by()`, nil, new(uuid.UUID)); err == nil {
		t.Error("read after the end")
	}
	var left int
	err := f.root.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'paceline%' AND datname = current_database() AND state <> 'idle'`).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d connections are left, %v", left, err)
	}
	var stacks strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&stacks, 2)
	if strings.Contains(stacks.String(), "db/pipeline.") {
		t.Errorf("goroutines are left:\n%s", &stacks)
	}
}
