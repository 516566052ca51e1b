package docs_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/privacy"
)

var update = flag.Bool("update", false, "write the table of settings into operations.md anew")

// rows gives the cells of the table under a header, without backticks.
func rows(t *testing.T, p page, header string) [][]string {
	t.Helper()
	_, table, found := strings.Cut(p.text, "\n"+header+"\n")
	if !found {
		t.Fatalf("%s has no table %q", p.path, header)
	}
	var out [][]string
	for _, line := range strings.Split(table, "\n")[1:] {
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "`", ""))
		}
		out = append(out, cells)
	}
	return out
}

var audienceBy = map[privacy.Source]string{
	privacy.FromDiscoverability: "discoverability", privacy.FromSetting: "a setting",
	privacy.FromObject: "the workout", privacy.Fixed: "fixed", privacy.FromGroup: "the group",
}

// The page's table of the model is the code's, row by row.
func TestThePrivacyTableIsTheModel(t *testing.T) {
	t.Parallel()
	got := rows(t, named(t, "docs/privacy-model.md"), "| subject | field | audience by | default | scope | at rest | what it holds |")
	model := privacy.Model()
	if len(got) != len(model) {
		t.Errorf("the page has %d rows, the model %d", len(got), len(model))
	}
	for i, r := range model[:min(len(got), len(model))] {
		rest := "plain"
		if r.Sealed {
			rest = "sealed"
		}
		want := []string{r.Subject, r.Name, audienceBy[r.Source], r.Default.String(), r.Scope.String(), rest}
		if len(got[i]) != 7 || !slices.Equal(got[i][:6], want) || got[i][6] == "" {
			t.Errorf("row %d is %q, the model has %q and wants a word on what it holds", i+1, got[i], want)
		}
	}
}

// The page's table of settings is the program's. `go test ./docs -update` writes it.
func TestTheSettingsTableIsTheCodes(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- settings: written by go test ./docs -update -->\n", "<!-- end of settings -->\n"
	p := named(t, "docs/operations.md")
	before, rest, ok := strings.Cut(p.text, begin)
	table, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("operations.md has no place for the settings")
	}
	want := "\n" + config.Docs() + "\n"
	if table == want {
		return
	}
	if !*update {
		t.Fatal("the settings in operations.md are not those of the program: go test ./docs -update")
	}
	if err := os.WriteFile("operations.md", []byte(before+begin+want+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Every security event has a row that says what to do about it, and "Not raised
// yet" as long as nothing raises it.
func TestEverySecurityEventIsDescribed(t *testing.T) {
	t.Parallel()
	program := sources(t)
	kinds := regexp.MustCompile(`(\w+)\s+EventKind += "(\w+)"`).FindAllStringSubmatch(read(t, filepath.Join(root, "internal/observe/events.go")), -1)
	described := map[string]string{}
	for _, row := range rows(t, named(t, "docs/operations.md"), "| event | level | what it means | what to do |") {
		described[row[0]] = row[2]
	}
	for _, kind := range kinds {
		means, ok := described[kind[2]]
		if !ok {
			t.Errorf("operations.md does not describe the event %s", kind[2])
		}
		raised, said := strings.Contains(program, "observe."+kind[1]+")") || strings.Contains(program, "observe."+kind[1]+","), strings.Contains(means, "Not raised yet")
		if raised == said {
			t.Errorf("operations.md: the event %s is raised: %t, so it must say \"Not raised yet\": %t", kind[2], raised, !raised)
		}
	}
	if len(kinds) == 0 || len(described) != len(kinds) {
		t.Errorf("operations.md describes %d events, the program has %d", len(described), len(kinds))
	}
}

// sources is the program in one text, without its tests.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, folder := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				all.WriteString(read(t, path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// requirements are the rows that asvs.md has to have, by the ids of OWASP ASVS 5.0
// with their levels.
var requirements = []string{
	"1.1.1/2 1.2.1/1 1.2.3/1", "1.2.4/1 1.2.9/2", "1.2.10/3", "1.3.6/2", "1.4.2/2 2.2.1/1", "1.5.1/1 1.5.2/2 1.5.3/3",
	"2.2.3/2", "2.3.2/2 2.3.3/2 2.3.4/2", "2.3.5/3", "3.3.1/1–3.3.4/2", "3.4.1/1–3.4.6/2", "3.5.1/1–3.5.3/1",
	"4.1.1/1 4.1.3/2 4.1.4/3", "4.3.1/2 4.3.2/2", "4.4.1/1–4.4.3/2", "5.1.1/2 5.2.1/1–5.2.6/3", "6.2.1/1–6.2.12/2",
	"6.3.1/1 6.6.3/2", "6.3.2/1", "6.3.3/2 6.3.4/2 6.4.3/2", "6.3.5/3 6.3.7/3", "6.3.8/3", "6.5.1/2–6.5.5/2",
	"7.2.2/1–7.2.4/1 7.3.1/2 7.3.2/2 7.4.1/1–7.4.5/2", "7.5.1/2–7.5.3/3", "8.1.1/1 8.1.2/2 8.2.1/1–8.2.3/2 8.3.1/1",
	"8.3.2/3", "8.3.3/3", "9.x 10.x", "11.x", "12.x 13.2.2/2", "13.1.3/3 13.2.6/3", "13.4.2/2–13.4.6/3", "14.x",
	"15.3.x 15.4.x", "16.x",
}

// Each requirement has a row that names its tests, or says why there is none yet.
// That the tests exist is TestTestsExist's to check.
func TestEveryRequirementIsAnsweredFor(t *testing.T) {
	t.Parallel()
	var ids []string
	shown := regexp.MustCompile(`\.(Test|Fuzz)\w+`)
	for _, row := range rows(t, named(t, "docs/security/asvs.md"), "| ids | what holds | shown by |") {
		ids = append(ids, row[0])
		if len(row) != 3 || !shown.MatchString(row[2]) && !strings.Contains(row[2], "not yet: ") {
			t.Errorf("%s: names no test and no reason", row[0])
		}
	}
	if !slices.Equal(ids, requirements) {
		t.Errorf("the rows are\n%q, not\n%q", ids, requirements)
	}
}
