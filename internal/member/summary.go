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

// Summary is a member as an entry of a list. Each entry has another owner, and
// so a grant of its own.
type Summary struct {
	Grant       privacy.Grant
	ID          privacy.Guarded[uuid.UUID]
	Username    privacy.Guarded[string]
	DisplayName privacy.Guarded[string]
	HasAvatar   privacy.Guarded[bool]

	username string // what the next page of a search goes on from
}

// summarize makes an entry of a row of a list, which must be one that the
// policy shows.
func summarize(tx *db.Tx, row query.ReadSummaryRow) (Summary, error) {
	m, err := guardSummary(tx, row)
	if err == nil && shown(m.Grant) != nil {
		return Summary{}, db.ErrDisagree
	}
	return m, err
}

func guardSummary(tx *db.Tx, row query.ReadSummaryRow) (Summary, error) {
	g, err := db.Subject(row.Subject).Decide(tx)
	if err != nil {
		return Summary{}, err
	}
	owner := g.Owner()
	return Summary{
		Grant:       g,
		ID:          privacy.Guard(owner, privacy.ID, owner),
		Username:    privacy.Guard(owner, privacy.Username, row.Username),
		DisplayName: privacy.Guard(owner, privacy.DisplayName, row.DisplayName),
		HasAvatar:   privacy.GuardOptional(owner, privacy.Avatar, privacy.Everyone, whenTrue(row.HasAvatar)),
		username:    row.Username,
	}, nil
}

// Named is what another feature's own statement brings of a member whom it names: the names, and the
// member as a subject of the policy.
type Named struct {
	Username, DisplayName string
	HasAvatar             bool
	Subject               db.Subject
}

// Summarize makes an entry of what a feature read. A member whom the policy doesn't show is db.ErrDisagree:
// the statement should not have named them.
func Summarize(tx *db.Tx, n Named) (Summary, error) {
	return summarize(tx, query.ReadSummaryRow{
		Username: n.Username, DisplayName: n.DisplayName, HasAvatar: n.HasAvatar, Subject: query.Subject(n.Subject),
	})
}

// find is the member whom a request names, fault.NotFound if the viewer can't
// find them.
func find(ctx context.Context, tx *db.Tx, who db.Ref) (Summary, error) {
	row, err := query.New(tx).ReadSummary(ctx, who.ID, who.Username)
	if errors.Is(err, pgx.ErrNoRows) {
		return Summary{}, fault.NotFound()
	}
	if err != nil {
		return Summary{}, err
	}
	m, err := guardSummary(tx, row)
	if err != nil {
		return Summary{}, err
	}
	return m, shown(m.Grant)
}
