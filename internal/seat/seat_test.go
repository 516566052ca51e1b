package seat

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 5, 4, 18, 0, 0, 0, time.UTC)

func class(capacity, booked, waiting int) Class {
	return Class{
		StartsAt: start, EndsAt: start.Add(45 * time.Minute), OpensAt: start.AddDate(0, 0, -7), CancelUntil: start.Add(-12 * time.Hour),
		PromoteUntil: start.Add(-2 * time.Hour), Capacity: capacity, Booked: booked, Waiting: waiting,
	}
}

var rules = Rules{PerDay: 2, PerWeek: 5, Queue: 3, Strikes: 2, Within: 30 * 24 * time.Hour, Closed: 7 * 24 * time.Hour, CheckInFrom: time.Hour, CheckInUntil: time.Hour}

func TestBook(t *testing.T) {
	t.Parallel()
	day, soon := start.AddDate(0, 0, -1), start.Add(-time.Hour)
	cancelled := class(5, 0, 0)
	cancelled.Cancelled = true
	for name, c := range map[string]struct {
		class Class
		own   Own
		ask   Ask
		now   time.Time
		want  Step
		err   error
	}{
		"a free seat":                         {class(5, 4, 0), Own{}, Ask{}, day, Take, nil},
		"none":                                {class(5, 5, 0), Own{}, Ask{}, day, Queue, nil},
		"none, and no wish to wait":           {class(5, 5, 0), Own{}, Ask{NoWaiting: true}, day, Stay, ErrFull},
		"one that is due to who waits":        {class(5, 4, 1), Own{}, Ask{}, day, Queue, nil},
		"more than are due":                   {class(5, 3, 1), Own{}, Ask{}, day, Take, nil},
		"a smaller class":                     {class(3, 5, 0), Own{}, Ask{}, day, Queue, nil},
		"the queue is long":                   {class(5, 5, 3), Own{}, Ask{}, day, Stay, ErrQueueClosed},
		"the queue is over":                   {class(5, 5, 1), Own{}, Ask{}, soon, Stay, ErrQueueClosed},
		"a free seat after the queue":         {class(5, 4, 1), Own{}, Ask{}, soon, Take, nil},
		"the same for who waits":              {class(5, 4, 1), Own{Holds: Waiting}, Ask{}, soon, Take, nil},
		"who waits asks again":                {class(5, 5, 1), Own{Holds: Waiting}, Ask{NoWaiting: true}, day, Stay, nil},
		"who has a seat asks again":           {class(5, 5, 0), Own{Holds: Booked, Spot: "a"}, Ask{}, day, Stay, nil},
		"and for the same spot":               {class(5, 5, 0), Own{Holds: Booked, Spot: "a"}, Ask{Spot: "a", Known: true, Taken: true}, day, Stay, nil},
		"another spot":                        {class(5, 5, 0), Own{Holds: Booked, Spot: "a"}, Ask{Spot: "b", Known: true}, day, Move, nil},
		"another spot that is taken":          {class(5, 5, 0), Own{Holds: Booked, Spot: "a"}, Ask{Spot: "b", Known: true, Taken: true}, day, Stay, ErrSpotTaken},
		"a spot that is taken":                {class(5, 4, 0), Own{}, Ask{Spot: "b", Known: true, Taken: true}, day, Stay, ErrSpotTaken},
		"a spot that is none":                 {class(5, 4, 0), Own{}, Ask{Spot: "b"}, day, Stay, ErrUnknownSpot},
		"a taken spot of a full class":        {class(5, 5, 0), Own{}, Ask{Spot: "b", Known: true, Taken: true}, day, Queue, nil},
		"too early":                           {class(5, 0, 0), Own{}, Ask{}, start.AddDate(0, 0, -7).Add(-1), Stay, ErrNotOpen},
		"as it opens":                         {class(5, 0, 0), Own{}, Ask{}, start.AddDate(0, 0, -7), Take, nil},
		"too late":                            {class(5, 0, 0), Own{}, Ask{}, start, Stay, ErrStarted},
		"cancelled":                           {cancelled, Own{Holds: Booked}, Ask{}, day, Stay, ErrCancelled},
		"at the same time":                    {class(5, 0, 0), Own{Overlapping: true}, Ask{}, day, Stay, ErrOverlap},
		"one more this day":                   {class(5, 0, 0), Own{Day: 1}, Ask{}, day, Take, nil},
		"too many this day":                   {class(5, 0, 0), Own{Day: 2}, Ask{}, day, Stay, ErrPerDay},
		"too many this week":                  {class(5, 0, 0), Own{Week: 5}, Ask{}, day, Stay, ErrPerWeek},
		"two strikes":                         {class(5, 0, 0), Own{Strikes: []time.Time{day.Add(-time.Hour), day.Add(-2 * time.Hour)}}, Ask{}, day, Stay, ErrClosed},
		"two strikes, and a seat that stands": {class(5, 5, 0), Own{Holds: Booked, Strikes: []time.Time{day, day}}, Ask{}, day, Stay, nil},
	} {
		if step, err := Book(c.class, rules, c.own, c.ask, c.now); step != c.want || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %d, %v", name, step, err)
		}
	}
}

