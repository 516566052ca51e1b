package booking_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
)

// What the clients do to the classes, and how often.
const (
	doBook = iota
	doBookSpot
	doBookOnly // or nothing
	doCancel
	doCheckIn
	doDryRun
	doSettle // the job, at the same time
	doResize // staff make a class larger or smaller
	doKinds
)

var doNames = [doKinds]string{"book", "book a spot", "book or nothing", "cancel", "check in", "dry run", "settle by the job", "resize"}

// clash is many clients at few classes, in rounds: all of a round are let go at once, so that their
// transactions meet, and between two rounds all is quiet, and held against what each was answered.
type clash struct {
	*world
	classes []uuid.UUID
	clients []person
	now     time.Time
	seed    uint64

	mu       sync.Mutex
	done     [doKinds]int
	answers  map[string]int // by code
	had      map[[2]int]booking.State
	since    map[[2]int]int // the round in which somebody began to wait
	wrong    map[string]int // by what it is, of kinds
	room     []int          // the most seats that each class had since all was quiet: nobody booked is put out when it shrinks
	resized  []bool         // since then
	promoted int
	retried  int
	steps    int
}

// What must never be, as the ledger has it.
const (
	oneTooMany = "one too many in a class"
	lost       = "promotions lost: somebody waits beside a free seat"
	passedBy   = "passed by: somebody who waits longer does"
	notSo      = "answers that are not so in the database, nor the reverse"
	miscounted = "steps or counters that don't add up"
)

var kinds = []string{oneTooMany, lost, passedBy, notSo, miscounted}

// fault is something that must never be.
func (c *clash) fault(kind, format string, args ...any) {
	c.t.Helper()
	c.wrong[kind]++
	c.t.Errorf(kind+": "+format, args...)
}

func newClash(t testing.TB, clients, classes int, seed uint64) *clash {
	t.Helper()
	c := &clash{
		world: newWorld(t, min(clients, 60)), seed: seed, answers: map[string]int{}, wrong: map[string]int{}, had: map[[2]int]booking.State{}, since: map[[2]int]int{},
	}
	c.exec(`UPDATE booking_rule SET per_day = 0, per_week = 0, strikes = 0, queue = 10000`)
	c.bikes(30)
	// Check-in is open, the waitlists are too.
	c.now = noon
	for i := range classes {
		id := c.class(noon.Add(30*time.Minute), 5+2*i)
		c.exec(`UPDATE scheduled_class SET starts_at = $2, ends_at = $3, promote_until = $2, cancel_until = $2, booking_opens_at = $4 WHERE id = $1`,
			id, noon.Add(30*time.Minute), noon.Add(75*time.Minute), noon.AddDate(0, 0, -7))
		c.classes, c.room, c.resized = append(c.classes, id), append(c.room, 5+2*i), append(c.resized, false)
	}
	// Every client has one class, so that nothing overlaps and all of it is about seats.
	c.clients = c.people(clients)
	return c
}

// of is the class that a client is a client of.
func (c *clash) of(client int) int { return client % len(c.classes) }

func (c *clash) round(n int) {
	c.t.Helper()
	var ready, gone sync.WaitGroup
	start := make(chan struct{})
	ready.Add(len(c.clients))
	for i := range c.clients {
		r := rand.New(rand.NewPCG(c.seed, uint64(n)<<20|uint64(i))) //nolint:gosec // repeatable, and nothing secret
		gone.Go(func() {
			ready.Done()
			<-start
			c.step(n, i, r)
		})
	}
	ready.Wait()
	close(start)
	gone.Wait()
	c.steps += len(c.clients)
	c.quiet(n)
}

// draw gives mostly bookings and cancellations, now and then the rest.
func draw(r *rand.Rand) int {
	switch n := r.IntN(100); {
	case n < 30:
		return doBook
	case n < 42:
		return doBookSpot
	case n < 48:
		return doBookOnly
	case n < 84:
		return doCancel
	case n < 92:
		return doCheckIn
	case n < 96:
		return doDryRun
	case n < 99:
		return doSettle
	}
	return doResize
}

