// Package lesson is what a class consists of, as it is kept: the segments of its plan and its music. Pure.
package lesson

// Segment is a part of a plan; they follow one another. Targets that are nil are left to whoever takes the class.
type Segment struct {
	Kind           string  `json:"kind"`
	DurationS      int     `json:"duration_s"`
	Title          *string `json:"title,omitempty"`
	CadenceLowRPM  *int    `json:"cadence_low_rpm,omitempty"`
	CadenceHighRPM *int    `json:"cadence_high_rpm,omitempty"`
	ResistanceLow  *int    `json:"resistance_low,omitempty"` // on the machine's own scale
	ResistanceHigh *int    `json:"resistance_high,omitempty"`
	PowerZone      *int    `json:"power_zone,omitempty"` // 1 to 7
	HeartZone      *int    `json:"heart_zone,omitempty"` // 1 to 5
}

// Plan is the segments in their order.
type Plan []Segment

// Song is a piece of music, and when it begins.
type Song struct {
	Title  string `json:"title"`
	Artist string `json:"artist"`
	AtS    *int   `json:"at_s,omitempty"`
}

// Music is the songs in their order.
type Music []Song
