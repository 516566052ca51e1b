package workout

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/workout/query"
)

func itoa(n int32) string { return strconv.Itoa(int(n)) }

// chunksKept is how many chunks of an upload are in memory while it is read: of an archive its
// directory's and a file's.
const chunksKept = 3

// upload reads a kept upload at any place. It is for one goroutine, and for one turn of work.
type upload struct {
	s      *Service
	ctx    context.Context //nolint:containedctx // io.ReaderAt has no room for it
	as     func() db.Caller
	id     uuid.UUID
	size   int64
	places [chunksKept]int32 // one more than the place; 0 is none
	chunks [chunksKept][]byte
	next   int
}

// ReadAt reads as io.ReaderAt says. Each chunk is asked for as the member, so that a cancelled
// import is not read to its end.
func (u *upload) ReadAt(p []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("workout: a place before an upload")
	}
	for n < len(p) && at < u.size {
		chunk, err := u.chunk(int32(at / chunkBytes)) //nolint:gosec // an upload has thousands at most
		if err != nil {
			return n, err
		}
		from := int(at % chunkBytes)
		if from >= len(chunk) {
			return n, errors.New("workout: a chunk of an upload is too short")
		}
		got := copy(p[n:], chunk[from:])
		n, at = n+got, at+int64(got)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (u *upload) chunk(place int32) ([]byte, error) {
	for i, kept := range u.places {
		if kept == place+1 {
			return u.chunks[i], nil
		}
	}
	var plain []byte
	err := u.s.db.AsViewer(u.ctx, u.as(), func(ctx context.Context, tx *db.Tx) error {
		by, err := u.s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		sealed, err := query.New(tx).ReadChunk(ctx, query.ReadChunkParams{MemberID: by.id, ImportID: u.id, Place: place})
		if errors.Is(err, pgx.ErrNoRows) {
			return errStopped
		}
		if err != nil {
			return err
		}
		plain, err = by.key.Open(sealed, chunkAt(u.id, place))
		return err
	})
	if err != nil {
		return nil, err
	}
	u.places[u.next], u.chunks[u.next] = place+1, plain
	u.next = (u.next + 1) % chunksKept
	return plain, nil
}
