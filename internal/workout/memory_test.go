package workout_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit/heap"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// An import of 100,000 records takes less than 64 MiB above idle, all of it: parsing, packing,
// sealing, the database. It comes from a file, as it comes from a socket: it is never in memory.
func TestAHundredThousandRecordsFit(t *testing.T) { // alone: it measures the heap of the process
	w := newWorld(t)
	ada := w.member("ada")
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"fit": recordingtest.RideFIT(recordingtest.Options{Seconds: 100_000, Laps: 100}),
		"tcx": recordingtest.RideTCX(recordingtest.Options{Seconds: 72_000, Laps: 100, Seed: 2}), // about 32 MiB
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.mustImport(ada, recordingtest.RideFIT(recordingtest.Options{Seed: 3}), privacy.OnlyMe) // warm
	for _, name := range []string{"fit", "tcx"} {
		in, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		used := heap.Peak(func() {
			got, err := w.s.Import(t.Context(), ada.caller(), upload{in, nil}, workout.Repeat{})
			if err != nil || got.New != 1 {
				t.Fatal(err)
			}
		})
		_ = in.Close()
		t.Logf("%s: %d MiB above idle, %v", name, used>>20, time.Since(start).Round(time.Millisecond))
		if used > 64<<20 {
			t.Errorf("%s: %d MiB above idle", name, used>>20)
		}
	}
}
