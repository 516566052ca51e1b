package seal_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/seal"
)

func ringFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keyring.json")
	if err := seal.GenerateFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGeneratedFile(t *testing.T) {
	t.Parallel()
	path := ringFile(t)
	info, err := os.Stat(path)
	if must(t, info, err).Mode().Perm() != 0o600 {
		t.Errorf("mode is %o", info.Mode())
	}
	wantErr(t, "a second ring in the same place", seal.GenerateFile(path), fs.ErrExist)
	rest, err := os.ReadDir(filepath.Dir(path))
	if len(must(t, rest, err)) != 1 {
		t.Errorf("left behind: %v", rest)
	}
	one, err := seal.LoadRing(path)
	two, err2 := seal.LoadRing(path)
	wrapped, err3 := must(t, one, err).NewMemberKey(ada)
	if _, err := must(t, two, err2).Unwrap(ada, must(t, wrapped, err3)); err != nil {
		t.Errorf("the same file, read twice: %v", err)
	}
}

func TestRotationWhileServing(t *testing.T) {
	t.Parallel()
	path := ringFile(t)
	ring, err := seal.LoadRing(path)
	must(t, ring, err)
	first := ring.Primary()
	old, err := ring.NewMemberKey(ada)
	key, err2 := ring.Unwrap(ada, must(t, old, err))
	sealed, err3 := must(t, key, err2).Seal([]byte("60 bpm"), ride)
	must(t, sealed, err3)

	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := ring.Unwrap(ada, old); err != nil {
						t.Errorf("while rotating: %v", err)
						return
					}
				}
			}
		})
	}
	for range 3 {
		id, err := seal.RotateFile(path)
		must(t, id, err)
		if err := ring.Reload(); err != nil || id != ring.Primary() {
			t.Fatalf("primary is %q, want %q: %v", ring.Primary(), id, err)
		}
	}
	close(stop)
	readers.Wait()

	fresh, changed, err := ring.Rewrap(ada, old)
	if must(t, fresh, err); !changed {
		t.Error("an old key was not wrapped again")
	}
	if id, _ := fresh.KeyID(); id != ring.Primary() || id == first {
		t.Errorf("wrapped again by %q", id)
	}
	again, err := ring.Unwrap(ada, fresh)
	if got, err := must(t, again, err).Open(sealed, ride); err != nil || string(got) != "60 bpm" {
		t.Errorf("after rotation: %q, %v", got, err)
	}
	if _, changed, err := ring.Rewrap(ada, fresh); changed || err != nil {
		t.Errorf("wrapped again for nothing: %v, %v", changed, err)
	}
}

func TestWatchTakesOverAChangedFile(t *testing.T) {
	t.Parallel()
	path := ringFile(t)
	ring, err := seal.LoadRing(path)
	must(t, ring, err)
	seen := make(chan string, 8)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ring.Watch(ctx, time.Millisecond, func(primary string, err error) {
			if err != nil {
				primary = err.Error()
			}
			seen <- primary
		})
	}()
	id, err := seal.RotateFile(path)
	if got := <-seen; got != must(t, id, err) {
		t.Errorf("watched %q, want %q", got, id)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; !strings.Contains(got, "chmod 600") || ring.Primary() != id {
		t.Errorf("an open file gave %q and primary %q", got, ring.Primary())
	}
	cancel()
	<-done
}

func TestFileMode(t *testing.T) {
	t.Parallel()
	for mode, ok := range map[fs.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o620: false, 0o644: false} {
		path := ringFile(t)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := seal.LoadRing(path)
		if _, isMode := errors.AsType[*seal.ModeError](err); isMode == ok {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestFileIsCheckedStrictly(t *testing.T) {
	t.Parallel()
	one := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("1", 32)))
	two := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("2", 32)))
	zero := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, text := range map[string]string{
		"empty":           ``,
		"no object":       `[]`,
		"no keys":         `{"primary":"a"}`,
		"no primary":      `{"keys":{"a":"` + one + `"}}`,
		"unknown primary": `{"primary":"b","keys":{"a":"` + one + `"}}`,
		"unknown member":  `{"primary":"a","keys":{"a":"` + one + `"},"x":1}`,
		"duplicate id":    `{"primary":"a","keys":{"a":"` + one + `","a":"` + two + `"}}`,
		"same key twice":  `{"primary":"a","keys":{"a":"` + one + `","b":"` + one + `"}}`,
		"trailing text":   `{"primary":"a","keys":{"a":"` + one + `"}} x`,
		"short key":       `{"primary":"a","keys":{"a":"` + one[4:] + `"}}`,
		"not base64":      `{"primary":"a","keys":{"a":"!` + one[1:] + `"}}`,
		"zeros":           `{"primary":"a","keys":{"a":"` + zero + `"}}`,
		"long id":         `{"primary":"` + strings.Repeat("a", 33) + `","keys":{"` + strings.Repeat("a", 33) + `":"` + one + `"}}`,
		"odd id":          `{"primary":"A b","keys":{"A b":"` + one + `"}}`,
		"large":           `{"primary":"a","keys":{"a":"` + one + `"}}` + strings.Repeat(" ", 65<<10),
	} {
		path := filepath.Join(t.TempDir(), "keyring.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := seal.LoadRing(path)
		if _, ok := errors.AsType[*seal.FileError](err); !ok {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), one) || strings.Contains(err.Error(), zero) {
			t.Errorf("%s: the error quotes a key", name)
		}
	}
	if _, err := seal.LoadRing(t.TempDir()); err == nil {
		t.Error("a folder was taken as a key ring")
	}
	_, err := seal.LoadRing(filepath.Join(t.TempDir(), "none"))
	wantErr(t, "a missing file", err, fs.ErrNotExist)
}

func TestReloadKeepsWhatItHasOnAnError(t *testing.T) {
	t.Parallel()
	path := ringFile(t)
	ring, err := seal.LoadRing(path)
	wrapped, err2 := must(t, ring, err).NewMemberKey(ada)
	must(t, wrapped, err2)
	other := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("3", 32)))
	for _, text := range []string{`{`, `{"primary":"` + ring.Primary() + `","keys":{"` + ring.Primary() + `":"` + other + `"}}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := ring.Reload(); err == nil {
			t.Errorf("took %s", text)
		}
		if _, err := ring.Unwrap(ada, wrapped); err != nil {
			t.Errorf("after a bad file: %v", err)
		}
	}
}

func BenchmarkValue(b *testing.B) {
	key := memberKey(b, seal.NewRing(), uuid.New())
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			if _, err := seal.SealValue(key, ride, 71.5); err != nil {
				b.Fatal(err)
			}
		}
	})
	sealed, _ := seal.SealValue(key, ride, 71.5)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := seal.OpenValue[float64](key, ride, sealed); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkUnwrap(b *testing.B) {
	ring := seal.NewRing()
	wrapped, _ := ring.NewMemberKey(ada)
	for b.Loop() {
		if _, err := ring.Unwrap(ada, wrapped); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlob(b *testing.B) {
	key := memberKey(b, seal.NewRing(), ada)
	blob := make([]byte, 256<<10)
	b.SetBytes(int64(len(blob)))
	for b.Loop() {
		if _, err := key.Seal(blob, ride); err != nil {
			b.Fatal(err)
		}
	}
}
