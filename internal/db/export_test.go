package db

import "context"

// ReadAlone is Read without company.
func (d *DB) ReadAlone(ctx context.Context, c Caller, fn func(ctx context.Context, tx *Tx) error) error {
	return d.read(ctx, c, fn, (*oneStatement).alone)
}
