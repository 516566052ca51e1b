package pipeline

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// said is a connection on which the server says what it is told to, whatever it hears.
type said struct {
	net.Conn
	io.Reader
}

func (s said) Read(p []byte) (int, error)  { return s.Reader.Read(p) }
func (s said) Write(p []byte) (int, error) { return len(p), nil }
func (said) SetDeadline(time.Time) error   { return nil }

func message(kind byte, body string) string {
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4)) //nolint:gosec // short
	return string(head) + body
}

func row(values ...string) string {
	body := binary.BigEndian.AppendUint16(nil, uint16(len(values))) //nolint:gosec // few
	for _, v := range values {
		body = binary.BigEndian.AppendUint32(body, uint32(len(v))) //nolint:gosec // short
		body = append(body, v...)
	}
	return message('D', string(body))
}

var (
	bound    = message('2', "")
	selected = message('C', "SELECT 1\x00")
	idling   = message('Z', "I")
	failing  = message('E', "SERROR\x00VERROR\x00C22012\x00Mno\x00\x00")
	ended    = message('E', "SFATAL\x00VFATAL\x00C57P01\x00Mno\x00\x00")
)

func reply(opening, value string) string {
	return bound + row(opening) + selected + bound + row(value) + selected
}

// hear runs a group of as many requests against what a server says.
func hear(server string, requests int) (group []*request, lost error) {
	return hearOn(server, requests, true)
}

func hearOn(server string, requests int, prepared bool) (group []*request, lost error) {
	p := &Pipeline{}
	text := func(name string) *statement {
		return newStatement(name, name, &pgconn.StatementDescription{Fields: []pgconn.FieldDescription{{Name: "v", DataTypeOID: pgtype.TextOID}}})
	}
	opening, s := text("opening"), text("statement")
	p.statements.known.Store(&map[string]*statement{"opening": opening, "statement": s})
	stream := said{Reader: strings.NewReader(server)}
	c := &conn{p: p, net: stream, in: bufio.NewReader(stream), prepared: map[*statement]bool{opening: prepared, s: prepared}}
	for range requests {
		group = append(group, &request{opening: opening, statement: s, done: make(chan struct{}, 1)})
	}
	return group, c.turn(group)
}

// read gives what the caller of a finished request reads: the opening and the values.
func read(t testing.TB, r *request) (opening string, values []string, err error) {
	t.Helper()
	select {
	case <-r.done:
	default:
		t.Fatal("a request was left without an end")
	}
	a, err := (&Pipeline{}).answer(&request{statement: r.statement, data: r.data, err: r.err, done: r.done})
	if a == nil {
		return "", nil, err
	}
	defer a.Close()
	if o := a.Opening(); len(o) == 1 {
		opening = string(o[0])
	}
	for a.Next() {
		for _, v := range a.RawValues() {
			values = append(values, string(v))
		}
	}
	return opening, values, errors.Join(err, a.Err())
}

func TestAnswersComeInOrder(t *testing.T) {
	t.Parallel()
	notice := message('N', "SNOTICE\x00\x00") + message('S', "TimeZone\x00UTC\x00")
	none := bound + row("a") + selected + bound + message('C', "SELECT 0\x00")
	many := bound + row("c") + selected + bound + row("1") + notice + row("2") + message('C', "SELECT 2\x00")
	group, lost := hear(notice+none+reply("b", "x")+many+idling, 3)
	if lost != nil {
		t.Fatal(lost)
	}
	for i, want := range []struct {
		opening string
		values  []string
	}{{"a", nil}, {"b", []string{"x"}}, {"c", []string{"1", "2"}}} {
		if opening, values, err := read(t, group[i]); err != nil || opening != want.opening || !slices.Equal(values, want.values) {
			t.Errorf("%d: %s, %q, %v", i, opening, values, err)
		}
	}
}

