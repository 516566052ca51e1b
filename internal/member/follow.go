package member

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/privacy"
)

// FollowState is what the viewer is to somebody whom they follow or asked to.
type FollowState string

// The states there are.
const (
	NotFollowing FollowState = "none"
	Requested    FollowState = "requested"
	IsFollowing  FollowState = "following"
)

func stateOf(own privacy.Edge) FollowState {
	switch {
	case own.Has(privacy.EdgeFollows):
		return IsFollowing
	case own.Has(privacy.EdgeAsks):
		return Requested
	default:
		return NotFollowing
	}
}

// step is one of the database's functions that write edges.
type step func(q *query.Queries, ctx context.Context, other uuid.UUID, at time.Time) (int16, error)

// Follow asks to follow a member; who asked or follows already stays as they are.
// Oneself is fault.Unprocessable, who can't be found fault.NotFound.
func (s *Service) Follow(ctx context.Context, c db.Caller, other uuid.UUID) (FollowState, error) {
	var state FollowState
	err := s.pair(ctx, c, other, func(ctx context.Context, tx *db.Tx, found bool, before privacy.Edge) error {
		if err := notOneself(tx, other); err != nil {
			return err
		}
		if !found {
			return fault.NotFound()
		}
		own, err := take(ctx, tx, (*query.Queries).AskToFollow, other)
		state = stateOf(own)
		if err != nil || stateOf(before) != NotFollowing {
			return err
		}
		return notice.Add(ctx, tx, notice.Notice{To: other, Kind: notice.FollowRequested})
	})
	return state, err
}

// Unfollow ends following a member, or takes the request back. It is possible
// when the member has hidden since; otherwise the hidden are fault.NotFound.
func (s *Service) Unfollow(ctx context.Context, c db.Caller, other uuid.UUID) error {
	return s.change(ctx, c, other, (*query.Queries).Unfollow, privacy.EdgeFollows|privacy.EdgeAsks)
}

// Approve makes a follower of a member who asked to be; a follower stays one.
// Without a request it gives fault.NotFound.
func (s *Service) Approve(ctx context.Context, c db.Caller, other uuid.UUID) error {
	return s.pair(ctx, c, other, func(ctx context.Context, tx *db.Tx, _ bool, before privacy.Edge) error {
		own, err := take(ctx, tx, (*query.Queries).ApproveFollower, other)
		if err == nil && !own.Has(privacy.EdgeFollower) {
			return fault.NotFound()
		}
		if err != nil || before.Has(privacy.EdgeFollower) {
			return err
		}
		return notice.Add(ctx, tx, notice.Notice{To: other, Kind: notice.FollowApproved})
	})
}

// RemoveFollower declines a request or removes a follower; a member who is
// neither stays as they are.
func (s *Service) RemoveFollower(ctx context.Context, c db.Caller, other uuid.UUID) error {
	return s.change(ctx, c, other, (*query.Queries).RemoveFollower, privacy.EdgeFollower|privacy.EdgeAsked)
}

// Block hides the viewer and whoever has the id from each other and ends the
// follows between them. It does the same for the hidden, for who blocked first, and
// for an id that nobody has. Oneself is fault.Unprocessable.
func (s *Service) Block(ctx context.Context, c db.Caller, other uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := notOneself(tx, other); err != nil {
			return err
		}
		_, err := take(ctx, tx, (*query.Queries).Block, other)
		return err
	})
}

// Unblock lifts a block of the viewer's; it brings no follow back.
func (s *Service) Unblock(ctx context.Context, c db.Caller, other uuid.UUID) error {
	return s.change(ctx, c, other, (*query.Queries).Unblock, privacy.EdgeBlocks)
}

// change takes a step that undoes some bits of the viewer's own side. Where
// there is nothing to undo, only a member whom the viewer can find is admitted.
// The database refuses a pair of one.
func (s *Service) change(ctx context.Context, c db.Caller, other uuid.UUID, undo step, bits privacy.Edge) error {
	return s.pair(ctx, c, other, func(ctx context.Context, tx *db.Tx, found bool, own privacy.Edge) error {
		if !found && !own.Has(bits) {
			return fault.NotFound()
		}
		_, err := take(ctx, tx, undo, other)
		return err
	})
}

// pair reads what the viewer may know of a member and their own side of the pair.
func (s *Service) pair(ctx context.Context, c db.Caller, other uuid.UUID,
	fn func(ctx context.Context, tx *db.Tx, found bool, own privacy.Edge) error,
) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		_, err := find(ctx, tx, db.RefTo(other))
		found := err == nil
		if !found && fault.KindOf(err) != fault.KindNotFound {
			return err
		}
		bits, err := query.New(tx).OwnEdge(ctx, other)
		if err != nil {
			return err
		}
		return fn(ctx, tx, found, privacy.Edge(bits)) //nolint:gosec // six bits
	})
}

// take takes a step at the request's moment, and gives the viewer's side after it.
func take(ctx context.Context, tx *db.Tx, do step, other uuid.UUID) (privacy.Edge, error) {
	bits, err := do(query.New(tx), ctx, other, tx.Now())
	return privacy.Edge(bits), err //nolint:gosec // six bits
}

func notOneself(tx *db.Tx, other uuid.UUID) error {
	if other == tx.Viewer().Member() {
		return fault.Unprocessable("yourself", "this can't be done to yourself")
	}
	return nil
}
