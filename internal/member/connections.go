package member

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// connection is a list of the members on an owner's edges.
type connection struct {
	field privacy.Field // the row of the model that it stands under
	slot  int32         // the same, as the database numbers it
	bit   privacy.Edge
}

var (
	followers = connection{privacy.FollowersList, 11, privacy.EdgeFollower}
	following = connection{privacy.FollowingList, 12, privacy.EdgeFollows}
)

// Followers lists a member's followers whom the viewer can find, by id. Who
// can't be found, and who hides the list, is fault.NotFound.
func (s *Service) Followers(ctx context.Context, c db.Caller, name string, r page.Request) (page.Page[Summary], error) {
	return s.connections(ctx, c, followers, name, r)
}

// Following is Followers for those whom a member follows.
func (s *Service) Following(ctx context.Context, c db.Caller, name string, r page.Request) (page.Page[Summary], error) {
	return s.connections(ctx, c, following, name, r)
}

func (s *Service) connections(ctx context.Context, c db.Caller, list connection, name string, r page.Request) (page.Page[Summary], error) {
	var out page.Page[Summary]
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		owner, err := find(ctx, tx, db.ParseRef(name))
		if err != nil {
			return err
		}
		if !owner.Grant.Shows(list.field) {
			return fault.NotFound()
		}
		r.Filter = owner.Grant.Owner().String()
		after, _, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListConnections(ctx, query.ListConnectionsParams{
			Owner: owner.Grant.Owner(), Bit: int32(list.bit), Slot: list.slot, After: after, Most: limit(r),
		})
		if err != nil {
			return err
		}
		var found []Summary
		for _, row := range rows {
			m, err := summarize(tx, query.ReadSummaryRow(row))
			if err != nil {
				return err
			}
			found = append(found, m)
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, found, func(m Summary) uuid.UUID { return m.Grant.Owner() })
		return err
	})
	return out, err
}

// moment is the key of a list by time.
type moment struct {
	At time.Time
	ID uuid.UUID
}

// Requests lists who asks to follow the viewer, the oldest first.
func (s *Service) Requests(ctx context.Context, c db.Caller, r page.Request) (page.Page[Summary], error) {
	var out page.Page[Summary]
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		after, _, err := page.After[moment](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListRequests(ctx, query.ListRequestsParams{AfterAt: after.At, AfterID: after.ID, Most: limit(r)})
		if err != nil {
			return err
		}
		type request struct {
			Summary
			at time.Time
		}
		var found []request
		for _, row := range rows {
			m, err := summarize(tx, query.ReadSummaryRow{
				Username: row.Username, DisplayName: row.DisplayName, Subject: row.Subject, HasAvatar: row.HasAvatar,
			})
			if err != nil {
				return err
			}
			if !m.Grant.Edge().Has(privacy.EdgeAsks) {
				return db.ErrDisagree
			}
			found = append(found, request{m, row.ChangedAt})
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, found, func(q request) moment { return moment{q.at, q.Grant.Owner()} })
		out.Next = cut.Next
		for _, q := range cut.Items {
			out.Items = append(out.Items, q.Summary)
		}
		return err
	})
	return out, err
}

// Block is an entry of the viewer's own list of whom they blocked. It belongs to
// the viewer, and so do its values: the blocked show the viewer nothing. Who was
// blocked by an id that the viewer could not find has no name.
type Block struct {
	ID       privacy.Guarded[uuid.UUID]
	Username privacy.Guarded[string]

	key moment
}

// never is after all that is in a list.
var never = moment{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: uuid.Max}

// Blocks lists whom the viewer blocked, the latest first, with the viewer's grant.
func (s *Service) Blocks(ctx context.Context, c db.Caller, r page.Request) (page.Page[Block], privacy.Grant, error) {
	var out page.Page[Block]
	var g privacy.Grant
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		before, further, err := page.After[moment](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !further {
			before = never
		}
		rows, err := query.New(tx).ListBlocks(ctx, query.ListBlocksParams{BeforeAt: before.At, BeforeID: before.ID, Most: limit(r)})
		if err != nil {
			return err
		}
		var found []Block
		for _, row := range rows {
			if g, err = db.Subject(row.Subject).Decide(tx); err != nil {
				return err
			}
			var name *string
			if row.Username != "" {
				name = &row.Username
			}
			found = append(found, Block{
				ID:       privacy.GuardWithin(g.Owner(), privacy.FollowersList, privacy.OnlyMe, row.OtherID),
				Username: privacy.GuardOptional(g.Owner(), privacy.FollowersList, privacy.OnlyMe, name),
				key:      moment{row.ChangedAt, row.OtherID},
			})
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, found, func(b Block) moment { return b.key })
		return err
	})
	return out, g, err
}
