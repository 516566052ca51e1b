package class

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/class/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
)

// errDry undoes what a dry run did.
var errDry = errors.New("class: a dry run")

// bulk does one thing to many, in one transaction: to all or to none. They are taken in one order, so that two at
// a time can't wait for each other; the answer is in the order that was asked for. The audit says of
// each what was done to it.
func bulk[T any](ctx context.Context, s *Service, c db.Caller, ids []uuid.UUID, dry bool,
	one func(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) (T, error), what string, state func(T) string,
) ([]T, error) {
	var check complaints
	inOrder := slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	check.add(len(slices.Compact(slices.Clone(inOrder))) < len(ids), "/ids", "twice", "holds a value twice")
	if err := check.fault(); err != nil {
		return nil, err
	}
	out := make([]T, len(ids))
	err := s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		for _, id := range inOrder {
			i := slices.Index(ids, id)
			var err error
			if out[i], err = one(ctx, tx, q, id); notThere(err) {
				err = fault.Unprocessable("not_all_there", "one of the ids is none; nothing was changed", fault.At("/ids", "not_all_there", "holds an id of nothing"))
			}
			if err != nil {
				return err
			}
		}
		if dry {
			return errDry
		}
		for i, id := range ids {
			if err := note(ctx, tx, what, id, state(out[i])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, err
	}
	return out, nil
}

// orUnprocessable makes of what a body names and isn't there a fault of the body.
func orUnprocessable(err error, pointer string, code fault.Code) error {
	if err == nil || !notThere(err) {
		return err
	}
	return fault.Unprocessable("invalid_value", "the values make no sense together", fault.At(pointer, code, "is not there"))
}

// notThere says that a statement found nothing.
func notThere(err error) bool {
	return errors.Is(err, pgx.ErrNoRows) || fault.KindOf(err) == fault.KindNotFound
}
