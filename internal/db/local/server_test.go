//go:build unix

package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestASecondRunFindsTheData(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Options{Dir: dir})
	execute(t, first.URL("postgres"), "CREATE DATABASE rides")
	execute(t, first.URL("rides"), "CREATE TABLE ride (watts int); INSERT INTO ride VALUES (250)")
	stop(t, first)
	stop(t, first) // a second call does nothing

	second := start(t, Options{Dir: dir})
	if got := query(t, second.URL("rides"), "SELECT watts::text FROM ride"); got != "250" {
		t.Errorf("the second run reads %q", got)
	}
	if second.Home() != dir {
		t.Errorf("home %s, want %s", second.Home(), dir)
	}
}

func TestNobodyElseGetsIn(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: folder(t), Tuning: Throwaway})
	if got := query(t, s.URL("postgres"), "SHOW listen_addresses"); got != "" {
		t.Errorf("listens on %q", got)
	}
	for _, dir := range []string{s.sockets, s.home.data()} {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %o", dir, info.Mode().Perm())
		}
		if owner(info) == 0 {
			t.Errorf("%s belongs to root", dir)
		}
	}
}

func TestUnicodeIsKnownAndSortingIsByCodePoint(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: folder(t), Tuning: Throwaway})
	if got := query(t, s.URL("postgres"), "SHOW server_encoding"); got != "UTF8" {
		t.Errorf("encoding %s", got)
	}
	if got := query(t, s.URL("postgres"), "SELECT string_agg(w, ' ' ORDER BY w) FROM unnest('{a,B,ä,Z}'::text[]) w"); got != "B Z a ä" {
		t.Errorf("sorted: %s", got)
	}
}

func TestOneRunPerFolder(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	first := start(t, Options{Dir: dir, Tuning: Throwaway})
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("a second run on the folder: %v", err)
	}
	if got := query(t, first.URL("postgres"), "SELECT 'unharmed'"); got != "unharmed" {
		t.Errorf("the first run says %s", got)
	}
}

func TestStoppedAtOnceItRecovers(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	s, err := Start(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	execute(t, s.URL("postgres"), "CREATE TABLE ride (watts int); INSERT INTO ride VALUES (250)")
	busy, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close(context.Background())
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_ = s.Stop(over) // an error when the shutdown had to be an immediate one
	vacant(t, dir)
	again := start(t, Options{Dir: dir})
	if got := query(t, again.URL("postgres"), "SELECT watts::text FROM ride"); got != "250" {
		t.Errorf("after the recovery: %q", got)
	}
}

func TestDoneTellsOfADeadServer(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	s, err := Start(t.Context(), Options{Dir: dir, Tuning: Throwaway})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	vacant(t, dir) // the helpers of a killed server end on their own
	stop(t, s)
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	conf := filepath.Join(dir, "pg", "postgresql.conf")
	good, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, []byte("no_such_setting = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Fatalf("error: %v", err)
	}
	if err := os.WriteFile(conf, good, 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, Options{Dir: dir, Tuning: Throwaway}) // the folder was given back
}

func TestTheLogHoldsNoMembersData(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: cluster(t), Tuning: Throwaway})
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `CREATE TABLE login (email text UNIQUE); INSERT INTO login VALUES ('canary@example.test')`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `INSERT INTO login VALUES ('canary@example.test')`); err == nil {
		t.Fatal("the same address twice")
	}
	if said := s.said(); strings.Contains(said, "canary") || !strings.Contains(said, "duplicate key") {
		t.Errorf("the log says:\n%s", said)
	}
}
