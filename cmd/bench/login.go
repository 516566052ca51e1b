package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/paceline/paceline/internal/bench/build"
	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/config"
)

// logins are sign-ins, each of another member from another address.
type logins struct {
	b    *bench
	next *atomic.Int64
	// wrong: every second one has a wrong password.
	wrong bool
}

func (l logins) Fill(to []byte, _, _ int) []byte {
	n := int(l.next.Add(1))
	who := n * 7919 % l.b.world.Members
	password := build.Password
	if l.wrong && n%2 == 0 {
		password = "another-password-than-that"
	}
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, l.b.world.Email(who), password)
	return fmt.Appendf(to, "POST /v1/auth/login HTTP/1.1\r\nHost: bench.test\r\n%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		from(who), len(body), body)
}

func (l logins) Check(_, _, status int, body []byte) error {
	if status != 200 {
		return fmt.Errorf("a login was answered %d: %.200s", status, body)
	}
	return nil
}

// signIn is goal 7.
func (b *bench) signIn(ctx context.Context) error {
	local, err := config.Dev(nil)
	if err != nil {
		return err
	}
	hash, err := argon2id.CreateHash(build.Password, &b.want.Params)
	if err != nil {
		return err
	}
	next := &atomic.Int64{}
	next.Store(time.Now().Unix() % 100_000) // other members than in the last run
	loop := load.Loop{Address: b.service.address, Connections: 2 * local.Login.Concurrency, For: b.each, Ask: logins{b: b, next: next}}
	var bare, through []float64
	for range b.rounds {
		rate, err := hashes(hash, local.Login.Concurrency, b.each)
		if err != nil {
			return err
		}
		bare = append(bare, rate)
		took, err := loop.Run(ctx)
		if err != nil {
			return err
		}
		through = append(through, took.PerSecond())
	}
	fmt.Fprintf(b.out, "  %.1f logins a second, %.1f bare hashes\n", load.Median(through), load.Median(bare))
	b.report.ratio(7, "logins a second against bare Argon2id hashes", load.Median(through)/load.Median(bare), atLeast, 0.9)
	return b.flood(ctx, local.Login, next)
}

// hashes is how many passwords a second are checked by so many at a time, with nothing around it.
func hashes(hash string, at int, length time.Duration) (float64, error) {
	var count atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	began := time.Now()
	for range at {
		all.Go(func() {
			for time.Since(began) < length {
				if _, _, err := argon2id.CheckHash(build.Password, hash); err != nil {
					failed.Store(&err)
					return
				}
				count.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(count.Load()) / time.Since(began).Seconds(), nil
}

// floodClients sign in at the same time, each anew a while after its answer.
const (
	floodClients = 2000
	floodPause   = time.Second
)

// flood compares reads during a flood of logins with reads without one, and looks at memory.
func (b *bench) flood(ctx context.Context, login config.Login, next *atomic.Int64) error {
	clients := floodClients
	if b.quick {
		clients = 100
	}
	ours, _ := b.sides(b.workoutReads())
	loop := load.Loop{Address: b.service.address, Connections: 32, For: b.each, Ask: ours}
	if err := load.ForgetPeak(b.service.pid()); err != nil {
		return err
	}
	var calm, flooded []float64
	var answers [600]atomic.Int64
	for range b.rounds {
		took, err := loop.Run(ctx)
		if err != nil {
			return err
		}
		calm = append(calm, float64(took.P99))
		if took, err = b.during(ctx, clients, logins{b: b, next: next, wrong: true}, &answers, loop); err != nil {
			return err
		}
		flooded = append(flooded, float64(took.P99))
	}
	_, peak, err := load.Resident(b.service.pid())
	if err != nil {
		return err
	}
	for status := range answers {
		if n := answers[status].Load(); n > 0 {
			fmt.Fprintf(b.out, "  %d logins of the flood were answered %d\n", n, status)
		}
	}
	fmt.Fprintf(b.out, "  read p99 %s, during the flood %s\n", short(time.Duration(load.Median(calm))), short(time.Duration(load.Median(flooded))))
	b.report.ratio(7, fmt.Sprintf("read p99 during a flood of %d clients against without", clients), load.Median(flooded)/load.Median(calm), atMost, 2)
	// Twice what is hashed at a time, since the collector is never at once, and the service around it.
	bound := int64(2*login.Concurrency)*int64(login.ArgonMemoryKiB)<<10 + 128<<20
	b.report.memory(7, "memory of the service during the flood, at most", peak, bound)
	return nil
}

// during runs a loop while the flood does.
func (b *bench) during(ctx context.Context, clients int, l logins, answers *[600]atomic.Int64, loop load.Loop) (load.Took, error) {
	flood, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			if wait(flood, floodPause*time.Duration(i)/time.Duration(clients)) {
				l.keepOn(flood, b.service.address, answers)
			}
		})
	}
	wait(ctx, b.each/2)
	took, err := loop.Run(ctx)
	stop()
	all.Wait()
	return took, err
}

// keepOn is one client of the flood. A connection that is refused is what a flood may meet.
func (l logins) keepOn(ctx context.Context, address string, answers *[600]atomic.Int64) {
	c, err := load.Dial(ctx, address)
	if err != nil {
		answers[0].Add(1)
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	defer c.Close() //nolint:errcheck // it was only read
	for {
		status, _, err := c.Do(ctx, l.Fill(nil, 0, 0))
		if err != nil {
			return
		}
		answers[min(status, 599)].Add(1)
		if !wait(ctx, floodPause) {
			return
		}
	}
}

// wait says whether the time passed before the context ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
