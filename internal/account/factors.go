package account

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/text"
)

const (
	maxFactors    = 5
	recoveryCodes = 8
	handleLength  = 4 // letters of a recovery code that find it
)

// Factor is a second factor of a member.
type Factor struct {
	ID        uuid.UUID
	Name      string
	CreatedAt time.Time
	Confirmed bool // until then no login asks for it
}

// Factors are a member's second factors, and how many recovery codes are left.
type Factors struct {
	Factors []Factor
	Codes   int
}

// Enrolled is a factor that waits to be confirmed. The secret is shown once.
type Enrolled struct {
	ID     uuid.UUID
	Secret Secret // base32
	URI    Secret // otpauth://, for a QR code
}

// Factors lists the caller's second factors. They are guarded like the sessions.
func (s *Service) Factors(ctx context.Context, c db.Caller) (privacy.Guarded[Factors], privacy.Grant, error) {
	var own Factors
	var grant privacy.Grant
	account, err := s.readOwn(ctx, c, func(g privacy.Grant) { grant = g })
	if err != nil {
		return privacy.Guarded[Factors]{}, grant, err
	}
	err = s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		rows, err := query.New(tx).ListFactors(ctx)
		for _, row := range rows {
			own.Factors = append(own.Factors, Factor{ID: row.ID, Name: row.Name, CreatedAt: row.CreatedAt, Confirmed: row.Confirmed})
			own.Codes = int(row.Codes)
		}
		return err
	})
	return privacy.Guard(account.MemberID, privacy.Email, own), grant, err
}

// Enrol begins a second factor, for a caller who knows the password; one who has a factor
// already proved it minutes ago. It counts once it is confirmed.
func (s *Service) Enrol(ctx context.Context, c db.Caller, password, name string) (Enrolled, error) {
	if text.Line(name) != nil || name == "" {
		return Enrolled{}, fault.Unprocessable("invalid_name", "choose another name",
			fault.At("/name", "invalid_name", "has 1 to 64 visible characters on one line"))
	}
	own, err := s.readOwn(ctx, c, func(privacy.Grant) {})
	if err != nil {
		return Enrolled{}, err
	}
	proof, err := s.proveAgain(ctx, c, "/password", password)
	if err != nil {
		return Enrolled{}, err
	}
	key, err := newFactorSecret(own.Username)
	if err != nil {
		return Enrolled{}, err
	}
	out := Enrolled{ID: uuid.New(), Secret: Secret{key.Secret()}, URI: Secret{key.URL()}}
	sealed, err := seal.SealSystemValue(s.Ring, factorPurpose, out.ID[:], key.Secret())
	if err != nil {
		return Enrolled{}, err
	}
	err = s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := stillProven(ctx, q, proof); err != nil {
			return err
		}
		factors, err := q.LockFactors(ctx, query.LockFactorsParams{MemberID: tx.Viewer().Member(), Confirmed: true})
		if err != nil {
			return err
		}
		if len(factors) > 0 {
			if err := tx.DemandFresh(); err != nil {
				return err
			}
		}
		if len(factors) >= maxFactors {
			return fault.Conflict("too_many_factors", "you have five second factors; remove one first")
		}
		if err := q.DropUnconfirmed(ctx); err != nil {
			return err
		}
		return q.AddFactor(ctx, query.AddFactorParams{ID: out.ID, Name: name, SecretSealed: sealed, Now: tx.Now()})
	})
	return out, err
}

