package pipeline

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// What is read here without pgtype is what pgtype reads, of values and of NULL,
// and what is out of the ordinary is an error by either.
func TestValuesAreThoseOfPgtype(t *testing.T) {
	t.Parallel()
	types := pgtype.NewMap()
	id, text := uuid.New(), "täglich"
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	for _, v := range []struct {
		oid   uint32
		value any // nil is NULL
	}{
		{pgtype.UUIDOID, [16]byte(id)}, {pgtype.UUIDOID, nil},
		{pgtype.TextOID, text}, {pgtype.TextOID, ""}, {pgtype.TextOID, nil},
		{pgtype.ByteaOID, []byte{0, 1, 255}}, {pgtype.ByteaOID, []byte{}}, {pgtype.ByteaOID, nil},
		{pgtype.BoolOID, true}, {pgtype.BoolOID, false}, {pgtype.BoolOID, nil},
		{pgtype.Int2OID, int16(math.MinInt16)}, {pgtype.Int2OID, nil}, {pgtype.Int4OID, int32(math.MaxInt32)}, {pgtype.Int4OID, nil},
		{pgtype.Int8OID, int64(-2)}, {pgtype.Int8OID, nil}, {pgtype.Float8OID, 1.5}, {pgtype.Float8OID, math.Inf(-1)}, {pgtype.Float8OID, nil},
		{pgtype.TimestamptzOID, at}, {pgtype.TimestamptzOID, time.Unix(-1, 999)}, {pgtype.TimestamptzOID, nil},
		{pgtype.TimestamptzOID, pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}},
	} {
		format := types.FormatCodeForOID(v.oid)
		raw, err := types.Encode(v.oid, format, v.value, []byte{})
		if err != nil {
			t.Fatal(err)
		}
		s := newStatement("s", "s", &pgconn.StatementDescription{Fields: []pgconn.FieldDescription{{Name: "v", DataTypeOID: v.oid}}})
		for _, dest := range map[uint32][]any{ // of other types pgtype is not of one mind about NULL
			pgtype.UUIDOID:        {new(uuid.UUID), new(uuid.NullUUID), new([16]byte), new(string), new(any)},
			pgtype.TextOID:        {new(string), new(*string), new(any)},
			pgtype.ByteaOID:       {new([]byte), new(any)},
			pgtype.BoolOID:        {new(bool), new(*bool), new(any)},
			pgtype.Int2OID:        {new(int16), new(int32), new(int64), new(int), new(*int32)},
			pgtype.Int4OID:        {new(int16), new(int32), new(int64), new(int), new(*int32)},
			pgtype.Int8OID:        {new(int16), new(int32), new(int64), new(int), new(*int32)},
			pgtype.Float8OID:      {new(float64), new(*float64), new(any)},
			pgtype.TimestamptzOID: {new(time.Time), new(*time.Time), new(any)},
		}[v.oid] {
			theirs := reflect.New(reflect.TypeOf(dest).Elem()).Interface()
			want := pgx.ScanRow(types, s.fields, [][]byte{raw}, theirs)
			a := &Answer{statement: s, values: [][]byte{raw}, codec: &codec{types: types}}
			got := a.scan([]any{dest})
			if (got == nil) != (want == nil) || (want == nil && !reflect.DeepEqual(dest, theirs)) {
				t.Errorf("%v of type %d into %T: %v, %v; by pgtype %v, %v", v.value, v.oid, dest, reflect.ValueOf(dest).Elem(), got,
					reflect.ValueOf(theirs).Elem(), want)
			}
		}
	}
}

// So is what is written.
func TestParametersAreThoseOfPgtype(t *testing.T) {
	t.Parallel()
	types := pgtype.NewMap()
	id, text := uuid.New(), "täglich"
	for _, oid := range []uint32{pgtype.UUIDOID, pgtype.TextOID, pgtype.Int4OID, pgtype.ByteaOID} {
		for _, arg := range []any{
			nil, id, uuid.NullUUID{}, uuid.NullUUID{UUID: id, Valid: true}, text, "", &text, (*string)(nil), []byte("x"), []byte(nil), int32(7), (*int32)(nil), 7,
		} {
			out, format, ok := appendParam(nil, oid, arg)
			var err error
			if !ok {
				out, format, err = appendOther(nil, oid, arg)
			}
			var b pgx.ExtendedQueryBuilder
			want := b.Build(types, &pgconn.StatementDescription{ParamOIDs: []uint32{oid}}, []any{arg})
			if (err == nil) != (want == nil) {
				t.Errorf("%T for %d: %v; by pgtype %v", arg, oid, err, want)
				continue
			}
			if err != nil {
				continue
			}
			// The same value, whatever the format: a UUID goes in binary here.
			var mine, theirs any
			read := func(format int16, raw []byte, into *any) {
				if err := types.Scan(oid, format, raw, into); err != nil {
					*into = err.Error() // what PostgreSQL would refuse
				}
			}
			raw := out[4:]
			if len(raw) == 0 && out[0] == 0xff {
				raw = nil
			}
			read(format, raw, &mine)
			read(b.ParamFormats[0], b.ParamValues[0], &theirs)
			if !reflect.DeepEqual(mine, theirs) {
				t.Errorf("%T for %d: %v; by pgtype %v", arg, oid, mine, theirs)
			}
		}
	}
	var into [8]byte
	at := time.Date(1999, 12, 31, 23, 59, 59, 5000, time.UTC)
	want, err := types.Encode(pgtype.TimestamptzOID, pgtype.BinaryFormatCode, at, nil)
	if got := Timestamp(&into, at); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %x, not %x, %v", at, got, want, err)
	}
}
