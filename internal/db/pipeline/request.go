package pipeline

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgtype"
)

// request is one caller's opening and statement, and then what came back. It is
// the worker's from submit until done; the caller who left earlier never
// touches it again.
type request struct {
	opening   *statement
	statement *statement
	out       []byte // Bind, Execute; Bind, Execute
	values    [2]int // where in out the values of the opening and of the statement begin
	single    bool   // not for a set
	data      []byte // rows as they came: length, row; the opening's first
	large     bool   // more came than an answer may hold
	err       error
	done      chan struct{}
	abandoned atomic.Bool
}

var requests = sync.Pool{New: func() any { return &request{done: make(chan struct{}, 1)} }}

func newRequest() *request {
	return requests.Get().(*request) //nolint:errcheck,forcetypeassert // the pool holds nothing else
}

// recycle gives a request back that nobody else holds. What was read goes on
// with the answer, and is not used again.
func (r *request) recycle() {
	r.opening, r.statement, r.data, r.large, r.single, r.err = nil, nil, nil, false, false, nil
	if cap(r.out) > 4<<10 {
		r.out = nil
	}
	r.out = r.out[:0]
	requests.Put(r)
}

func (r *request) finish(err error) {
	r.err = err
	r.done <- struct{}{}
}

// encode writes the messages: the opening with values as they travel, in binary,
// and the statement with arguments of Go's.
func (r *request) encode(opening *statement, values [][]byte, s *statement, args []any) error {
	if len(values) != len(opening.params.ParamOIDs) || len(args) != len(s.params.ParamOIDs) {
		return fmt.Errorf("pipeline: %d and %d arguments, not %d and %d",
			len(values), len(args), len(opening.params.ParamOIDs), len(s.params.ParamOIDs))
	}
	r.opening, r.statement = opening, s
	out := append(appendHead(r.out, opening), 0, 1, 0, 1) // one format for all: binary
	out = appendInt16(out, len(values))
	r.values[0] = len(out)
	for _, v := range values {
		if v == nil {
			out = append(out, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(v))) //nolint:gosec // maxSent bounds it
		out = append(out, v...)
	}
	out = appendTail(out, 0, opening)
	start := len(out)
	out = appendInt16(appendHead(out, s), len(args))
	formats := len(out)
	out = appendInt16(append(out, make([]byte, 2*len(args))...), len(args))
	r.values[1] = len(out)
	var err error
	for i, arg := range args {
		oid := s.params.ParamOIDs[i]
		var format int16
		var ok bool
		if out, format, ok = appendParam(out, oid, arg); !ok {
			if out, format, err = appendOther(out, oid, arg); err != nil {
				return fmt.Errorf("pipeline: argument %d: %w", i+1, err)
			}
		}
		r.single = r.single || format != pgtype.BinaryFormatCode
		out[formats+2*i+1] = byte(format) //nolint:gosec // 0 or 1
	}
	r.out = appendTail(out, start, s)
	return nil
}

// appendHead begins a Bind: kind, room for its length, portal, name.
func appendHead(out []byte, s *statement) []byte {
	return append(append(out, 'B', 0, 0, 0, 0), s.head...)
}

// appendTail ends the Bind that begins at start, and executes it.
func appendTail(out []byte, start int, s *statement) []byte {
	length := len(out) + 2 + 2*len(s.fields) - start - 1
	binary.BigEndian.PutUint32(out[start+1:], uint32(length)) //nolint:gosec // maxSent bounds it
	return append(out, s.tail...)
}

func appendInt16(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint16(b, uint16(n)) //nolint:gosec // PostgreSQL's limit is below
}
