// Package page cuts lists into pages. A cursor holds the key of the last row
// that was shown; it is sealed, and bound to the viewer, the operation and the
// filter it was made for, so that it tells nothing and works for nobody else.
package page

import (
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

const purpose = "cursor"

// Request is what a caller asks of a list. Operation and Filter are what the
// cursor belongs to; Filter spells out every parameter but limit and cursor.
type Request struct {
	Limit     int
	Cursor    string
	Operation string
	Filter    string
}

// Page is one page of a list. Next is empty on the last one.
type Page[T any] struct {
	Items []T
	Next  string
}

// After is the key that a request goes on from, or the zero key and false for
// the first page. A cursor that isn't this viewer's for this list is invalid.
func After[K any](ring *seal.Ring, v privacy.Viewer, r Request) (K, bool, error) {
	var key K
	if r.Cursor == "" {
		return key, false, nil
	}
	key, err := seal.OpenTokenValue[K](ring, purpose, bound(v, r), r.Cursor)
	if err != nil {
		return key, false, fault.Invalid("bad_cursor", "the cursor is not one of this list",
			fault.At("?cursor", "bad_cursor", "use next_cursor of the page before")).Because(err)
	}
	return key, true, nil
}

// Cut makes a page of rows that were read with one more than the limit, so that
// a full last page is known to be the last.
func Cut[T, K any](ring *seal.Ring, v privacy.Viewer, r Request, rows []T, key func(T) K) (Page[T], error) {
	if len(rows) <= r.Limit {
		return Page[T]{Items: rows}, nil
	}
	rows = rows[:r.Limit]
	next, err := Mark(ring, v, r, key(rows[len(rows)-1]))
	if err != nil {
		return Page[T]{}, err
	}
	return Page[T]{Items: rows, Next: next}, nil
}

// Mark is a cursor at a position, for a list that goes on later.
func Mark[K any](ring *seal.Ring, v privacy.Viewer, r Request, key K) (string, error) {
	return seal.TokenValue(ring, purpose, bound(v, r), key)
}

func bound(v privacy.Viewer, r Request) []byte {
	return seal.Bind(v.Actor().String(), v.Member().String(), r.Operation, r.Filter)
}
