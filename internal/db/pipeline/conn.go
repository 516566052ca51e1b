package pipeline

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// conn is one connection, from the moment it is ready for queries. One
// goroutine at a time has it.
type conn struct {
	p         *Pipeline
	net       net.Conn
	in        *bufio.Reader
	out       []byte
	prepared  map[*statement]bool
	preparing []preparation // by the group in flight, in order
	units     []unit        // of the group in flight
	row       []byte        // of a set, before it is a request's
	expires   time.Time
}

// preparation is a statement that is prepared in front of a unit of the group.
type preparation struct {
	at int
	*statement
}

func connect(ctx context.Context, p *Pipeline) (*conn, error) {
	c, err := p.conf.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.SyncConn(ctx); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	h, err := c.Hijack() // from here on it is bytes: a row is copied once, and decoded by who asked
	if err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return &conn{
		p: p, net: h.Conn, in: bufio.NewReaderSize(h.Conn, 32<<10),
		prepared: map[*statement]bool{}, expires: in(lifetime),
	}, nil
}

// in is a moment from now on, by the clock that sockets go by.
func in(d time.Duration) time.Time { return time.Now().Add(d) } //nolint:forbidigo // not a request's now

func (c *conn) close() {
	_ = c.net.SetDeadline(in(time.Second))
	_, _ = c.net.Write([]byte{'X', 0, 0, 0, 4})
	_ = c.net.Close()
}

// unit is what is sent and answered as one: a request behind its opening, or
// the requests of a set.
type unit struct {
	set      *statement // nil: the opening and the statement of the one request
	requests []*request
}

// units puts the requests that a set answers together, and each other on its own.
func units(out []unit, group []*request) []unit {
each:
	for i, r := range group {
		set := r.statement.set
		if set == nil || r.single {
			out = append(out, unit{requests: group[i : i+1]})
			continue
		}
		for j := range out {
			if out[j].set == set {
				out[j].requests = append(out[j].requests, r)
				continue each
			}
		}
		out = append(out, unit{set, append(make([]*request, 0, len(group)-i), r)})
	}
	return out
}

// turn sends a group and finishes each of its requests. After an error the
// connection is of no use. An empty group asks whether somebody is there.
func (c *conn) turn(group []*request) error {
	left, err := c.exchange(group)
	if err != nil || len(left) == 0 {
		return err
	}
	for _, r := range left {
		r.single = true
	}
	_, err = c.exchange(left)
	return err
}

// exchange sends a group and finishes each of its requests but those that their set
// had no row for.
func (c *conn) exchange(group []*request) (left []*request, err error) {
	c.out, c.preparing, c.units = c.out[:0], c.preparing[:0], units(c.units[:0], group)
	waiting := c.units
	defer func() {
		for _, u := range waiting {
			u.finish(ErrAlone)
		}
		if err != nil {
			unit{requests: left}.finish(ErrAlone)
			left = nil
		}
		clear(c.units)
	}()
	for i, u := range c.units {
		if u.set != nil {
			c.prepare(i, u.set)
			c.out = appendSet(c.out, u)
			continue
		}
		r := u.requests[0]
		c.prepare(i, r.opening)
		c.prepare(i, r.statement)
		c.out = append(c.out, r.out...)
	}
	c.out = append(c.out, 'S', 0, 0, 0, 4)
	if err := c.net.SetDeadline(in(2*c.p.conf.Timeout + time.Second)); err != nil {
		return left, err
	}
	if _, err := c.net.Write(c.out); err != nil {
		return left, err
	}
	for i, u := range c.units {
		err := c.answer(i, u)
		var failed *pgconn.PgError
		if err == ErrMixed { //nolint:errorlint // never wrapped
			waiting = waiting[1:]
			u.finish(err)
			return left, err
		}
		if err != nil && !errors.As(err, &failed) || severe(failed) {
			return left, err
		}
		if failed == nil {
			waiting = waiting[1:]
			left = u.answered(c.p, left)
			continue
		}
		if obsolete(failed) {
			u.requests[0].opening.drop(c.p)
			u.requests[0].statement.drop(c.p)
			return left, err
		}
		if u.set == nil && !causedByCompany(failed) { // otherwise it goes with those behind it
			waiting = waiting[1:]
			u.finish(failed)
		}
		break
	}
	return left, c.ready()
}

