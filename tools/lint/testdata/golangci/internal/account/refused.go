// Package account is a feature.
package account

import (
	_ "context"
	_ "database/sql"  // want "from list 'features': pgx, through package db"
	_ "encoding/json" // want "from list 'features': features know no JSON"
	_ "net/http"      // want "from list 'features': features know no HTTP"

	_ "github.com/go-json-experiment/json" // want "from list 'features': features know no JSON"
	_ "github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/pgxpool" // want "from list 'features': no pool in a feature"
	_ "github.com/labstack/echo/v4"     // want "from list 'echo': only internal/httpapi speaks Echo"

	_ "github.com/paceline/paceline/internal/dto"     // want "from list 'features': arrows point the other way"
	_ "github.com/paceline/paceline/internal/httpapi" // want "from list 'features': arrows point the other way"
)
