package recording

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// maxToken bounds a single tag, text or comment: the XML decoder keeps a whole one in memory.
const maxToken = 64 << 10

// elements receives a document element by element. Names are without their namespace: devices
// write the same extension under many.
type elements interface {
	open(parent, name string, attributes []xml.Attr) error
	close(parent, name, text string) error // text: what stands in an element without children
}

// parseXML reads a document, chooses TCX or GPX by its root, and hands over its recordings.
// Documents with a DOCTYPE are refused, so no entity is ever defined, let alone expanded.
func parseXML(in *bufio.Reader, limits Limits) ([]Recording, error) {
	if head, _ := in.Peek(len(byteOrderMark)); bytes.Equal(head, byteOrderMark) {
		_, _ = in.Discard(len(byteOrderMark))
	}
	tokens := &tokenCap{r: in}
	decoder := xml.NewDecoder(tokens)
	decoder.CharsetReader = charset
	var path []string
	var text []byte
	var format interface {
		elements
		recordings() ([]Recording, error)
	}
	parent := func() string {
		if len(path) < 2 {
			return ""
		}
		return path[len(path)-2]
	}
	for {
		tokens.left = maxToken
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, refuse(DoctypeRefused)
		case xml.StartElement:
			name := t.Name.Local
			if path = append(path, name); len(path) > limits.MaxNesting {
				return nil, refuse(TooDeep)
			}
			if len(path) == 1 {
				switch {
				case format != nil:
					return nil, refuse(Malformed).because(errors.New("a second root element"))
				case name == "TrainingCenterDatabase":
					format = newTCX(limits)
				case name == "gpx":
					format = newGPX(limits)
				default:
					return nil, refuse(UnsupportedFormat)
				}
			}
			text = text[:0]
			if err := format.open(parent(), name, t.Attr); err != nil {
				return nil, err
			}
		case xml.EndElement:
			if err := format.close(parent(), t.Name.Local, string(bytes.TrimSpace(text))); err != nil {
				return nil, err
			}
			path, text = path[:len(path)-1], text[:0]
		case xml.CharData:
			if len(path) == 0 && len(bytes.TrimSpace(t)) > 0 {
				return nil, refuse(Malformed).because(errors.New("text outside the root element"))
			}
			if len(text)+len(t) <= maxToken {
				text = append(text, t...)
			}
		}
	}
	if format == nil {
		return nil, refuse(Truncated)
	}
	return format.recordings()
}

// tokenCap ends a token that is longer than anybody writes.
type tokenCap struct {
	r    io.Reader
	left int
}

func (c *tokenCap) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, refuse(TooLarge)
	}
	n, err := c.r.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// charset takes the encodings that workout files are written in; encoding/xml knows UTF-8.
func charset(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "us-ascii", "ascii":
		return in, nil
	case "iso-8859-1", "latin1", "windows-1252":
		return &latin1{in: bufio.NewReader(in)}, nil
	default:
		return nil, refuse(UnsupportedFormat)
	}
}

// latin1 turns ISO 8859-1 into UTF-8: its bytes are the first 256 code points. What
// Windows-1252 has in place of its control characters is only ever in titles, and is left out.
type latin1 struct{ in *bufio.Reader }

func (l *latin1) Read(p []byte) (int, error) {
	n := 0
	for n+2 <= len(p) {
		b, err := l.in.ReadByte()
		if err != nil {
			return n, err
		}
		n = len(utf8.AppendRune(p[:n], rune(b)))
		if l.in.Buffered() == 0 {
			break // wait for no more than there is
		}
	}
	return n, nil
}

// decimal reads a number; what is none is NaN, which no channel takes.
func decimal(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// instant reads an xsd:dateTime. Without a zone it is taken as UTC, as both formats ask for.
func instant(text string) moment {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return at(t)
		}
	}
	return 0
}
