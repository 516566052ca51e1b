package seat

import "github.com/paceline/paceline/internal/fault"

// The refusals, each with a code that clients may rely on.
var (
	ErrCancelled   = fault.Conflict("class_cancelled", "the class is cancelled")
	ErrStarted     = fault.Conflict("class_started", "the class has begun")
	ErrNotOpen     = fault.Conflict("booking_not_open", "booking is not open yet")
	ErrFull        = fault.Conflict("class_full", "every seat is taken")
	ErrQueueClosed = fault.Conflict("waitlist_closed", "every seat is taken, and nobody can be put on the waitlist any more")
	ErrSpotTaken   = fault.Conflict("spot_taken", "somebody has this spot")
	ErrOverlap     = fault.Conflict("overlapping_booking", "you have booked, or wait for, a class at the same time")
	ErrPerDay      = fault.Conflict("day_cap_reached", "you have as many bookings on this day as one may have")
	ErrPerWeek     = fault.Conflict("week_cap_reached", "you have as many bookings in this week as one may have")
	ErrClosed      = fault.Forbidden("booking_closed_to_you", "you cancelled late or stayed away too often; booking is closed to you for a while")
	ErrNotBooked   = fault.Conflict("not_booked", "you have no seat in this class")
	ErrNotNow      = fault.Conflict("check_in_not_now", "check-in is open around the start of the class")
	ErrUnknownSpot = fault.Unprocessable("unknown_spot", "there is no such spot", fault.At("/spot", "unknown_spot", "is no spot of this studio"))
)
