package seal

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Ring holds the key-encryption keys. It is safe for concurrent use, and Reload swaps its keys
// while others seal and open. The zero Ring gives ErrNoKey.
type Ring struct {
	unprintable

	current atomic.Pointer[keySet]

	reload sync.Mutex
	path   string // "" for a ring in memory
	seen   os.FileInfo
}

// keySet is never changed once it is in a ring.
type keySet struct {
	primary string
	byID    map[string]*kek
}

func (r *Ring) keys() (*keySet, error) {
	if r == nil {
		return nil, ErrNoKey
	}
	keys := r.current.Load()
	if keys == nil {
		return nil, ErrNoKey
	}
	return keys, nil
}

// NewRing makes a ring with one fresh key, in memory only: what it seals dies with it.
func NewRing() *Ring {
	r := &Ring{}
	id, secret := newKEK()
	r.current.Store(&keySet{primary: id, byID: map[string]*kek{id: {secret: secret}}})
	return r
}

// newKEK makes a key and an id that says when it was made.
func newKEK() (id string, secret []byte) {
	secret = make([]byte, keyBytes)
	tail := make([]byte, 3)
	_, _ = rand.Read(secret) // never fails since Go 1.24: it ends the program instead
	_, _ = rand.Read(tail)
	return fmt.Sprintf("k%s-%x", time.Now().UTC().Format("20060102"), tail), secret //nolint:forbidigo // a name for people, nothing decides by it
}

// LoadRing reads a key ring file. It gives a *FileError for a file that is not one, and a
// *ModeError for one that others may read.
func LoadRing(path string) (*Ring, error) {
	r := &Ring{path: path}
	return r, r.Reload()
}

// Primary is the id of the key that new records are sealed with.
func (r *Ring) Primary() string {
	keys, err := r.keys()
	if err != nil {
		return ""
	}
	return keys.primary
}

// Reload reads the ring's file again. On an error the ring keeps the keys it has. A file that
// gives another key to an id the ring knows is refused: it would make old records unreadable.
func (r *Ring) Reload() error {
	if r.path == "" {
		return nil
	}
	r.reload.Lock()
	defer r.reload.Unlock()
	next, info, err := readFile(r.path)
	r.seen = info
	if err != nil {
		return err
	}
	if now := r.current.Load(); now != nil {
		for id, k := range next.byID {
			old, ok := now.byID[id]
			if !ok {
				continue
			}
			if subtle.ConstantTimeCompare(old.secret, k.secret) != 1 {
				return &FileError{Path: r.path, Problem: fmt.Sprintf("key %q is not the key it was", id)}
			}
			next.byID[id] = old
		}
	}
	r.current.Store(next)
	return nil
}

// Watch reloads the ring whenever its file changes, looking every so often, until ctx ends.
// After each attempt it calls report with the primary id and what went wrong, if anything.
func (r *Ring) Watch(ctx context.Context, every time.Duration, report func(primary string, err error)) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if r.changed() {
				err := r.Reload()
				report(r.Primary(), err)
			}
		}
	}
}

// changed says whether the file is another one than the last that was read. A file that is gone
// for a moment is not a change: it comes back, or the ring goes on with what it has.
func (r *Ring) changed() bool {
	info, err := os.Stat(r.path)
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	r.reload.Lock()
	defer r.reload.Unlock()
	if err != nil || r.seen == nil {
		return err == nil
	}
	return !os.SameFile(info, r.seen) || info.Mode() != r.seen.Mode() ||
		info.Size() != r.seen.Size() || !info.ModTime().Equal(r.seen.ModTime())
}
