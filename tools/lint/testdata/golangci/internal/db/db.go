// Package db is the way to PostgreSQL.
package db

import (
	_ "database/sql"

	_ "github.com/jackc/pgx/v5/pgxpool"
)
