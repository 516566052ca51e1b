package inbox

import (
	"context"
	"fmt"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/notice/query"
	"github.com/paceline/paceline/internal/privacy"
)

// Setting is how a member is told of a kind. Without Told nothing of that kind is kept for them; Mailed is
// for what is.
type Setting struct {
	Kind   notice.Kind
	Told   bool
	Mailed bool
}

// Settings are all kinds, in the order of their table.
type Settings []Setting

// SettingEdit changes what isn't nil of a kind.
type SettingEdit struct {
	Kind         notice.Kind
	Told, Mailed *bool
}

// Settings are the viewer's.
func (s *Service) Settings(ctx context.Context, c db.Caller) (privacy.Guarded[Settings], privacy.Grant, error) {
	var v privacy.Guarded[Settings]
	var g privacy.Grant
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		v, g, _, err = readSettings(ctx, tx)
		return err
	})
	return v, g, err
}

// EditSettings changes the viewer's, if check lets it: it gets them as they are. What is about the account's
// safety can't be switched off: fault.Unprocessable.
func (s *Service) EditSettings(ctx context.Context, c db.Caller, edits []SettingEdit,
	check func(privacy.Guarded[Settings], privacy.Grant) error,
) (privacy.Guarded[Settings], privacy.Grant, error) {
	var v privacy.Guarded[Settings]
	var g privacy.Grant
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := q.LockNoticeSettings(ctx); err != nil {
			return err
		}
		before, by, now, err := readSettings(ctx, tx)
		if err != nil {
			return err
		}
		if err := check(before, by); err != nil {
			return err
		}
		for i, e := range edits {
			set, err := e.apply(i, now)
			if err != nil {
				return err
			}
			if err := q.PutNoticeSetting(ctx, query.PutNoticeSettingParams{Kind: string(set.Kind), Told: set.Told, Mailed: set.Mailed}); err != nil {
				return err
			}
		}
		v, g, _, err = readSettings(ctx, tx)
		return err
	})
	return v, g, err
}

// apply changes a kind's setting in now, and gives what it is then.
func (e SettingEdit) apply(i int, now Settings) (Setting, error) {
	for j, set := range now {
		if set.Kind != e.Kind {
			continue
		}
		if e.Told != nil {
			set.Told = *e.Told
		}
		if e.Mailed != nil {
			set.Mailed = *e.Mailed
		}
		rule, _ := notice.RuleOf(set.Kind)
		if rule.Safety && !set.Told {
			return Setting{}, fault.Unprocessable("always_told", "what is about your account's safety can't be switched off",
				fault.At(fmt.Sprintf("/items/%d/told", i), "always_told", "can be kept from your mail, and not from here"))
		}
		if rule.Apart && !set.Mailed {
			return Setting{}, fault.Unprocessable("always_mailed", "a mail about this goes out whatever you say",
				fault.At(fmt.Sprintf("/items/%d/mailed", i), "always_mailed", "can't be switched off"))
		}
		now[j] = set
		return set, nil
	}
	return Setting{}, fault.Invalid("invalid_body", "there is no such kind",
		fault.At(fmt.Sprintf("/items/%d/kind", i), "not_one_of", "is not one of those there are"))
}

// readSettings fills up what the viewer said with the defaults of the rest.
func readSettings(ctx context.Context, tx *db.Tx) (privacy.Guarded[Settings], privacy.Grant, Settings, error) {
	rows, err := query.New(tx).ReadNoticeSettings(ctx)
	if err != nil {
		return privacy.Guarded[Settings]{}, privacy.Grant{}, nil, err
	}
	var g privacy.Grant
	said := map[string]Setting{}
	for _, row := range rows {
		if g, err = db.Subject(row.Subject).Decide(tx); err != nil {
			return privacy.Guarded[Settings]{}, privacy.Grant{}, nil, err
		}
		said[row.Kind] = Setting{Told: row.Told, Mailed: row.Mailed}
	}
	var all Settings
	for _, rule := range notice.Rules() {
		set, chosen := said[string(rule.Kind)]
		if !chosen {
			set = Setting{Told: true, Mailed: rule.Safety}
		}
		set.Kind = rule.Kind
		all = append(all, set)
	}
	return privacy.Guard(g.Owner(), privacy.Notices, append(Settings(nil), all...)), g, all, nil
}
