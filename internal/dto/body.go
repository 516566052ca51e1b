package dto

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// Body is a response body. Only this package makes one, from guarded values and
// a grant, so a handler can't answer with anything else. It knows whom it shows.
type Body struct {
	value any
	raw   []byte // instead of a value: a picture
	shown []uuid.UUID
}

// bodyOf is a body that shows nobody. What opens guarded values makes its body by
// the shower they were opened through.
func bodyOf(value any) Body { return Body{value: value} }

// Encode is the body as it is sent: JSON, or a picture's bytes.
func (b Body) Encode() ([]byte, error) {
	if b.raw != nil {
		return b.raw, nil
	}
	if b.value == nil {
		return nil, fmt.Errorf("dto: a body of nothing")
	}
	if quick, ok := b.value.(appender); ok {
		return quick.appendJSON(make([]byte, 0, 1024))
	}
	return json.Marshal(b.value)
}

// Shown are the members whose data is in the body without their consent: who has
// not approved the viewer as a follower, and neither follows nor asks to follow
// them. The edge charges the viewer for reading them.
func (b Body) Shown() []uuid.UUID { return b.shown }

// shower notes whom a body shows, as it is made: values open only through it.
type shower struct{ members []uuid.UUID }

// opener opens what a grant opens, and has the owner noted.
type opener struct {
	privacy.Grant
	into *shower
}

func (s *shower) by(g privacy.Grant) opener { return opener{g, s} }

func (s *shower) body(value any) Body { return Body{value: value, shown: s.members} }

func (o opener) note() {
	consented := o.Relation() == privacy.RelationSelf || o.Relation() == privacy.RelationFollower ||
		o.Edge().Has(privacy.EdgeFollows|privacy.EdgeAsks)
	if !consented && !slices.Contains(o.into.members, o.Owner()) {
		o.into.members = append(o.into.members, o.Owner())
	}
}

// opened is what the grant opens of a guarded value, nil while it stays closed:
// a closed field is absent from the body. This is the one place that opens.
func opened[T any](g opener, v privacy.Guarded[T]) *T {
	value, ok := v.Open(g.Grant)
	if !ok {
		return nil
	}
	g.note()
	return &value
}
