package workout

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// How much a console may send of one workout, and leave open.
const (
	MaxSyncParts = 4096 // a day of parts of twenty seconds
	maxOpenSyncs = 100  // workouts of a member that lack parts
)

// syncsAtOnce bounds how many batches are in memory at a time.
const syncsAtOnce = 8

// SyncItem is a workout as a console sends it, whole or a part of it. The figures are of the whole,
// as far as it has come at the end of the part.
//
// ClientID is the console's name for the workout, and only that: it is looked up among the caller's
// own, so that another member's is another workout, and what it becomes gets an id made here.
// A higher Version is the same workout anew; its parts begin at 0 again. The last part is Final.
type SyncItem struct {
	ClientID      uuid.UUID
	Version, Part int
	Final         bool

	Sport        Sport
	Indoor       bool
	StartedAt    time.Time
	DurationS    float64
	MovingS      *float64
	DistanceM    *float64
	CaloriesKcal *float64
	OutputKJ     *float64
	Device       recording.Device
	Samples      []series.Table // moments after StartedAt; in family order
	Class        ClassRef       // of the first part; one that isn't there for its member, or at another time, is left away, not the ride
}

// SyncStatus is what became of an item.
type SyncStatus string

// The statuses. A rejected item has left nothing behind.
const (
	SyncCreated   SyncStatus = "created"
	SyncUpdated   SyncStatus = "updated"
	SyncUnchanged SyncStatus = "unchanged"
	SyncDuplicate SyncStatus = "duplicate" // of a workout that came some other way
	SyncRejected  SyncStatus = "rejected"
)

// Synced is what an item came to, for its owner only.
type Synced struct {
	Status    SyncStatus
	WorkoutID *uuid.UUID // nil: the first part is still missing
	Version   int        // the highest that is known
	Complete  bool       // all of that version is there
	Missing   []PartRange
}

// PartRange is parts that have not come, both ends included. An open workout lacks at least what
// lies before the parts that came.
type PartRange struct{ From, To int }

// ReceiveSync waits until one more batch may be taken into memory. Whoever may gives that back by leave.
func (s *Service) ReceiveSync(ctx context.Context) (leave func(), err error) {
	return enter(ctx, s.syncs, "sync_busy", "too many batches are under way; try again")
}

// Sync takes one item, whole or not at all. A fault that is Unprocessable, Conflict or
// TooLarge is about this item and no other.
//
// Items of one workout follow each other, whoever sends them: the row of the console's id is locked
// first. A part that is there already changes nothing, and one of a lower version than came before
// neither. The workout shows the parts from the first on, up to the first that is missing; where
// one version is complete, the next shows once it is complete as well.
func (s *Service) Sync(ctx context.Context, c db.Caller, item SyncItem) (privacy.Guarded[Synced], privacy.Grant, error) {
	if err := item.check(c.At()); err != nil {
		return privacy.Guarded[Synced]{}, privacy.Grant{}, err
	}
	var out Synced
	var by self
	// The same recording may be made a workout by somebody else at this moment; then it is found.
	for try := 0; ; try++ {
		err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
			if by, err = s.readSelf(ctx, tx); err != nil {
				return err
			}
			out, err = takeItem(ctx, tx, by, item)
			return err
		})
		if taken, ok := errors.AsType[*pgconn.PgError](err); ok && taken.Code == "23505" && try < 3 {
			continue
		}
		if err != nil {
			return privacy.Guarded[Synced]{}, privacy.Grant{}, err
		}
		return privacy.Guard(by.id, privacy.Sync, out), by.grant, nil
	}
}

// check holds an item against itself and against the moment it comes at.
func (i SyncItem) check(now time.Time) error {
	var c complaints
	c.add(!slices.Contains(recording.Sports(), i.Sport), "/sport", "unknown_sport", "is no sport")
	c.add(i.StartedAt.Before(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)), "/started_at", "too_early", "is before there were consoles")
	c.add(i.StartedAt.Nanosecond() != 0, "/started_at", "not_whole_second", "has to be a whole second")
	c.add(!finite(i.DurationS) || i.DurationS < 0 || i.DurationS > recording.MaxDuration.Seconds(), "/duration_s", "out_of_range", "is no duration")
	c.add(i.Part >= MaxSyncParts || i.Part < 0, "/part", "too_many_parts", "is more parts than are taken")
	c.add(i.Version < 1, "/version", "out_of_range", "is no version")
	c.add(i.Final && i.DurationS == 0, "/duration_s", "out_of_range", "is no duration")
	if len(c) > 0 {
		return c.fault()
	}
	c.add(i.StartedAt.After(now.Add(clockSkew)), "/started_at", "in_future", "has not begun yet")
	end := i.StartedAt.Add(time.Duration(i.DurationS * float64(time.Second)))
	c.add(!i.StartedAt.After(now.Add(clockSkew)) && end.After(now.Add(clockSkew)), "/duration_s", "in_future", "has not come to this yet")
	moving := i.DurationS
	if i.MovingS != nil {
		c.add(*i.MovingS > i.DurationS, "/moving_s", "over_duration", "is longer than the whole workout")
		moving = min(*i.MovingS, i.DurationS)
	}
	c.speed(i.Sport, i.DistanceM, moving)
	c.calories(i.CaloriesKcal, i.DurationS)
	c.work(Entry{OutputKJ: i.OutputKJ}, moving)
	for pointer, v := range map[string]*float64{
		"/moving_s": i.MovingS, "/distance_m": i.DistanceM, "/calories_kcal": i.CaloriesKcal, "/output_kj": i.OutputKJ,
	} {
		c.number(pointer, v)
	}
	for _, table := range i.Samples {
		c.samples(table, i.DurationS)
	}
	return c.fault()
}

// samples: within the workout, each a value that its channel can have, so that what is taken is kept.
func (c *complaints) samples(table series.Table, durationS float64) {
	c.add(table.Check() != nil, "/samples/t_ms", "not_ascending", "has to go up from each to the next")
	if n := len(table.T); n > 0 {
		c.add(float64(table.T[n-1]) > durationS*1000, "/samples/t_ms", "outside_workout", "is after the end of the part")
	}
	for _, column := range table.Columns {
		low, high := recording.Plausible(column.Channel)
		wrong := slices.ContainsFunc(column.V, func(v int32) bool {
			value := column.Channel.Value(v)
			return v != series.Absent && (value < low || value > high)
		})
		c.add(wrong, "/samples/"+column.Channel.String(), "out_of_range", "holds a value that can't be")
	}
}

// signed says whether the caller proved to hold a paired console's key.
func signed(tx *db.Tx) bool { return tx.Viewer().Actor() == privacy.ActorConsole }
