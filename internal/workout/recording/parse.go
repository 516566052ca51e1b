package recording

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// Parse reads the recordings in a workout file, in the file's order and at least one. A file
// that can't be taken gives an *Error; any other error came from r.
func Parse(r io.Reader, limits Limits) ([]Recording, error) {
	limits = limits.within()
	recordings, err := parse(bufio.NewReader(&capped{r: source{r}, left: limits.MaxBytes, code: TooLarge}), limits)
	if err != nil {
		return nil, judge(err)
	}
	return recordings, nil
}

func parse(in *bufio.Reader, limits Limits) ([]Recording, error) {
	head, err := in.Peek(2)
	if err == nil && head[0] == 0x1f && head[1] == 0x8b { // RFC 1952, section 2.3.1
		sent := &counted{r: in}
		unpacked, err := gzip.NewReader(sent)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReader(&capped{r: &proportionate{r: unpacked, sent: sent}, left: limits.MaxExpandedBytes, code: ExpandsTooFar})
	}
	head, err = in.Peek(512)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case len(head) == 0:
		return nil, refuse(Truncated)
	case looksLikeFIT(head):
		return parseFIT(in, limits)
	case bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), " \t\r\n"), []byte("<")):
		return parseXML(in, limits)
	default:
		return nil, refuse(UnsupportedFormat)
	}
}

// judge turns what a decoder said into the reason to refuse the file.
func judge(err error) error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	if broken, ok := errors.AsType[readError](err); ok {
		return fmt.Errorf("recording: read: %w", broken.error)
	}
	syntax, isSyntax := errors.AsType[*xml.SyntaxError](err)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), isSyntax && syntax.Msg == "unexpected EOF":
		return refuse(Truncated).because(err)
	case errors.Is(err, gzip.ErrChecksum):
		return refuse(BadChecksum).because(err)
	default:
		return refuse(Malformed).because(err)
	}
}
