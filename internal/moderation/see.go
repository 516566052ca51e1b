package moderation

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/moderation/query"
	"github.com/paceline/paceline/internal/privacy"
)

// Piece is a text that was reported: a title, say, and what it says.
type Piece struct {
	What string `json:"what"`
	Text string `json:"text"`
}

// thing is what somebody sees of what they report.
type thing struct {
	subject  uuid.NullUUID // whose it is
	evidence []Piece
}

// see is a thing as the viewer sees it now: words alone, and of those what is for them.
func see(ctx context.Context, tx *db.Tx, kind string, id uuid.UUID) (out thing, err error) {
	q := query.New(tx)
	switch kind {
	case "member":
		out, err = seeMember(ctx, tx, q, id)
	case "workout":
		out, err = seeWorkout(ctx, tx, q, id)
	case "comment":
		out, err = seeComment(ctx, tx, q, id)
	case "class":
		var row query.SeeClassRow
		if row, err = q.SeeClass(ctx, id); err == nil {
			out.add("title", &row.Title, true)
			out.add("description", &row.Description, row.Description != "")
		}
	case "group":
		out, err = seeGroup(ctx, tx, q, id)
	default:
		err = fault.NotFound()
	}
	if errors.Is(err, pgx.ErrNoRows) {
		err = fault.NotFound()
	}
	return out, err
}

func (t *thing) add(what string, words *string, shows bool) {
	if words != nil && shows {
		t.evidence = append(t.evidence, Piece{what, *words})
	}
}

func (t *thing) of(owner uuid.UUID) { t.subject = uuid.NullUUID{UUID: owner, Valid: true} }

func seeMember(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) (out thing, err error) {
	row, err := q.SeeMember(ctx, id)
	if err != nil {
		return out, err
	}
	g, err := db.Subject(row.Subject).Decide(tx)
	if err != nil {
		return out, err
	}
	if !g.Shows(privacy.ID) {
		return out, fault.NotFound()
	}
	out.of(g.Owner())
	out.add("username", &row.Username, g.Shows(privacy.Username))
	out.add("display_name", &row.DisplayName, g.Shows(privacy.DisplayName))
	out.add("bio", row.Bio, g.Shows(privacy.Bio))
	return out, nil
}

func seeWorkout(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) (out thing, err error) {
	row, err := q.SeeWorkout(ctx, id)
	if err != nil {
		return out, err
	}
	g, err := db.Subject(row.Subject).Decide(tx)
	if err != nil {
		return out, err
	}
	if !g.ShowsWithin(privacy.Workout, db.Audience(row.Audience)) {
		return out, fault.NotFound()
	}
	out.of(g.Owner())
	out.add("title", row.Title, true)
	return out, nil
}

// seeGroup is a group that the viewer may know of. It is a report against its owner, who has to answer for its words.
func seeGroup(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) (out thing, err error) {
	row, err := q.SeeGroup(ctx, id)
	if err != nil {
		return out, err
	}
	if row.SeenBy != tx.Viewer().Member() {
		return out, privacy.ErrWrongViewer
	}
	out.of(row.Owner)
	out.add("name", &row.Name, true)
	out.add("description", row.Description, true)
	return out, nil
}

func seeComment(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) (out thing, err error) {
	row, err := q.SeeComment(ctx, id)
	if err != nil {
		return out, err
	}
	g, err := db.Subject(row.Subject).Decide(tx)
	if err != nil {
		return out, err
	}
	if !g.ShowsWithin(privacy.Workout, db.Audience(row.Audience)) {
		return out, fault.NotFound()
	}
	out.of(row.Author)
	out.add("text", &row.Body, true)
	return out, nil
}
