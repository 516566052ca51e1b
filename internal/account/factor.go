package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
)

const factorPurpose = "second-factor"

const (
	// factorTries are the codes tried within an hour, from everywhere together; ownTries are
	// more, for where the account is or was signed in. Of three codes in a million that are good
	// at a time, whoever has the password finds one in a year or more, and the owner is told by mail.
	factorTries = 20
	ownTries    = 10
	factorStep  = 30 // seconds
	enrolLife   = 15 * time.Minute
)

var (
	errCodeRequired = fault.Unauthenticated("otp_required", "this account has a second factor; send its code as otp")
	errWrongCode    = fault.Unauthenticated("invalid_otp", "the code is wrong, was used, or is no longer good")
	errManyCodes    = fault.Unauthenticated("otp_throttled", "too many codes were tried for this account; try again in an hour")
)

// answer is a code that somebody typed: of a factor, or one to recover with.
type answer struct {
	code     string
	recovery string // the handle of a recovery code that its hash fits
	hash     string
}

// readAnswer looks at a code as far as it takes slow hashing, which no transaction waits for.
func (s *Service) readAnswer(ctx context.Context, c db.Caller, member uuid.UUID, typed string) (answer, error) {
	handle, rest, recovers := splitRecovery(typed)
	if !recovers {
		return answer{code: typed}, nil
	}
	var hash string
	err := s.DB.AsSystem(ctx, db.ReasonLogin, c.At(), func(ctx context.Context, tx *db.SystemTx) (err error) {
		hash, err = query.New(tx).RecoveryHash(ctx, member, handle)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return answer{}, err
	}
	match, _, err := s.hash.check(ctx, c.Origin(), rest, hash)
	if err != nil || !match {
		return answer{}, err
	}
	return answer{recovery: handle, hash: hash}, nil
}

// accept takes an answer, once. A refusal is no error: the try has to stay counted. Known is who may be
// the owner more than anybody with the password.
func (s *Service) accept(ctx context.Context, q *query.Queries, now time.Time, known bool, member uuid.UUID, a answer) (refused, err error) {
	tries := int32(factorTries)
	if known {
		tries += ownTries
	}
	charged, err := q.ChargeFactor(ctx, query.ChargeFactorParams{MemberID: member, Now: now, HourAgo: now.Add(-time.Hour), Most: tries})
	if err != nil {
		return nil, err
	}
	if charged == 0 {
		return errManyCodes, nil
	}
	var good bool
	if a.recovery != "" {
		used, err := q.UseRecoveryCode(ctx, query.UseRecoveryCodeParams{Now: now, MemberID: member, Handle: a.recovery, CodeHash: a.hash})
		if err != nil {
			return nil, err
		}
		good = used == 1
	} else if good, err = s.useCode(ctx, q, now, query.LockFactorsParams{MemberID: member, Confirmed: true}, a.code); err != nil {
		return nil, err
	}
	if !good {
		return errWrongCode, nil
	}
	return nil, q.ForgetTries(ctx, member)
}

// useCode finds the factor and the half minute that a code is of, and uses it up: it, and
// those before it, are good no more (ASVS 6.5.1).
func (s *Service) useCode(ctx context.Context, q *query.Queries, now time.Time, of query.LockFactorsParams, code string) (good bool, err error) {
	factors, err := q.LockFactors(ctx, of)
	if err != nil {
		return false, err
	}
	for _, f := range factors {
		secret, err := seal.OpenSystemValue[string](s.Ring, factorPurpose, f.ID[:], f.SecretSealed)
		if lacks, is := errors.AsType[*seal.UnknownKeyError](err); is {
			s.Observe.Fail(ctx, "a second factor was sealed by a key that the ring lacks", lacks)
			continue // another factor, or a code to recover with, is good still
		}
		if err != nil {
			return false, err
		}
		for _, step := range []int64{now.Unix()/factorStep - 1, now.Unix() / factorStep, now.Unix()/factorStep + 1} {
			want, err := totp.GenerateCodeCustom(secret, time.Unix(step*factorStep, 0), codeForm)
			if err != nil {
				return false, err
			}
			if step <= f.LastStep || subtle.ConstantTimeCompare([]byte(want), []byte(code)) != 1 {
				continue
			}
			// Sealed anew, so that a former key of the ring seals none that is in use.
			sealed, err := seal.SealSystemValue(s.Ring, factorPurpose, f.ID[:], secret)
			if err != nil {
				return false, err
			}
			return true, q.UseStep(ctx, query.UseStepParams{Step: step, SecretSealed: sealed, Now: now, MemberID: of.MemberID, ID: f.ID})
		}
	}
	return false, nil
}

// codeForm is what every authenticator can make. A MAC with SHA-1 is not what its
// collisions break (RFC 6238, 1.2).
var codeForm = totp.ValidateOpts{Period: factorStep, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// Prove proves the caller's session with a code: its duties, if it has any, are open from
// the next request on.
func (s *Service) Prove(ctx context.Context, c db.Caller, typed string) error {
	return s.withCode(ctx, c, typed, func(context.Context, *query.Queries, *db.Tx) error { return nil })
}

// withCode proves the caller's session with a code, and then does what takes it.
func (s *Service) withCode(ctx context.Context, c db.Caller, typed string, then func(context.Context, *query.Queries, *db.Tx) error) error {
	var member uuid.UUID
	if err := s.asSelf(ctx, c, func(_ context.Context, tx *db.Tx) error {
		member = tx.Viewer().Member()
		return nil
	}); err != nil {
		return err
	}
	a, err := s.readAnswer(ctx, c, member, typed)
	if err != nil {
		return err
	}
	var refused error
	err = s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		q := query.New(tx)
		if refused, err = s.accept(ctx, q, c.At(), true, member, a); err != nil || refused != nil {
			return err
		}
		proved, err := q.ProveSession(ctx, query.ProveSessionParams{Now: tx.Now(), MemberID: member, ID: tx.Viewer().Session()})
		if err == nil && proved != 1 {
			err = errors.New("account: the session was not there to prove")
		}
		return errors.Join(err, then(ctx, q, tx))
	})
	if err == nil && refused != nil {
		s.Observe.Event(ctx, observe.CodeRefused)
		return asTyped(refused)
	}
	return err
}

// asTyped is a refusal for who is signed in already.
func asTyped(refused error) error {
	if errors.Is(refused, errManyCodes) {
		return fault.Unprocessable("otp_throttled", "too many codes were tried for this account; try again in an hour")
	}
	return fault.Unprocessable("invalid_otp", "the code is wrong, was used, or is no longer good",
		fault.At("/otp", "invalid_otp", "is not a code of your second factor that is good now"))
}

// newFactorSecret makes a secret of 160 random bits for an authenticator.
func newFactorSecret(username string) (*otp.Key, error) {
	return totp.Generate(totp.GenerateOpts{
		Issuer: "Paceline", AccountName: username, Period: factorStep, SecretSize: 20, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1, Rand: rand.Reader,
	})
}
