// Package staff is who holds which duty, and what staff may read of a member.
//
// A duty is asked for by one admin and decided on by another. It opens nothing that a member
// guards: for that, support opens an access grant, which names the member, the fields, the
// reason and an hour at most. The grant is written, audited and mailed to the member before
// anything is read under it, and each read is in the member's access log.
//
// That an act has its row in the audit is the database's doing: the functions that act are the
// only ones that may, and they note what they do.
package staff

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/audit"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/staff/query"
	"github.com/paceline/paceline/internal/text"
)

// Config is what a Service is made of. Everything in it is needed.
type Config struct {
	DB   *db.DB
	Ring *seal.Ring
	// Notify tells a member by mail, in the transaction.
	Notify func(ctx context.Context, tx *db.Tx, member uuid.UUID, kind mail.Kind) error
}

// Service is safe for concurrent use.
type Service struct{ Config }

// New makes a service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Ring == nil || c.Notify == nil {
		return nil, errors.New("staff: the configuration is not complete")
	}
	return &Service{c}, nil
}

var (
	admin   = db.Duty{Of: privacy.Admin, Fresh: true}
	support = db.Duty{Of: privacy.Support, Fresh: true}
)

// act runs what staff do, for whoever holds the duty.
func (s *Service) act(ctx context.Context, c db.Caller, d db.Duty, fn func(ctx context.Context, q *query.Queries, tx *db.Tx) (string, error)) error {
	return s.DB.AsAccount(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(d); err != nil {
			return err
		}
		answer, err := fn(ctx, query.New(tx), tx)
		if err != nil {
			return err
		}
		return outcome(answer)
	})
}

// outcome is what a function of the staff's answers, as a fault.
func outcome(answer string) error {
	switch answer {
	case "done":
		return nil
	case "missing":
		return fault.NotFound()
	case "self":
		return fault.Forbidden("not_yourself", "this takes somebody else: neither who asked, nor who it is about")
	case "sensitive":
		return fault.Forbidden("sensitive_field", "support reads nothing of health or place")
	default:
		return fault.Forbidden("not_staff", "this is for staff who hold the duty that it takes")
	}
}

// Member is somebody that staff found.
type Member struct {
	ID       uuid.UUID
	Username string
}

// Find is a member by their exact username, for support and moderators. Each look is audited.
func (s *Service) Find(ctx context.Context, c db.Caller, handle string) (Member, error) {
	var out *Member
	err := s.act(ctx, c, db.Duty{Of: privacy.Support | privacy.Moderator}, func(ctx context.Context, q *query.Queries, tx *db.Tx) (string, error) {
		ref := db.ParseRef(handle)
		if ref.Username == nil {
			return "missing", nil
		}
		rows, err := q.FindForStaff(ctx, *ref.Username, tx.Now())
		for _, row := range rows {
			out = &Member{row.MemberID, row.Username}
		}
		return "done", err // a look that found nobody as well: it stays noted
	})
	switch {
	case err != nil:
		return Member{}, err
	case out == nil:
		return Member{}, fault.NotFound()
	}
	return *out, nil
}

// readable refuses a reason that nobody could read.
func readable(reason string) error {
	if text.Lines(reason) != nil {
		return fault.Illegible("/reason")
	}
	return nil
}

// Role is a duty that somebody holds.
type Role struct {
	Member uuid.UUID
	Role   string
	Since  time.Time
}

// RoleRequest is a duty that somebody is to hold.
type RoleRequest struct {
	ID, Member, AskedBy uuid.UUID
	Role, Reason        string
	AskedAt             time.Time
}

// requestLife is how long a request waits; the database holds it too.
const requestLife = 7 * 24 * time.Hour

// Roles are all duties that are held.
func (s *Service) Roles(ctx context.Context, c db.Caller) ([]Role, error) {
	var out []Role
	err := s.act(ctx, c, db.Duty{Of: privacy.Admin}, func(ctx context.Context, q *query.Queries, _ *db.Tx) (string, error) {
		rows, err := q.ListRoles(ctx)
		for _, row := range rows {
			out = append(out, Role{row.MemberID, row.Role, row.GrantedAt})
		}
		return "done", err
	})
	return out, err
}

// RoleRequests are those that wait for a second admin.
func (s *Service) RoleRequests(ctx context.Context, c db.Caller) ([]RoleRequest, error) {
	var out []RoleRequest
	err := s.DB.ReadAlone(ctx, c.OnDuty(db.Duty{Of: privacy.Admin}), func(ctx context.Context, tx *db.Tx) error {
		rows, err := query.New(tx).ListRoleRequests(ctx, c.At().Add(-requestLife))
		for _, row := range rows {
			out = append(out, RoleRequest{row.ID, row.MemberID, row.AskedBy, row.Role, row.Reason, row.AskedAt})
		}
		return err
	})
	return out, err
}

// AskRole asks for somebody to hold a duty.
func (s *Service) AskRole(ctx context.Context, c db.Caller, member uuid.UUID, role, reason string) (uuid.UUID, error) {
	if err := readable(reason); err != nil {
		return uuid.Nil, err
	}
	id := uuid.New()
	err := s.act(ctx, c, admin, func(ctx context.Context, q *query.Queries, tx *db.Tx) (string, error) {
		return q.AskRole(ctx, query.AskRoleParams{ID: id, MemberID: member, Role: role, Reason: reason, Now: tx.Now()})
	})
	return id, err
}

// DecideRole says yes or no to a request. Yes is for an admin who neither asked nor is the one.
func (s *Service) DecideRole(ctx context.Context, c db.Caller, id uuid.UUID, yes bool) error {
	return s.act(ctx, c, admin, func(ctx context.Context, q *query.Queries, tx *db.Tx) (string, error) {
		return q.DecideRole(ctx, query.DecideRoleParams{ID: id, Yes: yes, Now: tx.Now()})
	})
}

// RevokeRole takes a duty away; the holder's next request misses it.
func (s *Service) RevokeRole(ctx context.Context, c db.Caller, member uuid.UUID, role string) error {
	return s.act(ctx, c, admin, func(ctx context.Context, q *query.Queries, tx *db.Tx) (string, error) {
		return q.RevokeRole(ctx, query.RevokeRoleParams{MemberID: member, Role: role, Now: tx.Now()})
	})
}

// Audit is what staff did, for admins.
func (s *Service) Audit(ctx context.Context, c db.Caller, r page.Request) (page.Page[audit.Row], error) {
	return audit.List(ctx, s.DB, s.Ring, c, r)
}
