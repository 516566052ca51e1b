// Package hole is the test of the tests: it plants known vulnerabilities in the
// program, one at a time, and asks the suite whether it notices.
//
// A hole is a piece of a source file and what stands in its place, kept as data
// in this package. It is planted by the compiler's own -overlay, while a test is
// built: no file changes, and the program has no switch that production could
// have on by mistake. Go code, compiled queries, migrations and the contract all
// reach the program through the compiler, so a hole can be in any of them.
//
//	make holes                    plants all of them, each alone
//	make holes HOLES='^cookie'    those whose names fit
//	make holes PATCH=my.diff      one of your own, against the whole suite
//
// A hole that stays green is a hole in the suite: see CONTRIBUTING.md.
package hole

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Hole is one vulnerability.
type Hole struct {
	Name     string // as `make holes HOLES=` takes it
	Weakness string // what is wrong then, in a sentence
	Edits    []Edit
	By       Test // what has to notice
}

// Edit is a piece of a file, which is there exactly once, and what replaces it.
type Edit struct{ File, Find, Replace string }

// Test is the smallest part of the suite that has to notice: a package's folder
// and a -run pattern.
type Test struct{ Package, Run string }

// All lists every hole.
func All() []Hole {
	return slices.Concat(policy(), schema(), members(), workouts(), riders(), syncs(), imports(), merges(), leaderboards(), zones(), bookings(), social(), groups(), accounts(), staff(), classes(), moderation(), consoles(), edge(), evidence())
}

// at is a hole of one edit.
func at(name, weakness, file, find, replace, pkg, run string) Hole {
	return Hole{name, weakness, []Edit{{file, find, replace}}, Test{pkg, run}}
}

// Changed are the files with the edits in them, by their paths below root. An
// edit whose text is not there exactly once is an error.
func Changed(root string, edits []Edit) (map[string]string, error) {
	files := map[string]string{}
	for _, e := range edits {
		content, have := files[e.File]
		if !have {
			raw, err := os.ReadFile(filepath.Join(root, e.File))
			if err != nil {
				return nil, err
			}
			content = string(raw)
		}
		if n := strings.Count(content, e.Find); n != 1 {
			return nil, fmt.Errorf("%s has the text %d times, not once: %q", e.File, n, e.Find)
		}
		files[e.File] = strings.Replace(content, e.Find, e.Replace, 1)
	}
	return files, nil
}

// Overlay writes changed files into a folder and gives the path of the file that
// -overlay takes.
func Overlay(root, folder string, changed map[string]string) (string, error) {
	replace := map[string]string{}
	for file, content := range changed {
		aside := filepath.Join(folder, strings.ReplaceAll(file, "/", "--"))
		if err := os.WriteFile(aside, []byte(content), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, file)] = aside
	}
	encoded, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(folder, "overlay.json")
	return list, os.WriteFile(list, encoded, 0o600)
}
