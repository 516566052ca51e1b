package dto

import (
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/privacy"
)

// AccountBody is an account for its owner. For anybody else there is no such
// body: it is the empty one, which can't be sent.
func AccountBody(a account.Account, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	id, username, email := opened(g, a.ID), opened(g, a.Username), opened(g, a.Email)
	created, minor := opened(g, a.CreatedAt), opened(g, a.Minor)
	if id == nil || username == nil || email == nil || created == nil || minor == nil {
		return Body{}
	}
	return s.body(Account{ID: *id, Username: *username, Email: *email, CreatedAt: *created, Minor: *minor})
}

// RegisteredBody is the id of a registration, for whoever registered. There is no
// member yet.
func RegisteredBody(id uuid.UUID) Body { return bodyOf(Registered{RegistrationID: id}) }

// SessionListBody is an owner's sessions; what the grant doesn't open is absent.
func SessionListBody(sessions []privacy.Guarded[account.Session], grant privacy.Grant) Body {
	var shows shower
	g := shows.by(grant)
	list := SessionList{Items: []Session{}}
	for _, guarded := range sessions {
		if s := opened(g, guarded); s != nil {
			list.Items = append(list.Items, Session{
				ID: s.ID, Kind: SessionKind(s.Kind), Label: s.Label, Current: s.Current,
				CreatedAt: s.CreatedAt, LastUsedAt: s.LastUsedAt, ExpiresAt: s.ExpiresAt,
			})
		}
	}
	return shows.body(list)
}

// TokensBody is what a sign-in gives to who signed in: tokens are no member's
// data, they are made for this answer and exist nowhere else.
func TokensBody(t account.Tokens) Body {
	return bodyOf(Tokens{
		AccessToken: t.Access.Reveal(), RefreshToken: t.Refresh.Reveal(),
		TokenType: TokensTokenTypeBearer, ExpiresIn: int(t.ExpiresIn / time.Second),
	})
}
