package jobs

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/seal"
)

func TestRetention(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	const day = 24 * time.Hour
	w.create("ada")
	login := account.Login{Email: "ada@example.test", Password: registration("ada").Password}
	signIn := func() account.Tokens {
		tokens, err := w.accounts.Login(ctx, w.anonymous(), login)
		w.must(err)
		return tokens
	}
	tokens := signIn()
	w.must(w.accounts.Logout(ctx, db.WithToken(signIn().Access.Reveal(), w.clock())))
	_, err := w.accounts.LoginCookie(ctx, w.anonymous(), login)
	w.must(err)
	w.register("bob")
	w.must(w.accounts.Forgot(ctx, w.anonymous(), "ada@example.test"))
	_, err = w.root.Exec(ctx, `INSERT INTO idempotency (member_id, operation, key_hash, request_sealed, made, created_at)
		SELECT id, 'test', '\x00', '\x00', '{}', $1 FROM member`, w.clock())
	w.must(err)
	began := w.clock()

	for _, c := range []struct {
		after                                             time.Duration
		registrations, resets, tokens, sessions, repeated int
	}{
		{0, 1, 1, 5, 3, 1}, // two pairs and a cookie
		{10*time.Minute - time.Second, 1, 1, 5, 3, 1},
		{10 * time.Minute, 1, 1, 3, 3, 1},
		{15 * time.Minute, 0, 0, 3, 3, 1},
		{day, 0, 0, 2, 2, 1}, // the ended session, with its token
		{2*day - time.Second, 0, 0, 2, 2, 1},
		{2 * day, 0, 0, 2, 2, 0},
		{7 * day, 0, 0, 1, 2, 0},
		{30*day - time.Second, 0, 0, 1, 2, 0},
		{30 * day, 0, 0, 0, 0, 0},
	} {
		w.advance(began.Add(c.after).Sub(w.clock()))
		w.must(w.clear(ctx))
		for table, want := range map[string]int{
			"auth.registration": c.registrations, "auth.password_reset": c.resets, "auth.token": c.tokens,
			"auth.session": c.sessions, "idempotency": c.repeated,
		} {
			if got := w.count(`SELECT count(*) FROM ` + table); got != want {
				t.Errorf("after %v %s has %d rows, want %d", c.after, table, got, want)
			}
		}
	}
	if _, err := w.accounts.Refresh(ctx, w.anonymous(), tokens.Refresh.Reveal()); err == nil {
		t.Error("a session that was cleared away goes on")
	}
	if w.count(`SELECT count(*) FROM member`) != 1 {
		t.Error("a member was cleared away")
	}
}

// What consoles left behind goes when its time is over: open parts, then the names, and tombstones.
func TestRetentionOfWhatConsolesSent(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	w.create("ada")
	for _, sql := range []string{
		`INSERT INTO sync_workout (member_id, client_id, version, applied_version, applied_parts, complete, duplicate, touched_at)
			SELECT id, id, 1, 0, 0, false, false, $1 FROM member`,
		`INSERT INTO sync_part (member_id, client_id, part, samples, signed, digest_sealed, stored_at)
			SELECT id, id, 1, 1, false, '\x00', $1 FROM member`,
		`INSERT INTO workout_gone (member_id, workout_id, gone_at) SELECT id, id, $1 FROM member`,
	} {
		_, err := w.root.Exec(ctx, sql, w.clock())
		w.must(err)
	}
	began := w.clock()
	for _, c := range []struct {
		after              time.Duration
		parts, names, gone int
	}{{30*24*time.Hour - time.Second, 1, 1, 1}, {30 * 24 * time.Hour, 0, 1, 1}, {90 * 24 * time.Hour, 0, 1, 0}, {400 * 24 * time.Hour, 0, 0, 0}} {
		w.advance(began.Add(c.after).Sub(w.clock()))
		w.must(w.clear(ctx))
		for table, want := range map[string]int{"sync_part": c.parts, "sync_workout": c.names, "workout_gone": c.gone} {
			if got := w.count(`SELECT count(*) FROM ` + table); got != want {
				t.Errorf("after %v %s has %d rows, want %d", c.after, table, got, want)
			}
		}
	}
}

