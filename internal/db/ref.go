package db

import "github.com/google/uuid"

// Ref is how a request names a member: by an id, or else by a username.
type Ref struct {
	ID       uuid.NullUUID
	Username *string
}

// uuidText is the length of an id as text; usernames are shorter.
const uuidText = 36

// ParseRef reads a reference as typed. Usernames are of lower-case ASCII; what
// can't be in one names nobody.
func ParseRef(text string) Ref {
	if len(text) == uuidText {
		if id, err := uuid.Parse(text); err == nil {
			return RefTo(id)
		}
	}
	name := []byte(text)
	for i, c := range name {
		switch {
		case c >= 'A' && c <= 'Z':
			name[i] = c + 'a' - 'A'
		case c == 0 || c >= 0x80:
			return Ref{Username: new("")}
		}
	}
	return Ref{Username: new(string(name))}
}

// RefTo is the reference to an id.
func RefTo(id uuid.UUID) Ref { return Ref{ID: uuid.NullUUID{UUID: id, Valid: true}} }
