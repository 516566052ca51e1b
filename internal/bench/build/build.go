// Package build makes the databases that the bench measures on.
//
// A database is what the service would have made of the world: the schema by the migrations, sealed
// columns sealed with the member's key under a ring that lies beside the database, sessions whose
// tokens the load generator knows. Only the way there is shorter: rows are copied in as the
// superuser while keys, indexes and references are off, and these are put back as the catalogue had
// them, so that PostgreSQL checks every row after all. The rows are those of migration step 5; what
// later steps make of them, they make here as on any old database.
//
// FLOOR's tables, plain and unsealed, lie in the same database in a schema of their own.
package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/floor"
	"github.com/paceline/paceline/internal/bench/world"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/db/local"
	"github.com/paceline/paceline/internal/seal"
)

// Password is every member's.
const Password = "a-password-of-the-bench"

// firstStep is the migration step whose tables are filled.
const firstStep = 5

// format changes when the same sizes give another content.
const format = 3

// Place is a private PostgreSQL and a key ring in a folder, kept from run to run.
type Place struct {
	Server *local.Server
	Ring   string // the key ring's file
	out    io.Writer
}

// Start starts the server of a folder, with the memory to hold all that is measured. A small one is
// for seeing that all works: its data don't outlive a crash of the machine.
func Start(ctx context.Context, dir string, small bool, out io.Writer) (*Place, error) {
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // others pass through to the database's folder
		return nil, err
	}
	p := &Place{Ring: filepath.Join(dir, "keyring.json"), out: out}
	if _, err := os.Stat(p.Ring); errors.Is(err, fs.ErrNotExist) {
		if err := seal.GenerateFile(p.Ring); err != nil {
			return nil, err
		}
	}
	o := local.Options{Dir: filepath.Join(dir, "postgres"), Progress: out, Tuning: local.Throwaway}
	if !small {
		o.Tuning = local.Development
		o.Settings = []string{
			fmt.Sprintf("shared_buffers=%dMB", buffers()), "max_wal_size=4GB", "checkpoint_timeout=30min",
			"max_parallel_maintenance_workers=2", "random_page_cost=1.1", "effective_cache_size=8GB",
		}
	}
	var err error
	p.Server, err = local.Start(ctx, o)
	return p, err
}

// buffers is a quarter of the machine's memory, 4 GB at most, in MB.
func buffers() int {
	const least, most = 128, 4096
	raw, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return least
	}
	var kib int
	if _, err := fmt.Sscanf(string(raw), "MemTotal: %d kB", &kib); err != nil {
		return least
	}
	return min(max(kib>>12, least), most)
}

// built is what a database tells of itself.
type built struct {
	Sizes  world.Sizes `json:"sizes"`
	Format int         `json:"format"`
	Ring   string      `json:"ring"` // the key it is sealed under
	Floor  bool        `json:"floor"`
	Base   time.Time   `json:"base"`
}

// Want says which database to make.
type Want struct {
	Name   string
	Sizes  world.Sizes
	Floor  bool // with FLOOR's tables
	Fresh  bool // even if there is one
	Params argon2id.Params
}

