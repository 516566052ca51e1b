package pipeline

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"
)

// A set is a statement that answers many requests of another at once: one plan and
// one execution for all of them. It takes the values of their openings and then their
// own, each as an array with an element for each request, and gives at most one row
// for each:
//
//	place                    of the request, from 1
//	the opening's first value as it was sent
//	the columns of the opening
//	the columns of the statement, all of them NULL where it has no row

// ours is the columns in front of the opening's.
const ours = 2

// answers says what is wrong with a set of a statement.
func (s *statement) answers(opening, one *statement) error {
	wrong := func(what string) error { return fmt.Errorf("pipeline: a set with other %s: %.60q", what, s.sql) }
	elements := append(append([]uint32(nil), opening.params.ParamOIDs...), one.params.ParamOIDs...)
	if len(s.params.ParamOIDs) != len(elements) || len(opening.params.ParamOIDs) == 0 {
		return wrong("parameters")
	}
	m := codecs.Get().(*codec) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	defer codecs.Put(m)
	for i, oid := range s.params.ParamOIDs {
		t, known := m.types.TypeForOID(oid)
		if !known {
			return wrong("parameters")
		}
		if array, ok := t.Codec.(*pgtype.ArrayCodec); !ok || array.ElementType.OID != elements[i] {
			return wrong("parameters")
		}
	}
	want := append(append(s.fields[:ours:ours], opening.fields...), one.fields...)
	if len(s.fields) != len(want) || s.fields[0].DataTypeOID != pgtype.Int8OID || s.fields[1].DataTypeOID != elements[0] {
		return wrong("columns")
	}
	for i := range want {
		if s.fields[i].Name != want[i].Name || s.fields[i].DataTypeOID != want[i].DataTypeOID {
			return wrong("columns")
		}
	}
	return nil
}

// value is a value of a request as it is sent, its length first, and where the next is.
func (r *request) value(at int) (value []byte, next int) {
	next = at + 4
	if size := int32(binary.BigEndian.Uint32(r.out[at:])); size > 0 { //nolint:gosec // -1 is NULL
		next += int(size)
	}
	return r.out[at:next], next
}

// appendSet writes the Bind and Execute of a set.
func appendSet(out []byte, u unit) []byte {
	start := len(out)
	out = append(appendHead(out, u.set), 0, 1, 0, 1) // one format for all: binary
	out = appendInt16(out, len(u.set.params.ParamOIDs))
	opening := u.requests[0].opening.params.ParamOIDs
	at := make([]int, len(u.requests))
	for column, oid := range append(opening[:len(opening):len(opening)], u.requests[0].statement.params.ParamOIDs...) {
		length := len(out)
		out = append(out, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1) // its length; one dimension; there may be NULLs
		out = binary.BigEndian.AppendUint32(out, oid)
		out = binary.BigEndian.AppendUint32(out, uint32(len(u.requests))) //nolint:gosec // at most maxGroup
		out = append(out, 0, 0, 0, 1)                                     // from 1 on
		for i, r := range u.requests {
			switch column {
			case 0:
				at[i] = r.values[0]
			case len(opening):
				at[i] = r.values[1]
			}
			var value []byte
			value, at[i] = r.value(at[i])
			out = append(out, value...)
		}
		binary.BigEndian.PutUint32(out[length:], uint32(len(out)-length-4)) //nolint:gosec // maxSent bounds it
	}
	return appendTail(out, start, u.set)
}

// answerSet reads what the Bind and Execute of a set give: each row becomes the
// opening's and the statement's of its request. After an error there is none.
func (c *conn) answerSet(u unit) (err error) {
	defer func() {
		if err != nil {
			for _, r := range u.requests {
				r.data = nil
			}
		}
	}()
	if err := c.expect('2'); err != nil {
		return err
	}
	for {
		kind, size, err := c.next()
		if err != nil {
			return err
		}
		if kind == 'D' && size > maxResult { // too large to travel in company: sent by itself, it will say so
			if _, err := c.in.Discard(size); err != nil {
				return err
			}
			continue
		}
		if size > maxResult {
			return fmt.Errorf("pipeline: message %q of %d bytes within rows", kind, size)
		}
		c.row = slices.Grow(c.row[:0], size)[:size]
		if _, err := io.ReadFull(c.in, c.row); err != nil {
			return err
		}
		switch kind {
		case 'D':
			if err := u.deal(c.row); err != nil {
				return err
			}
		case 'C':
			return readOnly(c.row)
		default:
			return fmt.Errorf("pipeline: message %q within rows", kind)
		}
	}
}

// deal gives a row of a set to its request, as the rows of the opening and of the
// statement.
func (u unit) deal(row []byte) error {
	first := u.requests[0]
	opening, own := len(first.opening.fields), len(first.statement.fields)
	if len(row) < 2 || int(binary.BigEndian.Uint16(row)) != ours+opening+own {
		return errShortRow
	}
	place, rest, ok := cutValue(row[2:])
	if !ok || len(place) != 4+8 {
		return errShortRow
	}
	at := binary.BigEndian.Uint64(place[4:])
	sentFor, rest, ok := cutValue(rest)
	if !ok {
		return errShortRow
	}
	if at == 0 || at > uint64(len(u.requests)) {
		return ErrMixed
	}
	r := u.requests[at-1]
	if asked, _ := r.value(r.values[0]); r.data != nil || subtle.ConstantTimeCompare(asked, sentFor) != 1 {
		return ErrMixed
	}
	behind := rest
	for range opening {
		if _, behind, ok = cutValue(behind); !ok {
			return errShortRow
		}
	}
	opened := rest[:len(rest)-len(behind)]
	r.data = make([]byte, 0, len(rest)+2*(4+2))
	r.data = appendRow(r.data, opening, opened)
	if len(behind) != 4*own || bytes.Count(behind, []byte{0xff}) != len(behind) { // not NULL throughout
		r.data = appendRow(r.data, own, behind)
	}
	return nil
}

// cutValue cuts a value off, its length first.
func cutValue(row []byte) (value, rest []byte, ok bool) {
	if len(row) < 4 {
		return nil, nil, false
	}
	n := 4
	if size := int32(binary.BigEndian.Uint32(row)); size > 0 { //nolint:gosec // -1 is NULL
		n += int(size)
	}
	if n > len(row) {
		return nil, nil, false
	}
	return row[:n], row[n:], true
}

func appendRow(data []byte, fields int, values []byte) []byte {
	data = binary.BigEndian.AppendUint32(data, uint32(2+len(values))) //nolint:gosec // maxResult bounds it
	return append(appendInt16(data, fields), values...)
}
