package workout

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording"
)

// importsAtOnce bounds how many recordings are in memory at a time, whatever the number of
// clients: a file at the limits takes tens of megabytes while it is parsed.
const importsAtOnce = 2

// Service is the feature. It keeps no state but the slots for imports and syncs.
type Service struct {
	db     *db.DB
	ring   *seal.Ring
	limits recording.Limits
	slots  chan struct{}
	queued func() // told when an import waits to be read
	syncs  chan struct{}
}

// New makes the service. The limits bound an imported file.
func New(d *db.DB, ring *seal.Ring, limits recording.Limits) *Service {
	return &Service{
		db: d, ring: ring, limits: limits,
		slots: make(chan struct{}, importsAtOnce), syncs: make(chan struct{}, syncsAtOnce), queued: func() {},
	}
}

// OnQueued has wake called whenever an import waits to be read. It is called before the service is
// used.
func (s *Service) OnQueued(wake func()) { s.queued = wake }

// self is the signed-in member in a transaction that writes: the one owner it may write for.
type self struct {
	id       uuid.UUID
	key      *seal.Key
	settings privacy.Settings
	grant    privacy.Grant
}

// readSelf refuses whoever isn't signed in.
func (s *Service) readSelf(ctx context.Context, tx *db.Tx) (self, error) {
	viewer := tx.Viewer().Member()
	if viewer == uuid.Nil {
		return self{}, fault.Unauthenticated("login_required", "sign in first")
	}
	row, err := query.New(tx).ReadSelf(ctx, viewer)
	if err != nil {
		return self{}, err
	}
	owner := db.Subject(row.Subject)
	grant, err := owner.Decide(tx)
	if err != nil {
		return self{}, err
	}
	if grant.Relation() != privacy.RelationSelf {
		return self{}, db.ErrDisagree
	}
	key, err := s.ring.Unwrap(viewer, owner.Wrapped)
	return self{id: viewer, key: key, settings: owner.Settings(), grant: grant}, err
}

// The places of sealed values: a part's, and one family's alone, of one workout.
func summaryAt(f privacy.Field, workout uuid.UUID) seal.Context {
	return seal.Context{Column: "workout_part.summary_sealed/" + f.String(), Row: workout}
}

func samplesAt(f privacy.Field, workout uuid.UUID) seal.Context {
	return seal.Context{Column: "workout_part.samples_sealed/" + f.String(), Row: workout}
}

func previewAt(f privacy.Field, workout uuid.UUID) seal.Context {
	return seal.Context{Column: "workout_part.preview_sealed/" + f.String(), Row: workout}
}

func digestAt(f privacy.Field, workout uuid.UUID) seal.Context {
	return seal.Context{Column: "workout_part.digest_sealed/" + f.String(), Row: workout}
}

func originalAt(id uuid.UUID) seal.Context {
	return seal.Context{Column: "original.content_sealed", Row: id}
}
