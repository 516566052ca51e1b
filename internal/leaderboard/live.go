package leaderboard

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/leaderboard/query"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

// What streams may take. A ticket is used within its minute; of a member's streams and of all, of every replica
// together, so many are open at a time.
const (
	ticketLife     = time.Minute
	streamsMember  = 4
	streamsTotal   = 1000
	liveShown      = 20  // of the best, and the viewer
	liveFiltered   = 500 // of the best who fit a filter's fields, to look through
	maxProgressKJ  = 50000
	maxProgressM   = 5000000
	maxWattsOfBody = 2500
)

// Progress is how far a rider is in a live class.
type Progress struct {
	OutputKJ, DistanceM float64
	ElapsedS            int
}

// Post notes the viewer's own progress. What a paired console posts is ranked; what comes later than what
// was posted already changes nothing. NotFound for a class that there isn't, Conflict for one that isn't on.
func (s *Service) Post(ctx context.Context, c db.Caller, class uuid.UUID, p Progress) error {
	if p.OutputKJ*1000 > float64(p.ElapsedS+1)*maxWattsOfBody {
		return fault.Unprocessable("too_much_work", "nobody does that much work in that time",
			fault.At("/output_kj", "too_much_work", "is more than 2500 watts all the time"))
	}
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if tx.Viewer().Member() == uuid.Nil {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		outcome, err := query.New(tx).PostProgress(ctx, query.PostProgressParams{
			Class: class, Output: int64(min(p.OutputKJ, maxProgressKJ) * unit), Distance: int64(min(p.DistanceM, maxProgressM) * unit),
			Elapsed: int32(p.ElapsedS), Now: tx.Now(), //nolint:gosec // bounded by the contract
		})
		switch {
		case err != nil:
			return err
		case outcome == "absent":
			return fault.NotFound()
		case outcome != "posted":
			return fault.Conflict("class_not_live", "the class isn't on")
		}
		return nil
	})
}

// Ticket is on its way to whom it is for. It can't be printed or logged.
type Ticket struct {
	text  string
	Until time.Time
}

// Reveal is the ticket itself.
func (t Ticket) Reveal() string { return t.text }

// LogValue shows nothing of it.
func (Ticket) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Format shows nothing of it.
func (Ticket) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }

// Ticket makes what opens a stream of a live class once, within a minute, for the session that asks. What is kept
// of it is a hash.
func (s *Service) Ticket(ctx context.Context, c db.Caller, class uuid.UUID) (Ticket, error) {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	t := Ticket{text: "pl_lt_" + base64.RawURLEncoding.EncodeToString(secret[:]), Until: c.At().Add(ticketLife)}
	hash := sha256.Sum256([]byte(t.text))
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := (Board{ID: class, Scheduled: true}).known(ctx, tx, q); err != nil {
			return err
		}
		added, err := q.AddTicket(ctx, query.AddTicketParams{
			Hash: hash[:], Session: tx.Viewer().Session(), Class: class, Now: tx.Now(), Until: t.Until,
		})
		if err == nil && !added {
			err = fault.Conflict("too_many_tickets", "use the tickets that you have, or wait a minute")
		}
		return err
	})
	return t, err
}

// Stream is an open stream of a live class. What opened it is used up; from now on it is what the stream asks by.
type Stream struct {
	s      *Service
	class  uuid.UUID
	ask    Ask
	ticket string
}

