package lint

import (
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// What the tables name is there, the program keeps every rule, and no exception is
// left that nothing needs: a function that is renamed takes its row along.
func TestTablesNameWhatIsThere(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: "../.."}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, p := range loaded {
		for _, wrong := range p.Errors {
			t.Fatal(wrong)
		}
		there[strings.TrimPrefix(p.PkgPath, module)] = true
		for _, of := range p.TypesInfo.Defs {
			if name := nameOf(of); name != "" && of.Pos() != token.NoPos {
				there[name] = true
			}
		}
	}
	for _, k := range keeps {
		for name := range strings.FieldsSeq(k.what + " " + k.where) {
			if !there[name] {
				t.Errorf("%s is named by places, and isn't there", name)
			}
		}
	}
	graph, err := checker.Analyze(Analyzers, loaded, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range graph.Roots {
		if action.Err != nil {
			t.Error(action.Err)
		}
		for _, found := range action.Diagnostics {
			t.Errorf("%s: %s", action.Package.Fset.Position(found.Pos), found.Message)
		}
	}
	for _, e := range exceptions {
		if !left.needed[e] {
			t.Errorf("nothing needs the exception of %s from %s any more: take it away", e.where, e.rule)
		}
	}
}

// The driver has the functions that the rule knows by name: if an update renamed
// one, the rule would look away.
func TestTheDriverSpeaksAsWeThink(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedTypes | packages.NeedName, Dir: "../.."},
		"github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/pgxpool", "github.com/jackc/pgx/v5/pgconn", "github.com/jackc/pgx/v5/stdlib", "database/sql",
		"github.com/golang-migrate/migrate/v4/database/pgx/v5")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, p := range loaded {
		for _, name := range p.Types.Scope().Names() {
			of := p.Types.Scope().Lookup(name)
			found[name] = true
			if of, ok := of.(*types.TypeName); ok {
				for m := range types.NewMethodSet(types.NewPointer(of.Type())).Methods() {
					found[m.Obj().Name()] = true
				}
				for m := range types.NewMethodSet(of.Type()).Methods() {
					found[m.Obj().Name()] = true
				}
			}
		}
	}
	for name := range speaks {
		if !found[name] {
			t.Errorf("no driver has %s", name)
		}
	}
	if len(loaded) != 6 || len(found) < 200 {
		t.Error(len(loaded), len(found))
	}
}