// Database opens the database of a name, or makes it. The URL is the superuser's.
func (p *Place) Database(ctx context.Context, want Want) (w *world.World, url string, err error) {
	url = p.Server.URL(want.Name)
	ring, err := seal.LoadRing(p.Ring)
	if err != nil {
		return nil, "", err
	}
	if !want.Fresh {
		if there, ok := ask(ctx, url); ok && there.Sizes == want.Sizes && there.Format == format && there.Ring == ring.Primary() &&
			there.Floor == want.Floor && time.Since(there.Base) < sessionLife/2 && db.Migrate(ctx, url) == nil {
			fmt.Fprintf(p.out, "database %s is there from an earlier run\n", want.Name)
			return world.New(want.Sizes, there.Base), url, nil
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // what is made is written and forgotten
	began := time.Now()
	fmt.Fprintf(p.out, "building %s: %d members, %d follows, %d workouts\n", want.Name, want.Sizes.Members, want.Sizes.Follows, want.Sizes.Workouts)
	b := &builder{url: url, ring: ring, out: p.out, want: want, world: world.New(want.Sizes, began)}
	if err := drop(ctx, p.Server.URL("postgres"), want.Name); err != nil {
		return nil, "", err
	}
	if err := db.CreateDatabase(ctx, p.Server.URL("postgres"), want.Name); err != nil {
		return nil, "", err
	}
	if err := b.all(ctx); err != nil {
		return nil, "", err
	}
	fmt.Fprintf(p.out, "built in %.0f s: %d follows in all\n", time.Since(began).Seconds(), b.world.FollowCount())
	return b.world, url, nil
}

// ask reads what a database tells of itself, if it is whole.
func ask(ctx context.Context, url string) (built, bool) {
	var out built
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return out, false
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it was only asked
	var raw []byte
	err = conn.QueryRow(ctx, `SELECT built FROM floor.built`).Scan(&raw)
	return out, err == nil && json.Unmarshal(raw, &out) == nil
}

func drop(ctx context.Context, admin, name string) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
	return err
}

type builder struct {
	url      string
	ring     *seal.Ring
	out      io.Writer
	want     Want
	world    *world.World
	keys     []seal.Wrapped
	password string // its hash
}

func (b *builder) all(ctx context.Context) error {
	for _, step := range []struct {
		what string
		run  func(context.Context) error
	}{
		{"schema", b.schema},
		{"keys", b.makeKeys},
		{"rows, keys and indexes", b.fill},
		{"statistics", func(ctx context.Context) error { return b.exec(ctx, "VACUUM (ANALYZE)") }},
		{"later migrations", func(ctx context.Context) error { return db.Migrate(ctx, b.url) }},
		{"feeds", b.feeds},
		{"statistics of those", func(ctx context.Context) error { return b.exec(ctx, "VACUUM (ANALYZE)", "CHECKPOINT") }},
		{"done", b.sign},
	} {
		began := time.Now()
		p := watch(b.out, step.what, 0)
		err := step.run(ctx)
		p.end()
		if err != nil {
			return fmt.Errorf("building %s: %s: %w", b.want.Name, step.what, err)
		}
		fmt.Fprintf(b.out, "  %s: %.1f s\n", step.what, time.Since(began).Seconds())
	}
	return nil
}

func (b *builder) exec(ctx context.Context, statements ...string) error {
	return exec(ctx, b.url, statements...)
}

func exec(ctx context.Context, url string, statements ...string) error {
	conn, err := connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) schema(ctx context.Context) error {
	if err := db.Provision(ctx, b.url, nil); err != nil {
		return err
	}
	if err := db.MigrateTo(ctx, b.url, firstStep); err != nil {
		return err
	}
	return b.exec(ctx, `CREATE SCHEMA floor`, `CREATE TABLE floor.built (built jsonb NOT NULL)`, floor.Schema)
}

// makeKeys makes a key for each member, and the one password's hash.
func (b *builder) makeKeys(context.Context) (err error) {
	b.keys = make([]seal.Wrapped, b.world.Members)
	for i := range b.keys {
		if b.keys[i], err = b.ring.NewMemberKey(b.world.MemberID(i)); err != nil {
			return err
		}
	}
	b.password, err = argon2id.CreateHash(Password, &b.want.Params)
	return err
}

// fill copies all rows in, the large tables first.
func (b *builder) fill(ctx context.Context) error {
	fills := b.workouts()
	if b.want.Floor {
		fills = append(fills, b.floorWorkouts())
	}
	fills = append(fills, b.edges())
	if b.want.Floor {
		fills = append(fills, b.floorPeople()...)
	}
	fills = append(append(fills, b.members()...), b.sessions()...)
	var tables []string
	count := 0
	for _, f := range fills {
		tables = append(tables, f.table)
		count += f.count
	}
	conn, err := connect(ctx, b.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	off, err := takeOff(ctx, conn, tables)
	if err != nil {
		return err
	}
	n := max(2, runtime.NumCPU())
	p := watch(b.out, "rows", count)
	err = inParallel(ctx, b.url, n, fills, func(ctx context.Context, conn *pgx.Conn, f fill) error { return f.copyIn(ctx, conn, p) })
	p.end()
	if err != nil {
		return err
	}
	run := func(ctx context.Context, conn *pgx.Conn, statement string) error {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
		return nil
	}
	if err := inParallel(ctx, b.url, n, off.indexes, run); err != nil {
		return err
	}
	// Two references on one table would wait for each other in a circle.
	return inParallel(ctx, b.url, 1, off.references, run)
}

// sign says in the database what it is, once it is whole.
func (b *builder) sign(ctx context.Context) error {
	return sign(ctx, b.url, b.ring.Primary(), b.want, b.world)
}

func sign(ctx context.Context, url, ring string, want Want, w *world.World) error {
	raw, err := json.Marshal(built{Sizes: want.Sizes, Format: format, Ring: ring, Floor: want.Floor, Base: w.Base})
	if err != nil {
		return err
	}
	return exec(ctx, url, `INSERT INTO floor.built VALUES ('`+string(raw)+`')`)
}

// Unsign has the next run make the database anew: it is about to be changed.
func (p *Place) Unsign(ctx context.Context, url string) error {
	return exec(ctx, url, `DELETE FROM floor.built`)
}

// Sign says that the database is again as it was made.
func (p *Place) Sign(ctx context.Context, url string, want Want, w *world.World) error {
	ring, err := seal.LoadRing(p.Ring)
	if err != nil {
		return err
	}
	return sign(ctx, url, ring.Primary(), want, w)
}