// What is in use isn't cleared away, however old it is.
func TestRetentionKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create("ada")
	tokens, err := w.accounts.Login(t.Context(), w.anonymous(), account.Login{Email: "ada@example.test", Password: registration("ada").Password})
	w.must(err)
	for range 6 {
		w.advance(29 * 24 * time.Hour)
		w.must(w.clear(t.Context()))
		tokens, err = w.accounts.Refresh(t.Context(), w.anonymous(), tokens.Refresh.Reveal())
		w.must(err)
	}
}

// What limits abuse is kept for as long as it counts, and no longer.
func TestRetentionOfLimits(t *testing.T) {
	t.Parallel()
	w := start(t)
	now := w.clock()
	add := func(sql string, args ...any) {
		_, err := w.root.Exec(t.Context(), sql, args...)
		w.must(err)
	}
	add(`INSERT INTO auth.limit_bucket (key, empty_at) VALUES ('\x01', $1)`, now.Add(time.Hour))
	add(`INSERT INTO auth.limit_count (key, slot, n) VALUES ('\x01', $1, 1)`, now.Unix()/60)
	add(`INSERT INTO auth.known_network (key, seen_at) VALUES ('\x01', $1)`, now)
	add(`INSERT INTO auth.enumeration (principal, subject, at) VALUES ('\x01', '\x02', $1)`, now)
	const day = 24 * time.Hour
	for _, kept := range []struct {
		table string
		until time.Duration
	}{{"auth.limit_count", 2 * time.Minute}, {"auth.limit_bucket", time.Hour}, {"auth.enumeration", 14 * day}, {"auth.known_network", 90 * day}} {
		w.advance(kept.until - w.clock().Sub(now) - time.Minute)
		w.must(w.clear(t.Context()))
		if n := w.count(`SELECT count(*) FROM ` + kept.table); n != 1 {
			t.Errorf("%s was cleared too soon", kept.table)
		}
		w.advance(time.Minute)
		w.must(w.clear(t.Context()))
		if n := w.count(`SELECT count(*) FROM ` + kept.table); n != 0 {
			t.Errorf("%s keeps %d rows past their time", kept.table, n)
		}
	}
}

func (w *world) keys() map[uuid.UUID]seal.Wrapped {
	w.t.Helper()
	rows, err := w.root.Query(w.t.Context(), `SELECT member_id, wrapped FROM member_key`)
	w.must(err)
	out := map[uuid.UUID]seal.Wrapped{}
	var id uuid.UUID
	var wrapped []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &wrapped}, func() error {
		out[id] = append(seal.Wrapped{}, wrapped...)
		return nil
	})
	w.must(err)
	return out
}

func TestRewrapAfterRotation(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, name := range []string{"ada", "bob", "carla"} {
		w.create(name)
	}
	w.must(w.rewrap(t.Context()))
	before := w.keys()
	next, err := seal.RotateFile(w.ringFile)
	w.must(err)
	w.must(w.Ring.Reload())
	w.must(w.rewrap(t.Context()))
	for id, wrapped := range w.keys() {
		if by, err := wrapped.KeyID(); err != nil || by != next {
			t.Errorf("a key is wrapped by %s, the primary is %s (%v)", by, next, err)
		}
		where := seal.Context{Column: "profile.test", Row: id}
		old, err := w.Ring.Unwrap(id, before[id])
		w.must(err)
		sealed, err := seal.SealValue(old, where, 42)
		w.must(err)
		now, err := w.Ring.Unwrap(id, wrapped)
		w.must(err)
		if v, err := seal.OpenValue[int](now, where, sealed); err != nil || v != 42 {
			t.Errorf("what the old key sealed opens to %d, %v", v, err)
		}
	}

	// One that another replica wrapped by the old key meanwhile comes with the daily look.
	_, err = w.root.Exec(t.Context(), `UPDATE member_key SET wrapped = $2 WHERE member_id = $1`, first(before), before[first(before)])
	w.must(err)
	w.must(w.rewrap(t.Context()))
	if by, _ := w.keys()[first(before)].KeyID(); by == next {
		t.Error("every key is looked at each time")
	}
	w.advance(sweepEvery)
	w.must(w.rewrap(t.Context()))
	if by, _ := w.keys()[first(before)].KeyID(); by != next {
		t.Error("a key that came late stays with the old primary")
	}
}

