package db_test

import (
	"os"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
)

// unclassed are the tables, views and columns without a class, and bare the tables
// of members without row-level security; seen is how many were looked at.
func unclassed(t *testing.T, root *pgx.Conn) (found, bare []string, seen int) {
	t.Helper()
	rows, err := root.Query(t.Context(), `
		SELECT c.oid::regclass::text || coalesce('.' || a.attname, ''),
		       coalesce(CASE a.attnum WHEN 0 THEN obj_description(c.oid) ELSE col_description(c.oid, a.attnum) END, '')
		FROM pg_class c
		LEFT JOIN LATERAL (SELECT attname, attnum FROM pg_attribute
			WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND c.relkind <> 'v'
			UNION ALL SELECT NULL, 0) a ON true
		WHERE c.relnamespace::regnamespace::text IN ('public', 'auth') AND c.relkind IN ('r', 'p', 'v', 'm')
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	var name, comment string
	if _, err = pgx.ForEachRow(rows, []any{&name, &comment}, func() error {
		seen++
		if !classed.MatchString(comment) {
			found = append(found, name)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	rows, err = root.Query(t.Context(), `SELECT relname FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relrowsecurity AND relname <> 'schema_migrations'`)
	if err != nil {
		t.Fatal(err)
	}
	if bare, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
	return found, bare, seen
}

// Every table and column says its class, and every table of members has row-level security.
func TestEveryColumnHasAClass(t *testing.T) {
	t.Parallel()
	f := open(t)
	if found, bare, seen := unclassed(t, f.root); len(found) > 0 || len(bare) > 0 || seen < 100 {
		t.Errorf("without a class: %v; without row-level security: %v; %d looked at", found, bare, seen)
	}
	// A migration that brings what it may not is seen, to the last column.
	step, err := os.ReadFile("testdata/unclassed.sql")
	if err != nil {
		t.Fatal(err)
	}
	f.exec(string(step))
	found, bare, _ := unclassed(t, f.root)
	if want := []string{"diaries", "diary", "member.shoe_size", "profile.mood"}; !slices.Equal(found, want) {
		t.Errorf("without a class: %v, want %v", found, want)
	}
	if !slices.Equal(bare, []string{"diary"}) {
		t.Errorf("without row-level security: %v", bare)
	}
}
