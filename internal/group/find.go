package group

import (
	"context"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/group/query"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// Read is a group that the viewer may know of; fault.NotFound for any other.
func (s *Service) Read(ctx context.Context, c db.Caller, id uuid.UUID) (Group, error) {
	var g Group
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		g, err = read(ctx, tx, id)
		return err
	})
	return g, err
}

func read(ctx context.Context, tx *db.Tx, id uuid.UUID) (Group, error) {
	row, err := query.New(tx).ReadGroup(ctx, id)
	if err != nil {
		return Group{}, err
	}
	g := Group{
		ID: row.ID, Kind: Kind(row.Kind), Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt.UTC(),
		Role: deref(row.Role), Offered: row.Offered, inside: row.Inside, leads: row.Leads,
	}
	return g, checked(tx, g, row.SeenBy)
}

// checked: the row was read for this viewer, and is one that they may know of.
func checked(tx *db.Tx, g Group, seenBy uuid.UUID) error {
	if seenBy != tx.Viewer().Member() {
		return privacy.ErrWrongViewer
	}
	if g.Role == Banned || g.Kind == Secret && (g.Role == "" || g.Role == Asking) {
		return db.ErrDisagree
	}
	return nil
}

// inside is a group that the viewer is in. Who is not gets fault.NotFound: what is inside is not there for them.
func inside(ctx context.Context, tx *db.Tx, id uuid.UUID) (Group, error) {
	g, err := read(ctx, tx, id)
	if err == nil && !g.inside {
		err = fault.NotFound()
	}
	return g, err
}

// place is where a group stands in a list by name.
type place struct {
	Name string    `json:"n"`
	ID   uuid.UUID `json:"i"`
}

// Find lists the groups that every member finds, the public and the listed ones, whose name starts with a
// text, by name. Case, width and spaces don't matter.
func (s *Service) Find(ctx context.Context, c db.Caller, text string, r page.Request) (page.Page[Group], error) {
	prefix := member.SearchName(text)
	r.Filter = prefix
	var out page.Page[Group]
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		after, _, err := page.After[place](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).FindGroups(ctx, query.FindGroupsParams{
			Low: prefix, High: prefix + string(utf8.MaxRune), AfterName: after.Name, AfterID: after.ID, Most: limit(r),
		})
		if err != nil {
			return err
		}
		type hit struct {
			Group
			at place
		}
		hits := make([]hit, 0, len(rows))
		for _, row := range rows {
			g := Group{
				ID: row.ID, Kind: Kind(row.Kind), Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt.UTC(),
				Role: deref(row.Role), Offered: row.Offered,
			}
			if err := checked(tx, g, row.SeenBy); err != nil {
				return err
			}
			hits = append(hits, hit{g, place{row.SearchName, row.ID}})
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, hits, func(h hit) place { return h.at })
		for _, h := range cut.Items {
			out.Items = append(out.Items, h.Group)
		}
		out.Next = cut.Next
		return err
	})
	return out, err
}

// Own lists the groups that the viewer is in, or asks to be in.
func (s *Service) Own(ctx context.Context, c db.Caller, r page.Request) (page.Page[Group], error) {
	var out page.Page[Group]
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		after, _, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListOwnGroups(ctx, after, limit(r))
		if err != nil {
			return err
		}
		found := make([]Group, 0, len(rows))
		for _, row := range rows {
			g := Group{
				ID: row.ID, Kind: Kind(row.Kind), Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt.UTC(),
				Role: deref(row.Role), Offered: row.Offered,
			}
			if err := checked(tx, g, row.SeenBy); err != nil {
				return err
			}
			found = append(found, g)
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, found, func(g Group) uuid.UUID { return g.ID })
		return err
	})
	return out, err
}

// Of lists the groups that a member shows on their profile, each as the viewer gets it, with the grant that the
// list stands under. Who can't be found, and who hides the list, is fault.NotFound.
func (s *Service) Of(ctx context.Context, c db.Caller, name string, r page.Request) (page.Page[privacy.Guarded[Group]], privacy.Grant, error) {
	var out page.Page[privacy.Guarded[Group]]
	var grant privacy.Grant
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		who := db.ParseRef(name)
		row, err := query.New(tx).FindOwner(ctx, who.ID, who.Username)
		if err != nil {
			return err
		}
		if grant, err = db.Subject(row.Subject).Decide(tx); err != nil {
			return err
		}
		if !grant.Shows(privacy.Username) || !grant.Shows(privacy.Groups) {
			return fault.NotFound()
		}
		owner := grant.Owner()
		r.Filter = owner.String()
		after, _, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListGroupsOf(ctx, query.ListGroupsOfParams{Owner: owner, After: after, Most: limit(r)})
		if err != nil {
			return err
		}
		type entry struct {
			id uuid.UUID
			privacy.Guarded[Group]
		}
		found := make([]entry, 0, len(rows))
		for _, row := range rows {
			now, err := db.Subject(row.Subject).Decide(tx)
			if err != nil {
				return err
			}
			g := Group{
				ID: row.ID, Kind: Kind(row.Kind), Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt.UTC(),
				Role: deref(row.Role), Offered: row.Offered,
			}
			if err := checked(tx, g, row.Subject.SeenBy); err != nil {
				return err
			}
			if now.Owner() != owner || !now.Shows(privacy.Groups) || g.Kind != Public && g.Kind != Listed && !row.Inside {
				return db.ErrDisagree
			}
			found = append(found, entry{row.ID, privacy.Guard(owner, privacy.Groups, g)})
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, found, func(e entry) uuid.UUID { return e.id })
		for _, e := range cut.Items {
			out.Items = append(out.Items, e.Guarded)
		}
		out.Next = cut.Next
		return err
	})
	return out, grant, err
}
