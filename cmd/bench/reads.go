package main

import (
	"context"
	"fmt"

	"github.com/paceline/paceline/internal/bench/load"
)

// readWorkouts is goal 1.
func (b *bench) readWorkouts(ctx context.Context) error {
	ours, theirs := b.sides(b.workoutReads())
	for _, connections := range []int{32, 64, 1} {
		figures, err := load.Rounds(ctx, b.rounds, b.postgres,
			load.Side{
				Name: "Paceline", Service: b.service.pid(), Before: b.service.tidy,
				Loop: load.Loop{Address: b.service.address, Connections: connections, For: b.each, Ask: ours},
			},
			load.Side{
				Name: "FLOOR", Service: b.floor.pid(),
				Loop: load.Loop{Address: b.floor.address, Connections: connections, For: b.each, Ask: theirs},
			})
		if err != nil {
			return err
		}
		what := fmt.Sprintf("read a workout, %d connections", connections)
		b.report.table(b.out, what, figures...)
		want := 1.5
		if connections == 1 {
			want = 0.9
		}
		b.report.ratio(1, what+", throughput against FLOOR", figures[0].PerSecond/figures[1].PerSecond, atLeast, want)
		b.report.ratio(1, what+", p99 against FLOOR", float64(figures[0].P99)/float64(figures[1].P99), atMost, 1)
	}
	return nil
}
