package group

import (
	"context"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/group/query"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/text"
)

// Entry is a group to be made.
type Entry struct {
	Kind        Kind
	Name        string  // 1 to 60 characters on a line
	Description *string // 1 to 1000 characters
}

// Patch is an edit of a group; what is nil stays. An empty description takes it away.
type Patch struct {
	Kind        *Kind // the owner's to change
	Name        *string
	Description *string
}

// Create makes a group that the viewer owns. With a key, the SHA-256 of the client's, a repeat makes none and gives
// the one that it made before.
func (s *Service) Create(ctx context.Context, c db.Caller, e Entry, key []byte) (Group, error) {
	if err := check(e.Name, e.Description); err != nil {
		return Group{}, err
	}
	var g Group
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		id, err := newID()
		if err != nil {
			return err
		}
		id, err = query.New(tx).MakeGroup(ctx, query.MakeGroupParams{
			Made: id, Membership: uuid.New(), OfKind: string(e.Kind), Called: e.Name, Search: member.SearchName(e.Name),
			Description: e.Description, KeyHash: key, At: tx.Now(),
		})
		if err != nil {
			return err
		}
		if id == uuid.Nil {
			return outcome("too_many_groups")
		}
		g, err = read(ctx, tx, id)
		return err
	})
	return g, err
}

// Edit changes a group for who leads it, and gives it as it is then. matches is asked about the group as it was,
// which nobody else can edit any more; its error ends the edit.
func (s *Service) Edit(ctx context.Context, c db.Caller, id uuid.UUID, p Patch, matches func(Group) error) (Group, error) {
	var g Group
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := q.LockGroup(ctx, id); err != nil {
			return err
		}
		was, err := read(ctx, tx, id)
		if err != nil {
			return err
		}
		if !was.leads || p.Kind != nil && *p.Kind != was.Kind && was.Role != Owner {
			return roleNeeded()
		}
		if err := matches(was); err != nil {
			return err
		}
		next := was
		if p.Kind != nil {
			next.Kind = *p.Kind
		}
		if p.Name != nil {
			next.Name = *p.Name
		}
		if p.Description != nil {
			next.Description = given(*p.Description)
		}
		if err := check(next.Name, next.Description); err != nil {
			return err
		}
		changed, err := q.EditGroup(ctx, query.EditGroupParams{
			ID: id, Kind: string(next.Kind), Name: next.Name, SearchName: member.SearchName(next.Name), Description: next.Description,
		})
		if err != nil {
			return err
		}
		if changed != 1 {
			return fault.NotFound()
		}
		g, err = read(ctx, tx, id)
		return err
	})
	return g, err
}

// End ends a group that the viewer owns, with all that hangs on it.
func (s *Service) End(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return done(query.New(tx).EndGroup(ctx, id))
	})
}

func check(name string, description *string) error {
	wrong := checkLine("/name", name)
	if description != nil && (utf8.RuneCountInString(*description) > 1000 || text.Lines(*description) != nil) {
		wrong = append(wrong, fault.At("/description", "invalid_text", "give 1 to 1000 characters, some of them visible and none a control character"))
	}
	if len(wrong) > 0 {
		return fault.Unprocessable("invalid_value", "the group can't be like that", wrong...)
	}
	return nil
}

// checkLine says what is wrong with a line of at most 60 characters: the name of a group, or of a goal.
func checkLine(pointer, line string) (wrong []fault.Field) {
	if utf8.RuneCountInString(line) > 60 || text.Line(line) != nil {
		wrong = append(wrong, fault.At(pointer, "invalid_text", "give 1 to 60 characters on one line, some of them visible and none a control character"))
	}
	return wrong
}
