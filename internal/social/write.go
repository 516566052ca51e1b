package social

import (
	"context"
	"crypto/subtle"
	"errors"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/social/query"
	"github.com/paceline/paceline/internal/text"
)

// maxText is how many characters a comment has at most.
const maxText = 1000

// Repeat names a create that a client may send again. Without a key nothing is remembered.
type Repeat struct {
	Key     []byte // SHA-256 of the client's key
	Request []byte // SHA-256 of all that the create is made of
}

// Write puts a comment of the viewer's below a workout, and tells its owner and whom it mentions. A repeat
// with the same key gives what the first one made; with another request it is fault.Unprocessable.
func (s *Service) Write(ctx context.Context, c db.Caller, workout uuid.UUID, words string, r Repeat) (Comment, error) {
	var out Comment
	err := s.write(ctx, c, workout, func(ctx context.Context, tx *db.Tx, h head) error {
		q := query.New(tx)
		if err := notMuted(ctx, tx); err != nil {
			return err
		}
		if err := within(ctx, tx, commentsADay, (*query.Queries).CountOwnComments); err != nil {
			return err
		}
		found, err := q.FindsAuthor(ctx, h.grant.Owner())
		if err != nil {
			return err
		}
		if !found {
			return fault.Forbidden("you_are_hidden", "whose workout it is can't find you; who comments shows them who they are")
		}
		body, mentioned, err := compose(ctx, tx, words)
		if err != nil {
			return err
		}
		id, err := uuid.NewRandom()
		if err != nil {
			return err
		}
		added, err := q.AddComment(ctx, query.AddCommentParams{
			ID: id, WorkoutID: workout, Body: body, Mentioned: mentioned, At: tx.Now(), KeyHash: r.Key, RequestHash: r.Request,
		})
		if err != nil {
			return err
		}
		if added == 0 {
			made, err := q.FindMade(ctx, r.Key)
			if err != nil {
				return err
			}
			if subtle.ConstantTimeCompare(made.RequestHash, r.Request) == 0 {
				return fault.Unprocessable("idempotency_key_reused", "this Idempotency-Key was used for another request",
					fault.At("Idempotency-Key", "idempotency_key_reused", "take a new key for a new request"))
			}
			out, err = read(ctx, tx, made.ID)
			return err
		}
		if err := tell(ctx, tx, h, id, mentioned, true); err != nil {
			return err
		}
		out, err = read(ctx, tx, id)
		return err
	})
	return out, err
}

// Edit changes a comment of the viewer's, if check lets it: it gets the comment as it is. Another's is
// fault.Forbidden for who sees it.
func (s *Service) Edit(ctx context.Context, c db.Caller, id uuid.UUID, words string, check func(Comment) error) (Comment, error) {
	var out Comment
	err := s.own(ctx, c, id, func(ctx context.Context, tx *db.Tx, now Comment) error {
		if err := check(now); err != nil {
			return err
		}
		if err := notMuted(ctx, tx); err != nil {
			return err
		}
		body, mentioned, err := compose(ctx, tx, words)
		if err != nil {
			return err
		}
		if err := query.New(tx).ChangeComment(ctx, query.ChangeCommentParams{Body: body, Mentioned: mentioned, At: tx.Now(), ID: id}); err != nil {
			return err
		}
		row, err := query.New(tx).ReadComment(ctx, id)
		if err != nil {
			return err
		}
		h, err := readHead(ctx, tx, row.WorkoutID)
		if err != nil {
			return err
		}
		if err := tell(ctx, tx, h, id, mentioned, false); err != nil {
			return err
		}
		out, err = read(ctx, tx, id)
		return err
	})
	return out, err
}

// Delete deletes a comment: its author does, whether or not they still see the workout, or the owner of the
// workout. It is fault.Forbidden for others.
func (s *Service) Delete(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		if own, err := query.New(tx).DeleteComment(ctx, id); err != nil || own > 0 {
			return err
		}
		now, err := read(ctx, tx, id)
		if err != nil {
			return err
		}
		if now.Grant.Relation() != privacy.RelationSelf {
			return notYours()
		}
		return query.New(tx).RemoveComment(ctx, id)
	})
}

// Hide keeps a comment below a workout of the viewer's from everybody but its author.
func (s *Service) Hide(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.moderate(ctx, c, id, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).HideComment(ctx, id, tx.Now())
	})
}

