package workout

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording"
)

// Upload is a form on its way in. File is asked for first, and its reader read to the end, before
// Audience is: so the form may hold them in any order and is kept nowhere.
type Upload interface {
	Small() bool // not too large to be read while the sender waits
	File() (io.Reader, error)
	Audience() (*privacy.Audience, error) // nil: the owner's default
}

// Imported is what an import ends in, or, with Later, what goes on after it.
type Imported struct {
	Items []Shown // a workout for each recording of the file, in its order, each once
	New   int     // how many of them it made; the others were there already

	Later  bool
	Import privacy.Guarded[Import]
	Grant  privacy.Grant
}

// slotPatience is how long an import or a batch waits for others to end.
const slotPatience = 10 * time.Second

// Import reads a workout file and adds a workout for each recording in it: all of them, or none.
// A recording that the caller has already is not added again. The file is read as a stream, and
// parsed before the transaction starts. It gives TooLarge for a file over the limits, Unprocessable
// with recording's code for any other that can't be taken, and Unavailable when too many imports
// are under way. An archive, a table and a large file are kept, to be read later.
func (s *Service) Import(ctx context.Context, c db.Caller, u Upload, r Repeat) (Imported, error) {
	if c.Anonymous() {
		return Imported{}, fault.Unauthenticated("login_required", "sign in first")
	}
	leave := func() {}
	if u.Small() {
		var err error
		if leave, err = enter(ctx, s.slots, "import_busy", "too many imports are under way; try again"); err != nil {
			return Imported{}, err
		}
	}
	leave = sync.OnceFunc(leave)
	defer leave()
	file, err := u.File()
	if err != nil {
		return Imported{}, err
	}
	in := bufio.NewReaderSize(file, 512)
	kind, err := kindOf(in)
	if err != nil {
		return Imported{}, err
	}
	if kind != kindFile || !u.Small() {
		leave()
		return s.takeIn(ctx, c, u, in, kind, r)
	}
	drafts, sent, err := s.receive(in, c.At())
	if err != nil {
		return Imported{}, err
	}
	asked, err := u.Audience()
	if err != nil {
		return Imported{}, err
	}
	r.Request = requestOf(sent.hash, asked)

	return s.keep(ctx, c, drafts, sent.file, asked, r)
}

// keep writes the drafts and the file that they came from in one transaction, and reads what they
// became. A nil file is not kept.
func (s *Service) keep(ctx context.Context, c db.Caller, drafts []draft, file []byte, asked *privacy.Audience, r Repeat) (Imported, error) {
	var out Imported
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		out = Imported{}
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		ids, err := r.once(ctx, tx, by, func() ([]uuid.UUID, error) {
			audience, err := by.audienceFor(asked)
			if err != nil {
				return nil, err
			}
			var ids []uuid.UUID
			ids, out.New, err = writeAll(ctx, tx, by, audience, drafts)
			if err == nil && out.New > 0 {
				err = keepOriginal(ctx, tx, by, file, drafts, ids)
			}
			return ids, err
		})
		if err != nil {
			return err
		}
		out.Items, err = s.readMade(ctx, tx, by, ids)
		return err
	})
	if err != nil {
		return Imported{}, err
	}
	return out, nil
}

// enter waits for a slot. Whoever has one gives it back by leave.
func enter(ctx context.Context, slots chan struct{}, code fault.Code, message string) (leave func(), err error) {
	timer := time.NewTimer(slotPatience)
	defer timer.Stop()
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-timer.C:
		return nil, fault.Unavailable(code, message, slotPatience)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sent is a file as it was sent: its SHA-256, and its content as packed by packOriginal.
type sent struct {
	hash [32]byte
	file []byte
}

// receive reads the file and packs what is in it, which is a small part of what parsing takes.
func (s *Service) receive(file io.Reader, now time.Time) ([]draft, sent, error) {
	content, original := sha256.New(), packOriginal()
	recordings, err := recording.Parse(io.TeeReader(file, io.MultiWriter(content, original)), s.limits) // to the end of the file
	if err != nil {
		return nil, sent{}, refused(err)
	}
	drafts := make([]draft, 0, len(recordings))
	for i := range recordings {
		d, err := pack(&recordings[i])
		if err != nil {
			return nil, sent{}, err
		}
		if d.facts.StartedAt.After(now.Add(24 * time.Hour)) { // a day for clocks without a time zone
			return nil, sent{}, fault.Unprocessable("in_future", "the file's workout has not begun yet")
		}
		drafts = append(drafts, d)
		recordings[i] = recording.Recording{}
	}
	return drafts, sent{sum(content), original.close()}, nil
}

// refused says to the caller why a file can't be taken. An error that isn't the file's comes from
// whoever sends it.
func refused(err error) error {
	file, ok := errors.AsType[*recording.Error](err)
	if !ok {
		return err
	}
	code := fault.Code(file.Code)
	switch file.Code {
	case recording.TooLarge, recording.ExpandsTooFar, recording.TooManyRecords:
		return fault.TooLarge(code, file.Message()).Because(err)
	default:
		return fault.Unprocessable(code, file.Message(), fault.At("/file", code, file.Message())).Because(err)
	}
}

// requestOf is the hash that says whether two imports are the same request.
func requestOf(content [32]byte, asked *privacy.Audience) [32]byte {
	h := sha256.New()
	h.Write(content[:])
	if asked != nil {
		h.Write([]byte(asked.String()))
	}
	return sum(h)
}

func sum(h hash.Hash) [32]byte { return [32]byte(h.Sum(nil)) }

// writeAll writes the drafts and gives the ids of their workouts, in the drafts' order. It writes in
// the order of the fingerprints, so that two imports that share recordings don't wait for each
// other in a circle.
func writeAll(ctx context.Context, tx *db.Tx, by self, audience privacy.Audience, drafts []draft) (ids []uuid.UUID, added int, err error) {
	order := make([]int, len(drafts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return bytes.Compare(drafts[a].fingerprint, drafts[b].fingerprint) })
	found := make([]uuid.UUID, len(drafts))
	for _, i := range order {
		id, isNew, err := drafts[i].write(ctx, tx, by, audience)
		if err != nil {
			return nil, 0, err
		}
		found[i] = id
		if isNew {
			added++
		}
	}
	for _, id := range found {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, added, nil
}
