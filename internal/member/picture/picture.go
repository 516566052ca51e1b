// Package picture makes an avatar of what somebody sends.
//
//   - Only PNG and JPEG are taken, and the bytes must be of the type they are
//     said to be.
//   - Size and pixels are checked from the header, before anything is decoded:
//     what would need more than about 120 MB of memory is refused.
//   - The picture is drawn anew, as a square JPEG. Nothing else of the bytes
//     stays: no EXIF, no place, no comment, nothing that follows the picture.
//     EXIF's orientation is obeyed first, as cameras rely on it.
package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"github.com/paceline/paceline/internal/fault"
)

const (
	// Side is the length of an avatar's sides, in pixels.
	Side = 512
	// MaxBytes bounds what is sent.
	MaxBytes = 5 << 20
	// MaxPixels bounds width times height.
	MaxPixels = 24_000_000
	// MaxDeepPixels is the bound for a progressive JPEG and a PNG with 16 bits a
	// channel, which need several times the memory.
	MaxDeepPixels = 8_000_000

	quality = 85
)

type format struct {
	magic  string
	config func(encoded []byte) (image.Config, error)
	decode func(encoded []byte) (image.Image, error)
	deep   func(image.Config, jpegHeader) bool
}

var formats = map[string]format{
	"image/png": {
		magic:  "\x89PNG\r\n\x1a\n",
		config: func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
		decode: func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
		deep: func(c image.Config, _ jpegHeader) bool {
			return c.ColorModel == color.RGBA64Model || c.ColorModel == color.NRGBA64Model || c.ColorModel == color.Gray16Model
		},
	},
	"image/jpeg": {
		magic:  "\xff\xd8\xff",
		config: func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
		decode: func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) },
		deep:   func(_ image.Config, h jpegHeader) bool { return !h.baseline },
	},
}

// Square is the middle of a picture as a JPEG of Side by Side pixels, on white
// where it is transparent. Errors: fault.TooLarge, fault.UnsupportedMedia for
// another type or bytes of another type, fault.Unprocessable for a broken
// picture or one of too many pixels.
func Square(contentType string, encoded []byte) ([]byte, error) {
	f, known := formats[contentType]
	if !known {
		return nil, fault.UnsupportedMedia("picture_type", "send image/png or image/jpeg")
	}
	if len(encoded) > MaxBytes {
		return nil, fault.TooLarge("picture_too_large", "a picture has 5 MiB at most")
	}
	if !bytes.HasPrefix(encoded, []byte(f.magic)) {
		return nil, fault.UnsupportedMedia("picture_type_differs", "the picture is not of the type that it is said to be")
	}
	var header jpegHeader
	if contentType == "image/jpeg" {
		header = readJPEGHeader(encoded)
	}
	config, err := f.config(encoded)
	if err != nil {
		return nil, broken(err)
	}
	most := int64(MaxPixels)
	if f.deep(config, header) {
		most = MaxDeepPixels
	}
	if pixels := int64(config.Width) * int64(config.Height); pixels > most {
		return nil, fault.Unprocessable("too_many_pixels",
			"a picture has 24 megapixels at most; 8 as a progressive JPEG or with 16 bits a channel")
	}
	source, err := f.decode(encoded)
	if err != nil {
		return nil, broken(err)
	}
	if source.Bounds().Empty() {
		return nil, broken(errors.New("no pixels"))
	}
	small := shrink(source, middle(source.Bounds()))
	square := image.NewRGBA(image.Rect(0, 0, Side, Side))
	draw.CatmullRom.Scale(square, square.Bounds(), small, small.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	err = jpeg.Encode(&out, header.upright(square), &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

func broken(err error) error {
	return fault.Unprocessable("broken_picture", "the picture can't be read").Because(err)
}

// middle is the largest square in the middle.
func middle(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	corner := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/2))
	return image.Rectangle{corner, corner.Add(image.Pt(side, side))}
}

// shrink averages blocks of pixels until the square has less than two times
// Side, a strip of blocks at a time, so that the smooth scaling which follows
// has little to hold.
func shrink(source image.Image, square image.Rectangle) *image.RGBA {
	block := max(1, square.Dx()/Side)
	side := square.Dx() / block
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	strip := image.NewRGBA(image.Rect(0, 0, side*block, block))
	for row := range side {
		draw.Draw(strip, strip.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Bounds(), source, square.Min.Add(image.Pt(0, row*block)), draw.Over)
		for column := range side {
			var sum [4]int
			for y := range block {
				at := strip.PixOffset(column*block, y)
				for i, v := range strip.Pix[at : at+4*block] {
					sum[i&3] += int(v)
				}
			}
			at := small.PixOffset(column, row)
			for channel, total := range sum {
				small.Pix[at+channel] = uint8(total / (block * block)) //nolint:gosec // an average of bytes
			}
		}
	}
	return small
}
