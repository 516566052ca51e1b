package timing

import (
	"math"
	"testing"
)

// Numbers from Welch's test by hand: means 3 and 5, variances 2.5 and 10.
func TestWelch(t *testing.T) {
	t.Parallel()
	got := welch([]float64{1, 2, 3, 4, 5}, []float64{1, 3, 5, 7, 9})
	if want := -2 / math.Sqrt(2.5/5+10.0/5); math.Abs(got-want) > 1e-12 {
		t.Errorf("t is %v, want %v", got, want)
	}
	if got := ranks([]float64{10, 20, 20, 40}, []float64{40, 10, 20}); got[0] != 3 || got[1] != 0 || got[2] != 1 {
		t.Errorf("the ranks are %v", got)
	}
}

// One that does more work is seen.
func TestWorkIsSeen(t *testing.T) {
	t.Parallel()
	spin := func(n int) func() {
		return func() {
			x := 1.0
			for range n {
				x = math.Sqrt(x + 1)
			}
			if x < 0 {
				t.Error("not a number of mine")
			}
		}
	}
	between := 0
	r := Compare(400, func() { between++ }, [2]func(){spin(1_000), spin(10_000)})
	if r.N < 700 || between != 840 || r.Medians[0] <= 0 {
		t.Errorf("%+v, %d between", r, between)
	}
	t.Logf("t is %.1f for ten times the work", r.T) // a measurement: it passes or fails nothing
}
