package leaderboard

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/leaderboard/query"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// GiveHighFive greets somebody whom the viewer sees among those who took a class, once: again changes nothing. NotFound
// for anybody else.
func (s *Service) GiveHighFive(ctx context.Context, c db.Caller, class, rider uuid.UUID) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := (Board{ID: class}).known(ctx, tx, q); err != nil {
			return err
		}
		given, err := q.GiveHighFive(ctx, query.GiveHighFiveParams{Class: class, Rider: rider, Now: tx.Now()})
		if err != nil || len(given) == 0 {
			return err
		}
		return notice.Add(ctx, tx, notice.Notice{To: rider, Kind: notice.HighFive, Object: given[0], Part: class})
	})
}

// TakeHighFiveBack takes it back, whether there was one or not.
func (s *Service) TakeHighFiveBack(ctx context.Context, c db.Caller, class, rider uuid.UUID) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if tx.Viewer().Member() == uuid.Nil {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		return query.New(tx).TakeHighFiveBack(ctx, class, rider)
	})
}

// HighFives lists who greeted the viewer in a class, by id: those whom the viewer can find, and who still see
// the viewer there.
func (s *Service) HighFives(ctx context.Context, c db.Caller, class uuid.UUID, r page.Request) (page.Page[Rider], error) {
	var out page.Page[Rider]
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := (Board{ID: class}).known(ctx, tx, q); err != nil {
			return err
		}
		r.Filter = class.String()
		after, _, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := q.ReadHighFives(ctx, query.ReadHighFivesParams{Class: class, After: after, Most: int32(r.Limit + 1)}) //nolint:gosec // bounded by the contract
		if err != nil {
			return err
		}
		var all []Rider
		for _, row := range rows {
			m, err := rider(tx, db.Subject{
				MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
				Audiences: row.Audiences, Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
			}, row.Username, row.DisplayName, row.HasAvatar)
			if err == nil && !m.Grant.Shows(privacy.Username) {
				err = db.ErrDisagree
			}
			if err != nil {
				return err
			}
			all = append(all, m)
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, all, func(m Rider) uuid.UUID { return m.Grant.Owner() })
		return err
	})
	return out, err
}
