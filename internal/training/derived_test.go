package training_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// opens says whether a result that was made with one grant opens to another.
type opens func(by privacy.Grant) bool

func of[T any](d training.Derived[T]) opens {
	return func(by privacy.Grant) bool { _, ok := d.Open(by); return ok }
}

// inputs holds every input there is, each under its own field; within narrows the parts of a workout.
type inputs struct {
	workouts []training.Workout
	settings training.Settings
	laps     privacy.Guarded[[]training.Part]
	path     privacy.Guarded[training.Path]
	bpm      privacy.Guarded[series.Series]
	watts    privacy.Guarded[training.Watts]
}

const day = 24 * time.Hour

func everyInput(t *testing.T, within func(privacy.Field) privacy.Audience) inputs {
	t.Helper()
	rode := power(t, times(3600, 200)...)
	path := training.Counted(perSecond(series.DistanceM, 0, 500, 1000))
	far, _ := training.DigestPath(path, recording.Ride)
	w := training.Workout{
		ID:        uuid.New(),
		Facts:     privacy.GuardWithin(owner, privacy.Workout, within(privacy.Workout), training.Facts{Sport: recording.Ride, StartedAt: at("2026-05-01T10:00:00Z")}),
		DistanceM: privacy.GuardWithin(owner, privacy.Route, within(privacy.Route), 1.0),
		Power:     privacy.GuardWithin(owner, privacy.Effort, within(privacy.Effort), rode),
		Heart:     privacy.GuardWithin(owner, privacy.HeartRate, within(privacy.HeartRate), heart(t, times(3600, 150)...)),
		Distance:  privacy.GuardWithin(owner, privacy.Route, within(privacy.Route), far),
	}
	return inputs{
		workouts: []training.Workout{w},
		settings: training.Settings{FTPWatts: guard(privacy.FTPWatts, 200), MaxHR: guard(privacy.MaxHR, 190), RestingHR: guard(privacy.RestingHR, 60)},
		laps:     privacy.GuardWithin(owner, privacy.Effort, within(privacy.Effort), []training.Part{{DurationS: 2}}),
		path:     privacy.GuardWithin(owner, privacy.Route, within(privacy.Route), path),
		watts:    privacy.GuardWithin(owner, privacy.Effort, within(privacy.Effort), watts(t, 200)),
		bpm:      privacy.GuardWithin(owner, privacy.HeartRate, within(privacy.HeartRate), perSecond(series.HeartRateBPM, 150, 150)),
	}
}

// made is everything that is derived, with the fields that it is made from.
var made = []struct {
	name string
	from []privacy.Field
	make func(by privacy.Grant, in inputs) opens
}{
	{"power zones", []privacy.Field{privacy.Effort, privacy.FTPWatts}, func(by privacy.Grant, in inputs) opens {
		return of(training.PowerZones(by, in.watts, in.settings.FTPWatts))
	}},
	{"heart zones", []privacy.Field{privacy.HeartRate, privacy.MaxHR}, func(by privacy.Grant, in inputs) opens {
		return of(training.HeartZones(by, in.workouts[0].Heart, in.settings.MaxHR))
	}},
	{"karvonen zones", []privacy.Field{privacy.HeartRate, privacy.MaxHR, privacy.RestingHR}, func(by privacy.Grant, in inputs) opens {
		return of(training.KarvonenZones(by, in.workouts[0].Heart, in.settings.MaxHR, in.settings.RestingHR))
	}},
	{"stress", []privacy.Field{privacy.Effort, privacy.FTPWatts}, func(by privacy.Grant, in inputs) opens {
		return of(training.PowerStress(by, in.workouts[0].Power, in.settings.FTPWatts))
	}},
	{"impulse", []privacy.Field{privacy.HeartRate, privacy.MaxHR, privacy.RestingHR}, func(by privacy.Grant, in inputs) opens {
		return of(training.HeartImpulse(by, in.workouts[0].Heart, in.settings.MaxHR, in.settings.RestingHR))
	}},
	{"laps", []privacy.Field{privacy.Effort}, func(by privacy.Grant, in inputs) opens { return of(training.Laps(by, in.laps)) }},
	{"splits", []privacy.Field{privacy.Route}, func(by privacy.Grant, in inputs) opens { return of(training.Splits(by, in.path, 1000)) }},
	{"means of splits", []privacy.Field{privacy.Route, privacy.HeartRate}, func(by privacy.Grant, in inputs) opens {
		return of(training.Means(by, training.Splits(by, in.path, 1000), in.bpm))
	}},
	{"power curve", []privacy.Field{privacy.Stats, privacy.Workout, privacy.Effort}, func(by privacy.Grant, in inputs) opens {
		return of(training.PowerCurve(by, in.workouts, recording.Ride, time.Time{}))
	}},
	{"estimated FTP", []privacy.Field{privacy.Stats, privacy.Workout, privacy.Effort}, func(by privacy.Grant, in inputs) opens {
		return of(training.EstimateFTP(by, training.PowerCurve(by, in.workouts, recording.Ride, time.Time{})))
	}},
	{"distance records", []privacy.Field{privacy.Stats, privacy.Workout, privacy.Route}, func(by privacy.Grant, in inputs) opens {
		return of(training.DistanceRecords(by, in.workouts, recording.Ride, time.Time{}))
	}},
	{"fitness", []privacy.Field{privacy.Stats, privacy.Workout, privacy.Effort, privacy.FTPWatts, privacy.MaxHR, privacy.RestingHR}, func(by privacy.Grant, in inputs) opens {
		return of(training.FitnessByDay(by, in.workouts, in.settings, at("2026-05-02T10:00:00Z"), nil))
	}},
	{"streaks", []privacy.Field{privacy.Stats, privacy.Workout}, func(by privacy.Grant, in inputs) opens {
		return of(training.StreaksOf(by, in.workouts, at("2026-05-02T10:00:00Z"), nil))
	}},
	{"weeks", []privacy.Field{privacy.Stats, privacy.Workout, privacy.Route}, func(by privacy.Grant, in inputs) opens {
		return of(training.ByWeek(by, in.workouts, nil))
	}},
	{"months", []privacy.Field{privacy.Stats, privacy.Workout, privacy.Route}, func(by privacy.Grant, in inputs) opens {
		return of(training.ByMonth(by, in.workouts, nil))
	}},
}

