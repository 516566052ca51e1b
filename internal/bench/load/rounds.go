package load

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Side is one of those that are compared.
type Side struct {
	Name    string
	Loop    Loop
	Service int // its process
	// Before runs before each round, unmeasured.
	Before func() error
}

// Figures are a side's medians over the rounds.
type Figures struct {
	Name      string
	PerSecond float64
	P50, P99  time.Duration
	// CPU a request, of the service, of PostgreSQL and of the generator.
	Service, Postgres, Generator time.Duration
	Requests                     int // in all rounds
}

// Rounds lets the sides take turns, so many times each, after one unmeasured turn of each.
// Postgres is the process that is the parent of the server's others.
func Rounds(ctx context.Context, rounds int, postgres int, sides ...Side) ([]Figures, error) {
	out := make([]Figures, len(sides))
	series := make([]struct{ perSecond, p50, p99, service, postgres, generator []float64 }, len(sides))
	for round := -1; round < rounds; round++ {
		for turn := range sides {
			i := turn
			if round%2 == 0 { // the order changes, too
				i = len(sides) - 1 - turn
			}
			side := sides[i]
			if side.Before != nil {
				if err := side.Before(); err != nil {
					return nil, err
				}
			}
			if round < 0 {
				side.Loop.For = min(side.Loop.For, 2*time.Second)
			}
			before, err := spent(side.Service, postgres)
			if err != nil {
				return nil, err
			}
			took, err := side.Loop.Run(ctx)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", side.Name, err)
			}
			after, err := spent(side.Service, postgres)
			if err != nil {
				return nil, err
			}
			if round < 0 || took.Requests == 0 {
				continue
			}
			s := &series[i]
			each := float64(took.Requests)
			s.perSecond = append(s.perSecond, took.PerSecond())
			s.p50 = append(s.p50, float64(took.P50))
			s.p99 = append(s.p99, float64(took.P99))
			s.service = append(s.service, float64(after[0]-before[0])/each)
			s.postgres = append(s.postgres, float64(after[1]-before[1])/each)
			s.generator = append(s.generator, float64(after[2]-before[2])/each)
			out[i].Requests += took.Requests
		}
	}
	for i, s := range series {
		out[i].Name, out[i].PerSecond = sides[i].Name, Median(s.perSecond)
		out[i].P50, out[i].P99 = time.Duration(Median(s.p50)), time.Duration(Median(s.p99))
		out[i].Service, out[i].Postgres = time.Duration(Median(s.service)), time.Duration(Median(s.postgres))
		out[i].Generator = time.Duration(Median(s.generator))
	}
	return out, nil
}

// spent is the time of the service, of PostgreSQL and of the generator so far.
func spent(service, postgres int) (out [3]time.Duration, err error) {
	if out[0], err = CPU(service); err != nil {
		return out, err
	}
	if out[1], err = FamilyCPU(postgres); err != nil {
		return out, err
	}
	out[2], err = CPU(os.Getpid())
	return out, err
}
