package seal

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/uuid"
)

// Whatever was not sealed for a place doesn't open there, and says no more than that.
func FuzzOpen(f *testing.F) {
	ring, member, row := NewRing(), uuid.New(), uuid.New()
	wrapped, err := ring.NewMemberKey(member)
	if err != nil {
		f.Fatal(err)
	}
	key, err := ring.Unwrap(member, wrapped)
	if err != nil {
		f.Fatal(err)
	}
	here := Context{Column: "table.column", Row: row}
	value, err := SealValue(key, here, "a value")
	if err != nil {
		f.Fatal(err)
	}
	record, err := ring.SealSystem("purpose", []byte("ad"), []byte("a record"))
	if err != nil {
		f.Fatal(err)
	}
	token, err := ring.Token("purpose", []byte("ad"), []byte("a token"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{value, record, wrapped, []byte(token), nil, {version}, {version, 40}, record[:len(record)-1]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		shut := func(what string, err error, own []byte) {
			t.Helper()
			if bytes.Equal(input, own) {
				if err != nil {
					t.Fatalf("%s doesn't open what was sealed: %v", what, err)
				}
			} else if !errors.Is(err, ErrOpen) {
				t.Fatalf("%s of %x: %v", what, input, err)
			}
		}
		_, err := key.Open(input, here)
		shut("Open", err, value)
		_, err = OpenValue[string](key, here, input)
		shut("OpenValue", err, value)
		_, err = OpenOptional[string](key, here, input)
		if input != nil {
			shut("OpenOptional", err, value)
		}
		_, err = ring.OpenSystem("purpose", []byte("ad"), input)
		shut("OpenSystem", err, record)
		_, err = OpenSystemValue[string](ring, "purpose", []byte("other"), input)
		shut("OpenSystemValue", err, []byte("sealed by nobody"))
		_, err = ring.OpenToken("purpose", []byte("ad"), string(input))
		shut("OpenToken", err, []byte(token))
		_, err = OpenTokenValue[string](ring, "purpose", []byte("other"), string(input))
		shut("OpenTokenValue", err, []byte("sealed by nobody"))
		_, err = ring.Unwrap(member, input)
		shut("Unwrap", err, wrapped)
		_, _, err = ring.Rewrap(member, input)
		shut("Rewrap", err, wrapped)
		if id, head, box, err := splitRecord(input); err == nil && (!validID(id) || !bytes.Equal(append(bytes.Clone(head), box...), input)) {
			t.Fatalf("%x is split into %q, %x and %x", input, id, head, box)
		}
	})
}

// A ring's file is refused with a reason that repeats none of its keys, or it has a
// primary and keys of the right size, no two alike.
func FuzzRing(f *testing.F) {
	const a, b = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI="
	for _, seed := range []string{
		`{"primary":"k1","keys":{"k1":"` + a + `"}}`, `{"primary":"k2","keys":{"k1":"` + a + `","k2":"` + b + `"}}`,
		`{"primary":"k1","keys":{"k1":"` + a + `","k2":"` + a + `"}}`, `{"primary":"k1","primary":"k2","keys":{}}`, `{}`, `[]`, `{"keys":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		keys, err := parseRing("ring.json", raw)
		if err != nil {
			if refused, ok := errors.AsType[*FileError](err); !ok || refused.Problem == "" || len(refused.Error()) > 300 {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if keys.byID[keys.primary] == nil {
			t.Fatal("there is no primary")
		}
		seen := map[string]bool{}
		for id, k := range keys.byID {
			if !validID(id) || len(k.secret) != keyBytes || seen[string(k.secret)] || bytes.Equal(k.secret, make([]byte, keyBytes)) {
				t.Fatalf("the key %q was taken", id)
			}
			seen[string(k.secret)] = true
		}
	})
}
