package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// line is one setting as Print shows it. It never holds a secret.
type line struct {
	name  string
	text  string // masked
	from  origin
	given bool
}

func newLine(s setting, text string, from origin, ok bool) line {
	l := line{name: s.name, from: from, given: !ok || text != ""}
	switch {
	case !l.given:
		l.text = "[not set]"
	case s.secret && from == fromFile:
		l.text = "[from file]"
	case s.secret:
		l.text = "[set]"
	default:
		l.text = s.show(text)
	}
	return l
}

// Print writes one line for each setting: name, value (a secret's only as [set] or [from file]),
// and where it came from.
func (c *Config) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range c.lines {
		from := ""
		if l.given {
			from = "(" + string(l.from) + ")"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", l.name, l.text, from)
	}
	if c.Database.PrivateNetwork {
		_, _ = fmt.Fprintln(table, "note: the database connection may go without TLS; the network must be yours alone")
	}
	return table.Flush()
}

// Docs is the table of all settings in Markdown, for docs/operations.md.
func Docs() string {
	var b strings.Builder
	b.WriteString("| setting | required | default | what it is |\n| --- | --- | --- | --- |\n")
	for _, s := range settings {
		standard := "—"
		switch {
		case s.standing != "":
			standard = s.standing
		case s.standard != "":
			standard = "`" + s.standard + "`"
		}
		doc := strings.ReplaceAll(s.doc, "|", `\|`)
		if s.secret {
			doc += " (secret)"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.name, needs[s.need], standard, doc)
	}
	return b.String()
}
