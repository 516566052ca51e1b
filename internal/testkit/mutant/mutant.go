// Package mutant is mutation testing for the policy: it changes one thing in
// internal/privacy after another (an operator, a condition, a constant, what is
// returned, a statement that is left out) and asks whether that package's tests
// notice. Whoever changes the policy by mistake changes it like that.
//
//	make mutate
//
// A change that no test notices is a survivor. Each needs a line in survivors.txt
// that says why it makes no difference; one without a line fails the run, and so
// does a line whose survivor is dead. Of all changes 98 in 100 have to be noticed.
//
// go-gremlins/gremlins (v0.6.0 works with this Go) swaps operators only: it knows
// no constants, returns or left-out statements, which is what a table of rules is
// made of, and copies the whole module for each worker. The changes here reach the
// compiler by -overlay, as the planted holes do; no file is touched.
package mutant

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Mutant is one change of one file.
type Mutant struct {
	File   string // below the repository's root
	Line   int
	Source string // the line, trimmed
	From   string // what stood there
	To     string // what stands there now; "" for a statement that is left out

	start, end int // of From, in bytes
	content    []byte
	node       ast.Node // what is replaced, where that can be decided while the program runs
}

// Name is the mutant's without its line number, which changes with every edit.
func (m Mutant) Name() string {
	to := m.To
	if to == "" {
		to = "nothing"
	}
	return filepath.Base(m.File) + " | " + m.Source + " | " + oneLine(m.From) + " -> " + oneLine(to)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Applied is the file's content with the change in it.
func (m Mutant) Applied(content []byte) string {
	return string(content[:m.start]) + m.To + string(content[m.end:])
}

// of lists the mutants of a package's files, tests aside, that the compiler takes:
// to ask go/types takes milliseconds, to build a second.
func of(root, folder string) ([]Mutant, *checked, error) {
	paths, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		return nil, nil, err
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasSuffix(p, "_test.go") })
	m := &maker{fset: token.NewFileSet(), next: map[string]string{}}
	var files []*ast.File
	contents := make([][]byte, len(paths))
	for i, path := range paths {
		if contents[i], err = os.ReadFile(path); err != nil {
			return nil, nil, err
		}
		f, err := parser.ParseFile(m.fset, path, contents[i], parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, f)
		m.constants(f)
	}
	source := importer.ForCompiler(m.fset, "source", nil)
	c := &checked{&types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}}
	if _, err := (&types.Config{Importer: source}).Check(folder, m.fset, files, c.info); err != nil {
		return nil, nil, err
	}
	for i, f := range files {
		m.file, m.content = filepath.Join(folder, filepath.Base(paths[i])), contents[i]
		ast.Inspect(f, m.visit)
	}
	compiles := func(one Mutant) bool {
		changed := slices.Clone(files)
		for i, path := range paths {
			if filepath.Base(path) == filepath.Base(one.File) {
				f, err := parser.ParseFile(m.fset, path, one.Applied(contents[i]), parser.SkipObjectResolution)
				if err != nil {
					return false
				}
				changed[i] = f
			}
		}
		_, err := (&types.Config{Importer: source}).Check(folder, m.fset, changed, nil)
		return err == nil
	}
	all := slices.DeleteFunc(m.made, func(one Mutant) bool { return !compiles(one) })
	for i := range all {
		if e, ok := all[i].node.(ast.Expr); ok && c.typeOf(e) == "" {
			all[i].node = nil
		}
	}
	return all, c, nil
}

// maker walks over files and makes mutants.
type maker struct {
	fset    *token.FileSet
	next    map[string]string // a constant, and the next one of its group
	file    string
	content []byte
	made    []Mutant
}

// constants notes, for each constant of a group, the one that stands for another.
func (m *maker) constants(f *ast.File) {
	for _, d := range f.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST || len(group.Specs) < 2 {
			continue
		}
		var names []string
		for _, s := range group.Specs {
			for _, n := range s.(*ast.ValueSpec).Names { //nolint:errcheck,forcetypeassert // specs of constants
				names = append(names, n.Name)
			}
		}
		for i, name := range names {
			m.next[name] = names[(i+1)%len(names)]
		}
	}
}

// change adds a mutant.
func (m *maker) change(from, to ast.Node, with string) {
	start, end := m.fset.Position(from.Pos()).Offset, m.fset.Position(to.End()).Offset
	was := string(m.content[start:end])
	if was == with {
		return
	}
	lineStart := bytes.LastIndexByte(m.content[:start], '\n') + 1
	lineEnd := start + bytes.IndexByte(m.content[start:], '\n')
	m.made = append(m.made, Mutant{
		File: m.file, Line: m.fset.Position(from.Pos()).Line, Source: strings.TrimSpace(string(m.content[lineStart:lineEnd])),
		From: was, To: with, start: start, end: end, content: m.content, node: m.decided(from, to),
	})
}

// decided is the node, if it is an expression, or a statement to leave out.
func (m *maker) decided(from, to ast.Node) ast.Node {
	switch from.(type) {
	case ast.Expr, *ast.ExprStmt, *ast.AssignStmt, *ast.IncDecStmt:
		if from == to {
			return from
		}
	}
	return nil
}

