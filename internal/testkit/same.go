package testkit

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// What is drawn by chance and differs between two runs of one world: tokens, ids
// that are made while they run, cursors. Their length is held all the same.
var (
	tokens  = regexp.MustCompile(`pl_[a-z][tc]_[A-Za-z0-9_-]{43}`)
	codes   = regexp.MustCompile(`\b[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}(?:[B-DF-HJ-NP-TV-XZ]{4})?\b`)
	secrets = regexp.MustCompile(`\b[A-Z2-7]{32}\b|calendar/[A-Za-z0-9_-]{43}\.ics`)
	ids     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	cursors = regexp.MustCompile(`("(?:next|resume)_cursor":")([^"]+)"`)
)

// Steady is an answer without what chance brings: all of it, as text.
func (c *Cast) Steady(r Response) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%d %s\n", r.Status, http.StatusText(r.Status))
	body, drawn := c.steady(string(r.Body))
	var names []string
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range r.Header[name] {
			switch {
			case name == "Date":
				continue
			case name == "Etag" && drawn: // made of the very bytes
				value = fmt.Sprintf("(%d characters)", len(value))
			default:
				value, _ = c.steady(value)
			}
			fmt.Fprintf(&out, "%s: %s\n", name, value)
		}
	}
	out.WriteString("\n" + body)
	return out.String()
}

func (c *Cast) steady(text string) (string, bool) {
	drawn := false
	text = tokens.ReplaceAllStringFunc(text, func(t string) string { drawn = true; return t[:6] + "(a token)" })
	text = codes.ReplaceAllStringFunc(text, func(string) string { drawn = true; return "(a code)" })
	text = secrets.ReplaceAllStringFunc(text, func(string) string { drawn = true; return "(a secret)" })
	text = ids.ReplaceAllStringFunc(text, func(id string) string {
		if c.Has(id) {
			return id
		}
		drawn = true
		return "(a new id)"
	})
	text = cursors.ReplaceAllStringFunc(text, func(found string) string {
		drawn = true
		name, _, _ := strings.Cut(found, ":")
		return fmt.Sprintf(`%s:"(%d characters)"`, name, len(found))
	})
	return text, drawn
}

// Has says whether an id is of a member, workout, session, zone or console of the cast.
func (c *Cast) Has(id string) bool {
	for _, p := range c.People {
		if p.ID == id || p.Session == id || p.Zone == id || slices.Contains(p.Consoles, id) || slices.ContainsFunc(p.Workouts, func(w Recorded) bool { return w.ID == id }) {
			return true
		}
	}
	return false
}

// Difference is the first line in which two texts differ, and "" if in none.
func Difference(a, b string) string {
	if a == b {
		return ""
	}
	one, two := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(one), len(two)) {
		x, y := "(nothing)", "(nothing)"
		if i < len(one) {
			x = one[i]
		}
		if i < len(two) {
			y = two[i]
		}
		if x != y {
			from := 0
			for from < min(len(x), len(y)) && x[from] == y[from] {
				from++
			}
			from = max(0, from-60)
			return fmt.Sprintf("world A: …%.300s\n\tworld B: …%.300s", x[min(from, len(x)):], y[min(from, len(y)):])
		}
	}
	return ""
}
