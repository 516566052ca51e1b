package dto

import (
	"encoding/json"
	"fmt"

	"github.com/paceline/paceline/internal/privacy"
)

// Body is a response body. Only this package makes one, from guarded values and
// a grant, so a handler can't answer with anything else.
type Body struct{ value any }

func bodyOf(value any) Body { return Body{value: value} }

// Encode is the body as JSON.
func (b Body) Encode() ([]byte, error) {
	if b.value == nil {
		return nil, fmt.Errorf("dto: a body of nothing")
	}
	return json.Marshal(b.value)
}

// opened is what the grant opens of a guarded value, nil while it stays closed:
// a closed field is absent from the body. This is the one place that opens.
func opened[T any](g privacy.Grant, v privacy.Guarded[T]) *T {
	value, ok := v.Open(g)
	if !ok {
		return nil
	}
	return &value
}
