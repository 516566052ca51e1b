package export_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/export"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// ranges are the values that a recording can have, in steps: what recording drops is not here.
var ranges = map[series.Channel][2]int32{
	series.PowerW: {0, 5000}, series.CadenceRPM: {0, 300}, series.SpeedMPS: {0, 60_000}, series.Resistance: {0, 10_000},
	series.InclinePct: {-1000, 1000}, series.DistanceM: {0, 1_000_000_000}, series.HeartRateBPM: {20, 250},
	series.Lat: {-900_000_000, 900_000_000}, series.Lon: {-1_800_000_000, 1_800_000_000}, series.AltitudeM: {-5000, 120_000},
}

// anyTable draws a family's samples with gaps, moments between seconds, values up to the edges.
func anyTable(t *rapid.T, family series.Family) series.Table {
	table := series.Table{Family: family}
	at := uint32(rapid.SampledFrom([]int{0, 0, 1000, 7_000, 60_500}).Draw(t, "from"))
	for range rapid.IntRange(1, 40).Draw(t, "samples") {
		table.T = append(table.T, at)
		at += rapid.OneOf(rapid.Just(uint32(1000)), rapid.Uint32Range(1, 3000), rapid.Uint32Range(1, 1<<21)).Draw(t, "step")
	}
	for c := range series.Channels {
		channel := series.Channel(c)
		position := channel == series.Lat || channel == series.Lon
		if channel.Family() != family || !position && rapid.IntRange(0, 3).Draw(t, "without") == 0 {
			continue
		}
		low, high := ranges[channel][0], ranges[channel][1]
		value := rapid.OneOf(rapid.Int32Range(low, high), rapid.SampledFrom([]int32{low, low + 1, high - 1, high}))
		col := series.Column{Channel: channel, V: make([]int32, len(table.T))}
		for i := range col.V {
			if col.V[i] = value.Draw(t, "value"); rapid.IntRange(0, 4).Draw(t, "gap") == 0 {
				col.V[i] = series.Absent
			}
		}
		table.Columns = append(table.Columns, col)
	}
	if family == series.Place { // half a position is none, and 0° 0° is no fix: recording has neither
		lat, lon := table.Column(series.Lat), table.Column(series.Lon)
		for i := range lat {
			if lat[i] == series.Absent || lon[i] == series.Absent || lat[i] == 0 && lon[i] == 0 {
				lat[i], lon[i] = series.Absent, series.Absent
			}
		}
	}
	return table
}

func anyWorkout(t *rapid.T) export.Workout {
	x := export.Workout{
		Sport:  rapid.SampledFrom(recording.Sports()).Draw(t, "sport"),
		Indoor: rapid.Bool().Draw(t, "indoor"), Title: rapid.String().Draw(t, "title"), Device: rapid.String().Draw(t, "device"),
		StartedAt: time.Unix(rapid.Int64Range(946_684_800, 4_102_000_000).Draw(t, "start"), 0).UTC(),
	}
	for _, family := range series.Families() {
		if rapid.IntRange(0, 3).Draw(t, "without") > 0 {
			table := anyTable(t, family)
			x.Samples = append(x.Samples, table)
			x.DurationS = max(x.DurationS, float64(table.T[len(table.T)-1])/1000)
		}
	}
	x.DurationS = math.Round(1000*(x.DurationS+float64(rapid.IntRange(0, 100).Draw(t, "rest")))) / 1000
	if rapid.Bool().Draw(t, "paused") {
		x.MovingS = new(math.Round(x.DurationS * rapid.Float64Range(0, 1).Draw(t, "moving")))
	}
	for at := 0.0; at < x.DurationS && len(x.Laps) < 5 && rapid.Bool().Draw(t, "lap"); {
		at += float64(rapid.IntRange(0, 20).Draw(t, "before"))
		l := recording.Lap{StartS: at, DurationS: float64(rapid.IntRange(1, 200).Draw(t, "lap"))}
		if at += l.DurationS; at <= x.DurationS {
			x.Laps = append(x.Laps, l)
		}
	}
	return x
}

