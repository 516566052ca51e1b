package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/build"
	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/bench/world"
	"github.com/paceline/paceline/internal/config"
)

// goal is one of those in docs/performance.md.
type goal struct {
	number  int
	title   string
	measure func(b *bench, ctx context.Context) error
}

var allGoals []goal

// A table that named functions which read it would be a circle.
func init() {
	allGoals = []goal{
		{1, "reading a workout with everything on", (*bench).readWorkouts},
		{2, "reading a workout against the same without checks", (*bench).againstUnchecked},
		{3, "the feed", (*bench).readFeeds},
		{4, "search by prefix", (*bench).searchMembers},
		{5, "one's rank in a class that many took", (*bench).rankRiders},
		{6, "samples", (*bench).streams},
		{7, "signing in, and a flood of it", (*bench).signIn},
		{8, "memory", (*bench).memory},
		{9, "the cost of a request over the number of members", (*bench).costCurve},
		{10, "stale reads after a change", (*bench).staleReads},
		{11, "sync: rides from consoles", (*bench).syncRides},
		{12, "import: files", (*bench).importFiles},
	}
}

// bench is all that runs while the bench does.
type bench struct {
	options
	out      io.Writer
	place    *build.Place
	want     build.Want
	world    *world.World
	url      string // the superuser's
	postgres int    // the process that is the parent of the server's others
	service  *process
	floor    *process
	report   report
	pairs    []pair
	liveRank time.Duration // of goal 5
}

func open(ctx context.Context, o options, out io.Writer) (b *bench, err error) {
	b = &bench{options: o, out: out}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	local, err := config.Dev(nil)
	if err != nil {
		return b, err
	}
	if b.place, err = build.Start(ctx, o.dir, o.quick, out); err != nil {
		return b, err
	}
	name := "bench"
	if o.quick {
		name = "bench_quick"
	}
	b.want = build.Want{
		Name: name, Sizes: o.sizes, Floor: true, Fresh: o.fresh,
		Params: argon2id.Params{
			Memory: local.Login.ArgonMemoryKiB, Iterations: local.Login.ArgonTime, Parallelism: local.Login.ArgonParallelism,
			SaltLength: 16, KeyLength: 32,
		},
	}
	if b.world, b.url, err = b.place.Database(ctx, b.want); err != nil {
		return b, err
	}
	if err := b.settle(ctx); err != nil {
		return b, err
	}
	if b.service, err = b.startService(ctx, "paceline", b.url); err != nil {
		return b, err
	}
	if b.floor, err = b.startFloor(ctx, b.url); err != nil {
		return b, err
	}
	b.pairs = choosePairs(b.world, pairCount)
	return b, b.same(ctx)
}

// settle brings the database to where it would be in the middle of a day: sessions noted their use
// at some moment of the last five minutes.
func (b *bench) settle(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	if err := closeClass(ctx, conn); err != nil {
		return err
	}
	var version string
	var backend int
	for _, s := range []string{
		// What earlier runs left: sessions they ended or started, times of changes that were taken back.
		`UPDATE auth.session SET revoked_at = NULL WHERE revoked_at IS NOT NULL`,
		`DELETE FROM auth.session WHERE label <> 'Bench'`,
		`UPDATE workout SET updated_at = created_at WHERE updated_at <> created_at`,
		`UPDATE auth.session SET last_used_at = now() - random() * interval '5 minutes'`,
		`VACUUM (ANALYZE) auth.session`,
		`CHECKPOINT`,
	} {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version'), pg_backend_pid()`).Scan(&version, &backend); err != nil {
		return err
	}
	b.report.start(version, time.Now(), b.world, b.rounds)
	if b.postgres, err = load.Parent(backend); err != nil {
		return fmt.Errorf("what processes take is read from /proc, which Linux has: %w", err)
	}
	return nil
}

// unsign has the next run make the database anew, until sign.
func (b *bench) unsign(ctx context.Context) error { return b.place.Unsign(ctx, b.url) }

func (b *bench) sign(ctx context.Context) error { return b.place.Sign(ctx, b.url, b.want, b.world) }

func (b *bench) close() {
	for _, p := range []*process{b.service, b.floor} {
		p.stop()
	}
	if b.place != nil && b.place.Server != nil {
		_ = b.place.Server.Stop(context.Background())
	}
}
