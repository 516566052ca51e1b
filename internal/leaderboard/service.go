package leaderboard

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/leaderboard/query"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// Service is the feature. It keeps no state.
type Service struct {
	db   *db.DB
	ring *seal.Ring
}

// New makes the service.
func New(d *db.DB, ring *seal.Ring) *Service { return &Service{db: d, ring: ring} }

// Board is a class, or a scheduled class.
type Board struct {
	ID        uuid.UUID
	Scheduled bool
}

// known is NotFound for a board that the viewer can't see, and Unauthenticated for nobody.
func (b Board) known(ctx context.Context, tx *db.Tx, q *query.Queries) error {
	if tx.Viewer().Member() == uuid.Nil {
		return fault.Unauthenticated("login_required", "sign in first")
	}
	look := q.KnowsClass
	if b.Scheduled {
		look = q.KnowsScheduled
	}
	known, err := look(ctx, b.ID)
	if err == nil && !known {
		err = fault.NotFound()
	}
	return err
}

// Rider is who has a place, by the fields of their profile, with the grant for them.
type Rider struct {
	Grant       privacy.Grant
	ID          privacy.Guarded[uuid.UUID]
	Username    privacy.Guarded[string]
	DisplayName privacy.Guarded[string]
	HasAvatar   privacy.Guarded[bool]
}

// rider is the owner of a row; a name that isn't there stays closed.
func rider(tx *db.Tx, of db.Subject, username, displayName *string, hasAvatar bool) (Rider, error) {
	g, err := of.Decide(tx)
	if err != nil {
		return Rider{}, err
	}
	owner := g.Owner()
	r := Rider{
		Grant:       g,
		ID:          privacy.Guard(owner, privacy.ID, owner),
		Username:    privacy.GuardOptional(owner, privacy.Username, privacy.Everyone, username),
		DisplayName: privacy.GuardOptional(owner, privacy.DisplayName, privacy.Everyone, displayName),
	}
	if hasAvatar {
		r.HasAvatar = privacy.Guard(owner, privacy.Avatar, true)
	}
	return r, nil
}
