package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/config"
)

const marker = "s3cret-MARKER"

// production is an environment that Serve accepts, with changes; "NAME=" takes a name out.
func production(changes ...string) []string {
	return append([]string{
		"PATH=/bin",
		"PACELINE_PUBLIC_URL=https://ride.example.com",
		"PACELINE_KEYRING=/etc/paceline/keyring.json",
		"DATABASE_URL=postgres://db.example.com:5432/paceline?sslmode=verify-full",
		"DATABASE_APP_PASSWORD=" + marker + "1",
		"DATABASE_AUTH_PASSWORD=" + marker + "2",
		"DATABASE_WORKER_PASSWORD=" + marker + "3",
		"PACELINE_SMTP_URL=smtp://mailer@mail.example.com",
		"PACELINE_SMTP_PASSWORD=" + marker + "4",
		"PACELINE_MAIL_FROM=Paceline <no-reply@example.com>",
	}, changes...)
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// names gives the settings that an environment gets wrong.
func names(err error) []string {
	mistakes, _ := errors.AsType[config.Mistakes](err)
	var out []string
	for _, m := range mistakes {
		out = append(out, m.Name)
	}
	return out
}

func TestProduction(t *testing.T) {
	t.Parallel()
	c, err := config.Serve(production(
		"PACELINE_TRUSTED_PROXIES=10.0.0.0/8, 2001:db8::/32",
		"PACELINE_CORS_ORIGINS=https://app.example.com",
		"PACELINE_LOG_LEVEL=warn"))
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"address":         {c.Addr, "127.0.0.1:8080"},
		"private address": {c.PrivateAddr, "127.0.0.1:9090"},
		"public URL":      {c.PublicURL.String(), "https://ride.example.com"},
		"app password":    {c.Database.App.Reveal(), marker + "1"},
		"mail":            {fmt.Sprint(c.Mail.Host, c.Mail.Port, c.Mail.ImplicitTLS, c.Mail.User), "mail.example.com587 falsemailer"},
		"sender":          {c.Mail.From.Address, "no-reply@example.com"},
		"proxies":         {fmt.Sprint(c.Edge.TrustedProxies), "[10.0.0.0/8 2001:db8::/32]"},
		"origins":         {fmt.Sprint(c.Edge.CORSOrigins), "[https://app.example.com]"},
		"login":           {fmt.Sprint(c.Login), "{65536 1 1 1 64}"},
		"import":          {fmt.Sprint(c.MaxImportBytes), "33554432"},
		"shutdown":        {c.ShutdownTimeout.String(), "30s"},
		"level":           {c.LogLevel.String(), "WARN"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	if !c.Production() || c.Database.Connections < 2 {
		t.Errorf("production %v, %d connections", c.Production(), c.Database.Connections)
	}
}

func TestDevNeedsNothing(t *testing.T) {
	t.Parallel()
	c, err := config.Dev([]string{"HOME=/home/ada", "PACELINE_ADDR=127.0.0.1:8181", "PACELINE_DATA=here"})
	if err != nil {
		t.Fatal(err)
	}
	if c.PublicURL.String() != "http://localhost:8181" || c.Keyring != filepath.Join("here", "keyring.json") {
		t.Errorf("public URL %s, key ring %s", c.PublicURL, c.Keyring)
	}
	if c.Database.URL.IsSet() || c.Mail.Host != "" || c.Production() || c.Mail.From == nil {
		t.Errorf("%+v", c)
	}
}

func TestEveryMistakeIsListedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Serve([]string{
		"PACELINE_ADDR=8080",
		"PACELINE_KEYRNG=/x",
		"PACELINE_COLOUR=red",
		"PACELINE_LOGIN_QUEUE=-1",
		"PACELINE_CORS_ORIGINS=*",
		"PACELINE_SHUTDOWN_TIMEOUT=never",
		"PACELINE_ARGON2_MEMORY_KIB=1024",
		"DATABASE_URL=postgres://db.example.com/paceline",
	})
	want := []string{
		"PACELINE_ADDR", "PACELINE_PUBLIC_URL", "PACELINE_KEYRING", "PACELINE_CORS_ORIGINS",
		"PACELINE_SMTP_URL", "PACELINE_MAIL_FROM", "PACELINE_LOGIN_QUEUE", "PACELINE_SHUTDOWN_TIMEOUT",
		"PACELINE_COLOUR", "PACELINE_KEYRNG", "DATABASE_URL",
		"DATABASE_APP_PASSWORD", "DATABASE_AUTH_PASSWORD", "DATABASE_WORKER_PASSWORD", "PACELINE_ARGON2_MEMORY_KIB",
	}
	if got := names(err); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if text := err.Error(); !strings.Contains(text, "15 mistakes") || !strings.Contains(text, "did you mean PACELINE_KEYRING?") {
		t.Error(text)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	ring := file(t, `{"primary":"a"}`)
	for _, c := range []struct{ change, name string }{
		{"PACELINE_PRIVATE_ADDR=127.0.0.1:8080", "PACELINE_PRIVATE_ADDR"},
		{"PACELINE_PRIVATE_ADDR=:8080", "PACELINE_PRIVATE_ADDR"},
		{"PACELINE_ADDR=host:99999", "PACELINE_ADDR"},
		{"PACELINE_PUBLIC_URL=http://ride.example.com", "PACELINE_PUBLIC_URL"},
		{"PACELINE_PUBLIC_URL=https://ride.example.com/app", "PACELINE_PUBLIC_URL"},
		{"PACELINE_TRUSTED_PROXIES=0.0.0.0/0", "PACELINE_TRUSTED_PROXIES"},
		{"PACELINE_TRUSTED_PROXIES=10.0.0.1/8", "PACELINE_TRUSTED_PROXIES"},
		{"PACELINE_CORS_ORIGINS=null", "PACELINE_CORS_ORIGINS"},
		{"PACELINE_CORS_ORIGINS=https://*.example.com", "PACELINE_CORS_ORIGINS"},
		{"PACELINE_CORS_ORIGINS=https://app.example.com/", "PACELINE_CORS_ORIGINS"},
		{"PACELINE_CORS_ORIGINS=https://app.example.com:443", "PACELINE_CORS_ORIGINS"},
		{"PACELINE_CORS_ORIGINS=http://app.example.com", "PACELINE_CORS_ORIGINS"},
		{"PACELINE_SMTP_URL=http://mail.example.com", "PACELINE_SMTP_URL"},
		{"PACELINE_SMTP_URL=smtp://u:" + marker + "@mail.example.com", "PACELINE_SMTP_URL"},
		{"PACELINE_SMTP_URL=smtp://mail.example.com", "PACELINE_SMTP_PASSWORD"},
		{"PACELINE_SMTP_PASSWORD=", "PACELINE_SMTP_PASSWORD"},
		{"PACELINE_MAIL_FROM=no one", "PACELINE_MAIL_FROM"},
		{"PACELINE_MAIL_FROM=a@example.com\r\nBcc: b@example.com", "PACELINE_MAIL_FROM"},
		{"PACELINE_ARGON2_PARALLELISM=0", "PACELINE_ARGON2_PARALLELISM"},
		{"PACELINE_LOG_LEVEL=INFO+3", "PACELINE_LOG_LEVEL"},
		{"PACELINE_SECURITY_EXPIRES=tomorrow,PACELINE_SECURITY_CONTACT=mailto:security@example.com", "PACELINE_SECURITY_EXPIRES"},
		{"PACELINE_SECURITY_EXPIRES=2027-01-31T00:00:00Z,PACELINE_SECURITY_CONTACT=nobody", "PACELINE_SECURITY_CONTACT"},
		{"PACELINE_SECURITY_CONTACT=mailto:security@example.com", "PACELINE_SECURITY_CONTACT"},
		{"PACELINE_SECURITY_EXPIRES=2027-01-31T00:00:00Z", "PACELINE_SECURITY_CONTACT"},
		{"PACELINE_KEYRING_FILE=" + ring, "PACELINE_KEYRING"},
		{"DATABASE_APP_PASSWORD_FILE=" + ring, "DATABASE_APP_PASSWORD"},
		{"DATABASE_APP_PASSWORD=", "DATABASE_APP_PASSWORD"},
		{"DATABASE_MIGRATOR_PASSWORD_FILE=/does/not/exist", "DATABASE_MIGRATOR_PASSWORD_FILE"},
		{"DATABASE_MIGRATOR_PASSWORD_FILE=" + file(t, "\n"), "DATABASE_MIGRATOR_PASSWORD_FILE"},
		{"DATABASE_URL=mysql://db/paceline", "DATABASE_URL"},
		{"DATABASE_URL=postgres://db.example.com", "DATABASE_URL"},
		{"DATABASE_URL=postgres://u:" + marker + "@db.example.com/paceline?sslmode=verify-full", "DATABASE_URL"},
		{"DATABASE_URL=postgres://db.example.com/paceline?sslmode=require", "DATABASE_URL"},
		{"DATABASE_URL=postgres://db.example.com/paceline?sslmode=verify-ca", "DATABASE_URL"},
		{"DATABASE_URL=postgres://db.example.com/paceline?sslmode=perhaps", "DATABASE_URL"},
		{"PACELINE_DATABASE_TLS=off", "PACELINE_DATABASE_TLS"},
		{"PACELINE_DB_CONNECTIONS=many", "PACELINE_DB_CONNECTIONS"},
		{"PACELINE_MAX_IMPORT_BYTES=0", "PACELINE_MAX_IMPORT_BYTES"},
	} {
		_, err := config.Serve(production(strings.Split(c.change, ",")...))
		if got := names(err); !slices.Equal(got, []string{c.name}) {
			t.Errorf("%s: got %v, want %s (%v)", c.change, got, c.name, err)
		}
		if err != nil && strings.Contains(err.Error(), marker) {
			t.Errorf("%s: the mistake quotes a secret: %v", c.change, err)
		}
	}
}

func TestKeyringFileThatIsTheRingItself(t *testing.T) {
	t.Parallel()
	_, err := config.Serve(production("PACELINE_KEYRING=", "PACELINE_KEYRING_FILE="+file(t, `{"primary":"`+marker+`"}`)))
	if err == nil || !strings.Contains(err.Error(), "use PACELINE_KEYRING") || strings.Contains(err.Error(), marker) {
		t.Error(err)
	}
}

func TestDatabaseConnectionIsKeptFromOthers(t *testing.T) {
	t.Parallel()
	socket := []string{
		"DATABASE_URL=postgres:///paceline?host=/run/postgresql",
		"DATABASE_APP_PASSWORD=", "DATABASE_AUTH_PASSWORD=", "DATABASE_WORKER_PASSWORD=",
	}
	if _, err := config.Serve(production(socket...)); err != nil {
		t.Errorf("a Unix socket needs no passwords: %v", err)
	}
	several := "DATABASE_URL=postgres://db1:5432,db2:5432/paceline?target_session_attrs=read-write&sslmode="
	if _, err := config.Serve(production(several + "verify-full")); err != nil {
		t.Errorf("several hosts: %v", err)
	}
	if _, err := config.Serve(production(several + "prefer")); !slices.Equal(names(err), []string{"DATABASE_URL"}) {
		t.Errorf("several hosts without TLS: %v", err)
	}
	private := []string{"DATABASE_URL=postgres://db:5432/paceline", "PACELINE_DATABASE_TLS=off-private-network"}
	c, err := config.Serve(production(private...))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := c.Print(&out); err != nil || !strings.Contains(out.String(), "without TLS") {
		t.Errorf("Print does not say so: %v\n%s", err, &out)
	}
	if w := c.Warnings(time.Now()); !strings.Contains(strings.Join(w, "\n"), "PACELINE_DATABASE_TLS") {
		t.Errorf("no warning: %v", w)
	}
	_, err = config.Serve(production("DATABASE_URL=postgres://93.184.216.34/paceline", "PACELINE_DATABASE_TLS=off-private-network"))
	if got := names(err); !slices.Equal(got, []string{"PACELINE_DATABASE_TLS"}) {
		t.Errorf("a public address without TLS: %v", err)
	}
}

func TestFilesAreTrimmedOnce(t *testing.T) {
	t.Parallel()
	c, err := config.Serve(production("DATABASE_APP_PASSWORD=", "DATABASE_APP_PASSWORD_FILE="+file(t, " pass word \r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Database.App.Reveal(); got != " pass word " {
		t.Errorf("read %q", got)
	}
}

func TestNothingShowsASecret(t *testing.T) {
	t.Parallel()
	c, err := config.Serve(production("DATABASE_AUTH_PASSWORD=", "DATABASE_AUTH_PASSWORD_FILE="+file(t, marker+"\n")))
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	if err := c.Print(&printed); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	all := printed.String() + string(asJSON) + fmt.Sprintf("%v %+v %#v %s", c, *c, c.Database, c.Mail.Password)
	if strings.Contains(all, marker) {
		t.Errorf("shown:\n%s", all)
	}
	for _, want := range []string{"[from file]", "[set]", "[not set]", "postgres://db.example.com:5432/paceline?sslmode=verify-full"} {
		if !strings.Contains(printed.String(), want) {
			t.Errorf("Print has no %s:\n%s", want, &printed)
		}
	}
	dev, err := config.Dev([]string{"DATABASE_URL=postgres://me:" + marker + "@localhost/paceline?host=/tmp"})
	if err != nil {
		t.Fatal(err)
	}
	printed.Reset()
	if err := dev.Print(&printed); err != nil || strings.Contains(printed.String(), marker) {
		t.Errorf("%v\n%s", err, &printed)
	}
}

func TestSecurityTextWarnings(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for expires, want := range map[string]int{"2026-09-01T00:00:00Z": 0, "2026-02-01T00:00:00Z": 1, "2027-09-01T00:00:00Z": 1} {
		c, err := config.Serve(production("PACELINE_SECURITY_CONTACT=mailto:security@example.com", "PACELINE_SECURITY_EXPIRES="+expires))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Warnings(now); len(got) != want {
			t.Errorf("%s: %v", expires, got)
		}
	}
}

func TestDocsNameEverySetting(t *testing.T) {
	t.Parallel()
	c, err := config.Dev(nil)
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	if err := c.Print(&printed); err != nil {
		t.Fatal(err)
	}
	docs := config.Docs()
	for l := range strings.Lines(printed.String()) {
		if name := strings.Fields(l)[0]; !strings.Contains(docs, "| `"+name+"` |") {
			t.Errorf("%s is not in the table", name)
		}
	}
	if rows := strings.Count(docs, "\n"); rows != strings.Count(printed.String(), "\n")+2 {
		t.Errorf("%d rows", rows)
	}
}
