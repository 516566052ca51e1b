package training

import "github.com/paceline/paceline/internal/privacy"

// ZoneModel says by what the zones were drawn.
type ZoneModel struct {
	Name   string // stable, for programs
	Source string // for people
}

// The zone models.
var (
	CogganPower = ZoneModel{"coggan_7", "Allen, Coggan, Training and Racing with a Power Meter, 2nd edition, 2010: seven zones by FTP"}
	MaxHeart    = ZoneModel{"max_hr_5", "Edwards, The Heart Rate Monitor Book, 1993: five zones by maximum heart rate"}
	Karvonen    = ZoneModel{"karvonen_5", "Karvonen, Kentala, Mustala, Ann Med Exp Biol Fenn 35, 1957: five zones by heart rate reserve"}
)

// Zones is the time in each zone.
type Zones struct {
	Model  ZoneModel
	BelowS float64 // seconds below the first zone
	Zones  []Zone
}

// Zone is one zone. Its bounds are in watts or beats per minute.
type Zone struct {
	Name    string
	From    float64
	To      *float64 // nil: no end
	Seconds float64
}

// PowerZones is the time in Coggan's seven zones. A zone reaches up to and with its bound (55, 75, 90, 105,
// 120 and 150 % of FTP). Made from power and FTP; no result without a positive FTP.
func PowerZones(by privacy.Grant, power privacy.Guarded[Watts], ftpWatts privacy.Guarded[int]) Derived[Zones] {
	m := making{by: by}
	p, ok := take(&m, power)
	ftp, set := take(&m, ftpWatts)
	if !ok || !set || ftp <= 0 {
		return Derived[Zones]{}
	}
	out := Zones{Model: CogganPower}
	from := 0.0
	for i, name := range []string{"active_recovery", "endurance", "tempo", "threshold", "vo2max", "anaerobic", "neuromuscular"} {
		z := Zone{Name: name, From: from}
		if percent := []int{55, 75, 90, 105, 120, 150}; i < len(percent) {
			from = float64(ftp*percent[i]) / 100
			z.To = new(from)
		}
		out.Zones = append(out.Zones, z)
	}
	p.each(func(watts, seconds float64) {
		for i, z := range out.Zones {
			if z.To == nil || watts <= *z.To {
				out.Zones[i].Seconds += seconds
				return
			}
		}
	})
	return made(&m, out)
}

// HeartZones is the time in five zones that begin at 50, 60, 70, 80 and 90 % of the maximum heart rate; what
// is above the maximum is in the last. Made from heart rate and the member's maximum.
func HeartZones(by privacy.Grant, heart privacy.Guarded[Heart], maxHR privacy.Guarded[int]) Derived[Zones] {
	m := making{by: by}
	h, ok := take(&m, heart)
	top, set := take(&m, maxHR)
	if !ok || !set || top <= 0 {
		return Derived[Zones]{}
	}
	return made(&m, heartZones(MaxHeart, h, 0, top))
}

// KarvonenZones is HeartZones by the heart rate reserve, which is what lies between resting and maximum. Made
// from heart rate and the member's maximum and resting heart rate; no result unless the maximum is above.
func KarvonenZones(by privacy.Grant, heart privacy.Guarded[Heart], maxHR, restingHR privacy.Guarded[int]) Derived[Zones] {
	m := making{by: by}
	h, ok := take(&m, heart)
	r, set := takeReserve(&m, maxHR, restingHR)
	if !ok || !set {
		return Derived[Zones]{}
	}
	return made(&m, heartZones(Karvonen, h, r.resting, r.top))
}

func heartZones(model ZoneModel, h Heart, rest, top int) Zones {
	out := Zones{Model: model}
	bound := func(percent int) float64 { return float64(rest*100+(top-rest)*percent) / 100 }
	for i, name := range []string{"very_light", "light", "moderate", "hard", "maximum"} {
		z := Zone{Name: name, From: bound(50 + 10*i)}
		if name != "maximum" {
			z.To = new(bound(60 + 10*i))
		}
		out.Zones = append(out.Zones, z)
	}
	h.BPM.each(func(bpm, seconds float64) {
		for i := len(out.Zones) - 1; i >= 0; i-- {
			if bpm >= out.Zones[i].From {
				out.Zones[i].Seconds += seconds
				return
			}
		}
		out.BelowS += seconds
	})
	return out
}

// reserve is the heart rate reserve.
type reserve struct{ resting, top int }

func takeReserve(m *making, maxHR, restingHR privacy.Guarded[int]) (reserve, bool) {
	top, ok := take(m, maxHR)
	resting, set := take(m, restingHR)
	if !ok || !set || resting <= 0 || top <= resting {
		return reserve{}, false
	}
	return reserve{resting, top}, true
}
