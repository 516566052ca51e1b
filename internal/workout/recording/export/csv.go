package export

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// units are in the names of most channels already, as in "power_w".
var headers = map[series.Channel]string{series.Lat: "lat_deg", series.Lon: "lon_deg"}

// CSV writes the samples as a table by RFC 4180, with a header and a line for each moment:
//
//	time       RFC 3339, UTC
//	elapsed_s  seconds after the start
//	lap        from 1 on: the last one that had begun. There is no such column without laps
//	power_w, cadence_rpm, speed_mps, resistance, incline_pct, distance_m,
//	heart_rate_bpm, lat_deg, lon_deg, altitude_m
//	           those channels that have any value, to their full resolution; empty where there is
//	           none at the moment
//
// It holds every sample of every channel, and nothing else: no sport, title, device, figures or
// lengths of laps. So there is no text in it that anybody typed, and no cell that a spreadsheet
// would take for a formula. Without any sample it is ErrNoSamples.
func CSV(w io.Writer, x Workout) error {
	if err := x.check(); err != nil {
		return err
	}
	channels := x.channels()
	if len(channels) == 0 {
		return ErrNoSamples
	}
	starts := make([]uint32, len(x.Laps))
	for i, l := range x.Laps {
		starts[i] = millis(l.StartS)
	}
	slices.Sort(starts)

	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(header(channels, len(starts) > 0)); err != nil {
		return err
	}
	var line []string
	for r := range x.rows() {
		line = append(line[:0], stamp(x.after(r.t)), decimal(float64(r.t)/1000))
		if len(starts) > 0 {
			begun, _ := slices.BinarySearch(starts, r.t+1)
			line = append(line, number(begun))
		}
		for _, c := range channels {
			cell := ""
			if r.has(c) {
				cell = decimal(r.value(c))
			}
			line = append(line, cell)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func header(channels []series.Channel, laps bool) []string {
	line := []string{"time", "elapsed_s"}
	if laps {
		line = append(line, "lap")
	}
	for _, c := range channels {
		name := headers[c]
		if name == "" {
			name = c.String()
		}
		line = append(line, name)
	}
	return line
}

// number leaves the cell empty for what is no lap: the moments before the first.
func number(lap int) string {
	if lap == 0 {
		return ""
	}
	return strconv.Itoa(lap)
}

// decimal writes a number without an exponent, with as many digits as tell it apart.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
