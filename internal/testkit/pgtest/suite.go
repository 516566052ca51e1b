package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db/local"
)

// suite is the tests of one process over one schema: their server and their template.
type suite struct {
	schema   schema
	external string // the URL of a server that is not ours; "" to start one
	folder   string // where our servers' folders lie; "" for the usual one

	once     sync.Once
	err      error
	server   *local.Server // nil when external
	admin    string        // the superuser's URL of the server's own database
	template string
}

// folders is how many processes can have a server at once; `go test` runs one for each core.
const folders = 256

// open makes the suite ready: a server and the template on it.
func (s *suite) open() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	hash, err := s.schema.hash()
	if err != nil {
		return err
	}
	s.template = templatePrefix + hash
	if s.external != "" {
		if u, err := url.Parse(s.external); err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			return errors.New(Variable + " is not a URL such as postgres://user@host/database")
		}
		s.admin = s.external
		return s.makeTemplate(ctx)
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	return s.makeTemplate(ctx)
}

// start starts a server in the first folder that no other process uses.
func (s *suite) start(ctx context.Context) error {
	programs, err := local.Find(ctx)
	if err != nil {
		return err
	}
	if s.folder == "" {
		if s.folder, err = private(filepath.Join(local.Scratch(), "paceline-test-"+strconv.Itoa(os.Geteuid()))); err != nil {
			return err
		}
	}
	for n := range folders {
		err := s.startIn(ctx, local.Options{
			Dir:      filepath.Join(s.folder, fmt.Sprintf("pg%d-%d", programs.Major, n)),
			Tuning:   local.Throwaway,
			Programs: programs,
		})
		if !errors.Is(err, local.ErrInUse) {
			return err
		}
	}
	return fmt.Errorf("all %d folders in %s are in use", folders, s.folder)
}

// startIn starts a server that holds nothing but what belongs to the schema as it is now.
func (s *suite) startIn(ctx context.Context, o local.Options) (err error) {
	s.server, err = local.Start(ctx, o)
	if err == nil {
		s.admin = s.server.URL("postgres")
		var past bool
		if past, err = s.tidy(ctx); err == nil && !past {
			return nil
		}
		if err := s.server.Stop(ctx); err != nil {
			return err
		}
	} else if errors.Is(err, local.ErrInUse) || ctx.Err() != nil {
		return err
	}
	// Data of the past, or broken ones: without fsync a crash of the machine leaves ruins.
	o.Fresh = true
	if s.server, err = local.Start(ctx, o); err == nil {
		s.admin = s.server.URL("postgres")
	}
	return err
}

// tidy drops what a killed process left on the server, and reports whether there is a template of
// a schema that has changed since.
func (s *suite) tidy(ctx context.Context) (past bool, err error) {
	conn, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datname ^@ 'paceline_'`)
	if err != nil {
		return false, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return false, err
	}
	if !slices.Contains(names, s.template) {
		return len(names) > 0, nil
	}
	for _, name := range names {
		if name == s.template {
			continue
		}
		if _, err := conn.Exec(ctx, "DROP DATABASE "+quote(name)+" WITH (FORCE)"); err != nil {
			return false, err
		}
	}
	return false, nil
}
