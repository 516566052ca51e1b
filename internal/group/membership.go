package group

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/group/query"
)

// Join lets the viewer into a public group, or asks the admins of a listed one; it gives the group as it is then.
func (s *Service) Join(ctx context.Context, c db.Caller, id uuid.UUID) (Group, error) {
	var g Group
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		came, err := query.New(tx).JoinGroup(ctx, query.JoinGroupParams{Wanted: id, Membership: uuid.New(), At: tx.Now()})
		if err = done(came, err); err == nil {
			g, err = read(ctx, tx, id)
		}
		return err
	})
	return g, err
}

// Leave ends the viewer's membership, or takes their request back. An owner stays.
func (s *Service) Leave(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return done(query.New(tx).LeaveGroup(ctx, id))
	})
}

// SetRole approves who asks, changes what somebody is, or bans them, by the id of their membership. Only the owner
// makes admins and decides over them.
func (s *Service) SetRole(ctx context.Context, c db.Caller, membership uuid.UUID, to Role) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return done(query.New(tx).SetRole(ctx, query.SetRoleParams{Wanted: membership, ToRole: string(to), At: tx.Now()}))
	})
}

// Remove declines who asks, removes who is inside, or forgives who is banned.
func (s *Service) Remove(ctx context.Context, c db.Caller, membership uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return done(query.New(tx).RemoveMembership(ctx, membership))
	})
}

// Offer offers a group that the viewer owns to somebody in it, in the place of any offer before; to nobody, if
// membership is not valid.
func (s *Service) Offer(ctx context.Context, c db.Caller, id uuid.UUID, membership uuid.NullUUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return done(query.New(tx).OfferGroup(ctx, id, membership))
	})
}

// Take makes the viewer the owner of a group that is offered to them. Who owned it stays as an admin.
func (s *Service) Take(ctx context.Context, c db.Caller, id uuid.UUID) (Group, error) {
	var g Group
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		err := done(query.New(tx).TakeGroup(ctx, id, tx.Now()))
		if err == nil {
			g, err = read(ctx, tx, id)
		}
		return err
	})
	return g, err
}

// done is what came of a step that either is done or is refused.
func done(came string, err error) error {
	if err != nil {
		return err
	}
	return outcome(came)
}

// outcome is the refusal that the database's word stands for.
func outcome(came string) error {
	switch came {
	case "role_needed":
		return roleNeeded()
	case "invite_needed":
		return fault.Forbidden("invite_needed", "one gets into this group by an invite")
	case "not_offered":
		return fault.Forbidden("not_offered", "this group is not offered to you")
	case "owner_stays":
		return fault.Conflict("owner_stays", "hand the group over, or end it, before you leave")
	case "banned":
		return fault.Conflict("banned", "lift the ban first; they can join again then")
	case "too_many_groups":
		return fault.Conflict("too_many_groups", "you are in 100 groups or own 20, which is as many as there may be")
	case "group_full":
		return fault.Conflict("group_full", "the group has 5000 members, which is as many as there may be")
	case "not_a_coach":
		return fault.Conflict("not_a_coach", "who has this membership is no coach of the group, or is you")
	case "too_many_grants":
		return fault.Conflict("too_many_grants", "you grant 100 coaches something, which is as many as there may be; take a grant back first")
	case "too_many_invites":
		return fault.Conflict("too_many_invites", "the group has as many invites as there may be; revoke one first")
	case "too_many_challenges":
		return fault.Conflict("too_many_challenges", "the group has as many challenges as there may be; end one first")
	case "challenge_begun":
		return fault.Conflict("challenge_begun", "the challenge has begun and stays as it is; end it, or let it go on")
	case "challenge_over":
		return fault.Conflict("challenge_over", "the challenge is over")
	case "no_such_membership":
		return fault.Unprocessable("no_such_membership", "there is nobody with this membership in the group",
			fault.At("/membership_id", "no_such_membership", "give the id of a membership in this group that is not yours"))
	case "done", "left", string(Asking), string(Member), string(Coach), string(Admin), string(Owner):
		return nil
	default:
		return errors.New("group: the database says something else")
	}
}
