// Package db is the one way to PostgreSQL.
//
// Every statement runs inside a transaction whose first act is authenticate():
// it turns the caller's token hash into the viewer that row-level security sees
// and that the policy is asked about. So a query without a viewer can't be
// written here, and a revoked session ends at its very next statement group.
//
//	Read       one short statement for a viewer, in a round trip shared with others
//	ReadAlone  one that is not short
//	AsViewer   a transaction for a viewer
//	AsAccount  the same, as the role that keeps credentials
//	AsSystem   no viewer: signing in, verifying, resetting; says why
//	AsWorker   no viewer: sending mail, clearing away; says why
//
// Reads and writes of members' data never leave paceline_app, which row-level
// security binds and which can't select a credential.
package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	googleuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/paceline/paceline/internal/db/pipeline"
)

// The database roles, by name on every server.
const (
	RoleMigrator = "paceline_migrator"
	RoleApp      = "paceline_app"
	RoleAuth     = "paceline_auth"
	RoleWorker   = "paceline_worker"
)

// Config says where the database is and how the roles prove themselves.
type Config struct {
	// URL names server and database. Its user is ignored: the roles have fixed names.
	URL string
	// Passwords by role; a role without one relies on the server's trust, as
	// over the private socket of a local run.
	Passwords map[string]string
	// Connections for paceline_app's pool; 0 is twice the number of cores. Reads
	// have half as many of their own, which they share.
	Connections int
	// StatementTimeout bounds each statement; 0 is ten seconds.
	StatementTimeout time.Duration
}

// DB is the open pools, one a role, and the pipeline of paceline_app's reads.
type DB struct {
	app, auth, worker *pgxpool.Pool
	pipeline          *pipeline.Pipeline
}

// Open connects as every serving role and refuses roles that could pass
// row-level security by.
func Open(ctx context.Context, c Config) (*DB, error) {
	d := &DB{}
	connections := c.Connections
	if connections <= 0 {
		connections = 2 * runtime.NumCPU()
	}
	for _, p := range []struct {
		pool **pgxpool.Pool
		role string
		max  int
	}{{&d.app, RoleApp, connections}, {&d.auth, RoleAuth, max(2, connections/2)}, {&d.worker, RoleWorker, 2}} {
		pool, err := open(ctx, c, p.role, p.max)
		if err != nil {
			d.Close()
			return nil, fmt.Errorf("connect as %s: %w", p.role, err)
		}
		*p.pool = pool
	}
	if err := d.openPipeline(ctx, c.timeout(), max(1, connections/2)); err != nil {
		d.Close()
		return nil, fmt.Errorf("connect as %s: %w", RoleApp, err)
	}
	return d, nil
}

// openPipeline connects as the pool of paceline_app does, and has a statement planned
// once for all values: its reads go by keys, and what they find is little.
func (d *DB) openPipeline(ctx context.Context, timeout time.Duration, connections int) (err error) {
	conf := d.app.Config().ConnConfig.Config
	for _, setting := range []string{"enable_hashjoin", "enable_mergejoin", "enable_seqscan", "jit"} {
		conf.RuntimeParams[setting] = "off"
	}
	conf.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	conf.RuntimeParams["join_collapse_limit"] = "1" // in the order in which they are written
	d.pipeline, err = pipeline.Open(ctx, pipeline.Config{
		Connect: func(ctx context.Context) (*pgconn.PgConn, error) { return pgconn.ConnectConfig(ctx, conf.Copy()) },
		Describe: func(ctx context.Context, sql string) (description *pgconn.StatementDescription, err error) {
			err = d.app.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
				description, err = c.Conn().PgConn().Prepare(ctx, "", sql, nil)
				return err
			})
			return description, err
		},
		Opening: authenticate, Together: together, Connections: connections, Timeout: timeout,
	})
	return err
}

// together gives the statement that answers many of another at once.
func together(sql string) string {
	if strings.HasSuffix(strings.TrimSpace(sql), "FROM read_workout($1) w") {
		return "SELECT * FROM read_workout_each($1, $2, $3)"
	}
	return ""
}

func (c Config) timeout() time.Duration {
	if c.StatementTimeout <= 0 {
		return 10 * time.Second
	}
	return c.StatementTimeout
}

func open(ctx context.Context, c Config, role string, connections int) (*pgxpool.Pool, error) {
	address, err := RoleURL(c.URL, role, c.Passwords[role])
	if err != nil {
		return nil, err
	}
	conf, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the database URL can't be read") // the parser's text may quote a password
	}
	timeout := c.timeout()
	conf.MaxConns = int32(min(connections, 1000)) //nolint:gosec // bounded by min
	conf.ConnConfig.ConnectTimeout = 5 * time.Second
	params := conf.ConnConfig.RuntimeParams
	params["application_name"] = role
	params["timezone"] = "UTC"
	params["statement_timeout"] = fmt.Sprint(timeout.Milliseconds())
	params["lock_timeout"] = fmt.Sprint(timeout.Milliseconds())
	params["idle_in_transaction_session_timeout"] = fmt.Sprint((2 * timeout).Milliseconds())
	conf.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		googleuuid.Register(c.TypeMap()) // otherwise each id of a list is written as text and read back
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return nil, err
	}
	var above bool
	err = pool.QueryRow(ctx, AboveTheWalls).Scan(&above)
	if err == nil && above {
		err = errors.New("the role may bypass row-level security")
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// AboveTheWalls asks whether row-level security would not bind the session.
const AboveTheWalls = `SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user`

// RoleURL is a database URL with the role for a user, and its password if it
// has one.
func RoleURL(base, role, password string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("the database URL must be postgres://…")
	}
	u.User = url.User(role)
	if password != "" {
		u.User = url.UserPassword(role, password)
	}
	q := u.Query()
	q.Del("user")
	q.Del("password")
	u.RawQuery = encode(q)
	return u.String(), nil
}

// encode writes query values the way PostgreSQL reads them, which doesn't take
// a plus for a space.
func encode(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }

// Ping says whether the database answers each role.
func (d *DB) Ping(ctx context.Context) error {
	for _, p := range []*pgxpool.Pool{d.app, d.auth, d.worker} {
		if err := p.Ping(ctx); err != nil {
			return translate(err)
		}
	}
	return nil
}

// Pools are the pools' figures, by role.
func (d *DB) Pools() map[string]func() *pgxpool.Stat {
	return map[string]func() *pgxpool.Stat{RoleApp: d.app.Stat, RoleAuth: d.auth.Stat, RoleWorker: d.worker.Stat}
}

// Pipeline is the figures of the reads that share connections.
func (d *DB) Pipeline() pipeline.Stat { return d.pipeline.Stat() }

// Close answers the reads that wait and closes the pools; it waits for
// connections that are in use.
func (d *DB) Close() {
	if d.pipeline != nil {
		d.pipeline.Close()
	}
	for _, p := range []*pgxpool.Pool{d.app, d.auth, d.worker} {
		if p != nil {
			p.Close()
		}
	}
}
