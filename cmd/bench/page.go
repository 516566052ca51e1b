package main

import (
	_ "embed"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/template"
	"time"

	"github.com/paceline/paceline/internal/bench/load"
)

//go:embed page.tmpl
var pageText string

// The lines around what is written by hand.
const (
	keptFrom = "<!-- by hand: the bench keeps what stands between these two lines -->"
	keptTo   = "<!-- end -->"
)

// curvePoint is a size and what a request takes there.
type curvePoint struct {
	Members            string
	Read, Feed, Search time.Duration
	Size               string
}

// page is the data of page.tmpl.
type page struct {
	Heading []string
	Lines   []pageLine
	Blocks  []pageBlock
	Curve   []curvePoint
	Rounds  int
	Kept    string
}

type pageLine struct {
	Goal                           int
	What, Measured, Wants, Verdict string
}

type pageBlock struct {
	What string
	Rows []load.Figures
}

// write writes the page, with what was written by hand in the one before.
func (r *report) write(to io.Writer, before string) error {
	p := page{Heading: r.heading, Curve: r.curve, Rounds: r.rounds, Kept: kept(before)}
	for _, l := range r.lines {
		p.Lines = append(p.Lines, pageLine{l.goal, l.what, l.measured, l.wants, l.verdict()})
	}
	for _, b := range r.blocks {
		p.Blocks = append(p.Blocks, pageBlock{b.what, b.figures})
	}
	t, err := template.New("page").Funcs(template.FuncMap{"short": short}).Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(to, p)
}

func kept(before string) string {
	_, rest, _ := strings.Cut(before, keptFrom)
	mine, _, _ := strings.Cut(rest, keptTo)
	return strings.Trim(mine, "\n")
}

// save puts the page into its place.
func (r *report) save(path string) error {
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var text strings.Builder
	if err := r.write(&text, string(before)); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text.String()), 0o644) //nolint:gosec // a page of the repository
}
