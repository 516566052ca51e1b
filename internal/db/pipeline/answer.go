package pipeline

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// Answer is what came back for one request: the opening's row, and the rows of
// the statement as pgx.Rows. It is for one goroutine.
type Answer struct {
	statement *statement
	opening   [][]byte
	first     [4][]byte // of the opening
	data      []byte    // what is still to be read
	values    [][]byte
	codec     *codec
	read      int
	err       error
}

var _ pgx.Rows = (*Answer)(nil)

// Opening is the values of the opening's row, as they came; nil if it had failed.
func (a *Answer) Opening() [][]byte { return a.opening }

// take cuts the next row off, nil behind the last, and splits it into values.
// A row that is shorter than it says is an error.
func (a *Answer) take(into [][]byte) [][]byte {
	if len(a.data) == 0 {
		return nil
	}
	n := 4 + int(binary.BigEndian.Uint32(a.data))
	row := a.data[4:n]
	a.data = a.data[n:]
	if len(row) < 2 {
		a.err = errShortRow
		return nil
	}
	fields := int(binary.BigEndian.Uint16(row))
	row = row[2:]
	for range fields {
		if len(row) < 4 {
			a.err = errShortRow
			return nil
		}
		size := int(int32(binary.BigEndian.Uint32(row))) //nolint:gosec // -1 is NULL
		row = row[4:]
		switch {
		case size == -1:
			into = append(into, nil)
			continue
		case size < 0 || size > len(row):
			a.err = errShortRow
			return nil
		}
		into = append(into, row[:size:size])
		row = row[size:]
	}
	return into
}

var errShortRow = errors.New("pipeline: a row is shorter than it says")

// Next is pgx.Rows.
func (a *Answer) Next() bool {
	if a.codec == nil {
		return false
	}
	a.values = a.take(a.codec.values[:0])
	if a.values == nil {
		a.Close()
		return false
	}
	a.codec.values = a.values
	a.read++
	return true
}

// Scan is pgx.Rows.
func (a *Answer) Scan(dest ...any) error {
	if a.codec == nil {
		return errors.New("pipeline: the rows are closed")
	}
	if len(dest) == 1 {
		if whole, ok := dest[0].(pgx.RowScanner); ok {
			return a.failed(whole.ScanRow(a))
		}
	}
	return a.failed(a.scan(dest))
}

// Values is pgx.Rows.
func (a *Answer) Values() ([]any, error) {
	if a.codec == nil {
		return nil, errors.New("pipeline: the rows are closed")
	}
	out := make([]any, len(a.values))
	for i, v := range a.values {
		f := a.statement.fields[i]
		t, ok := a.codec.types.TypeForOID(f.DataTypeOID)
		if !ok {
			return nil, a.failed(fmt.Errorf("pipeline: no type for column %s", f.Name))
		}
		if v == nil {
			continue
		}
		var err error
		if out[i], err = t.Codec.DecodeValue(a.codec.types, f.DataTypeOID, f.Format, v); err != nil {
			return nil, a.failed(err)
		}
	}
	return out, nil
}

func (a *Answer) failed(err error) error {
	if err != nil && a.err == nil {
		a.err = err
		a.Close()
	}
	return err
}

// Close is pgx.Rows.
func (a *Answer) Close() {
	if a.codec != nil {
		clear(a.codec.values)
		codecs.Put(a.codec)
		a.codec, a.values, a.data = nil, nil, nil
	}
}

// Err is pgx.Rows.
func (a *Answer) Err() error { return a.err }

// CommandTag is pgx.Rows: how many rows were read here.
func (a *Answer) CommandTag() pgconn.CommandTag {
	return pgconn.NewCommandTag(fmt.Sprintf("SELECT %d", a.read))
}

// FieldDescriptions is pgx.Rows.
func (a *Answer) FieldDescriptions() []pgconn.FieldDescription { return a.statement.fields }

// RawValues is pgx.Rows.
func (a *Answer) RawValues() [][]byte { return a.values }

// Conn is pgx.Rows: there is none that the caller might use.
func (a *Answer) Conn() *pgx.Conn { return nil }

// TypeMap is pgx.Rows.
func (a *Answer) TypeMap() *pgtype.Map {
	if a.codec == nil {
		return nil
	}
	return a.codec.types
}
