package db_test

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/testkit/pgtest"
	"github.com/paceline/paceline/migrations"
)

var classed = regexp.MustCompile(`^class: (public|guarded|sealed|secret|internal)\b`)

// shape is all that a schema consists of, in one text.
const shape = `SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') FROM (
	SELECT 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || c.relrowsecurity || ' ' || coalesce(c.relacl::text, '') AS line
		FROM pg_class c WHERE relnamespace::regnamespace::text IN ('public', 'auth') AND c.relname NOT LIKE 'schema_migrations%'
	UNION ALL SELECT 'column ' || attrelid::regclass || ' ' || attname || ' ' || atttypid::regtype || ' ' || attnotnull
		FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
		WHERE relnamespace::regnamespace::text IN ('public', 'auth') AND attnum > 0 AND NOT attisdropped AND c.relname NOT LIKE 'schema_migrations%'
	UNION ALL SELECT 'function ' || p.oid::regprocedure || ' ' || coalesce(p.proacl::text, '') || md5(p.prosrc)
		FROM pg_proc p WHERE pronamespace::regnamespace::text IN ('public', 'auth')
	UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '') || coalesce(with_check, '')
		FROM pg_policies) AS lines`

// Each step goes down to exactly the schema before it, and up again.
func TestEveryStepHasAWayDown(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t)
	conn := pgtest.Connect(t, pg.Superuser())
	look := func() (s string) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), shape).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	ups, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil || len(ups) == 0 {
		t.Fatal(ups, err)
	}
	steps := []uint{0} // numbers may be left out
	for _, up := range ups {
		down := strings.Replace(up, ".up.", ".down.", 1)
		if _, err := fs.Stat(migrations.FS, down); err != nil {
			t.Errorf("%s: %v", up, err)
		}
		number, _, _ := strings.Cut(up, "_")
		step, err := strconv.ParseUint(number, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, uint(step))
	}
	to := func(step uint) {
		t.Helper()
		if err := db.MigrateTo(t.Context(), pg.Superuser(), step); err != nil {
			t.Fatalf("to step %d: %v", step, err)
		}
	}
	top := look()
	shapes := map[uint]string{steps[len(steps)-1]: top}
	for _, step := range slices.Backward(steps[:len(steps)-1]) {
		to(step)
		shapes[step] = look()
	}
	if shapes[0] != "" {
		t.Errorf("left at the bottom:\n%s", shapes[0])
	}
	for _, step := range steps[1:] {
		to(step)
		if look() != shapes[step] {
			t.Errorf("step %d comes up differently", step)
		}
	}
	// And once more from the top: migrating twice does nothing.
	if err := db.Migrate(t.Context(), pg.Superuser()); err != nil || look() != top {
		t.Errorf("twice: %v", err)
	}
	if err := db.Provision(t.Context(), pg.Superuser(), map[string]string{}); err != nil || look() != top {
		t.Errorf("provisioning twice: %v", err)
	}
}

// Several at once, through different databases of one server: all succeed.
func TestProvisioningAtOnce(t *testing.T) {
	t.Parallel()
	failed := make(chan error)
	const many = 8
	for range many {
		pg := pgtest.New(t)
		go func() {
			var err error
			for range 5 {
				err = errors.Join(err, db.Provision(t.Context(), pg.Superuser(), map[string]string{db.RoleApp: "word", db.RoleAuth: "word"}))
			}
			failed <- err
		}()
	}
	for range many {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}
