package member

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
)

// Look makes of an owner's grant the grant that somebody else would have: the
// same policy, with their relation. Any other grant becomes one that opens
// nothing.
type Look func(own privacy.Grant) privacy.Grant

// View is the viewer's own profile through somebody else's eyes. Where Visible
// is false, they get fault.NotFound and there is no Profile.
type View struct {
	Look    Look
	Grant   privacy.Grant // the viewer's own, looked through
	Visible bool
	Profile Profile // opens with Grant
}

// eyes are whose a look is.
type eyes struct {
	look   Look
	lowest privacy.Audience // what a stranger's own relation to anybody else reaches
	member uuid.UUID        // who it is, if it is somebody in particular
}

// ViewAsRelation is the viewer's own profile as anybody with that relation gets
// it: anonymous, member or follower; others are fault.Invalid.
func (s *Service) ViewAsRelation(ctx context.Context, c db.Caller, r privacy.Relation) (View, error) {
	e := eyes{lowest: privacy.Members}
	var edge privacy.Edge
	switch r {
	case privacy.RelationAnonymous:
		e.lowest = privacy.Everyone
	case privacy.RelationMember:
	case privacy.RelationFollower:
		edge = privacy.EdgeFollower
	case privacy.RelationNone, privacy.RelationBlocked, privacy.RelationSelf:
		return View{}, fault.Invalid("no_such_relation", "look as anonymous, member or follower")
	}
	e.look = func(own privacy.Grant) privacy.Grant { return own.As(r, edge) }
	return s.viewAs(ctx, c, func(context.Context, *db.Tx) (eyes, error) { return e, nil })
}

// ViewAsMember is the viewer's own profile as a member gets it, by id or
// username. Who can't be found is fault.NotFound, but for those whom the viewer
// blocked and so knows.
//
// Of the viewer's followers, the count shows those whom any member can find:
// what there is between two others is not the viewer's to learn.
func (s *Service) ViewAsMember(ctx context.Context, c db.Caller, name string) (View, error) {
	return s.viewAs(ctx, c, func(ctx context.Context, tx *db.Tx) (eyes, error) {
		other, err := findOrBlocked(ctx, tx, db.ParseRef(name))
		if err != nil {
			return eyes{}, err
		}
		if other == tx.Viewer().Member() {
			return eyes{look: oneself, member: other}, nil
		}
		bits, err := query.New(tx).OwnEdge(ctx, other)
		edge := privacy.Edge(bits) //nolint:gosec // six bits
		return eyes{
			look:   func(own privacy.Grant) privacy.Grant { return own.AsMember(edge) },
			lowest: privacy.Members, member: other,
		}, err
	})
}

func oneself(own privacy.Grant) privacy.Grant {
	if own.Relation() != privacy.RelationSelf {
		return privacy.Grant{}
	}
	return own
}

func findOrBlocked(ctx context.Context, tx *db.Tx, who db.Ref) (uuid.UUID, error) {
	m, err := find(ctx, tx, who)
	if err == nil || fault.KindOf(err) != fault.KindNotFound {
		return m.Grant.Owner(), err
	}
	id, err := query.New(tx).FindBlocked(ctx, who.ID, who.Username)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, fault.NotFound()
	}
	return id, err
}

func (s *Service) viewAs(ctx context.Context, c db.Caller, whose func(context.Context, *db.Tx) (eyes, error)) (View, error) {
	var v View
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		e, err := whose(ctx, tx)
		if err != nil {
			return err
		}
		row, err := query.New(tx).ReadProfile(ctx, own)
		if err != nil {
			return err
		}
		mine, err := db.Subject(row.Subject).Decide(tx)
		if err != nil {
			return err
		}
		v.Look, v.Grant = e.look, e.look(mine)
		if v.Visible = v.Grant.Shows(privacy.Username); !v.Visible {
			return nil
		}
		if v.Grant.Relation() != privacy.RelationSelf {
			counts, err := query.New(tx).CountAs(ctx, int16(e.lowest), e.member)
			if err != nil {
				return err
			}
			row.Followers, row.Following = counts.Followers, counts.Following
		}
		v.Profile, err = s.guard(row, v.Grant, tx.Now())
		return err
	})
	return v, err
}
