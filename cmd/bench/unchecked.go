package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/testkit/hole"
)

// unchecked is the program with its checks switched off: for goal 2 alone, by the compiler's
// -overlay. The program itself has no switch.
var unchecked = []hole.Edit{
	{
		File:    "internal/db/tx.go", // whoever asks is believed
		Find:    "SELECT actor, member, session FROM auth.authenticate($1, $2)",
		Replace: "SELECT 'anonymous'::text AS actor, NULL::uuid AS member, NULL::uuid AS session WHERE $1::bytea IS NULL OR $2::timestamptz IS NOT NULL",
	}, {
		File:    "internal/workout/query/queries.sql.gen.go", // neither row-level security nor its rules
		Find:    "FROM read_workout($1) w",
		Replace: "FROM floor.read_unchecked($1) w",
	}, {
		File:    "internal/db/db.go",
		Find:    "\"FROM read_workout($1) w\"",
		Replace: "\"FROM floor.read_unchecked($1) w\"",
	}, {
		File:    "internal/db/db.go",
		Find:    "FROM read_workout_each($1, $2, $3)",
		Replace: "FROM floor.read_unchecked_each($1, $2, $3)",
	}, {
		File:    "internal/privacy/grant.go", // the policy opens everything
		Find:    "func (g Grant) ShowsWithin(f Field, ceiling Audience) bool {\n",
		Replace: "func (g Grant) ShowsWithin(f Field, ceiling Audience) bool {\n\treturn true\n",
	}, {
		File:    "internal/httpapi/limits.go", // no limits
		Find:    "\tif !o.class.Counted() {\n",
		Replace: "\tif true {\n",
	}, {
		File:    "internal/httpapi/limits.go",
		Find:    "\tif o.class.Counted() && (err == nil",
		Replace: "\tif false && (err == nil",
	}, {
		File:    "internal/httpapi/limits.go", // no budget of members
		Find:    "\tcase len(shown) > 0:\n",
		Replace: "\tcase false:\n",
	},
}

//go:embed unchecked.sql
var uncheckedSQL string

// root is the repository's folder.
func root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	return strings.TrimSpace(string(out)), err
}

// startUnchecked builds and starts the service without its checks.
func (b *bench) startUnchecked(ctx context.Context) (*process, error) {
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	if _, err := conn.Exec(ctx, uncheckedSQL); err != nil {
		return nil, err
	}
	dir, err := root(ctx)
	if err != nil {
		return nil, err
	}
	changed, err := hole.Changed(dir, unchecked)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Join(b.dir, "overlay"))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil { //nolint:gosec // our own folder
		return nil, err
	}
	overlay, err := hole.Overlay(dir, folder, changed)
	if err != nil {
		return nil, err
	}
	return b.startService(ctx, "paceline-unchecked", b.url, "-overlay", overlay)
}

// againstUnchecked is goal 2. The reads are of members' own workouts, of which the policy opens all:
// so both builds give the same bytes.
func (b *bench) againstUnchecked(ctx context.Context) error {
	plain, err := b.startUnchecked(ctx)
	if err != nil {
		return err
	}
	defer plain.stop()
	a := b.workoutReads()
	var own []pair
	for _, p := range b.pairs {
		if b.world.Owner(int(p.workout)) == int(p.viewer) {
			own = append(own, p)
		}
	}
	a.count = len(own)
	a.line = func(to []byte, n int) []byte {
		return append(append(to, "/v1/workouts/"...), b.world.WorkoutID(int(own[n].workout)).String()...)
	}
	a.who = func(n int) int { return int(own[n].viewer) }
	for i := range min(200, a.count) {
		request := a.request(nil, a.at(0, i))
		_, one, err := once(ctx, b.service.address, request)
		if err != nil {
			return err
		}
		status, two, err := once(ctx, plain.address, request)
		if err != nil {
			return err
		}
		if status != 200 || !bytes.Equal(one, two) {
			return fmt.Errorf("the builds differ:\nwith checks:    %s\nwithout checks: %s", one, two)
		}
	}
	figures, err := load.Rounds(ctx, b.rounds, b.postgres,
		load.Side{
			Name: "Paceline", Service: b.service.pid(), Before: b.service.tidy,
			Loop: load.Loop{Address: b.service.address, Connections: 32, For: b.each, Ask: &a},
		},
		load.Side{
			Name: "without its checks", Service: plain.pid(), Before: plain.tidy,
			Loop: load.Loop{Address: plain.address, Connections: 32, For: b.each, Ask: &a},
		})
	if err != nil {
		return err
	}
	b.report.table(b.out, "read one's own workout, 32 connections", figures...)
	b.report.ratio(2, "read a workout, throughput against the same without checks", figures[0].PerSecond/figures[1].PerSecond, atLeast, 0.75)
	return nil
}
