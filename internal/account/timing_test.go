package account_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/account"
)

// Whether the time of an answer tells who has an account (ASVS 6.3.8). Known and
// unknown addresses come in random order, so that whatever else the machine does
// falls on both, and Welch's t is taken of the ranks of the times, so that a pause
// of the machine weighs no more than any other slow answer. It is reported as |t|:
// leakage tests (ISO/IEC 17825) draw their line at 4.5. Machines are shared and
// noisy, so it is a measurement for people to read, and passes or fails nothing.
func BenchmarkTimesTellNothing(b *testing.B) {
	const rounds = 150
	for name, step := range map[string]func(w *world, address string) error{
		"login": func(w *world, address string) error {
			_, err := w.Login(w.t.Context(), w.anonymous(), account.Login{Email: address, Password: fresh})
			return err
		},
		"register": func(w *world, address string) error {
			r := registration("somebody")
			r.Email = address
			_, err := w.Register(w.t.Context(), w.anonymous(), r)
			return err
		},
		"forgot": func(w *world, address string) error { return w.Forgot(w.t.Context(), w.anonymous(), address) },
		"verify": func(w *world, address string) error {
			return w.verify(address, "BCDFGHJK")
		},
		"reset": func(w *world, address string) error {
			return w.Reset(w.t.Context(), w.anonymous(), address, "BCDFGHJK", fresh)
		},
	} {
		b.Run(name, func(b *testing.B) {
			w := start(b)
			w.Service = w.service(account.HashCost{MemoryKiB: 2048, Time: 1, Parallelism: 1, Concurrency: 2, Queue: 100})
			w.join("known")
			for b.Loop() {
				var times [2][]float64
				for range 2 * rounds {
					who := rand.IntN(2)
					// Codes of the round before are over, so none is one too many.
					w.now = w.now.Add(16 * time.Minute)
					address := email([]string{"known", "other"}[who])
					began := time.Now()
					_ = step(w, address)
					times[who] = append(times[who], float64(time.Since(began)))
				}
				b.ReportMetric(math.Abs(welch(ranks(times[0], times[1]))), "|t|")
			}
		})
	}
}

// ranks puts each value's place among all in its stead.
func ranks(a, b []float64) (ofA, ofB []float64) {
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	rank := func(x []float64) (out []float64) {
		for _, v := range x {
			i, _ := slices.BinarySearch(all, v)
			out = append(out, float64(i))
		}
		return out
	}
	return rank(a), rank(b)
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
