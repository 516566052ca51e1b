package series

import (
	"math"
	"slices"
)

// Downsample thins each channel to at most points samples for a chart and keeps its shape:
// Largest-Triangle-Three-Buckets (Sveinn Steinarsson, "Downsampling Time Series for Visual
// Representation", University of Iceland, 2013, section 4.2), with one thing added: the first,
// the last, the lowest and the highest sample always stay, so a peak is never lost.
//
// Latitude and longitude are thinned together, by the triangle's area on the map instead of
// over time, and their outermost samples stay; both get the same times. Fewer than 4 points
// (6 for position) can't hold what always stays and are taken as that many. A channel that has
// no more samples than asked for comes back whole.
func (t Table) Downsample(points int) []Series { return Thin(t.Series(), points) }

// Thin is Downsample of series, in the order of a table, some of which may be thinned already: a
// sample that always stays has stayed. It changes the list.
func Thin(all []Series, points int) []Series {
	for i := 0; i < len(all); i++ {
		if len(all[i].V) <= points {
			continue
		}
		if i+1 < len(all) && all[i].Channel == Lat && all[i+1].Channel == Lon && slices.Equal(all[i].T, all[i+1].T) {
			keep := lttb(all[i].V, all[i+1].V, points)
			all[i], all[i+1] = all[i].pick(keep), all[i+1].pick(keep)
			i++
			continue
		}
		all[i] = all[i].Downsample(points)
	}
	return all
}

// Downsample thins one channel over time; see Table.Downsample.
func (s Series) Downsample(points int) Series {
	return s.pick(lttb(s.T, s.V, points))
}

func (s Series) pick(keep []int) Series {
	if len(keep) == len(s.V) {
		return s
	}
	out := Series{Channel: s.Channel, T: make([]uint32, len(keep)), V: make([]int32, len(keep))}
	for i, k := range keep {
		out.T[i], out.V[i] = s.T[k], s.V[k]
	}
	return out
}

// lttb chooses which samples of the curve (x, y) stay. The samples between the first and the
// last are cut into buckets of equal count. A bucket that holds extremes keeps those; any other
// keeps the sample that spans the largest triangle with the one kept before it and the average
// of the next bucket. Scaling an axis scales all triangles alike, so units don't matter.
func lttb[X, Y int32 | uint32](x []X, y []Y, points int) []int {
	n := len(x)
	extremes := outermost(y)
	if _, onMap := any(x).([]int32); onMap {
		extremes = append(extremes, outermost(x)...)
	}
	slices.Sort(extremes)
	extremes = slices.DeleteFunc(slices.Compact(extremes), func(i int) bool { return i == 0 || i == n-1 })

	// In the worst case one bucket holds all extremes, which is one less than it has too many.
	points = max(points, 2+len(extremes))
	if n <= points {
		return upTo(n)
	}
	buckets := points - 2 - max(0, len(extremes)-1)
	edge := func(b int) int { return 1 + b*(n-2)/buckets }

	keep := append(make([]int, 0, points), 0)
	for b := range buckets {
		from, to := edge(b), edge(b+1)
		if len(extremes) > 0 && extremes[0] < to {
			for len(extremes) > 0 && extremes[0] < to {
				keep = append(keep, extremes[0])
				extremes = extremes[1:]
			}
			continue
		}
		nextFrom, nextTo := to, n
		if b+1 < buckets {
			nextTo = edge(b + 2)
		}
		ax, ay := float64(x[keep[len(keep)-1]]), float64(y[keep[len(keep)-1]])
		cx, cy := mean(x[nextFrom:nextTo])-ax, mean(y[nextFrom:nextTo])-ay
		best, largest := from, -1.0
		for i := from; i < to; i++ {
			if area := math.Abs((float64(x[i])-ax)*cy - cx*(float64(y[i])-ay)); area > largest {
				best, largest = i, area
			}
		}
		keep = append(keep, best)
	}
	return append(keep, n-1)
}

// outermost gives where the lowest and the highest value are, the first of equals.
func outermost[V int32 | uint32](v []V) []int {
	if len(v) == 0 {
		return nil
	}
	low, high := 0, 0
	for i := range v {
		if v[i] < v[low] {
			low = i
		}
		if v[i] > v[high] {
			high = i
		}
	}
	return []int{low, high}
}

func mean[V int32 | uint32](v []V) float64 {
	sum := 0.0
	for _, one := range v {
		sum += float64(one)
	}
	return sum / float64(len(v))
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
