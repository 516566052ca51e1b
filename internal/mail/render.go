package mail

import (
	"embed"
	"strings"
	"text/template"
	"time"
)

//go:embed templates/*.txt
var files embed.FS

var templates = template.Must(template.New("mail").Option("missingkey=error").ParseFS(files, "templates/*.txt"))

// subjects are constants: no header holds what anybody typed.
var subjects = map[Kind]string{
	VerifyCode:      "Your Paceline code",
	AddressKnown:    "You already have a Paceline account",
	ResetCode:       "Your code for a new Paceline password",
	PasswordChanged: "Your Paceline password was changed",
	NewLogin:        "A new login to your Paceline account",
	ConsolePaired:   "A console was paired with your Paceline account",
	Notices:         "News for you on Paceline",
	FactorChanged:   "The second factors of your Paceline account changed",
	WrongFactor:     "A wrong code for your Paceline account",
	AccessOpened:    "Paceline's staff may read some of your account",
}

// Events are kinds of notices (package notice), a bit each: a mail has no room for words.
type Events uint64

// EventOf is the bit of a kind, none for one that no mail has a sentence for.
func EventOf(kind string) Events {
	for i, s := range sentences {
		if s.kind == kind {
			return 1 << i
		}
	}
	return 0
}

// sentences say what happened, to whom, and nothing of who else. They stay in their places while mails wait.
var sentences = []struct{ kind, says string }{
	{"liked", "Somebody liked a workout of yours."},
	{"commented", "Somebody commented on a workout of yours."},
	{"mentioned", "Somebody mentioned you in a comment."},
	{"follow_requested", "Somebody asks to follow you."},
	{"follow_approved", "Somebody lets you follow them."},
	{"booking_promoted", "You moved up from a waitlist and have a place in a class."},
	{"class_cancelled", "A class that you booked was cancelled."},
	{"class_moved", "A class that you booked has another time or place."},
	{"high_five", "Somebody gave you a high-five."},
	{"group_requested", "Somebody asks to join a group of yours."},
	{"group_approved", "You are a member of a group that you asked to join."},
	{"challenge_ended", "A challenge that you took part in has ended."},
	{"moderation_decided", "Our moderators decided about something that you wrote or reported."},
	{"booking_removed", "A place in a class of yours was taken back by the staff."},
}

// Text is a written mail.
type Text struct{ Subject, Body string }

// Render writes the message. Site is the service's public address. It gives an ErrMessage for
// what may not be sent.
func (m Message) Render(site string) (Text, error) {
	if err := checkAddress(m.To); err != nil {
		return Text{}, err
	}
	if err := m.Data.check(m.Kind); err != nil {
		return Text{}, err
	}
	var happened []string
	for i, s := range sentences {
		if m.Data.Happened>>i&1 == 1 {
			happened = append(happened, s.says)
		}
	}
	var body strings.Builder
	err := templates.ExecuteTemplate(&body, string(m.Kind)+".txt", map[string]any{
		"Code": m.Data.Code, "Minutes": m.Data.Minutes, "At": m.Data.At.UTC().Format("2 January 2006, 15:04 UTC"), "Site": site,
		"Happened": happened,
	})
	if err != nil {
		return Text{}, invalid("the template does not fit")
	}
	return Text{Subject: subjects[m.Kind], Body: body.String()}, nil
}

// Written is a mail as the local outbox keeps it.
type Written struct {
	At   time.Time
	Kind Kind
	To   string
	Text
}
