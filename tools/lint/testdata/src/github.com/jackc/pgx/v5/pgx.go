// Package pgx has the names that the rules know of the driver.
package pgx

import "context"

type Row interface{ Scan(dest ...any) error }

type Rows interface{ Next() bool }

type CommandTag struct{}

type Batch struct{}

func (*Batch) Queue(query string, arguments ...any) {}

type Tx interface {
	Exec(ctx context.Context, sql string, arguments ...any) (CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) Row
	SendBatch(ctx context.Context, b *Batch)
}

type Conn struct{}

func (*Conn) QueryRow(ctx context.Context, sql string, args ...any) Row { return nil }

func Connect(ctx context.Context, url string) (*Conn, error) { return nil, nil }

func BeginFunc(ctx context.Context, db any, fn func(Tx) error) error { return nil }

func CollectRows(rows Rows) ([]string, error) { return nil, nil }
