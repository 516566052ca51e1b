package build

import (
	"context"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/privacy"
)

// keepPointers is how many of a feed's workouts are pointed to, three pages: feed_kept of migration 13.
const keepPointers = 60

// feeds fills the feeds as the worker's fill_feeds (migration 8) does it for old databases, reader by
// reader; it would take an hour here. A test compares the two.
func (b *builder) feeds(ctx context.Context) error {
	conn, err := connect(ctx, b.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	fills := b.feedFills()
	tables := []string{fills[0].table, fills[1].table}
	off, err := takeOff(ctx, conn, tables)
	if err != nil {
		return err
	}
	p := watch(b.out, "feeds", fills[0].count+fills[1].count)
	err = inParallel(ctx, b.url, 2, fills, func(ctx context.Context, conn *pgx.Conn, f fill) error { return f.copyIn(ctx, conn, p) })
	p.end()
	if err != nil {
		return err
	}
	for _, s := range append(off.indexes, off.references...) {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) feedFills() []fill {
	w := b.world
	shown := make([]bool, w.Workouts)
	for k := range shown {
		shown[k] = w.Audience(k) > privacy.OnlyMe
	}
	return []fill{
		{"public.feed_pointer", "member_id, started_at, workout_id, owner_id", w.Members, func(r *row, i int) error {
			reader := w.MemberID(i)
			for _, k := range b.pointers(i, shown) {
				r.begin(4)
				r.id(reader)
				r.time(w.StartedAt(int(k)))
				r.id(w.WorkoutID(int(k)))
				r.id(w.MemberID(w.Owner(int(k))))
			}
			return nil
		}},
		{"public.feed", "member_id, complete_from", w.Members, func(r *row, i int) error {
			r.begin(2)
			r.id(w.MemberID(i))
			if all := b.pointers(i, shown); len(all) > keepPointers {
				r.time(w.StartedAt(int(all[len(all)-1])))
			} else {
				r.big(math.MinInt64) // -infinity
			}
			return nil
		}},
	}
}

// pointers are the newest of what a reader follows, one more than is kept: from it on they are complete.
func (b *builder) pointers(reader int, shown []bool) []uint32 {
	var all []uint32
	for _, f := range b.world.Following(reader) {
		owned := b.world.Owned(int(f))
		for i, n := len(owned)-1, 0; i >= 0 && n <= keepPointers; i-- {
			if shown[owned[i]] {
				all = append(all, owned[i])
				n++
			}
		}
	}
	slices.SortFunc(all, func(a, b uint32) int { return int(b) - int(a) })
	return all[:min(len(all), keepPointers+1)]
}
