package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit/pgtest"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "paceline-build")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "paceline")
	out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// process is a running paceline.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	base string
	out  *bytes.Buffer
	mu   sync.Mutex
	done chan struct{}
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only its number is wanted
	return l.Addr().String()
}

func start(t *testing.T, command string, env ...string) *process {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	address := freePort(t)
	p := &process{t: t, base: "http://" + address, out: &bytes.Buffer{}, done: make(chan struct{})}
	p.cmd = exec.Command(bin, command)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "PACELINE_ADDR=" + address, "PACELINE_PRIVATE_ADDR=" + freePort(t)}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() { p.kill() })
	return p
}

func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.done
}

func (p *process) ready() *process {
	p.t.Helper()
	for range 1200 {
		select {
		case <-p.done:
			p.t.Fatalf("it ended: %s", p.said())
		default:
		}
		r, err := http.Get(p.base + "/readyz")
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return p
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("not ready: %s", p.said())
	return nil
}

func (p *process) do(method, path, token, media string, body []byte) (int, []byte, error) {
	r, err := http.NewRequest(method, p.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // it has been read
	got, err := io.ReadAll(answer.Body)
	return answer.StatusCode, got, err
}

func (p *process) login(name string) string {
	p.t.Helper()
	body := fmt.Sprintf(`{"email":"%s@demo.test","password":"demo-password-%s"}`, name, name)
	status, got, err := p.do(http.MethodPost, "/v1/auth/login", "", "application/json", []byte(body))
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	if err != nil || status != http.StatusOK || json.Unmarshal(got, &tokens) != nil {
		p.t.Fatalf("login of %s: %d %s %v", name, status, got, err)
	}
	return tokens.AccessToken
}

func form(t *testing.T, file []byte) ([]byte, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "ride.fit")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// A service that is killed in the middle of an import leaves nothing of it, and
// the retry gives the workout once, whole.
func TestKilledInTheMiddleOfAnImport(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t)
	data := t.TempDir()
	env := []string{"DATABASE_URL=" + pg.Superuser(), "PACELINE_DATA=" + data}
	root := pgtest.Connect(t, pg.Superuser())
	count := func() string {
		t.Helper()
		var n string
		err := root.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM workout) || ' workouts, ' || (SELECT count(*) FROM workout_part) || ' parts'`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	p := start(t, "dev", env...).ready()
	before := count()
	file := recordingtest.RideFIT(recordingtest.Options{Start: time.Date(2025, 1, 2, 8, 0, 0, 0, time.UTC), Seconds: 7200, Seed: 99})
	body, media := form(t, file)

	// In the middle of the transaction: the workout's row is in, its parts are not.
	if _, err := root.Exec(t.Context(), "BEGIN; LOCK TABLE workout_part IN EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	token := p.login("ada")
	answered := make(chan int, 1)
	go func() {
		status, _, _ := p.do(http.MethodPost, "/v1/workouts/import", token, media, body)
		answered <- status
	}()
	for waiting := 0; waiting == 0; time.Sleep(10 * time.Millisecond) {
		err := root.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'workout_part'::regclass`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		select {
		case status := <-answered:
			t.Fatalf("the import was answered (%d) while it could not be written", status)
		default:
		}
	}
	p.kill()
	if _, err := root.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	// PostgreSQL notices the broken connection and undoes what was open.
	for range 200 {
		var busy int
		err := root.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE 'paceline%'`).Scan(&busy)
		if err != nil {
			t.Fatal(err)
		}
		if busy == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if after := count(); after != before {
		t.Fatalf("half an import stayed: %s, was %s", after, before)
	}

	p = start(t, "dev", env...).ready()
	token = p.login("ada")
	for attempt, want := range []int{http.StatusCreated, http.StatusOK} {
		status, got, err := p.do(http.MethodPost, "/v1/workouts/import", token, media, body)
		if err != nil || status != want {
			t.Fatalf("attempt %d: %d %s %v", attempt+1, status, got, err)
		}
		if n := strings.Count(string(got), `"started_at"`); n != 1 {
			t.Errorf("attempt %d names %d workouts: %s", attempt+1, n, got)
		}
	}
	var n int
	if err := root.QueryRow(t.Context(), `SELECT count(*) FROM workout WHERE started_at = '2025-01-02 08:00Z'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d workouts of one recording, %v", n, err)
	}
}

// SIGTERM finishes what is in flight: a request that waits is answered.
func TestStoppingFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t)
	root := pgtest.Connect(t, pg.Superuser())
	p := start(t, "dev", "DATABASE_URL="+pg.Superuser(), "PACELINE_DATA="+t.TempDir()).ready()
	token := p.login("eve")
	if _, err := root.Exec(t.Context(), "BEGIN; LOCK TABLE profile IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan int, 1)
	go func() {
		status, _, _ := p.do(http.MethodGet, "/v1/me/profile", token, "", nil)
		answered <- status
	}()
	for waiting := 0; waiting == 0; time.Sleep(10 * time.Millisecond) {
		if err := root.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	if _, err := root.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if status := <-answered; status != http.StatusOK {
		t.Errorf("the request in flight got %d", status)
	}
	<-p.done
	if !p.cmd.ProcessState.Success() {
		t.Errorf("it ended badly: %s", p.said())
	}
}

// Production lists every mistake at once and starts with none.
func TestServeListsEveryMistake(t *testing.T) {
	t.Parallel()
	p := start(t, "serve", "PACELINE_CORS_ORIGINS=*", "DATABASE_URL=postgres://me:secret-word@db/paceline", "PACELINE_DEMO=yes")
	<-p.done
	if p.cmd.ProcessState.Success() {
		t.Error("it started")
	}
	for _, name := range []string{"PACELINE_PUBLIC_URL", "PACELINE_KEYRING", "DATABASE_URL", "PACELINE_CORS_ORIGINS", "PACELINE_SMTP_URL", "PACELINE_DEMO"} {
		if !strings.Contains(p.said(), name) {
			t.Errorf("it doesn't name %s:\n%s", name, p.said())
		}
	}
	if strings.Contains(p.said(), "secret-word") {
		t.Error("it printed a secret")
	}
}
