package pgtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/migrations"
)

const templatePrefix = "paceline_template_"

// schema is what a template holds.
type schema struct {
	// hash names the schema: the same one, the same name.
	hash func() (string, error)
	// build makes it in an empty database, given the superuser's URL.
	build func(ctx context.Context, url string) error
	// perDatabase are statements with %s for a database: what belongs to a database but is not
	// copied with it.
	perDatabase []string
}

// ours is the schema of Paceline.
var ours = schema{
	hash: func() (string, error) { return hashOf(migrations.FS, sourceOf(db.Provision)) },
	build: func(ctx context.Context, url string) error {
		if err := db.Provision(ctx, url, nil); err != nil {
			return err
		}
		return db.Migrate(ctx, url)
	},
	perDatabase: []string{"GRANT ALL ON DATABASE %s TO " + db.RoleMigrator},
}

// hashOf hashes all files' names and contents. A nil one stands for files that nobody can read
// here, whose content must be taken for new each time.
func hashOf(all ...fs.FS) (string, error) {
	sum := sha256.New()
	for _, files := range all {
		if files == nil {
			return rand.Text()[:16], nil
		}
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(files, path)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(sum, "%s %d\n%s", path, len(content), content)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("hash the schema: %w", err)
		}
		_, _ = io.WriteString(sum, "\n") // a hash never fails
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// sourceOf is the Go files of the package that declares a function: the roles and their rights are
// made by Go code, and a template must not outlive a change of it. nil when the sources are not
// here (-trimpath).
func sourceOf(function any) fs.FS {
	code := runtime.FuncForPC(reflect.ValueOf(function).Pointer())
	file, _ := code.FileLine(code.Entry())
	if _, err := os.Stat(file); err != nil || !filepath.IsAbs(file) {
		return nil
	}
	return packageFiles{os.DirFS(filepath.Dir(file))}
}

// packageFiles shows what a package is built from: neither subfolders nor tests.
type packageFiles struct{ fs.FS }

func (f packageFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(entries, func(entry fs.DirEntry) bool {
		return entry.IsDir() || !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go")
	}), err
}

// makeTemplate makes the template when it isn't there. It works aside and renames, so that a
// template is whole whenever it exists, and one process at a time does so.
func (s *suite) makeTemplate(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // gives the lock back, too
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(7223225463547)`); err != nil {
		return err
	}
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, s.template).Scan(&there); err != nil || there {
		return err
	}
	aside := "paceline_building"
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + quote(aside) + " WITH (FORCE)", "CREATE DATABASE " + quote(aside) + " TEMPLATE template0"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	if err := s.schema.build(ctx, withDatabase(s.admin, aside)); err != nil {
		return fmt.Errorf("make the template: %w", err)
	}
	for _, sql := range []string{
		"ALTER DATABASE " + quote(aside) + " ALLOW_CONNECTIONS false", // a connected one can't be copied
		"ALTER DATABASE " + quote(aside) + " RENAME TO " + quote(s.template),
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}
