package paceline_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// decodes are the beginnings of the names of functions that read what others wrote.
var decodes = regexp.MustCompile(`^(?i:parse|decode|open|unwrap|rewrap|unmarshal|bind|split|check(?:email|username|stored|parameters))`)

// given are parameters that hold such a thing.
var given = regexp.MustCompile(`^(?:string|\[\]byte|io\.Reader|Wrapped|echo\.Context)$`)

// unfuzzed are functions with such a name that read nothing of others.
var unfuzzed = map[string]string{
	"internal/db.open":                       "opens connections",
	"internal/workout/recording.open":        "FuzzFIT and its siblings call it through Parse",
	"internal/workout/recording/series.open": "FuzzDecode calls it through Decode",
	"internal/workout/recording.decode":      "as above",
	"internal/httpapi.bindLogin":             "FuzzBind binds each of the bodies",
	"internal/httpapi.bindRaw":               "FuzzBind calls it through bind",
	"internal/httpapi.bindBatch":             "FuzzSyncBatch calls readBatch, by which it reads",
	"internal/httpapi.decoderOf":             "FuzzUnpack calls it through what it stands behind",
	"internal/social.parseMentions":          "FuzzMentions calls it by the name that tests know it by",
	"internal/social.splitMention":           "as above",
	"internal/leaderboard.Open":              "opens a stream, by the hash of its ticket",
	"internal/httpapi.OpenAccessGrant":       "FuzzBind binds its body",
	"internal/privacy.ParseDuty":             "reads what the contract and the database say",
	"internal/privacy.ParseScope":            "reads what the contract and the database say",
	"internal/account.splitScopes":           "reads what was stored by us",
	"internal/config.parseOrigin":            "FuzzEnvironment calls it through PACELINE_PUBLIC_URL and PACELINE_CORS_ORIGINS",
	"internal/moderation.open":               "as member.openColumn",
	"internal/member.openColumn":             "FuzzOpen of package seal is about what it calls",
	"internal/member.parseDate":              "reads what was sealed by us",
	"internal/seal.openRecord":               "FuzzOpen calls it through all that open a record",
	"internal/seal.decode":                   "FuzzOpen calls it through OpenValue",
}

// Every function that decodes has a fuzz target in its package which calls it, so that
// a new one can't come without.
func TestEveryDecoderHasAFuzzTarget(t *testing.T) {
	t.Parallel()
	targets, functions := map[string]string{}, map[string]string{} // by folder: the text; by name: the folder
	err := filepath.WalkDir("internal", func(path string, entry fs.DirEntry, err error) error {
		folder := filepath.ToSlash(filepath.Dir(path))
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".gen.go") || skipped(folder) {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			f, ok := declared.(*ast.FuncDecl)
			switch {
			case !ok:
			case strings.HasSuffix(path, "_test.go"):
				if strings.HasPrefix(f.Name.Name, "Fuzz") {
					targets[folder] += calls(file) // with the helpers beside it
				}
			case decodes.MatchString(f.Name.Name) && takes(f):
				functions[folder+"."+f.Name.Name] = folder
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, folder := range functions {
		if _, said := unfuzzed[name]; !said && !strings.Contains(targets[folder], " "+strings.TrimPrefix(name, folder+".")+" ") {
			t.Errorf("%s decodes what others wrote, and no fuzz target of its package calls it", name)
		}
	}
	for name := range unfuzzed {
		if functions[name] == "" {
			t.Errorf("%s isn't there any more: take it off the list", name)
		}
	}
	if len(functions) < 20 {
		t.Errorf("only %d functions were looked at", len(functions))
	}
}

// skipped are what only tests and the local run use.
func skipped(folder string) bool {
	for _, own := range []string{"internal/testkit", "internal/demo", "internal/db/local", "internal/bench", "internal/workout/recording/recordingtest"} {
		if folder == own || strings.HasPrefix(folder, own+"/") {
			return true
		}
	}
	return false
}

func takes(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		if given.MatchString(spelt(p.Type)) {
			return true
		}
	}
	return false
}

func spelt(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.ArrayType:
		return "[]" + spelt(e.Elt)
	case *ast.SelectorExpr:
		return spelt(e.X) + "." + e.Sel.Name
	}
	return ""
}

// calls are the names of what a file calls.
func calls(file *ast.File) string {
	names := " "
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		f := call.Fun
		if generic, ok := f.(*ast.IndexExpr); ok {
			f = generic.X
		}
		switch f := f.(type) {
		case *ast.Ident:
			names += f.Name + " "
		case *ast.SelectorExpr:
			names += f.Sel.Name + " "
		}
		return true
	})
	return names
}
