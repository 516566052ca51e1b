// Package back points an arrow the wrong way.
package back

import (
	_ "github.com/paceline/paceline/internal/httpapi" // want "from list 'dto': arrows point the other way"
)