// Confirm makes a factor count, by a code of it, and proves the session with it. With the
// first one come codes to recover with.
func (s *Service) Confirm(ctx context.Context, c db.Caller, id uuid.UUID, code string) ([]Secret, error) {
	var refused error
	first := false
	err := s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q, now, member := query.New(tx), tx.Now(), tx.Viewer().Member()
		had, err := q.HasFactor(ctx, member)
		if err != nil {
			return err
		}
		of := query.LockFactorsParams{MemberID: member, ID: uuid.NullUUID{UUID: id, Valid: true}, MadeAfter: now.Add(-enrolLife)}
		if waiting, err := q.LockFactors(ctx, of); err != nil {
			return err
		} else if len(waiting) == 0 {
			return fault.NotFound()
		}
		good, err := s.useCode(ctx, q, now, of, code)
		if err != nil {
			return err
		}
		if !good {
			refused = asTyped(errWrongCode)
			return nil
		}
		first = !had
		if _, err := q.ProveSession(ctx, query.ProveSessionParams{Now: now, MemberID: member, ID: tx.Viewer().Session()}); err != nil {
			return err
		}
		return s.tell(ctx, q, now, member, mail.FactorChanged)
	})
	if err == nil {
		err = refused
	}
	if err != nil || !first {
		return nil, err
	}
	return s.RenewRecovery(ctx, c)
}

// RemoveFactor takes a factor away, for a caller who proved one minutes ago. With the last
// one go the recovery codes, and no session counts as proved.
func (s *Service) RemoveFactor(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q, member := query.New(tx), tx.Viewer().Member()
		// Two that go at once would each see the other.
		if _, err := q.LockCredential(ctx, member); err != nil {
			return err
		}
		dropped, err := q.DropFactor(ctx, id)
		if err != nil {
			return err
		}
		if dropped == 0 {
			return fault.NotFound()
		}
		if err := tx.DemandFresh(); err != nil {
			return err
		}
		left, err := q.HasFactor(ctx, member)
		if err != nil {
			return err
		}
		if !left {
			if err := q.DropRecoveryCodes(ctx); err != nil {
				return err
			}
			if err := q.UnproveSessions(ctx); err != nil {
				return err
			}
		}
		return s.tell(ctx, q, tx.Now(), member, mail.FactorChanged)
	})
}

// RenewRecovery makes new recovery codes, each good once, in the place of all that were
// there, for a caller who proved a factor minutes ago. Only their slow hashes are kept.
func (s *Service) RenewRecovery(ctx context.Context, c db.Caller) ([]Secret, error) {
	if err := s.asSelf(ctx, c, fresh); err != nil {
		return nil, err
	}
	var codes []Secret
	hashes := map[string]string{}
	for len(codes) < recoveryCodes {
		handle, rest := newCode()[:handleLength], newCode()
		if hashes[handle] != "" {
			continue
		}
		hash, err := s.hash.make(ctx, c.Origin(), rest)
		if err != nil {
			return nil, err
		}
		hashes[handle] = hash
		codes = append(codes, Secret{handle + "-" + rest})
	}
	err := s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := fresh(ctx, tx); err != nil {
			return err
		}
		q := query.New(tx)
		if err := q.DropRecoveryCodes(ctx); err != nil {
			return err
		}
		for handle, hash := range hashes {
			if err := q.AddRecoveryCode(ctx, handle, hash); err != nil {
				return err
			}
		}
		return nil
	})
	return codes, err
}

func fresh(_ context.Context, tx *db.Tx) error { return tx.DemandFresh() }

// splitRecovery is a recovery code's handle and the rest of it; not ok for another text.
func splitRecovery(typed string) (handle, rest string, ok bool) {
	handle, rest, ok = strings.Cut(strings.ToUpper(typed), "-")
	return handle, rest, ok && len(handle) == handleLength && len(rest) == codeLength
}

// Notify tells a member by mail what happened to their account, in the transaction in which
// it happens, which is of the role that keeps credentials.
func (s *Service) Notify(ctx context.Context, tx *db.Tx, member uuid.UUID, kind mail.Kind) error {
	return s.tell(ctx, query.New(tx), tx.Now(), member, kind)
}

func (s *Service) tell(ctx context.Context, q *query.Queries, now time.Time, member uuid.UUID, kind mail.Kind) error {
	to, err := q.EmailOf(ctx, member)
	if err != nil {
		return err
	}
	if err := s.post(ctx, q, now, mail.Message{Kind: kind, To: to, Data: mail.Data{At: now}}); err != nil {
		return err
	}
	s.Mailed()
	return nil
}
