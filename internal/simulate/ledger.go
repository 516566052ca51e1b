package simulate

import (
	"fmt"
	"io"
	"sync/atomic"
	"text/tabwriter"
	"time"
)

// tally counts while it goes on.
type tally struct {
	consoles, acknowledged, checked                         atomic.Int64
	requests, batches, items, bytes, repeated, gaps         atomic.Int64
	outages, reordered, corrected, clocks, nonces, renewals atomic.Int64
	dropped, told, broken                                   atomic.Int64 // what was no fault of ours
	cut                                                     [cuts]atomic.Int64
	paired, sent                                            time.Time
}

// Ledger is what was sent, and what the service has of it.
type Ledger struct {
	Consoles, Members int
	Rides, Samples    int
	Acknowledged      int

	// Of the acknowledged ones.
	Once      int // there once, with the right member, samples equal
	Lost      int
	Doubled   int // a console's id or content more than once
	Differing int // other samples or figures
	Misplaced int // with another member
	Refused   int // not acknowledged, for the service said no

	Faults []string // what is wrong, one line each
	Short  bool     // it was not held against the service to the end

	tally *tally
	seed  uint64
	rate  float64
	began time.Time
	ended time.Time
}

// Right says whether all rides were acknowledged and each is there once, as it was sent.
func (l *Ledger) Right() bool {
	return !l.Short && l.Rides == l.Acknowledged && l.Once == l.Acknowledged &&
		l.Lost+l.Doubled+l.Differing+l.Misplaced+l.Refused+len(l.Faults) == 0
}

func (r *run) ledger(began time.Time) *Ledger {
	l := &Ledger{
		Consoles: len(r.plan), Members: len(r.members), tally: &r.tally, seed: r.Seed, rate: r.Faults, began: began, ended: r.Now(), Short: true,
	}
	for _, c := range r.plan {
		for _, d := range c.rides {
			l.Rides++
			l.Samples += len(d.t)
			if d.acknowledged > 0 {
				l.Acknowledged++
			}
			if d.refused != "" {
				l.Refused++
				l.fault("ride %s of %s: refused: %s", d.id, c.name, d.refused)
			}
		}
	}
	return l
}

func (l *Ledger) fault(format string, args ...any) {
	l.Faults = append(l.Faults, fmt.Sprintf(format, args...))
}

// maxFaults is how many a ledger shows.
const maxFaults = 20

// Write prints the ledger.
func (l *Ledger) Write(out io.Writer) error {
	t := l.tally
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(n any, what string) { fmt.Fprintf(w, "%v\t  %s\n", n, what) }
	section := func(name string) { fmt.Fprintf(w, "\t%s\n", name) }
	fmt.Fprintf(w, "\tsimulated, seed %d, faults %g %%\n", l.seed, 100*l.rate)
	row(l.Members, "members")
	row(l.Consoles, "consoles")
	row(l.Rides, "rides")
	row(l.Samples, "samples, six channels each")
	section("sent")
	row(t.requests.Load(), "requests, all in all")
	row(t.batches.Load(), fmt.Sprintf("batches answered, %d kB", t.bytes.Load()/1000))
	row(t.items.Load(), "workouts and parts in them")
	row(t.repeated.Load(), "of these were there already")
	row(t.gaps.Load(), "gaps told, and sent again")
	row(l.Acknowledged, "rides acknowledged")
	section("faults made")
	row(t.cut[midway].Load(), "connections cut in the middle of a request")
	row(t.cut[onceSent].Load(), "cut once it was sent")
	row(t.cut[unheard].Load(), "answers lost")
	row(t.outages.Load(), "consoles away for a while")
	row(t.reordered.Load(), "times in another order")
	row(t.corrected.Load(), "rides corrected by a higher version")
	row(t.clocks.Load(), "clocks corrected, as told")
	row(t.nonces.Load(), "proofs by the service's nonce")
	row(t.renewals.Load(), "tokens renewed")
	section("from the service")
	row(t.dropped.Load(), "connections refused or lost")
	row(t.broken.Load(), "answers of 500 and above without a time to wait")
	row(t.told.Load(), "times told to wait, and waited")
	section("held against the service")
	row(l.Once, "acknowledged and there once, of the right member, samples equal")
	row(l.Lost, "lost")
	row(l.Doubled, "doubled")
	row(l.Differing, "differing")
	row(l.Misplaced, "with another member")
	row(l.Refused, "refused")
	if err := w.Flush(); err != nil {
		return err
	}
	if !t.sent.IsZero() {
		fmt.Fprintf(out, "paired in %.0f s, sent in %.0f s, all in %.0f s\n",
			t.paired.Sub(l.began).Seconds(), t.sent.Sub(t.paired).Seconds(), l.ended.Sub(l.began).Seconds())
	}
	for i, fault := range l.Faults {
		if i == maxFaults {
			fmt.Fprintf(out, "… and %d more\n", len(l.Faults)-i)
			break
		}
		fmt.Fprintln(out, fault)
	}
	if l.Short {
		fmt.Fprintln(out, "not held against the service to the end")
	}
	return nil
}
