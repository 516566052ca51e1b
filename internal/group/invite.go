package group

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/group/query"
	"github.com/paceline/paceline/internal/page"
)

// Code is the secret of an invite on its way to who made it. It can't be printed or logged.
type Code struct{ text string }

// Reveal is the secret itself.
func (c Code) Reveal() string { return c.text }

// LogValue shows nothing of it.
func (Code) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Format shows nothing of it.
func (Code) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }

// newCode makes 256 random bits, and the hash that is kept of them. The prefix is for people and scanners who
// find one.
func newCode() (Code, []byte) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails since Go 1.24
	c := Code{"pl_gt_" + base64.RawURLEncoding.EncodeToString(random[:])}
	return c, hashOf(c.text)
}

func hashOf(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}

// Invite is a way into a group, as those see it who lead the group. The secret is not kept.
type Invite struct {
	ID        uuid.UUID
	Used      int
	Most      int
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
}

// Invite makes an invite that lets in so many, for so long, and gives its secret, once.
func (s *Service) Invite(ctx context.Context, c db.Caller, group uuid.UUID, most int, lasts time.Duration) (Invite, Code, error) {
	code, hash := newCode()
	var made Invite
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		id, err := newID()
		if err != nil {
			return err
		}
		made = Invite{ID: id, Most: most, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(lasts)}
		return done(query.New(tx).Invite(ctx, query.InviteParams{
			Wanted: group, Made: id, Secret: hash, Uses: int32(min(most, 1000)), Until: made.ExpiresAt, At: tx.Now(), //nolint:gosec // bounded by min
		}))
	})
	return made, code, err
}

// Invites lists a group's invites for who leads it; to everybody else the list is not there.
func (s *Service) Invites(ctx context.Context, c db.Caller, group uuid.UUID, r page.Request) (page.Page[Invite], error) {
	r.Filter = group.String()
	var out page.Page[Invite]
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		g, err := read(ctx, tx, group)
		if err != nil {
			return err
		}
		if !g.leads {
			return fault.NotFound()
		}
		after, _, err := page.After[uuid.UUID](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListInvites(ctx, query.ListInvitesParams{GroupID: group, After: after, Most: limit(r)})
		if err != nil {
			return err
		}
		found := make([]Invite, 0, len(rows))
		for _, row := range rows {
			found = append(found, Invite{
				ID: row.ID, Used: int(row.Used), Most: int(row.Most), CreatedAt: row.CreatedAt.UTC(), ExpiresAt: row.ExpiresAt.UTC(),
				RevokedAt: utc(row.RevokedAt),
			})
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, found, func(i Invite) uuid.UUID { return i.ID })
		return err
	})
	return out, err
}

// Revoke ends an invite for who leads its group. It lets nobody in from the next request on.
func (s *Service) Revoke(ctx context.Context, c db.Caller, invite uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).RevokeInvite(ctx, invite, tx.Now())
	})
}

// Accept lets the viewer into the group that a secret is an invite of. One that is revoked, expired or used up is
// fault.NotFound, as one that never was.
func (s *Service) Accept(ctx context.Context, c db.Caller, code string) (Group, error) {
	var g Group
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		came, err := query.New(tx).AcceptInvite(ctx, query.AcceptInviteParams{Secret: hashOf(code), Membership: uuid.New(), At: tx.Now()})
		if err = done(came.Outcome, err); err == nil {
			g, err = read(ctx, tx, came.Entered)
		}
		return err
	})
	return g, err
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
