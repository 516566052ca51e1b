package workout

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/query"
)

// ImportState says how far an import is.
type ImportState string

// The states. The last four are ends; Partly and Failed can be tried again while the upload is kept.
const (
	Queued    ImportState = "queued"
	Parsing   ImportState = "parsing"
	Ready     ImportState = "ready"
	Partly    ImportState = "partly"
	Failed    ImportState = "failed"
	Cancelled ImportState = "cancelled"
)

// Import is an upload that is read after its request. All of it is its owner's alone.
type Import struct {
	ID                           uuid.UUID
	State                        ImportState
	Code                         *string // why it failed as a whole
	Audience                     *privacy.Audience
	Files                        int // items in it, 0 until it was looked into
	Created, Duplicate, Rejected int // of these
	Ignored                      int // files beside them that hold no workouts
	Kept                         bool
	CreatedAt, UpdatedAt         time.Time
}

// ImportFile is an item of an import, and what became of it.
type ImportFile struct {
	Place      int
	Name       string
	Outcome    string // waiting, created, duplicate or rejected
	Code       *string
	Workouts   []uuid.UUID // it made these
	Duplicates []uuid.UUID // these were there already
}

// ImportFiles asks for a page of an import's items.
type ImportFiles struct {
	ID      uuid.UUID
	Outcome *string // nil: all
}

// guardImport closes an import: it is for nobody but its owner, as what a device is.
func guardImport(owner uuid.UUID, i Import) privacy.Guarded[Import] {
	return privacy.Guard(owner, privacy.Device, i)
}

// ReadImport is an import of the caller's. NotFound for everybody else's.
func (s *Service) ReadImport(ctx context.Context, c db.Caller, id uuid.UUID) (privacy.Guarded[Import], privacy.Grant, error) {
	var out privacy.Guarded[Import]
	var grant privacy.Grant
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		out, grant, err = s.readImport(ctx, tx, id)
		return err
	})
	return out, grant, err
}

func (s *Service) readImport(ctx context.Context, tx *db.Tx, id uuid.UUID) (privacy.Guarded[Import], privacy.Grant, error) {
	row, err := query.New(tx).ReadImport(ctx, tx.Viewer().Member(), id)
	if err != nil {
		return privacy.Guarded[Import]{}, privacy.Grant{}, err
	}
	grant, err := db.Subject(row.Subject).Decide(tx)
	if err != nil {
		return privacy.Guarded[Import]{}, privacy.Grant{}, err
	}
	return guardImport(row.Subject.MemberID, importOf(query.ListImportsRow(row))), grant, nil
}

func importOf(row query.ListImportsRow) Import {
	i := Import{
		ID: row.ID, State: ImportState(row.State), Code: row.Code, Files: int(row.Files), Created: int(row.Created),
		Duplicate: int(row.Duplicate), Rejected: int(row.Rejected), Ignored: int(row.Ignored), Kept: row.Bytes > 0,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
	if row.Audience.Valid {
		i.Audience = new(db.Audience(row.Audience.Int16))
	}
	return i
}

// Imports lists the caller's imports, the newest first.
func (s *Service) Imports(ctx context.Context, c db.Caller, r page.Request) (page.Page[privacy.Guarded[Import]], privacy.Grant, error) {
	var out page.Page[privacy.Guarded[Import]]
	var grant privacy.Grant
	r.Operation, r.Filter = "imports", ""
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		grant = by.grant
		before, more, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !more {
			before = uuid.Max
		}
		rows, err := query.New(tx).ListImports(ctx, query.ListImportsParams{MemberID: by.id, BeforeID: before, RowLimit: oneMore(r.Limit)})
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.ListImportsRow) uuid.UUID { return row.ID })
		out.Next = cut.Next
		for _, row := range cut.Items {
			out.Items = append(out.Items, guardImport(row.Subject.MemberID, importOf(row)))
		}
		return err
	})
	return out, grant, err
}

