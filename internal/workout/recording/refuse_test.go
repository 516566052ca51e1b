package recording_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/profile/typedef"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// small limits, so that a small file is over each.
var small = recording.Limits{MaxBytes: 20_000, MaxExpandedBytes: 30_000, MaxRecords: 50, MaxLaps: 5, MaxRecordings: 3, MaxNesting: 12}

func gpx(body string) []byte {
	return []byte(`<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">` + body + `</gpx>`)
}

func tcx(body string) []byte {
	return []byte(`<TrainingCenterDatabase><Activities><Activity Sport="Biking">` + body + `</Activity></Activities></TrainingCenterDatabase>`)
}

// track is a GPX track of points at these times of an hour, "mm:ss"; "" is no time.
func track(times ...string) string {
	out := "<trk><trkseg>"
	for i, at := range times {
		out += fmt.Sprintf(`<trkpt lat="47.%d" lon="8">`, i)
		if at != "" {
			out += "<time>2026-03-07T08:" + at + "Z</time>"
		}
		out += "</trkpt>"
	}
	return out + "</trkseg></trk>"
}

func TestFilesAreRefusedForTheRightReason(t *testing.T) {
	t.Parallel()
	ride := recordingtest.Options{Seconds: 40}
	good := recordingtest.RideFIT(ride)
	flipped := func(at int) []byte {
		out := slices.Clone(good)
		out[at] ^= 0x10
		return out
	}
	unfinished := slices.Clone(good)
	copy(unfinished[4:8], []byte{0, 0, 0, 0})
	noTimes := mesgdef.NewRecord(nil).SetPower(100).ToMesg(nil)
	var laps []byte
	for range 6 {
		laps = append(laps, `<Lap StartTime="2026-03-07T08:00:00Z"><TotalTimeSeconds>1</TotalTimeSeconds></Lap>`...)
	}
	tests := []struct {
		name string
		file []byte
		want recording.Code
	}{
		{"nothing", nil, recording.Truncated},
		{"a picture", []byte("\x89PNG\r\n\x1a\n0000000000000000"), recording.UnsupportedFormat},
		{"a web page", []byte("<html><body/></html>"), recording.UnsupportedFormat},
		{"UTF-16", []byte("\xff\xfe<\x00g\x00p\x00x\x00"), recording.UnsupportedFormat},
		{"an unknown encoding", []byte(`<?xml version="1.0" encoding="EBCDIC"?><gpx/>`), recording.UnsupportedFormat},
		{"gzip in gzip", zip(t, zip(t, good)), recording.UnsupportedFormat},

		{"a flipped bit in the data", flipped(400), recording.BadChecksum},
		{"a flipped bit in a definition", flipped(20), recording.BadChecksum},
		{"a flipped bit in the checksum", flipped(len(good) - 1), recording.BadChecksum},
		{"a gzip of no known method", []byte("\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\xff"), recording.Malformed},
		{"a damaged gzip", append(zip(t, good)[:400], make([]byte, 500)...), recording.BadChecksum},
		{"a cut gzip", zip(t, good)[:400], recording.Truncated},
		{"cut in the header", good[:13], recording.Truncated},
		{"cut in the data", good[:500], recording.Truncated},
		{"cut in the checksum", good[:len(good)-1], recording.Truncated},
		{"never finished", unfinished, recording.Truncated},
		{"something behind the end", append(slices.Clone(good), "<script>"...), recording.Truncated},
		{"a page behind the end", append(slices.Clone(good), strings.Repeat("<script>", 9)...), recording.Malformed},

		{"a course", fit(t, typedef.FileCourse, record(0).SetPower(1).ToMesg(nil)), recording.NotAnActivity},
		{"settings", fit(t, typedef.FileSettings), recording.NotAnActivity},
		{"an empty activity", activity(t), recording.NoSamples},
		{"records without times", activity(t, noTimes), recording.NoTimes},
		{"a session without times", activity(t, mesgdef.NewSession(nil).SetSport(typedef.SportRunning).ToMesg(nil)), recording.NoTimes},
		{"a clock never set", activity(t, record(0).SetTimestamp(time.Unix(631065700, 0)).SetPower(1).ToMesg(nil)), recording.NoTimes},
		{"the end before the start", activity(t, session().SetTimestamp(start.Add(-time.Hour)).ToMesg(nil)), recording.Implausible},
		{"a mean above the maximum", activity(t, session().SetAvgHeartRate(150).SetMaxHeartRate(140).ToMesg(nil)), recording.Implausible},
		{"a lap's mean above its maximum", activity(t, session().ToMesg(nil),
			mesgdef.NewLap(nil).SetStartTime(start).SetAvgHeartRate(150).SetMaxHeartRate(140).ToMesg(nil)), recording.Implausible},
		{"a month and more", activity(t, session().SetTotalElapsedTimeScaled(40*86400).ToMesg(nil)), recording.Implausible},

		{"a doctype", []byte(`<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaa">]><gpx>&a;</gpx>`), recording.DoctypeRefused},
		{"an entity", gpx("<name>&a;</name>"), recording.Malformed},
		{"two roots", append(gpx(track("00:00", "00:01")), gpx("")...), recording.Malformed},
		{"text behind the root", append(gpx(track("00:00", "00:01")), "MZ"...), recording.Malformed},
		{"crossed elements", gpx("<a><b></a></b>"), recording.Malformed},
		{"cut in an element", gpx(track("00:00", "00:01"))[:150], recording.Truncated},
		{"only a declaration", []byte(`<?xml version="1.0"?>`), recording.Truncated},
		{"nested too deep", gpx(strings.Repeat("<a>", 12) + strings.Repeat("</a>", 12)), recording.TooDeep},
		{"waypoints only", gpx(`<wpt lat="1" lon="1"><time>2026-03-07T08:00:00Z</time></wpt>`), recording.NotAnActivity},
		{"an empty track", gpx("<trk><trkseg/></trk>"), recording.NoSamples},
		{"a track without times", gpx(track("", "", "")), recording.NoTimes},
		{"a track mostly without times", gpx(track("", "", "", "") + track("00:00", "00:01")), recording.NoTimes},
		{"a track that ends before it starts", gpx(track("10:00", "00:30", "00:31")), recording.Implausible},
		{"a plan", []byte(`<TrainingCenterDatabase><Courses><Course/></Courses></TrainingCenterDatabase>`), recording.NotAnActivity},
		{"an activity without laps", tcx(""), recording.NoSamples},
		{"a lap without a start", tcx(`<Lap><TotalTimeSeconds>9</TotalTimeSeconds></Lap>`), recording.NoTimes},
		{"a lap of negative length", tcx(`<Lap StartTime="2026-03-07T08:00:00Z"><TotalTimeSeconds>-9</TotalTimeSeconds></Lap>`), recording.Implausible},

		{"too many bytes", append(gpx(track("00:00", "00:01")), bytes.Repeat([]byte(" "), 20_000)...), recording.TooLarge},
		{"a long comment", gpx("<!--" + strings.Repeat("x", 90_000) + "-->"), recording.TooLarge},
		{"a bomb", zip(t, make([]byte, 1<<20)), recording.UnsupportedFormat},
		{"a bomb in a comment", zip(t, gpx("<!--"+strings.Repeat("x", 1<<20))), recording.ExpandsTooFar},
		{"a bomb of points", zip(t, gpx(strings.Repeat(" ", 1<<20))), recording.ExpandsTooFar},
		{"too many records", recordingtest.RideFIT(recordingtest.Options{Seconds: 51}), recording.TooManyRecords},
		{"too many records in a chain", slices.Concat(good, good), recording.TooManyRecords},
		{"too many points", recordingtest.GPX(recordingtest.Make(recordingtest.Options{Seconds: 51, NoHeart: true})), recording.TooManyRecords},
		{"too many laps", tcx(string(laps)), recording.TooManyRecords},
		{"too many laps in FIT", recordingtest.RideFIT(recordingtest.Options{Seconds: 40, Laps: 6}), recording.TooManyRecords},
		{"too many tracks", gpx(strings.Repeat(track("00:00", "00:01"), 4)), recording.TooManyRecords},
		{"too many sessions in a chain", bytes.Repeat(activity(t, session().ToMesg(nil), session().ToMesg(nil)), 2), recording.TooManyRecords},
		{"too many files in a chain", bytes.Repeat(activity(t), 4), recording.TooManyRecords},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := recording.Parse(iotest.HalfReader(bytes.NewReader(test.file)), small)
			refusal, ok := errors.AsType[*recording.Error](err)
			if !ok || refusal.Code != test.want {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if refusal.Message() == "" || !slices.Contains(recording.Codes(), refusal.Code) {
				t.Errorf("the code %s has no message or is not listed", refusal.Code)
			}
		})
	}
}

