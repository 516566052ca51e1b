package config

import (
	"fmt"
	"strings"
)

// Mistake is one thing that is wrong with one setting.
type Mistake struct {
	Name    string
	Problem string
}

// Mistakes are all that is wrong with an environment, in the order of the settings.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the configuration has %d mistake", len(m))
	if len(m) != 1 {
		b.WriteByte('s')
	}
	for _, one := range m {
		fmt.Fprintf(&b, "\n  %s %s", one.Name, one.Problem)
	}
	return b.String()
}

func (m *Mistakes) add(name, format string, args ...any) {
	*m = append(*m, Mistake{Name: name, Problem: fmt.Sprintf(format, args...)})
}

// nearest gives the known name that was probably meant, or "".
func nearest(name string, known []string) string {
	best, closest := "", 4
	for _, k := range known {
		if d := distance(name, k); d < closest {
			best, closest = k, d
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
