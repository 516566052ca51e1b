package lint

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// Responder refuses bytes of a response that don't go through the one responder.
var Responder = &analysis.Analyzer{
	Name: "responder",
	Doc:  "bytes of a response are written by httpapi's send, which takes what the policy made",
	Run:  responder,
}

// answering are the methods of echo.Context that write.
var answering = words(`Attachment Blob File FileFS HTML HTMLBlob Inline JSON JSONBlob JSONP JSONPBlob
	JSONPretty NoContent Redirect Render Stream String XML XMLBlob XMLPretty`)

// writing are the methods of a response, and of what controls one, that write or
// give somebody else the connection to write to.
var writing = words("Write WriteHeader WriteString ReadFrom Flush FlushError Hijack Push")

// harmless take a response and write nothing to it by themselves.
var harmless = words("net/http.MaxBytesReader net/http.NewResponseController")

const oneResponder = "httpapi's respond and its siblings write what the policy made, and nothing else writes"

func responder(pass *analysis.Pass) (any, error) {
	each(pass, func(where string, n ast.Node) {
		report := func(at token.Pos, what string) {
			if !excepted("responder", where) {
				pass.Reportf(at, "%s writes bytes of a response: %s", what, oneResponder)
			}
		}
		switch n := n.(type) {
		case *ast.SelectorExpr:
			f, on, at := used(pass, n)
			if f == nil || on == nil {
				return
			}
			if answering[f.Name()] && isNamed(on, "github.com/labstack/echo/v4.Context") ||
				writing[f.Name()] && (isResponse(on) || isNamed(on, "net/http.ResponseController", "net/http.Hijacker", "net/http.Flusher")) {
				report(at, f.Name())
			}
		case *ast.CallExpr:
			call(pass, n, report)
		case *ast.AssignStmt:
			for i := range min(len(n.Lhs), len(n.Rhs)) {
				becomes(pass, n.Rhs[i], pass.TypesInfo.TypeOf(n.Lhs[i]), report)
			}
		case *ast.ValueSpec:
			for _, v := range n.Values {
				if n.Type != nil {
					becomes(pass, v, pass.TypesInfo.TypeOf(n.Type), report)
				}
			}
		case *ast.KeyValueExpr:
			becomes(pass, n.Value, pass.TypesInfo.TypeOf(n.Key), report)
		}
	})
	return nil, nil
}

// call looks at what a response is given to: not to a function of others that
// takes one, nor as a mere io.Writer to anybody. Passing it on to a handler is fine.
func call(pass *analysis.Pass, n *ast.CallExpr, report func(token.Pos, string)) {
	if fun := pass.TypesInfo.Types[n.Fun]; fun.IsType() && len(n.Args) == 1 {
		becomes(pass, n.Args[0], fun.Type, report)
		return
	}
	signature, ok := pass.TypesInfo.TypeOf(n.Fun).(*types.Signature)
	if !ok {
		return
	}
	f, _, _ := used(pass, ast.Unparen(n.Fun))
	for i, arg := range n.Args {
		if !isResponse(pass.TypesInfo.TypeOf(arg)) {
			continue
		}
		params := signature.Params()
		takes := params.At(min(i, params.Len()-1)).Type()
		if slice, ok := takes.(*types.Slice); ok && signature.Variadic() && i >= params.Len()-1 {
			takes = slice.Elem()
		}
		foreign := f != nil && ours(f.Pkg()) == "" && f.Name() != "ServeHTTP" && !harmless[nameOf(f)]
		if foreign && isResponse(takes) {
			report(arg.Pos(), f.Name())
		} else {
			becomes(pass, arg, takes, report)
		}
	}
}

// becomes refuses a response that turns into something to write to.
func becomes(pass *analysis.Pass, value ast.Expr, as types.Type, report func(token.Pos, string)) {
	if as != nil && isResponse(pass.TypesInfo.TypeOf(value)) && !isResponse(as) && types.IsInterface(as) && has(as, "Write") {
		report(value.Pos(), "an io.Writer")
	}
}

// isResponse says whether a type is an http.ResponseWriter, whatever its name.
func isResponse(t types.Type) bool {
	return t != nil && has(t, "Write") && has(t, "WriteHeader") && has(t, "Header")
}

func has(t types.Type, method string) bool {
	of, _, _ := types.LookupFieldOrMethod(t, true, nil, method)
	_, ok := of.(*types.Func)
	return ok
}
