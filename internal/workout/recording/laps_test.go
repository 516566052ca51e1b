package recording_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/workout/recording"
)

// Laps that each span the whole recording would have every sample read once for
// each of them: a small file that takes minutes. Laps that overlap a little, as
// devices write them, go in.
func TestLapsDontMultiplyTheSamples(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	file := func(laps int) string {
		var b strings.Builder
		b.WriteString(`<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Biking"><Id>x</Id>`)
		lap := func(points int) {
			fmt.Fprintf(&b, `<Lap StartTime="%s"><TotalTimeSeconds>600</TotalTimeSeconds><Track>`, start.Format(time.RFC3339))
			for i := range points {
				fmt.Fprintf(&b, `<Trackpoint><Time>%s</Time><HeartRateBpm><Value>%d</Value></HeartRateBpm></Trackpoint>`,
					start.Add(time.Duration(i)*time.Second).Format(time.RFC3339), 120+i%20)
			}
			b.WriteString(`</Track></Lap>`)
		}
		lap(600)
		for range laps - 1 {
			lap(0)
		}
		b.WriteString(`</Activity></Activities></TrainingCenterDatabase>`)
		return b.String()
	}
	if _, err := recording.Parse(strings.NewReader(file(4)), recording.DefaultLimits()); err != nil {
		t.Errorf("four laps: %v", err)
	}
	var refused *recording.Error
	if _, err := recording.Parse(strings.NewReader(file(2000)), recording.DefaultLimits()); !errors.As(err, &refused) || refused.Code != recording.Implausible {
		t.Errorf("2000 laps of the whole: %v", err)
	}
}