// answered ends the requests that have their answer, and adds the others to left.
func (u unit) answered(p *Pipeline, left []*request) []*request {
	for _, r := range u.requests {
		if r.data == nil {
			left = append(left, r)
			continue
		}
		if u.set != nil {
			p.together.Add(1)
		}
		r.finish(r.outcome())
	}
	return left
}

// finish ends all requests in the same way.
func (u unit) finish(err error) {
	for _, r := range u.requests {
		r.finish(err)
	}
}

// outcome is what becomes of an answer that is complete.
func (r *request) outcome() error {
	if r.large {
		r.statement.alone.Store(true)
		return ErrAlone
	}
	if r.opening.dropped.Load() || r.statement.dropped.Load() {
		return ErrAlone // it was read by another description
	}
	r.statement.size.Store(int32(len(r.data))) //nolint:gosec // maxResult bounds it
	return nil
}

// prepare puts Parse and Describe in front of the first unit that needs them.
func (c *conn) prepare(at int, s *statement) {
	if c.prepared[s] {
		return
	}
	for _, p := range c.preparing {
		if p.statement == s {
			return
		}
	}
	c.preparing = append(c.preparing, preparation{at, s})
	var err error
	parse := pgproto3.Parse{Name: s.name, Query: s.sql, ParameterOIDs: s.params.ParamOIDs}
	if c.out, err = parse.Encode(c.out); err == nil {
		c.out, err = (&pgproto3.Describe{ObjectType: 'S', Name: s.name}).Encode(c.out)
	}
	if err != nil { // too long for a message: PostgreSQL would have refused it when it was described
		panic("pipeline: " + err.Error())
	}
}

// answer reads all that belongs to a unit. The rows of a statement that fails
// are dropped, the opening's stays.
func (c *conn) answer(i int, u unit) error {
	for len(c.preparing) > 0 && c.preparing[0].at == i {
		if err := c.preparedAs(c.preparing[0].statement); err != nil {
			return err
		}
		c.preparing = c.preparing[1:]
	}
	if u.set != nil {
		return c.answerSet(u)
	}
	r := u.requests[0]
	r.data = make([]byte, 0, max(256, r.statement.size.Load()))
	rows, err := c.result(r)
	if err != nil {
		r.data = nil
		return err
	}
	if rows != 1 || r.large {
		return fmt.Errorf("pipeline: the opening gave %d rows", rows)
	}
	opened := len(r.data)
	if _, err = c.result(r); err != nil {
		r.data = r.data[:opened]
	}
	return err
}

// preparedAs reads what Parse and Describe give. A description that has changed
// since it was asked for makes the statement obsolete.
func (c *conn) preparedAs(s *statement) error {
	if err := c.expect('1'); err != nil {
		return err
	}
	c.prepared[s] = true
	if err := c.expect('t'); err != nil {
		return err
	}
	body, err := c.body('T')
	if err != nil {
		return err
	}
	var d pgproto3.RowDescription
	if err := d.Decode(body); err != nil {
		return err
	}
	if !s.gives(d.Fields) {
		s.drop(c.p)
	}
	return nil
}

// result reads what Bind and Execute give: the rows go behind what r has.
func (c *conn) result(r *request) (rows int, err error) {
	if err := c.expect('2'); err != nil {
		return 0, err
	}
	for {
		kind, size, err := c.next()
		if err != nil {
			return rows, err
		}
		switch kind {
		case 'D':
			rows++
			if err := c.keepRow(r, size); err != nil {
				return rows, err
			}
		case 'C':
			tag, err := c.in.Peek(size)
			if err != nil {
				return rows, err
			}
			if err := readOnly(tag); err != nil {
				return rows, err
			}
			_, err = c.in.Discard(size)
			return rows, err
		default:
			return rows, fmt.Errorf("pipeline: message %q within rows", kind)
		}
	}
}