func TestStrikes(t *testing.T) {
	t.Parallel()
	now := start
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	for name, c := range map[string]struct {
		strikes []time.Time
		closed  bool
	}{
		"none": {nil, false}, "one": {[]time.Time{ago(1)}, false}, "two": {[]time.Time{ago(1), ago(2)}, true},
		"two, the last a week ago":      {[]time.Time{ago(7), ago(8)}, false},
		"two, too far apart":            {[]time.Time{ago(1), ago(31)}, false},
		"two, as far apart as counts":   {[]time.Time{ago(1), ago(30)}, true},
		"three, of which the last ends": {[]time.Time{ago(6), ago(7), ago(8)}, true},
	} {
		if until := rules.ClosedUntil(c.strikes, now); now.Before(until) != c.closed {
			t.Errorf("%s: until %s", name, until)
		}
	}
	if !(Rules{}).ClosedUntil([]time.Time{ago(1), ago(1)}, now).IsZero() {
		t.Error("without a rule it is closed")
	}
}

func TestCancelAndCheckIn(t *testing.T) {
	t.Parallel()
	c, late := class(5, 5, 0), start.Add(-time.Hour)
	for name, x := range map[string]struct {
		own  Own
		now  time.Time
		want Step
		err  error
	}{
		"nothing": {Own{}, late, Stay, nil}, "in time": {Own{Holds: Booked}, c.CancelUntil, Leave, nil},
		"late": {Own{Holds: Booked}, c.CancelUntil.Add(1), LeaveLate, nil}, "waiting is never late": {Own{Holds: Waiting}, late, Leave, nil},
		"promoted just now":      {Own{Holds: Booked, Promoted: late.Add(-time.Hour)}, late, Leave, nil},
		"promoted some time ago": {Own{Holds: Booked, Promoted: late.Add(-time.Hour - 1)}, late, LeaveLate, nil},
		"begun":                  {Own{Holds: Booked}, start, Stay, ErrStarted},
	} {
		if step, err := Cancel(c, x.own, x.now); step != x.want || !errors.Is(err, x.err) || (err == nil) != (x.err == nil) {
			t.Errorf("%s: %d, %v", name, step, err)
		}
	}
	for name, x := range map[string]struct {
		own  Own
		now  time.Time
		want Step
		err  error
	}{
		"in time": {Own{Holds: Booked}, start.Add(-time.Hour), Attend, nil}, "just": {Own{Holds: Booked}, start.Add(time.Hour), Attend, nil},
		"too early": {Own{Holds: Booked}, start.Add(-time.Hour - 1), Stay, ErrNotNow}, "too late": {Own{Holds: Booked}, start.Add(time.Hour + 1), Stay, ErrNotNow},
		"again": {Own{Holds: Booked, Present: true}, start.AddDate(0, 0, 1), Stay, nil}, "who waits": {Own{Holds: Waiting}, start, Stay, ErrNotBooked},
	} {
		if step, err := CheckIn(c, rules, x.own, x.now); step != x.want || !errors.Is(err, x.err) || (err == nil) != (x.err == nil) {
			t.Errorf("check-in %s: %d, %v", name, step, err)
		}
	}
}

// Whatever members do one after the other, by a plain queue: never one too many, nobody passed by, and
// nobody waits beside a free seat.
func TestThePlainQueue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, now := class(rapid.IntRange(1, 4).Draw(t, "capacity"), 0, 0), start.AddDate(0, 0, -1)
		r := Rules{Queue: 100}
		held := map[int]Holding{}
		var queue []int
		settle := func() {
			for range c.Due(now) {
				held[queue[0]], queue = Booked, queue[1:]
				c.Booked, c.Waiting = c.Booked+1, c.Waiting-1
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			who := rapid.IntRange(0, 6).Draw(t, "who")
			switch rapid.SampledFrom([]string{"book", "cancel", "resize"}).Draw(t, "what") {
			case "book":
				settle()
				step, err := Book(c, r, Own{Holds: held[who]}, Ask{}, now)
				if err != nil {
					t.Fatal(err)
				}
				switch step {
				case Take:
					held[who] = Booked
					c.Booked++
				case Queue:
					held[who], queue = Waiting, append(queue, who)
					c.Waiting++
				}
			case "cancel":
				if step, err := Cancel(c, Own{Holds: held[who]}, now); err != nil || step == Stay {
					break
				}
				if held[who] == Booked {
					c.Booked--
				} else {
					for i, w := range queue {
						if w == who {
							queue = append(queue[:i:i], queue[i+1:]...)
							break
						}
					}
					c.Waiting--
				}
				delete(held, who)
				settle()
			case "resize":
				before := c.Booked
				c.Capacity = rapid.IntRange(1, 5).Draw(t, "to")
				settle()
				if c.Booked > max(before, c.Capacity) {
					t.Fatalf("%d of %d", c.Booked, c.Capacity)
				}
				continue
			}
			if c.Waiting > 0 && c.Booked < c.Capacity {
				t.Fatalf("%d wait beside a free seat", c.Waiting)
			}
			if c.Waiting != len(queue) {
				t.Fatal("the counts differ")
			}
		}
	})
}
