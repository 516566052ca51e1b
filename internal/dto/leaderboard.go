package dto

import (
	"github.com/paceline/paceline/internal/leaderboard"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// WorkoutClassBody is the class of a workout, for whom the workout shows.
func WorkoutClassBody(taken privacy.Guarded[workout.Taken], g privacy.Grant) Body {
	var s shower
	t := opened(s.by(g), taken)
	if t == nil {
		return Body{}
	}
	return s.body(WorkoutClass{ClassID: t.Class, ScheduledClassID: t.Scheduled})
}

// LeaderboardBody is a page of a board by a metric, each place under a grant of its own.
func LeaderboardBody(p leaderboard.Standing, m leaderboard.Metric) Body {
	var s shower
	out := Leaderboard{Metric: metricName(m), Items: []LeaderboardEntry{}, NextCursor: nextCursor(p.Next)}
	for _, e := range p.Items {
		item := entryOf(e, &s)
		if item == nil {
			return Body{} // a list that would skip a row can't be sent
		}
		out.Items = append(out.Items, *item)
	}
	if p.Own != nil {
		out.Own = entryOf(*p.Own, &s)
	}
	return s.body(out)
}

func entryOf(e leaderboard.Entry, s *shower) *LeaderboardEntry {
	g := s.by(e.Rider.Grant)
	place := opened(g, e.Place)
	if place == nil {
		return nil
	}
	return &LeaderboardEntry{
		ID: place.WorkoutID, Rank: int(place.Rank), Value: place.Value, StartedAt: place.StartedAt, Member: riderOf(e.Rider, g),
	}
}

// riderOf is who it is, nil for who can't find them.
func riderOf(r leaderboard.Rider, g opener) *MemberSummary {
	id, username := opened(g, r.ID), opened(g, r.Username)
	if id == nil || username == nil {
		return nil
	}
	return &MemberSummary{
		ID: *id, Username: *username, DisplayName: opened(g, r.DisplayName), AvatarURL: avatarURL(*id, opened(g, r.HasAvatar) != nil),
	}
}

func metricName(m leaderboard.Metric) BoardMetric {
	if m == leaderboard.Distance {
		return BoardMetricDistance
	}
	return BoardMetricOutput
}

// ClassRidersBody is a page of who took a class.
func ClassRidersBody(p page.Page[leaderboard.Entry]) Body {
	var s shower
	out := ClassRiders{Items: []ClassRider{}, NextCursor: nextCursor(p.Next)}
	for _, e := range p.Items {
		g := s.by(e.Rider.Grant)
		place := opened(g, e.Place)
		if place == nil {
			return Body{}
		}
		out.Items = append(out.Items, ClassRider{ID: place.WorkoutID, StartedAt: place.StartedAt, Member: riderOf(e.Rider, g)})
	}
	return s.body(out)
}

// HighFivesBody is a page of who greeted the caller.
func HighFivesBody(p page.Page[leaderboard.Rider]) Body {
	var s shower
	out := MemberList{Items: []MemberSummary{}, NextCursor: nextCursor(p.Next)}
	for _, r := range p.Items {
		item := riderOf(r, s.by(r.Grant))
		if item == nil {
			return Body{}
		}
		out.Items = append(out.Items, *item)
	}
	return s.body(out)
}

// ClassFiguresBody is what is told of all who consent together: of nobody alone.
func ClassFiguresBody(f *leaderboard.Figures, m leaderboard.Metric) Body {
	out := ClassFigures{Metric: metricName(m)}
	if f != nil {
		out.Riders, out.Average = new(int(f.Riders)), &f.Average
		for _, b := range f.Bars {
			out.Histogram = append(out.Histogram, HistogramBar{From: b.From, To: b.To, Riders: int(b.Riders)})
		}
	}
	return bodyOf(out)
}

// LiveTicketBody is a ticket, for whoever asked for it. It is made for this answer and kept nowhere.
func LiveTicketBody(t leaderboard.Ticket) Body {
	return bodyOf(LiveTicket{Ticket: t.Reveal(), ExpiresAt: t.Until})
}

// LiveBody is one event of a live class, for one viewer at one moment.
func LiveBody(entries []leaderboard.LiveEntry) Body {
	var s shower
	out := LiveLeaderboard{Items: []LiveEntry{}}
	for _, e := range entries {
		g := s.by(e.Rider.Grant)
		place := opened(g, e.Place)
		if place == nil {
			return Body{}
		}
		item := LiveEntry{
			OutputKj: place.Progress.OutputKJ, DistanceM: place.Progress.DistanceM, ElapsedS: place.Progress.ElapsedS,
			Member: riderOf(e.Rider, g),
		}
		if place.Rank > 0 {
			item.Rank = new(int(place.Rank))
		}
		if g.Relation() == privacy.RelationSelf {
			item.You = new(true)
		}
		out.Items = append(out.Items, item)
	}
	return s.body(out)
}
