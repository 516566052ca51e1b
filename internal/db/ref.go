package db

import (
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/text"
)

// Ref is how a request names a member: by an id, or else by a username.
type Ref struct {
	ID       uuid.NullUUID
	Username *string
}

// uuidText is the length of an id as text; usernames are shorter.
const uuidText = 36

// ParseRef reads a reference as typed. Usernames are of lower-case ASCII; what
// can't be in one names nobody.
func ParseRef(typed string) Ref {
	if len(typed) == uuidText {
		if id, err := uuid.Parse(typed); err == nil {
			return RefTo(id)
		}
	}
	if strings.ContainsFunc(typed, func(r rune) bool { return r == 0 || r >= utf8.RuneSelf }) {
		return Ref{Username: new("")}
	}
	return Ref{Username: new(text.FoldASCII(typed))}
}

// RefTo is the reference to an id.
func RefTo(id uuid.UUID) Ref { return Ref{ID: uuid.NullUUID{UUID: id, Valid: true}} }
