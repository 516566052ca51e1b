package recordingtest_test

import (
	"bytes"
	"testing"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

func TestTheSameOptionsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, ride := range map[string]func(recordingtest.Options) []byte{
		"fit": recordingtest.RideFIT, "tcx": recordingtest.RideTCX, "gpx": recordingtest.RideGPX,
	} {
		once, again := ride(recordingtest.Options{Seed: 3}), ride(recordingtest.Options{Seed: 3})
		if !bytes.Equal(once, again) {
			t.Errorf("%s: other bytes", name)
		}
		if bytes.Equal(once, ride(recordingtest.Options{Seed: 4})) {
			t.Errorf("%s: another seed gives the same day", name)
		}
	}
}

func TestAthletesAreHuman(t *testing.T) {
	t.Parallel()
	for _, sport := range []recording.Sport{recording.Ride, recording.Run} {
		w := recordingtest.Make(recordingtest.Options{Sport: sport, Seconds: 3600})
		for i, p := range w.Points {
			if p.PowerW > 400 || p.SpeedMPS > 20 || p.HeartBPM < 60 || p.HeartBPM > 200 || p.CadenceRPM < 60 || p.CadenceRPM > 110 {
				t.Fatalf("%s, second %d: %+v", sport, i, p)
			}
		}
		if km := w.Points[3599].DistanceM / 1000; km < 7 || km > 40 {
			t.Errorf("%s: %v km in an hour", sport, km)
		}
	}
}
