package group

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/group/query"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// CoachGrant is what a member grants a coach, for that member alone.
type CoachGrant struct {
	Group     uuid.UUID
	GroupName string    // empty where the group is hidden from the member by now
	Coach     uuid.UUID // the coach's membership
	Fields    []string  // by their names in the privacy model, sorted
	GrantedAt time.Time
}

// Grant lets a coach of a group that both are in see some of the viewer's fields, and no others of those it let them
// see before. Minors don't grant what is of health or place, until the day they are 18.
func (s *Service) Grant(ctx context.Context, c db.Caller, coach uuid.UUID, fields []string) error {
	for _, name := range fields {
		if f, known := privacy.ParseField(name); !known || !f.Grantable() {
			return fault.Unprocessable("invalid_value", "this can't be granted", fault.At("/fields", "not_grantable", "give fields that can be granted to a coach"))
		}
	}
	fields = slices.Compact(slices.Sorted(slices.Values(fields)))
	if slices.ContainsFunc(fields, ofHealthOrPlace) {
		if err := s.members.ComeOfAge(ctx, c); err != nil {
			return err
		}
	}
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		minor, err := query.New(tx).OwnMinor(ctx)
		if err != nil {
			return err
		}
		if minor && slices.ContainsFunc(fields, ofHealthOrPlace) {
			return fault.Forbidden("minor_stays_private", "what is of health or place can be granted from 18 on")
		}
		return done(query.New(tx).GrantCoach(ctx, query.GrantCoachParams{Wanted: coach, Fields: fields, At: tx.Now()}))
	})
}

func ofHealthOrPlace(name string) bool {
	f, _ := privacy.ParseField(name)
	return f.OfHealthOrPlace()
}

// TakeBack ends what the viewer grants a coach. It binds the coach's next request.
func (s *Service) TakeBack(ctx context.Context, c db.Caller, coach uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return done(query.New(tx).GrantCoach(ctx, query.GrantCoachParams{Wanted: coach, At: tx.Now()}))
	})
}

// Grants lists what the viewer grants coaches, with the grant that the list stands under.
func (s *Service) Grants(ctx context.Context, c db.Caller, r page.Request) (page.Page[privacy.Guarded[CoachGrant]], privacy.Grant, error) {
	var out page.Page[privacy.Guarded[CoachGrant]]
	var grant privacy.Grant
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		after, _, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListCoachGrants(ctx, after, limit(r))
		if err != nil {
			return err
		}
		type entry struct {
			at uuid.UUID
			privacy.Guarded[CoachGrant]
		}
		found := make([]entry, 0, len(rows))
		for _, row := range rows {
			if grant, err = db.Subject(row.Subject).Decide(tx); err != nil {
				return err
			}
			if !grant.Shows(privacy.Coaching) {
				return db.ErrDisagree
			}
			found = append(found, entry{row.CoachID, privacy.Guard(grant.Owner(), privacy.Coaching, CoachGrant{
				Group: row.GroupID, GroupName: row.GroupName, Coach: row.CoachID, Fields: row.Fields, GrantedAt: row.GrantedAt.UTC(),
			})})
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, found, func(e entry) uuid.UUID { return e.at })
		for _, e := range cut.Items {
			out.Items = append(out.Items, e.Guarded)
		}
		out.Next = cut.Next
		return err
	})
	return out, grant, err
}

// Athletes lists those in a group who grant the viewer something as their coach, for who is in the group.
func (s *Service) Athletes(ctx context.Context, c db.Caller, id uuid.UUID, r page.Request) (page.Page[Membership], error) {
	r.Filter = id.String()
	var out page.Page[Membership]
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if _, err := inside(ctx, tx, id); err != nil {
			return err
		}
		after, _, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListAthletes(ctx, query.ListAthletesParams{GroupID: id, After: after, Most: limit(r)})
		if err != nil {
			return err
		}
		found := make([]Membership, 0, len(rows))
		for _, row := range rows {
			m, err := membership(tx, query.ListMembersRow(row))
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