func readOnly(tag []byte) error {
	if !strings.HasPrefix(string(tag), "SELECT ") {
		return fmt.Errorf("pipeline: not a read: %s", tag)
	}
	return nil
}

func (c *conn) keepRow(r *request, size int) error {
	n := len(r.data)
	if r.large = r.large || n+4+size > maxResult; r.large {
		_, err := c.in.Discard(size)
		return err
	}
	r.data = binary.BigEndian.AppendUint32(r.data, uint32(size)) //nolint:gosec // maxResult bounds it
	r.data = slices.Grow(r.data, size)[:n+4+size]
	_, err := io.ReadFull(c.in, r.data[n+4:])
	return err
}

// ready reads the end of a group. An error on the way to it undoes the group's
// notes and no answer.
func (c *conn) ready() error {
	for {
		body, err := c.body('Z')
		var failed *pgconn.PgError
		if errors.As(err, &failed) && !severe(failed) {
			continue
		}
		if err == nil && string(body) != "I" {
			err = fmt.Errorf("pipeline: a group ended in state %q", body)
		}
		return err
	}
}

// expect reads a message of a kind, whatever it says.
func (c *conn) expect(kind byte) error {
	_, err := c.body(kind)
	return err
}

// body reads a message of a kind that is small.
func (c *conn) body(kind byte) ([]byte, error) {
	got, size, err := c.next()
	if err != nil {
		return nil, err
	}
	if got != kind || size > 1<<20 {
		return nil, fmt.Errorf("pipeline: message %q of %d bytes where %q belongs", got, size, kind)
	}
	if size == 0 {
		return nil, nil
	}
	body := make([]byte, size)
	_, err = io.ReadFull(c.in, body)
	return body, err
}

// next reads the head of the next message, behind those that may come at any
// time. An error response is an error.
func (c *conn) next() (kind byte, size int, err error) {
	for {
		head, err := c.in.Peek(5)
		if err != nil {
			return 0, 0, err
		}
		kind, size = head[0], int(binary.BigEndian.Uint32(head[1:]))-4
		if size < 0 || size > 1<<30 {
			return 0, 0, fmt.Errorf("pipeline: a message of %d bytes", size)
		}
		if _, err := c.in.Discard(5); err != nil {
			return 0, 0, err
		}
		switch kind {
		case 'N', 'S', 'A':
			if _, err := c.in.Discard(size); err != nil {
				return 0, 0, err
			}
		case 'E':
			body := make([]byte, min(size, 1<<20))
			if _, err := io.ReadFull(c.in, body); err != nil {
				return 0, 0, err
			}
			var e pgproto3.ErrorResponse
			if err := e.Decode(body); err != nil {
				return 0, 0, err
			}
			return 0, 0, pgconn.ErrorResponseToPgError(&e)
		default:
			return kind, size, nil
		}
	}
}

// severe: the server ends the connection.
func severe(e *pgconn.PgError) bool {
	return e != nil && (e.SeverityUnlocalized == "FATAL" || e.SeverityUnlocalized == "PANIC" || strings.HasPrefix(e.Code, "57P"))
}

// obsolete: a result type has changed, the prepared statement is gone, or
// another has its name.
func obsolete(e *pgconn.PgError) bool {
	return e.Code == "0A000" || e.Code == "26000" || e.Code == "42P05"
}

// causedByCompany: lost races and locks, which a request may not meet by itself.
func causedByCompany(e *pgconn.PgError) bool {
	switch e.Code {
	case "40001", "40P01", "55P03", "25P02":
		return true
	}
	return false
}
