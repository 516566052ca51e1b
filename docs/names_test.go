package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

func TestSettingsExist(t *testing.T) {
	t.Parallel()
	known := config.Docs() + "`" + pgtest.Variable + "`"
	each(t, `\b((?:PACELINE|DATABASE)_[A-Z0-9_]*[A-Z0-9])`, func(t *testing.T, p page, m []string) {
		if !strings.Contains(known, "`"+strings.TrimSuffix(m[1], "_FILE")+"`") {
			t.Errorf("%s names %s, which is no setting", p.path, m[1])
		}
	})
}

// testName is how a page names a test: the package's folder, then the function.
var testName = regexp.MustCompile(`^((?:internal|api|cmd|docs|migrations|tools|web)[\w/]*)\.((?:Test|Fuzz)\w+)$`)

func TestTestsExist(t *testing.T) {
	t.Parallel()
	checked := 0
	each(t, testName.String(), func(t *testing.T, p page, m []string) {
		files, err := filepath.Glob(filepath.Join(root, m[1], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.Contains(read(t, file), "\nfunc "+m[2]+"(") {
				checked++
				return
			}
		}
		t.Errorf("%s names the test %s in %s, which is not there", p.path, m[2], m[1])
	})
	if checked < 50 {
		t.Errorf("only %d tests were looked for", checked)
	}
}

// A metric or a database role, spelt as one.
func TestMetricsAndRolesExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, where := range []struct{ file, pattern, prefix string }{
		{"internal/observe/metrics.go", `"(paceline_\w+[a-z])"`, ""},
		{"internal/observe/metrics.go", `desc\("(\w+)"`, "paceline_db_pool_"},
		{"internal/observe/metrics.go", `(?:value|count)\("(\w+)"`, "paceline_db_pipeline_"},
		{"internal/db/db.go", `"(paceline_\w+)"`, ""},
	} {
		for _, m := range regexp.MustCompile(where.pattern).FindAllStringSubmatch(read(t, filepath.Join(root, where.file)), -1) {
			known[where.prefix+m[1]] = true
		}
	}
	each(t, `\b(paceline_\w+)`, func(t *testing.T, p page, m []string) {
		if !known[strings.TrimSuffix(m[1], "_bucket")] {
			t.Errorf("%s names %s, which is no metric and no role", p.path, m[1])
		}
	})
}

// declared lists what each package below internal/ declares: functions, types and
// their methods and fields, constants, variables.
func declared(t *testing.T) map[string]map[string]bool {
	t.Helper()
	packages := map[string]map[string]bool{}
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		names := packages[file.Name.Name]
		if names == nil {
			names = map[string]bool{}
			packages[file.Name.Name] = names
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				names[n.Name.Name] = true
				return false
			case *ast.TypeSpec:
				names[n.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range n.Names {
					names[name.Name] = true
				}
			case *ast.Field:
				for _, name := range n.Names {
					names[name.Name] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

func TestGoNamesExist(t *testing.T) {
	t.Parallel()
	packages := declared(t)
	checked := 0
	each(t, `^\(?\*?([a-z]+)\.([A-Z]\w*)\)?(?:\.([A-Z]\w*))?(?:\[\w+\])?(?:\(.*\))?$`, func(t *testing.T, p page, m []string) {
		names, ours := packages[m[1]]
		if !ours {
			return // a library's
		}
		for _, name := range m[2:] {
			if name != "" && !names[name] {
				t.Errorf("%s names %s, but package %s declares no %s", p.path, m[0], m[1], name)
			}
		}
		checked++
	})
	if checked < 30 {
		t.Errorf("only %d names were looked up", checked)
	}
}
