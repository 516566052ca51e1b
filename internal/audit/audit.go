// Package audit keeps what staff did: one row an act, each with a hash of itself and of the
// row before. Nothing of the program can change a row or take one away; who can, on the
// server, breaks the chain, and Verify says where.
//
// An act is noted in the transaction that does it, so that there is none without its row:
//
//	if err := audit.Note(ctx, tx, audit.Act{What: "class.cancelled", Object: id.String()}); err != nil {
//		return err
//	}
//
// Noting comes last in a transaction: it waits for whoever else is noting.
package audit

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/audit/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// Act is what somebody on duty did. No part of it is a value of a member's: rows are never
// erased.
type Act struct {
	What    string    // kind of thing and what was done to it: role.asked, class.cancelled
	Subject uuid.UUID // the member it is about; uuid.Nil for none
	Object  string    // id of the thing
	Details string    // names of fields or states
}

// Note notes an act of the transaction's viewer. It fails for whoever is not on duty, and then
// the act must fail too.
func Note(ctx context.Context, tx *db.Tx, a Act) error {
	_, err := query.New(tx).Act(ctx, query.ActParams{
		Act: a.What, Subject: uuid.NullUUID{UUID: a.Subject, Valid: a.Subject != uuid.Nil}, Object: a.Object, Details: a.Details, Now: tx.Now(),
	})
	return err
}

// Row is an act as it was noted.
type Row struct {
	Seq     int64
	At      time.Time
	Actor   uuid.UUID // uuid.Nil: the operator, on the server
	Duties  string
	Act     string
	Subject uuid.UUID
	Object  string
	Details string
	Hash    []byte
}

// List is the audit, the newest first, for admins.
func List(ctx context.Context, d *db.DB, ring *seal.Ring, c db.Caller, r page.Request) (page.Page[Row], error) {
	var out page.Page[Row]
	r.Operation, r.Filter = "audit", ""
	err := d.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(db.Duty{Of: privacy.Admin}); err != nil {
			return err
		}
		before, more, err := page.After[int64](ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !more {
			before = 1 << 62
		}
		rows, err := query.New(tx).List(ctx, before, int32(r.Limit)+1) //nolint:gosec // at most a hundred
		if err != nil {
			return err
		}
		cut, err := page.Cut(ring, tx.Viewer(), r, rows, func(row query.ListRow) int64 { return row.Seq })
		out.Next = cut.Next
		for _, row := range cut.Items {
			out.Items = append(out.Items, Row{
				Seq: row.Seq, At: row.At, Actor: row.Actor.UUID, Duties: row.Duties, Act: row.Act,
				Subject: row.Subject.UUID, Object: row.Object, Details: row.Details, Hash: row.Hash,
			})
		}
		return err
	})
	return out, err
}
