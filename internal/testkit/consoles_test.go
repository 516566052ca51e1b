package testkit_test

import (
	"context"
	"crypto/sha256"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/testkit"
)

// Row-level security alone: a console sees rows of its own member and of nobody else,
// though everything of the others is open to its member; and so do the functions that
// read for many at once.
func TestAConsoleSeesItsMemberOnly(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada, ben := w.Join("ada"), w.Join("ben")
	w.Follow(ada, ben)
	for _, p := range []*testkit.Person{ada, ben} {
		w.Choose(p, testkit.Uniform(t, 3, false))
		p.Do(http.MethodPut, "/v1/me/avatar", testkit.Picture(t), "Content-Type", "image/png").Want(t, http.StatusNoContent)
		p.Do(http.MethodPost, "/v1/workouts", map[string]any{
			"sport": "row", "started_at": "2026-05-30T08:00:00Z", "duration_s": 1200, "audience": "everyone", "heart_rate_avg_bpm": 140,
		}).Want(t, http.StatusCreated)
	}
	console := w.Pair(ada, "sync classes:read")
	conn, err := pgx.Connect(t.Context(), w.PG.URL(db.RoleApp))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // nothing is left to lose
	count := func(hash []byte, sql string, args ...any) (n int) {
		t.Helper()
		err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), `SELECT auth.authenticate($1, $2)`, hash, w.Clock.Now()); err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), sql, args...).Scan(&n)
		})
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return n
	}
	plain := sha256.Sum256([]byte(ada.Token))
	through, session := db.BoundHash(console.Token, console.Key.JKT()), plain[:]
	for table, owner := range map[string]string{
		"member": "id", "member_key": "member_id", "profile": "member_id", "avatar": "member_id", "workout": "member_id",
		"workout_part": "member_id", "subject": "member_id", "standing": "member_id",
	} {
		sql := `SELECT count(*) FROM ` + table + ` WHERE ` + owner + ` = $1`
		if count(session, sql, ben.ID) == 0 {
			t.Errorf("%s: the member's own session sees nothing of the other, so this shows nothing", table)
		}
		if n := count(through, sql, ben.ID); n != 0 {
			t.Errorf("%s: a console sees %d rows of another member", table, n)
		}
		if table != "avatar" && count(through, sql, ada.ID) == 0 {
			t.Errorf("%s: a console does not see its own member", table)
		}
	}
	theirs := w.Query(`SELECT id::text FROM workout WHERE member_id = $1`, ben.ID)
	for _, sql := range []string{
		`SELECT count(*) FROM read_workout('` + theirs + `')`,
		`SELECT count(*) FROM search_found('b', 'c', '', 10)`,
	} {
		if count(session, sql) == 0 || count(through, sql) != 0 {
			t.Errorf("%s: %d as the member, %d as their console", sql, count(session, sql), count(through, sql))
		}
	}
}
