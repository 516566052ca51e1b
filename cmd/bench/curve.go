package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/bench/world"
)

// flat is how much more a request may cost in the largest world than in the smallest.
const flat = 1.25

// The density of the curve's worlds.
const (
	curveFollows   = 4
	curveWorkouts  = 2
	curveBusyEvery = 1000
)

// costCurve is goal 9: what a request costs, over the number of members.
func (b *bench) costCurve(ctx context.Context) error {
	var all []*bench
	defer func() {
		for _, s := range all {
			s.service.stop()
		}
	}()
	for _, members := range b.curve {
		s, err := b.ofSize(ctx, members)
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	points := make([]curvePoint, len(all))
	for i, s := range all {
		points[i].Members = thousands(int64(s.world.Members))
		var err error
		if points[i].Size, err = databaseSize(ctx, s.url); err != nil {
			return err
		}
	}
	for _, kind := range []struct {
		what string
		ask  func(s *bench) asker
		into func(p *curvePoint) *time.Duration
	}{
		{"read a workout", (*bench).workoutReads, func(p *curvePoint) *time.Duration { return &p.Read }},
		{"feed", func(s *bench) asker { return s.feedOf(s.readers(anybody)) }, func(p *curvePoint) *time.Duration { return &p.Feed }},
		{"search", func(s *bench) asker { return s.searches("") }, func(p *curvePoint) *time.Duration { return &p.Search }},
	} {
		var sides []load.Side
		for i, s := range all {
			a := kind.ask(s)
			sides = append(sides, load.Side{
				Name: points[i].Members + " members", Service: s.service.pid(), Before: s.service.tidy,
				Loop: load.Loop{Address: s.service.address, Connections: 32, For: b.each, Ask: &a},
			})
		}
		figures, err := load.Rounds(ctx, b.rounds, b.postgres, sides...)
		if err != nil {
			return err
		}
		b.report.table(b.out, kind.what+", by the number of members", figures...)
		for i, f := range figures {
			*kind.into(&points[i]) = f.Service + f.Postgres
		}
		first, last := *kind.into(&points[0]), *kind.into(&points[len(points)-1])
		b.report.ratio(9, fmt.Sprintf("%s: CPU with %s members against %s", kind.what, points[len(points)-1].Members, points[0].Members),
			float64(last)/float64(first), atMost, flat)
	}
	b.report.curve = points
	return nil
}

// ofSize is a world of another size, served.
func (b *bench) ofSize(ctx context.Context, members int) (*bench, error) {
	s := &bench{options: b.options, out: b.out, place: b.place, want: b.want}
	s.want.Name, s.want.Floor = fmt.Sprintf("bench_%d", members), false
	s.want.Sizes = world.Sizes{
		Members: members, Follows: curveFollows * members, Workouts: curveWorkouts * members, Sessions: members,
		Seed: b.sizes.Seed, BusyEvery: curveBusyEvery,
	}
	var err error
	if s.world, s.url, err = s.place.Database(ctx, s.want); err != nil {
		return nil, err
	}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	s.pairs = choosePairs(s.world, pairCount)
	s.service, err = s.startService(ctx, s.want.Name, s.url)
	return s, err
}

func databaseSize(ctx context.Context, url string) (text string, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it was only asked
	err = conn.QueryRow(ctx, `SELECT pg_size_pretty(pg_database_size(current_database()))`).Scan(&text)
	return text, err
}
