package db

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/paceline/paceline/migrations"
)

// CheckSchema says whether the database is at least at the step that this
// program knows, and not half way to one. A newer schema is fine: each step is
// safe with the program before it.
func (d *DB) CheckSchema(ctx context.Context) error {
	var version int
	var dirty bool
	if err := d.app.QueryRow(ctx, `SELECT version, dirty FROM schema_migrations`).Scan(&version, &dirty); err != nil {
		return fmt.Errorf("the database has no schema yet: run paceline migrate (%w)", translate(err))
	}
	newest, err := newestStep()
	if err != nil {
		return err
	}
	if dirty {
		return fmt.Errorf("migration step %d failed half way: mend its cause, set dirty to false in schema_migrations, and run paceline migrate", version)
	}
	if version < newest {
		return fmt.Errorf("the database is at step %d, this program needs %d: run paceline migrate", version, newest)
	}
	return nil
}

func newestStep() (int, error) {
	files, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("no migrations in this program: %w", err)
	}
	number, _, _ := strings.Cut(files[len(files)-1], "_")
	return strconv.Atoi(number)
}
