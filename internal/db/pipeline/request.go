package pipeline

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// request is one caller's opening and statement, and then what came back. It is
// the worker's from submit until done; the caller who left earlier never
// touches it again.
type request struct {
	opening   *statement
	statement *statement
	out       []byte // Bind, Execute; Bind, Execute
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
	r.opening, r.statement, r.data, r.large, r.err = nil, nil, nil, false, nil
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

func (r *request) encode(opening *statement, first []any, s *statement, second []any) error {
	c := codecs.Get().(*codec) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	defer codecs.Put(c)
	r.opening, r.statement = opening, s
	if err := r.bind(c, opening, first); err != nil {
		return err
	}
	return r.bind(c, s, second)
}

// bind appends Bind and Execute.
func (r *request) bind(c *codec, s *statement, args []any) error {
	if err := c.build.Build(c.types, s.params, args); err != nil {
		return err
	}
	out := append(r.out, 'B', 0, 0, 0, 0)
	start := len(out) - 4
	out = append(out, s.head...)
	out = appendInt16(out, len(c.build.ParamFormats))
	for _, f := range c.build.ParamFormats {
		out = appendInt16(out, int(f))
	}
	out = appendInt16(out, len(c.build.ParamValues))
	for _, v := range c.build.ParamValues {
		if v == nil {
			out = append(out, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(v))) //nolint:gosec // maxSent bounds it
		out = append(out, v...)
	}
	bound := len(out) + 2 + 2*len(s.fields)
	r.out = append(out, s.tail...)
	binary.BigEndian.PutUint32(r.out[start:], uint32(bound-start)) //nolint:gosec // maxSent bounds it
	return nil
}

func appendInt16(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint16(b, uint16(n)) //nolint:gosec // PostgreSQL's limit is below
}
