package db

import (
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/paceline/paceline/internal/privacy"
)

// seenBy is the column in which each row says whom it was read for: as SQL has
// it in seen_by(), all zeros for nobody signed in.
const seenBy = "seen_by"

var errUnseen = errors.New("db: the rows of a read bring back seen_by: join the view subject")

// seenRows gives out only rows that were read for the viewer. It is the one
// place that every read passes, on whatever connection.
type seenRows struct {
	pgx.Rows
	column int
	viewer uuid.UUID
	err    error
}

// of gives the rows, for a viewer.
func (s *seenRows) of(viewer uuid.UUID) (pgx.Rows, error) {
	if err := s.Rows.Err(); err != nil {
		return nil, err
	}
	s.viewer = viewer
	s.column = slices.IndexFunc(s.Rows.FieldDescriptions(), func(f pgconn.FieldDescription) bool {
		return f.Name == seenBy && f.DataTypeOID == pgtype.UUIDOID && f.Format == pgtype.BinaryFormatCode
	})
	if s.column < 0 {
		return nil, errUnseen
	}
	return s, nil
}

// Next goes to the next row, and to none behind one that is not the viewer's.
func (s *seenRows) Next() bool {
	if s.err != nil || !s.Rows.Next() {
		return false
	}
	if values := s.RawValues(); s.column >= len(values) || string(values[s.column]) != string(s.viewer[:]) {
		s.err = privacy.ErrWrongViewer
		s.Close()
		return false
	}
	return true
}

// Err is what went wrong.
func (s *seenRows) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.Rows.Err()
}
