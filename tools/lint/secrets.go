package lint

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Secrets refuses comparisons of secrets whose time tells how much was right.
var Secrets = &analysis.Analyzer{
	Name: "secrets",
	Doc:  "secrets are compared by subtle.ConstantTimeCompare or hmac.Equal",
	Run:  secrets,
}

// comparing are functions that stop at the first difference.
var comparing = words(`bytes.Equal bytes.Compare bytes.EqualFold bytes.HasPrefix
	strings.EqualFold strings.Compare strings.HasPrefix
	slices.Equal slices.Compare slices.Contains slices.Index
	cmp.Compare reflect.DeepEqual maps.Equal`)

func secrets(pass *analysis.Pass) (any, error) {
	each(pass, func(where string, n ast.Node) {
		report := func(at token.Pos, of ast.Expr) {
			if !excepted("secrets", where) {
				pass.Reportf(at, "%s is a secret by its name: compare in constant time, by subtle.ConstantTimeCompare", nameIn(of))
			}
		}
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				compare(pass, n.X, n.Y, n.OpPos, report)
			}
		case *ast.SwitchStmt:
			if n.Tag == nil {
				return
			}
			for _, statement := range n.Body.List {
				clause, ok := statement.(*ast.CaseClause)
				for i := 0; ok && i < len(clause.List); i++ {
					compare(pass, n.Tag, clause.List[i], clause.List[i].Pos(), report)
				}
			}
		case *ast.CallExpr:
			if f, _, _ := used(pass, calledIn(n)); f != nil && comparing[nameOf(f)] && len(n.Args) == 2 {
				compare(pass, n.Args[0], n.Args[1], n.Pos(), report)
			}
		}
	})
	return nil, nil
}

// calledIn is the function of a call, without what its type parameters are.
func calledIn(n *ast.CallExpr) ast.Expr {
	switch f := ast.Unparen(n.Fun).(type) {
	case *ast.IndexExpr:
		return f.X
	case *ast.IndexListExpr:
		return f.X
	default:
		return f
	}
}

// compare reports two values if one of them is a secret, unless the other one says
// no more than whether there is any, or is a word of a protocol.
func compare(pass *analysis.Pass, x, y ast.Expr, at token.Pos, report func(token.Pos, ast.Expr)) {
	for _, pair := range [][2]ast.Expr{{x, y}, {y, x}} {
		word := secretIn(pass, pair[0])
		other := pass.TypesInfo.Types[pair[1]]
		fixed := other.Value != nil && other.Value.Kind() == constant.String
		if word == "" || other.IsNil() || fixed && (word == "code" || constant.StringVal(other.Value) == "") {
			continue
		}
		report(at, pair[0])
		return
	}
}

var (
	secretWord = regexp.MustCompile(`^(?:secret|password|passwd|passphrase|token|hash|mac|hmac|digest|signature|code|otp|nonce)$`)
	secretType = regexp.MustCompile(`(?i)secret|password|token|hash|^mac$`)
	humps      = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)
)

// wordsOf are the words of a name, in small letters.
func wordsOf(name string) []string {
	return strings.FieldsFunc(strings.ToLower(humps.ReplaceAllString(name, "${1}${3} ${2}${4}")), func(r rune) bool { return r == ' ' || r == '_' })
}

// secretIn is the word that makes a value a secret, "" for one that is none. A
// value is a secret by the name of its type, or, if it is bytes or text, by its own.
func secretIn(pass *analysis.Pass, e ast.Expr) string {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && pass.TypesInfo.Types[call.Fun].IsType() {
		return secretIn(pass, call.Args[0])
	}
	t := pass.TypesInfo.TypeOf(e)
	if t == nil {
		return ""
	}
	if isSecretType(t) {
		return "secret"
	}
	if _, named := types.Unalias(t).(*types.Named); named || !isText(t) {
		return ""
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		// What a secret says of itself, such as Reveal.
		if method, ok := call.Fun.(*ast.SelectorExpr); ok && len(call.Args) == 0 && isSecretType(pass.TypesInfo.TypeOf(method.X)) {
			return method.Sel.Name
		}
	}
	return secretWordIn(nameIn(e))
}

func isSecretType(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	if _, structure := named.Underlying().(*types.Struct); !structure && !isText(named) {
		return false // a kind of secret, by its number
	}
	return ours(named.Obj().Pkg()) != "" && secretType.MatchString(named.Obj().Name())
}

func secretWordIn(name string) string {
	for _, word := range wordsOf(name) {
		if secretWord.MatchString(word) {
			return word
		}
	}
	return ""
}

func isText(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&types.IsString != 0
	case *types.Slice:
		return isByte(t.Elem())
	case *types.Array:
		return isByte(t.Elem())
	}
	return false
}

func isByte(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Uint8
}

// nameIn is the name that says what a value is.
func nameIn(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.StarExpr:
		return nameIn(e.X)
	case *ast.IndexExpr:
		return nameIn(e.X)
	case *ast.SliceExpr:
		return nameIn(e.X)
	case *ast.CallExpr:
		// A function such as strings.ToUpper is about what it is given.
		if name := nameIn(e.Fun); len(e.Args) != 1 || secretWordIn(name) != "" {
			return name
		}
		return nameIn(e.Args[0])
	}
	return ""
}
