package archive

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paceline/paceline/internal/text"
	"github.com/paceline/paceline/internal/workout/recording"
)

const (
	maxTitle = 100  // runes, as the contract bounds a title
	maxNotes = 1000 // runes
)

// note is what a table says of a file.
type note struct{ title, notes string }

// Ride is a workout of a table: figures, and no samples. A nil figure was not given.
type Ride struct {
	Sport     recording.Sport `json:"sport"`
	Indoor    bool            `json:"indoor"`
	StartedAt time.Time       `json:"started_at"`
	DurationS float64         `json:"duration_s"`

	DistanceM    *float64 `json:"distance_m,omitempty"`
	CaloriesKcal *float64 `json:"calories_kcal,omitempty"`
	OutputKJ     *float64 `json:"output_kj,omitempty"`
	PowerAvgW    *float64 `json:"power_avg_w,omitempty"`
	CadenceRPM   *float64 `json:"cadence_avg_rpm,omitempty"`
	HeartAvgBPM  *float64 `json:"heart_rate_avg_bpm,omitempty"`
}

// Fingerprint is the same for the same row, whatever table it stands in, and unlike any recording's.
func (r Ride) Fingerprint() [32]byte {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "row of a table: %s %t %d %g", r.Sport, r.Indoor, r.StartedAt.Unix(), r.DurationS) // a hash never fails
	for _, figure := range []*float64{r.DistanceM, r.CaloriesKcal, r.OutputKJ, r.PowerAvgW, r.CadenceRPM, r.HeartAvgBPM} {
		if figure == nil {
			_, _ = io.WriteString(h, " -")
		} else {
			_, _ = fmt.Fprintf(h, " %g", *figure)
		}
	}
	return [32]byte(h.Sum(nil))
}

// LooksTable says whether a file that begins so is a table of workouts.
func LooksTable(head []byte) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(string(head), "\ufeff"), "\n")
	return strings.HasPrefix(first, pelotonTime+",") || strings.HasPrefix(first, `"`+pelotonTime+`",`)
}

// OpenTable lists the workouts of a table that was sent by itself.
func OpenTable(r io.Reader, limits Limits) (*Archive, error) {
	a := &Archive{limits: limits}
	if err := a.readTable(r, 0, nil); err != nil {
		return nil, judge(err)
	}
	return a, nil
}

func (a *Archive) listTable(entry int, names map[string]note) error {
	f := a.entries[entry]
	if f.Flags&1 != 0 {
		a.Ignored++
		return nil
	}
	in, err := f.Open()
	if err != nil {
		return judgeTable(err, &a.Ignored)
	}
	defer in.Close() //nolint:errcheck // nothing was written
	return judgeTable(a.readTable(in, entry, names), &a.Ignored)
}

// judgeTable passes a damaged table by: the recordings beside it are worth as much without it.
func judgeTable(err error, ignored *int) error {
	_, broken := errors.AsType[sourceError](err)
	own, refused := errors.AsType[*Error](err)
	if err == nil || broken || refused && own.Code != Malformed {
		return err
	}
	*ignored++
	return nil
}

// readTable tells by its header which table it is. One that is neither is passed by.
func (a *Archive) readTable(r io.Reader, entry int, names map[string]note) error {
	in := csv.NewReader(&tableReader{r, &a.limits.TableBytes})
	in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = -1, true, true
	header, err := in.Read()
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i := len(header) - 1; i >= 0; i-- { // of columns with one name the first
		at[strings.TrimPrefix(strings.TrimSpace(header[i]), "\ufeff")] = i
	}
	_, isStrava := at["Filename"]
	_, isPeloton := at[pelotonTime]
	for rows := 0; ; rows++ {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		get := func(column string) string {
			if i, is := at[column]; is && i < len(fields) {
				return strings.TrimSpace(fields[i])
			}
			return ""
		}
		switch {
		case isPeloton:
			err = a.add(peloton(entry, get))
		case isStrava && names != nil && len(names) < a.limits.Items:
			names[strings.Clone(get("Filename"))] = note{lineOf(get("Activity Name"), maxTitle), lineOf(get("Activity Description"), maxNotes)}
		}
		if err != nil {
			return err
		}
	}
	if !isPeloton && !isStrava {
		a.Ignored++
	}
	return nil
}

