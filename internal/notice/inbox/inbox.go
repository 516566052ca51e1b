// Package inbox shows members their notices, keeps what they want to be told and how, and mails
// them. What holds is in the comment of package notice.
package inbox

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/notice/query"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// Service reads and writes members' own notices.
type Service struct {
	db   *db.DB
	ring *seal.Ring
}

// New is a service on a database, with the ring that seals cursors and mail.
func New(d *db.DB, ring *seal.Ring) *Service { return &Service{db: d, ring: ring} }

// Item is a notice as its reader sees it. Told is the reader's; what it is about opens by the grant of
// who owns that, and who did it by their own.
type Item struct {
	Told  privacy.Guarded[Told]
	Grant privacy.Grant // of Told

	Thing      privacy.Guarded[Thing]
	ThingGrant privacy.Grant

	Actor *member.Summary // nil where the service tells

	key moment
}

// Told is that something happened.
type Told struct {
	ID   uuid.UUID
	Kind notice.Kind
	At   time.Time
	Read bool
}

// Thing is what it happened to, by ids. About is empty where the actor is all there is.
type Thing struct {
	About        string
	Object, Part *uuid.UUID
}

// Unread is how many unread notices show, up to a hundred.
type Unread struct {
	Count privacy.Guarded[int]
	Grant privacy.Grant
}

// moment is the key of the list.
type moment struct {
	At time.Time
	ID uuid.UUID
}

// never is after all that is in a list.
var never = moment{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: uuid.Max}

// List is the viewer's notices that show now, the latest first, or the unread of them; and how many of
// those there are.
func (s *Service) List(ctx context.Context, c db.Caller, unread bool, r page.Request) (page.Page[Item], Unread, error) {
	var out page.Page[Item]
	var left Unread
	if unread {
		r.Filter = "unread"
	}
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		before, further, err := page.After[moment](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !further {
			before = never
		}
		rows, err := query.New(tx).ListNotices(ctx, query.ListNoticesParams{
			BeforeAt: before.At, BeforeID: before.ID, Unread: unread, RowLimit: int32(r.Limit) + 1, //nolint:gosec // at most a hundred
		})
		if err != nil {
			return err
		}
		count, err := query.New(tx).CountUnread(ctx)
		if err != nil {
			return err
		}
		me, err := db.Subject(count.Subject).Decide(tx)
		if err != nil {
			return err
		}
		left = Unread{Count: privacy.Guard(me.Owner(), privacy.Notices, int(count.Unread)), Grant: me}
		items := make([]Item, 0, len(rows))
		for _, row := range rows {
			item, err := guard(tx, me, row)
			if err != nil {
				return err
			}
			items = append(items, item)
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, items, func(i Item) moment { return i.key })
		return err
	})
	return out, left, err
}

// guard has the policy confirm a row: the thing, by the grant of its owner, and the actor, by theirs.
func guard(tx *db.Tx, me privacy.Grant, row query.ListNoticesRow) (Item, error) {
	rule, known := notice.RuleOf(notice.Kind(row.Kind))
	if !known {
		return Item{}, db.ErrDisagree // of a program that is newer: notice_thing should not know it either
	}
	owner, err := db.Subject(row.Subject_2).Decide(tx)
	if err != nil {
		return Item{}, err
	}
	audience := db.Audience(row.Audience)
	if !owner.ShowsWithin(rule.Field, audience) {
		return Item{}, db.ErrDisagree
	}
	item := Item{
		Told: privacy.Guard(me.Owner(), privacy.Notices, Told{
			ID: row.ID, Kind: rule.Kind, At: row.At.UTC(), Read: row.IsRead,
		}),
		Grant: me,
		Thing: privacy.GuardWithin(owner.Owner(), rule.Field, audience, Thing{
			About: rule.About, Object: orNil(row.ObjectID), Part: orNil(row.PartID),
		}),
		ThingGrant: owner,
		key:        moment{row.At, row.ID},
	}
	if rule.Named {
		actor, err := member.Summarize(tx, member.Named{
			Username: row.Username, DisplayName: row.DisplayName, HasAvatar: row.HasAvatar, Subject: db.Subject(row.Subject),
		})
		if err != nil {
			return Item{}, err
		}
		item.Actor = &actor
	}
	return item, nil
}

func orNil(id uuid.NullUUID) *uuid.UUID {
	if !id.Valid {
		return nil
	}
	return &id.UUID
}

// MarkRead marks one of the viewer's notices as read; one that doesn't show is fault.NotFound.
func (s *Service) MarkRead(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.one(ctx, c, id, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).MarkRead(ctx, tx.Now(), id)
	})
}

// Delete deletes one of the viewer's notices; one that doesn't show is fault.NotFound.
func (s *Service) Delete(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.one(ctx, c, id, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).DeleteNotice(ctx, id)
	})
}

// MarkAllRead marks all of the viewer's notices as read.
func (s *Service) MarkAllRead(ctx context.Context, c db.Caller) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).MarkAllRead(ctx, tx.Now())
	})
}

func (s *Service) one(ctx context.Context, c db.Caller, id uuid.UUID, do func(ctx context.Context, tx *db.Tx) error) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		found, err := query.New(tx).FindNotice(ctx, id)
		if err == nil && len(found) == 0 {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

func (s *Service) asMember(ctx context.Context, c db.Caller, fn func(ctx context.Context, tx *db.Tx) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if !tx.Viewer().SignedIn() {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		return fn(ctx, tx)
	})
}
