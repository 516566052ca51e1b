package leaderboard

import (
	"context"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/leaderboard/query"
)

// FewestConsenting is how many have to show their result to every member before figures of a class are told.
const FewestConsenting = 10

// Bar is a range of a histogram, the lower end included.
type Bar struct {
	From, To float64 // kilojoule or metre
	Riders   int64
}

// Figures are of those who show their result to every member, and whom the viewer sees: one can't find more
// in them than by adding up the board. Nil below FewestConsenting.
type Figures struct {
	Riders  int64
	Average float64
	Bars    []Bar
}

// barWidth is that of the coarse buckets.
func barWidth(m Metric) float64 {
	if m == Output {
		return 25
	}
	return 250
}

// Figures reads a board's figures.
func (s *Service) Figures(ctx context.Context, c db.Caller, b Board, m Metric) (*Figures, error) {
	var out *Figures
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := b.known(ctx, tx, q); err != nil {
			return err
		}
		rows, err := q.ReadFigures(ctx, b.ID, int16(m))
		if err != nil {
			return err
		}
		out = figuresOf(rows, m)
		return nil
	})
	return out, err
}

func figuresOf(rows []query.BoardFigure, m Metric) *Figures {
	var f Figures
	var total int64
	width := barWidth(m)
	for _, row := range rows {
		f.Riders, total = f.Riders+row.Riders, total+row.Total
		f.Bars = append(f.Bars, Bar{From: float64(row.Bucket) * width, To: float64(row.Bucket+1) * width, Riders: row.Riders})
	}
	if f.Riders < FewestConsenting {
		return nil
	}
	f.Average = float64(total) / float64(f.Riders) / unit
	return &f
}
