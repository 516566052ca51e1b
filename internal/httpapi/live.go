package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/leaderboard"
)

// How a stream goes on. Nothing waits for its reader: each event is made when the one before it has been taken,
// and a reader who doesn't take one is let go of.
const (
	streamLife  = 15 * time.Minute
	streamTick  = time.Second      // between two looks
	streamPulse = 10 * time.Second // something is sent at least as often, to notice a reader who left
	slowReader  = 5 * time.Second  // to take what was sent
	streamClose = 2 * time.Second  // to give the place back
)

// PostProgress notes how far the caller is in a live class.
func (s *Server) PostProgress(c echo.Context, id dto.ScheduledClassID) error {
	var in dto.ClassProgress
	if err := bind(c, &in); err != nil {
		return err
	}
	p := leaderboard.Progress{OutputKJ: in.OutputKj, DistanceM: in.DistanceM, ElapsedS: in.ElapsedS}
	if err := s.Leaderboards.Post(c.Request().Context(), caller(c), id, p); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// CreateLiveTicket is what opens a stream.
func (s *Server) CreateLiveTicket(c echo.Context, id dto.ScheduledClassID) error {
	ticket, err := s.Leaderboards.Ticket(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusCreated, dto.LiveTicketBody(ticket))
}

// StreamLiveLeaderboard is the board of a live class, again whenever it has changed for this viewer.
func (s *Server) StreamLiveLeaderboard(c echo.Context, id dto.ScheduledClassID, p dto.StreamLiveLeaderboardParams) error {
	ctx, opener := c.Request().Context(), caller(c)
	ask := askOf(dto.GetClassLeaderboardParams{Metric: p.Metric, Followed: p.Followed, Gender: p.Gender, AgeBand: p.AgeBand})
	stream, err := s.Leaderboards.Open(ctx, opener, id, ask, p.Ticket)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), streamClose)
		defer cancel()
		if err := stream.Close(ctx, opener); err != nil {
			s.Observer.Fail(ctx, "a stream's place could not be given back", err) // it is free in 15 seconds
		}
	}()
	events := &eventWriter{c: c}
	if p.LastEventID != nil {
		events.id = *p.LastEventID
	}
	tick := time.NewTicker(streamTick)
	defer tick.Stop()
	for {
		as := stream.As(s.Now())
		c.Set(keyCaller, as) // who pays for whom the event shows
		entries, err := stream.Now(ctx, as)
		if err == nil {
			err = events.send(dto.LiveBody(entries))
		}
		switch {
		case err != nil && !events.began:
			return err
		case err != nil:
			s.ended(ctx, err)
			return nil
		case events.sent >= p.MaxEvents:
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		case <-s.Stopping:
			return nil
		}
	}
}

// ended tells why a stream ended that had begun: its answer can't say so any more.
func (s *Server) ended(ctx context.Context, err error) {
	if f := fault.Of(err); f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		s.report(context.WithoutCancel(ctx), noted{fault: f, cause: err})
	}
}

// eventWriter writes events, each with an id made of its bytes: what its viewer sees and nothing else.
type eventWriter struct {
	c     echo.Context
	id    string // of the last event that the reader has
	began bool
	sent  int
	wrote time.Time
}

// send sends an event, unless the reader has it already.
func (w *eventWriter) send(body dto.Body) error {
	encoded, err := paid(w.c, body)
	if err != nil {
		return err
	}
	hash := sha256.Sum256(encoded)
	id := base64.RawURLEncoding.EncodeToString(hash[:12])
	if id == w.id {
		if w.began && time.Since(w.wrote) < streamPulse { //nolint:forbidigo // a socket knows the real clock only
			return nil
		}
		return w.write([]byte(":\n\n"))
	}
	w.id = id
	w.sent++
	return w.write([]byte("id: " + id + "\nevent: leaderboard\ndata: " + string(encoded) + "\n\n"))
}

func (w *eventWriter) write(b []byte) error {
	if !w.began {
		w.began = true
		w.c.Response().Header().Set(echo.HeaderContentType, "text/event-stream")
	}
	w.wrote = time.Now() //nolint:forbidigo // likewise
	return sendPart(w.c, b, w.wrote.Add(slowReader))
}
