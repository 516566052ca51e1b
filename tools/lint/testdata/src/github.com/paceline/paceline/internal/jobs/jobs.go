package jobs

import (
	"context"

	"github.com/paceline/paceline/internal/db"
)

func work(ctx context.Context, d *db.DB) error { return d.AsWorker(ctx, "mail", nil) }

func signIn(ctx context.Context, d *db.DB) error {
	return d.AsSystem(ctx, "login", nil) // want `internal/db.DB.AsSystem is not for here`
}
