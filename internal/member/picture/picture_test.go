package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/fault"
)

var (
	red   = color.NRGBA{R: 255, A: 255}
	green = color.NRGBA{G: 255, A: 255}
	blue  = color.NRGBA{B: 255, A: 255}
	white = color.NRGBA{R: 255, G: 255, B: 255, A: 255}
)

// quarters paints the quarters red and green above blue and white.
func quarters(width, height int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := red
			switch {
			case y >= height/2 && x >= width/2:
				c = white
			case y >= height/2:
				c = blue
			case x >= width/2:
				c = green
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// corners names the colours of the quarters of an avatar, row by row.
func corners(t *testing.T, avatar []byte) string {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(avatar))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, Side, Side) {
		t.Fatalf("the avatar is %v", img.Bounds())
	}
	var out strings.Builder
	for _, at := range []image.Point{{100, 100}, {400, 100}, {100, 400}, {400, 400}} {
		r, g, b, _ := img.At(at.X, at.Y).RGBA()
		switch {
		case r > 0xc000 && g > 0xc000 && b > 0xc000:
			out.WriteByte('w')
		case r > 0xc000 && g < 0x4000:
			out.WriteByte('r')
		case g > 0xc000:
			out.WriteByte('g')
		case b > 0xc000:
			out.WriteByte('b')
		default:
			out.WriteByte('?')
		}
	}
	return out.String()
}

func TestSquare(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]image.Point{
		"one pixel": {1, 1}, "small": {40, 40}, "wide": {1600, 700}, "high": {513, 1300}, "large": {2100, 2049},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := quarters(size.X, size.Y)
			want := "rgbw"
			if name == "one pixel" {
				want = "wwww"
			}
			for contentType, encoded := range map[string][]byte{"image/png": asPNG(t, img), "image/jpeg": asJPEG(t, img)} {
				avatar, err := Square(contentType, encoded)
				if err != nil {
					t.Fatalf("%s: %v", contentType, err)
				}
				if got := corners(t, avatar); got != want {
					t.Errorf("%s: the quarters are %s, want %s", contentType, got, want)
				}
			}
		})
	}
}

func TestTransparentIsWhite(t *testing.T) {
	t.Parallel()
	avatar, err := Square("image/png", asPNG(t, image.NewNRGBA(image.Rect(0, 0, 600, 600))))
	if err != nil {
		t.Fatal(err)
	}
	if got := corners(t, avatar); got != "wwww" {
		t.Errorf("the quarters are %s", got)
	}
}

// withEXIF puts a segment with an orientation and a place after the start.
func withEXIF(encoded []byte, order binary.AppendByteOrder, orientation uint16) []byte {
	head := "MM\x00*"
	if order == binary.LittleEndian {
		head = "II*\x00"
	}
	tiff := order.AppendUint32([]byte(head), 8)
	tiff = order.AppendUint16(tiff, 2)
	tiff = append(order.AppendUint16(order.AppendUint16(tiff, 0x010f), 2), "\x00\x00\x00\x00canary-maker"[:8]...)
	tiff = order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3)
	tiff = order.AppendUint16(order.AppendUint32(tiff, 1), orientation)
	tiff = append(tiff, "\x00\x00 canary-place 52.0907N 5.1214E"...)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(out, segment...), encoded[2:]...)
}

func TestEXIFIsObeyedAndGone(t *testing.T) {
	t.Parallel()
	plain := asJPEG(t, quarters(64, 64))
	for orientation, want := range map[uint16]string{
		0: "rgbw", 1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 9: "rgbw",
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			sent := append(withEXIF(plain, order, orientation), "canary-trailer<script>"...)
			avatar, err := Square("image/jpeg", sent)
			if err != nil {
				t.Fatalf("orientation %d: %v", orientation, err)
			}
			if got := corners(t, avatar); got != want {
				t.Errorf("orientation %d: the quarters are %s, want %s", orientation, got, want)
			}
			if bytes.Contains(avatar, []byte("canary")) || bytes.Contains(avatar, []byte("Exif")) {
				t.Errorf("orientation %d: something of what was sent beside the picture is left", orientation)
			}
		}
	}
}

