// Package group keeps groups: who is in them, as what, and who gets to know.
//
// What holds:
//
//   - A public group is found and seen by every member, and who wants to is in it. A listed one is found and seen
//     by every member, and who wants to asks. An unlisted one is seen by every member who has its id, and found by
//     none; one gets in by an invite. A secret one is there for those inside and for nobody else: anybody outside
//     gets fault.NotFound, as for an id that was never issued, and gets in by an invite.
//   - Who was banned, and who blocked the group's owner or was blocked by them, gets fault.NotFound as well.
//   - Who is in a group shows to who is in it (privacy.Presence), under names as far as each shows them to that
//     viewer; a block hides two from each other here as everywhere. Elsewhere a membership shows where the member's own
//     setting says so (privacy.Groups), of groups that the viewer finds or is in.
//   - A membership has an id of its own, which says nothing of who it is. Whoever decides over a
//     membership names it by that, and so needs to know nobody's name.
//   - Roles: the owner, one; admins, whom the owner makes; coaches; members. A group is never without an
//     owner: owners don't leave, they hand the group over to one who takes it, or the group ends, with
//     their account at the latest.
//   - A member may grant a coach of the group fields of theirs, one coach by one. The coach sees these and nothing else by it; the
//     grant ends with either membership, the coach's role, the group or a block between the two, and for good.
//   - Being in a group opens nothing: its feed (package workout) and its boards hold what shows to the viewer anywhere.
//   - A challenge is a goal of the group for some days. Who takes part is nobody's to know but theirs: others see them by what they show of how
//     far they come, as on the group's board, after the end as well. It ends with the membership.
//   - Who is what is written by functions of the database, under a lock of the group, and asked anew at each read.
//
// Every method takes the db.Caller of the request and acts for who that proves to be. Errors are
// *fault.Error, or internal.
package group

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// Service reads and writes groups. Make one with New.
type Service struct {
	db      *db.DB
	ring    *seal.Ring
	members *member.Service
}

// New is a service on a database, with the ring that seals cursors, and the members who are in groups.
func New(d *db.DB, ring *seal.Ring, members *member.Service) *Service {
	return &Service{db: d, ring: ring, members: members}
}

// Kind is who finds a group, who sees it, and how one gets in.
type Kind string

// The kinds there are.
const (
	Public   Kind = "public"
	Listed   Kind = "listed"
	Unlisted Kind = "unlisted"
	Secret   Kind = "secret"
)

// Role is what somebody is to a group. Asking and Banned are outside.
type Role string

// The roles there are.
const (
	Asking Role = "asking"
	Member Role = "member"
	Coach  Role = "coach"
	Admin  Role = "admin"
	Owner  Role = "owner"
	Banned Role = "banned"
)

// Group is a group as one viewer gets it. It says nothing of anybody else.
type Group struct {
	ID          uuid.UUID
	Kind        Kind
	Name        string
	Description *string
	CreatedAt   time.Time
	Role        Role // the viewer's; empty for who is nothing to it
	Offered     bool // the owner offers it to the viewer

	inside, leads bool
}

// asMember runs fn in a transaction for a viewer who is signed in.
func (s *Service) asMember(ctx context.Context, c db.Caller, fn func(ctx context.Context, tx *db.Tx) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if tx.Viewer().Actor() != privacy.ActorSession {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		return fn(ctx, tx)
	})
}

// limit is one more than a page, which tells whether there is a next one.
func limit(r page.Request) int32 { return int32(min(r.Limit, 1000)) + 1 } //nolint:gosec // bounded by min

// newID is an id that tells nothing but when it was made.
func newID() (uuid.UUID, error) { return uuid.NewV7() }

func deref(role *string) Role {
	if role == nil {
		return ""
	}
	return Role(*role)
}
