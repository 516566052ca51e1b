package pgxpool

import (
	"context"

	"github.com/jackc/pgx/v5"
)

type Pool struct{}

type Conn struct{}

func NewWithConfig(ctx context.Context, config any) (*Pool, error) { return nil, nil }

func (*Pool) Acquire(ctx context.Context) (*Conn, error) { return nil, nil }

func (*Pool) Exec(ctx context.Context, sql string, arguments ...any) (pgx.CommandTag, error) {
	return pgx.CommandTag{}, nil
}
