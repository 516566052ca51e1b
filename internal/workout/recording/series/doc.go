// Package series holds the samples of a workout in compact columns, packs them into blobs and
// thins them for charts. It is pure: no I/O, and nothing of this repository is imported.
//
// Samples come in three families, which are guarded apart from each other (a follower may see
// the effort and not the heart), so each family is a Table of its own with its own time axis:
//
//	effort  power_w 1 W · cadence_rpm 1 rpm · speed_mps 0.001 m/s · resistance 0.1 ·
//	        incline_pct 0.1 % · distance_m 0.01 m
//	heart   heart_rate_bpm 1 bpm
//	place   lat, lon 1e-7° (about 1 cm) · altitude_m 0.1 m
//
// Altitude belongs to place: the shape of a climb gives a road away. The number behind each
// channel is its resolution. Values are kept as whole multiples of it in an int32, so packing
// loses nothing: Decode(Encode(t)) equals t.
//
// Times are milliseconds since the start of the workout, strictly increasing.
package series