// turned gives the points with the longitudes that a format writes in another way.
func turned(format string, points []point) []point {
	for i := range points {
		p := &points[i]
		switch {
		case p.c == series.Lon && p.v == 1_800_000_000 && format != "tcx":
			p.v = -p.v
		case p.c == series.Lon && p.v == 1_799_999_999 && format == "fit":
			p.v--
		}
	}
	return points
}

func TestAnyWorkoutComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := anyWorkout(t)
		for _, format := range []string{"fit", "tcx", "gpx"} {
			want := turned(format, points(x.StartedAt, x.Samples, held(format, x)))
			if format == "gpx" {
				moments := slices.CompactFunc(slices.Clone(want), func(a, b point) bool { return a.at == b.at })
				if len(moments) < 2 { // no recording, for who reads it
					continue
				}
			}
			back := parse(t, write(t, format, x))
			same(t, format, points(back.StartedAt, back.Samples, nil), want)
			if format != "gpx" && (!back.StartedAt.Equal(x.StartedAt) || back.DurationS > x.DurationS) {
				t.Fatalf("%s: it starts at %v and lasts %v s", format, back.StartedAt, back.DurationS)
			}
			if format == "fit" && (back.DurationS != x.DurationS || x.MovingS != nil && *x.MovingS > 0 && back.MovingS != min(*x.MovingS, x.DurationS)) {
				t.Fatalf("it lasts %v s and moves %v s", back.DurationS, back.MovingS)
			}
			if format != "gpx" && len(x.Laps) > 0 && !slices.Equal(starts(back.Laps), starts(x.Laps)) &&
				!slices.Equal(starts(back.Laps), append([]float64{0}, starts(x.Laps)...)) {
				t.Fatalf("%s: laps start at %v, want %v", format, starts(back.Laps), starts(x.Laps))
			}
			wantSport(t, format, back.Sport, x.Sport)
			if format == "fit" && back.Indoor != saysIndoor(x) {
				t.Fatalf("%s: indoor %v", x.Sport, back.Indoor)
			}
		}
		if all := points(x.StartedAt, x.Samples, nil); len(all) > 0 {
			same(t, "csv", table(t, write(t, "csv", x)), all)
		}
	})
}

func starts(laps []recording.Lap) (out []float64) {
	for _, l := range laps {
		out = append(out, l.StartS)
	}
	return out
}

func wantSport(t tester, format string, got, want recording.Sport) {
	t.Helper()
	if format == "tcx" && want != recording.Ride && want != recording.Run {
		want = recording.Other
	}
	if got != want {
		t.Fatalf("%s: %s, want %s", format, got, want)
	}
}

// saysIndoor is what FIT makes of a sport, as its writer says.
func saysIndoor(x export.Workout) bool {
	switch x.Sport {
	case recording.Ride, recording.Run, recording.Walk, recording.Row, recording.Ski:
		return x.Indoor
	case recording.Elliptical, recording.Stairs, recording.Strength, recording.Cardio, recording.Yoga:
		return true
	default:
		return false
	}
}

// table reads a CSV file, and that none of its cells is anything but a number or a time.
func table(t tester, file []byte) []point {
	t.Helper()
	if bytes.Count(file, []byte("\n")) != bytes.Count(file, []byte("\r\n")) {
		t.Fatal("a line without CRLF")
	}
	lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []point
	for _, line := range lines[1:] {
		at, err := time.Parse(time.RFC3339, line[0])
		if err != nil || !strings.HasSuffix(line[0], "Z") {
			t.Fatalf("%s is no time in UTC: %v", line[0], err)
		}
		for i, cell := range line[1:] {
			if cell == "" {
				continue
			}
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil || strings.ContainsAny(cell, "eEnN=+@") {
				t.Fatalf("%s is no number: %v", cell, err)
			}
			name := strings.TrimSuffix(lines[0][i+1], "_deg")
			if c, known := series.ChannelNamed(name); known {
				out = append(out, point{at.UnixMilli(), c, c.Steps(v)})
			} else if name != "elapsed_s" && name != "lap" {
				t.Fatalf("a column %q", name)
			}
		}
	}
	return out
}
