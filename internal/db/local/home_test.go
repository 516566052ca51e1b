//go:build unix

package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOddPaths(t *testing.T) {
	t.Parallel()
	for name, below := range map[string]string{
		"spaces":      "my rides/of 2026",
		"punctuation": `it's "50%", isn't it? a=b&c#d,é [*?]`,
		"long":        strings.Repeat("a-long-folder-name/", 12) + "end",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(folder(t), below)
			if err := os.MkdirAll(filepath.Join(dir, unfinished+"1", "base"), 0o711); err != nil {
				t.Fatal(err)
			}
			s := start(t, Options{Dir: dir, Tuning: Throwaway})
			if got := query(t, s.URL("postgres"), "SHOW data_directory"); got != filepath.Join(dir, "pg") {
				t.Errorf("data in %s", got)
			}
			if len(s.sockets) > socketLimit {
				t.Errorf("socket folder %s is %d bytes long", s.sockets, len(s.sockets))
			}
			if left := named(dir, unfinished); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			stop(t, s)
			start(t, Options{Dir: dir, Tuning: Throwaway})
		})
	}
}

// A checkout in root's home or in a private folder is out of reach for the account that runs the
// server for root; an ordinary user runs it as themselves and needs no replacement.
func TestAFolderOutOfReach(t *testing.T) {
	t.Parallel()
	private := folder(t)
	if err := os.Chmod(private, 0o700); err != nil {
		t.Fatal(err)
	}
	wanted := filepath.Join(private, "checkout", ".paceline")
	s := start(t, Options{Dir: wanted, Tuning: Throwaway})
	if os.Geteuid() != 0 {
		if s.Home() != wanted {
			t.Errorf("home %s", s.Home())
		}
		return
	}
	t.Cleanup(func() { _ = os.RemoveAll(s.Home()) })
	if filepath.Dir(s.Home()) != systemFolder {
		t.Errorf("home %s", s.Home())
	}
	if _, err := os.Stat(filepath.Dir(wanted)); err == nil {
		t.Errorf("%s was made for nothing", filepath.Dir(wanted))
	}
	execute(t, s.URL("postgres"), "CREATE TABLE ride ()")
	stop(t, s)
	again := start(t, Options{Dir: wanted, Tuning: Throwaway})
	if again.Home() != s.Home() {
		t.Errorf("the second run's home is %s", again.Home())
	}
	if got := query(t, again.URL("postgres"), "SELECT count(*)::text FROM ride"); got != "0" {
		t.Errorf("rides: %s", got)
	}
}

func TestAFolderThatSomebodyPutThereFirstIsRefused(t *testing.T) {
	t.Parallel()
	us, err := runAs("")
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	open, link, file := filepath.Join(dir, "open"), filepath.Join(dir, "link"), filepath.Join(dir, "file")
	if err := us.own(open); err != nil {
		t.Fatal(err)
	}
	if err := us.own(open); err != nil {
		t.Errorf("our own folder again: %v", err)
	}
	if err := os.Symlink(open, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{open, link, file} {
		if err := us.own(path); err == nil {
			t.Errorf("%s was taken", path)
		}
	}
}
