package pipeline

import (
	"bufio"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// hearSet runs a group of equal requests, each with a token's hash, against what a
// server says to their set.
func hearSet(server string, hashes ...string) (group []*request, lost error) {
	return hearSetWith(server, 0, hashes...)
}

// hearSetWith is hearSet with so many others in the group, that are for no set. The first
// request of the set stands in front of them, the rest behind.
func hearSetWith(server string, others int, hashes ...string) (group []*request, lost error) {
	field := func(name string, oid uint32) pgconn.FieldDescription {
		return pgconn.FieldDescription{Name: name, DataTypeOID: oid}
	}
	opening := newStatement("opening", "opening", &pgconn.StatementDescription{
		ParamOIDs: []uint32{pgtype.ByteaOID}, Fields: []pgconn.FieldDescription{field("who", pgtype.TextOID)},
	})
	one := newStatement("one", "one", &pgconn.StatementDescription{
		ParamOIDs: []uint32{pgtype.UUIDOID}, Fields: []pgconn.FieldDescription{field("v", pgtype.TextOID)},
	})
	one.set = newStatement("set", "set", &pgconn.StatementDescription{
		ParamOIDs: []uint32{pgtype.ByteaArrayOID, pgtype.UUIDArrayOID},
		Fields: []pgconn.FieldDescription{
			field("place", pgtype.Int8OID), field("hash", pgtype.ByteaOID), field("who", pgtype.TextOID), field("v", pgtype.TextOID),
		},
	})
	if err := one.set.answers(opening, one); err != nil {
		return nil, err
	}
	one.set.of = one
	stream := said{Reader: strings.NewReader(server)}
	c := &conn{
		p: &Pipeline{}, net: stream, in: bufio.NewReader(stream),
		prepared: map[*statement]bool{opening: true, one: true, one.set: true},
	}
	c.p.statements.known.Store(&map[string]*statement{"opening": opening, "one": one})
	for _, hash := range hashes {
		r := &request{done: make(chan struct{}, 1)}
		var value []byte
		if hash != "" {
			value = []byte(hash)
		}
		if err := r.encode(opening, [][]byte{value}, one, []any{uuid.Nil}); err != nil {
			return nil, err
		}
		group = append(group, r)
	}
	for range others {
		r := &request{opening: opening, statement: newStatement("other", "other", &pgconn.StatementDescription{Fields: one.fields}), done: make(chan struct{}, 1)}
		c.prepared[r.statement] = true
		group = slices.Insert(group, 0, r)
	}
	sent := slices.Concat(group[others:others+1], group[:others], group[others+1:])
	return group, c.turn(sent)
}

// dealt is a row of a set; an empty value is NULL.
func dealt(place uint64, hash, who, v string) string {
	body := binary.BigEndian.AppendUint16(nil, 4)
	for _, value := range []string{string(binary.BigEndian.AppendUint64(nil, place)), hash, who, v} {
		if value == "" {
			body = append(body, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		body = append(binary.BigEndian.AppendUint32(body, uint32(len(value))), value...) //nolint:gosec // short
	}
	return message('D', string(body))
}

// A row of a set goes to the request that it was read for, whatever its order, and a
// row that was not read for the request in its place spoils the set for all.
func TestARowOfASetIsItsRequests(t *testing.T) {
	t.Parallel()
	annAndBen := bound + dealt(2, "hash of ben", "ben", "for ben") + dealt(1, "hash of ann", "ann", "for ann")
	type heard struct {
		opening string
		values  []string
		err     error
	}
	toAnn, toBen := heard{"ann", []string{"for ann"}, nil}, heard{"ben", []string{"for ben"}, nil}
	mixed, alone := heard{err: ErrMixed}, heard{err: ErrAlone}
	for name, c := range map[string]struct {
		server   string
		ann, ben heard
		lost     bool
	}{
		"right":               {annAndBen + selected + idling, toAnn, toBen, false},
		"nothing to show":     {bound + dealt(1, "hash of ann", "ann", "") + dealt(2, "hash of ben", "ben", "for ben") + selected + idling, heard{"ann", nil, nil}, toBen, false},
		"of another":          {bound + dealt(1, "hash of ben", "ben", "for ben") + dealt(2, "hash of ann", "ann", "for ann") + selected + idling, mixed, mixed, true},
		"of nobody":           {bound + dealt(1, "", "anonymous", "for all") + selected + idling, mixed, mixed, true},
		"twice":               {annAndBen + dealt(1, "hash of ann", "ann", "for ben") + selected + idling, mixed, mixed, true},
		"in no place":         {annAndBen + dealt(0, "hash of ann", "ann", "x") + selected + idling, mixed, mixed, true},
		"in a place too many": {annAndBen + dealt(3, "hash of ann", "ann", "x") + selected + idling, mixed, mixed, true},
		"short":               {bound + message('D', "\x00\x04\x00\x00\x00\x08") + selected + idling, alone, alone, true},
		"of other columns":    {bound + row("x") + selected + idling, alone, alone, true},
		"no read":             {annAndBen + message('C', "UPDATE 2\x00") + idling, alone, alone, true},
		"cut off":             {annAndBen, alone, alone, true},
		"failed":              {annAndBen + failing + idling, alone, alone, false},
		"ended":               {annAndBen + ended, alone, alone, true},
		"one left out": {
			bound + dealt(1, "hash of ann", "ann", "for ann") + selected + idling +
				bound + row("ben") + selected + bound + row("for ben") + selected + idling, toAnn, toBen, false,
		},
		"one left out, and gone": {bound + dealt(1, "hash of ann", "ann", "for ann") + selected + idling, toAnn, alone, true},
		"one too large": {
			bound + dealt(1, "hash of ann", "ann", strings.Repeat("x", maxResult)) + dealt(2, "hash of ben", "ben", "for ben") + selected + idling +
				bound + row("ann") + selected + bound + row("for ann") + selected + idling, toAnn, toBen, false,
		},
	} {
		group, lost := hearSet(c.server, "hash of ann", "hash of ben")
		if (lost != nil) != c.lost {
			t.Errorf("%s: the connection: %v", name, lost)
		}
		if len(group) != 2 {
			continue
		}
		for i, want := range []heard{c.ann, c.ben} {
			opening, values, err := read(t, group[i])
			if opening != want.opening || !slices.Equal(values, want.values) || !errors.Is(err, want.err) || err != nil && want.err == nil {
				t.Errorf("%s, request %d: %q %q %v, not %v", name, i, opening, values, err, want)
			}
		}
	}
}

// Those whom a set leaves out go again while others of the group failed, and nobody
// is left without an end.
func TestASetInBadCompany(t *testing.T) {
	t.Parallel()
	again := ""
	for _, who := range []string{"a", "b", "c", "d"} {
		again += reply(who, "for "+who)
	}
	failed := bound + row("x") + selected + failing + idling
	group, lost := hearSetWith(bound+message('C', "SELECT 0\x00")+failed+again+idling, 3, "a", "b", "c", "d")
	if lost != nil {
		t.Fatal(lost)
	}
	var failure *pgconn.PgError
	if _, _, err := read(t, group[0]); !errors.As(err, &failure) {
		t.Errorf("the one that fails: %v", err)
	}
	for _, r := range group[1:3] {
		if _, _, err := read(t, r); !errors.Is(err, ErrAlone) {
			t.Errorf("one behind it: %v", err)
		}
	}
	for i, who := range []string{"a", "b", "c", "d"} {
		if opening, values, err := read(t, group[3+i]); opening != who || !slices.Equal(values, []string{"for " + who}) || err != nil {
			t.Errorf("one left out: %q %q %v", opening, values, err)
		}
	}
}

// A set that the database describes otherwise by now is forgotten with its statement,
// which is then described anew; else all that asks for it would run alone for good.
func TestASetThatChangedIsDescribedAnew(t *testing.T) {
	t.Parallel()
	p := &Pipeline{}
	one := newStatement("one", "one", &pgconn.StatementDescription{})
	one.set = newStatement("set", "set", &pgconn.StatementDescription{})
	one.set.of = one
	p.statements.known.Store(&map[string]*statement{"one": one})
	one.set.drop(p)
	if known := *p.statements.known.Load(); known["one"] != nil || !one.dropped.Load() {
		t.Errorf("still known: %v, dropped: %t", known, one.dropped.Load())
	}
}

// A set has to take and to give what its statement and the opening do.
func TestASetIsOfItsStatement(t *testing.T) {
	t.Parallel()
	describe := func(params []uint32, fields ...uint32) *statement {
		d := &pgconn.StatementDescription{ParamOIDs: params}
		for i, oid := range fields {
			d.Fields = append(d.Fields, pgconn.FieldDescription{Name: string(rune('a' + i)), DataTypeOID: oid})
		}
		return newStatement("s", "s", d)
	}
	opening, one := describe([]uint32{pgtype.ByteaOID}, pgtype.TextOID), describe([]uint32{pgtype.UUIDOID}, pgtype.BoolOID)
	opening.fields[0].Name, one.fields[0].Name = "c", "d"
	both := []uint32{pgtype.ByteaArrayOID, pgtype.UUIDArrayOID}
	if err := describe(both, pgtype.Int8OID, pgtype.ByteaOID, pgtype.TextOID, pgtype.BoolOID).answers(opening, one); err != nil {
		t.Error(err)
	}
	for name, s := range map[string]*statement{
		"a parameter less":     describe(both[:1], pgtype.Int8OID, pgtype.ByteaOID, pgtype.TextOID, pgtype.BoolOID),
		"no array":             describe([]uint32{pgtype.ByteaArrayOID, pgtype.UUIDOID}, pgtype.Int8OID, pgtype.ByteaOID, pgtype.TextOID, pgtype.BoolOID),
		"another array":        describe([]uint32{pgtype.ByteaArrayOID, pgtype.TextArrayOID}, pgtype.Int8OID, pgtype.ByteaOID, pgtype.TextOID, pgtype.BoolOID),
		"no place":             describe(both, pgtype.ByteaOID, pgtype.TextOID, pgtype.BoolOID),
		"another place":        describe(both, pgtype.Int4OID, pgtype.ByteaOID, pgtype.TextOID, pgtype.BoolOID),
		"nothing of who asked": describe(both, pgtype.Int8OID, pgtype.TextOID, pgtype.TextOID, pgtype.BoolOID),
		"another opening":      describe(both, pgtype.Int8OID, pgtype.ByteaOID, pgtype.UUIDOID, pgtype.BoolOID),
		"another column":       describe(both, pgtype.Int8OID, pgtype.ByteaOID, pgtype.TextOID, pgtype.TextOID),
		"a column more":        describe(both, pgtype.Int8OID, pgtype.ByteaOID, pgtype.TextOID, pgtype.BoolOID, pgtype.BoolOID),
	} {
		if err := s.answers(opening, one); err == nil {
			t.Errorf("a set with %s was taken", name)
		}
	}
}

// Whatever a server says, each request has an end, and an answer out of a set only
// where a row was sent for its very hash.
func FuzzSet(f *testing.F) {
	ann, ben := dealt(1, "hash of ann", "ann", "for ann"), dealt(2, "hash of ben", "ben", "for ben")
	f.Add([]byte(bound + ann + ben + selected + idling))
	f.Add([]byte(bound + ben + selected + idling + reply("ann", "x") + idling))
	f.Add([]byte(bound + dealt(1, "hash of ann", "ann", "") + dealt(2, "", "", "") + selected + idling))
	f.Add([]byte(bound + ann + failing + idling))
	f.Fuzz(func(t *testing.T, server []byte) {
		group, _ := hearSet(string(server), "hash of ann", "hash of ben")
		mixed := 0
		for i, r := range group {
			_, _, err := read(t, r)
			if err == ErrMixed { //nolint:errorlint // never wrapped
				mixed++
			}
			sent := string(binary.BigEndian.AppendUint64(nil, uint64(i+1))) + "\x00\x00\x00\x0b" + []string{"hash of ann", "hash of ben"}[i] //nolint:gosec // two
			if err == nil && !r.single && !strings.Contains(string(server), sent) {
				t.Errorf("request %d has an answer, and no row was sent for it", i)
			}
		}
		if mixed == 1 {
			t.Error("one of a set is mixed, the other is not")
		}
	})
}
