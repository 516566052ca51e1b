// Package mail is neither a feature nor the way to PostgreSQL.
package mail

import (
	_ "crypto/md5"   // want "from list 'everywhere': crypto/sha256"
	_ "crypto/sha1"  // want "from list 'everywhere': crypto/sha256"
	_ "database/sql" // want "from list 'postgres': pgx, through package db"
	_ "io/ioutil"    // want "from list 'everywhere': io and os"
	_ "log"          // want "from list 'logging': log/slog"
	_ "log/slog"
	_ "math/rand"    // want "from list 'chance': crypto/rand"
	_ "math/rand/v2" // want "from list 'chance': crypto/rand"

	_ "github.com/jackc/pgx/v5" // want "from list 'postgres': only db, the features"
	_ "github.com/pkg/errors"   // want "from list 'everywhere': errors and fmt.Errorf"
)
