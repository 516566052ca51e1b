package group

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/group/query"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// Person is who somebody is, as far as they show it to the viewer: perhaps not at all.
type Person struct {
	ID          privacy.Guarded[uuid.UUID]
	Username    privacy.Guarded[string]
	DisplayName privacy.Guarded[string]
	HasAvatar   privacy.Guarded[bool]
}

// Membership is somebody in a group. Each has another owner, and so a grant of its own.
type Membership struct {
	Grant  privacy.Grant
	ID     privacy.Guarded[uuid.UUID] // of the membership
	Role   privacy.Guarded[Role]
	Since  privacy.Guarded[time.Time]
	Person Person

	id uuid.UUID
}

// Which are the memberships that a list holds.
type Which string

// Those inside, with names for those alone who lead: those who ask, and those who are banned.
const (
	WhoIsIn     Which = "in"
	WhoAsks     Which = "asking"
	WhoIsBanned Which = "banned"
)

var rolesOf = map[Which][]string{
	WhoIsIn:     {string(Member), string(Coach), string(Admin), string(Owner)},
	WhoAsks:     {string(Asking)},
	WhoIsBanned: {string(Banned)},
}

// Members lists who is in a group, for who is in it; who asks and who is banned, for who leads it. To
// everybody else the list is not there.
func (s *Service) Members(ctx context.Context, c db.Caller, id uuid.UUID, which Which, r page.Request) (page.Page[Membership], error) {
	var out page.Page[Membership]
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		g, err := inside(ctx, tx, id)
		if err != nil {
			return err
		}
		if which != WhoIsIn && !g.leads {
			return fault.NotFound()
		}
		r.Filter = strings.Join([]string{id.String(), string(which)}, " ")
		after, _, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListMembers(ctx, query.ListMembersParams{GroupID: id, Roles: rolesOf[which], After: after, Most: limit(r)})
		if err != nil {
			return err
		}
		found := make([]Membership, 0, len(rows))
		for _, row := range rows {
			m, err := membership(tx, row)
			if err != nil {
				return err
			}
			found = append(found, m)
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, found, func(m Membership) uuid.UUID { return m.id })
		return err
	})
	return out, err
}

// membership makes an entry of a row, which must be one that the policy shows: of somebody who is in a group with
// the viewer, or over whom the viewer decides.
func membership(tx *db.Tx, row query.ListMembersRow) (Membership, error) {
	outside := row.Role == string(Asking) || row.Role == string(Banned)
	g, err := db.Subject(row.Subject).DecideAs(tx, privacy.Among{Mate: row.Inside && (!outside || row.Leads)})
	if err != nil {
		return Membership{}, err
	}
	if !g.Shows(privacy.Presence) {
		return Membership{}, db.ErrDisagree
	}
	owner := g.Owner()
	return Membership{
		Grant:  g,
		ID:     privacy.Guard(owner, privacy.Presence, row.ID),
		Role:   privacy.Guard(owner, privacy.Presence, Role(row.Role)),
		Since:  privacy.Guard(owner, privacy.Presence, row.JoinedAt.UTC()),
		Person: personOf(owner, row.Username, row.DisplayName, row.HasAvatar),
		id:     row.ID,
	}, nil
}

func personOf(owner uuid.UUID, username, displayName string, hasAvatar bool) Person {
	return Person{
		ID:          privacy.Guard(owner, privacy.ID, owner),
		Username:    privacy.GuardOptional(owner, privacy.Username, privacy.Everyone, given(username)),
		DisplayName: privacy.GuardOptional(owner, privacy.DisplayName, privacy.Everyone, given(displayName)),
		HasAvatar:   privacy.GuardOptional(owner, privacy.Avatar, privacy.Everyone, given(hasAvatar)),
	}
}

// given is a value that is not the empty one.
func given[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}

func roleNeeded() error {
	return fault.Forbidden("role_needed", "your role in this group is not enough for that")
}
