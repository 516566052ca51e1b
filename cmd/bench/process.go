package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/floor"
	"github.com/paceline/paceline/internal/bench/load"
)

// process is a server under measurement, in a process of its own.
type process struct {
	cmd     *exec.Cmd
	address string
	private string // metrics and profiles
	said    bytes.Buffer
	done    chan struct{}
	log     *os.File
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) stop() {
	if p == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	if p.log != nil {
		_ = p.log.Close()
	}
}

// tidy cuts the log, so that a long run doesn't fill the disk.
func (p *process) tidy() error {
	if p.log == nil {
		return nil
	}
	return p.log.Truncate(0)
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		return "", err
	}
	defer l.Close() //nolint:errcheck // only its number is wanted
	return l.Addr().String(), nil
}

// buildPaceline builds the program as it is released; with an overlay, another one.
func (b *bench) buildPaceline(ctx context.Context, name string, flags ...string) (string, error) {
	bin, err := filepath.Abs(filepath.Join(b.dir, name))
	if err != nil {
		return "", err
	}
	args := append([]string{"build", "-buildvcs=false", "-o", bin}, flags...)
	out, err := exec.CommandContext(ctx, "go", append(args, "github.com/paceline/paceline/cmd/paceline")...).CombinedOutput() //nolint:gosec // our own arguments
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
}

// startService builds the service and starts it as in production: its log goes to a file.
func (b *bench) startService(ctx context.Context, name, admin string, flags ...string) (*process, error) {
	bin, err := b.buildPaceline(ctx, name, flags...)
	if err != nil {
		return nil, err
	}
	database, err := url.Parse(admin)
	if err != nil {
		return nil, err
	}
	database.User = nil // the roles are the service's own
	p := &process{done: make(chan struct{})}
	if p.address, err = freePort(); err != nil {
		return nil, err
	}
	if p.private, err = freePort(); err != nil {
		return nil, err
	}
	if p.log, err = os.OpenFile(filepath.Join(b.dir, name+".log"), os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_WRONLY, 0o600); err != nil { //nolint:gosec // our own folder
		return nil, err
	}
	p.cmd = exec.Command(bin, "serve") //nolint:gosec,noctx // just built; stop ends it
	p.cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"),
		"PACELINE_ADDR=" + p.address, "PACELINE_PRIVATE_ADDR=" + p.private, "PACELINE_PUBLIC_URL=https://bench.test",
		"PACELINE_KEYRING=" + b.place.Ring, "DATABASE_URL=" + database.String(),
		"PACELINE_SMTP_URL=smtp://127.0.0.1:1", "PACELINE_MAIL_FROM=Bench <bench@bench.test>",
		// Each member comes from an address of their own, as through a proxy.
		"PACELINE_TRUSTED_PROXIES=127.0.0.0/8",
	}
	p.cmd.Stdout, p.cmd.Stderr = p.log, &p.said
	if err := p.start(ctx); err != nil {
		return p, err
	}
	return p, upkeepDone(ctx, admin)
}

// upkeepDone waits until the service's worker has done for now what it does when it starts, which is
// no part of what is measured.
func upkeepDone(ctx context.Context, admin string) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it was only asked
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	for still := 0; still < 20; still++ {
		var busy bool
		if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'paceline_worker' AND state <> 'idle')`).Scan(&busy); err != nil {
			return err
		}
		if busy {
			still = 0
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the upkeep has no end: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// startFloor starts this program once more, as FLOOR.
func (b *bench) startFloor(ctx context.Context, database string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{done: make(chan struct{})}
	if p.address, err = freePort(); err != nil {
		return nil, err
	}
	p.cmd = exec.Command(self, "floor", p.address, database) //nolint:gosec,noctx // this very program; stop ends it
	p.cmd.Stderr = &p.said
	return p, p.start(ctx)
}

func serveFloor(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("bench floor ADDRESS DATABASE")
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", args[0])
	if err != nil {
		return err
	}
	return floor.Serve(ctx, args[1], l)
}

func (p *process) start(ctx context.Context) error {
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		select {
		case <-p.done:
			return fmt.Errorf("%s ended at once; it said:\n%s", filepath.Base(p.cmd.Path), strings.TrimSpace(p.said.String()))
		case <-ctx.Done():
			p.stop()
			return fmt.Errorf("%s is not ready: %w", filepath.Base(p.cmd.Path), ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
		if status, _, err := once(ctx, p.address, []byte("GET /readyz HTTP/1.1\r\nHost: bench.test\r\n\r\n")); err == nil && status == 200 {
			return nil
		}
	}
}

// once asks a single time.
func once(ctx context.Context, address string, request []byte) (int, []byte, error) {
	c, err := load.Dial(ctx, address)
	if err != nil {
		return 0, nil, err
	}
	defer c.Close() //nolint:errcheck // it was only read
	return c.Do(ctx, request)
}
