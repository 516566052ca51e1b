package httpapi

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/paceline/paceline/internal/fault"
)

// A compressed body gives at most what it may, or is refused.
func FuzzUnpack(f *testing.F) {
	const most = 1 << 17
	for _, plain := range [][]byte{nil, []byte(`{"items":[]}`), make([]byte, 4<<20)} {
		var zipped, packed bytes.Buffer
		w := gzip.NewWriter(&zipped)
		_, _ = w.Write(plain)
		_ = w.Close()
		z, err := zstd.NewWriter(&packed)
		if err != nil {
			f.Fatal(err)
		}
		_, _ = z.Write(plain)
		_ = z.Close()
		f.Add(zipped.Bytes(), true)
		f.Add(packed.Bytes(), false)
		f.Add(packed.Bytes(), true)
		f.Add(zipped.Bytes()[:zipped.Len()-5], true)
	}
	f.Fuzz(func(t *testing.T, sent []byte, zipped bool) {
		b := &unpackedBody{sent: &countedBody{ReadCloser: io.NopCloser(bytes.NewReader(sent))}, encoding: "zstd", most: most}
		if zipped {
			b.encoding = "gzip"
		}
		got, err := io.ReadAll(b)
		if len(got) > most {
			t.Fatalf("%d bytes came out", len(got))
		}
		var refused *fault.Error
		if err != nil && (!errors.As(err, &refused) || refused.Kind != fault.KindInvalid && refused.Kind != fault.KindTooLarge) {
			t.Fatal(err)
		}
	})
}
