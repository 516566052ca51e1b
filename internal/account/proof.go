package account

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/dpop"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
)

const noncePurpose = "dpop nonces"

// errReplay is the answer to a proof that came before.
const errReplay dpop.Error = "the proof was used before"

// CheckProof verifies the values of a request's DPoP headers. It proves neither who
// asks nor that the proof is new: UseProof and what takes the proof do.
func (s *Service) CheckProof(ctx context.Context, headers []string, r dpop.Request) (dpop.Proof, error) {
	v, err := s.verifier()
	if err != nil {
		return dpop.Proof{}, err
	}
	proof, err := v.Verify(headers, r)
	if err != nil {
		return dpop.Proof{}, s.proofFault(ctx, err)
	}
	return proof, nil
}

// ProofNonce is what DPoP-Nonce says at that moment.
func (s *Service) ProofNonce(now time.Time) (string, error) {
	v, err := s.verifier()
	if err != nil {
		return "", err
	}
	return v.Nonce(now), nil
}

// UseProof uses a proof up that came with a console's token. The token's hash is of the
// proof's key as well, so a token of another key is none.
func (s *Service) UseProof(ctx context.Context, c db.Caller, p dpop.Proof) error {
	return s.DB.AsSystem(ctx, db.ReasonProof, c.At(), func(ctx context.Context, tx *db.SystemTx) error {
		fresh, err := query.New(tx).UseProof(ctx, query.UseProofParams{
			TokenHash: c.TokenHash(), Hash: p.Replay[:], Until: p.Until, Now: c.At(),
		})
		if err == nil && !fresh {
			return s.proofFault(ctx, errReplay)
		}
		return err
	})
}

// addProof uses a proof up that came without a token, in the transaction that acts on it.
func (s *Service) addProof(ctx context.Context, q *query.Queries, p dpop.Proof) error {
	added, err := q.AddProof(ctx, p.Replay[:], p.Until)
	if err == nil && added == 0 {
		return s.proofFault(ctx, errReplay)
	}
	return err
}

func (s *Service) verifier() (*dpop.Verifier, error) {
	key, err := s.Ring.Keyed(noncePurpose)
	if err != nil {
		return nil, err
	}
	return dpop.NewVerifier(key)
}

// proofFault is what a client is told of its proof: the reason, which says nothing of
// what it held, and whether a nonce would help.
func (s *Service) proofFault(ctx context.Context, err error) error {
	s.Observe.Event(ctx, observe.ProofRefused)
	var refused dpop.Error
	if !errors.As(err, &refused) {
		return err
	}
	code := fault.Code("invalid_dpop_proof")
	if refused.NonceHelps() {
		code = "use_dpop_nonce"
	}
	return fault.Unauthenticated(code, strings.TrimPrefix(refused.Error(), "dpop: "))
}
