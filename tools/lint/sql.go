package lint

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// ViewerTx refuses SQL outside of package db's transactions.
var ViewerTx = &analysis.Analyzer{
	Name: "viewertx",
	Doc:  "SQL runs on a *db.Tx, which has a viewer, or a *db.SystemTx, which has a reason",
	Run:  viewerTx,
}

// speaks are the functions and methods of a driver that reach a server.
var speaks = words(`Connect ConnectConfig ConnectWithOptions Open OpenDB OpenDBFromPool
	NewWithConfig Acquire AcquireFunc AcquireAllIdle Begin BeginTx BeginFunc BeginTxFunc
	Exec ExecContext ExecParams ExecPrepared ExecBatch Query QueryContext QueryRow QueryRowContext SendBatch StartPipeline
	CopyFrom CopyTo Prepare PrepareContext Conn PgConn Hijack WithInstance`)

// isDriver says whether a package speaks to PostgreSQL.
func isDriver(pkg *types.Package) bool {
	return pkg != nil && (pkg.Path() == "database/sql" || strings.HasPrefix(pkg.Path(), "github.com/jackc/pgx/") ||
		strings.HasPrefix(pkg.Path(), "github.com/golang-migrate/migrate/"))
}

// isTx says whether a type is a transaction of package db, or its way for single
// statements.
func isTx(t types.Type) bool {
	return isNamed(t, "internal/db.Tx", "internal/db.SystemTx", "internal/db.Once")
}

// compiled are the packages that sqlc writes.
var compiled = regexp.MustCompile(`^internal/(?:.*/)?query$`)

func viewerTx(pass *analysis.Pass) (any, error) {
	given := map[ast.Node]bool{} // what is called with a transaction
	each(pass, func(where string, n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 && isTx(pass.TypesInfo.TypeOf(call.Args[0])) {
			given[ast.Unparen(call.Fun)] = true
		}
		f, on, at := used(pass, n)
		switch {
		case f == nil:
		case compiled.MatchString(ours(f.Pkg())) && (f.Name() == "New" || f.Name() == "WithTx"):
			if !given[n] && !excepted("viewertx", where) {
				pass.Reportf(at, "queries run on the *db.Tx or *db.SystemTx that package db gives: db.Read, db.AsViewer and their siblings")
			}
		case speaks[f.Name()] && !isTx(on) && (isDriver(f.Pkg()) || isDriver(answers(f))):
			if !excepted("viewertx", where) {
				pass.Reportf(at, "%s reaches PostgreSQL without a viewer or a reason: use the transaction of db.Read, db.AsViewer and their siblings", f.Name())
			}
		}
	})
	return nil, nil
}

// answers is the package of a function's first result: an interface of our own
// whose method gives pgx.Rows is a driver by another name.
func answers(f *types.Func) *types.Package {
	results := f.Signature().Results()
	if results.Len() == 0 {
		return nil
	}
	t := results.At(0).Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Pkg()
	}
	return nil
}

// ConstSQL refuses statements that are put together at run time.
var ConstSQL = &analysis.Analyzer{
	Name: "constsql",
	Doc:  "the text of a statement is a constant; a parameter named sql takes nothing else",
	Run:  constSQL,
}

func constSQL(pass *analysis.Pass) (any, error) {
	each(pass, func(where string, n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		f, _, _ := used(pass, ast.Unparen(call.Fun))
		if f == nil {
			return
		}
		params := f.Signature().Params()
		for i := range min(params.Len(), len(call.Args)) {
			if !takesSQL(f, params.At(i)) {
				continue
			}
			arg := call.Args[i]
			if pass.TypesInfo.Types[arg].Value != nil || isSQLParameter(pass, arg) || excepted("constsql", where) {
				continue
			}
			pass.Reportf(arg.Pos(), "the text of a statement is a constant: what varies is an argument, $1")
		}
	})
	return nil, nil
}

// takesSQL: a driver calls it sql or query, we call it sql.
func takesSQL(f *types.Func, p *types.Var) bool {
	if basic, ok := p.Type().Underlying().(*types.Basic); !ok || basic.Kind() != types.String {
		return false
	}
	return p.Name() == "sql" && (ours(f.Pkg()) != "" || isDriver(f.Pkg())) || p.Name() == "query" && isDriver(f.Pkg())
}

// isSQLParameter: a parameter named sql may be passed on, since whoever gives it
// is held to the rule.
func isSQLParameter(pass *analysis.Pass, arg ast.Expr) bool {
	name, ok := ast.Unparen(arg).(*ast.Ident)
	if !ok || name.Name != "sql" {
		return false
	}
	v, ok := pass.TypesInfo.Uses[name].(*types.Var)
	return ok && v.Kind() == types.ParamVar
}
