package workout_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// later is an upload that nobody waits for.
type later struct{ upload }

func (later) Small() bool { return false }

// archiveOf is a zip of recordings, a day apart.
func archiveOf(t testing.TB, rides int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n := range rides {
		w, err := z.Create(fmt.Sprintf("%d.fit", n))
		if err == nil {
			_, err = w.Write(recordingtest.RideFIT(recordingtest.Options{Start: now.AddDate(0, 0, -n-1), Seconds: 10, Seed: uint64(n)})) //nolint:gosec // small
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// queue takes an archive in.
func (w *world) queue(p person, file []byte, a *privacy.Audience) uuid.UUID {
	w.t.Helper()
	got, err := w.s.Import(w.t.Context(), p.caller(), later{upload{bytes.NewReader(file), a}}, workout.Repeat{})
	if err != nil || !got.Later {
		w.t.Fatalf("%+v, %v", got, err)
	}
	var id uuid.UUID
	if err := w.admin.QueryRow(w.t.Context(), `SELECT id FROM import ORDER BY id DESC LIMIT 1`).Scan(&id); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// claim hands the import out, as package jobs does.
func (w *world) claim(id uuid.UUID) func() db.Caller {
	w.t.Helper()
	c := db.WithClaim("claim of "+id.String(), now)
	w.sql(`UPDATE import SET claim = $1, claimed_until = $2, attempts = attempts + 1 WHERE id = $3`, c.TokenHash(), now.Add(time.Minute), id)
	return func() db.Caller { return c }
}

// Wherever the work on an archive breaks off, each file is done together with its workouts or not
// begun; and going on makes each of them once.
func TestAFileIsSettledWithItsWorkouts(t *testing.T) {
	t.Parallel()
	const rides = 2
	w := newWorld(t)
	ada := w.member("ada")
	file := archiveOf(t, rides)
	cutter := newCutter(t, w.url)
	s := w.serviceWith(cutter.url, recording.DefaultLimits())
	steps, halfway, lost := 0, 0, 0
	for _, answerLost := range []bool{false, true} {
		for n := 1; ; n++ {
			w.sql(`DELETE FROM import`)
			w.sql(`DELETE FROM workout`)
			id := w.queue(ada, file, nil)
			as := w.claim(id)
			cutter.arm(n, answerLost)
			err := s.Work(t.Context(), as, id)
			cut := cutter.disarm()
			made := w.count(`SELECT count(*) FROM workout`)
			done := w.count(`SELECT count(*) FROM import_file WHERE outcome = 'created' AND cardinality(workouts) = 1`)
			if counted := w.count(`SELECT created FROM import`); made != done || counted != done {
				t.Fatalf("cut at statement %d: %d workouts of %d files, counted %d", n, made, done, counted)
			}
			if !cut {
				if err != nil || done != rides {
					t.Fatalf("nothing was cut, and yet %d files are done: %v", done, err)
				}
				break
			}
			steps++
			if done == 1 {
				halfway++
			}
			if answerLost && err != nil && done > 0 {
				lost++
			}
			if err := w.s.Work(t.Context(), as, id); err != nil && done != rides {
				t.Fatalf("going on after statement %d: %v", n, err)
			}
			if ready := w.count(`SELECT count(*) FROM import WHERE state = 'ready' AND created = $1 AND bytes = 0`, rides); ready != 1 ||
				w.count(`SELECT count(*) FROM workout`) != rides || w.count(`SELECT count(*) FROM import_chunk`) != 0 {
				t.Fatalf("going on after statement %d comes to another end", n)
			}
		}
	}
	t.Logf("cut %d times, %d of them between the files", steps, halfway)
	if steps < 30 || halfway == 0 || lost == 0 {
		t.Errorf("cut %d times, %d between the files, %d after a commit", steps, halfway, lost)
	}
}

// A file that ends the program whenever it is read is given up after a few times, and those behind it
// have their turn.
func TestAFileThatCanNotBeReadIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.queue(ada, archiveOf(t, 2), nil)
	as := w.claim(id)
	if err := w.s.Work(t.Context(), func() db.Caller {
		// Listed, and then nothing: the program ends.
		if w.count(`SELECT count(*) FROM import_file`) > 0 {
			return db.WithClaim("none", now)
		}
		return as()
	}, id); err == nil {
		t.Fatal("it didn't end")
	}
	w.sql(`UPDATE import SET attempts = 6`)
	if err := w.s.Work(t.Context(), as, id); err != nil {
		t.Fatal(err)
	}
	if got := w.count(`SELECT count(*) FROM import WHERE state = 'partly' AND created = 1 AND rejected = 1`); got != 1 {
		t.Error("the others did not have their turn")
	}
	if got := w.count(`SELECT count(*) FROM import_file WHERE place = 0 AND code = 'internal'`); got != 1 {
		t.Error("it is not the file that was given up")
	}
}

// Whoever took the switch meanwhile is not opened up by what they asked for before.
func TestAnImportObeysTheSwitchAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.queue(ada, archiveOf(t, 1), new(privacy.Everyone))
	w.sql(`UPDATE member SET private = true WHERE id = $1`, ada.id)
	if err := w.s.Work(t.Context(), w.claim(id), id); err != nil {
		t.Fatal(err)
	}
	if n := w.count(`SELECT count(*) FROM import_file WHERE outcome = 'rejected' AND code = 'private_account'`); n != 1 || w.count(`SELECT count(*) FROM workout`) != 0 {
		t.Error("a private account's import is open to everyone")
	}
}

// An upload that breaks off, or is one too many, leaves nothing.
func TestUploadsThatComeToNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	file := archiveOf(t, 1)
	half := &breaking{bytes.NewReader(file[:len(file)/2])}
	if _, err := w.s.Import(t.Context(), ada.caller(), later{upload{half, nil}}, workout.Repeat{}); !errors.Is(err, errBroke) {
		t.Errorf("an upload that broke off: %v", err)
	}
	if n := w.count(`SELECT count(*) FROM import`); n != 0 {
		t.Errorf("%d imports of a broken upload", n)
	}
	for range 3 {
		w.queue(ada, file, nil)
	}
	if _, err := w.s.Import(t.Context(), ada.caller(), later{upload{bytes.NewReader(file), nil}}, workout.Repeat{}); err == nil {
		t.Error("a fourth upload is kept")
	}
	if n := w.count(`SELECT count(*) FROM import`); n != 3 {
		t.Errorf("%d imports", n)
	}
}

var errBroke = errors.New("the connection broke")

type breaking struct{ r *bytes.Reader }

func (b *breaking) Read(p []byte) (int, error) {
	if n, err := b.r.Read(p); err == nil {
		return n, nil
	}
	return 0, errBroke
}