// A compressed file may hold so many times its size, so that a few bytes never keep a parser busy for
// long; what a recording comes to is far below, and a small one may hold anything.
func TestCompressedFilesKeepProportion(t *testing.T) {
	t.Parallel()
	nothing := strings.Repeat("<!---->\n", 1<<16) // half a MiB
	file := func(times int) []byte { return zip(t, gpx(strings.Repeat(nothing, times)+track("00:00", "00:01"))) }
	for _, test := range []struct {
		name string
		file []byte
		took bool
	}{
		{"a little of nothing", file(1), true},
		{"much of nothing", file(100), false},
		{"many members of nothing", slices.Concat(zip(t, bytes.TrimSuffix(gpx(""), []byte("</gpx>"))), bytes.Repeat(zip(t, []byte(nothing)), 100)), false},
		{"a long ride as GPX", zip(t, recordingtest.RideGPX(recordingtest.Options{Seconds: 10_000})), true},
		{"a long ride as TCX", zip(t, recordingtest.RideTCX(recordingtest.Options{Seconds: 10_000})), true},
	} {
		in := bytes.NewReader(test.file)
		_, err := recording.Parse(in, recording.DefaultLimits())
		refusal, _ := errors.AsType[*recording.Error](err)
		switch {
		case test.took && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case !test.took && (refusal == nil || refusal.Code != recording.ExpandsTooFar):
			t.Errorf("%s of %d bytes: %v, want %s", test.name, len(test.file), err, recording.ExpandsTooFar)
		}
	}
}

func TestATroubleOfTheReaderIsNotTheFiles(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the line is dead")
	for _, file := range [][]byte{
		recordingtest.RideFIT(recordingtest.Options{}), recordingtest.RideTCX(recordingtest.Options{}),
		recordingtest.RideGPX(recordingtest.Options{}), zip(t, recordingtest.RideFIT(recordingtest.Options{})),
	} {
		for _, cut := range []int{0, 1, 700, len(file) - 1} {
			_, err := recording.Parse(io.MultiReader(bytes.NewReader(file[:cut]), iotest.ErrReader(trouble)), recording.DefaultLimits())
			if _, refused := errors.AsType[*recording.Error](err); refused || !errors.Is(err, trouble) {
				t.Errorf("cut at %d: %v", cut, err)
			}
		}
	}
}
