package workout

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// mostOriginal is the size in bytes, packed, up to which a file is kept as it was sent: a day at a
// sample per second takes a third of it as FIT, and less as text. What is larger is imported and not kept.
const mostOriginal = 8 << 20

// packer packs a file while it is read. It takes everything and keeps nothing once it is too large.
type packer struct {
	packed bytes.Buffer
	zstd   *zstd.Encoder
	over   bool
}

func packOriginal() *packer {
	p := &packer{}
	// A window of a megabyte: memory is what imports are short of. The options are right, so there is no error.
	p.zstd, _ = zstd.NewWriter(&p.packed, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	return p
}

// Write never fails: whether the file is kept does not matter to whoever reads it.
func (p *packer) Write(b []byte) (int, error) {
	if !p.over {
		_, err := p.zstd.Write(b)
		if p.over = err != nil || p.packed.Len() > mostOriginal; p.over {
			p.packed = bytes.Buffer{}
		}
	}
	return len(b), nil
}

// close is the packed file, nil for one that is too large.
func (p *packer) close() []byte {
	if err := p.zstd.Close(); err != nil || p.over || p.packed.Len() > mostOriginal {
		return nil
	}
	return p.packed.Bytes()
}

// unpackOriginal gives the file as it was sent.
func unpackOriginal(packed []byte, most int64) ([]byte, error) {
	reader, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(max(most, 1))))
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return reader.DecodeAll(packed, nil)
}

// keepOriginal keeps the file that those of the workouts came from that are new.
func keepOriginal(ctx context.Context, tx *db.Tx, by self, file []byte, drafts []draft, ids []uuid.UUID) error {
	if file == nil {
		return nil
	}
	made := slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool {
		return !slices.ContainsFunc(drafts, func(d draft) bool { return d.id == id })
	})
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	sealed, err := by.key.Seal(file, originalAt(id))
	if err != nil {
		return err
	}
	q := query.New(tx)
	if err := q.AddOriginal(ctx, query.AddOriginalParams{MemberID: by.id, ID: id, ContentSealed: sealed, CreatedAt: tx.Now()}); err != nil {
		return err
	}
	return q.LinkOriginal(ctx, query.LinkOriginalParams{MemberID: by.id, OriginalID: id, Workouts: made})
}

// Original is the file that a workout came from, as it was sent. It stands under the device, which is
// its owner's alone: it holds all that the device wrote, and names what the model keeps apart. NotFound
// for everybody else, and where there is none.
func (s *Service) Original(ctx context.Context, c db.Caller, workout uuid.UUID) (privacy.Guarded[[]byte], privacy.Grant, error) {
	var out privacy.Guarded[[]byte]
	var grant privacy.Grant
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		viewer := tx.Viewer().Member()
		if viewer == uuid.Nil {
			return fault.NotFound()
		}
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ReadOriginal(ctx, by.id, workout)
		if err != nil {
			return err
		}
		if grant = by.grant; len(rows) == 0 || !grant.Shows(privacy.Device) {
			return fault.NotFound()
		}
		packed, err := by.key.Open(rows[0].ContentSealed, originalAt(rows[0].ID))
		if err != nil {
			return err
		}
		file, err := unpackOriginal(packed, s.limits.MaxBytes)
		if err != nil {
			return err
		}
		out = privacy.Guard(by.id, privacy.Device, file)
		return nil
	})
	return out, grant, err
}
