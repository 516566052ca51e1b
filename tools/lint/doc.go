// Package lint holds the rules of this project that no ordinary linter knows, as
// analyzers. `make lint` runs them; each has fixtures in testdata that it must refuse
// and others that it must let pass.
//
//	viewertx   SQL runs in the transaction of a viewer, or of a named reason, and nowhere else
//	constsql   the text of a statement is a constant
//	places     what opens, decides or proves something is used in its named places only
//	responder  bytes of a response are written by the one responder
//	secrets    secrets are compared in constant time
//
// The rules bind product code: not tests, and nothing that is generated. An exception
// is a row of the table in exceptions.go with its reason; there is no comment that
// switches a rule off. TestTablesNameWhatIsThere keeps the tables from going stale.
package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Analyzers are all the rules.
var Analyzers = []*analysis.Analyzer{ViewerTx, ConstSQL, Places, Responder, Secrets}

const module = "github.com/paceline/paceline/"

// ours is a package's path below the module, "" for a package of others.
func ours(pkg *types.Package) string {
	if pkg == nil || !strings.HasPrefix(pkg.Path(), module) {
		return ""
	}
	return strings.TrimPrefix(pkg.Path(), module)
}

// each visits the product code of a package that is ours. Where is the declaration
// that a node stands in: internal/member.Service.Read, or internal/member for what
// is in no function.
func each(pass *analysis.Pass, visit func(where string, n ast.Node)) {
	pkg := ours(pass.Pkg)
	if pkg == "" {
		return
	}
	for _, file := range pass.Files {
		if ast.IsGenerated(file) || strings.HasSuffix(pass.Fset.Position(file.Pos()).Filename, "_test.go") {
			continue
		}
		for _, declared := range file.Decls {
			where := pkg
			if f, ok := declared.(*ast.FuncDecl); ok {
				where = nameOf(pass.TypesInfo.Defs[f.Name])
			}
			last := map[ast.Node]bool{}
			ast.Inspect(declared, func(n ast.Node) bool {
				if selector, ok := n.(*ast.SelectorExpr); ok {
					last[selector.Sel] = true
				}
				if n != nil && !last[n] {
					visit(where, n)
				}
				return true
			})
		}
	}
}

// nameOf is a function as the tables spell it: package.Function or
// package.Type.Method, the package without the module where it is ours.
func nameOf(of types.Object) string {
	f, ok := of.(*types.Func)
	if !ok || f.Pkg() == nil {
		return ""
	}
	f = f.Origin()
	name := f.Name()
	if recv := f.Signature().Recv(); recv != nil {
		t := recv.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if named, ok := types.Unalias(t).(*types.Named); ok {
			name = named.Obj().Name() + "." + name
		}
	}
	return strings.TrimPrefix(f.Pkg().Path(), module) + "." + name
}

// used is what a node refers to: the end of a selector, or a name that stands alone.
func used(pass *analysis.Pass, n ast.Node) (of *types.Func, on types.Type, at token.Pos) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		f, _ := pass.TypesInfo.Uses[n.Sel].(*types.Func)
		return f, pass.TypesInfo.TypeOf(n.X), n.Sel.Pos()
	case *ast.Ident:
		f, _ := pass.TypesInfo.Uses[n].(*types.Func)
		return f, nil, n.Pos()
	}
	return nil, nil, token.NoPos
}

// isNamed says whether a type, or what it points to, is one of those.
func isNamed(t types.Type, full ...string) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	name := strings.TrimPrefix(named.Obj().Pkg().Path(), module) + "." + named.Obj().Name()
	return slices.Contains(full, name)
}

// words is a set of them, given with spaces between.
func words(all string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(all) {
		set[word] = true
	}
	return set
}
