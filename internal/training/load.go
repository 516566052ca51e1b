package training

import (
	"math"

	"github.com/paceline/paceline/internal/privacy"
)

// Stress is the training load of a workout by its power. An hour at FTP is 100.
type Stress struct {
	NormalizedW float64
	Intensity   float64 // intensity factor: normalised power by FTP
	Score       float64 // training stress score
}

// PowerStress is the stress of a workout: Score = seconds · NP · IF / (FTP · 3600) · 100, with IF = NP / FTP
// and the seconds that were recorded. Source: Allen, Coggan, "Training and Racing with a Power Meter", 2nd
// edition, 2010, chapter 7. Made from power and FTP; no result for less than 30 s or without an FTP.
func PowerStress(by privacy.Grant, power privacy.Guarded[Power], ftpWatts privacy.Guarded[int]) Derived[Stress] {
	m := making{by: by}
	ftp, _ := take(&m, ftpWatts)
	s, ok := powerStress(&m, power, ftp)
	if !ok {
		return Derived[Stress]{}
	}
	return made(&m, s)
}

// powerStress takes no FTP as 0.
func powerStress(m *making, power privacy.Guarded[Power], ftp int) (Stress, bool) {
	if ftp <= 0 {
		return Stress{}, false
	}
	p, ok := take(m, power)
	if !ok || p.NormalizedW == nil || !finite(*p.NormalizedW) || !finite(p.Seconds) {
		return Stress{}, false
	}
	s := Stress{NormalizedW: *p.NormalizedW, Intensity: *p.NormalizedW / float64(ftp)}
	s.Score = p.Seconds * s.Intensity * s.Intensity / 36
	return s, true
}

// Impulse is the training load of a workout by its heart rate.
type Impulse struct {
	TRIMP float64
	// Score is on the scale of Stress: an hour at thresholdReserve is 100.
	Score float64
}

// thresholdReserve is where on the heart rate reserve the threshold is taken to be, since members don't
// say theirs. That it is 85 % is our choice; to divide by an hour there is how the open source program
// Elevate makes its HRSS.
const thresholdReserve = 0.85

// HeartImpulse is Banister's training impulse: minutes · x · 0.64 · e^(1.92 · x), summed up over each heart rate,
// where x is its place in the heart rate reserve (0 at rest, 1 at the maximum). Source: Morton, Fitz-Clarke,
// Banister, "Modeling human performance in running", J Appl Physiol 69, 1990.
//
// The weights are those published for men, for everybody: the others (0.86, 1.67) would make the result
// depend on what a member says of their gender, and guard it by that. In Score, which is relative to
// the threshold, the two differ by less than a tenth above 50 % of the reserve.
//
// Made from heart rate and the member's maximum and resting heart rate; what is below rest counts
// nothing, what is above the maximum as the maximum.
func HeartImpulse(by privacy.Grant, heart privacy.Guarded[Heart], maxHR, restingHR privacy.Guarded[int]) Derived[Impulse] {
	m := making{by: by}
	r, _ := takeReserve(&m, maxHR, restingHR)
	i, ok := heartImpulse(&m, heart, r)
	if !ok {
		return Derived[Impulse]{}
	}
	return made(&m, i)
}

// heartImpulse takes no reserve as the zero one.
func heartImpulse(m *making, heart privacy.Guarded[Heart], r reserve) (Impulse, bool) {
	if r.top <= r.resting {
		return Impulse{}, false
	}
	h, ok := take(m, heart)
	if !ok || len(h.BPM.Seconds) == 0 {
		return Impulse{}, false
	}
	var i Impulse
	h.BPM.each(func(bpm, seconds float64) {
		x := (bpm - float64(r.resting)) / float64(r.top-r.resting)
		i.TRIMP += seconds / 60 * weighed(min(1, max(0, x)))
	})
	i.Score = i.TRIMP / (60 * weighed(thresholdReserve)) * 100
	return i, true
}

func weighed(x float64) float64 { return x * 0.64 * math.Exp(1.92*x) }
