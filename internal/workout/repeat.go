package workout

import (
	"context"
	"crypto/subtle"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/query"
)

// Repeat names a create that a client may send again. Without Present nothing is remembered.
type Repeat struct {
	Present   bool
	Operation string   // of the contract: a key is the client's for one operation
	Key       [32]byte // SHA-256 of the client's key
	Request   [32]byte // SHA-256 of all that the create is made of; Import makes its own
}

// once runs create, or finds what it made before under the same key. Two at a time with one key wait
// for each other: the insert of the second ends when the first one's transaction does.
func (r Repeat) once(ctx context.Context, tx *db.Tx, by self, create func() ([]uuid.UUID, error)) (made []uuid.UUID, err error) {
	if !r.Present {
		return create()
	}
	q := query.New(tx)
	at := seal.Context{Column: "idempotency.request_sealed/" + r.Operation, Row: by.id}
	sealed, err := by.key.Seal(r.Request[:], at)
	if err != nil {
		return nil, err
	}
	claimed, err := q.ClaimKey(ctx, query.ClaimKeyParams{
		MemberID: by.id, Operation: r.Operation, KeyHash: r.Key[:], RequestSealed: sealed, CreatedAt: tx.Now(),
	})
	if err != nil {
		return nil, err
	}
	if claimed == 1 {
		if made, err = create(); err != nil {
			return nil, err
		}
		return made, q.KeepMade(ctx, query.KeepMadeParams{MemberID: by.id, Operation: r.Operation, KeyHash: r.Key[:], Made: made})
	}
	before, err := q.ReadKey(ctx, query.ReadKeyParams{MemberID: by.id, Operation: r.Operation, KeyHash: r.Key[:]})
	if err != nil {
		return nil, err
	}
	request, err := by.key.Open(before.RequestSealed, at)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(request, r.Request[:]) != 1 {
		return nil, fault.Unprocessable("idempotency_key_reused", "this Idempotency-Key was used for another request",
			fault.At("Idempotency-Key", "idempotency_key_reused", "take a new key for a new request"))
	}
	return before.Made, nil
}

// readMade reads what a create made, in that order, through the policy as it is now. What was
// deleted since is left out; when that is all of it, it is a Conflict. What is merged comes as the workout
// that is shown in its place.
func (s *Service) readMade(ctx context.Context, tx *db.Tx, by self, made []uuid.UUID) ([]Shown, error) {
	out, err := s.readThose(ctx, tx, by, made)
	if err == nil && len(out) < len(made) { // some are gone, or merged
		if made, err = query.New(tx).ShownAs(ctx, made); err == nil {
			out, err = s.readThose(ctx, tx, by, made)
		}
	}
	if err == nil && len(out) == 0 {
		err = fault.Conflict("gone", "what this made has been deleted since")
	}
	return out, err
}

func (s *Service) readThose(ctx context.Context, tx *db.Tx, by self, ids []uuid.UUID) ([]Shown, error) {
	rows, err := query.New(tx).ReadMade(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID]Shown{}
	for _, row := range rows {
		shown, subject := apart(row)
		item, visible, err := s.decide(tx, shown, subject, nil)
		if err != nil {
			return nil, err
		}
		if visible && subject.MemberID == by.id {
			found[item.Workout.ID] = item
		}
	}
	var out []Shown
	for _, id := range ids {
		if item, there := found[id]; there {
			out = append(out, item)
			delete(found, id) // two that are merged come once
		}
	}
	return out, nil
}
