package recording_test

import (
	"bytes"
	"testing"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// BenchmarkParse reads an hour of riding at one record per second, in each format.
func BenchmarkParse(b *testing.B) {
	ride := recordingtest.Make(recordingtest.Options{Seconds: 3600, Laps: 12})
	for _, form := range []struct {
		name string
		file []byte
	}{
		{"fit", recordingtest.FIT(recordingtest.FITForm{}, ride)}, {"tcx", recordingtest.TCX(ride)}, {"gpx", recordingtest.GPX(ride)},
	} {
		b.Run(form.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := recording.Parse(bytes.NewReader(form.file), recording.DefaultLimits()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
