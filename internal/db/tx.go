package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

const (
	authenticate       = `SELECT actor, member, session FROM auth.authenticate($1, $2)`
	authenticateImport = `SELECT actor, member, session FROM auth.authenticate_import($1, $2)`
	authenticateUpkeep = `SELECT actor, member, session FROM auth.authenticate_upkeep($1, $2)`
	authenticateNotice = `SELECT actor, member, session FROM auth.authenticate_notice($1, $2)`
	authenticateFeed   = `SELECT actor, member, session FROM auth.authenticate_calendar($1, $2)`
	authenticateLive   = `SELECT actor, member, session FROM auth.authenticate_live($1, $2)`
)

// Tx runs statements for a viewer. It fits the interface that compiled queries
// take. It is for one goroutine and ends with the function it is given to.
type Tx struct {
	statements
	caller Caller
	viewer privacy.Viewer
}

type statements interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Viewer is who the database says the caller is. Inside Read it is known once
// the statement has been sent.
func (t *Tx) Viewer() privacy.Viewer { return t.viewer }

// Now is the moment of the request, the same for all that it does.
func (t *Tx) Now() time.Time { return t.caller.at }

// AsViewer runs fn in a transaction of the role that serves members, as who the
// caller proves to be. It commits if fn returns nil and undoes all otherwise.
func (d *DB) AsViewer(ctx context.Context, c Caller, fn func(ctx context.Context, tx *Tx) error) error {
	return asViewer(ctx, d.app, c, fn)
}

// AsAccount is AsViewer as the role that keeps credentials.
func (d *DB) AsAccount(ctx context.Context, c Caller, fn func(ctx context.Context, tx *Tx) error) error {
	return asViewer(ctx, d.auth, c, fn)
}

// Authenticate says who a caller is, before a body is read; what is then done
// asks again.
func (d *DB) Authenticate(ctx context.Context, c Caller) (privacy.Viewer, error) {
	var v privacy.Viewer
	err := d.Read(ctx, c, func(ctx context.Context, tx *Tx) error {
		err := tx.QueryRow(ctx, `SELECT seen_by()`).Scan(new(uuid.UUID))
		v = tx.viewer
		return err
	})
	return v, err
}

func asViewer(ctx context.Context, pool *pgxpool.Pool, c Caller, fn func(ctx context.Context, tx *Tx) error) error {
	if !c.asked {
		return errors.New("db: a transaction for no caller")
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return translate(err)
	}
	defer conn.Release()
	// Begin and authenticate travel together.
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	switch c.job {
	case jobImport:
		b.Queue(authenticateImport, c.hash, c.at)
	case jobUpkeep:
		b.Queue(authenticateUpkeep, c.hash, c.at)
	case jobNotices:
		b.Queue(authenticateNotice, c.hash, c.at)
	case jobCalendar:
		b.Queue(authenticateFeed, c.hash, c.at)
	default:
		b.Queue(authenticate, c.hash, c.at)
	}
	br := conn.SendBatch(ctx, b)
	viewer, err := func() (privacy.Viewer, error) {
		if _, err := br.Exec(); err != nil {
			return privacy.Viewer{}, err
		}
		return scanViewer(c, br.QueryRow())
	}()
	if err := errors.Join(err, br.Close()); err != nil {
		rollback(ctx, conn)
		return translate(err)
	}
	if err := fn(ctx, &Tx{statements: conn, caller: c, viewer: viewer}); err != nil {
		rollback(ctx, conn)
		return translate(err)
	}
	tag, err := conn.Exec(ctx, "COMMIT")
	if err == nil && tag.String() != "COMMIT" {
		err = errors.New("db: the transaction had failed before its commit")
	}
	return translate(err)
}

// rollback undoes what is open. It outlives the request: a connection in the
// middle of a transaction may not go back into the pool, and one that can't be
// rolled back is closed by the pool, which undoes it as well.
func rollback(ctx context.Context, conn *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
		_ = conn.Conn().Close(ctx)
	}
}

// scanViewer reads authenticate's answer.
func scanViewer(c Caller, row pgx.Row) (privacy.Viewer, error) {
	var actor string
	var member, session uuid.NullUUID
	if err := row.Scan(&actor, &member, &session); err != nil {
		return privacy.Viewer{}, err
	}
	return c.viewer(actor, member.UUID, session.UUID)
}

// readViewer is scanViewer for values as they come: a text, and twice 16 bytes or NULL.
func readViewer(c Caller, values [][]byte) (privacy.Viewer, error) {
	var ids [2]uuid.UUID
	if len(values) != 1+len(ids) {
		return privacy.Viewer{}, errors.New("db: authenticate gave something else")
	}
	for i, v := range values[1:] {
		if v != nil && copy(ids[i][:], v) != len(v) {
			return privacy.Viewer{}, errors.New("db: authenticate gave something else")
		}
	}
	return c.viewer(string(values[0]), ids[0], ids[1])
}

// readingScopes are what a mail about notices is decided with.
const readingScopes = privacy.ScopeProfileRead | privacy.ScopeSocialRead | privacy.ScopeWorkoutsRead | privacy.ScopeClassesRead

// viewer is who authenticate says the caller is, if they hold what the caller is about to
// need.
func (c Caller) viewer(actor string, member, session uuid.UUID) (privacy.Viewer, error) {
	v, err := c.proven(actor, member, session)
	if err == nil && c.duty != (Duty{}) {
		err = c.duty.of(v)
	}
	if err != nil {
		return privacy.Viewer{}, err
	}
	return v, nil
}

// proven is who authenticate says the caller is. A console's scopes stand behind its name,
// and behind a session's the duties of staff.
func (c Caller) proven(actor string, member, session uuid.UUID) (privacy.Viewer, error) {
	actor, granted, _ := strings.Cut(actor, " ")
	switch actor {
	case "anonymous":
		return privacy.Anonymous(), nil
	case "session":
		return staff(member, session, granted), nil
	case "console":
		var scopes privacy.Scopes
		for name := range strings.FieldsSeq(granted) {
			scope, _ := privacy.ParseScope(name) // what is no scope gives none
			scopes |= scope
		}
		v := privacy.NewViewer(privacy.ActorConsole, member, session, scopes)
		if !v.Has(c.needs) {
			return privacy.Viewer{}, fault.Forbidden("insufficient_scope", "this is not for a console, or not within its scope")
		}
		return v, nil
	case "upkeep": // without a scope, so the policy opens nothing
		return privacy.NewViewer(privacy.ActorConsole, member, session, 0), nil
	case "mail":
		return privacy.NewViewer(privacy.ActorApp, member, member, readingScopes), nil
	case "calendar":
		return privacy.NewViewer(privacy.ActorApp, member, uuid.Nil, privacy.ScopeBookingsRead), nil
	case "nobody":
		return privacy.Viewer{}, fault.Unauthenticated("invalid_token", "the token is not valid, or no longer")
	default:
		return privacy.Viewer{}, fmt.Errorf("db: unknown actor")
	}
}
