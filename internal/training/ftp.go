package training

import "github.com/paceline/paceline/internal/privacy"

// FTPMethod says how an FTP was estimated.
type FTPMethod struct {
	Name   string // stable, for programs
	Source string // for people
}

// The methods.
var (
	TwentyMinutes = FTPMethod{"twenty_minutes", "Allen, Coggan, Training and Racing with a Power Meter, 2nd edition, 2010: 95 % of the best 20 min"}
	Critical      = FTPMethod{"critical_power", "Monod, Scherrer, Ergonomics 8, 1965, and Moritani et al., Ergonomics 24, 1981: work = W' + CP · time"}
)

// FTPEstimate is an estimated FTP and what it was estimated by.
type FTPEstimate struct {
	Watts  float64
	Method FTPMethod
	Model  *CriticalPower // nil where there are not enough points for it
}

// CriticalPower is the model with two parameters: a power that could be kept up for long, and the work that
// can be done above it.
type CriticalPower struct {
	Watts  float64
	WorkJ  float64 // W'
	Points int     // efforts that it was fitted to
}

// EstimateFTP estimates the FTP from a power-duration curve: 95 % of the best 20 min, or, where nobody rode
// that long, critical power, which tends to lie a little above. No result without either. Both are too low
// for a curve without efforts that were as hard as could be. Made from the curve, with its locks.
func EstimateFTP(by privacy.Grant, curve Derived[[]PowerRecord]) Derived[FTPEstimate] {
	m := making{by: by}
	points, ok := takeDerived(&m, curve)
	if !ok {
		return Derived[FTPEstimate]{}
	}
	out := FTPEstimate{Model: criticalPower(points)}
	if out.Model != nil {
		out.Watts, out.Method = out.Model.Watts, Critical
	}
	for _, p := range points {
		if p.DurationS == 20*60 && p.Watts > 0 {
			out.Watts, out.Method = 0.95*p.Watts, TwentyMinutes
		}
	}
	if out.Watts <= 0 {
		return Derived[FTPEstimate]{}
	}
	return made(&m, out)
}

// What criticalPower asks for. The model holds for efforts of some 2 to 20 min; W' of athletes lies between
// 10 and 30 kJ, so what is far from that was fitted to efforts that were not as hard as could be.
const (
	shortestEffort, longestEffort = 3 * 60, 20 * 60 // seconds
	fewestEfforts                 = 3
	widestRatio                   = 3 // the longest effort by the shortest
	leastWorkJ, mostWorkJ         = 4_000, 50_000
)

// criticalPower fits work = W' + CP · time to the efforts by least squares; nil when there are too few, they
// are too much alike, or the result is nobody's.
func criticalPower(points []PowerRecord) *CriticalPower {
	var n, sumT, sumW, sumTT, sumTW float64
	shortest, longest := longestEffort, shortestEffort
	for _, p := range points {
		if p.DurationS < shortestEffort || p.DurationS > longestEffort {
			continue
		}
		shortest, longest = min(shortest, p.DurationS), max(longest, p.DurationS)
		t := float64(p.DurationS)
		w := p.Watts * t
		n, sumT, sumW, sumTT, sumTW = n+1, sumT+t, sumW+w, sumTT+t*t, sumTW+t*w
	}
	if n < fewestEfforts || longest < widestRatio*shortest {
		return nil
	}
	cp := (n*sumTW - sumT*sumW) / (n*sumTT - sumT*sumT)
	work := (sumW - cp*sumT) / n
	if !(cp > 0 && work >= leastWorkJ && work <= mostWorkJ) {
		return nil
	}
	return &CriticalPower{Watts: cp, WorkJ: work, Points: int(n)}
}
