package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/paceline/paceline/internal/bench/floor"
	"github.com/paceline/paceline/internal/bench/load"
)

// versus measures both sides with the same requests.
func (b *bench) versus(ctx context.Context, what string, connections int, a asker) (ours, theirs load.Figures, err error) {
	one, two := b.sides(a)
	figures, err := load.Rounds(ctx, b.rounds, b.postgres,
		load.Side{
			Name: "Paceline", Service: b.service.pid(), Before: b.service.tidy,
			Loop: load.Loop{Address: b.service.address, Connections: connections, For: b.each, Ask: one},
		},
		load.Side{
			Name: "FLOOR", Service: b.floor.pid(),
			Loop: load.Loop{Address: b.floor.address, Connections: connections, For: b.each, Ask: two},
		})
	if err != nil {
		return ours, theirs, err
	}
	b.report.table(b.out, what, figures...)
	return figures[0], figures[1], nil
}

// readers are the members with a session that are such readers.
func (b *bench) readers(are func(i int) bool) []int {
	var out []int
	for i := range min(b.world.Members, b.world.Sessions) {
		if are(i) {
			out = append(out, i)
		}
	}
	return out
}

// anybody is a reader of any kind.
func anybody(int) bool { return true }

// feedOf are first pages of those readers' feeds.
func (b *bench) feedOf(readers []int) asker {
	return asker{
		world: b.world, count: len(readers), least: 10,
		line: func(to []byte, _ int) []byte { return append(to, "/v1/feed"...) },
		who:  func(n int) int { return readers[n] },
	}
}

// withoutCursor cuts a list's cursor off: Paceline's is sealed.
func withoutCursor(body []byte) []byte {
	at := bytes.LastIndex(body, []byte(`,"next_cursor":`))
	if at < 0 {
		return body
	}
	return body[:at]
}

// readFeeds is goal 3.
func (b *bench) readFeeds(ctx context.Context) error {
	busy, quiet := b.readers(b.world.IsBusy), b.readers(b.world.IsQuiet)
	kinds := []struct {
		what    string
		readers []int
	}{
		{"feed of readers who follow 500", busy},
		{"feed of readers who follow 10", quiet[:min(len(quiet), 20*len(busy))]},
		{"feed of all readers", b.readers(anybody)},
	}
	var ours [3]load.Figures
	for i, k := range kinds {
		a := b.feedOf(k.readers)
		if _, err := b.compare(ctx, a, 50, withoutCursor); err != nil {
			return err
		}
		mine, theirs, err := b.versus(ctx, k.what+", 32 connections", 32, a)
		if err != nil {
			return err
		}
		ours[i] = mine
		if i == 0 {
			b.report.ratio(3, k.what+", throughput against naive SQL", mine.PerSecond/theirs.PerSecond, atLeast, 5)
		} else {
			b.report.note(3, k.what+", throughput against naive SQL", mine.PerSecond/theirs.PerSecond)
		}
	}
	b.report.ratio(3, "feed, p99 of who follows 500 against who follows 10", float64(ours[0].P99)/float64(ours[1].P99), atMost, 1.3)
	return nil
}

// searches are prefixes of usernames that some members share. All members search, so that also in a small world
// nobody comes to their limit.
func (b *bench) searches(query string) asker {
	readers := b.readers(anybody)
	return asker{
		world: b.world, count: len(readers), least: 10,
		line: func(to []byte, n int) []byte {
			return fmt.Appendf(to, "/v1/members?q=%s%s", b.world.CommonPrefix((n*31)%b.world.Members), query)
		},
		who: func(n int) int { return readers[n] },
	}
}

// searchMembers is goal 4.
func (b *bench) searchMembers(ctx context.Context) error {
	for _, kind := range []struct{ query, what string }{
		{floor.Generic, "parameterised LIKE, planned once"},
		{"", "LIKE, planned for each prefix"},
	} {
		a := b.searches("")
		if _, err := b.compare(ctx, a, 50, withoutCursor); err != nil {
			return err
		}
		one, two := b.sides(a)
		if kind.query != "" {
			plain := b.searches("&" + kind.query)
			plain.floor = true
			two = &plain
		}
		figures, err := load.Rounds(ctx, b.rounds, b.postgres,
			load.Side{
				Name: "Paceline", Service: b.service.pid(), Before: b.service.tidy,
				Loop: load.Loop{Address: b.service.address, Connections: 32, For: b.each, Ask: one},
			},
			load.Side{
				Name: "FLOOR", Service: b.floor.pid(),
				Loop: load.Loop{Address: b.floor.address, Connections: 32, For: b.each, Ask: two},
			})
		if err != nil {
			return err
		}
		b.report.table(b.out, "search by prefix, against "+kind.what, figures...)
		ratio := figures[0].PerSecond / figures[1].PerSecond
		if kind.query != "" {
			b.report.ratio(4, "search, throughput against "+kind.what, ratio, atLeast, 250)
		} else {
			b.report.note(4, "search, throughput against "+kind.what, ratio)
		}
	}
	return nil
}
