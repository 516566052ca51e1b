package db_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
)

// BenchmarkRead compares, for a number of callers at once, a keyed read through
// the pipeline with the same one through the pool, as two statements of a batch.
// Time depends on what else the machine does; the processor time of this process
// and of PostgreSQL's (µs) hardly does.
//
//	go test ./internal/db -run '^$' -bench BenchmarkRead -benchtime 3s
func BenchmarkRead(b *testing.B) {
	f := open(b)
	id, caller := f.member(privacy.DefaultSettings(false))
	for _, callers := range []int{1, 32, 64} {
		for name, read := range map[string]func(context.Context, db.Caller, func(context.Context, *db.Tx) error) error{
			"pool": f.ReadAlone, "pipeline": f.Read,
		} {
			b.Run(fmt.Sprintf("%s-%d", name, callers), func(b *testing.B) {
				b.ReportAllocs()
				before := f.cpu()
				var all sync.WaitGroup
				for i := range callers {
					all.Go(func() {
						for range (b.N + i) / callers {
							err := read(b.Context(), caller, func(ctx context.Context, tx *db.Tx) error {
								var name string
								return tx.QueryRow(ctx, `SELECT p.display_name, seen_by() FROM profile p WHERE p.member_id = $1`, id).
									Scan(&name, new(uuid.UUID))
							})
							if err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				all.Wait()
				after := f.cpu()
				b.ReportMetric((after.service-before.service)/float64(b.N), "service-µs/op")
				b.ReportMetric((after.postgres-before.postgres)/float64(b.N), "postgres-µs/op")
			})
		}
	}
}

type cpu struct{ service, postgres float64 }

// cpu is the processor time used so far, in microseconds, as Linux tells it.
func (f *fixture) cpu() (c cpu) {
	c.service = used("/proc/self/task/*")
	rows, err := f.root.Query(f.t.Context(), `SELECT pid FROM pg_stat_activity WHERE usename = 'paceline_app'`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			f.t.Fatal(err)
		}
		c.postgres += used(fmt.Sprintf("/proc/%d", pid))
	}
	return c
}

func used(processes string) (us float64) {
	all, _ := filepath.Glob(processes)
	for _, process := range all {
		var ns float64
		stat, _ := os.ReadFile(filepath.Join(process, "schedstat"))
		_, _ = fmt.Fscan(strings.NewReader(string(stat)), &ns)
		us += ns / 1000
	}
	return us
}
