package social

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/social/query"
)

// What a member does at most within a day. A person likes some dozens and writes a few; what is more
// is no person.
const (
	day            = 24 * time.Hour
	likesADay      = 1000
	commentsADay   = 200
	comeBackBehind = time.Hour
)

// Service reads and writes likes and comments. Make one with New.
type Service struct {
	db   *db.DB
	ring *seal.Ring
}

// New is a service on a database, with the ring that seals cursors.
func New(d *db.DB, ring *seal.Ring) *Service { return &Service{db: d, ring: ring} }

// head is the workout that all of a request is about.
type head struct {
	id       uuid.UUID
	grant    privacy.Grant // its owner's
	audience privacy.Audience
}

// readHead is a workout that the viewer may see, or fault.NotFound.
func readHead(ctx context.Context, tx *db.Tx, id uuid.UUID) (head, error) {
	row, err := query.New(tx).ReadHead(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return head{}, fault.NotFound()
	}
	if err != nil {
		return head{}, err
	}
	return decideHead(tx, row.ID, row.Audience, row.Subject)
}

// decideHead asks the policy whether the workout shows.
func decideHead(tx *db.Tx, id uuid.UUID, audience int16, owner query.Subject) (head, error) {
	g, err := db.Subject(owner).Decide(tx)
	if err != nil {
		return head{}, err
	}
	h := head{id: id, grant: g, audience: db.Audience(audience)}
	if !g.ShowsWithin(privacy.Workout, h.audience) {
		return head{}, fault.NotFound()
	}
	return h, nil
}

// below runs fn for a workout that the viewer may see.
func (s *Service) below(ctx context.Context, c db.Caller, workout uuid.UUID, fn func(ctx context.Context, tx *db.Tx, h head) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		h, err := readHead(ctx, tx, workout)
		if err != nil {
			return err
		}
		return fn(ctx, tx, h)
	})
}

// write is below for who is signed in.
func (s *Service) write(ctx context.Context, c db.Caller, workout uuid.UUID, fn func(ctx context.Context, tx *db.Tx, h head) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		h, err := readHead(ctx, tx, workout)
		if err != nil {
			return err
		}
		return fn(ctx, tx, h)
	})
}

func signedIn(tx *db.Tx) error {
	if !tx.Viewer().SignedIn() {
		return fault.Unauthenticated("login_required", "sign in first")
	}
	return nil
}

// within refuses who did as many already within a day; their writes follow one another.
func within(ctx context.Context, tx *db.Tx, most int64, count func(q *query.Queries, ctx context.Context, since time.Time) (int64, error)) error {
	q := query.New(tx)
	if err := q.LockOwn(ctx); err != nil {
		return err
	}
	n, err := count(q, ctx, tx.Now().Add(-day))
	if err == nil && n >= most {
		err = fault.TooMany(comeBackBehind)
	}
	return err
}

// moment is the key of a list by time.
type moment struct {
	At time.Time
	ID uuid.UUID
}

// never is after all that is in a list.
var never = moment{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: uuid.Max}

// limit is a page and one row more.
func limit(r page.Request) int32 { return int32(r.Limit) + 1 } //nolint:gosec // at most a hundred
