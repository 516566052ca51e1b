package member

import (
	"context"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/picture"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
)

// Avatar is a member's picture, a JPEG. No picture, a hidden one and a hidden
// member are all fault.NotFound.
func (s *Service) Avatar(ctx context.Context, c db.Caller, name string) (privacy.Guarded[[]byte], privacy.Grant, error) {
	who := db.ParseRef(name)
	var image privacy.Guarded[[]byte]
	var g privacy.Grant
	err := s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadAvatar(ctx, who.ID, who.Username)
		if err != nil {
			return err
		}
		if g, err = db.Subject(row.Subject).Decide(tx); err != nil {
			return err
		}
		if err := shown(g); err != nil {
			return err
		}
		if !g.Shows(privacy.Avatar) {
			return fault.NotFound()
		}
		image = privacy.Guard(g.Owner(), privacy.Avatar, row.Image)
		return nil
	})
	return image, g, err
}

// SetAvatar draws the viewer's picture anew and keeps it. contentType is
// image/png or image/jpeg. The errors are those of picture.Square.
func (s *Service) SetAvatar(ctx context.Context, c db.Caller, contentType string, encoded []byte) error {
	image, err := s.draw(ctx, contentType, encoded)
	if err != nil {
		return err
	}
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return onlyOne(query.New(tx).PutAvatar(ctx, image, tx.Now()))
	})
}

// draw waits for its turn: memory is for one picture at a time.
func (s *Service) draw(ctx context.Context, contentType string, encoded []byte) ([]byte, error) {
	select {
	case s.drawing <- struct{}{}:
		defer func() { <-s.drawing }()
		return picture.Square(contentType, encoded)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// DeleteAvatar takes the viewer's picture away; there need not be one.
func (s *Service) DeleteAvatar(ctx context.Context, c db.Caller) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		_, err := query.New(tx).DeleteAvatar(ctx)
		return err
	})
}
