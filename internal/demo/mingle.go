package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/social"
)

// book has the bookings made, those of a class in their order: who comes late waits.
func (l *crowdLoader) book(ctx context.Context) error {
	all, err := l.crowd.Bookings(l.people, l.all)
	if err != nil {
		return err
	}
	return l.each(ctx, "bookings", 0.9, 0.93, len(all), func(ctx context.Context, i int) error {
		id, there := l.shelf.given[all[i].Given]
		if !there {
			return fmt.Errorf("%v is not in the schedule", all[i].Given)
		}
		for _, who := range all[i].Who {
			if _, err := l.Bookings.Book(ctx, l.made[who].Caller, id, booking.Wish{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// gather has the groups made and joined, and half of each set out for its goal.
func (l *crowdLoader) gather(ctx context.Context) error {
	all := l.crowd.Circles(l.people)
	return l.each(ctx, "groups", 0.93, 0.95, len(all), func(ctx context.Context, i int) error {
		g := all[i]
		owner := l.made[g.Members[0]].Caller
		key := sha256.Sum256(fmt.Appendf(nil, "%d %s", l.crowd.Seed, g.Name))
		made, err := l.Groups.Create(ctx, owner, group.Entry{Kind: group.Kind(g.Kind), Name: g.Name, Description: &g.About}, key[:])
		if err != nil {
			return err
		}
		join := func(who int) error {
			_, err := l.Groups.Join(ctx, l.made[who].Caller, made.ID)
			return err
		}
		if made.Kind != group.Public {
			_, code, err := l.Groups.Invite(ctx, owner, made.ID, len(g.Members), 7*24*time.Hour)
			if err != nil {
				return err
			}
			join = func(who int) error {
				_, err := l.Groups.Accept(ctx, l.made[who].Caller, code.Reveal())
				return err
			}
		}
		for _, who := range g.Members[1:] {
			if err := join(who); err != nil {
				return err
			}
		}
		goal, err := l.Groups.CreateChallenge(ctx, owner, made.ID, group.Goal{
			Title: g.Goal, Metric: group.Metric(g.Metric), Target: g.Target, From: l.crowd.Today, To: l.crowd.Today.AddDate(0, 0, 6), Zone: "UTC",
		}, key[:])
		if err != nil {
			return err
		}
		for _, who := range g.Members[:(len(g.Members)+1)/2] {
			if _, err := l.Groups.JoinChallenge(ctx, l.made[who].Caller, goal.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// cheer has workouts liked and commented on.
func (l *crowdLoader) cheer(ctx context.Context) error {
	all := l.crowd.Cheers(l.people, l.crowd.Follows())
	return l.each(ctx, "likes and comments", 0.95, 1, len(all), func(ctx context.Context, i int) error {
		c, rode := all[i], l.rode[all[i].Whom]
		if c.Ago >= len(rode) {
			return nil
		}
		id, who := rode[len(rode)-1-c.Ago], l.made[c.Who].Caller
		if err := l.Social.Like(ctx, who, id); err != nil || c.Words == "" {
			return err
		}
		key := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", l.crowd.Seed, i, id))
		_, err := l.Social.Write(ctx, who, id, c.Words, social.Repeat{Key: key[:], Request: key[:]})
		return err
	})
}
