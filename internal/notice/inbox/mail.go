package inbox

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/notice/query"
	"github.com/paceline/paceline/internal/seal"
)

// Mail looks through the notices that are due, as the member whom the claim is about, and puts one mail
// into the outbox about those that show at this moment, in the same transaction: what doesn't show any more,
// was read, or isn't wanted by mail any more is in none. It says whether there is a mail. A claim works once;
// one that ran out is nobody's, and that is no failure.
func (s *Service) Mail(ctx context.Context, c db.Caller) (posted bool, err error) {
	err = s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		due, err := q.ListDue(ctx, tx.Now())
		if err != nil {
			return err
		}
		_, me, settings, err := readSettings(ctx, tx)
		if err != nil {
			return err
		}
		for _, row := range due { // nothing is mailed that the policy would not show
			if _, err := guard(tx, me, query.ListNoticesRow(row)); err != nil {
				return err
			}
		}
		m, mailed := digest(due, settings)
		if err := q.SettleDue(ctx, mailed, tx.Now()); err != nil {
			return err
		}
		var sealed []byte
		if len(mailed) > 0 {
			m.ID = uuid.New()
			if m.To, err = q.OwnAddress(ctx); err != nil {
				return err
			}
			if sealed, err = seal.SealSystemValue(s.ring, mail.Purpose, m.ID[:], m); err != nil {
				return err
			}
		}
		ended, err := q.PostNotices(ctx, query.PostNoticesParams{ClaimHash: c.TokenHash(), MailID: m.ID, Sealed: sealed, Now: tx.Now()})
		if err == nil && !ended {
			err = fault.Unauthenticated("invalid_token", "the claim has run out")
		}
		posted = sealed != nil
		return err
	})
	if fault.KindOf(err) == fault.KindUnauthenticated {
		return false, nil
	}
	return posted && err == nil, err
}

// digest is a mail of the kinds that happened, each once however often it did, and the notices that it is
// about.
func digest(due []query.ListDueRow, settings Settings) (mail.Message, []uuid.UUID) {
	m := mail.Message{Kind: mail.Notices}
	mailed := []uuid.UUID{}
	for _, set := range settings {
		if rule, _ := notice.RuleOf(set.Kind); !set.Mailed || rule.Apart {
			continue
		}
		for _, d := range due {
			if notice.Kind(d.Kind) != set.Kind {
				continue
			}
			mailed = append(mailed, d.ID)
			m.Data.Happened |= mail.EventOf(d.Kind)
		}
	}
	return m, mailed
}
