package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

const importConnections = 4 // twice as many as are read at a time

// importFiles is goal 12: an hour's ride in each format, against parsing it and inserting it
// as it is.
func (b *bench) importFiles(ctx context.Context) error {
	seconds := 3600
	if b.quick {
		seconds = 60
	}
	if err := b.unsign(ctx); err != nil {
		return err
	}
	o, err := b.openBare(ctx, importConnections)
	if err != nil {
		return err
	}
	defer o.close(ctx)
	start := time.Date(2006, 1, 1, 7, 0, 0, 0, time.UTC) // below what feeds show
	for i, format := range []struct {
		name string
		file func(recordingtest.Options) []byte
	}{{"FIT", recordingtest.RideFIT}, {"TCX", recordingtest.RideTCX}, {"GPX", recordingtest.RideGPX}} {
		file := format.file(recordingtest.Options{Start: start.AddDate(0, 0, i), Seconds: seconds, Laps: 4, Seed: b.world.Seed})
		if err := b.importOne(ctx, o, fmt.Sprintf("%s of %d s", format.name, seconds), file); err != nil {
			return err
		}
	}
	if err := o.forget(ctx); err != nil {
		return err
	}
	return b.sign(ctx)
}

func (b *bench) importOne(ctx context.Context, o *bare, format string, file []byte) error {
	form, media, err := formOf(file)
	if err != nil {
		return err
	}
	figures, err := b.against(ctx, fmt.Sprintf("import of a %s, %d kB", format, len(file)/1000),
		load.Loop{Address: b.service.address, Connections: importConnections, For: b.each, Ask: &importing{b: b, form: form, media: media}},
		load.Side{Name: "parse and INSERT", Loop: load.Loop{Connections: importConnections, For: b.each, Do: func(ctx context.Context, worker, _ int) error {
			all, err := recording.Parse(bytes.NewReader(file), recording.DefaultLimits())
			if err != nil {
				return err
			}
			if len(all) != 1 {
				return errors.New("the file doesn't hold one ride")
			}
			_, err = o.conns[worker].Exec(ctx, `INSERT INTO floor.sent VALUES ($1, $2)`, uuid.New(), file)
			return err
		}}})
	if err != nil {
		return err
	}
	b.report.note(12, fmt.Sprintf("import: files a second, %s", format), figures[0].PerSecond)
	b.report.note(12, fmt.Sprintf("import: MB a second, %s", format), figures[0].PerSecond*float64(len(file))/1e6)
	b.report.note(12, fmt.Sprintf("import: throughput against a bare parse and INSERT, %s", format), figures[0].PerSecond/figures[1].PerSecond)
	return nil
}

// importing are imports of one file, each by another member: to each of them it is new, and nobody's
// limit is met.
type importing struct {
	b     *bench
	form  []byte
	media string
	next  atomic.Int64
}

func (i *importing) Fill(to []byte, _, _ int) []byte {
	who := int(i.next.Add(1)) % min(i.b.world.Members, i.b.world.Sessions)
	return append(to, i.b.asMember(who, http.MethodPost, "/v1/workouts/import", i.media, i.form)...)
}

func (i *importing) Check(_, _, status int, body []byte) error {
	if status != http.StatusCreated {
		return fmt.Errorf("an import was answered %d: %.200s", status, body)
	}
	return nil
}
