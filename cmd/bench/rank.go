package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/load"
)

// A class that many took, in a transaction that is undone: the rows are of the members that there are.
var takeClass = []string{
	`CREATE TEMPORARY TABLE taker ON COMMIT DROP AS
		SELECT DISTINCT ON (w.member_id) w.member_id, w.id AS workout_id FROM workout w
		WHERE w.member_id IN (SELECT m.id FROM member m ORDER BY m.id LIMIT 20000) ORDER BY w.member_id, w.id`,
	`INSERT INTO workout_class (member_id, workout_id, class_id) SELECT member_id, workout_id, $1 FROM taker`,
	`ANALYZE workout_class`,
	// Most show their place to every member, as in a class that has a board; some to followers, some to nobody.
	`UPDATE member m SET audiences = m.audiences & ~(3::bigint << 36) | ((CASE hashtextextended(m.id::text, 5) & 7 WHEN 0 THEN 0 WHEN 1 THEN 1 ELSE 2 END)::bigint << 36)
		WHERE m.id IN (SELECT member_id FROM taker)`,
	`UPDATE workout w SET source = 'console', audience = 2, output_kj = 100 + (abs(hashtextextended(w.id::text, 5)) % 900000) / 1000.0
		WHERE (w.member_id, w.id) IN (SELECT member_id, workout_id FROM taker)`,
	`INSERT INTO class_place SELECT p.* FROM taker t CROSS JOIN LATERAL class_places(t.member_id, ARRAY[$1::uuid]) p`,
	`INSERT INTO class_bucket SELECT p.board_id, p.metric, l.level, p.public_value / bucket_width(p.metric, l.level), count(*), sum(p.public_value)
		FROM class_place p CROSS JOIN (VALUES (1::smallint), (2::smallint)) AS l (level)
		WHERE p.board_id = $1 AND p.metric > 0 AND p.public_value IS NOT NULL GROUP BY 1, 2, 3, 4`,
	`ANALYZE class_place`, `ANALYZE class_bucket`, `ANALYZE member`,
}

// What the live query would have to have.
const liveIndex = `CREATE INDEX bench_workout_class ON workout_class (class_id, member_id, workout_id)`

// The viewer's rank by buckets, and by a look at everybody: the same rules, and the same answer.
const (
	rankByBuckets = `SELECT 1 + board_ahead($1, 1::smallint, p.own_value, '00000000-0000-0000-0000-000000000000')
		FROM class_place p WHERE p.member_id = viewer_id() AND p.board_id = $1 AND p.metric = 1`
	rankLive = `WITH best AS (
			SELECT c.member_id, max(round(w.output_kj * 1000)::bigint) AS value
			FROM workout_class c
			JOIN workout w ON w.member_id = c.member_id AND w.id = c.workout_id
			JOIN member m ON m.id = c.member_id
			LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer_id()
			WHERE c.class_id = $1 AND w.source <> 'typed'
				AND least(w.audience, chosen_audience(m.audiences, 18), CASE WHEN m.private THEN 1 ELSE 3 END) >= lowest_by(viewer_id(), m.id, e.bits)
			GROUP BY c.member_id)
		SELECT 1 + count(*) FROM best b WHERE b.value > (SELECT o.value FROM best o WHERE o.member_id = viewer_id())`
)

// rankRiders is goal 5: the exact rank among all riders of a class whom the viewer sees.
func (b *bench) rankRiders(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	undone := errors.New("undone")
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := b.ranks(ctx, tx); err != nil {
			return err
		}
		return undone
	})
	if err != nil && !errors.Is(err, undone) {
		return err
	}
	return b.readBoard(ctx, conn)
}

func (b *bench) ranks(ctx context.Context, tx pgx.Tx) error {
	class := uuid.New()
	if err := each(ctx, tx, append(slices.Clone(takeClass), liveIndex, `ANALYZE workout_class`), class); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT member_id FROM class_place WHERE board_id = $1 AND metric = 1 ORDER BY md5(member_id::text) LIMIT 40`, class)
	if err != nil {
		return err
	}
	viewers, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	var quick, live []time.Duration
	for range b.rounds + 1 { // the first to warm up
		quick, live = quick[:0], live[:0]
		for _, v := range viewers {
			if err := look(ctx, tx, v); err != nil {
				return err
			}
			one, byBuckets, err := timed(ctx, tx, rankByBuckets, class)
			if err != nil {
				return err
			}
			all, byAll, err := timed(ctx, tx, rankLive, class)
			if err != nil {
				return err
			}
			if byBuckets != byAll {
				return fmt.Errorf("the buckets say rank %d, the live query %d", byBuckets, byAll)
			}
			quick, live = append(quick, one), append(live, all)
		}
	}
	slices.Sort(quick)
	slices.Sort(live)
	figures := func(name string, d []time.Duration) load.Figures {
		p50 := d[len(d)/2]
		return load.Figures{Name: name, PerSecond: float64(time.Second) / float64(p50), P50: p50, P99: d[len(d)-1]}
	}
	one, all := figures("buckets", quick), figures("live query", live)
	b.liveRank = all.P50
	b.report.table(b.out, fmt.Sprintf("own rank among %s riders, one connection, in the database", thousands(int64(b.takers()))), one, all)
	b.report.ratio(5, fmt.Sprintf("exact rank among %s, against the live query", thousands(int64(b.takers()))), float64(all.P50)/float64(one.P50), atLeast, 200)
	return nil
}

// takers is how many took the class.
func (b *bench) takers() int { return min(20_000, b.world.Members) }

// timed is how long the only figure that a statement gives took to come.
func timed(ctx context.Context, tx pgx.Tx, statement string, class uuid.UUID) (took time.Duration, figure int64, err error) {
	began := time.Now()
	err = tx.QueryRow(ctx, statement, class).Scan(&figure)
	return time.Since(began), figure, err
}
