package series

import (
	"math"
	"math/bits"
	"slices"
)

// A value is predicted from those before it, and what the prediction misses is what is kept. All of
// it is in whole numbers, so both ways give the same.

// weights predict the next difference from the last ones, the newest first, in 1/1024. All zero, the
// next value is predicted to be the last one.
type weights [3]int64

// past is the last differences, the newest first.
type past [len(weights{})]int64

func (w *weights) next(p *past) int64 {
	return (w[0]*p[0] + w[1]*p[1] + w[2]*p[2] + 512) >> 10
}

func (p *past) add(step int64) { p[2], p[1], p[0] = p[1], p[0], step }

// differences gives those of the values that are present, the first as it is.
func differences(out []int64, values []int32) []int64 {
	out = slices.Grow(out[:0], len(values))[:len(values)]
	n, before := 0, int64(0)
	for _, v := range values {
		if v != Absent {
			out[n] = int64(v) - before
			n, before = n+1, int64(v)
		}
	}
	return out[:n]
}

// misses gives what the weights don't predict of differences. The first one predicts nothing.
func (w weights) misses(out, differences []int64) []int64 {
	out = slices.Grow(out[:0], len(differences))[:len(differences)]
	var p past
	for i, step := range differences {
		if out[i] = step - w.next(&p); i > 0 {
			p.add(step)
		}
	}
	return out
}

// fit gives the weights that miss least, in squares, over differences of which the first is left out:
// linear prediction by covariance (John Makhoul, "Linear Prediction: A Tutorial Review",
// Proceedings of the IEEE 63, 1975, section II).
func fit(steps []int64) (out weights) {
	const n = len(out)
	if len(steps) <= 2*n {
		return out
	}
	// The normal equations, over one walk.
	var m [n][n + 1]float64
	one, two, three := float64(steps[3]), float64(steps[2]), float64(steps[1])
	for _, d := range steps[1+n:] {
		now := float64(d)
		m[0][0] += one * one
		m[0][1] += one * two
		m[0][2] += one * three
		m[0][3] += one * now
		m[1][1] += two * two
		m[1][2] += two * three
		m[1][3] += two * now
		m[2][2] += three * three
		m[2][3] += three * now
		one, two, three = now, one, two
	}
	for a := range n {
		for b := range a {
			m[a][b] = m[b][a]
		}
		m[a][a]++ // so that there is one solution, and a small one
	}
	for a := range n { // m is positive definite: no pivots are looked for
		for b := range n {
			if by := m[b][a] / m[a][a]; a != b {
				for c := a; c <= n; c++ {
					m[b][c] -= by * m[a][c]
				}
			}
		}
	}
	for a := range n {
		out[a] = int64(math.Round(min(max(m[a][n]/m[a][a], -4), 4) * 1024))
	}
	return out
}

// cost is how many bits it takes to write the numbers, about.
func cost(numbers []int64) (n int) {
	for _, v := range numbers {
		n += bits.Len64(zigzag(v))
	}
	return n
}

// predict chooses weights for the values, and gives what they miss, until it is called again.
func (c *coder) predict(values []int32) (weights, []int64) {
	c.plain = differences(c.plain, values)
	w := fit(c.plain)
	c.best = w.misses(c.best, c.plain)
	if cost(c.best) < cost(c.plain) {
		return w, c.best
	}
	return weights{}, c.plain
}

// slope predicts a series to go on as steeply as it did between its last two points. Its points
// are not evenly far apart.
type slope struct{ step, took int64 }

func (s *slope) next(took int64) int64 {
	const most = 1 << 32 // nothing steps further
	if s.took == 0 || took > most/2 || s.step > most || s.step < -most {
		return 0
	}
	return min(max(s.step*took/s.took, -most), most)
}
