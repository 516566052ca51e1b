// Package docs_test keeps the pages true: whatever a page names must be there.
//
// It looks into what is set as code, in spans and in blocks, of the pages
// below docs/ and of those beside the Makefile. Checked are paths of the repository,
// make targets, paceline commands, settings, tests, metrics, names of Go packages'
// declarations, and links with their anchors; in the tables, each row.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository's folder as seen from the tests.
const root = ".."

// page is one Markdown file.
type page struct {
	path  string   // from the repository's folder
	text  string   // all of it
	prose string   // without fenced blocks
	code  []string // spans, and the lines of blocks
}

var (
	fence    = regexp.MustCompile("(?ms)^```[^\n]*\n(.*?)^```\\s*$")
	span     = regexp.MustCompile("`([^`\n]+)`")
	indented = regexp.MustCompile("(?m)^    ([^ ].*)$")
)

// pages reads every page there is.
func pages(t *testing.T) []page {
	t.Helper()
	var found []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		matches, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, matches...)
	}
	var all []page
	for _, path := range found {
		text := read(t, path)
		p := page{path: strings.TrimPrefix(path, root+"/"), text: text, prose: fence.ReplaceAllString(text, "")}
		for _, m := range span.FindAllStringSubmatch(p.prose, -1) {
			p.code = append(p.code, m[1])
		}
		for _, m := range fence.FindAllStringSubmatch(text, -1) {
			p.code = append(p.code, strings.Split(m[1], "\n")...)
		}
		for _, m := range indented.FindAllStringSubmatch(p.prose, -1) {
			command, _, _ := strings.Cut(m[1], "  #")
			p.code = append(p.code, command)
		}
		all = append(all, p)
	}
	if len(all) < 8 {
		t.Fatalf("only %d pages", len(all))
	}
	return all
}

// named gives a page by its path.
func named(t *testing.T, path string) page {
	t.Helper()
	for _, p := range pages(t) {
		if p.path == path {
			return p
		}
	}
	t.Fatalf("there is no %s", path)
	return page{}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// each runs a pattern over the code of every page, and gives its first group.
func each(t *testing.T, pattern string, check func(t *testing.T, p page, match []string)) {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for _, p := range pages(t) {
		for _, code := range p.code {
			for _, m := range re.FindAllStringSubmatch(code, -1) {
				check(t, p, m)
			}
		}
	}
}

// ours are the folders and the files beside the Makefile that a path may begin with.
const ours = `(?:\.ci|api|cmd|deploy|docs|internal|migrations|tools|web)/[\w.*<>/-]*` +
	`|Makefile|Dockerfile|LICENSE|\.golangci\.yml|[\w-]+\.(?:md|go|ya?ml|mod|sum)`

var placeholder = regexp.MustCompile(`<[^>]*>`)

func TestPathsExist(t *testing.T) {
	t.Parallel()
	checked := 0
	each(t, `(?:^|[\s(="])(`+ours+`)(?:$|[\s),:;"])`, func(t *testing.T, p page, m []string) {
		if testName.MatchString(m[1]) {
			return
		}
		path := strings.TrimSuffix(m[1], ".")
		found, err := filepath.Glob(filepath.Join(root, placeholder.ReplaceAllString(path, "*")))
		if err != nil || len(found) == 0 {
			t.Errorf("%s names %s, which is not there", p.path, m[1])
		}
		checked++
	})
	if checked < 50 {
		t.Errorf("only %d paths were looked at", checked)
	}
}

func TestEveryFolderIsInTheLayout(t *testing.T) {
	t.Parallel()
	layout := named(t, "docs/architecture.md").text
	folders, err := filepath.Glob(filepath.Join(root, "internal", "*", ""))
	if err != nil || len(folders) < 10 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		if name := "`internal/" + filepath.Base(folder) + "`"; !strings.Contains(layout, name) {
			t.Errorf("the layout in docs/architecture.md lacks %s", name)
		}
	}
}

func TestMakeTargetsExist(t *testing.T) {
	t.Parallel()
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):`).FindAllStringSubmatch(read(t, filepath.Join(root, "Makefile")), -1) {
		targets[m[1]] = true
	}
	each(t, `(?:^|[\s;&])make ([a-z][a-z-]*)`, func(t *testing.T, p page, m []string) {
		if !targets[m[1]] {
			t.Errorf("%s names make %s, which the Makefile doesn't know", p.path, m[1])
		}
	})
}

// A command's second word, such as "new" of "paceline keyring new", is in its help.
func TestCommandsExist(t *testing.T) {
	t.Parallel()
	help := map[string]string{"help": ""}
	table := regexp.MustCompile(`\{"([a-z]+)", "([^"]*)", \w+\}`)
	for _, m := range table.FindAllStringSubmatch(read(t, filepath.Join(root, "cmd/paceline/main.go")), -1) {
		help[m[1]] = m[2]
	}
	if len(help) < 5 {
		t.Fatalf("main.go has no table of commands any more: %v", help)
	}
	each(t, `(?:^|[\s/])paceline ([a-z]+)(?: ([a-z]+))?`, func(t *testing.T, p page, m []string) {
		said, known := help[m[1]]
		if !known || !regexp.MustCompile(`\b`+m[2]+`\b`).MatchString(said) {
			t.Errorf("%s names paceline %s %s, which there is not", p.path, m[1], m[2])
		}
	})
}

var (
	link    = regexp.MustCompile(`\[[^\]]*\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are a page's headings the way they are linked to.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		found[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return found
}

func TestLinksLead(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(span.ReplaceAllString(p.prose, ""), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			path, anchor, _ := strings.Cut(m[1], "#")
			target := filepath.Join(root, filepath.Dir(p.path), path)
			if path == "" {
				target = filepath.Join(root, p.path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", p.path, m[1])
			} else if anchor != "" && !anchors(read(t, target))[anchor] {
				t.Errorf("%s links to %s: there is no such heading", p.path, m[1])
			}
		}
	}
}
