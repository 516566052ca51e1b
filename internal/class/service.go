package class

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/audit"
	"github.com/paceline/paceline/internal/class/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// Service is the feature. It keeps no state.
type Service struct {
	db      *db.DB
	ring    *seal.Ring
	drawing chan struct{} // memory is for one picture at a time
}

// New makes the service.
func New(d *db.DB, ring *seal.Ring) *Service {
	return &Service{db: d, ring: ring, drawing: make(chan struct{}, 1)}
}

// duty is what all that changes something takes.
var duty = db.Duty{Of: privacy.ClassManager}

// manage runs fn for a class manager, and for nobody else.
func (s *Service) manage(ctx context.Context, c db.Caller, fn func(ctx context.Context, tx *db.Tx, q *query.Queries) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(duty); err != nil {
			return err
		}
		return fn(ctx, tx, query.New(tx))
	})
}

// note has the audit say what a class manager did to a thing. It comes last in a transaction.
func note(ctx context.Context, tx *db.Tx, what string, id uuid.UUID, details string) error {
	return audit.Note(ctx, tx, audit.Act{What: what, Object: id.String(), Details: details})
}

// asMember runs fn for who is signed in.
func (s *Service) asMember(ctx context.Context, c db.Caller, fn func(ctx context.Context, tx *db.Tx, q *query.Queries) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if !tx.Viewer().SignedIn() {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		return fn(ctx, tx, query.New(tx))
	})
}

// self is the grant of the viewer to themself.
func self(ctx context.Context, tx *db.Tx, q *query.Queries) (privacy.Grant, []byte, error) {
	row, err := q.ReadSelf(ctx)
	if err != nil {
		return privacy.Grant{}, nil, err
	}
	grant, err := db.Subject(row.Subject).Decide(tx)
	if err == nil && grant.Relation() != privacy.RelationSelf {
		err = db.ErrDisagree
	}
	return grant, row.Subject.Wrapped, err
}

// named is where a list by name goes on.
type named struct {
	Name string    `json:"n"`
	ID   uuid.UUID `json:"i"`
}

// after is where a page starts: at the zero key, or behind the row before.
func after[K any](s *Service, tx *db.Tx, r page.Request, first K) (K, error) {
	at, more, err := page.After[K](s.ring, tx.Viewer(), r)
	if err == nil && !more {
		at = first
	}
	return at, err
}

// oneMore is a limit and one, to know whether the page is the last.
func oneMore(limit int) int32 {
	return int32(max(0, min(limit, math.MaxInt32-1)) + 1)
}

// states are those that were asked for, or all.
func states(one *State) []string {
	if one == nil {
		return kept
	}
	return []string{string(*one)}
}

// to moves a thing from one state into another. What was published once can't be a draft again: it was seen.
func (from State) to(next *State) (State, error) {
	switch {
	case next == nil || *next == from:
		return from, nil
	case *next == Draft:
		return from, fault.Conflict("no_draft_again", "what was published once can be retired, and is no draft again")
	case from == Draft && *next == Retired:
		return from, fault.Conflict("never_published", "a draft that was never published can't be retired")
	}
	return *next, nil
}

// idOf is a nullable id as a pointer.
func idOf(id uuid.NullUUID) *uuid.UUID {
	if !id.Valid {
		return nil
	}
	return &id.UUID
}

// nullable is a pointer as a nullable id.
func nullable(id *uuid.UUID) uuid.NullUUID {
	if id == nil {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: *id, Valid: true}
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// spelled is what a list was asked for, so that a cursor of one list is none of another: each value that is there
// in quotes, and nothing for one that isn't.
func spelled(values ...any) string {
	var b strings.Builder
	for _, v := range values {
		switch v := reflect.ValueOf(v); {
		case v.Kind() != reflect.Pointer:
			fmt.Fprintf(&b, "%q;", fmt.Sprint(v.Interface()))
		case v.IsNil():
			b.WriteString(";")
		default:
			fmt.Fprintf(&b, "%q;", fmt.Sprint(v.Elem().Interface()))
		}
	}
	return b.String()
}
