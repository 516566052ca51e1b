package seal_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/paceline/paceline/internal/seal"
)

func TestKeyedSecretsAreApart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ring.json")
	if err := seal.GenerateFile(file); err != nil {
		t.Fatal(err)
	}
	keyed := func(r *seal.Ring, purpose string) []byte {
		t.Helper()
		key, err := r.Keyed(purpose)
		if err != nil || len(key) != 32 {
			t.Fatal(len(key), err)
		}
		return key
	}
	one, err := seal.LoadRing(file)
	if err != nil {
		t.Fatal(err)
	}
	two, err := seal.LoadRing(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(keyed(one, "limits"), keyed(two, "limits")) {
		t.Error("two replicas with one file have two secrets")
	}
	if bytes.Equal(keyed(one, "limits"), keyed(one, "other")) {
		t.Error("two purposes share a secret")
	}
	before := keyed(one, "limits")
	if _, err := seal.RotateFile(file); err != nil {
		t.Fatal(err)
	}
	if err := one.Reload(); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(before, keyed(one, "limits")) {
		t.Error("a rotation changes nothing")
	}
	if _, err := one.Keyed(""); !errors.Is(err, seal.ErrContext) {
		t.Errorf("no purpose: %v", err)
	}
	if _, err := new(seal.Ring).Keyed("limits"); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("no ring: %v", err)
	}
}
