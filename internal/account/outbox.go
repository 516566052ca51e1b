package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/seal"
)

// MailPurpose is what outbox rows are sealed for; their id is bound to them.
const MailPurpose = mail.Purpose

// post puts a mail into the outbox, in the transaction that calls for it. A mail
// to nobody takes the room of one to somebody and is never sent.
func (s *Service) post(ctx context.Context, q *query.Queries, now time.Time, m mail.Message) error {
	m.ID = uuid.New()
	sealed, err := seal.SealSystemValue(s.Ring, MailPurpose, m.ID[:], m)
	if err != nil {
		return err
	}
	return q.AddMail(ctx, query.AddMailParams{ID: m.ID, Message: sealed, Now: now})
}

func codeMail(kind mail.Kind, to, code string) mail.Message {
	return mail.Message{Kind: kind, To: to, Data: mail.Data{Code: code, Minutes: int(codeLife / time.Minute)}}
}
