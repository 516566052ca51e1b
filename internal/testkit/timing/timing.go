// Package timing measures whether the time that two requests take tells them apart.
//
// The two are asked in random order, so that whatever else the machine does falls on
// both; the first answers are not counted, nor is the slowest twentieth of all.
// Welch's t is taken of the ranks of the times, so that a pause weighs no more than
// any other slow answer. It is reported as |t|: leakage tests (ISO/IEC 17825) draw
// their line at 4.5. Machines are shared and noisy, so it is a measurement for people
// to read, and passes or fails nothing; one that stays above the line has a cause.
package timing

import (
	"math"
	"math/rand/v2" //nolint:depguard // the order of a measurement is no secret
	"slices"
	"testing"
	"time"
)

// Result is what a comparison finds.
type Result struct {
	T       float64 // Welch's, of the ranks; its sign says which was slower
	N       int     // answers counted
	Medians [2]time.Duration
}

const warmUp = 20

// Compare asks either one so many times. Before each, between is called, untimed.
func Compare(times int, between func(), ask [2]func()) Result {
	var took [2][]float64
	for i := range 2 * (times + warmUp) {
		which := rand.IntN(2) //nolint:gosec // as above
		between()
		began := time.Now()
		ask[which]()
		if d := float64(time.Since(began)); i >= 2*warmUp {
			took[which] = append(took[which], d)
		}
	}
	all := slices.Sorted(slices.Values(slices.Concat(took[0], took[1])))
	limit := all[len(all)*19/20]
	var r Result
	for i := range took {
		took[i] = slices.DeleteFunc(took[i], func(d float64) bool { return d > limit })
		slices.Sort(took[i])
		r.N += len(took[i])
		r.Medians[i] = time.Duration(took[i][len(took[i])/2])
	}
	r.T = welch(ranks(all, took[0]), ranks(all, took[1]))
	return r
}

// least is how often either one is asked, however short a benchmark is to be.
const least = 200

// Report compares as a benchmark, each b.N times, and reports |t| and how many answers
// it is of.
func Report(b *testing.B, between func(), ask [2]func()) {
	b.Helper()
	r := Compare(max(b.N, least), between, ask)
	b.ReportMetric(math.Abs(r.T), "|t|")
	b.ReportMetric(float64(r.N), "n")
	b.ReportMetric(float64(r.Medians[0].Microseconds()), "us-one")
	b.ReportMetric(float64(r.Medians[1].Microseconds()), "us-other")
}

// ranks puts each value's place among all in its stead.
func ranks(all, values []float64) (out []float64) {
	for _, v := range values {
		i, _ := slices.BinarySearch(all, v)
		out = append(out, float64(i))
	}
	return out
}

// welch is the t statistic of two samples of unequal variance.
func welch(a, b []float64) float64 {
	moments := func(x []float64) (mean, variance float64) {
		for _, v := range x {
			mean += v / float64(len(x))
		}
		for _, v := range x {
			variance += (v - mean) * (v - mean) / float64(len(x)-1)
		}
		return mean, variance
	}
	meanA, varA := moments(a)
	meanB, varB := moments(b)
	return (meanA - meanB) / math.Sqrt(varA/float64(len(a))+varB/float64(len(b)))
}
