package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
)

// catalogue makes one of everything that is no member's, in a state, and gives the instructor's id.
func (f *fixture) catalogue(state string) uuid.UUID {
	f.t.Helper()
	instructor, studio, class, series := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	f.exec(`INSERT INTO instructor VALUES ($1, $2, 'Kim', '', '{ride}', $3, $3)`, instructor, state, now)
	f.exec(`INSERT INTO instructor_picture VALUES ($1, '\x00', $2)`, instructor, now)
	f.exec(`INSERT INTO studio VALUES ($1, $2, 'North', 'Bern', 'CH', 'Europe/Zurich', $3, $3)`, studio, state, now)
	f.exec(`INSERT INTO studio_place VALUES ($1, 'bike 1', 1)`, studio)
	f.exec(`INSERT INTO class VALUES ($1, $2, 'Hills', '', 'ride', 1800, 3, $3, 'en', '{}', '{}', '[]', '[]', true, 'hills', $4, $4, $4)`,
		class, state, instructor, now)
	f.exec(`INSERT INTO series VALUES ($1, $2, $3, $4, 'FREQ=DAILY', '2026-03-02 18:00', 'Europe/Zurich', 10, 0, 0, 0, $5, $5, $5)`,
		series, state, class, studio, now)
	shown := "scheduled"
	if state == "draft" {
		shown = state
	}
	f.exec(`INSERT INTO scheduled_class VALUES ($1, $2, $3, '2026-03-02', false, $4, NULL, $5, $6, $7,
		'Europe/Zurich', 10, $6, $6, $6, $6, $6)`, uuid.New(), class, series, studio, shown, now, now.Add(30*time.Minute))
	return instructor
}

// What is shared shows to everybody when it is published, and else to who keeps it and to nobody
// else, whatever the program asks; and nobody else writes it.
func TestDraftsAreForClassManagers(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, stranger := f.member(privacy.DefaultSettings(false))
	manager, keeper := f.member(privacy.DefaultSettings(false))
	f.exec(`INSERT INTO auth.staff_role VALUES ($1, 'class_manager', $2)`, manager, now)
	other, support := f.member(privacy.DefaultSettings(false))
	f.exec(`INSERT INTO auth.staff_role SELECT $1, r, $2 FROM unnest(ARRAY['support', 'moderator']) r`, other, now)
	unproved, password := f.member(privacy.DefaultSettings(false))
	f.exec(`INSERT INTO auth.staff_role VALUES ($1, 'class_manager', $2)`, unproved, now)
	f.exec(`UPDATE auth.session SET proved_at = $1 WHERE member_id <> $2`, now, unproved)
	undone := errors.New("so that the next one finds all as it was")
	for _, state := range []string{"draft", "published", "retired"} {
		f.catalogue(state)
	}
	for name, c := range map[string]struct {
		caller db.Caller
		all    bool
	}{
		"nobody signed in": {db.Anonymous(now), false}, "a member": {stranger, false},
		"a class manager": {keeper, true}, "staff with other duties": {support, false},
		"a class manager by a password alone": {password, false},
	} {
		err := f.AsViewer(t.Context(), c.caller, func(ctx context.Context, tx *db.Tx) error {
			for _, table := range []string{"instructor", "instructor_picture", "studio", "studio_place", "class", "series", "scheduled_class"} {
				want := 1
				if c.all {
					want = 3
				} else if table == "series" {
					want = 0
				}
				if n, err := count(ctx, tx, table); err != nil || n != want {
					t.Errorf("%s: %d of %s, not %d, %v", name, n, table, want, err)
				}
			}
			for _, sql := range []string{
				"UPDATE instructor SET name = 'x'", "UPDATE studio SET name = 'x'", "UPDATE class SET title = 'x'", "UPDATE series SET capacity = 1",
				"UPDATE scheduled_class SET capacity = 1", "DELETE FROM studio_place", "DELETE FROM instructor_picture",
			} {
				tag, err := tx.Exec(ctx, sql)
				if err != nil || (tag.RowsAffected() == 3) != c.all || !c.all && tag.RowsAffected() != 0 {
					t.Errorf("%s: %s: %d rows, %v", name, sql, tag.RowsAffected(), err)
				}
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if c.all {
			continue
		}
		for _, sql := range []string{
			`INSERT INTO instructor VALUES (gen_random_uuid(), 'published', 'x', '', '{}', now(), now())`,
			`INSERT INTO studio VALUES (gen_random_uuid(), 'published', 'x', 'x', 'CH', 'UTC', now(), now())`,
			`INSERT INTO studio_place SELECT id, 'mine', 9 FROM studio`,
		} {
			err := f.AsViewer(t.Context(), c.caller, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, sql)
				return err
			})
			if code(err) != "42501" {
				t.Errorf("%s: %s: %v", name, sql, err)
			}
		}
	}
}

// The member behind an instructor is theirs to know. A class manager names them by their exact
// username, and learns of nobody whom else they are, or who it was.
func TestWhoIsAnInstructor(t *testing.T) {
	t.Parallel()
	f := open(t)
	kim := f.catalogue("published")
	person, self := f.member(privacy.DefaultSettings(false))
	f.exec(`INSERT INTO auth.username_claim VALUES ('kim', $1)`, person)
	manager, keeper := f.member(privacy.DefaultSettings(false))
	f.exec(`INSERT INTO auth.staff_role VALUES ($1, 'class_manager', $2)`, manager, now)
	f.exec(`UPDATE auth.session SET proved_at = $1`, now)
	link := func(who db.Caller, sql string, args ...any) (said bool) {
		t.Helper()
		err := f.AsViewer(t.Context(), who, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, sql, args...).Scan(&said)
		})
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	const set, unset = `SELECT link_instructor($1, $2, $3)`, `SELECT unlink_instructor($1, now())`
	if link(self, set, kim, "kim", now) || link(keeper, set, kim, "ki", now) || link(keeper, set, uuid.New(), "kim", now) || link(self, unset, kim) {
		t.Error("linked by a member, by half a name, or to nobody")
	}
	if !link(keeper, unset, kim) || !link(keeper, set, kim, "kim", now) || !link(keeper, set, kim, "kim", now) {
		t.Error("a class manager can't say who an instructor is, or a repeat tells")
	}
	const mine = `SELECT EXISTS (SELECT FROM own_instructor_pages() WHERE id = $1)`
	if !link(self, mine, kim) || link(keeper, mine, kim) || link(db.Anonymous(now), mine, kim) {
		t.Error("who is an instructor is for that member alone to know")
	}
}
