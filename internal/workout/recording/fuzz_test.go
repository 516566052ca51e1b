package recording_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/muktihari/fit/kit/hash/crc16"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/export"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// holds checks what Parse promises of anything: recordings that keep the rules, or an *Error.
func holds(t *testing.T, file []byte) {
	t.Helper()
	all, err := recording.Parse(bytes.NewReader(file), recording.DefaultLimits())
	if err != nil {
		if refusal, ok := errors.AsType[*recording.Error](err); !ok || refusal.Message() == "" {
			t.Fatalf("not a refusal: %v", err)
		}
		return
	}
	if len(all) == 0 {
		t.Fatal("neither recordings nor an error")
	}
	for _, r := range all {
		if y := r.StartedAt.Year(); y < 2000 || y >= 2100 || r.StartedAt.Nanosecond() != 0 {
			t.Fatalf("it starts at %v", r.StartedAt)
		}
		if r.DurationS < 0 || r.DurationS > recording.MaxDuration.Seconds() || r.MovingS < 0 || r.MovingS > r.DurationS {
			t.Fatalf("it lasts %v s and moves %v s", r.DurationS, r.MovingS)
		}
		if h := r.Heart; h.AvgBPM != nil && h.MaxBPM != nil && *h.AvgBPM > *h.MaxBPM {
			t.Fatal("the average heart rate is above its maximum")
		}
		for _, lap := range r.Laps {
			if lap.StartS < 0 || lap.DurationS < 0 {
				t.Fatalf("a lap from %v for %v s", lap.StartS, lap.DurationS)
			}
		}
		for _, table := range r.Samples {
			blob, err := table.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if n := len(table.T); n == 0 || float64(table.T[n-1]) > r.DurationS*1000+1 {
				t.Fatal("a sample after the end")
			}
			if _, err := series.Decode(blob); err != nil {
				t.Fatal(err)
			}
		}
		r.Fingerprint()
	}
}

// FuzzFIT mends the sizes and the checksum of what it is given: without, hardly any input would
// be decoded to its end.
func FuzzFIT(f *testing.F) {
	ride := recordingtest.Make(recordingtest.Options{Seconds: 4, Laps: 2, Title: "a"})
	run := recordingtest.Make(ride.After(recordingtest.Options{Seconds: 3, Sport: recording.Run, Indoor: true}))
	for _, form := range []recordingtest.FITForm{{}, {SummaryFirst: true}, {DeveloperPower: true}, {NoSession: true}} {
		f.Add(recordingtest.FIT(form, ride, run))
	}
	var own bytes.Buffer // with developer fields of our own
	if err := export.FIT(&own, export.Workout{StartedAt: ride.Start, DurationS: 2, Samples: []series.Table{
		{Family: series.Place, T: []uint32{250}, Columns: []series.Column{{Channel: series.AltitudeM, V: []int32{4003}}}},
	}}); err != nil {
		f.Fatal(err)
	}
	f.Add(own.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		holds(t, file)
		if len(file) < 16 {
			return
		}
		mended := bytes.Clone(file[:len(file)-2])
		mended[0] = 14
		binary.LittleEndian.PutUint32(mended[4:], uint32(len(mended)-14))
		copy(mended[8:], ".FIT")
		sum := crc16.New()
		sum.Write(mended)
		holds(t, binary.LittleEndian.AppendUint16(mended, sum.Sum16()))
	})
}

func FuzzTCX(f *testing.F) {
	f.Add(recordingtest.RideTCX(recordingtest.Options{Seconds: 4, Laps: 2}))
	f.Add(tcx(`<Lap StartTime="2026-03-07T08:00:00Z"><TotalTimeSeconds>9</TotalTimeSeconds></Lap>`))
	f.Fuzz(holds)
}

func FuzzGPX(f *testing.F) {
	f.Add(recordingtest.RideGPX(recordingtest.Options{Seconds: 4}))
	f.Add(gpx(track("00:00", "00:01.5", "", "10:00") + track("", "30:00")))
	f.Fuzz(holds)
}
