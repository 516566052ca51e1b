// Package privacy is pure, or lint refuses it.
package privacy

import (
	_ "net"  // want "from list 'privacy': the model is pure"
	_ "os"   // want "from list 'privacy': the model is pure"
	_ "time" // want "from list 'privacy': the model knows no clock"

	_ "github.com/google/go-cmp/cmp" // want "from list 'privacy'"
	_ "github.com/google/uuid"
)
