package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/db/local"
	"github.com/paceline/paceline/internal/testkit/hole"
)

// FLOOR is this program once more: see startFloor.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "floor" {
		if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// The whole bench, small and short: both sides give the same bytes, every goal is measured without
// an error, and the page says each of them. No figure decides anything.
func TestTheBenchRuns(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp(local.Scratch(), "paceline-bench-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { // PostgreSQL may run as another account
		t.Fatal(err)
	}
	page := filepath.Join(dir, "performance.md")
	byHand := "Nothing was tried.\n"
	if err := os.WriteFile(page, []byte("# Old\n\n"+keptFrom+"\n"+byHand+keptTo+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-quick", "-dir", dir, "-page", page}, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	written, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range allGoals {
		if !strings.Contains(string(written), fmt.Sprintf("\n| %d | ", g.number)) {
			t.Errorf("the page has no line of goal %d", g.number)
		}
	}
	if !strings.Contains(string(written), byHand) || strings.Contains(string(written), "# Old") {
		t.Errorf("what is written by hand was not kept, or more than that:\n%s", written)
	}
	if strings.Contains(string(written), dir) {
		t.Error("the page names a folder of this machine")
	}
	if t.Failed() {
		t.Log(&out)
	}
}

// What goal 2 switches off can still be switched off.
func TestTheChecksCanBeTakenOut(t *testing.T) {
	t.Parallel()
	if _, err := hole.Changed("../..", unchecked); err != nil {
		t.Error(err)
	}
}
