package main_test

import (
	"bytes"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/paceline/paceline/internal/testkit/pgtest"
)

// once runs a command to its end.
func once(t *testing.T, env []string, stdin string, args ...string) (string, error) {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, args...)
	cmd.Env, cmd.Stdin = append([]string{"PATH=" + os.Getenv("PATH")}, env...), strings.NewReader(stdin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}

// From nothing to a production service: a key ring, roles and schema, a doctor
// who finds it well, an administrator, a service that holds nobody else.
func TestProductionFromNothing(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t)
	address, err := url.Parse(pg.Superuser())
	if err != nil {
		t.Fatal(err)
	}
	admin := address.User.Username()
	address.User = nil
	q := address.Query()
	q.Del("user")
	address.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	smtp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer smtp.Close() //nolint:errcheck // the doctor only knocks
	ring := filepath.Join(t.TempDir(), "keyring.json")
	database := []string{"DATABASE_URL=" + address.String(), "DATABASE_ADMIN_USER=" + admin}
	env := append([]string{
		"PACELINE_ADDR=" + freePort(t), "PACELINE_PRIVATE_ADDR=" + freePort(t), "PACELINE_PUBLIC_URL=https://ride.example.org",
		"PACELINE_KEYRING=" + ring, "PACELINE_SMTP_URL=smtp://" + smtp.Addr().String(), "PACELINE_MAIL_FROM=Paceline <ride@example.org>",
	}, database[0])
	step := func(want string, stdin string, env []string, args ...string) {
		t.Helper()
		out, err := once(t, env, stdin, args...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("paceline %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	// The doctor says what is missing, and how to mend it.
	out, err := once(t, env, "", "doctor")
	if err == nil || !strings.Contains(out, "wrong  key ring") || !strings.Contains(out, "paceline keyring new") {
		t.Errorf("the doctor found nothing wrong: %v\n%s", err, out)
	}
	step("made a key ring", "", nil, "keyring", "new", ring)
	step("the schema is up to date", "", database, "migrate")
	step("the schema is up to date", "", database[:1], "migrate")
	step("all is well", "", env, "doctor")
	step("made the administrator", "a word that only the operator knows\n", env,
		"admin", "create", "operator", "--email", "operator@example.org", "--born", "1980-01-01")
	step("", "", env, "admin", "console", "model", "rower-2", "Rower 2", "--qr")
	step("", "", env, "admin", "console", "firmware", "rower-2", "1.4.0")
	step("", "", env, "admin", "console", "firmware", "rower-2", "1.3.9")
	step("", "", env, "admin", "console", "firmware", "rower-2", "1.3.9", "--withdraw")
	step("rower-2  Rower 2  true  1.4.0", "", env, "admin", "console", "list")
	step("", "", env, "admin", "studio", "operator", "Studio North")
	step("", "", env, "admin", "studio", "operator", "--close")
	if out, err := once(t, env, "", "admin", "studio", "operator", "--close"); err == nil {
		t.Errorf("a studio that is none closes: %s", out)
	}

	p := start(t, "serve", env...)
	p.base = "http://" + strings.TrimPrefix(env[0], "PACELINE_ADDR=")
	p.ready()
	for name, want := range map[string]int{
		`{"email":"ada@demo.test","password":"demo-password-ada"}`:                               http.StatusUnauthorized,
		`{"email":"operator@example.org","password":"a word that only the operator knows"}`:      http.StatusOK,
		`{"email":"operator@example.org","password":"a word that only the operator knows, not"}`: http.StatusUnauthorized,
		`{"email":"admin@example.org","password":"admin","otp":"000000"}`:                        http.StatusUnauthorized,
		`{"email":"admin@example.org","password":"admin","totp":"000000"}`:                       http.StatusBadRequest,
	} {
		if status, got, err := p.do(http.MethodPost, "/v1/auth/login", "", "application/json", []byte(name)); err != nil || status != want {
			t.Errorf("%s: %d %s %v", name, status, got, err)
		}
	}
	for _, path := range []string{"/dev/outbox", "/metrics", "/debug/pprof/"} {
		if status, _, err := p.do(http.MethodGet, path, "", "", nil); err != nil || status != http.StatusNotFound {
			t.Errorf("%s on the public port: %d %v", path, status, err)
		}
	}
	private := "http://" + strings.TrimPrefix(env[1], "PACELINE_PRIVATE_ADDR=")
	r, err := http.Get(private + "/metrics")
	if err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("the private port: %v %v", r, err)
	}
	if err == nil {
		_ = r.Body.Close()
	}
	step("", "", []string{env[0]}, "healthcheck")
	// What it said at the start names every setting and shows no secret.
	if !strings.Contains(p.said(), "PACELINE_KEYRING") {
		t.Errorf("it doesn't print its configuration:\n%s", p.said())
	}
	// The key ring turns while it serves.
	if _, err := once(t, nil, "", "keyring", "rotate", ring); err != nil {
		t.Error(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Error(err)
	}
	login := `{"email":"operator@example.org","password":"a word that only the operator knows"}`
	if status, got, err := p.do(http.MethodPost, "/v1/auth/login", "", "application/json", []byte(login)); err != nil || status != http.StatusOK {
		t.Errorf("after the rotation: %d %s %v", status, got, err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	<-p.done
	if !p.cmd.ProcessState.Success() {
		t.Errorf("it ended badly: %s", p.said())
	}
	// The health check tells of a service that is gone.
	if out, err := once(t, []string{env[0]}, "", "healthcheck"); err == nil {
		t.Errorf("healthy without a service: %s", out)
	}
	if strings.Contains(p.said(), "only the operator knows") {
		t.Error("it logged a password")
	}
}
