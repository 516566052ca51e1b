package ride

const floorEfficiency = 0.20 // as on a rower: arms and trunk work too

// Floor follows a plan on a mat or with weights: there is an effort, a heart that follows, and
// nothing that measures power. Sets come in waves of a minute or so, with rests between them.
func (r Rider) Floor(plan []Segment, seed uint64) Track {
	b, d := newBody(r), dice(seed)
	will, demand := sway{dice: d, by: 0.06, over: 40}, 0.0
	var t Track
	for _, s := range plan {
		for second := range s.Seconds {
			wants := b.paced(s.Effort*b.critical()*(1+will.next()), s.Seconds-second)
			demand = min(towards(demand, wants, 10), b.most())
			b.do(demand)
			t.add(Sample{}, b, demand/floorEfficiency/joulesPerKcal)
		}
	}
	return t
}
