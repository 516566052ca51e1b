// Package seat decides who gets a place in a scheduled class, who waits for one, and what it costs
// to stay away. Pure: no I/O, no clock. What a class, its rules and the one who asks are at a moment
// comes in; what is to be done comes out, or a refusal with a code of its own. Package booking reads
// the first under a lock and does the second, in one transaction.
//
//   - A class has as many seats as its capacity says. One that shrinks sends nobody away; it takes
//     nobody in until there is room again.
//   - Who finds no seat waits, in the order of asking. Whatever sets a seat free, the first who waits
//     gets it (Due), and nobody passes them: not who asks at that moment, and not who asks for a spot.
//   - From the cut-off on (Class.PromoteUntil) nobody is promoted, for nobody may be made to run. A seat
//     that is free then is whoever's asks first, somebody who waits or not.
//   - Somebody who waits counts as booked for the caps and for what overlaps, so that a promotion breaks
//     no rule, whenever it comes, and need not look at what else its member does.
//   - A cancellation after Class.CancelUntil, and staying away, are strikes; enough of them within a while
//     close booking for a while (Rules). Who has a seat keeps it.
package seat

import "time"

// Class is what a decision needs of a scheduled class, at one moment.
type Class struct {
	Cancelled        bool
	StartsAt, EndsAt time.Time
	OpensAt          time.Time // booking opens
	CancelUntil      time.Time // the last moment at which to cancel is no strike
	PromoteUntil     time.Time // the last moment at which somebody is promoted
	Capacity         int
	Booked, Waiting  int
}

// Rules are a studio's, or the service's.
type Rules struct {
	PerDay, PerWeek int           // bookings of one member; 0 is no cap
	Queue           int           // how many may wait for a class
	Strikes         int           // so many … ; 0 is never
	Within          time.Duration // … within this …
	Closed          time.Duration // … close booking for so long after the last of them
	CheckInFrom     time.Duration // before the start
	CheckInUntil    time.Duration // after the start
}

// Holding is what somebody has of a class.
type Holding uint8

const (
	Nothing Holding = iota
	Waiting
	Booked
)

// Own is what a decision needs of who asks.
type Own struct {
	Holds       Holding
	Spot        string      // of a seat with one
	Promoted    time.Time   // when; zero for who asked and got a seat
	Present     bool        // checked in
	Day, Week   int         // what else they have booked or wait for, in the day and in the week of the class
	Overlapping bool        // something of it is at the same time
	Strikes     []time.Time // those that may still count
}

// Ask is what somebody asks for.
type Ask struct {
	Spot      string // a certain one; empty: any
	Known     bool   // there is such a spot
	Taken     bool   // somebody else has it
	NoWaiting bool   // a seat or nothing
}

// Step is what is to be done.
type Step uint8

const (
	Stay      Step = iota // nothing: it is so already
	Take                  // a seat
	Queue                 // wait for one
	Move                  // to another spot
	Leave                 // give the seat up, or the place among those who wait
	LeaveLate             // give the seat up so late that it is a strike
	Attend                // be there
)

// grace is how long who was promoted may give the seat back without a strike: the moment was not theirs.
const grace = time.Hour

// Free are the seats that nobody has and that nobody who waits is due.
func (c Class) Free(now time.Time) int {
	return max(0, c.Capacity-c.Booked-c.Due(now))
}

// Due is how many of those who wait get a seat now.
func (c Class) Due(now time.Time) int {
	if c.Cancelled || now.After(c.PromoteUntil) || !now.Before(c.StartsAt) {
		return 0
	}
	return min(c.Waiting, max(0, c.Capacity-c.Booked))
}

// Book decides about somebody who wants a seat. To ask again for what one has changes nothing.
func Book(c Class, r Rules, o Own, a Ask, now time.Time) (Step, error) {
	switch {
	case c.Cancelled:
		return Stay, ErrCancelled
	case o.Holds == Booked && (a.Spot == "" || a.Spot == o.Spot):
		return Stay, nil
	case !now.Before(c.StartsAt):
		return Stay, ErrStarted
	case now.Before(c.OpensAt):
		return Stay, ErrNotOpen
	case a.Spot != "" && !a.Known:
		return Stay, ErrUnknownSpot
	case o.Holds == Booked && a.Taken:
		return Stay, ErrSpotTaken
	case o.Holds == Booked:
		return Move, nil
	}
	free := c.Free(now) > 0
	if o.Holds == Nothing {
		if err := allowed(r, o, now); err != nil {
			return Stay, err
		}
	}
	switch {
	case free && a.Spot != "" && a.Taken:
		return Stay, ErrSpotTaken
	case free:
		return Take, nil
	case o.Holds == Waiting:
		return Stay, nil
	case a.NoWaiting:
		return Stay, ErrFull
	case now.After(c.PromoteUntil), c.Waiting >= r.Queue:
		return Stay, ErrQueueClosed
	}
	return Queue, nil
}

// allowed says whether somebody may have one more booking, or wait for one.
func allowed(r Rules, o Own, now time.Time) error {
	switch {
	case now.Before(r.ClosedUntil(o.Strikes, now)):
		return ErrClosed
	case o.Overlapping:
		return ErrOverlap
	case r.PerDay > 0 && o.Day >= r.PerDay:
		return ErrPerDay
	case r.PerWeek > 0 && o.Week >= r.PerWeek:
		return ErrPerWeek
	}
	return nil
}

// ClosedUntil is when booking opens again for somebody with these strikes; the zero time where it is open.
func (r Rules) ClosedUntil(strikes []time.Time, now time.Time) (until time.Time) {
	if r.Strikes <= 0 {
		return until
	}
	for _, last := range strikes {
		n := 0
		for _, s := range strikes {
			if !s.After(last) && s.After(last.Add(-r.Within)) {
				n++
			}
		}
		if ends := last.Add(r.Closed); n >= r.Strikes && now.Before(ends) && ends.After(until) {
			until = ends
		}
	}
	return until
}

// Cancel decides about somebody who gives up what they have.
func Cancel(c Class, o Own, now time.Time) (Step, error) {
	switch {
	case o.Holds == Nothing, c.Cancelled:
		return Stay, nil
	case !now.Before(c.StartsAt):
		return Stay, ErrStarted
	case o.Holds == Waiting, !now.After(c.CancelUntil):
		return Leave, nil
	case !o.Promoted.IsZero() && !now.After(o.Promoted.Add(grace)):
		return Leave, nil
	}
	return LeaveLate, nil
}

// CheckIn decides about somebody who says that they are there.
func CheckIn(c Class, r Rules, o Own, now time.Time) (Step, error) {
	switch {
	case c.Cancelled:
		return Stay, ErrCancelled
	case o.Holds != Booked:
		return Stay, ErrNotBooked
	case o.Present:
		return Stay, nil
	case now.Before(c.StartsAt.Add(-r.CheckInFrom)), now.After(c.StartsAt.Add(r.CheckInUntil)):
		return Stay, ErrNotNow
	}
	return Attend, nil
}