// What was made for its owner opens to a follower if, and only if, they may see each of its inputs: by the
// settings of the account as by the audience of the workout.
func TestAResultIsGuardedByTheStrictestOfItsInputs(t *testing.T) {
	t.Parallel()
	everyone := func(privacy.Field) privacy.Audience { return privacy.Everyone }
	for _, m := range made {
		from := map[privacy.Field]bool{}
		for _, f := range m.from {
			from[f] = true
		}
		mine := m.make(own(t), everyInput(t, everyone))
		if !mine(own(t)) || !mine(grant(t, follower, owner, open())) {
			t.Errorf("%s: doesn't open where nothing is hidden", m.name)
		}
		for _, r := range privacy.Model() {
			if r.Source == privacy.FromSetting {
				if got := mine(grant(t, follower, owner, open(r.Field))); got == from[r.Field] {
					t.Errorf("%s: with %s hidden by a setting, a follower opens it: %t", m.name, r.Name, got)
				}
			}
			if r.Subject == "workout" {
				narrow := m.make(own(t), everyInput(t, func(f privacy.Field) privacy.Audience {
					if f == r.Field {
						return privacy.OnlyMe
					}
					return privacy.Everyone
				}))
				if got := narrow(grant(t, follower, owner, open())); got == from[r.Field] {
					t.Errorf("%s: with %s of the workout hidden, a follower opens it: %t", m.name, r.Name, got)
				}
			}
		}
		if mine(grant(t, follower, follower, open())) || mine(privacy.Grant{}) {
			t.Errorf("%s: opens to a grant for another owner, or to none", m.name)
		}
	}
}

// What is made for a follower is made of what they may see, and opens to them.
func TestOthersGetWhatIsMadeOfWhatTheySee(t *testing.T) {
	t.Parallel()
	shown, hidden := on(at("2026-05-01T10:00:00Z")), on(at("2026-05-02T10:00:00Z"))
	shown.Power = privacy.Guard(owner, privacy.Effort, power(t, times(60, 100)...))
	hidden.Facts = privacy.GuardWithin(owner, privacy.Workout, privacy.OnlyMe, training.Facts{Sport: recording.Ride, StartedAt: at("2026-05-02T10:00:00Z")})
	hidden.Power = privacy.Guard(owner, privacy.Effort, power(t, times(60, 300)...)) // even if it opened
	all := []training.Workout{shown, hidden}

	theirs := grant(t, follower, owner, open())
	curve, ok := training.PowerCurve(theirs, all, recording.Ride, time.Time{}).Open(theirs)
	if !ok || len(curve) == 0 || curve[0].Watts != 100 {
		t.Errorf("a follower's curve: %v, %t", curve, ok)
	}
	s, ok := training.StreaksOf(theirs, all, at("2026-05-02T12:00:00Z"), nil).Open(theirs)
	if !ok || s.LongestDays != 1 {
		t.Errorf("a follower's streaks: %v, %t", s, ok)
	}
	if s := mustOpen(t, training.StreaksOf(own(t), all, at("2026-05-02T12:00:00Z"), nil)); s.LongestDays != 2 {
		t.Errorf("the owner's streaks: %v", s)
	}
	// Without FTP and heart rate there is no load, but there are days.
	noHealth := grant(t, follower, owner, open(privacy.FTPWatts, privacy.MaxHR))
	settings := training.Settings{FTPWatts: guard(privacy.FTPWatts, 200)}
	days, ok := training.FitnessByDay(noHealth, all, settings, at("2026-05-02T12:00:00Z"), nil).Open(noHealth)
	if !ok || len(days) != 2 || days[0].Load != 0 {
		t.Errorf("a follower's fitness: %v, %t", days, ok)
	}
}

func TestDerivedShowsNothing(t *testing.T) {
	t.Parallel()
	d := training.Laps(own(t), guard(privacy.Effort, []training.Part{{StartS: 424242}}))
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		fmt.Fprintf(&out, verb, d)
		fmt.Fprintf(&out, verb, &d)
		fmt.Fprintf(&out, verb, struct{ D any }{d})
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "d", d)
	if strings.Contains(out.String(), "424242") || !strings.Contains(out.String(), "[guarded]") {
		t.Error(out.String())
	}
	if b, err := json.Marshal(d); !errors.Is(err, privacy.ErrGuarded) || len(b) > 0 {
		t.Errorf("%s, %v", b, err)
	}
	if _, ok := (training.Derived[int]{}).Open(own(t)); ok {
		t.Error("the zero value opens")
	}
}
