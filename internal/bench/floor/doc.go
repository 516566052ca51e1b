// Package floor is what Paceline is measured against: the same answers, byte for byte, by a service
// that a good engineer would write plainly and quickly without a thought for privacy walls. It is
// net/http, a pgxpool of twice the number of cores, one prepared statement a request, encoding/json.
// It has no login (a header says who asks, and it believes it), no walls in the database, no sealed
// columns, no log, no metrics. It does look at the owner's settings, the follow and the block that
// its statement joins, since an answer that shows a heart rate would be another answer.
package floor

import _ "embed"

// Schema makes FLOOR's tables, in the schema named floor.
//
//go:embed schema.sql
var Schema string
