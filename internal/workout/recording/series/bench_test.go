package series_test

import (
	"testing"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// The benchmarks work on an hour of six channels at one sample a second.

func BenchmarkEncode(b *testing.B) {
	table := hour()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	blob, err := hour().Encode()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := series.Decode(blob); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDownsample(b *testing.B) {
	table := hour()
	b.ReportAllocs()
	for b.Loop() {
		table.Downsample(500)
	}
}
