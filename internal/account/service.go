package account

import (
	"context"
	"errors"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
)

// Config is what a Service is made of. Everything in it is needed.
type Config struct {
	DB      *db.DB
	Ring    *seal.Ring
	Observe *observe.Observer
	Cost    HashCost
	// SearchName folds a display name to what search compares.
	SearchName func(displayName string) string
	// Mailed is called after mail was put into the outbox; it may not block.
	Mailed func()
}

// Service is safe for concurrent use.
type Service struct {
	Config
	hash *hasher
}

// New makes a service; it hashes one password, to learn whether it can.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Ring == nil || c.Observe == nil || c.SearchName == nil || c.Mailed == nil {
		return nil, errors.New("account: the configuration is not complete")
	}
	hash, err := newHasher(c.Cost)
	if err != nil {
		return nil, err
	}
	return &Service{Config: c, hash: hash}, nil
}

// asSelf runs fn for a caller who is signed in.
func (s *Service) asSelf(ctx context.Context, c db.Caller, fn func(ctx context.Context, tx *db.Tx) error) error {
	if c.Anonymous() {
		return errSignIn()
	}
	return s.DB.AsAccount(ctx, c, fn)
}

func errSignIn() error { return fault.Unauthenticated("login_required", "sign in first") }
