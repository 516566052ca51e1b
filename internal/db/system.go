package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Reason says why something runs without a viewer. The list is closed, short,
// and all there is to review.
type Reason string

const (
	ReasonRegister      Reason = "register"
	ReasonVerify        Reason = "verify"
	ReasonLogin         Reason = "login"
	ReasonRefresh       Reason = "refresh"
	ReasonResetPassword Reason = "reset password"
	ReasonSendMail      Reason = "send mail"
	ReasonRetention     Reason = "retention"
	ReasonRotateKeys    Reason = "rotate keys"
	ReasonTendLists     Reason = "tend lists"
	ReasonImport        Reason = "hand out an import"
	ReasonDigest        Reason = "hand out digests to make"
	ReasonNotices       Reason = "hand out notices"
	ReasonLimit         Reason = "limit"
	ReasonPair          Reason = "pair a console"
	ReasonProof         Reason = "use a proof"
	ReasonRegistry      Reason = "registry of consoles"
	ReasonSettleClasses Reason = "settle bookings"
	ReasonSchedule      Reason = "lay out the schedule"
	ReasonVerifyAudit   Reason = "verify the audit"
)

// SystemTx runs statements that no viewer asked for.
type SystemTx struct {
	pgx.Tx
	now time.Time
}

// Now is the moment it runs at.
func (t *SystemTx) Now() time.Time { return t.now }

// AsSystem runs fn in a transaction of the role that keeps credentials. That
// role reads no member data: row-level security shows it none without a viewer.
func (d *DB) AsSystem(ctx context.Context, why Reason, now time.Time, fn func(ctx context.Context, tx *SystemTx) error) error {
	return asSystem(ctx, d.auth, why, now, fn)
}

// AsWorker runs fn in a transaction of the role that sends mail and clears away.
func (d *DB) AsWorker(ctx context.Context, why Reason, now time.Time, fn func(ctx context.Context, tx *SystemTx) error) error {
	return asSystem(ctx, d.worker, why, now, fn)
}

func asSystem(ctx context.Context, pool *pgxpool.Pool, why Reason, now time.Time, fn func(ctx context.Context, tx *SystemTx) error) error {
	return translate(pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT set_config('application_name', $1, true)`, "paceline: "+string(why)); err != nil {
			return err
		}
		return fn(ctx, &SystemTx{Tx: tx, now: now.UTC()})
	}))
}