// What a group had answered before something went wrong is right; what comes
// after runs alone; a connection that said anything out of place is not used again.
func TestEveryMessageHasItsPlace(t *testing.T) {
	t.Parallel()
	first := reply("a", "x")
	for name, c := range map[string]struct {
		server string
		lost   bool
		failed bool // the second request hears its own error
	}{
		"a statement fails":                {first + bound + row("b") + selected + failing + idling, false, true},
		"an opening fails":                 {first + bound + failing + idling, false, true},
		"a lost race":                      {first + bound + strings.Replace(failing, "22012", "40P01", 1) + idling, false, false},
		"an obsolete plan":                 {first + bound + row("b") + selected + strings.Replace(failing, "22012", "0A000", 1) + idling, true, false},
		"the server ends":                  {first + bound + ended, true, false},
		"no opening":                       {first + bound + message('C', "SELECT 0\x00") + bound + row("y") + selected, true, false},
		"two openings":                     {first + bound + row("b") + row("b") + selected + bound + row("y") + selected, true, false},
		"a row without its statement":      {first + row("b") + selected, true, false},
		"an answer too many":               {first + reply("b", "y") + reply("c", "z") + reply("d", "q") + idling, true, false},
		"a write":                          {first + bound + row("b") + selected + bound + row("y") + message('C', "INSERT 0 1\x00"), true, false},
		"an end before all have an answer": {first + idling, true, false},
		"something unknown":                {first + message('!', ""), true, false},
		"a negative length":                {first + "2\x00\x00\x00\x01", true, false},
		"not idle after an error":          {first + bound + failing + message('Z', "T"), true, true},
	} {
		group, lost := hear(c.server, 3)
		if (lost != nil) != c.lost {
			t.Errorf("%s: lost %v", name, lost)
		}
		if opening, values, err := read(t, group[0]); err != nil || opening != "a" || !slices.Equal(values, []string{"x"}) {
			t.Errorf("%s: the first: %s, %q, %v", name, opening, values, err)
		}
		if name == "an answer too many" {
			continue
		}
		var own *pgconn.PgError
		_, values, err := read(t, group[1])
		if values != nil || err == nil || errors.As(err, &own) != c.failed || (!c.failed && !errors.Is(err, ErrAlone)) {
			t.Errorf("%s: the second: %q, %v", name, values, err)
		}
		if _, values, err := read(t, group[2]); values != nil || !errors.Is(err, ErrAlone) {
			t.Errorf("%s: the third: %q, %v", name, values, err)
		}
	}
}

// A connection that prepares a statement compares what it gives by now with what
// it gave when it was described: values are not read by another description.
func TestADescriptionThatChanged(t *testing.T) {
	t.Parallel()
	gives := func(name string, oid uint32) string {
		d, err := (&pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{{Name: []byte(name), DataTypeOID: oid}}}).Encode(nil)
		if err != nil {
			t.Fatal(err)
		}
		return message('1', "") + message('t', "\x00\x00") + string(d)
	}
	for name, c := range map[string]struct {
		statement string
		same      bool
	}{
		"the same": {gives("v", pgtype.TextOID), true}, "another type": {gives("v", pgtype.ByteaOID), false},
		"another name": {gives("w", pgtype.TextOID), false},
	} {
		group, lost := hearOn(gives("v", pgtype.TextOID)+c.statement+reply("a", "x")+reply("b", "y")+idling, 2, false)
		if lost != nil {
			t.Errorf("%s: %v", name, lost)
		}
		for _, r := range group {
			if _, values, err := read(t, r); (err == nil) != c.same || (len(values) == 1) != c.same {
				t.Errorf("%s: %q, %v", name, values, err)
			}
		}
	}
}

// Wherever a connection breaks, each request has its whole answer or runs alone.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	replies := []string{reply("a", "x"), reply("b", "y"), reply("c", "z")}
	whole := strings.Join(replies, "") + idling
	for n := range len(whole) {
		group, lost := hear(whole[:n], 3)
		if lost == nil {
			t.Fatalf("cut at %d, and nobody noticed", n)
		}
		end := 0
		for i, r := range group {
			end += len(replies[i])
			opening, values, err := read(t, r)
			if n >= end && (err != nil || opening != string(rune('a'+i)) || !slices.Equal(values, []string{string(rune('x' + i))})) {
				t.Errorf("cut at %d, %d: %s, %q, %v", n, i, opening, values, err)
			}
			if n < end && !errors.Is(err, ErrAlone) {
				t.Errorf("cut at %d, %d: %v", n, i, err)
			}
		}
	}
}

// Whatever a server says, each request has an end; who got an answer got what
// the server said for them: rows that come behind those of the request before.
func FuzzTurn(f *testing.F) {
	f.Add([]byte(reply("a", "x") + reply("b", "y") + idling))
	f.Add([]byte(reply("a", "x") + bound + failing + idling))
	f.Add([]byte(bound + ended))
	f.Add([]byte(bound + message('D', "\x00\x02\x00\x00\x00\x09x") + selected + bound + selected + idling))
	f.Fuzz(func(t *testing.T, server []byte) {
		group, _ := hear(string(server), 2)
		rest, all := server, true
		for i, r := range group {
			data, failed := r.data, r.err != nil
			if !failed && !all {
				t.Errorf("request %d has an answer, the one before has none", i)
			}
			all = all && (!failed || errors.Is(r.err, ErrAlone) && r.large)
			for !failed && len(data) > 0 {
				n := 4 + int(binary.BigEndian.Uint32(data))
				at := bytes.Index(rest, data[4:n])
				if at < 0 {
					t.Fatalf("request %d read a row that nobody sent behind the one before: %q", i, data[4:n])
				}
				rest, data = rest[at+n-4:], data[n:]
			}
			_, _, _ = read(t, r)
		}
	})
}
