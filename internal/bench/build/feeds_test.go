package build

import (
	"context"
	"io"
	"os"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/world"
	"github.com/paceline/paceline/internal/db/local"
)

// The feeds that are copied in are those that the worker would have filled.
func TestFeedsAreAsTheWorkerFillsThem(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp(local.Scratch(), "paceline-bench-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	place, err := Start(t.Context(), dir, true, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = place.Server.Stop(context.Background()) })
	_, url, err := place.Database(t.Context(), Want{
		Name: "feeds", Sizes: world.Sizes{Members: 200, Follows: 2000, Workouts: 4000, Sessions: 10, Seed: 3, BusyEvery: 50},
		Params: argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32},
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // the test is over
	if _, err := conn.Exec(t.Context(), `CREATE TABLE was AS SELECT * FROM feed_pointer; CREATE TABLE began AS SELECT * FROM feed;
		TRUNCATE feed_pointer; UPDATE feed SET complete_from = 'infinity'; ANALYZE`); err != nil {
		t.Fatal(err)
	}
	var filled, pointers, complete, differ int
	if err := conn.QueryRow(t.Context(), `SELECT fill_feeds(1000, feed_kept())`).Scan(&filled); err != nil || filled != 200 {
		t.Fatalf("%d feeds were filled: %v", filled, err)
	}
	if err := conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM was), (SELECT count(*) FROM began WHERE complete_from > '-infinity'),
		(SELECT count(*) FROM ((TABLE was EXCEPT TABLE feed_pointer) UNION ALL (TABLE feed_pointer EXCEPT TABLE was)) d) +
		(SELECT count(*) FROM ((TABLE began EXCEPT TABLE feed) UNION ALL (TABLE feed EXCEPT TABLE began)) d)`).Scan(&pointers, &complete, &differ); err != nil {
		t.Fatal(err)
	}
	if differ != 0 || pointers < 1000 || complete < 10 {
		t.Errorf("%d pointers, %d feeds cut off, %d rows differ", pointers, complete, differ)
	}
}
