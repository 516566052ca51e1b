package series_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// ridden are the samples of an hour as a device records it.
func ridden(t testing.TB, o recordingtest.Options) []series.Table {
	t.Helper()
	o.Seconds = 3600
	got, err := recording.Parse(bytes.NewReader(recordingtest.RideFIT(o)), recording.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return got[0].Samples
}

// A preview says what thinning the whole table to as many points says.
func TestPreviewIsWhatThinningGives(t *testing.T) {
	t.Parallel()
	late := hour() // the first sample comes after the start
	for i := range late.T {
		late.T[i] += 7000
	}
	for _, table := range append(ridden(t, recordingtest.Options{}), hour(), late) {
		blob, err := table.Preview()
		if err != nil {
			t.Fatal(err)
		}
		got, err := series.DecodePreview(blob)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(table.Downsample(series.PreviewPoints), got); diff != "" {
			t.Errorf("%v: %s", table.Family, diff)
		}
	}
	short := hour()
	short.T = short.T[:series.PreviewPoints]
	for i := range short.Columns {
		short.Columns[i].V = short.Columns[i].V[:series.PreviewPoints]
	}
	if blob, err := short.Preview(); err != nil || blob != nil {
		t.Errorf("a preview of a table that is as short: %d bytes, %v", len(blob), err)
	}
}

func TestPreviewOfAnyTable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		for last := uint32(0); len(table.T) <= series.PreviewPoints; { // long enough for one
			if len(table.T) > 0 {
				last = table.T[len(table.T)-1]
			}
			table.T = append(table.T, last+rapid.Uint32Range(1, 3).Draw(t, "step"))
			for i := range table.Columns {
				table.Columns[i].V = append(table.Columns[i].V, rapid.Int32Range(-5, 5).Draw(t, "value"))
			}
		}
		blob, err := table.Preview()
		if err != nil {
			t.Fatal(err)
		}
		got, err := series.DecodePreview(blob)
		if want := table.Downsample(series.PreviewPoints); err != nil || len(got) != len(want) || len(want) > 0 && !cmp.Equal(want, got) {
			t.Fatalf("got %v, want %v, %v", got, want, err)
		}
	})
}

func TestDamagedPreviewsAreRefused(t *testing.T) {
	t.Parallel()
	table := hour()
	blob, err := table.Preview()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(blob); i += 3 {
		damaged := slices.Clone(blob)
		damaged[i] ^= 0x55
		if _, err := series.DecodePreview(damaged); err == nil {
			t.Errorf("byte %d flipped: decoded", i)
		}
		if _, err := series.DecodePreview(blob[:i]); err == nil {
			t.Errorf("cut at %d: decoded", i)
		}
	}
}

// What an hour of six channels takes, all families and previews together.
func TestAnHourWithItsPreviewsIsSmall(t *testing.T) {
	t.Parallel()
	for name, tables := range map[string][]series.Table{
		"six noisy channels of effort": {hour()}, "a ride indoors": ridden(t, recordingtest.Options{Indoor: true}),
	} {
		samples, previews, channels := 0, 0, 0
		for _, table := range tables {
			blob, err := table.Encode()
			if err != nil {
				t.Fatal(err)
			}
			preview, err := table.Preview()
			if err != nil {
				t.Fatal(err)
			}
			samples, previews, channels = samples+len(blob), previews+len(preview), channels+len(table.Columns)
		}
		t.Logf("%s: %d channels, %d bytes of samples, %d of previews", name, channels, samples, previews)
		if samples+previews > 10_500 { // rows, keys, indexes and pages that are never full come on top
			t.Errorf("%s: %d bytes", name, samples+previews)
		}
	}
}

// FuzzDecodePreview: what isn't a preview is refused, whatever it is.
func FuzzDecodePreview(f *testing.F) {
	blob, err := hour().Preview()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(blob)
	f.Add(blob[1 : len(blob)-4])
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, blob := range [][]byte{data, summed(2, data)} {
			got, err := series.DecodePreview(blob)
			if err != nil {
				continue
			}
			for _, s := range got {
				if len(s.T) != len(s.V) {
					t.Fatalf("%d moments, %d values", len(s.T), len(s.V))
				}
			}
		}
	})
}

func BenchmarkDecodePreview(b *testing.B) {
	blob, err := hour().Preview()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := series.DecodePreview(blob); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPreview(b *testing.B) {
	table := hour()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.Preview(); err != nil {
			b.Fatal(err)
		}
	}
}
