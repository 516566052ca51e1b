package ride

import "math"

// Rider is a body on a day.
type Rider struct {
	MassKG    float64
	FTPWatts  float64 // what they hold for an hour
	StoreJ    float64 // W': what they have above critical power. 0: 20 kJ
	PeakW     float64 // all-out for a moment. 0: four times FTP
	RestingHR float64 // beats a minute
	MaxHR     float64
	Form      float64 // of the day: 1 is as usual. 0: 1
}

const (
	overFTP     = 1.03  // critical power is a little above what an hour allows
	tiredAt     = 40e3  // J for each kg of body: after that much work …
	tiredBy     = 0.12  // … so much of critical power is gone, and no more than that
	heartUpS    = 35.0  // time constants of the heart, s
	heartDownS  = 55.0  //
	heartIdle   = 0.18  // share of the reserve on the bike, before any power
	heartSlope  = 0.70  // and what critical power adds
	driftFromS  = 600.0 // it drifts once warm …
	driftHourly = 0.07  // … by so much of the reserve in an hour at critical power
	driftMost   = 0.12
	heartTop    = 0.995 // nobody's strap shows the very maximum for long
)

func (r Rider) withDefaults() Rider {
	if r.StoreJ <= 0 {
		r.StoreJ = 20e3
	}
	if r.PeakW <= 0 {
		r.PeakW = 4 * r.FTPWatts
	}
	if r.Form <= 0 {
		r.Form = 1
	}
	return r
}

// body is a rider in the middle of it.
type body struct {
	Rider
	second   float64
	work     float64 // J so far
	spent    float64 // of W'
	easyS    float64 // seconds below critical power
	easyWork float64 // and the work in them
	heart    float64
	drift    float64
}

func newBody(r Rider) *body {
	r = r.withDefaults()
	return &body{Rider: r, heart: r.RestingHR + 0.15*(r.MaxHR-r.RestingHR)}
}

// critical is critical power now.
func (b *body) critical() float64 {
	tired := tiredBy * min(1, b.work/(tiredAt*b.MassKG))
	return b.FTPWatts * overFTP * b.Form * (1 - tired)
}

// left is what is left of W'.
func (b *body) left() float64 { return b.StoreJ - b.spent }

// most is the highest power of this second.
func (b *body) most() float64 {
	cp := b.critical()
	return cp + (b.PeakW-cp)*b.left()/b.StoreJ
}

// paced is how much of what is asked a rider sets out to do who knows that there is so much to go:
// nobody who rides with sense is empty before the end.
func (b *body) paced(asked float64, toGo int) float64 {
	return min(asked, b.critical()+0.9*b.left()/float64(max(1, toGo)), b.most())
}

// do spends a second at a power.
func (b *body) do(power float64) {
	cp := b.critical()
	if power >= cp {
		b.spent += power - cp
	} else { // it comes back the sooner, the further below critical power one rests on average
		b.easyS++
		b.easyWork += power
		b.spent *= math.Exp(-1 / (546*math.Exp(-0.01*max(0, cp-b.easyWork/b.easyS)) + 316))
	}
	b.work += power
	b.beat(power / cp)
	b.second++
}

// beat moves the heart on by a second at a share of critical power.
func (b *body) beat(share float64) {
	if b.second > driftFromS {
		b.drift = min(driftMost, b.drift+driftHourly*share/3600)
	}
	reserve := b.MaxHR - b.RestingHR
	goal := b.RestingHR + reserve*min(heartTop, heartIdle+heartSlope*share+b.drift)
	tau := heartUpS
	if goal < b.heart {
		tau = heartDownS
	}
	b.heart += (goal - b.heart) * (1 - math.Exp(-1/tau))
}
