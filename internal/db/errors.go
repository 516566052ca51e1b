package db

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paceline/paceline/internal/fault"
)

// translate turns what PostgreSQL says into what callers act on. No row is not
// found; a database that can't serve now is unavailable. Everything else stays
// as it is: internal, unless a feature knows better.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.NotFound()
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "P0002":
			return fault.NotFound()
		case unavailable(pg.Code):
			return fault.Unavailable("database_unavailable", "the service can't answer now; try again", time.Second).Because(err)
		}
		return err
	}
	if connectionLost(err) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Unavailable("database_unavailable", "the service can't answer now; try again", time.Second).Because(err)
	}
	return err
}

// connectionLost: there is none, or it went while somebody waited for an answer.
func connectionLost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) ||
		pgconn.SafeToRetry(err) || errors.Is(err, net.ErrClosed)
}

// unavailable: statement and lock time-outs, deadlocks and lost races, too many
// connections, out of resources, shutting down.
func unavailable(code string) bool {
	switch code {
	case "57014", "55P03", "40001", "40P01":
		return true
	}
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") || strings.HasPrefix(code, "57P")
}
