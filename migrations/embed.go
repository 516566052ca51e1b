// Package migrations holds the schema, step by step. Every step is safe with
// the binary before it still running and has a tested way down. Every table
// and column says its class in its comment:
//
//	public    anybody may know it
//	guarded   a member's; shown by the privacy model only
//	sealed    guarded, and encrypted with the member's key
//	secret    proves who somebody is; never leaves the database
//	internal  about the machinery, not about a member's life
package migrations

import "embed"

// FS holds the steps, NNNN_name.{up,down}.sql.
//
//go:embed *.sql
var FS embed.FS
