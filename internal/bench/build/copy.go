package build

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// row is a row of COPY's binary format, value after value in the order of the columns.
// https://www.postgresql.org/docs/15/sql-copy.html
type row struct{ out []byte }

// begin starts a row of n values.
func (r *row) begin(n int) { r.out = binary.BigEndian.AppendUint16(r.out, uint16(n)) } //nolint:gosec // few

func (r *row) size(n int) { r.out = binary.BigEndian.AppendUint32(r.out, uint32(n)) } //nolint:gosec // below 2³¹

func (r *row) null() { r.out = binary.BigEndian.AppendUint32(r.out, math.MaxUint32) }

func (r *row) id(id uuid.UUID) {
	r.size(16)
	r.out = append(r.out, id[:]...)
}

func (r *row) bytes(b []byte) {
	if b == nil {
		r.null()
		return
	}
	r.size(len(b))
	r.out = append(r.out, b...)
}

func (r *row) text(s string) {
	r.size(len(s))
	r.out = append(r.out, s...)
}

func (r *row) optional(s *string) {
	if s == nil {
		r.null()
		return
	}
	r.text(*s)
}

func (r *row) texts(list []string) {
	r.size(20 + 4*len(list) + total(list))
	for _, n := range []int{1, 0, 25, len(list), 1} { // dimensions, no nulls, text's oid, length, first index
		r.size(n)
	}
	for _, s := range list {
		r.text(s)
	}
}

func total(list []string) (n int) {
	for _, s := range list {
		n += len(s)
	}
	return n
}

func (r *row) flag(b bool) {
	r.size(1)
	if b {
		r.out = append(r.out, 1)
		return
	}
	r.out = append(r.out, 0)
}

func (r *row) small(n int) {
	r.size(2)
	r.out = binary.BigEndian.AppendUint16(r.out, uint16(n)) //nolint:gosec // the same bits
}

func (r *row) integer(n *int) {
	if n == nil {
		r.null()
		return
	}
	r.size(4)
	r.out = binary.BigEndian.AppendUint32(r.out, uint32(*n)) //nolint:gosec // the same bits
}

func (r *row) big(n int64) {
	r.size(8)
	r.out = binary.BigEndian.AppendUint64(r.out, uint64(n)) //nolint:gosec // the same bits
}

func (r *row) float(v *float64) {
	if v == nil {
		r.null()
		return
	}
	r.size(8)
	r.out = binary.BigEndian.AppendUint64(r.out, math.Float64bits(*v))
}

// epoch is where PostgreSQL counts from.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (r *row) time(t time.Time) { r.big(t.Sub(epoch).Microseconds()) }

// fill is a table and what goes into it.
type fill struct {
	table   string // with its schema
	columns string
	count   int
	// add appends the rows made of the i-th thing, of which there are count.
	add func(r *row, i int) error
}

// copyIn empties the table and fills it, in one transaction, which for a server without replicas
// goes past the write-ahead log. The rows are visible to all at once, as after a VACUUM.
func (f fill) copyIn(ctx context.Context, conn *pgx.Conn, done *progress) error {
	reader, writer := io.Pipe()
	go func() { _ = writer.CloseWithError(f.write(writer, done)) }()
	defer reader.Close() //nolint:errcheck // it never fails
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "TRUNCATE "+f.table); err != nil {
			return err
		}
		_, err := tx.Conn().PgConn().CopyFrom(ctx, reader, fmt.Sprintf("COPY %s (%s) FROM STDIN (FORMAT binary, FREEZE)", f.table, f.columns))
		return err
	})
	if err != nil {
		return fmt.Errorf("fill %s: %w", f.table, err)
	}
	return nil
}

func (f fill) write(to io.Writer, done *progress) error {
	r := row{out: append([]byte("PGCOPY\n\xff\r\n\x00"), 0, 0, 0, 0, 0, 0, 0, 0)}
	for i := range f.count {
		if err := f.add(&r, i); err != nil {
			return err
		}
		if len(r.out) > 256<<10 {
			if _, err := to.Write(r.out); err != nil {
				return err
			}
			r.out = r.out[:0]
		}
		done.step()
	}
	r.out = binary.BigEndian.AppendUint16(r.out, math.MaxUint16)
	_, err := to.Write(r.out)
	return err
}
