package workout

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// syncing is one workout of a console's while its row is locked.
type syncing struct {
	tx   *db.Tx
	q    *query.Queries
	by   self
	item SyncItem
	row  query.SyncWorkout
	have []query.ListPartsRow // of row.Version, in order
	// shown is what its owner sees in the workout's place; nil where the workout itself is all there is.
	shown uuid.UUID
}

// takeItem is Sync inside its transaction.
func takeItem(ctx context.Context, tx *db.Tx, by self, item SyncItem) (Synced, error) {
	at := &syncing{tx: tx, q: query.New(tx), by: by, item: item}
	if err := at.lock(ctx); err != nil {
		return Synced{}, err
	}
	if item.Version < int(at.row.Version) {
		return at.result(SyncUnchanged), nil
	}
	if item.Version > int(at.row.Version) {
		if at.shown != uuid.Nil && !at.row.Duplicate {
			return Synced{}, fault.Conflict("merged", "the workout is merged with another recording; its owner can undo that")
		}
		if err := at.startOver(ctx); err != nil {
			return Synced{}, err
		}
	}
	added, err := at.store(ctx)
	if err != nil {
		return Synced{}, err
	}
	if !added {
		return at.result(SyncUnchanged), nil
	}
	status, err := at.apply(ctx)
	if err != nil {
		return Synced{}, err
	}
	r := at.row
	return at.result(status), at.q.KeepSync(ctx, query.KeepSyncParams{
		MemberID: by.id, ClientID: item.ClientID, Version: r.Version, LastPart: r.LastPart,
		AppliedVersion: r.AppliedVersion, AppliedParts: r.AppliedParts, Complete: r.Complete, Duplicate: r.Duplicate,
		WorkoutID: r.WorkoutID, AppliedSealed: r.AppliedSealed,
	})
}

// lock takes the row of the console's id, and refuses a workout that its owner has deleted: what
// comes late doesn't bring it back.
func (at *syncing) lock(ctx context.Context) (err error) {
	at.row, err = at.q.LockSync(ctx, query.LockSyncParams{
		MemberID: at.by.id, ClientID: at.item.ClientID, Version: int32(at.item.Version), Now: at.tx.Now(), //nolint:gosec // bounded by the contract
	})
	if err != nil {
		return err
	}
	if at.row.AppliedVersion == 0 {
		open, err := at.q.CountOpenSyncs(ctx, at.by.id, at.item.ClientID)
		if err != nil {
			return err
		}
		if open >= maxOpenSyncs {
			return fault.Unprocessable("too_many_open", "more workouts lack parts than are taken; complete some first")
		}
	}
	if at.row.WorkoutID.Valid {
		shown, there, err := lockShown(ctx, at.q, at.by, at.row.WorkoutID.UUID)
		if err != nil {
			return err
		}
		if !there {
			return fault.Conflict("gone", "the workout has been deleted since")
		}
		if shown != at.row.WorkoutID.UUID {
			at.shown = shown
		}
	}
	at.have, err = at.q.ListParts(ctx, at.by.id, at.item.ClientID)
	return err
}

// startOver makes room for the parts of a higher version. The workout stays as it is until they come.
func (at *syncing) startOver(ctx context.Context) error {
	at.row.Version, at.row.LastPart, at.have = int32(at.item.Version), nil, nil //nolint:gosec // bounded by the contract
	return at.q.DropSyncParts(ctx, at.by.id, at.item.ClientID)
}