// Open uses a ticket up. Unauthenticated for one that isn't one of this class, or no longer; TooMany while
// too many streams are open.
func (s *Service) Open(ctx context.Context, c db.Caller, class uuid.UUID, ask Ask, ticket string) (*Stream, error) {
	hash := sha256.Sum256([]byte(ticket))
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		outcome, err := query.New(tx).OpenLive(ctx, query.OpenLiveParams{
			Hash: hash[:], Class: class, Now: tx.Now(), AMember: streamsMember, InTotal: streamsTotal,
		})
		switch {
		case err != nil:
			return err
		case outcome == "full":
			return fault.Unavailable("too_many_streams", "too many streams are open; close one, or try again", time.Minute)
		case outcome != "opened":
			return fault.Unauthenticated("invalid_ticket", "the ticket is not one of this class, or no longer")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Stream{s: s, class: class, ask: ask, ticket: ticket}, nil
}

// As is who the stream asks as at a moment.
func (l *Stream) As(at time.Time) db.Caller { return db.WithTicket(l.ticket, at) }

// Close gives the stream's place back.
func (l *Stream) Close(ctx context.Context, c db.Caller) error {
	hash := sha256.Sum256([]byte(l.ticket))
	return l.s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).CloseLive(ctx, hash[:])
	})
}

// LivePlace is how far a rider is, and where among those whom the viewer sees.
type LivePlace struct {
	Rank     int64 // 0: not ranked, because no console signed it
	Progress Progress
}

// LiveEntry is a rider of a live class, closed.
type LiveEntry struct {
	Rider Rider
	Place privacy.Guarded[LivePlace]
}

// Now is the board as the stream's viewer may see it at a moment, decided in the statement that reads it.
// Unauthenticated once the session has ended. The caller is As.
func (l *Stream) Now(ctx context.Context, c db.Caller) ([]LiveEntry, error) {
	f := l.ask.Filter
	asked := query.ReadLiveParams{
		Class: l.class, Metric: int16(l.ask.Metric), Followed: f.Followed, Gendered: f.gendered(), Aged: f.aged(), Most: liveShown,
	}
	narrowed := asked.Gendered || asked.Aged
	if narrowed {
		asked.Most = liveFiltered
	}
	var out []LiveEntry
	err := l.s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		out = nil
		rows, err := query.New(tx).ReadLive(ctx, asked)
		if err != nil {
			return err
		}
		var fitting, place, rank int64
		for _, row := range rows {
			r, err := liveRider(tx, row)
			if err != nil {
				return err
			}
			fits, err := f.Fit(l.s.ring, liveSubject(row), r.Grant, member.Sealed{Gender: row.GenderSealed, BirthDate: row.BirthDateSealed}, tx.Now())
			if err != nil {
				return err
			}
			if !fits {
				continue
			}
			fitting++
			switch {
			case !narrowed || row.Place == 0:
				rank = row.Place
			case row.Place != place: // who has the same place of all has the same rank of these
				place, rank = row.Place, fitting
			}
			if fitting <= liveShown || r.Grant.Relation() == privacy.RelationSelf {
				out = append(out, liveEntry(r, row, rank))
			}
		}
		return nil
	})
	return out, err
}

// liveRider is the owner of a row that the policy confirms. There is no workout yet: it shows as the owner's next
// one would.
func liveRider(tx *db.Tx, row query.LiveRow) (Rider, error) {
	r, err := rider(tx, liveSubject(row), row.Username, row.DisplayName, row.HasAvatar)
	if err != nil {
		return Rider{}, err
	}
	audience := db.Audience(row.Audience)
	if !r.Grant.ShowsWithin(privacy.Leaderboard, audience) || !r.Grant.ShowsWithin(privacy.Workout, audience) {
		return Rider{}, db.ErrDisagree
	}
	return r, nil
}

func liveEntry(r Rider, row query.LiveRow, rank int64) LiveEntry {
	place := LivePlace{Rank: rank, Progress: Progress{
		OutputKJ: float64(row.OutputJ) / unit, DistanceM: float64(row.DistanceMm) / unit, ElapsedS: int(row.ElapsedS),
	}}
	return LiveEntry{Rider: r, Place: privacy.GuardWithin(r.Grant.Owner(), privacy.Leaderboard, db.Audience(row.Audience), place)}
}

func liveSubject(row query.LiveRow) db.Subject {
	return db.Subject{
		MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
		Audiences: row.Audiences, Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
	}
}