// header is a PNG that says its size and ends.
func header(width, height uint32, depth, colours byte) []byte {
	chunk := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)...)
	chunk = append(chunk, depth, colours, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

// progressive marks a JPEG's frame as a progressive one of that size.
func progressive(encoded []byte, width, height uint16) []byte {
	out := bytes.Clone(encoded)
	at := bytes.Index(out, []byte{0xff, 0xc0})
	out[at+1] = 0xc2
	binary.BigEndian.PutUint16(out[at+5:], height)
	binary.BigEndian.PutUint16(out[at+7:], width)
	return out
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	goodPNG, goodJPEG := asPNG(t, quarters(8, 8)), asJPEG(t, quarters(8, 8))
	between := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 2, 'x'}, progressive(goodJPEG, 4000, 4000)[2:]...)
	for name, c := range map[string]struct {
		contentType string
		encoded     []byte
		code        fault.Code
		kind        fault.Kind
	}{
		"another type":        {"image/gif", []byte("GIF89a"), "picture_type", fault.KindUnsupportedMedia},
		"SVG":                 {"image/svg+xml", []byte("<svg/>"), "picture_type", fault.KindUnsupportedMedia},
		"PNG said to be JPEG": {"image/jpeg", goodPNG, "picture_type_differs", fault.KindUnsupportedMedia},
		"JPEG said to be PNG": {"image/png", goodJPEG, "picture_type_differs", fault.KindUnsupportedMedia},
		"a page":              {"image/png", []byte("<script>alert(1)</script>"), "picture_type_differs", fault.KindUnsupportedMedia},
		"nothing":             {"image/png", nil, "picture_type_differs", fault.KindUnsupportedMedia},
		"too many bytes":      {"image/png", append(bytes.Clone(goodPNG), make([]byte, MaxBytes)...), "picture_too_large", fault.KindTooLarge},
		"cut off":             {"image/png", goodPNG[:len(goodPNG)-20], "broken_picture", fault.KindUnprocessable},
		"only a magic":        {"image/jpeg", []byte("\xff\xd8\xff"), "broken_picture", fault.KindUnprocessable},
		"50,000 squared":      {"image/png", header(50_000, 50_000, 8, 2), "too_many_pixels", fault.KindUnprocessable},
		"a long line":         {"image/png", header(1<<31-1, 1, 8, 2), "too_many_pixels", fault.KindUnprocessable},
		"overflowing":         {"image/png", header(1<<31-1, 1<<31-1, 8, 2), "broken_picture", fault.KindUnprocessable},
		"25 megapixels":       {"image/png", header(5000, 5001, 8, 6), "too_many_pixels", fault.KindUnprocessable},
		"16 deep megapixels":  {"image/png", header(4000, 4000, 16, 6), "too_many_pixels", fault.KindUnprocessable},
		"16 progressive":      {"image/jpeg", progressive(goodJPEG, 4000, 4000), "too_many_pixels", fault.KindUnprocessable},
		"hidden progressive":  {"image/jpeg", between, "too_many_pixels", fault.KindUnprocessable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Square(c.contentType, c.encoded)
			if f := fault.Of(err); f == nil || f.Code != c.code || f.Kind != c.kind {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A header that promises much must not cost much: not parallel, as it counts
// what the process allocates.
func TestPixelBombCostsNothing(t *testing.T) {
	for name, encoded := range map[string][]byte{
		"png":  header(50_000, 50_000, 8, 6),
		"jpeg": progressive(asJPEG(t, quarters(8, 8)), 50_000, 50_000),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Square("image/"+name, encoded)
		runtime.ReadMemStats(&after)
		if spent := after.TotalAlloc - before.TotalAlloc; err == nil || spent > 1<<20 {
			t.Errorf("%s: %v, after %d bytes", name, err, spent)
		}
	}
}

func FuzzSquare(f *testing.F) {
	var out bytes.Buffer
	_ = jpeg.Encode(&out, quarters(16, 16), nil)
	f.Add(true, withEXIF(out.Bytes(), binary.BigEndian, 6))
	out.Reset()
	_ = png.Encode(&out, quarters(16, 16))
	f.Add(false, out.Bytes())
	f.Fuzz(func(t *testing.T, isJPEG bool, encoded []byte) {
		contentType := "image/png"
		if isJPEG {
			contentType = "image/jpeg"
		}
		avatar, err := Square(contentType, encoded)
		if err != nil {
			if fault.KindOf(err) == fault.KindInternal {
				t.Fatal(err)
			}
			return
		}
		corners(t, avatar)
		if bytes.Contains(avatar, []byte("Exif")) || len(avatar) > 1<<20 {
			t.Fatalf("something travelled along in %d bytes", len(avatar))
		}
	})
}
