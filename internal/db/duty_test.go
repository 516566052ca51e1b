package db_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// A duty is what the transaction's own look at the database says: who holds it, in a session that
// was proved, at that moment. To demand none is refused too.
func TestADutyIsDecidedAnew(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	ask := func(d db.Duty) (code fault.Code, walls string) {
		t.Helper()
		err := f.AsViewer(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
			var held []string
			for _, one := range privacy.Duties() {
				var holds bool
				if err := tx.QueryRow(ctx, `SELECT staff_holds($1)`, one.String()).Scan(&holds); err != nil {
					t.Fatal(err)
				}
				if holds {
					held = append(held, one.String())
				}
			}
			walls = strings.Join(held, " ")
			return tx.Demand(d)
		})
		// The same demand made of authentication, for one read.
		read := f.Read(t.Context(), caller.OnDuty(d), func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT seen_by()`).Scan(new(uuid.UUID))
		})
		if err != nil {
			code = fault.Of(err).Code
		}
		if d != (db.Duty{}) && ((err == nil) != (read == nil) || err != nil && fault.Of(read).Code != code) {
			t.Errorf("%v: demanded in the transaction %v, of authentication %v", d, err, read)
		}
		return code, walls
	}
	want := func(why string, d db.Duty, code fault.Code, walls string) {
		t.Helper()
		if got, holds := ask(d); got != code || holds != walls {
			t.Errorf("%s, %v: %q and the walls hold %q, want %q and %q", why, d, got, holds, code, walls)
		}
	}
	support, fresh := db.Duty{Of: privacy.Support}, db.Duty{Of: privacy.Support, Fresh: true}
	want("a member", support, "not_staff", "")
	f.exec(`INSERT INTO auth.staff_role VALUES ($1, 'support', $2)`, id, now)
	want("without a second factor", support, "second_factor_required", "")
	f.exec(`UPDATE auth.session SET proved_at = $2 WHERE member_id = $1`, id, now.Add(-14*time.Minute))
	want("proved", support, "", "support")
	want("proved", fresh, "", "support")
	want("another duty", db.Duty{Of: privacy.Moderator}, "not_staff", "support")
	want("the admin's", db.Duty{Of: privacy.Admin}, "not_staff", "support")
	want("no duty", db.Duty{}, "not_staff", "support")
	f.exec(`UPDATE auth.session SET proved_at = $2 WHERE member_id = $1`, id, now.Add(-15*time.Minute))
	want("a while ago", support, "", "support")
	want("a while ago", fresh, "second_factor_required", "support")
	f.exec(`UPDATE auth.session SET proved_at = $2 WHERE member_id = $1`, id, now.Add(-12*time.Hour))
	want("yesterday", support, "second_factor_required", "")
	f.exec(`UPDATE auth.session SET proved_at = $2 WHERE member_id = $1`, id, now)
	f.exec(`INSERT INTO auth.staff_role VALUES ($1, 'admin', $2)`, id, now)
	want("an admin", db.Duty{Of: privacy.ClassManager}, "", "class_manager support moderator admin")
	f.exec(`DELETE FROM auth.staff_role WHERE member_id = $1`, id)
	want("revoked", support, "not_staff", "")
	// Who isn't signed in inherits nothing.
	err := f.AsViewer(t.Context(), db.Anonymous(now).OnDuty(support), func(context.Context, *db.Tx) error { return nil })
	if fault.Of(err).Code != "not_staff" {
		t.Errorf("anonymous: %v", err)
	}
}

// No statement of a viewer's makes a duty, an admin's neither: that takes the function that two admins call.
func TestNoViewerMakesADuty(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, caller := f.member(privacy.DefaultSettings(false))
	f.exec(`INSERT INTO auth.staff_role VALUES ($1, 'admin', $2)`, id, now)
	f.exec(`UPDATE auth.session SET proved_at = $2 WHERE member_id = $1`, id, now)
	err := f.AsAccount(t.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO auth.staff_role VALUES ($1, 'support', $2)`, id, now)
		return err
	})
	if code(err) != "42501" {
		t.Errorf("an admin alone made a duty: %v", err)
	}
}

// The functions that moderators decide with refuse a case about the caller by themselves, whatever the
// statement before them saw, and somebody without the duty.
func TestNobodyDecidesAboutThemselves(t *testing.T) {
	t.Parallel()
	f := open(t)
	about, own := f.member(privacy.DefaultSettings(false))
	another, other := f.member(privacy.DefaultSettings(false))
	nobody, member := f.member(privacy.DefaultSettings(false))
	for _, staff := range []uuid.UUID{about, another} {
		f.exec(`INSERT INTO auth.staff_role VALUES ($1, 'moderator', $2)`, staff, now)
		f.exec(`UPDATE auth.session SET proved_at = $2 WHERE member_id = $1`, staff, now)
	}
	id, sanction := uuid.New(), uuid.New()
	f.exec(`INSERT INTO moderation_case (id, kind, object_id, subject_id, evidence_sealed, state, opened_at) VALUES ($1, 'member', $2, $2, '', 'received', $3)`, id, about, now)
	f.exec(`INSERT INTO sanction (member_id, id, case_id, kind, words, made_at, ends_at, made_by, appeal) VALUES ($1, $2, $3, 'warn', 'no', $4, NULL, $5, 'open')`, about, sanction, id, now, uuid.New())
	decided := func(c db.Caller, call string, args ...any) (yes bool) {
		t.Helper()
		if err := f.AsViewer(t.Context(), c, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, call, args...).Scan(&yes)
		}); err != nil {
			t.Fatal(err)
		}
		return yes
	}
	for _, step := range []struct {
		call string
		args []any
		hold string // what the caller needs before
	}{
		{`SELECT claim_case($1, $2)`, []any{id, now}, ""},
		{`SELECT EXISTS (SELECT FROM decide_case($1, $3, 'dismiss', NULL, NULL, $2))`, []any{id, now, uuid.New()}, `UPDATE moderation_case SET state = 'in_review', claimed_by = $1`},
		{`SELECT EXISTS (SELECT FROM decide_appeal($1, true, $2))`, []any{sanction, now}, ""},
	} {
		for _, who := range []struct {
			id     uuid.UUID
			caller db.Caller
			may    bool
		}{{about, own, false}, {nobody, member, false}, {another, other, true}} {
			if step.hold != "" {
				f.exec(step.hold, who.id)
			}
			if got := decided(who.caller, step.call, step.args...); got != who.may {
				t.Errorf("%s: %t, want %t", step.call, got, who.may)
			}
		}
	}
}
