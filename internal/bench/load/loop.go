package load

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Ask is one request: Fill appends it to a buffer, and Check looks at the answer.
type Ask interface {
	// Fill appends the n-th request of a worker.
	Fill(to []byte, worker, n int) []byte
	// Check says what is wrong with its answer.
	Check(worker, n, status int, body []byte) error
}

// Loop is a closed loop: so many connections, each of which asks again when it has its answer.
type Loop struct {
	Address     string
	Connections int
	For         time.Duration
	Each        int // requests of each connection; 0 is as many as there is time for
	Ask         Ask
	// Do is what a worker does in place of asking, with nothing between it and what it does it with.
	// Then there are no connections, but so many workers.
	Do func(ctx context.Context, worker, n int) error
}

// Took is what a loop took.
type Took struct {
	Requests int
	Elapsed  time.Duration
	P50, P99 time.Duration
	Bytes    int // of all bodies
}

// PerSecond is the throughput.
func (t Took) PerSecond() float64 { return float64(t.Requests) / t.Elapsed.Seconds() }

// Run runs the loop to its end. A wrong answer ends it with an error.
func (l Loop) Run(ctx context.Context) (Took, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	conns := make([]*Conn, l.Connections)
	for i := range conns {
		if l.Do != nil {
			break
		}
		c, err := Dial(ctx, l.Address)
		if err != nil {
			return Took{}, err
		}
		defer c.Close() //nolint:errcheck // it was only read
		conns[i] = c
	}
	latencies := make([][]uint32, l.Connections)
	bytes := make([]int, l.Connections)
	var all sync.WaitGroup
	began := time.Now()
	for i, c := range conns {
		all.Go(func() {
			var err error
			if latencies[i], bytes[i], err = l.work(ctx, c, i, began.Add(l.For)); err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	took := Took{Elapsed: time.Since(began)}
	if err := context.Cause(ctx); err != nil {
		return took, err
	}
	merged := slices.Concat(latencies...)
	slices.Sort(merged)
	took.Requests = len(merged)
	took.P50, took.P99 = share(merged, 0.5), share(merged, 0.99)
	for _, n := range bytes {
		took.Bytes += n
	}
	return took, nil
}

func (l Loop) work(ctx context.Context, c *Conn, worker int, until time.Time) (latencies []uint32, bytes int, err error) {
	var request []byte
	latencies = make([]uint32, 0, 4096)
	for n := 0; ctx.Err() == nil && (l.Each == 0 || n < l.Each); n++ {
		if l.Do == nil {
			request = l.Ask.Fill(request[:0], worker, n)
		}
		start := time.Now()
		if l.Each == 0 && start.After(until) {
			break
		}
		var status int
		var body []byte
		var err error
		if l.Do == nil {
			status, body, err = c.Do(ctx, request)
		} else {
			err = l.Do(ctx, worker, n)
		}
		if err == nil {
			latencies = append(latencies, uint32(time.Since(start).Microseconds())) //nolint:gosec // patience is shorter
			bytes += len(body)
		}
		if err == nil && l.Do == nil {
			err = l.Ask.Check(worker, n, status, body)
		}
		if err != nil {
			return latencies, bytes, fmt.Errorf("%w (asked: %.120q)", err, request)
		}
	}
	return latencies, bytes, nil
}

// share gives the latency that so large a share of the answers kept. Microseconds, sorted.
func share(sorted []uint32, of float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return time.Duration(sorted[min(int(of*float64(len(sorted))), len(sorted)-1)]) * time.Microsecond
}

// Median of figures.
func Median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	if len(sorted) == 0 {
		return 0
	}
	if mid := len(sorted) / 2; len(sorted)%2 == 1 {
		return sorted[mid]
	}
	mid := len(sorted) / 2
	return (sorted[mid-1] + sorted[mid]) / 2
}
