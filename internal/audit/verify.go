package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/audit/query"
	"github.com/paceline/paceline/internal/db"
)

// Head is the end of the chain. Whoever keeps it elsewhere notices, by the next Verify, that
// all of the chain was made anew, or that its end was cut off.
type Head struct {
	Seq  int64
	Hash []byte
}

// String is the head as Verify is given it: its number and its hash.
func (h Head) String() string { return fmt.Sprintf("%d:%x", h.Seq, h.Hash) }

// ParseHead reads what String wrote.
func ParseHead(text string) (Head, error) {
	number, hash, _ := strings.Cut(text, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	sum, err2 := hex.DecodeString(hash)
	if err = errors.Join(err, err2); err != nil || len(sum) != sha256.Size || seq < 0 {
		return Head{}, errors.New("audit: a head is a number, a colon and 64 hexadecimal digits")
	}
	return Head{seq, sum}, nil
}

// genesis is the hash before the first row.
var genesis = sha256.Sum256([]byte("paceline audit v1"))

// Broken says where the chain doesn't hold.
type Broken struct {
	Seq int64
	Why string
}

func (b Broken) Error() string { return fmt.Sprintf("audit: row %d %s", b.Seq, b.Why) }

// atOnce is how many rows are read at a time.
const atOnce = 5000

// Verify reads the whole audit and computes every hash anew. A row that was changed, is missing,
// or stands elsewhere is a Broken; so is a chain that is not the one of which known, if it is
// not the zero Head, was the end.
func Verify(ctx context.Context, d *db.DB, now time.Time, known Head) (Head, error) {
	at := Head{Hash: genesis[:]}
	err := d.AsSystem(ctx, db.ReasonVerifyAudit, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		end, err := q.Head(ctx) // first: what is added meanwhile comes after it
		if err != nil {
			return err
		}
		for {
			rows, err := q.Rows(ctx, at.Seq, atOnce)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if at, err = next(at, row); err != nil {
					return err
				}
				if known.Seq == at.Seq && known.Seq > 0 && !same(known.Hash, at.Hash) {
					return Broken{at.Seq, "is not the one that was noted: the chain was made anew"}
				}
				if end.Seq == at.Seq && !same(end.Hash, at.Hash) {
					return Broken{at.Seq, "is not the end that the database holds"}
				}
			}
			if len(rows) < atOnce {
				break
			}
		}
		if want := max(end.Seq, known.Seq); at.Seq < want {
			return Broken{at.Seq + 1, fmt.Sprintf("is missing, and so is all up to %d", want)}
		}
		return nil
	})
	return at, err
}

func same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// next is the head after a row, if it goes on from the head before.
func next(at Head, row query.AuthAudit) (Head, error) {
	switch {
	case row.Seq != at.Seq+1:
		return at, Broken{at.Seq + 1, "is missing"}
	case !same(row.Previous, at.Hash):
		return at, Broken{row.Seq, "does not go on from the row before"}
	}
	sum := sha256.Sum256(append(bytes.Clone(at.Hash), line(row)...))
	if !same(sum[:], row.Hash) {
		return at, Broken{row.Seq, "was changed"}
	}
	return Head{row.Seq, row.Hash}, nil
}

// line is a row as its hash takes it: each value behind its length, as auth.append_audit has it.
func line(row query.AuthAudit) []byte {
	var b []byte
	add := func(text string) { b = append(append(strconv.AppendInt(b, int64(len(text)), 10), ':'), text+","...) }
	optional := func(id uuid.NullUUID) {
		if id.Valid {
			add(id.UUID.String())
		} else {
			b = append(b, "-,"...)
		}
	}
	add(strconv.FormatInt(row.Seq, 10))
	add(row.At.UTC().Format("2006-01-02T15:04:05.000000Z"))
	optional(row.Actor)
	add(row.Duties)
	add(row.Act)
	optional(row.Subject)
	add(row.Object)
	add(row.Details)
	return b
}
