package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/testkit/pgtest"
)

// tourStep is a command of the README and what it is said to print.
type tourStep struct{ command, prints string }

func readTour(t *testing.T) []tourStep {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, tour, found := strings.Cut(string(readme), "<!-- tour")
	tour, _, ended := strings.Cut(tour, "<!-- end of the tour")
	if !found || !ended {
		t.Fatal("the README has no tour")
	}
	var steps []tourStep
	inside := false
	for line := range strings.Lines(tour) {
		switch command, is := strings.CutPrefix(line, "$ "); {
		case strings.HasPrefix(line, "```"):
			inside = !inside
		case !inside:
		case is:
			steps = append(steps, tourStep{command: strings.TrimSuffix(command, "\n")})
		case len(steps) > 0:
			steps[len(steps)-1].prints += line
		}
	}
	return steps
}

// The README's tour, typed as written, prints what the README says.
func TestTheTourIsTrue(t *testing.T) {
	t.Parallel()
	steps := readTour(t)
	if len(steps) < 15 {
		t.Fatalf("only %d steps", len(steps))
	}
	pg := pgtest.New(t)
	data := t.TempDir()
	p := start(t, "dev", "DATABASE_URL="+pg.Superuser(), "PACELINE_DATA="+data).ready()
	const mark = "=== next step ==="
	var script strings.Builder
	for _, s := range steps {
		script.WriteString(s.command + "\necho '" + mark + "'\n")
	}
	typed := strings.NewReplacer(
		"localhost:8080", strings.TrimPrefix(p.base, "http://"), ".paceline/sample-ride.fit", filepath.Join(data, "sample-ride.fit"),
	).Replace(script.String())
	shell := exec.Command("bash", "-c", typed)
	var out bytes.Buffer
	shell.Stdout, shell.Stderr = &out, &out
	if err := shell.Run(); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	printed := strings.Split(out.String(), mark+"\n")
	for i, s := range steps {
		if got := strings.ReplaceAll(printed[i], "\r", ""); got != s.prints {
			t.Errorf("%s\nprints:\n%s\nthe README says:\n%s", s.command, got, s.prints)
		}
	}
}
