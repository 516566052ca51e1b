package workout

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/archive"
	"github.com/paceline/paceline/internal/workout/query"
)

const (
	// ClaimLife is how long nobody else takes up an import after its last sign of progress.
	ClaimLife = 2 * time.Minute
	// turnFiles is how many files of one import are read before another one's turn comes.
	turnFiles = 25
	// maxAttempts is how often a file may end the program that reads it, or fail for no reason of its
	// own, before it is rejected.
	maxAttempts = 5
	listBatch   = 500
)

// errStopped: the import is no longer to be read. Whoever stopped it has seen to the rest.
var errStopped = errors.New("workout: the import was stopped")

// aboutFile is what is kept of an item until it is read. The json names are those of sealed values:
// they stay as they are.
type aboutFile struct {
	Entry   int           `json:"entry,omitempty"`
	Name    string        `json:"name,omitempty"`
	Title   string        `json:"title,omitempty"`
	Notes   string        `json:"notes,omitempty"`
	Row     *archive.Ride `json:"row,omitempty"`
	Refused archive.Code  `json:"refused,omitempty"`
}

func aboutAt(id uuid.UUID, place int32) seal.Context {
	return seal.Context{Column: "import_file.about_sealed/" + itoa(place), Row: id}
}

// turn is the work on one import until another's turn comes.
type turn struct {
	s      *Service
	as     func() db.Caller
	id     uuid.UUID
	row    query.LockImportRow
	upload *upload
	opened *archive.Archive
	ended  bool
}