func (m *maker) text(n ast.Node) string {
	return string(m.content[m.fset.Position(n.Pos()).Offset:m.fset.Position(n.End()).Offset])
}

// operators and what stands in their place.
var operators = map[token.Token][]string{
	token.EQL: {"!="}, token.NEQ: {"=="}, token.LSS: {"<=", ">="}, token.GTR: {">=", "<="}, token.LEQ: {"<", ">"}, token.GEQ: {">", "<"},
	token.LAND: {"||"}, token.LOR: {"&&"}, token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"/"}, token.QUO: {"*"},
	token.SHL: {">>"}, token.SHR: {"<<"}, token.AND: {"|"}, token.OR: {"&"}, token.XOR: {"&"}, token.AND_NOT: {"&"},
}

func (m *maker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec, *ast.Field, *ast.CommentGroup:
		return false
	case *ast.GenDecl:
		return n.Tok == token.VAR // types and the numbers of constants are no behaviour of their own
	case *ast.FuncDecl:
		m.returns(n)
		if n.Body != nil {
			ast.Inspect(n.Body, m.visit)
		}
		return false
	case *ast.BinaryExpr:
		for _, with := range operators[n.Op] {
			m.change(n, n, m.text(n.X)+" "+with+" "+m.text(n.Y))
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT || n.Op == token.XOR {
			m.change(n, n, m.text(n.X))
		}
	case *ast.IfStmt:
		m.condition(n.Cond)
	case *ast.SwitchStmt:
		m.cases(n)
	case *ast.BlockStmt:
		m.statements(n.List)
	case *ast.BasicLit:
		m.literal(n)
	case *ast.KeyValueExpr:
		if _, key := n.Key.(*ast.Ident); key {
			ast.Inspect(n.Value, m.visit) // a field's name, or an index
			return false
		}
	case *ast.CallExpr:
		if text := m.text(n.Fun); text == "errors.New" || text == "fmt.Errorf" {
			return false // what an error says to a programmer decides nothing
		}
	case *ast.SelectorExpr:
		ast.Inspect(n.X, m.visit)
		return false
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			m.change(n, n, map[string]string{"true": "false", "false": "true"}[n.Name])
		} else if with, constant := m.next[n.Name]; constant {
			m.change(n, n, with)
		}
	}
	return true
}

func (m *maker) condition(e ast.Expr) {
	m.change(e, e, "true")
	m.change(e, e, "false")
}

// cases makes each case of a switch without a tag hold always and never, and
// leaves each case of any switch out.
func (m *maker) cases(s *ast.SwitchStmt) {
	for _, c := range s.Body.List {
		clause, _ := c.(*ast.CaseClause)
		if s.Tag == nil {
			for _, e := range clause.List {
				m.condition(e)
			}
		}
		if clause.List != nil && s.Tag != nil {
			m.change(clause, clause, "")
		}
		m.statements(clause.Body)
	}
}

// statements leaves one out after the other.
func (m *maker) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
			m.change(s, s, "")
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				m.change(s, s, "")
			}
		}
	}
}

func (m *maker) literal(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		m.change(n, n, n.Value+"+1")
	case token.STRING:
		m.change(n, n, n.Value[:len(n.Value)-1]+"!"+n.Value[len(n.Value)-1:])
	default:
	}
}

// zeros are what a result is replaced by, by the text of its type.
var zeros = map[string][]string{
	"bool": {"true", "false"}, "string": {`""`}, "error": {"nil"}, "uuid.UUID": {"uuid.Nil"}, "int": {"0"},
	"Audience": {"OnlyMe", "Everyone"}, "Discoverability": {"FoundByNobody", "FoundByEveryone"}, "Relation": {"RelationNone", "RelationSelf"},
	"Edge": {"0"}, "Scopes": {"0"}, "Field": {"noField"}, "Rule": {"Rule{}"}, "Grant": {"Grant{}"}, "Viewer": {"Viewer{}"},
	"Settings": {"Settings{}"}, "Audiences": {"0"}, "slog.Value": {"slog.Value{}"}, "Guarded[T]": {"Guarded[T]{}"}, "Guarded[U]": {"Guarded[U]{}"},
	"Actor": {"ActorNobody"}, "[]Rule": {"nil"}, "[]byte": {"nil"},
}

// returns makes a function return something else.
func (m *maker) returns(f *ast.FuncDecl) {
	if f.Type.Results == nil || f.Body == nil {
		return
	}
	var types []string
	for _, r := range f.Type.Results.List {
		types = append(types, slices.Repeat([]string{m.text(r.Type)}, max(1, len(r.Names)))...)
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if _, inner := n.(*ast.FuncLit); inner {
			return false
		}
		r, ok := n.(*ast.ReturnStmt)
		if !ok || len(r.Results) != len(types) {
			return true
		}
		for i, e := range r.Results {
			for _, with := range zeros[types[i]] {
				m.change(e, e, with)
			}
		}
		return true
	})
}
