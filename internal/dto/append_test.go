package dto

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// The quick encoders give what encoding/json gives, byte by byte, whatever the
// models hold; and what it refuses they refuse.
func TestQuickEncodersGiveWhatEncodingJSONGives(t *testing.T) {
	t.Parallel()
	for _, root := range []any{Workout{}, WorkoutList{}, ImportResult{}, Profile{}, MemberList{}, Stats{}} {
		kind := reflect.TypeOf(root)
		t.Run(kind.Name(), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				v := reflect.New(kind)
				fill(t, v.Elem(), 0)
				want, refused := json.Marshal(v.Interface())
				for _, value := range []any{v.Interface(), v.Elem().Interface()} {
					if _, quick := value.(appender); !quick {
						t.Fatalf("%T is encoded by reflection", value)
					}
					got, err := bodyOf(value).Encode()
					if (err == nil) != (refused == nil) || err == nil && string(got) != string(want) {
						t.Fatalf("%v, %v\n%s\n%s", err, refused, got, want)
					}
				}
			})
		})
	}
}

// fill sets a value and all that it is made of to anything there is.
func fill(t *rapid.T, v reflect.Value, depth int) {
	switch v.Interface().(type) {
	case uuid.UUID:
		v.Set(reflect.ValueOf(uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))))
		return
	case time.Time:
		zone := time.FixedZone("", rapid.IntRange(-26*3600, 26*3600).Draw(t, "zone"))
		v.Set(reflect.ValueOf(time.Unix(rapid.Int64Range(-63_000_000_000, 260_000_000_000).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(zone)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), depth)
		}
	case reflect.Slice:
		if rapid.Bool().Draw(t, "there") {
			n := rapid.IntRange(0, 3).Draw(t, "n")
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), depth)
		}
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "plain", `"\<>&`, "\x00\x1f\x7f", "\xff\xc3", "\u2028\u2029", "ö"})).Draw(t, "text"))
	case reflect.Float64:
		v.SetFloat(rapid.OneOf(rapid.Float64(), rapid.Map(rapid.Int32(), func(n int32) float64 { return float64(n) / 8 }), rapid.SampledFrom([]float64{
			0, math.Copysign(0, -1), 1e-6, 9.99e-7, 1e-9, 1e-10, 1e20, 1e21, 1e22, 1e15, 1e15 - 1, -1e15, 1 << 53, 1 << 63, -(1 << 63), math.MaxFloat64,
			math.SmallestNonzeroFloat64, 0.1, 30000, math.NaN(), math.Inf(1), math.Inf(-1),
		})).Draw(t, "figure"))
	case reflect.Int:
		v.SetInt(rapid.Int64().Draw(t, "number"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "switch"))
	default:
		t.Fatalf("nothing fills a %s", v.Type())
	}
}

func BenchmarkEncode(b *testing.B) {
	var m Workout
	raw := `{"cadence_avg_rpm":85,"calories_kcal":600,"channels":[],"distance_m":30000,"duration_s":3600,
		"id":"0190a0a0-0000-7000-8000-000000000000","indoor":false,"member":{"display_name":"Ada L.","id":"0190a0a0-0000-7000-8000-000000000001",
		"username":"ada"},"moving_s":3500.5,"power_avg_w":170.25,"source":"typed","sport":"ride","started_at":"2026-05-30T06:00:00Z","title":"Morning ride"}`
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		b.Fatal(err)
	}
	for name, encode := range map[string]func() ([]byte, error){
		"quick": bodyOf(&m).Encode, "encoding/json": func() ([]byte, error) { return json.Marshal(&m) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := encode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