// Work goes on with an import, as the member who asked for it: as is who holds the claim on it, now.
// Each file's outcome is committed together with its workouts, so that whenever this ends, or is
// ended, every file is either done or as if it had not been touched. It returns when the import is at
// its end, is no longer to be read, or has had its turn. It gives Unauthenticated once the session
// that asked is over or the claim is another's.
func (s *Service) Work(ctx context.Context, as func() db.Caller, id uuid.UUID) error {
	t := &turn{s: s, as: as, id: id}
	err := t.write(ctx, func(context.Context, *db.Tx, self) error { return nil })
	if err == nil {
		t.upload = &upload{s: s, ctx: ctx, as: as, id: id, size: t.row.Bytes}
		if !t.row.Listed {
			err = t.list(ctx)
		}
	}
	for files := 0; files < turnFiles && err == nil && !t.ended; files++ {
		err = t.next(ctx)
	}
	if errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// write is a transaction of the turn, with the import locked: whoever cancels it comes before or
// after, and only one program writes.
func (t *turn) write(ctx context.Context, fn func(ctx context.Context, tx *db.Tx, by self) error) error {
	return t.s.db.AsViewer(ctx, t.as(), func(ctx context.Context, tx *db.Tx) error {
		by, err := t.s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		t.row, err = query.New(tx).LockImport(ctx, by.id, t.id)
		if errors.Is(err, pgx.ErrNoRows) {
			return errStopped
		}
		if err != nil {
			return err
		}
		if state := ImportState(t.row.State); state != Queued && state != Parsing {
			return errStopped
		}
		return fn(ctx, tx, by)
	})
}

// open opens what holds the items, which makes it read its directory again.
func (t *turn) open() (*archive.Archive, error) {
	if t.opened != nil {
		return t.opened, nil
	}
	var err error
	switch t.row.Kind {
	case kindArchive:
		t.opened, err = archive.Open(t.upload, t.row.Bytes, archive.DefaultLimits())
	case kindTable:
		t.opened, err = archive.OpenTable(io.NewSectionReader(t.upload, 0, t.row.Bytes), archive.DefaultLimits())
	default:
		t.opened = &archive.Archive{Items: []archive.Item{{}}}
	}
	return t.opened, err
}

// list notes what is in an upload, before any of it is read.
func (t *turn) list(ctx context.Context) error {
	if t.row.Attempts > maxAttempts {
		return t.end(ctx, new("internal"))
	}
	opened, err := t.open()
	if refused, is := errors.AsType[*archive.Error](err); is {
		return t.end(ctx, new(string(refused.Code)))
	}
	if err != nil {
		return err
	}
	if len(opened.Items) == 0 {
		return t.end(ctx, new("nothing_in_it"))
	}
	return t.write(ctx, func(ctx context.Context, tx *db.Tx, by self) error {
		q := query.New(tx)
		rejected := 0
		for from := 0; from < len(opened.Items); from += listBatch {
			batch := query.AddFilesParams{MemberID: by.id, ImportID: t.id}
			for i, item := range opened.Items[from:min(from+listBatch, len(opened.Items))] {
				place := small(from + i)
				about, err := seal.SealValue(by.key, aboutAt(t.id, place), aboutFile(item))
				if err != nil {
					return err
				}
				batch.Places, batch.Codes, batch.Abouts = append(batch.Places, place), append(batch.Codes, string(item.Refused)), append(batch.Abouts, about)
				if item.Refused != "" {
					rejected++
				}
			}
			if err := q.AddFiles(ctx, batch); err != nil {
				return err
			}
		}
		return q.SetListed(ctx, query.SetListedParams{
			MemberID: by.id, ID: t.id, Files: small(len(opened.Items)), Rejected: small(rejected), Ignored: small(opened.Ignored),
			ClaimedUntil: new(tx.Now().Add(ClaimLife)), Now: tx.Now(),
		})
	})
}

// next reads the next file and writes what becomes of it, or ends the import after the last one.
func (t *turn) next(ctx context.Context) error {
	var place int32
	var about aboutFile
	none := false
	err := t.write(ctx, func(ctx context.Context, tx *db.Tx, by self) error {
		row, err := query.New(tx).NextFile(ctx, by.id, t.id)
		if none = errors.Is(err, pgx.ErrNoRows); none {
			return nil
		}
		if err != nil {
			return err
		}
		place = row.Place
		about, err = seal.OpenValue[aboutFile](by.key, aboutAt(t.id, place), row.AboutSealed)
		return err
	})
	if err != nil {
		return err
	}
	if none {
		return t.end(ctx, nil)
	}
	item, err := t.read(ctx, about)
	if code := codeOf(err); code != "" {
		item = read{refusal: code}
	} else if err != nil {
		return err
	}
	return t.settle(ctx, place, item)
}

// read is what is in an item, or the code by which it is refused.
type read struct {
	drafts  []draft
	file    []byte // as it was sent, packed; nil is not kept
	refusal string
}

// read reads an item. A fault of the item's own is one that codeOf knows.
func (t *turn) read(ctx context.Context, about aboutFile) (read, error) {
	switch {
	case about.Refused != "":
		return read{refusal: string(about.Refused)}, nil
	case t.row.Attempts > maxAttempts:
		return read{refusal: "internal"}, nil
	case about.Row != nil:
		d, err := rowDraft(about, t.as().At())
		return read{drafts: []draft{d}}, err
	}
	leave, err := enter(ctx, t.s.slots, "import_busy", "too many imports are under way; try again")
	if err != nil {
		return read{}, err
	}
	defer leave()
	in, err := t.contentOf(about)
	if err != nil {
		return read{}, archiveFault(err)
	}
	defer in.Close() //nolint:errcheck // nothing was written
	drafts, sent, err := t.s.receive(in, t.as().At())
	if err != nil {
		return read{}, archiveFault(err)
	}
	for i := range drafts {
		drafts[i].named(about)
	}
	return read{drafts: drafts, file: sent.file}, nil
}

func (t *turn) contentOf(about aboutFile) (io.ReadCloser, error) {
	if t.row.Kind == kindFile {
		return io.NopCloser(io.NewSectionReader(t.upload, 0, t.row.Bytes)), nil
	}
	opened, err := t.open()
	if err != nil {
		return nil, err
	}
	return opened.Read(archive.Item(about))
}

// archiveFault says why a file of an archive can't be taken; other errors stay as they are.
func archiveFault(err error) error {
	if refused, is := errors.AsType[*archive.Error](err); is {
		return fault.Unprocessable(fault.Code(refused.Code), refused.Message()).Because(err)
	}
	return err
}

// codeOf is the reason to refuse a file, "" for an error that isn't the file's.
func codeOf(err error) string {
	if kind := fault.KindOf(err); kind == fault.KindUnprocessable || kind == fault.KindTooLarge {
		return string(fault.Of(err).Code)
	}
	return ""
}

// named gives a draft the title and notes that a table had for its file.
func (d *draft) named(about aboutFile) {
	if about.Title != "" {
		d.facts.Title = new(about.Title)
	}
	if about.Notes == "" {
		return
	}
	if d.device == nil {
		d.device = &Device{}
	}
	if d.device.Notes != "" {
		d.device.Notes += "\n"
	}
	d.device.Notes += about.Notes
}

// rowDraft is a workout of a table: as its owner would type it in, and once only, however often the
// table is imported.
func rowDraft(about aboutFile, now time.Time) (draft, error) {
	r := about.Row
	e := Entry{
		Sport: r.Sport, Indoor: r.Indoor, StartedAt: r.StartedAt, DurationS: r.DurationS, DistanceM: r.DistanceM,
		CaloriesKcal: r.CaloriesKcal, OutputKJ: r.OutputKJ, PowerAvgW: r.PowerAvgW, CadenceAvgRPM: r.CadenceRPM, HeartAvgBPM: r.HeartAvgBPM,
	}
	if about.Title != "" {
		e.Title = &about.Title
	}
	if err := e.check(now); err != nil {
		return draft{}, err
	}
	d, err := e.draft()
	if err != nil {
		return draft{}, err
	}
	fingerprint := r.Fingerprint()
	d.fingerprint = fingerprint[:]
	return d, nil
}

// settle writes what became of a file together with what it made: neither is ever there without the
// other, and no file is settled twice.
func (t *turn) settle(ctx context.Context, place int32, item read) error {
	return t.write(ctx, func(ctx context.Context, tx *db.Tx, by self) error {
		q := query.New(tx)
		if _, err := q.LockFile(ctx, query.LockFileParams{MemberID: by.id, ImportID: t.id, Place: place}); errors.Is(err, pgx.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		settled := query.SettleFileParams{
			MemberID: by.id, ImportID: t.id, Place: place, Outcome: "rejected", Workouts: []uuid.UUID{}, Duplicates: []uuid.UUID{},
		}
		audience, err := by.audienceFor(t.asked())
		if code := codeOf(err); code != "" && item.refusal == "" {
			item.refusal = code
		} else if err != nil && code == "" {
			return err
		}
		if item.refusal != "" {
			settled.Code = &item.refusal
		} else {
			ids, added, err := writeAll(ctx, tx, by, audience, item.drafts)
			if err == nil && added > 0 {
				err = keepOriginal(ctx, tx, by, item.file, item.drafts, ids)
			}
			if err != nil {
				return err
			}
			settled.Outcome = "duplicate"
			for _, id := range ids {
				if made(item.drafts, id) {
					settled.Outcome, settled.Workouts = "created", append(settled.Workouts, id)
				} else {
					settled.Duplicates = append(settled.Duplicates, id)
				}
			}
		}
		if err := q.SettleFile(ctx, settled); err != nil {
			return err
		}
		t.row.Attempts = 0
		return q.CountFile(ctx, query.CountFileParams{
			MemberID: by.id, ID: t.id, Outcome: settled.Outcome, ClaimedUntil: new(tx.Now().Add(ClaimLife)), Now: tx.Now(),
		})
	})
}

// made says whether a workout is one of the drafts: a draft that was there already has another id.
func made(drafts []draft, id uuid.UUID) bool {
	for i := range drafts {
		if drafts[i].id == id {
			return true
		}
	}
	return false
}

func (t *turn) asked() *privacy.Audience {
	if !t.row.Audience.Valid {
		return nil
	}
	return new(db.Audience(t.row.Audience.Int16))
}

// end ends an import. The upload is kept only where trying again may find more in it.
func (t *turn) end(ctx context.Context, code *string) error {
	return t.write(ctx, func(ctx context.Context, tx *db.Tx, by self) error {
		q := query.New(tx)
		forget := code != nil || t.row.Rejected == 0
		if forget {
			if err := q.DropChunks(ctx, by.id, t.id); err != nil {
				return err
			}
		}
		if err := q.EndImport(ctx, query.EndImportParams{MemberID: by.id, ID: t.id, Code: code, Forget: forget, Now: tx.Now()}); err != nil {
			return err
		}
		t.ended = true
		return nil
	})
}
