package main

import (
	"context"
	"fmt"
)

// readWorkouts is goal 1.
func (b *bench) readWorkouts(ctx context.Context) error {
	for _, connections := range []int{32, 64, 1} {
		what := fmt.Sprintf("read a workout, %d connections", connections)
		ours, theirs, err := b.versus(ctx, what, connections, b.workoutReads())
		if err != nil {
			return err
		}
		want := 1.5
		if connections == 1 {
			want = 0.9
		}
		b.report.ratio(1, what+", throughput against FLOOR", ours.PerSecond/theirs.PerSecond, atLeast, want)
		b.report.ratio(1, what+", p99 against FLOOR", float64(ours.P99)/float64(theirs.P99), atMost, 1)
	}
	if b.profile {
		return b.profileOf(ctx, 1, b.workoutReads())
	}
	return nil
}
