package dto

import (
	"strings"

	ics "github.com/arran4/golang-ical"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// PlacesBody is the figures of a class's seats. They are nobody's.
func PlacesBody(p booking.Places) Body {
	out := ClassPlaces{Capacity: p.Capacity, Free: p.Free, Spots: []ClassSpot{}}
	for _, spot := range p.Spots {
		out.Spots = append(out.Spots, ClassSpot{Label: spot.Label, Taken: spot.Taken})
	}
	return bodyOf(out)
}

// BookingBody is a booking for its member. For anybody else there is no such body.
func BookingBody(b booking.Shown) Body {
	var s shower
	own := opened(s.by(b.Grant), b.Booking)
	if own == nil {
		return Body{}
	}
	return s.body(bookingModel(*own))
}

// BookingListBody is a page of a member's bookings, for themself.
func BookingListBody(items []privacy.Guarded[booking.Booking], next string, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	list := BookingList{Items: []Booking{}, NextCursor: unlessEmpty(next)}
	for _, item := range items {
		if b := opened(g, item); b != nil {
			list.Items = append(list.Items, bookingModel(*b))
		}
	}
	return s.body(list)
}

// BookingEndBody is what became of a booking that its member gave up.
func BookingEndBody(e privacy.Guarded[booking.Ended], grant privacy.Grant) Body {
	var s shower
	end := opened(s.by(grant), e)
	if end == nil {
		return Body{}
	}
	return s.body(BookingEnd{Cancelled: end.Cancelled, Late: end.Late})
}

func bookingModel(b booking.Booking) Booking {
	return Booking{
		ClassID: b.ClassID, State: BookingState(b.State), Spot: b.Spot, WaitlistPlace: b.PlaceInQueue, AskedAt: b.AskedAt, CheckedInAt: b.CheckedInAt,
		Title: b.Title, Discipline: b.Discipline, Instructor: b.Instructor, Studio: b.Studio, City: b.City,
		StartsAt: b.StartsAt, EndsAt: b.EndsAt, TimeZone: b.TimeZone, CancelUntil: b.CancelUntil,
	}
}

// CalendarFeedBody is that a member has a feed, for themself.
func CalendarFeedBody(c privacy.Guarded[booking.Calendar], grant privacy.Grant) Body {
	var s shower
	feed := opened(s.by(grant), c)
	if feed == nil {
		return Body{}
	}
	return s.body(CalendarFeed{MadeAt: feed.MadeAt})
}

// CalendarAddressBody is the address of a feed that its member has just made, this once.
func CalendarAddressBody(c privacy.Guarded[booking.Calendar], grant privacy.Grant) Body {
	var s shower
	feed := opened(s.by(grant), c)
	if feed == nil {
		return Body{}
	}
	return s.body(CalendarAddress{Path: "/v1/calendar/" + string(feed.Address) + feedEnding, MadeAt: feed.MadeAt})
}

const feedEnding = ".ics"

// FeedAddress is the address in the last part of a feed's path; empty for what is none.
func FeedAddress(file string) booking.Address {
	address, is := strings.CutSuffix(file, feedEnding)
	if !is {
		return ""
	}
	return booking.Address(address)
}

// FeedBody is a member's bookings as iCalendar (RFC 5545), for whoever has the feed's address. It is made of
// the bookings alone, so that its entity tag changes with them and with nothing else.
func FeedBody(events []privacy.Guarded[booking.Event], grant privacy.Grant) (Body, error) {
	var s shower
	g := s.by(grant)
	if !grant.Shows(privacy.Booking) {
		return Body{}, fault.NotFound()
	}
	cal := ics.NewCalendar()
	cal.SetProductId("-//Paceline//Bookings//EN")
	cal.SetName("Paceline")
	for _, one := range events {
		if e := opened(g, one); e != nil && e.State != booking.NotPromoted {
			addEvent(cal, *e)
		}
	}
	return Body{raw: []byte(cal.Serialize(ics.WithNewLineWindows)), shown: s.members}, nil
}

var eventStatus = map[booking.State]ics.ObjectStatus{
	booking.Waiting: ics.ObjectStatusTentative, booking.Removed: ics.ObjectStatusCancelled, booking.ClassCancelled: ics.ObjectStatusCancelled,
}

func addEvent(cal *ics.Calendar, e booking.Event) {
	event := cal.AddEvent(e.ClassID.String() + "@paceline")
	event.SetDtStampTime(e.Changed)
	event.SetModifiedAt(e.Changed)
	event.SetStartAt(e.StartsAt)
	event.SetEndAt(e.EndsAt)
	event.SetSummary(e.Title)
	var about []string
	if e.Instructor != nil {
		about = append(about, "With "+*e.Instructor)
	}
	if e.Spot != nil {
		about = append(about, *e.Spot)
	}
	if len(about) > 0 {
		event.SetDescription(strings.Join(about, "\n"))
	}
	if e.Studio != nil {
		place := *e.Studio
		if e.City != nil {
			place += ", " + *e.City
		}
		event.SetLocation(place)
	}
	status, other := eventStatus[e.State]
	if !other {
		status = ics.ObjectStatusConfirmed
	}
	event.SetStatus(status)
}
