package recording_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/paceline/paceline/internal/testkit/heap"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// An import of 100,000 records has to fit into 64 MiB above idle, garbage included. This part
// of it must leave room for the rest (sealing, the database): it gets two thirds.
func TestAHundredThousandRecordsFit(t *testing.T) { // alone: it measures the heap of the process
	dir := t.TempDir() // files in memory would count as idle, and let garbage grow as large
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("fit", recordingtest.RideFIT(recordingtest.Options{Seconds: 100_000, Laps: 100}))
	write("gpx.gz", zip(t, recordingtest.RideGPX(recordingtest.Options{Seconds: 20_000}))) // many times as wordy
	for _, name := range []string{"fit", "gpx.gz"} {
		used := heap.Peak(func() {
			in, err := os.Open(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			all, err := recording.Parse(in, recording.DefaultLimits())
			if err != nil || len(all) != 1 {
				t.Fatal(err)
			}
			_ = all[0].Fingerprint()
			for _, table := range all[0].Samples {
				if len(table.T) < 20_000 {
					t.Fatalf("%d samples", len(table.T))
				}
				if _, err := table.Encode(); err != nil {
					t.Fatal(err)
				}
			}
		})
		t.Logf("%s: %d MiB above idle", name, used>>20)
		if used > 43<<20 {
			t.Errorf("%s: %d MiB above idle", name, used>>20)
		}
	}
}
