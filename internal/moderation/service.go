package moderation

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// How much and how long.
const (
	mostReports = 30 // of one member in a day
	// MostDays is the longest that a member can be muted or kept out by one decision.
	MostDays = 365
	// KeepDecided is how long evidence is kept once a case is decided, for appeals; KeepOpen how
	// long it is kept of what nobody decides.
	KeepDecided = 90 * 24 * time.Hour
	KeepOpen    = 180 * 24 * time.Hour
)

// What is sealed, for whom.
const (
	evidencePurpose = "moderation evidence"
	wordsPurpose    = "moderation words"
	appealPurpose   = "moderation appeal"
)

var duty = db.Duty{Of: privacy.Moderator}

// Service is reports and what becomes of them.
type Service struct {
	db      *db.DB
	ring    *seal.Ring
	observe *observe.Observer
}

// New makes the service.
func New(d *db.DB, ring *seal.Ring, o *observe.Observer) *Service { return &Service{d, ring, o} }

// open opens what was sealed. Of a key that was taken out of the ring it is nothing: the rest is there
// to be decided on.
func open[T any](ctx context.Context, s *Service, purpose string, ad, sealed []byte) (out T, err error) {
	out, err = seal.OpenSystemValue[T](s.ring, purpose, ad, sealed)
	if lacks, is := errors.AsType[*seal.UnknownKeyError](err); is {
		s.observe.Fail(ctx, "what was reported was sealed by a key that the ring lacks", lacks)
		return out, nil
	}
	return out, err
}

// Reason is why something is reported.
type Reason string

// Action is what a moderator decides.
type Action string

// The actions there are.
const (
	Dismiss Action = "dismiss"
	Warn    Action = "warn"
	Hide    Action = "hide"
	Mute    Action = "mute"
	Suspend Action = "suspend"
)

// position is where a list goes on.
type position struct {
	At time.Time
	ID uuid.UUID
}

var newest = position{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), uuid.Max}

// from is where a page begins: at the cursor, or else at the start given.
func (s *Service) from(tx *db.Tx, r page.Request, start position) (position, error) {
	at, more, err := page.After[position](s.ring, tx.Viewer(), r)
	if err != nil || more {
		return at, err
	}
	return start, nil
}

func oneMore(limit int) int32 { return int32(max(0, min(limit, math.MaxInt32-1)) + 1) }

// signedIn refuses who isn't.
func signedIn(tx *db.Tx) error {
	if tx.Viewer().Member() == uuid.Nil {
		return fault.Unauthenticated("login_required", "sign in first")
	}
	return nil
}
