package dto

import "github.com/paceline/paceline/internal/booking"

// RosterBody is who comes to a class, for the class manager whom the feature found on duty. It notes
// nobody as shown: the roster is the staff's, and no way to read members.
func RosterBody(r booking.Roster) Body {
	out := Roster{Code: r.Code, Items: []RosterLine{}}
	for _, e := range r.Rides {
		line := RosterLine{Turn: e.Turn, Username: e.Username, Waiting: e.Waiting, Spot: e.Spot, CheckedInAt: e.CheckedInAt}
		if e.Attendance != nil {
			line.Attendance = new(Attended(*e.Attendance))
		}
		out.Items = append(out.Items, line)
	}
	return bodyOf(out)
}

// BookingRulesBody is the rules of booking, for a class manager.
func BookingRulesBody(r booking.Rules) Body {
	return bodyOf(BookingRules{
		PerDay: r.PerDay, PerWeek: r.PerWeek, Waitlist: r.Queue, Strikes: r.Strikes, WithinDays: r.WithinDays, ClosedDays: r.ClosedDays,
		CheckInFromS: r.CheckInFromS, CheckInUntilS: r.CheckInUntilS,
	})
}

// Rules are those that a request sets.
func (r BookingRules) Rules() booking.Rules {
	return booking.Rules{
		PerDay: r.PerDay, PerWeek: r.PerWeek, Queue: r.Waitlist, Strikes: r.Strikes, WithinDays: r.WithinDays, ClosedDays: r.ClosedDays,
		CheckInFromS: r.CheckInFromS, CheckInUntilS: r.CheckInUntilS,
	}
}
