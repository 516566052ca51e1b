package recording_test

import (
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

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
		used := peak(func() {
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

// peak gives by how many bytes the heap grew at most while f ran, sampled every two milliseconds.
func peak(f func()) uint64 {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	runtime.GC()
	idle := heap()
	var top atomic.Uint64
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			top.Store(max(top.Load(), heap()))
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return top.Load() - min(idle, top.Load())
}