func first(keys map[uuid.UUID]seal.Wrapped) (id uuid.UUID) {
	for k := range keys {
		if id == uuid.Nil || k.String() < id.String() {
			id = k
		}
	}
	return id
}

func TestOneKeyThatFailsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, name := range []string{"ada", "bob", "carla"} {
		w.create(name)
	}
	damaged := first(w.keys())
	_, err := w.root.Exec(t.Context(), `UPDATE member_key SET wrapped = '\x01' WHERE member_id = $1`, damaged)
	w.must(err)
	next, err := seal.RotateFile(w.ringFile)
	w.must(err)
	w.must(w.Ring.Reload())
	for range 2 { // it says so each time
		if err := w.rewrap(t.Context()); err == nil {
			t.Error("nobody is told of a key that doesn't open")
		}
	}
	for id, wrapped := range w.keys() {
		if by, _ := wrapped.KeyID(); id != damaged && by != next {
			t.Errorf("a key is wrapped by %q", by)
		}
	}
}

// A key that changed between the look and the write is left as it is.
func TestRewrapLosesARace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change string
		want   []string // of the key, afterwards
	}{
		"the account ends":           {`DELETE FROM member WHERE id = $1`, nil},
		"another replica was faster": {`UPDATE member_key SET wrapped = 'newer' WHERE member_id = $1`, []string{"newer"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.create("ada")
			_, err := seal.RotateFile(w.ringFile)
			w.must(err)
			w.must(w.Ring.Reload())
			tx, err := w.root.Begin(t.Context())
			w.must(err)
			_, err = tx.Exec(t.Context(), c.change, first(w.keys()))
			w.must(err)
			done := make(chan error)
			go func() { done <- w.rewrap(context.WithoutCancel(t.Context())) }()
			for waiting := 0; waiting == 0; time.Sleep(time.Millisecond) {
				w.must(tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&waiting))
			}
			w.must(tx.Commit(t.Context()))
			w.must(<-done)
			var left []string
			for _, wrapped := range w.keys() {
				left = append(left, string(wrapped))
			}
			if !slices.Equal(left, c.want) {
				t.Errorf("the key is %q, not %q", left, c.want)
			}
		})
	}
}

// Codes and proofs go when they are worth nothing, a console when nothing was heard of it
// for a season, and with it what is known of it.
func TestRetentionOfConsoles(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create("ada")
	began := w.clock()
	const day = 24 * time.Hour
	for _, sql := range []string{
		`INSERT INTO auth.pairing (device_hash, user_hash, jkt, model, firmware, scopes, network, asked_at, expires_at, state, interval_s)
			VALUES ('\x01', '\x02', 'k', 'm', '1', 'sync', '', $1::timestamptz, $1::timestamptz + interval '10 minutes', 'pending', 5)`,
		`INSERT INTO auth.proof (hash, until) VALUES ('\x01', $1::timestamptz + interval '2 minutes')`,
		`INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at, scopes)
			SELECT id, gen_random_uuid(), 'console', '', $1::timestamptz, $1::timestamptz, $1::timestamptz + interval '365 days', 'sync' FROM member`,
		`INSERT INTO auth.console (member_id, id, name, model, firmware, jkt)
			SELECT member_id, id, 'Cellar', 'm', '1', 'k' FROM auth.session WHERE kind = 'console' AND created_at = $1`,
	} {
		_, err := w.root.Exec(t.Context(), sql, began)
		w.must(err)
	}
	for _, c := range []struct {
		after                    time.Duration
		pairing, proof, consoles int
	}{
		{2*time.Minute - time.Second, 1, 1, 1},
		{2 * time.Minute, 1, 0, 1},
		{70*time.Minute - time.Second, 1, 0, 1},
		{70 * time.Minute, 0, 0, 1},
		{91*day - time.Second, 0, 0, 1},
		{91 * day, 0, 0, 0},
	} {
		w.advance(began.Add(c.after).Sub(w.clock()))
		w.must(w.clear(t.Context()))
		for table, want := range map[string]int{"auth.pairing": c.pairing, "auth.proof": c.proof, "auth.console": c.consoles} {
			if got := w.count(`SELECT count(*) FROM ` + table); got != want {
				t.Errorf("after %v %s has %d rows, want %d", c.after, table, got, want)
			}
		}
	}
}
