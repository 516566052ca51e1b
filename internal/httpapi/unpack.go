package httpapi

import (
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

const (
	maxSyncSent     = 4 << 20 // a batch as sent
	maxSyncUnpacked = 8 << 20
	maxExpansion    = 200     // how many times what was sent a body may be
	freeExpansion   = 1 << 16 // what it may be however little was sent
	maxWindow       = 8 << 20 // what a zstd frame may ask to keep in memory: RFC 9659 asks for as much
)

// unpack puts a decoder in front of a body that is compressed. It holds little more than a window in
// memory, gives at most so many bytes (0: nothing may be compressed), and starts with the first read: nobody's bytes are looked
// at before they are known.
func unpack(c echo.Context, most int64) error {
	r := c.Request()
	given := r.Header.Values("Content-Encoding")
	if len(given) == 0 || len(given) == 1 && strings.EqualFold(given[0], "identity") {
		return nil
	}
	encoding := strings.ToLower(given[0])
	if most == 0 || len(given) > 1 || encoding != "gzip" && encoding != "zstd" || r.ContentLength == 0 {
		return fault.UnsupportedMedia("bad_content_encoding", "a body of this operation can't be sent in that encoding")
	}
	sent := &countedBody{ReadCloser: r.Body}
	r.Body = &unpackedBody{sent: sent, encoding: encoding, most: most}
	return nil
}

// countedBody counts what was sent, and remembers what went wrong with sending it.
type countedBody struct {
	io.ReadCloser
	n   int64
	err error
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// unpackedBody is what a compressed body holds.
type unpackedBody struct {
	sent     *countedBody
	encoding string
	most     int64
	decoder  io.Reader
	n        int64
}

// Close closes what was sent.
func (b *unpackedBody) Close() error { return b.sent.Close() }

func (b *unpackedBody) Read(p []byte) (n int, err error) {
	if b.decoder == nil {
		b.decoder, err = decoderOf(b.encoding, b.sent)
	}
	if err == nil {
		n, err = b.decoder.Read(p)
		b.n += int64(n)
	}
	switch {
	case b.n > b.most, b.n > freeExpansion && b.n > maxExpansion*b.sent.n,
		errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return 0, fault.TooLarge("expands_too_far", "the compressed body holds more than this operation takes")
	case err == nil, errors.Is(err, io.EOF):
		return n, err
	case b.sent.err != nil:
		return 0, b.sent.err
	default:
		return 0, fault.Invalid("bad_compression", "the body is not what its Content-Encoding says").Because(err)
	}
}

func decoderOf(encoding string, sent io.Reader) (io.Reader, error) {
	if encoding == "gzip" {
		return gzip.NewReader(sent)
	}
	// One goroutine, the reader's own: there is nothing to close.
	return zstd.NewReader(sent, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
}
