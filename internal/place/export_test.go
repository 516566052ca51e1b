package place

// Around is the zone that a circle around the point itself would be: what the published attacks were
// made for.
func Around(p Point, radiusM float64) Zone { return Zone{centre: p, radiusM: radiusM} }

// Circle gives what a zone cuts.
func (z Zone) Circle() (centre Point, radiusM float64) { return z.centre, z.radiusM }

// Away is the point so many metres away at a bearing in radians.
func (p Point) Away(metres, bearing float64) Point { return p.away(metres, bearing) }
