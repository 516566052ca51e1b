package export

import (
	"bufio"
	"encoding/xml"
	"io"
	"math"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// document writes XML. What goes wrong is kept by the bufio.Writer until its Flush.
type document struct{ out *bufio.Writer }

func newDocument(w io.Writer) document {
	d := document{bufio.NewWriter(w)}
	d.markup(xml.Header)
	return d
}

// markup writes what is no text: it comes from this package alone.
func (d document) markup(parts ...string) {
	for _, part := range parts {
		_, _ = d.out.WriteString(part)
	}
}

// text writes an element around text that anybody typed; characters that XML can't hold become
// U+FFFD. Empty text is no element.
func (d document) text(name, text string) {
	if text == "" {
		return
	}
	d.markup("<", name, ">")
	_ = xml.EscapeText(d.out, []byte(text))
	d.markup("</", name, ">")
}

// number writes an element of xsd:double, and none for what is no number.
func (d document) number(name string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	d.markup("<", name, ">", decimal(v), "</", name, ">")
}

// whole writes an element of a whole number, and none for one beyond its type.
func (d document) whole(name string, v, low, high float64) {
	if v = math.Round(v); v >= low && v <= high {
		d.number(name, v)
	}
}

// The whole numbers of Garmin's schemas.
const (
	maxByte    = 254   // CadenceValue_t, RevolutionsPerMinute_t
	maxPulse   = 255   // HeartRateInBeatsPerMinute_t, BeatsPerMinute_t; at least 1
	maxShort   = 65535 // xsd:unsignedShort
	leastPulse = 1
)

// east gives a longitude in [-180°, 180°), as GPX and FIT count: 180° is the same meridian.
func east(steps int32) int32 {
	if half := series.Lon.Steps(180); steps == half {
		return -half
	}
	return steps
}
