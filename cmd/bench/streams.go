package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

const (
	hours      = 200 // workouts with samples
	chartShape = 500 // points
)

// hour is a workout with samples.
type hour struct {
	owner int
	id    uuid.UUID
}

// streams is goal 6: an hour of six channels.
func (b *bench) streams(ctx context.Context) (err error) {
	if err := b.unsign(ctx); err != nil {
		return err
	}
	ring, err := seal.LoadRing(b.place.Ring)
	if err != nil {
		return err
	}
	database, err := db.Open(ctx, db.Config{URL: b.url})
	if err != nil {
		return err
	}
	defer database.Close()
	root, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return err
	}
	defer root.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	s := workout.New(database, ring, recording.DefaultLimits())

	count := hours
	if b.quick {
		count = 4
	}
	before, err := size(ctx, root)
	if err != nil {
		return err
	}
	made, rows, err := b.writeHours(ctx, s, root, count)
	if err != nil {
		return err
	}
	after, err := size(ctx, root)
	if err != nil {
		return err
	}
	b.report.kilobytes(6, "an hour of 6 channels on disk, with its workout, keys and indexes", float64(after-before)/float64(count), 15)
	if err := b.copySamples(ctx, root, made, rows); err != nil {
		return err
	}
	if err := b.charts(ctx, made); err != nil {
		return err
	}
	c, err := load.Dial(ctx, b.service.address)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // it was only read
	for _, m := range made {
		if err := b.write(ctx, c, m.owner, "DELETE", "/v1/workouts/"+m.id.String(), ""); err != nil {
			return err
		}
	}
	if _, err := root.Exec(ctx, "TRUNCATE floor.sample, floor.one"); err != nil {
		return err
	}
	return b.sign(ctx)
}

// size is what all tables of members' data take, with their indexes and what lies beside them.
func size(ctx context.Context, root *pgx.Conn) (n int64, err error) {
	err = root.QueryRow(ctx, `SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`).Scan(&n)
	return n, err
}

// writeHours writes workouts with samples, and as many single rows, in turns, one after another.
func (b *bench) writeHours(ctx context.Context, s *workout.Service, root *pgx.Conn, count int) ([]hour, []series.Table, error) {
	ride, err := recording.Parse(bytes.NewReader(recordingtest.RideFIT(recordingtest.Options{Seconds: 3600, Indoor: true, Seed: b.world.Seed})), recording.DefaultLimits())
	if err != nil {
		return nil, nil, err
	}
	if len(ride) != 1 || len(ride[0].Samples) != 2 || len(ride[0].Samples[0].Columns)+len(ride[0].Samples[1].Columns) != 6 {
		return nil, nil, errors.New("the recording doesn't have six channels")
	}
	var made []hour
	var ours, single []float64
	for i := range count {
		r := ride[0]
		r.StartedAt = b.world.Base.Add(-time.Duration(i+2) * time.Hour)
		start := time.Now()
		owner := i * 997 % min(b.world.Members, b.world.Sessions) // with many followers and with few, as they come
		w, err := s.Keep(ctx, db.WithToken(b.world.Token(owner), start), &r)
		if err != nil {
			return nil, nil, err
		}
		ours = append(ours, float64(time.Since(start)))
		made = append(made, hour{owner: owner, id: w.Workout.ID})
		start = time.Now()
		if _, err := root.Exec(ctx, `INSERT INTO floor.one VALUES ($1, $2, $3)`, uuid.New(), start, 250.0); err != nil {
			return nil, nil, err
		}
		single = append(single, float64(time.Since(start)))
	}
	one, two := load.Median(ours), load.Median(single)
	fmt.Fprintf(b.out, "  an hour is packed, sealed and committed in %s, a single row in %s\n", short(time.Duration(one)), short(time.Duration(two)))
	b.report.ratio(6, "time to keep an hour of 6 channels against a commit of one row", one/two, atMost, 2)
	return made, ride[0].Samples, nil
}

// copySamples gives FLOOR the same samples, in a row each.
func (b *bench) copySamples(ctx context.Context, root *pgx.Conn, made []hour, samples []series.Table) error {
	effort, heart := samples[0], samples[1]
	n := len(effort.T)
	_, err := root.CopyFrom(ctx, pgx.Identifier{"floor", "sample"},
		[]string{"workout_id", "t_ms", "power_w", "cadence_rpm", "speed", "resistance", "distance", "heart_bpm"},
		pgx.CopyFromSlice(n*len(made), func(i int) ([]any, error) {
			return sampleRow(made[i/n].id, effort, heart, i%n), nil
		}))
	if err == nil {
		_, err = root.Exec(ctx, "VACUUM (ANALYZE) floor.sample")
	}
	return err
}

// sampleRow is a moment of a ride, as floor.sample has it.
func sampleRow(ride uuid.UUID, effort, heart series.Table, i int) []any {
	row := []any{ride, int32(effort.T[i])} //nolint:gosec // of a ride
	for _, c := range []series.Channel{series.PowerW, series.CadenceRPM, series.SpeedMPS, series.Resistance, series.DistanceM} {
		row = append(row, effort.Column(c)[i])
	}
	return append(row, heart.Column(series.HeartRateBPM)[i])
}

// charts compares charts of 500 points.
func (b *bench) charts(ctx context.Context, made []hour) error {
	a := asker{
		world: b.world, count: len(made), least: 1000,
		line: func(to []byte, n int) []byte {
			return fmt.Appendf(to, "/v1/workouts/%s/streams?points=%d", made[n].id, chartShape)
		},
		who: func(n int) int { return made[n].owner },
	}
	if _, err := b.compare(ctx, a, 20, nil); err != nil {
		return err
	}
	ours, theirs, err := b.versus(ctx, "chart of 500 points, 6 channels, 32 connections", 32, a)
	if err != nil {
		return err
	}
	b.report.ratio(6, "chart of 500 points, throughput against SQL over rows", ours.PerSecond/theirs.PerSecond, atLeast, 35)
	if b.profile {
		return b.profileOf(ctx, 6, a)
	}
	return nil
}