// store keeps the part, and says whether it is a new one.
func (at *syncing) store(ctx context.Context) (added bool, err error) {
	blob, err := packPart(at.item)
	if err != nil {
		return false, err
	}
	digest := blob.digest(at.item)
	samples := blob.samples
	for _, had := range at.have {
		samples += int(had.Samples)
		if int(had.Part) != at.item.Part {
			continue
		}
		was, err := at.by.key.Open(had.DigestSealed, at.digestAt())
		if err != nil {
			return false, err
		}
		if subtle.ConstantTimeCompare(was, digest[:]) != 1 {
			return false, fault.Conflict("version_reused", "this part came before with another content; send it with a higher version")
		}
		return false, nil
	}
	// A complete version whose digests are past their time takes nothing more.
	if at.row.Complete && at.row.AppliedVersion == at.row.Version {
		return false, nil
	}
	if err := at.fits(); err != nil {
		return false, err
	}
	if samples > recording.DefaultLimits().MaxRecords {
		return false, fault.TooLarge("too_many_samples", "the workout has more samples than are taken")
	}
	sealed, err := at.by.key.Seal(digest[:], at.digestAt())
	if err != nil {
		return false, err
	}
	payload, err := seal.SealValue(at.by.key, payloadAt(at.item.ClientID, at.item.Part), blob.payload)
	if err != nil {
		return false, err
	}
	part, moments := int32(at.item.Part), int32(blob.samples) //nolint:gosec // bounded by check, and above
	at.have = insertPart(at.have, query.ListPartsRow{Part: part, Samples: moments, Signed: signed(at.tx), DigestSealed: sealed})
	if at.item.Final {
		at.row.LastPart = &part
	}
	return true, at.q.AddPart(ctx, query.AddPartParams{
		MemberID: at.by.id, ClientID: at.item.ClientID, Part: part, Samples: moments, Signed: signed(at.tx),
		DigestSealed: sealed, PayloadSealed: payload, Now: at.tx.Now(),
	})
}

// fits: nothing comes after the last part, and there is one last part.
func (at *syncing) fits() error {
	highest := -1
	if n := len(at.have); n > 0 {
		highest = int(at.have[n-1].Part)
	}
	past := at.row.LastPart != nil && at.item.Part > int(*at.row.LastPart)
	if past || at.item.Final && (at.row.LastPart != nil || highest > at.item.Part) {
		return fault.Unprocessable("parts_disagree", "the parts don't fit together; send the workout with a higher version",
			fault.At("/part", "parts_disagree", "is not where the workout ends"))
	}
	return nil
}

func (at *syncing) digestAt() seal.Context {
	return seal.Context{Column: "sync_part.digest_sealed/" + strconv.Itoa(at.item.Part), Row: at.item.ClientID}
}

func payloadAt(client uuid.UUID, part int) seal.Context {
	return seal.Context{Column: "sync_part.payload_sealed/" + strconv.Itoa(part), Row: client}
}

// result is what the console gets to know.
func (at *syncing) result(status SyncStatus) Synced {
	out := Synced{Status: status, Version: int(at.row.Version), Complete: at.row.Complete && at.row.AppliedVersion == at.row.Version}
	if at.row.WorkoutID.Valid {
		out.WorkoutID = &at.row.WorkoutID.UUID
	}
	if at.shown != uuid.Nil {
		out.WorkoutID = &at.shown
	}
	if !out.Complete {
		out.Missing = at.missing()
	}
	return out
}

// missing is what has to come yet: what lies between parts, and the parts from the highest on to the
// last where that is known.
func (at *syncing) missing() (gaps []PartRange) {
	next := 0
	for _, p := range at.have {
		if int(p.Part) > next {
			gaps = append(gaps, PartRange{next, int(p.Part) - 1})
		}
		next = int(p.Part) + 1
	}
	return gaps
}

// contiguous is how many parts there are from the first on.
func (at *syncing) contiguous() (n int) {
	for n < len(at.have) && int(at.have[n].Part) == n {
		n++
	}
	return n
}

func insertPart(have []query.ListPartsRow, one query.ListPartsRow) []query.ListPartsRow {
	i := len(have)
	for i > 0 && have[i-1].Part > one.Part {
		i--
	}
	return append(have[:i:i], append([]query.ListPartsRow{one}, have[i:]...)...)
}

