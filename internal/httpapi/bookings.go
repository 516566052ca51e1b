package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/dto"
)

// GetClassPlaces is how many seats of a class are free.
func (s *Server) GetClassPlaces(c echo.Context, id dto.ScheduledClassID) error {
	places, err := s.Bookings.Places(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.PlacesBody(places))
}

// GetBooking is the caller's booking of a class.
func (s *Server) GetBooking(c echo.Context, id dto.ScheduledClassID) error {
	b, err := s.Bookings.Read(c.Request().Context(), caller(c), id)
	return respondBooking(c, b, err)
}

// BookClass gives the caller a seat in a class, or puts them on the waitlist.
func (s *Server) BookClass(c echo.Context, id dto.ScheduledClassID, params dto.BookClassParams) error {
	var in dto.BookingWish
	if err := bind(c, &in); err != nil {
		return err
	}
	wish := booking.Wish{NoWaiting: in.Waitlist != nil && !*in.Waitlist, DryRun: is(params.DryRun)}
	if in.Spot != nil {
		wish.Spot = *in.Spot
	}
	b, err := s.Bookings.Book(c.Request().Context(), caller(c), id, wish)
	return respondBooking(c, b, err)
}

// CancelBooking gives up what the caller has of a class.
func (s *Server) CancelBooking(c echo.Context, id dto.ScheduledClassID, params dto.CancelBookingParams) error {
	end, grant, err := s.Bookings.Cancel(c.Request().Context(), caller(c), id, is(params.DryRun))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.BookingEndBody(end, grant))
}

// CheckIn says that the caller is there.
func (s *Server) CheckIn(c echo.Context, id dto.ScheduledClassID) error {
	var in dto.CheckIn
	if err := bind(c, &in); err != nil {
		return err
	}
	b, err := s.Bookings.CheckIn(c.Request().Context(), caller(c), id, in.Code)
	return respondBooking(c, b, err)
}

// ListBookings is the caller's bookings.
func (s *Server) ListBookings(c echo.Context, params dto.ListBookingsParams) error {
	past := params.When != nil && *params.When == dto.ListBookingsParamsWhenPast
	page, grant, err := s.Bookings.List(c.Request().Context(), caller(c), past, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.BookingListBody(page.Items, page.Next, grant))
}

// GetCalendarFeed says whether the caller has a calendar feed.
func (s *Server) GetCalendarFeed(c echo.Context) error {
	feed, grant, err := s.Bookings.Calendar(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.CalendarFeedBody(feed, grant))
}

// MakeCalendarFeed gives the caller a calendar feed at a new address.
func (s *Server) MakeCalendarFeed(c echo.Context) error {
	feed, grant, err := s.Bookings.MakeCalendar(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.CalendarAddressBody(feed, grant))
}

// EndCalendarFeed ends the caller's calendar feed.
func (s *Server) EndCalendarFeed(c echo.Context) error {
	if err := s.Bookings.EndCalendar(c.Request().Context(), caller(c)); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// ReadCalendarFeed is the feed at a secret address. Whoever else the request says it comes from is of no matter.
func (s *Server) ReadCalendarFeed(c echo.Context, file dto.CalendarFile, _ dto.ReadCalendarFeedParams) error {
	events, grant, err := s.Bookings.Feed(c.Request().Context(), db.WithCalendar(string(dto.FeedAddress(file)), caller(c).At()))
	if err != nil {
		return err
	}
	body, err := dto.FeedBody(events, grant)
	if err != nil {
		return err
	}
	return respondTaggedAs(c, http.StatusOK, "text/calendar; charset=utf-8", body)
}

func respondBooking(c echo.Context, b booking.Shown, err error) error {
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.BookingBody(b))
}

func is(flag *bool) bool { return flag != nil && *flag }
