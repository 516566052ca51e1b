package pgtest

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
)

// ask runs one statement that gives one text, as the URL's role.
func ask(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var got string
	if err := conn.QueryRow(t.Context(), sql).Scan(&got); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

func do(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestPacelinesSchema(t *testing.T) {
	t.Parallel()
	d := New(t)
	if got := ask(t, d.Superuser(), "SELECT (version > 0 AND NOT dirty)::text FROM schema_migrations"); got != "true" {
		t.Errorf("migrated: %s", got)
	}
	for _, role := range []string{db.RoleMigrator, db.RoleApp, db.RoleAuth, db.RoleWorker} {
		if got := ask(t, d.URL(role), "SELECT current_user::text"); got != role {
			t.Errorf("%s is %s", role, got)
		}
	}
	// The database's own grants are not copied with a template.
	if got := ask(t, d.URL(db.RoleMigrator), "SELECT has_database_privilege(current_database(), 'CREATE')::text"); got != "true" {
		t.Errorf("the migrator may make schemas: %s", got)
	}
	pool, err := db.Open(t.Context(), db.Config{URL: d.Superuser()})
	if err != nil {
		t.Fatal(err)
	}
	pool.Close()
}

// Databases of parallel tests know nothing of each other, come quickly, and are gone afterwards.
func TestADatabaseForEachTest(t *testing.T) {
	t.Parallel()
	var names []string
	t.Run("parallel", func(t *testing.T) {
		for range 8 {
			began := time.Now()
			d := New(t)
			t.Logf("made in %s", time.Since(began))
			names = append(names, ask(t, d.Superuser(), "SELECT current_database()::text"))
			t.Run("", func(t *testing.T) {
				t.Parallel()
				do(t, d.Superuser(), "CREATE TABLE only_here (n int)")
			})
		}
	})
	for _, name := range names {
		if got := ask(t, paceline.admin, "SELECT count(*)::text FROM pg_database WHERE datname = '"+name+"'"); got != "0" {
			t.Errorf("%s is still there", name)
		}
	}
}

// A copy begins with all that the database holds, and goes its own way.
func TestACopyGoesItsOwnWay(t *testing.T) {
	t.Parallel()
	d := New(t)
	do(t, d.Superuser(), "CREATE TABLE mark AS SELECT 1 AS n")
	c := d.Copy(t)
	do(t, c.Superuser(), "UPDATE mark SET n = 2")
	for url, want := range map[string]string{d.Superuser(): "1", c.Superuser(): "2"} {
		if got := ask(t, url, "SELECT n::text FROM mark"); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
	if got := ask(t, c.URL(db.RoleMigrator), "SELECT has_database_privilege(current_database(), 'CREATE')::text"); got != "true" {
		t.Errorf("the migrator may make schemas: %s", got)
	}
}
