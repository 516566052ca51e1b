package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/load"
)

// What the class of goal 5 changes, kept until it is taken back: a run that is cut off leaves that to the next.
const (
	keepTakers = `CREATE TABLE bench_taker AS SELECT t.member_id, t.workout_id, $1::uuid AS class_id, m.audiences, w.source, w.audience, w.output_kj
		FROM taker t JOIN member m ON m.id = t.member_id JOIN workout w ON w.member_id = t.member_id AND w.id = t.workout_id`
	takersKept = `SELECT to_regclass('bench_taker') IS NOT NULL`
)

var (
	openClass = []string{
		`INSERT INTO instructor (id, state, name, disciplines, created_at, updated_at) VALUES ($1, 'published', 'Bench', '{ride}', now(), now())`,
		`INSERT INTO class (id, state, title, discipline, duration_s, difficulty, instructor_id, language, equipment, tags, plan, music, live, words, published_at,
			created_at, updated_at)
			VALUES ($1, 'published', 'Bench', 'ride', 1800, 3, $1, 'en', '{}', '{}', '[]', '[]', false, '', now(), now(), now())`,
	}
	takeBack = []string{
		`UPDATE member m SET audiences = t.audiences FROM bench_taker t WHERE m.id = t.member_id`,
		`UPDATE workout w SET source = t.source, audience = t.audience, output_kj = t.output_kj FROM bench_taker t
			WHERE w.member_id = t.member_id AND w.id = t.workout_id`,
		`DELETE FROM workout_class c USING (SELECT DISTINCT class_id FROM bench_taker) t WHERE c.class_id = t.class_id`,
		`DELETE FROM class_place p USING (SELECT DISTINCT class_id FROM bench_taker) t WHERE p.board_id = t.class_id`,
		`DELETE FROM class_bucket b USING (SELECT DISTINCT class_id FROM bench_taker) t WHERE b.board_id = t.class_id`,
		`DELETE FROM class c USING (SELECT DISTINCT class_id FROM bench_taker) t WHERE c.id = t.class_id`,
		`DELETE FROM instructor i USING (SELECT DISTINCT class_id FROM bench_taker) t WHERE i.id = t.class_id`,
		`DROP TABLE bench_taker`,
	}
)

// closeClass takes back what a class of goal 5 changed, if there is one.
func closeClass(ctx context.Context, conn *pgx.Conn) error {
	var kept bool
	if err := conn.QueryRow(ctx, takersKept).Scan(&kept); err != nil || !kept {
		return err
	}
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return each(ctx, tx, takeBack) }); err != nil {
		return err
	}
	for _, s := range []string{`VACUUM (ANALYZE) member`, `VACUUM (ANALYZE) workout`, `VACUUM (ANALYZE) class_place`} {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// each runs statements, with their argument where they have one.
func each(ctx context.Context, tx pgx.Tx, statements []string, arg ...any) error {
	for _, s := range statements {
		args := arg
		if !strings.Contains(s, "$1") {
			args = nil
		}
		if _, err := tx.Exec(ctx, s, args...); err != nil {
			return fmt.Errorf("%.60s: %w", s, err)
		}
	}
	return nil
}

// readBoard measures the leaderboard over HTTP, the first page and the viewer's own place, as those read it who
// took the class.
func (b *bench) readBoard(ctx context.Context, conn *pgx.Conn) (err error) {
	class := uuid.New()
	defer func() { err = errors.Join(err, closeClass(context.WithoutCancel(ctx), conn)) }()
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		statements := append(append([]string{takeClass[0], keepTakers}, takeClass[1:]...), openClass...)
		return each(ctx, tx, statements, class)
	})
	if err != nil {
		return err
	}
	readers, err := b.takersWhoAsk(ctx, conn)
	if err != nil {
		return err
	}
	a := asker{
		world: b.world, count: len(readers), least: 100,
		line: func(to []byte, _ int) []byte {
			return append(append(append(to, "/v1/classes/"...), class.String()...), "/leaderboard"...)
		},
		who: func(n int) int { return readers[n] },
	}
	if err := b.sameRanks(ctx, conn, class, a); err != nil {
		return err
	}
	for _, connections := range []int{1, 32} {
		figures, err := load.Rounds(ctx, b.rounds, b.postgres, load.Side{
			Name: "Paceline", Service: b.service.pid(), Before: b.service.tidy,
			Loop: load.Loop{Address: b.service.address, Connections: connections, For: b.each, Ask: &a},
		})
		if err != nil {
			return err
		}
		b.report.table(b.out, fmt.Sprintf("a page of the leaderboard of %s riders and one's own place, %d connections", thousands(int64(b.takers())), connections), figures...)
		if b.liveRank > 0 && connections == 1 {
			b.report.note(5, "page and own rank over HTTP, against the live query of the rank alone", float64(b.liveRank)/float64(figures[0].P50))
		}
	}
	return nil
}

// takersWhoAsk are those who took the class and have a session.
func (b *bench) takersWhoAsk(ctx context.Context, conn *pgx.Conn) ([]int, error) {
	rows, err := conn.Query(ctx, `SELECT member_id FROM bench_taker`)
	if err != nil {
		return nil, err
	}
	takers, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, err
	}
	took := map[uuid.UUID]bool{}
	for _, id := range takers {
		took[id] = true
	}
	return b.readers(func(i int) bool { return took[b.world.MemberID(i)] }), nil
}

// sameRanks holds ranks that come over HTTP against a look at everybody.
func (b *bench) sameRanks(ctx context.Context, conn *pgx.Conn, class uuid.UUID, a asker) error {
	for n := range min(20, a.count) {
		_, body, err := once(ctx, b.service.address, a.request(nil, n))
		if err != nil {
			return err
		}
		var board struct {
			Items []struct{ Rank int64 }
			Own   *struct{ Rank int64 }
		}
		if err := json.Unmarshal(body, &board); err != nil || board.Own == nil || len(board.Items) == 0 {
			return fmt.Errorf("the leaderboard was answered %.200s: %w", body, err)
		}
		var rank int64
		err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if err := look(ctx, tx, b.world.MemberID(a.who(n))); err != nil {
				return err
			}
			return tx.QueryRow(ctx, rankLive, class).Scan(&rank)
		})
		if err != nil {
			return err
		}
		if board.Own.Rank != rank {
			return fmt.Errorf("over HTTP one's rank is %d, by a look at everybody %d", board.Own.Rank, rank)
		}
	}
	return nil
}

// look has a transaction read as a member.
func look(ctx context.Context, tx pgx.Tx, member uuid.UUID) error {
	_, err := tx.Exec(ctx, `SELECT set_config('paceline.viewer', $1, true), set_config('paceline.actor', 'session', true)`, member.String())
	return err
}
