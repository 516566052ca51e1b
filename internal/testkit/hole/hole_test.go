package hole_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit/hole"
)

const root = "../../.."

// Every hole can still be planted, and has somebody to notice it. Whether they
// do is for make holes to say.
func TestEveryHoleApplies(t *testing.T) {
	t.Parallel()
	all := hole.All()
	if len(all) < 30 {
		t.Errorf("%d holes", len(all))
	}
	named := map[string]bool{}
	for _, h := range all {
		if named[h.Name] || h.Name == "" || !strings.HasSuffix(h.Weakness, ".") {
			t.Errorf("%s: its name is taken, or it doesn't say what is wrong", h.Name)
		}
		named[h.Name] = true
		if _, err := hole.Changed(root, h.Edits); err != nil {
			t.Errorf("%s: this hole no longer applies: %v", h.Name, err)
		}
		if !namesATest(t, h.By) {
			t.Errorf("%s: %s has no test %s", h.Name, h.By.Package, h.By.Run)
		}
	}
}

var declared = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

// namesATest says whether the pattern's first part fits a test of the package.
func namesATest(t *testing.T, by hole.Test) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, by.Package, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range declared.FindAllStringSubmatch(string(source), -1) {
			for one := range strings.SplitSeq(by.Run, "|") {
				first, _, _ := strings.Cut(one, "/")
				if regexp.MustCompile(first).MatchString(name[1]) {
					return true
				}
			}
		}
	}
	return false
}

// The runner itself: one that is noticed is no error; one that nobody notices is,
// and so are one that no longer applies, one that doesn't compile, and a test that
// is not there.
func TestTheRunnerTellsCaughtFromMissed(t *testing.T) {
	t.Parallel()
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	b := hole.Bench{Root: absolute, Folder: t.TempDir(), Limit: time.Minute}
	const file, by = "internal/text/text.go", "^TestTextIsForPeople$"
	for _, c := range []struct {
		name, find, replace, run string
		want                     string // in the report; "" for one that is caught
	}{
		{"noticed", "if !utf8.ValidString(s) {", "if utf8.ValidString(s) {", by, ""},
		{"missed", "the text is blank", "the text is empty", by, "NOBODY"},
		{"gone", "there is no such text", "", by, "no longer applies"},
		{"broken", "if !utf8.ValidString(s) {", "if !utf8.Valid {", by, "doesn't compile"},
		{"nobody to notice", "the text is blank", "the text is empty", "^TestThatIsNotThere$", "has no test"},
	} {
		var out bytes.Buffer
		h := hole.Hole{Name: c.name, Weakness: "It is wrong.", Edits: []hole.Edit{{File: file, Find: c.find, Replace: c.replace}}, By: hole.Test{Package: "internal/text", Run: c.run}}
		err := b.Report(t.Context(), []hole.Hole{h}, 1, &out)
		told := out.String()
		if err != nil {
			told += err.Error()
		}
		if (err == nil) != (c.want == "") || !strings.Contains(told, c.want) {
			t.Errorf("%s: %v\n%s", c.name, err, told)
		}
	}
}
