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
	var body strings.Builder
	err := templates.ExecuteTemplate(&body, string(m.Kind)+".txt", map[string]any{
		"Code": m.Data.Code, "Minutes": m.Data.Minutes, "At": m.Data.At.UTC().Format("2 January 2006, 15:04 UTC"), "Site": site,
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
