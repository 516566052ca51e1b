// Package load makes the requests of the bench and measures what they took: a lean client over
// kept connections, so that little of the machine goes to it; a closed loop; rounds that alternate
// between the sides that are compared; the time that processes spent.
package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// Conn is one kept connection. It is for one goroutine.
type Conn struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
	body    []byte
}

// patience is how long an answer may take.
const patience = 30 * time.Second

// Dial connects.
func Dial(ctx context.Context, address string) (*Conn, error) {
	c := &Conn{address: address, in: bufio.NewReaderSize(nil, 32<<10)}
	return c, c.dial(ctx)
}

func (c *Conn) dial(ctx context.Context) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", c.address)
	if err != nil {
		return err
	}
	c.conn = conn
	c.in.Reset(conn)
	return nil
}

// Close closes the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// Do sends a request and reads the answer. The body is good until the next call.
func (c *Conn) Do(ctx context.Context, request []byte) (status int, body []byte, err error) {
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, nil, err
	}
	if _, err := c.conn.Write(request); err != nil {
		return 0, nil, err
	}
	status, length, last, err := c.head()
	if err != nil {
		return 0, nil, err
	}
	c.body = c.body[:0]
	if length < 0 {
		err = c.chunks()
	} else {
		err = c.more(length)
	}
	if err == nil && last {
		_ = c.conn.Close()
		err = c.dial(ctx)
	}
	return status, c.body, err
}

// head reads the status line and those headers that matter. A length below 0 is a body in chunks.
func (c *Conn) head() (status, length int, last bool, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, false, err
	}
	if len(line) < 12 {
		return 0, 0, false, fmt.Errorf("load: status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, false, fmt.Errorf("load: status line %q", line)
	}
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, 0, false, err
		}
		if len(line) <= 2 {
			return status, length, last, nil
		}
		switch {
		case begins(line, "content-length:"):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:]))); err != nil {
				return 0, 0, false, err
			}
		case begins(line, "transfer-encoding:"):
			length = -1
		case begins(line, "connection: close"):
			last = true
		}
	}
}

func begins(line []byte, name string) bool {
	return len(line) >= len(name) && bytes.EqualFold(line[:len(name)], []byte(name))
}

func (c *Conn) more(n int) error {
	from := len(c.body)
	if cap(c.body) < from+n {
		c.body = append(make([]byte, 0, 2*(from+n)), c.body...)
	}
	c.body = c.body[:from+n]
	_, err := io.ReadFull(c.in, c.body[from:])
	return err
}

func (c *Conn) chunks() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return errors.New("load: a chunk without a size")
		}
		if err := c.more(int(size)); err != nil {
			return err
		}
		if _, err := c.in.Discard(2); err != nil || size == 0 {
			return err
		}
	}
}