// payload is a part as it is sealed. Its names stay as they are.
type payload struct {
	Sport        Sport    `json:"sport"`
	Indoor       bool     `json:"indoor"`
	StartedAt    int64    `json:"started_at"` // Unix seconds
	DurationS    float64  `json:"duration_s"`
	MovingS      *float64 `json:"moving_s,omitempty"`
	DistanceM    *float64 `json:"distance_m,omitempty"`
	CaloriesKcal *float64 `json:"calories_kcal,omitempty"`
	OutputKJ     *float64 `json:"output_kj,omitempty"`
	DeviceName   string   `json:"device_name,omitempty"`
	DeviceSerial string   `json:"device_serial,omitempty"`
	// Of the first part of all.
	ClassID          *uuid.UUID `json:"class_id,omitempty"`
	ScheduledClassID *uuid.UUID `json:"scheduled_class_id,omitempty"`
	Tables           [][]byte   `json:"tables,omitempty"` // packed
}

// packed is a part on its way into the database.
type packed struct {
	payload payload
	samples int
}

func packPart(i SyncItem) (packed, error) {
	p := packed{payload: payload{
		Sport: i.Sport, Indoor: i.Indoor, StartedAt: i.StartedAt.Unix(), DurationS: i.DurationS, MovingS: i.MovingS,
		DistanceM: i.DistanceM, CaloriesKcal: i.CaloriesKcal, OutputKJ: i.OutputKJ,
		DeviceName: i.Device.Name, DeviceSerial: i.Device.Serial,
		ClassID: i.Class.Class, ScheduledClassID: i.Class.Scheduled,
	}}
	for _, table := range i.Samples {
		blob, err := table.Encode()
		if err != nil {
			return packed{}, err
		}
		p.payload.Tables = append(p.payload.Tables, blob)
		p.samples += len(table.T)
	}
	return p, nil
}

// digest is the same for the same part, however its numbers were written.
func (p packed) digest(i SyncItem) [32]byte {
	h := sha256.New()
	figure := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return strconv.FormatFloat(*v, 'g', -1, 64)
	}
	w := p.payload
	fmt.Fprintf(h, "%d %t %s %t %d %g %s %s %s %s %q %q\n", i.Part, i.Final, w.Sport, w.Indoor, w.StartedAt, w.DurationS,
		figure(w.MovingS), figure(w.DistanceM), figure(w.CaloriesKcal), figure(w.OutputKJ), w.DeviceName, w.DeviceSerial)
	if i.Class.some() {
		fmt.Fprintln(h, "class", w.ClassID, w.ScheduledClassID)
	}
	for _, table := range w.Tables {
		fmt.Fprintln(h, len(table))
		h.Write(table)
	}
	return sum(h)
}

// live puts parts together, the first of which says what the workout is.
func live(parts []payload) (recording.Live, error) {
	first, last := parts[0], parts[len(parts)-1]
	l := recording.Live{
		Sport: first.Sport, Indoor: first.Indoor, StartedAt: unixTime(first.StartedAt),
		Device:    recording.Device{Name: first.DeviceName, Serial: first.DeviceSerial},
		DurationS: last.DurationS, MovingS: last.MovingS, DistanceM: last.DistanceM, CaloriesKcal: last.CaloriesKcal, OutputKJ: last.OutputKJ,
	}
	for i, p := range parts {
		if p.StartedAt != first.StartedAt || p.Sport != first.Sport || i > 0 && p.DurationS < parts[i-1].DurationS {
			return recording.Live{}, fault.Unprocessable("parts_disagree", "the parts don't fit together; send the workout with a higher version",
				fault.At("/part", "parts_disagree", "has another start or sport than the first, or ends before the one before it"))
		}
		var tables []series.Table
		for _, blob := range p.Tables {
			table, err := series.Decode(blob)
			if err != nil {
				return recording.Live{}, err
			}
			tables = append(tables, table)
		}
		l.Parts = append(l.Parts, tables)
	}
	return l, nil
}