// ImportFilesOf lists the items of an import of the caller's, in the archive's order.
func (s *Service) ImportFilesOf(ctx context.Context, c db.Caller, f ImportFiles, r page.Request) (page.Page[privacy.Guarded[ImportFile]], privacy.Grant, error) {
	var out page.Page[privacy.Guarded[ImportFile]]
	var grant privacy.Grant
	r.Operation, r.Filter = "import files", f.ID.String()
	if f.Outcome != nil {
		r.Filter += " " + *f.Outcome
	}
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		if _, grant, err = s.readImport(ctx, tx, f.ID); err != nil {
			return err
		}
		after, more, err := page.After[int32](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !more {
			after = -1
		}
		rows, err := query.New(tx).ListImportFiles(ctx, query.ListImportFilesParams{
			MemberID: by.id, ImportID: f.ID, AfterPlace: after, Outcome: f.Outcome, RowLimit: oneMore(r.Limit),
		})
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.ListImportFilesRow) int32 { return row.Place })
		if err != nil {
			return err
		}
		out.Next = cut.Next
		for _, row := range cut.Items {
			about, err := seal.OpenValue[aboutFile](by.key, aboutAt(f.ID, row.Place), row.AboutSealed)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, privacy.Guard(row.Subject.MemberID, privacy.Device, ImportFile{
				Place: int(row.Place), Name: about.Name, Outcome: row.Outcome, Code: row.Code, Workouts: row.Workouts, Duplicates: row.Duplicates,
			}))
		}
		return nil
	})
	return out, grant, err
}

// CancelImport ends an import of the caller's and takes its upload away, whether or not it is being
// read. What it has made stays. One that is at its end stays as it is, but for the upload.
func (s *Service) CancelImport(ctx context.Context, c db.Caller, id uuid.UUID) (privacy.Guarded[Import], privacy.Grant, error) {
	return s.changeImport(ctx, c, id, func(ctx context.Context, tx *db.Tx, by self, row query.LockImportRow) error {
		q := query.New(tx)
		if state := ImportState(row.State); state == Ready || state == Cancelled {
			return nil
		}
		if err := q.DropChunks(ctx, by.id, id); err != nil {
			return err
		}
		return q.CancelImport(ctx, query.CancelImportParams{MemberID: by.id, ID: id, Now: tx.Now()})
	})
}

// RetryImport has those items of an import read again that were rejected, and those it never came
// to, as the session that asks now. Conflict where there is nothing of that kind.
func (s *Service) RetryImport(ctx context.Context, c db.Caller, id uuid.UUID) (privacy.Guarded[Import], privacy.Grant, error) {
	out, grant, err := s.changeImport(ctx, c, id, func(ctx context.Context, tx *db.Tx, by self, row query.LockImportRow) error {
		if state := ImportState(row.State); row.Bytes == 0 || state != Partly && state != Failed {
			return fault.Conflict("nothing_to_retry", "nothing of this import can be tried again")
		}
		q := query.New(tx)
		if err := q.RetryFiles(ctx, by.id, id); err != nil {
			return err
		}
		return q.RetryImport(ctx, query.RetryImportParams{MemberID: by.id, ID: id, SessionID: tx.Viewer().Session(), Now: tx.Now()})
	})
	if err == nil {
		s.queued()
	}
	return out, grant, err
}

func (s *Service) changeImport(ctx context.Context, c db.Caller, id uuid.UUID, change func(context.Context, *db.Tx, self, query.LockImportRow) error) (privacy.Guarded[Import], privacy.Grant, error) {
	var out privacy.Guarded[Import]
	var grant privacy.Grant
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		row, err := query.New(tx).LockImport(ctx, by.id, id)
		if err != nil {
			return err
		}
		if err := change(ctx, tx, by, row); err != nil {
			return err
		}
		out, grant, err = s.readImport(ctx, tx, id)
		return err
	})
	return out, grant, err
}

// small is a count as the database keeps it.
func small(n int) int32 { return int32(min(n, math.MaxInt32)) } //nolint:gosec // bounded
