package series_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// anyTable draws a table that keeps the rules, with gaps and values up to the edges.
func anyTable(t *rapid.T) series.Table {
	table := series.Table{Family: rapid.SampledFrom(series.Families()).Draw(t, "family")}
	at := uint32(0)
	for range rapid.IntRange(0, 200).Draw(t, "samples") {
		at += rapid.Uint32Range(1, 1<<24).Draw(t, "step")
		table.T = append(table.T, at)
	}
	value := rapid.OneOf(rapid.Just(series.Absent), rapid.Int32Range(-1000, 1000), rapid.Int32Range(-math.MaxInt32, math.MaxInt32))
	for c := range series.Channels {
		channel := series.Channel(c)
		if channel.Family() != table.Family || rapid.Bool().Draw(t, "without") {
			continue
		}
		col := series.Column{Channel: channel, V: make([]int32, len(table.T))}
		for i := range col.V {
			col.V[i] = value.Draw(t, "value")
		}
		table.Columns = append(table.Columns, col)
	}
	return table
}

func TestPackingLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		blob, err := table.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := series.Decode(blob)
		if err != nil {
			t.Fatal(err)
		}
		same := cmp.Equal(back.T, table.T) || len(back.T)+len(table.T) == 0
		for i, col := range table.Columns {
			same = same && slices.Equal(back.Columns[i].V, col.V) && back.Columns[i].Channel == col.Channel
		}
		if !same || back.Family != table.Family || len(back.Columns) != len(table.Columns) {
			t.Fatalf("got %v, want %v", back, table)
		}
	})
}

func TestEncodeRefusesABrokenTable(t *testing.T) {
	t.Parallel()
	effort := func(cols ...series.Column) series.Table {
		return series.Table{Family: series.Effort, T: []uint32{0, 1000}, Columns: cols}
	}
	two := []int32{1, 2}
	for name, table := range map[string]series.Table{
		"no family":            {},
		"time stands still":    {Family: series.Heart, T: []uint32{5, 5}},
		"time goes back":       {Family: series.Heart, T: []uint32{5, 4}},
		"channel of another":   effort(series.Column{Channel: series.HeartRateBPM, V: two}),
		"unknown channel":      effort(series.Column{Channel: 99, V: two}),
		"column too short":     effort(series.Column{Channel: series.PowerW, V: two[:1]}),
		"the same column":      effort(series.Column{Channel: series.PowerW, V: two}, series.Column{Channel: series.PowerW, V: two}),
		"columns out of order": effort(series.Column{Channel: series.SpeedMPS, V: two}, series.Column{Channel: series.PowerW, V: two}),
		"too long":             {Family: series.Heart, T: make([]uint32, series.MaxSamples+1)},
	} {
		if _, err := table.Encode(); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	t.Parallel()
	blob, err := hour().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(blob); i += 7 {
		damaged := slices.Clone(blob)
		damaged[i] ^= 0x55
		if _, err := series.Decode(damaged); err == nil {
			t.Errorf("byte %d flipped: decoded", i)
		}
		if _, err := series.Decode(blob[:i]); err == nil {
			t.Errorf("cut at %d: decoded", i)
		}
	}
}

// hour is an hour of riding at one sample a second: six channels of effort, as noisy as real
// sensors are.
func hour() series.Table {
	r := rand.New(rand.NewPCG(1, 2))
	channels := []series.Channel{series.PowerW, series.CadenceRPM, series.SpeedMPS, series.Resistance, series.InclinePct, series.DistanceM}
	table := series.Table{Family: series.Effort}
	for _, c := range channels {
		table.Columns = append(table.Columns, series.Column{Channel: c})
	}
	speed, distance := 8.0, 0.0
	for i := range 3600 {
		effort := 200 + 60*math.Sin(float64(i)/90)
		power := effort + r.NormFloat64()*8
		speed += (math.Cbrt(power*4.5) - speed) / 20
		distance += speed
		table.T = append(table.T, uint32(i)*1000)
		for c, v := range []float64{power, 88 + r.NormFloat64()*1.5, speed, 30 + math.Floor(float64(i)/300)*2, math.Floor(float64(i)/120) / 2, distance} {
			table.Columns[c].V = append(table.Columns[c].V, channels[c].Steps(v))
		}
	}
	return table
}

func TestAnHourOfSixChannelsIsSmall(t *testing.T) {
	t.Parallel()
	blob, err := hour().Encode()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("one hour, six channels: %d bytes", len(blob))
	if len(blob) > 7_500 {
		t.Errorf("%d bytes, want at most 7,500", len(blob))
	}
}

func TestChannelsKeepTheirResolution(t *testing.T) {
	t.Parallel()
	for c := range series.Channels {
		channel := series.Channel(c)
		if found, ok := series.ChannelNamed(channel.String()); !ok || found != channel {
			t.Errorf("%s is not found by its name", channel)
		}
		if !slices.Contains(series.Families(), channel.Family()) {
			t.Errorf("%s has no family", channel)
		}
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300} {
			if channel.Steps(v) != series.Absent {
				t.Errorf("%s keeps %v", channel, v)
			}
		}
		if !math.IsNaN(channel.Value(series.Absent)) {
			t.Errorf("%s: absent has a value", channel)
		}
	}
	if got := series.Lat.Value(series.Lat.Steps(45.1234567)); got != 45.1234567 {
		t.Errorf("latitude is %v", got)
	}
}

// summed is a packed text around the content: what is changed at random would hardly ever get past
// the checksum.
func summed(version byte, content []byte) []byte {
	blob := append([]byte{version}, content...)
	return binary.LittleEndian.AppendUint32(blob, crc32.Checksum(blob, crc32.MakeTable(crc32.Castagnoli)))
}

// FuzzDecode feeds each input as a blob, and as the content of one. What decodes keeps the rules of a
// table and stays the same when it is packed again.
func FuzzDecode(f *testing.F) {
	small := hour()
	small.T = small.T[:9]
	for i := range small.Columns {
		small.Columns[i].V = small.Columns[i].V[:9]
	}
	small.Columns[1].V[4] = series.Absent
	for _, table := range []series.Table{small, hour(), {Family: series.Heart}, {Family: series.Place, T: []uint32{3}}} {
		blob, err := table.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(blob)
		f.Add(blob[1 : len(blob)-crc32.Size])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, blob := range [][]byte{data, summed(3, data)} {
			table, err := series.Decode(blob)
			if err != nil {
				if !errors.Is(err, series.ErrCorrupt) {
					t.Fatalf("not the one error: %v", err)
				}
				continue
			}
			if len(table.T) > series.MaxSamples || len(table.Columns) > series.Channels {
				t.Fatalf("%d samples of %d channels", len(table.T), len(table.Columns))
			}
			again, err := table.Encode()
			if err != nil {
				t.Fatalf("decoded what can't be encoded: %v", err)
			}
			if same, err := series.Decode(again); err != nil || !cmp.Equal(table, same) {
				t.Fatalf("%v became %v, %v", table, same, err)
			}
		}
	})
}