func (c *clash) step(n, i int, r *rand.Rand) {
	ctx, key := context.Background(), [2]int{i, c.of(i)}
	p, id, what := c.clients[i], c.classes[c.of(i)], draw(r)
	caller := p.at(c.now)
	var err error
	var b booking.Shown
	ended := false
	for range 20 { // a service that is overloaded says so, and is asked again
		switch what {
		case doBook:
			b, err = c.Book(ctx, caller, id, booking.Wish{})
		case doBookSpot:
			b, err = c.Book(ctx, caller, id, booking.Wish{Spot: fmt.Sprintf("bike %d", 1+r.IntN(12))})
		case doBookOnly:
			b, err = c.Book(ctx, caller, id, booking.Wish{NoWaiting: true})
		case doCancel:
			_, _, err = c.Cancel(ctx, caller, id, false)
			ended = err == nil
		case doCheckIn:
			var code string
			if code, err = c.Code(id); err == nil {
				b, err = c.CheckIn(ctx, caller, id, code)
			}
		case doDryRun:
			_, err = c.Book(ctx, caller, id, booking.Wish{DryRun: true})
		case doSettle:
			err = c.open.AsWorker(ctx, db.ReasonSettleClasses, c.now, func(ctx context.Context, tx *db.SystemTx) error {
				return booking.Settle(ctx, tx, id)
			})
		case doResize:
			size := 2 + r.IntN(14)
			c.mu.Lock()
			c.room[c.of(i)], c.resized[c.of(i)] = max(c.room[c.of(i)], size), true
			c.mu.Unlock()
			_, err = c.root.Exec(ctx, `UPDATE scheduled_class SET capacity = $2 WHERE id = $1`, id, size)
		}
		if fault.KindOf(err) != fault.KindUnavailable {
			break
		}
		c.mu.Lock()
		c.retried++
		c.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[what]++
	switch {
	case err != nil:
		code := "internal"
		if f := fault.Of(err); f != nil && f.Kind != fault.KindInternal {
			code = string(f.Code)
		} else {
			c.t.Errorf("%s of %s: %v", doNames[what], p.name, err)
		}
		c.answers[code]++
	case ended:
		delete(c.had, key)
		delete(c.since, key)
		c.answers["cancelled"]++
	case what <= doBookOnly || what == doCheckIn:
		got, _ := b.Booking.Open(b.Grant)
		if got.State == booking.Waiting && c.had[key] != booking.Waiting {
			c.since[key] = n
		}
		c.had[key] = got.State
		c.answers[string(got.State)]++
	}
}

// quiet holds the database against what the clients were answered, while nobody asks.
func (c *clash) quiet(n int) {
	c.t.Helper()
	for i, id := range c.classes {
		if free := c.free(id); free > 0 && !c.resized[i] {
			c.fault(lost, "round %d: %d seats", n, free)
		}
		// What a resize made possible and nobody came for is the job's.
		c.resized[i] = false
		c.must(c.open.AsWorker(context.Background(), db.ReasonSettleClasses, c.now, func(ctx context.Context, tx *db.SystemTx) error {
			return booking.Settle(ctx, tx, id)
		}))
	}
	rows, err := c.root.Query(context.Background(), `SELECT scheduled_id, member_id, CASE WHEN attendance = 'present' THEN 'attended' ELSE state END FROM class_seat`)
	c.must(err)
	defer rows.Close()
	there := map[[2]int]booking.State{}
	for rows.Next() {
		var id, member uuid.UUID
		var state booking.State
		c.must(rows.Scan(&id, &member, &state))
		for i, p := range c.clients {
			if p.id == member {
				there[[2]int{i, c.of(i)}] = state
			}
		}
	}
	c.must(rows.Err())
	last := map[int]int{} // of each class, the latest round in which somebody began to wait who was promoted by now
	for key, state := range c.had {
		got := there[key]
		switch {
		case got == state:
		case state == booking.Waiting && got == booking.Booked:
			c.promoted++
			last[key[1]] = max(last[key[1]], c.since[key])
			c.had[key] = booking.Booked
			delete(c.since, key)
		default:
			c.fault(notSo, "round %d: %s was answered %q and has %q", n, c.clients[key[0]].name, state, got)
		}
	}
	for key, state := range there {
		if _, answered := c.had[key]; !answered {
			c.fault(notSo, "round %d: %s has %q and was never answered so", n, c.clients[key[0]].name, state)
		}
	}
	// Who began to wait in an earlier round is before who began in a later one.
	for key, since := range c.since {
		if c.had[key] == booking.Waiting && since < last[key[1]] {
			c.fault(passedBy, "round %d: %s waits since round %d, and somebody of round %d was promoted", n, c.clients[key[0]].name, since, last[key[1]])
		}
	}
	full, beside := c.unsound(c.now)
	if full > 0 {
		c.fault(miscounted, "round %d: in %d classes the counters are not the rows", n, full)
	}
	if beside > 0 {
		c.fault(lost, "round %d, by the job: in %d classes", n, beside)
	}
	for i, id := range c.classes {
		booked := c.count(`SELECT count(*) FROM class_seat WHERE scheduled_id = $1 AND state = 'booked'`, id)
		if booked > c.room[i] {
			c.fault(oneTooMany, "round %d: %d booked, of %d seats at most", n, booked, c.room[i])
		}
		c.room[i] = max(booked, c.count(`SELECT capacity FROM scheduled_class WHERE id = $1`, id))
	}
}

// free are the seats of a class that nobody has though somebody waits.
func (c *clash) free(id uuid.UUID) int {
	return c.count(`SELECT CASE WHEN count(*) FILTER (WHERE t.state = 'waiting') > 0 THEN greatest(0, s.capacity - count(*) FILTER (WHERE t.state = 'booked')) ELSE 0 END
		FROM scheduled_class s LEFT JOIN class_seat t ON t.scheduled_id = s.id WHERE s.id = $1 GROUP BY s.capacity`, id)
}

// replay goes through what the service wrote down, step by step, with a plain model of its own.
func (c *clash) replay() (steps, promotions int) {
	c.t.Helper()
	for _, id := range c.classes {
		rows, err := c.root.Query(context.Background(), `SELECT step, turn, what, seats FROM class_step WHERE scheduled_id = $1 ORDER BY step`, id)
		c.must(err)
		var booked, waiting, last = map[int64]bool{}, []int64{}, int64(0)
		var turns int64
		for rows.Next() {
			var step, turn int64
			var what string
			var seats int
			c.must(rows.Scan(&step, &turn, &what, &seats))
			if step != last+1 {
				c.fault(miscounted, "step %d follows step %d", step, last)
			}
			last = step
			wrong := func(kind, why string) {
				c.fault(kind, "class %s, step %d, %s of turn %d: %s", id, step, what, turn, why)
			}
			first := len(waiting) > 0 && waiting[0] == turn
			switch what {
			case "taken":
				if len(waiting) > 0 {
					wrong(passedBy, "passed those who wait")
				}
				if turn <= turns {
					wrong(miscounted, "a turn given twice")
				}
				turns, booked[turn] = turn, true
			case "queued":
				if len(booked) < seats {
					wrong(lost, "there was a seat")
				}
				if turn <= turns {
					wrong(miscounted, "a turn given twice")
				}
				turns, waiting = turn, append(waiting, turn)
			case "promoted":
				if !first {
					wrong(passedBy, "not who waits longest")
				} else {
					waiting = waiting[1:]
				}
				booked[turn] = true
				promotions++
			case "left":
				if booked[turn] {
					delete(booked, turn)
					break
				}
				waiting = slicesWithout(waiting, turn)
			}
			if len(booked) > seats {
				wrong(oneTooMany, fmt.Sprintf("%d booked, %d seats", len(booked), seats))
			}
			steps++
		}
		c.must(rows.Err())
		rows.Close()
		if n := c.count(`SELECT booked FROM class_room WHERE scheduled_id = $1`, id); n != len(booked) {
			c.fault(miscounted, "class %s: %d booked by its steps, %d by its counter", id, len(booked), n)
		}
		if n := c.count(`SELECT waiting FROM class_room WHERE scheduled_id = $1`, id); n != len(waiting) {
			c.fault(miscounted, "class %s: %d wait by its steps, %d by its counter", id, len(waiting), n)
		}
	}
	return steps, promotions
}

func slicesWithout(all []int64, one int64) (out []int64) {
	for _, n := range all {
		if n != one {
			out = append(out, n)
		}
	}
	return out
}

// Of any number of members at once no class gets one too many, nobody is passed by or forgotten, and no
// spot has two. PACELINE_PROVE=1 runs it long: 100,000 steps of 200 clients.
func TestBookingsAtOnce(t *testing.T) {
	t.Parallel()
	clients, steps, seed := 40, 1600, uint64(11)
	if os.Getenv("PACELINE_PROVE") != "" {
		clients, steps = 200, 100_000
	}
	c := newClash(t, clients, 5, seed)
	began := time.Now()
	for n := 0; c.steps < steps && !t.Failed(); n++ {
		c.round(n)
	}
	took := time.Since(began)
	written, promotions := c.replay()
	told := c.count(`SELECT count(*) FROM notice WHERE kind = 'booking_promoted'`)
	if promotions == 0 || c.answers["waiting"] == 0 || c.answers["class_full"] == 0 || c.answers["spot_taken"] == 0 || told == 0 {
		t.Error("what it is about did not happen")
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%d requests of %d clients for seats in %d classes, seed %d, in %.0f s\n", c.steps, clients, len(c.classes), seed, took.Seconds())
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(n int, what string) { fmt.Fprintf(w, "%d\t  %s\n", n, what) }
	fmt.Fprintf(w, "\tasked, all clients of a round at once\n")
	for what, n := range c.done {
		row(n, doNames[what])
	}
	fmt.Fprintf(w, "\tanswered\n")
	for _, code := range slices.Sorted(maps.Keys(c.answers)) {
		row(c.answers[code], code)
	}
	row(c.retried, "told to come again, and came")
	fmt.Fprintf(w, "\theld against the service\n")
	row(written, "steps written down, and replayed")
	row(promotions, "promotions, each of who waited longest")
	row(told, "members told of one")
	for _, kind := range kinds {
		row(c.wrong[kind], kind)
	}
	_ = w.Flush()
	t.Log(strings.TrimSpace(out.String()))
}
