package workout

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/archive"
	"github.com/paceline/paceline/internal/workout/query"
)

const (
	// chunkBytes is how much of an upload is in memory at a time.
	chunkBytes = 1 << 20
	// openImports is how many uploads of a member are kept at a time.
	openImports = 3
	// archiveFiles is how many times the size of a file an archive may have.
	archiveFiles = 16
)

// MaxArchive is the largest archive that goes with a largest file.
func MaxArchive(file int64) int64 { return archiveFiles * file }

// What an upload is, as it is kept.
const (
	kindArchive = "archive"
	kindTable   = "table"
	kindFile    = "file"
)

// chunkAt is the place of a sealed piece of an upload: pieces can't be mixed up, nor uploads.
func chunkAt(id uuid.UUID, place int32) seal.Context {
	return seal.Context{Column: "import_chunk.bytes_sealed/" + itoa(place), Row: id}
}

// kindOf looks at how an upload begins, and takes nothing of it.
func kindOf(in *bufio.Reader) (string, error) {
	head, err := in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch {
	case archive.Looks(head):
		return kindArchive, nil
	case archive.LooksTable(head):
		return kindTable, nil
	default:
		return kindFile, nil
	}
}

// takeIn keeps an upload, sealed, to be read after the request: in transactions of their own, so
// that a slow sender holds nothing, and one who is signed out meanwhile is stopped. Whatever fails,
// nothing of it stays.
func (s *Service) takeIn(ctx context.Context, c db.Caller, u Upload, in io.Reader, kind string, r Repeat) (_ Imported, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Imported{}, err
	}
	if err := s.announce(ctx, c, id, kind); err != nil {
		return Imported{}, err
	}
	kept := false
	defer func() {
		if !kept {
			err = errors.Join(err, s.dropUpload(context.WithoutCancel(ctx), c, id))
		}
	}()
	size, content, err := s.keepChunks(ctx, c, in, id, kind)
	if err != nil {
		return Imported{}, err
	}
	asked, err := u.Audience()
	if err != nil {
		return Imported{}, err
	}
	r.Request = requestOf(content, asked)
	var out Imported
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		made, err := r.once(ctx, tx, by, func() ([]uuid.UUID, error) {
			return []uuid.UUID{id}, queueUpload(ctx, tx, by, id, size, asked)
		})
		if err != nil {
			return err
		}
		if len(made) != 1 {
			return fault.Conflict("gone", "what this made has been deleted since")
		}
		kept = made[0] == id
		out.Import, out.Grant, err = s.readImport(ctx, tx, made[0])
		if errors.Is(err, pgx.ErrNoRows) {
			err = fault.Conflict("gone", "what this made has been deleted since")
		}
		return err
	})
	if err != nil {
		kept = false
		return Imported{}, err
	}
	out.Later = true
	s.queued()
	return out, nil
}

// announce makes room for an upload.
func (s *Service) announce(ctx context.Context, c db.Caller, id uuid.UUID, kind string) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		q := query.New(tx)
		open, err := q.CountOpenImports(ctx, by.id)
		if err != nil {
			return err
		}
		if open >= openImports {
			return fault.Conflict("imports_open", "other uploads of yours are still kept; wait for them or cancel one")
		}
		return q.AddImport(ctx, query.AddImportParams{MemberID: by.id, ID: id, SessionID: tx.Viewer().Session(), Kind: kind, Now: tx.Now()})
	})
}

// keepChunks reads an upload to its end, a chunk at a time.
func (s *Service) keepChunks(ctx context.Context, c db.Caller, in io.Reader, id uuid.UUID, kind string) (size int64, _ [32]byte, _ error) {
	most := s.limits.MaxBytes
	if kind != kindFile {
		most = MaxArchive(most)
	}
	content := sha256.New()
	var chunk bytes.Buffer
	for place := int32(0); ; place++ {
		chunk.Reset()
		n, err := chunk.ReadFrom(io.LimitReader(in, chunkBytes))
		if err != nil {
			return 0, [32]byte{}, err
		}
		if size += n; size > most {
			return 0, [32]byte{}, fault.TooLarge("too_large", "the file is larger than is taken")
		}
		if n == 0 {
			break
		}
		content.Write(chunk.Bytes())
		err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
			by, err := s.readSelf(ctx, tx)
			if err != nil {
				return err
			}
			sealed, err := by.key.Seal(chunk.Bytes(), chunkAt(id, place))
			if err != nil {
				return err
			}
			return query.New(tx).AddChunk(ctx, query.AddChunkParams{MemberID: by.id, ImportID: id, Place: place, BytesSealed: sealed})
		})
		if err != nil {
			return 0, [32]byte{}, err
		}
	}
	return size, sum(content), nil
}

// queueUpload hands an upload over to be read.
func queueUpload(ctx context.Context, tx *db.Tx, by self, id uuid.UUID, size int64, asked *privacy.Audience) error {
	var audience pgtype.Int2
	if asked != nil {
		if err := by.mayOpen(*asked); err != nil {
			return err
		}
		audience = pgtype.Int2{Int16: int16(*asked), Valid: true}
	}
	if size == 0 {
		return fault.Unprocessable("truncated", "the file ends too early: a part of it is missing")
	}
	queued, err := query.New(tx).QueueImport(ctx, query.QueueImportParams{
		MemberID: by.id, ID: id, Bytes: size, Audience: audience, Now: tx.Now(),
	})
	if err == nil && queued != 1 {
		err = fault.Unavailable("import_busy", "the upload took too long; send it again", 0)
	}
	return err
}

// dropUpload takes away what came in of an upload that won't be read. Whoever was signed out leaves
// it to what clears away.
func (s *Service) dropUpload(ctx context.Context, c db.Caller, id uuid.UUID) error {
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).DropImport(ctx, tx.Viewer().Member(), id)
	})
	if fault.KindOf(err) == fault.KindUnauthenticated {
		return nil
	}
	return err
}
