package class

import (
	"context"
	"crypto/subtle"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/class/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/seal"
)

// Repeat names a create that a client may send again. Without Present nothing is remembered.
type Repeat struct {
	Present   bool
	Operation string   // of the contract: a key is the client's for one operation
	Key       [32]byte // SHA-256 of the client's key
	Request   [32]byte // SHA-256 of the body
}

// once runs create, or finds what it made before under the same key. Two at a time with one key wait for each
// other: the insert of the second ends when the first one's transaction does. What is made is noted as such a thing.
func (s *Service) once(ctx context.Context, tx *db.Tx, q *query.Queries, r Repeat, thing string, create func(id uuid.UUID) error) (uuid.UUID, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return uuid.Nil, err
	}
	if !r.Present {
		if err := create(id); err != nil {
			return uuid.Nil, err
		}
		return id, note(ctx, tx, thing+".made", id, "")
	}
	_, wrapped, err := self(ctx, tx, q)
	if err != nil {
		return uuid.Nil, err
	}
	member := tx.Viewer().Member()
	key, err := s.ring.Unwrap(member, wrapped)
	if err != nil {
		return uuid.Nil, err
	}
	at := seal.Context{Column: "idempotency.request_sealed/" + r.Operation, Row: member}
	sealed, err := key.Seal(r.Request[:], at)
	if err != nil {
		return uuid.Nil, err
	}
	claimed, err := q.ClaimKey(ctx, query.ClaimKeyParams{
		MemberID: member, Operation: r.Operation, KeyHash: r.Key[:], RequestSealed: sealed, CreatedAt: tx.Now(),
	})
	if err != nil {
		return uuid.Nil, err
	}
	if claimed == 1 {
		if err := create(id); err != nil {
			return uuid.Nil, err
		}
		if err := q.KeepMade(ctx, query.KeepMadeParams{MemberID: member, Operation: r.Operation, KeyHash: r.Key[:], Made: []uuid.UUID{id}}); err != nil {
			return uuid.Nil, err
		}
		return id, note(ctx, tx, thing+".made", id, "")
	}
	before, err := q.ReadKey(ctx, query.ReadKeyParams{MemberID: member, Operation: r.Operation, KeyHash: r.Key[:]})
	if err != nil {
		return uuid.Nil, err
	}
	request, err := key.Open(before.RequestSealed, at)
	if err != nil {
		return uuid.Nil, err
	}
	if subtle.ConstantTimeCompare(request, r.Request[:]) != 1 || len(before.Made) != 1 {
		return uuid.Nil, fault.Unprocessable("idempotency_key_reused", "this Idempotency-Key was used for another request",
			fault.At("Idempotency-Key", "idempotency_key_reused", "take a new key for a new request"))
	}
	return before.Made[0], nil
}