// tableReader bounds what the tables of an archive unpack to, all together.
type tableReader struct {
	io.Reader
	left *int64
}

func (t *tableReader) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if *t.left -= int64(n); *t.left < 0 {
		return 0, refuse(ExpandsTooFar, nil)
	}
	return n, err
}

// lineOf is a text in one line, cut to so many runes; empty if it isn't for people.
func lineOf(s string, most int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if utf8.RuneCountInString(s) > most {
		s = strings.TrimSpace(string([]rune(s)[:most]))
	}
	if text.Line(s) != nil {
		return ""
	}
	return s
}

// The columns of Peloton's table, which says its units in their names.
const pelotonTime = "Workout Timestamp"

func peloton(entry int, get func(string) string) Item {
	item := Item{Entry: entry, Name: shown(strings.Clone(get(pelotonTime))), Title: lineOf(get("Title"), maxTitle)}
	minutes := figure(get("Length (minutes)"))
	at, ok := pelotonStart(get(pelotonTime))
	if minutes == nil || *minutes <= 0 || !ok {
		item.Title, item.Refused = "", BadRow
		return item
	}
	ride := Ride{StartedAt: at, DurationS: *minutes * 60, Indoor: true}
	ride.Sport, ride.Indoor = pelotonSport(get("Fitness Discipline"))
	for _, unit := range []struct {
		column string
		metres float64
	}{{"Distance (mi)", 1609.344}, {"Distance (km)", 1000}, {"Distance (m)", 1}} {
		if d := figure(get(unit.column)); d != nil && *d > 0 {
			ride.DistanceM = new(math.Round(*d*unit.metres*10) / 10)
			break
		}
	}
	ride.OutputKJ, ride.CaloriesKcal = positive(get("Total Output")), positive(get("Calories Burned"))
	ride.PowerAvgW, ride.CadenceRPM, ride.HeartAvgBPM = positive(get("Avg. Watts")), positive(get("Avg. Cadence (RPM)")), positive(get("Avg. Heartrate"))
	item.Row = &ride
	return item
}

// pelotonSport is the sport and whether it was inside: an outdoor discipline says so.
func pelotonSport(discipline string) (recording.Sport, bool) {
	name := strings.ToLower(discipline)
	sport := recording.Other
	for _, known := range []struct {
		part  string
		sport recording.Sport
	}{
		{"bootcamp", recording.Cardio}, {"cycling", recording.Ride}, {"running", recording.Run}, {"walking", recording.Walk},
		{"hiking", recording.Hike}, {"rowing", recording.Row}, {"strength", recording.Strength},
		{"yoga", recording.Yoga}, {"cardio", recording.Cardio},
	} {
		if strings.Contains(name, known.part) {
			sport = known.sport
			break
		}
	}
	return sport, !strings.Contains(name, "outdoor")
}

// zones are the hours east of UTC of the abbreviations that the table writes.
var zones = map[string]int{
	"UTC": 0, "GMT": 0, "BST": 1, "CET": 1, "CEST": 2, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
	"PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "AEST": 10, "AEDT": 11,
}

// pelotonStart reads a time as "2021-01-05 07:12 (EST)"; a zone may also be a number of hours.
func pelotonStart(s string) (time.Time, bool) {
	clock, zone, found := strings.Cut(s, " (")
	at, err := time.Parse("2006-01-02 15:04", clock)
	if err != nil || !found {
		return at, false
	}
	zone = strings.TrimSuffix(zone, ")")
	hours, known := zones[zone]
	if !known {
		if hours, err = strconv.Atoi(zone); err != nil || hours < -14 || hours > 14 {
			return at, false
		}
	}
	return at.Add(-time.Duration(hours) * time.Hour), true
}

func figure(s string) *float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e9 {
		return nil
	}
	return &v
}

// positive is a figure; zero stands for what was not measured.
func positive(s string) *float64 {
	if v := figure(s); v != nil && *v > 0 {
		return v
	}
	return nil
}
