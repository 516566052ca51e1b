package lint_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/paceline/paceline/tools/lint"
)

// The fixtures in testdata have the names of the program's packages, so that the
// tables apply to them. What must be refused says so in a comment; what says nothing
// must pass every rule.
func TestFixtures(t *testing.T) {
	refused := map[string]int{}
	all := &analysis.Analyzer{Name: "all", Doc: "every rule at once", Run: func(pass *analysis.Pass) (any, error) {
		for _, rule := range lint.Analyzers {
			one := *pass
			one.Report = func(d analysis.Diagnostic) {
				refused[rule.Name]++
				pass.Report(d)
			}
			if _, err := rule.Run(&one); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}}
	var packages []string
	for name := range strings.FieldsSeq("account db dto httpapi jobs limit member observe privacy") {
		packages = append(packages, "github.com/paceline/paceline/internal/"+name)
	}
	analysistest.Run(t, analysistest.TestData(), all, packages...)
	for _, rule := range lint.Analyzers {
		if refused[rule.Name] == 0 {
			t.Errorf("no fixture must be refused by %s", rule.Name)
		}
	}
	t.Log(refused)
}
