package mutant

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// A build a mutant would take a second each. So all that can be are built into one
// program, in which the environment says which of them acts: an expression E with
// the changes A and B becomes
//
//	mutantPick[T](func() T { return E }, mutantOf[T]{7, func() T { return A }}, …)
//
// and a statement that may be left out stands in an if. What is left (cases of a
// switch) is built by itself.

const selector = `
import (
	"os"
	"strconv"
)

var mutantActive, _ = strconv.Atoi(os.Getenv("PACELINE_MUTANT"))

type mutantOf[T any] struct {
	id   int
	give func() T
}

func mutantPick[T any](original func() T, others ...mutantOf[T]) T {
	for _, o := range others {
		if o.id == mutantActive {
			return o.give()
		}
	}
	return original()
}
`

// together is the files of a program with all the mutants in it that fit, each
// under its index and one; alone are the indexes of the others.
func (c *checked) together(folder string, all []Mutant) (files map[string]string, alone []int) {
	files = map[string]string{filepath.Join(folder, "mutants.go"): "package " + filepath.Base(folder) + "\n" + selector}
	byFile := map[string][]int{}
	for i, m := range all {
		if m.node == nil {
			alone = append(alone, i)
			continue
		}
		byFile[m.File] = append(byFile[m.File], i)
	}
	for file, indexes := range byFile {
		w := &weaver{c: c, all: all, content: all[indexes[0]].content, at: map[ast.Node][]int{}}
		for _, i := range indexes {
			w.at[all[i].node] = append(w.at[all[i].node], i)
		}
		files[file] = w.text(0, len(w.content), nil)
	}
	slices.Sort(alone)
	return files, alone
}

type weaver struct {
	c       *checked
	all     []Mutant
	content []byte
	at      map[ast.Node][]int
}

// text is the file from one byte to another with the mutants of the outermost
// nodes in it woven in, those within them first.
func (w *weaver) text(from, to int, inside ast.Node) string {
	var outer []ast.Node
	for n, is := range w.at {
		m := w.all[is[0]]
		if n == inside || m.start < from || m.end > to || inside != nil && !within(n, inside) {
			continue
		}
		covered := false
		for other := range w.at {
			if other != n && other != inside && within(n, other) && (inside == nil || within(other, inside)) {
				covered = true
			}
		}
		if !covered {
			outer = append(outer, n)
		}
	}
	slices.SortFunc(outer, func(a, b ast.Node) int { return int(a.Pos() - b.Pos()) })
	var out strings.Builder
	done := from
	for _, n := range outer {
		m := w.all[w.at[n][0]]
		out.Write(w.content[done:m.start])
		out.WriteString(w.woven(n, w.text(m.start, m.end, n)))
		done = m.end
	}
	out.Write(w.content[done:to])
	return out.String()
}

// within says whether a node is inside another, or is the same text further in.
func within(n, of ast.Node) bool {
	return n != of && n.Pos() >= of.Pos() && n.End() <= of.End() && (n.Pos() != of.Pos() || n.End() != of.End() || depth(of, n))
}

// depth says whether the inner node is below the outer one.
func depth(outer, inner ast.Node) bool {
	found := false
	ast.Inspect(outer, func(n ast.Node) bool {
		found = found || n == inner && n != outer
		return !found
	})
	return found
}

func (w *weaver) woven(n ast.Node, original string) string {
	if _, statement := n.(ast.Stmt); statement {
		return fmt.Sprintf("if mutantActive != %d {\n%s\n}", w.at[n][0]+1, original)
	}
	t := w.c.typeOf(n.(ast.Expr)) //nolint:errcheck,forcetypeassert // a mutant is of a statement or an expression
	out := fmt.Sprintf("mutantPick[%s](func() %s { return %s }", t, t, original)
	for _, i := range w.at[n] {
		out += fmt.Sprintf(", mutantOf[%s]{%d, func() %s { return %s }}", t, i+1, t, w.all[i].To)
	}
	return out + ")"
}

// checked is the package as the type checker sees it.
type checked struct{ info *types.Info }

// typeOf is the type of an expression, as the package itself writes it.
func (c *checked) typeOf(e ast.Expr) string {
	t := c.info.TypeOf(e)
	if t == nil {
		return ""
	}
	return types.TypeString(types.Default(t), func(p *types.Package) string {
		if p.Name() == "privacy" {
			return ""
		}
		return p.Name()
	})
}
