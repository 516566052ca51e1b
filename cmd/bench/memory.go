package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"time"

	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

const (
	memoryGoal    = 64 << 20
	importRecords = 100_000
)

// memory is goal 8, on a service that has done nothing else.
func (b *bench) memory(ctx context.Context) error {
	fresh, err := b.startService(ctx, "paceline-fresh", b.url)
	if err != nil {
		return err
	}
	defer fresh.stop()
	sessions := min(b.world.Sessions, b.world.Members)
	each := sessions / 32
	a := &asker{
		world: b.world, count: sessions, least: 10,
		line: func(to []byte, n int) []byte {
			if owned := b.world.Owned(n); len(owned) > 0 {
				return append(append(to, "/v1/workouts/"...), b.world.WorkoutID(int(owned[len(owned)-1])).String()...)
			}
			return append(to, "/v1/me/profile"...)
		},
		who: func(n int) int { return n },
	}
	took, err := load.Loop{Address: fresh.address, Connections: 32, Each: each, Ask: inTurn{a}}.Run(ctx)
	if err != nil {
		return err
	}
	now, peak, err := load.Resident(fresh.pid())
	if err != nil {
		return err
	}
	b.report.memory(8, fmt.Sprintf("resident memory after a read in each of %s sessions", thousands(int64(took.Requests))), now, memoryGoal)
	fmt.Fprintf(b.out, "  at most %d MiB\n", peak>>20)
	return b.importLarge(ctx, fresh)
}

// inTurn asks for everything once.
type inTurn struct{ *asker }

func (a inTurn) Fill(to []byte, worker, n int) []byte { return a.request(to, (worker+32*n)%a.count) }

// importLarge imports a recording of more than a day.
func (b *bench) importLarge(ctx context.Context, to *process) error {
	file := recordingtest.RideFIT(recordingtest.Options{Start: time.Now().Add(-60 * time.Hour), Seconds: importRecords, Laps: 20, Seed: 1})
	before, _, err := load.Resident(to.pid())
	if err != nil {
		return err
	}
	if err := load.ForgetPeak(to.pid()); err != nil {
		return err
	}
	began := time.Now()
	if err := b.unsign(ctx); err != nil {
		return err
	}
	ids, err := b.importFile(ctx, to.address, 0, file)
	if err != nil {
		return err
	}
	_, peak, err := load.Resident(to.pid())
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "  imported %d records (%d KiB) in %.1f s\n", importRecords, len(file)>>10, time.Since(began).Seconds())
	b.report.memory(8, fmt.Sprintf("more memory while %s records are imported", thousands(importRecords)), peak-before, memoryGoal)
	if err := b.deleteWorkouts(ctx, to.address, 0, ids); err != nil {
		return err
	}
	return b.sign(ctx)
}

// formOf is a form with a file in it, and what it calls itself.
func formOf(file []byte) (form []byte, media string, err error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	part, err := w.CreateFormFile("file", "ride")
	if err == nil {
		_, err = part.Write(file)
	}
	err = errors.Join(err, w.Close())
	return out.Bytes(), w.FormDataContentType(), err
}

// importFile imports a file as a member, and gives the ids of its workouts.
func (b *bench) importFile(ctx context.Context, address string, who int, file []byte) ([]string, error) {
	form, media, err := formOf(file)
	if err != nil {
		return nil, err
	}
	status, body, err := once(ctx, address, b.asMember(who, "POST", "/v1/workouts/import", media, form))
	if err != nil {
		return nil, err
	}
	var made struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &made); err != nil || status != 201 {
		return nil, fmt.Errorf("an import was answered %d: %.200s", status, body)
	}
	var ids []string
	for _, item := range made.Items {
		ids = append(ids, item.ID)
	}
	return ids, nil
}

func (b *bench) deleteWorkouts(ctx context.Context, address string, who int, ids []string) error {
	c, err := load.Dial(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // it was only read
	for _, id := range ids {
		if err := b.write(ctx, c, who, "DELETE", "/v1/workouts/"+id, ""); err != nil {
			return err
		}
	}
	return nil
}