// Show takes Hide back.
func (s *Service) Show(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.moderate(ctx, c, id, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).ShowComment(ctx, id)
	})
}

// moderate is for the owner of the workout.
func (s *Service) moderate(ctx context.Context, c db.Caller, id uuid.UUID, fn func(ctx context.Context, tx *db.Tx) error) error {
	return s.change(ctx, c, id, func(ctx context.Context, tx *db.Tx, now Comment) error {
		if now.Grant.Relation() != privacy.RelationSelf {
			return notYours()
		}
		return fn(ctx, tx)
	})
}

func notYours() error {
	return fault.Forbidden("not_owner", "this is somebody else's")
}

// change runs fn for a comment that the signed-in viewer sees.
func (s *Service) change(ctx context.Context, c db.Caller, id uuid.UUID, fn func(ctx context.Context, tx *db.Tx, now Comment) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		now, err := read(ctx, tx, id)
		if err != nil {
			return err
		}
		return fn(ctx, tx, now)
	})
}

// own is change for the author's own: locked, and read after that.
func (s *Service) own(ctx context.Context, c db.Caller, id uuid.UUID, fn func(ctx context.Context, tx *db.Tx, now Comment) error) error {
	return s.change(ctx, c, id, func(ctx context.Context, tx *db.Tx, now Comment) error {
		if !now.Own {
			return notYours()
		}
		locked, err := query.New(tx).LockComment(ctx, id)
		if err == nil && len(locked) == 0 {
			err = fault.NotFound()
		}
		if err == nil {
			now, err = read(ctx, tx, id)
		}
		if err != nil {
			return err
		}
		return fn(ctx, tx, now)
	})
}

// compose checks what somebody wrote, and finds whom it mentions of those whom they can find.
func compose(ctx context.Context, tx *db.Tx, words string) (body string, mentioned []uuid.UUID, err error) {
	if utf8.RuneCountInString(words) > maxText {
		return "", nil, fault.Unprocessable("invalid_value", "the comment is too long", fault.At("/text", "too_long", "has at most 1000 characters"))
	}
	if err := text.Lines(words); err != nil {
		why := fault.At("/text", "unreadable", "holds a character that can't be read")
		if errors.Is(err, text.ErrBlank) {
			why = fault.At("/text", "blank", "has nothing to see in it")
		}
		return "", nil, fault.Unprocessable("invalid_value", "this is no text for people", why)
	}
	names := parseMentions(words)
	found := map[string]uuid.UUID{}
	if len(names) > 0 {
		rows, err := query.New(tx).FindMentioned(ctx, names[:min(len(names), maxMentions)])
		if err != nil {
			return "", nil, err
		}
		for _, row := range rows {
			found[row.Name] = row.MemberID
		}
	}
	body, mentioned = store(words, found)
	return body, mentioned, nil
}

// tell tells whom a comment mentions of it, if they may see the workout: whoever can't has nothing to open.
// The workout's owner is told of a new one, unless they are mentioned anyway.
func tell(ctx context.Context, tx *db.Tx, h head, comment uuid.UUID, mentioned []uuid.UUID, isNew bool) error {
	owner, ownerMentioned := h.grant.Owner(), false
	if len(mentioned) > 0 {
		told, err := query.New(tx).WhoReach(ctx, mentioned, h.id)
		if err != nil {
			return err
		}
		for _, id := range told {
			ownerMentioned = ownerMentioned || id == owner
			if err := notice.Add(ctx, tx, notice.Notice{To: id, Kind: notice.Mentioned, Object: h.id, Part: comment}); err != nil {
				return err
			}
		}
	}
	if ownerMentioned || !isNew {
		return nil
	}
	return notice.Add(ctx, tx, notice.Notice{To: owner, Kind: notice.Commented, Object: h.id, Part: comment})
}

// notMuted refuses whom moderators keep from commenting; row-level security does as well.
func notMuted(ctx context.Context, tx *db.Tx) error {
	muted, err := query.New(tx).IsMuted(ctx, tx.Now())
	if err == nil && muted {
		return fault.Forbidden("muted", "moderators decided that you write no comments for a while; /v1/me/sanctions says why")
	}
	return err
}
