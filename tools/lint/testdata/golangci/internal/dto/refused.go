// Package dto builds bodies.
package dto

import (
	_ "encoding/json"
	_ "net/http" // want "from list 'dto': dto builds bodies"

	_ "github.com/jackc/pgx/v5" // want "from list 'dto': dto opens what a feature read" "from list 'postgres'"

	_ "github.com/paceline/paceline/internal/account/query"     // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/booking/query"     // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/class/query"       // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/db"                // want "from list 'dto': dto opens what a feature read"
	_ "github.com/paceline/paceline/internal/group/query"       // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/leaderboard/query" // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/member/query"      // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/moderation/query"  // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/notice/query"      // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/social/query"      // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/staff/query"       // want "from list 'serving': row types stay inside"
	_ "github.com/paceline/paceline/internal/workout/query"     // want "from list 'serving': row types stay inside"
)
