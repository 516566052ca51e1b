package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Options say what to simulate.
type Options struct {
	URL       string // where the service is reached
	PublicURL string // what it is called, which proofs are about; URL if empty
	Consoles  int
	Rides     int     // of each console
	Seconds   int     // how long a ride is, more or less
	Faults    float64 // the chance of each, below MaxFaults
	Seed      uint64

	Model, Firmware string  // what the consoles are, as in the service's registry
	Logins          []Login // whose they are; none: of members made up for a local run

	Now      func() time.Time
	Progress io.Writer
}

// Login is an account that is there already.
type Login struct{ Email, Password string }

// Bounds of Options.
const (
	MaxFaults  = 0.5
	MaxSeconds = 3600
)

const (
	perMember = 2  // consoles of a made-up member, so that two send at once
	atOnce    = 4  // members that join or read at the same time: to hash a password takes a while
	waiting   = 64 // members whose consoles are paired at the same time: those wait most of it
	sayEvery  = 5 * time.Second
)

// run is one simulation.
type run struct {
	Options
	tally   tally
	members []*member
	plan    []*console
}

// Run simulates, and checks. The ledger is there in any case; the error says why it may be short.
func Run(ctx context.Context, o Options) (*Ledger, error) {
	if o.PublicURL == "" {
		o.PublicURL = o.URL
	}
	r := &run{Options: o}
	began := o.Now()
	if err := r.cast(); err != nil {
		return nil, err
	}
	told, quiet := context.WithCancel(ctx)
	var telling sync.WaitGroup
	telling.Go(func() { r.tell(told) })
	defer func() { quiet(); telling.Wait() }()

	err := each(r.members, atOnce, func(m *member) error { return m.settle(ctx) })
	if err == nil {
		err = each(r.members, waiting, func(m *member) error { return m.pair(ctx) })
	}
	if err == nil {
		r.tally.paired = o.Now()
		err = each(r.plan, len(r.plan), func(c *console) error { return c.work(ctx) })
		r.tally.sent = o.Now()
	}
	ledger := r.ledger(began)
	if err == nil {
		err = r.check(ctx, ledger)
	}
	return ledger, err
}

// cast decides who there is and what they will ride.
func (r *run) cast() error {
	count := len(r.Logins)
	if count == 0 {
		count = (r.Consoles + perMember - 1) / perMember
	}
	for n := range count {
		r.members = append(r.members, r.newMember(n))
	}
	for n := range r.Consoles {
		m := r.members[n%count]
		c, err := r.newConsole(n, m)
		if err != nil {
			return err
		}
		m.consoles = append(m.consoles, c)
		r.plan = append(r.plan, c)
	}
	return nil
}

// tell says now and then how far it has come.
func (r *run) tell(ctx context.Context) {
	ticker := time.NewTicker(sayEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		t := &r.tally
		fmt.Fprintf(r.Progress, "simulated: %d of %d consoles paired, %d of %d rides acknowledged, %d of them checked\n",
			t.consoles.Load(), r.Consoles, t.acknowledged.Load(), r.Consoles*r.Rides, t.checked.Load())
	}
}

// each does something for all of them, so many at a time, and gives all errors.
func each[T any](all []T, atOnce int, do func(T) error) error {
	errs := make([]error, len(all))
	turns := make(chan struct{}, atOnce)
	var group sync.WaitGroup
	for i, one := range all {
		group.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			errs[i] = do(one)
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// sleep waits, or ends with the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
