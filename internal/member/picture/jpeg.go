package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// jpegHeader is what the decoder doesn't tell of a JPEG. The zero header is that
// of a picture which lies as it was drawn.
type jpegHeader struct {
	baseline    bool   // decoded as it comes, not held as a whole
	orientation uint16 // EXIF's, 1 to 8; anything else is 1
}

// readJPEGHeader walks the segments up to the frame's. The decoder is lenient
// with what lies between segments; here that is no baseline.
func readJPEGHeader(encoded []byte) (h jpegHeader) {
	for b := encoded[2:]; len(b) >= 4 && b[0] == 0xff; {
		marker := b[1]
		if marker == 0xff { // filling
			b = b[1:]
			continue
		}
		length := int(binary.BigEndian.Uint16(b[2:]))
		if length < 2 || len(b) < 2+length {
			return h
		}
		segment := b[4 : 2+length]
		b = b[2+length:]
		switch {
		case marker == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")):
			h.orientation = orientationOf(segment[6:])
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc: // a frame
			h.baseline = marker <= 0xc1
			return h
		}
	}
	return h
}

// orientationOf reads tag 0x0112 of the first directory of a TIFF structure
// (EXIF 2.32, 4.6.2 and 4.6.4); 0 when it isn't there.
func orientationOf(tiff []byte) uint16 {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return 0
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 0x0112 {
			return order.Uint16(entries[8:])
		}
		entries = entries[12:]
	}
	return 0
}

// upright turns a square so that it lies as it was taken.
func (h jpegHeader) upright(square *image.RGBA) *image.RGBA {
	from := turns[h.orientation]
	if from == nil {
		return square
	}
	out := image.NewRGBA(square.Bounds())
	last := square.Bounds().Dx() - 1
	for y := range last + 1 {
		for x := range last + 1 {
			fx, fy := from(x, y, last)
			out.SetRGBA(x, y, square.RGBAAt(fx, fy))
		}
	}
	return out
}

// turns says, by EXIF's orientation, where the pixel at x, y comes from.
var turns = map[uint16]func(x, y, last int) (int, int){
	2: func(x, y, last int) (int, int) { return last - x, y },
	3: func(x, y, last int) (int, int) { return last - x, last - y },
	4: func(x, y, last int) (int, int) { return x, last - y },
	5: func(x, y, _ int) (int, int) { return y, x },
	6: func(x, y, last int) (int, int) { return y, last - x },
	7: func(x, y, last int) (int, int) { return last - y, last - x },
	8: func(x, y, last int) (int, int) { return last - y, x },
}
