package limit

import (
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/member/query"
)

func queries(d *db.DB) *query.Queries { return query.New(d.Once("limit")) }
