package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	wanted = regexp.MustCompile(`// want (".*)$`)
	quoted = regexp.MustCompile(`"([^"]*)"`)
	denied = regexp.MustCompile(`(?m)^ {8}(\w+):$|\{pkg: '?([\w./-]+)\$?'?, desc`)
	forbid = regexp.MustCompile(`\{pattern: '[^']*', msg: "([^"]*)"\}`)
)

// The rules of .golangci.yml that are this project's own, on imports and on calls,
// refuse what testdata/golangci has of each. The files there are planted in a module
// of their own with the program's name, libraries and configuration.
func TestGolangciRules(t *testing.T) {
	binary, err := filepath.Abs("../../bin/tools/golangci-lint")
	if _, missing := os.Stat(binary); err != nil || missing != nil {
		if binary, err = exec.LookPath("golangci-lint"); err != nil {
			t.Fatal("golangci-lint is neither in bin/tools, where make lint puts it, nor on the PATH")
		}
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("testdata/golangci")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum", ".golangci.yml"} {
		content, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "go.mod" {
			content = append(content, "\nrequire github.com/pkg/errors v0.9.1\nreplace github.com/pkg/errors => ./stub/errors\n"...)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found := golangci(t, binary, folder)
	hold(t, folder, found)
	everyRule(t, filepath.Join(folder, ".golangci.yml"), strings.Join(found, "\n"))
}

// golangci gives what is found, as path:line: message.
func golangci(t *testing.T, binary, folder string) (found []string) {
	t.Helper()
	run := exec.CommandContext(t.Context(), binary, "run", "--enable-only", "depguard,forbidigo", "--output.json.path", "stdout", "--show-stats=false",
		"--path-mode", "abs", "--allow-parallel-runners", "./...")
	run.Dir = folder
	out, err := run.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("%v: %s %s", err, out, exit.Stderr)
	}
	var report struct {
		Issues []struct {
			Text string
			Pos  struct {
				Filename string
				Line     int
			}
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, issue := range report.Issues {
		path, err := filepath.Rel(folder, issue.Pos.Filename)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, fmt.Sprintf("%s:%d: %s", path, issue.Pos.Line, issue.Text))
	}
	return found
}

// hold compares what is found with what the files want, line by line.
func hold(t *testing.T, folder string, found []string) {
	t.Helper()
	left := map[int]bool{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		for i, line := range strings.Split(string(content), "\n") {
			want := wanted.FindStringSubmatch(line)
			if want == nil {
				continue
			}
			for _, text := range quoted.FindAllStringSubmatch(want[1], -1) {
				met := false
				for n, one := range found {
					if strings.HasPrefix(one, fmt.Sprintf("%s:%d: ", name, i+1)) && regexp.MustCompile(text[1]).MatchString(one) {
						met, left[n] = true, true
					}
				}
				if !met {
					t.Errorf("%s:%d: nothing says %q", name, i+1, text[1])
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, one := range found {
		if !left[n] {
			t.Errorf("nobody wants %s", one)
		}
	}
}

// everyRule finds a fixture for each row of the configuration.
func everyRule(t *testing.T, path, found string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list, rules := "", 0
	for _, m := range denied.FindAllStringSubmatch(string(content), -1) {
		if m[1] != "" {
			list = m[1]
			continue
		}
		rules++
		if !regexp.MustCompile(`import '` + regexp.QuoteMeta(m[2]) + `[^']*' is not allowed from list '` + list + `'`).MatchString(found) {
			t.Errorf("no fixture is refused for importing %s, which list %s denies", m[2], list)
		}
	}
	for _, m := range forbid.FindAllStringSubmatch(string(content), -1) {
		rules++
		if !strings.Contains(found, m[1]) {
			t.Errorf("no fixture is refused with %q", m[1])
		}
	}
	if rules < 30 {
		t.Errorf("only %d rules were looked at", rules)
	}
}
