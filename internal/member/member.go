// Package member keeps who members are, what they show to whom, and who follows
// or blocks whom.
//
// What holds:
//
//   - A profile is read by one statement that brings the owner's settings and the
//     edge to the viewer. Whoever can't find the owner gets fault.NotFound, as for
//     a name that was never registered.
//   - What a grant keeps closed is never decrypted.
//   - A list has full pages of what the viewer can find, and nothing else counts.
//     Row-level security picks the rows; the policy confirms each one, and a row
//     that they disagree on is an internal error, never an answer.
//   - To follow is to ask: nobody is a follower whom the owner did not approve.
//   - A block hides both from each other and ends every follow between them.
//   - A private account shows nothing above followers, and widens nothing above
//     followers. A minor's is private until the birthday that ends it.
//
// Every method takes the db.Caller of the request and acts for who that proves
// to be. Errors are *fault.Error, or internal.
package member

import (
	"context"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// Service reads and writes members. Make one with New.
type Service struct {
	db   *db.DB
	ring *seal.Ring
	// drawing holds how many pictures are drawn at once: one takes some hundred
	// megabytes at worst.
	drawing chan struct{}
}

// New is a service on a database, with the ring that wraps members' keys.
func New(d *db.DB, ring *seal.Ring) *Service {
	return &Service{db: d, ring: ring, drawing: make(chan struct{}, 1)}
}

// asMember runs fn in a transaction for a viewer who is signed in.
func (s *Service) asMember(ctx context.Context, c db.Caller, fn func(ctx context.Context, tx *db.Tx) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

func signedIn(tx *db.Tx) error {
	if !tx.Viewer().SignedIn() {
		return fault.Unauthenticated("login_required", "sign in first")
	}
	return nil
}

// shown says whether a read may admit that its owner exists.
func shown(g privacy.Grant) error {
	if !g.Shows(privacy.Username) {
		return fault.NotFound()
	}
	return nil
}
