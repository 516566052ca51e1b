package pipeline

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// The types that reads are made of are written and read here, without a plan
// and hardly an allocation. Everything else, and everything out of the ordinary,
// is left to pgtype, which gives the same.

// appendParam appends a parameter for Bind, its length first. ok: it is one of ours.
func appendParam(out []byte, oid uint32, arg any) (_ []byte, format int16, ok bool) {
	switch v := arg.(type) {
	case nil:
		return append(out, 0xff, 0xff, 0xff, 0xff), pgtype.BinaryFormatCode, true
	case uuid.UUID:
		if oid == pgtype.UUIDOID {
			return append(append(out, 0, 0, 0, 16), v[:]...), pgtype.BinaryFormatCode, true
		}
	case uuid.NullUUID:
		if oid == pgtype.UUIDOID {
			if !v.Valid {
				return appendParam(out, oid, nil)
			}
			return append(append(out, 0, 0, 0, 16), v.UUID[:]...), pgtype.BinaryFormatCode, true
		}
	case *string:
		if v == nil {
			return appendParam(out, oid, nil)
		}
		return appendParam(out, oid, *v)
	case string:
		if oid == pgtype.TextOID {
			out = binary.BigEndian.AppendUint32(out, uint32(len(v))) //nolint:gosec // maxSent bounds it
			return append(out, v...), pgtype.TextFormatCode, true
		}
	}
	return out, 0, false
}

// appendOther has pgtype do it.
func appendOther(out []byte, oid uint32, arg any) (_ []byte, format int16, err error) {
	c := codecs.Get().(*codec) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	defer codecs.Put(c)
	one := pgconn.StatementDescription{ParamOIDs: []uint32{oid}}
	if err := c.build.Build(c.types, &one, []any{arg}); err != nil {
		return out, 0, err
	}
	if v := c.build.ParamValues[0]; v != nil {
		return append(binary.BigEndian.AppendUint32(out, uint32(len(v))), v...), c.build.ParamFormats[0], nil //nolint:gosec // maxSent bounds it
	}
	return append(out, 0xff, 0xff, 0xff, 0xff), c.build.ParamFormats[0], nil
}

// scan puts the values of a row into dest.
func (a *Answer) scan(dest []any) error {
	fields := a.statement.fields
	if len(fields) != len(a.values) || len(fields) != len(dest) {
		return fmt.Errorf("pipeline: %d columns, %d values, for %d destinations", len(fields), len(a.values), len(dest))
	}
	for i, d := range dest {
		f := &fields[i]
		if d == nil || f.Format == pgtype.BinaryFormatCode && scanBinary(f.DataTypeOID, a.values[i], d) ||
			f.DataTypeOID == pgtype.TextOID && scanText(a.values[i], d) {
			continue
		}
		if err := a.codec.types.Scan(f.DataTypeOID, f.Format, a.values[i], d); err != nil {
			return pgx.ScanArgError{ColumnIndex: i, FieldName: f.Name, Err: err}
		}
	}
	return nil
}

func scanText(v []byte, dest any) bool {
	switch d := dest.(type) {
	case *string:
		if v == nil {
			return false // pgtype knows what to say of it
		}
		*d = string(v)
	case **string:
		if *d = nil; v != nil {
			s := string(v)
			*d = &s
		}
	default:
		return false
	}
	return true
}

// scanBinary says whether it has put the value into dest.
func scanBinary(oid uint32, v []byte, dest any) bool {
	switch d := dest.(type) {
	case *uuid.UUID:
		return oid == pgtype.UUIDOID && len(v) == 16 && copy(d[:], v) == 16
	case *uuid.NullUUID:
		if oid != pgtype.UUIDOID || v != nil && len(v) != 16 {
			return false
		}
		d.Valid = v != nil
		clear(d.UUID[:])
		copy(d.UUID[:], v)
	case *[]byte:
		if oid != pgtype.ByteaOID {
			return false
		}
		*d = bytes.Clone(v)
	case *bool:
		if oid != pgtype.BoolOID || len(v) != 1 {
			return false
		}
		*d = v[0] == 1
	case *int16:
		if oid != pgtype.Int2OID || len(v) != 2 {
			return false
		}
		*d = int16(binary.BigEndian.Uint16(v)) //nolint:gosec // the same 16 bits
	case *int32:
		if oid != pgtype.Int4OID || len(v) != 4 {
			return false
		}
		*d = int32(binary.BigEndian.Uint32(v)) //nolint:gosec // the same 32 bits
	case *int64:
		if oid != pgtype.Int8OID || len(v) != 8 {
			return false
		}
		*d = int64(binary.BigEndian.Uint64(v)) //nolint:gosec // the same 64 bits
	case *float64:
		if oid != pgtype.Float8OID || len(v) != 8 {
			return false
		}
		*d = math.Float64frombits(binary.BigEndian.Uint64(v))
	case **float64:
		if oid != pgtype.Float8OID || v != nil && len(v) != 8 {
			return false
		}
		if *d = nil; v != nil {
			f := math.Float64frombits(binary.BigEndian.Uint64(v))
			*d = &f
		}
	case *time.Time:
		if oid != pgtype.TimestamptzOID || len(v) != 8 {
			return false
		}
		us := int64(binary.BigEndian.Uint64(v)) //nolint:gosec // the same 64 bits
		if us == math.MaxInt64 || us == math.MinInt64 {
			return false // infinite
		}
		*d = time.UnixMicro(us + since2000)
	default:
		return false
	}
	return true
}

// since2000 is from 1970 to PostgreSQL's beginning of time, in microseconds.
const since2000 = 946684800 * 1_000_000

// Timestamp is a moment as a value of an opening.
func Timestamp(into *[8]byte, at time.Time) []byte {
	binary.BigEndian.PutUint64(into[:], uint64(at.UnixMicro()-since2000)) //nolint:gosec // the same 64 bits
	return into[:]
}
