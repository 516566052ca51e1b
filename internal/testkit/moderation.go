package testkit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paceline/paceline/internal/account"
)

// Ids that Prepare puts those of new rows in the place of, for each is decided once.
const (
	caseMark     = "0b9e6f1c-0000-4000-8000-0000000ca5e0"
	sanctionMark = "0b9e6f1c-0000-4000-8000-000005a2c710"
)

// moderated gives the owner two of each, for lists have pages: reports of theirs, decisions that last
// and were lifted by an appeal; and the moderators cases and appeals.
func (c *Cast) moderated() {
	c.T.Helper()
	now := c.Clock.Now()
	for range 2 {
		c.Exec(`INSERT INTO report (member_id, id, case_id, kind, object_id, reason, state, created_at)
			VALUES ($1, $2, $3, 'member', $4, 'spam', 'received', $5)`, c.Owner.ID, c.madeUp(), c.openCase(now), c.Spare.ID, now)
		c.Exec(`INSERT INTO sanction (member_id, id, case_id, kind, words, made_at, ends_at, made_by, lifted_at, appeal, appealed_at)
			VALUES ($1, $2, gen_random_uuid(), 'mute', 'sanction-marker-4471', $3, $4, gen_random_uuid(), $3, 'accepted', $3)`,
			c.Owner.ID, c.madeUp(), now, now.Add(24*time.Hour))
		c.appealed(c.Spare)
	}
}

func (c *Cast) madeUp() string { return fmt.Sprintf("0b9e6f1c-0001-4000-8000-%012d", c.next()) }

// openCase is about the spare member, who bears a warning.
func (c *Cast) openCase(at time.Time) string {
	c.T.Helper()
	id := c.madeUp()
	c.Exec(`INSERT INTO moderation_case (id, kind, object_id, subject_id, state, opened_at) VALUES ($1, 'member', $1, $2, 'received', $3)`, id, c.Spare.ID, at)
	return id
}

// decidable is a URL with what the asker may decide in the place of the marks.
func (c *Cast) decidable(asker *Person, url string) string {
	c.T.Helper()
	now := c.Clock.Now()
	if strings.Contains(url, caseMark) {
		id := c.openCase(now)
		if asker != nil && strings.HasSuffix(url, "/decide") {
			c.Exec(`UPDATE moderation_case SET state = 'in_review', claimed_by = $2, claimed_at = $3 WHERE id = $1`, id, asker.ID, now)
		}
		url = strings.Replace(url, caseMark, id, 1)
	}
	if strings.Contains(url, sanctionMark) {
		var id string
		if strings.HasSuffix(url, "/decide") {
			id = c.appealed(c.Spare)
		} else {
			id = c.warned(c.fit(asker))
		}
		url = strings.Replace(url, sanctionMark, id, 1)
	}
	return url
}

func (c *Cast) warned(p *Person) string {
	c.T.Helper()
	id, now := c.madeUp(), c.Clock.Now()
	c.Exec(`INSERT INTO sanction (member_id, id, case_id, kind, words, made_at, made_by) VALUES ($1, $2, $3, 'warn', 'no', $4, gen_random_uuid())`,
		p.ID, id, c.openCase(now), now)
	return id
}

func (c *Cast) appealed(p *Person) string {
	c.T.Helper()
	id := c.warned(p)
	said, err := c.Service.Moderation.SealAppeal("but")
	if err != nil {
		c.T.Fatal(err)
	}
	c.Exec(`UPDATE sanction SET appeal = 'open', appeal_sealed = $2, appealed_at = $3 WHERE id = $1`, id, said, c.Clock.Now())
	return id
}

// decidedAs is a decision that fits: what lasts lasts some days, and what is said is a warning at least.
func (c *Cast) decidedAs(_ *Person, members map[string]any) map[string]any {
	_, days := members["days"]
	_, words := members["words"]
	switch {
	case days:
		members["words"] = "no"
		return map[string]any{"action": "mute"}
	case words:
		return map[string]any{"action": "warn"}
	}
	return nil
}

// suspended is a new member whom moderators keep out.
func (c *Cast) suspended() map[string]any {
	c.T.Helper()
	name := fmt.Sprintf("kept-out-%d", c.next())
	r := account.Registration{
		Email: name + "@example.test", Password: Password(name), Username: name, DisplayName: "Kept Out", BirthDate: time.Date(1990, 4, 5, 0, 0, 0, 0, time.UTC),
	}
	id, err := c.Service.Accounts.Create(context.Background(), c.Clock.Now(), r, false)
	if err != nil {
		c.T.Fatal(err)
	}
	now := c.Clock.Now()
	c.Exec(`INSERT INTO sanction (member_id, id, case_id, kind, words, made_at, ends_at, made_by)
		VALUES ($1, gen_random_uuid(), gen_random_uuid(), 'suspend', 'no', $2, $3, gen_random_uuid())`, id, now, now.Add(24*time.Hour))
	return map[string]any{"email": r.Email, "password": r.Password}
}

// reportable is something that the asker can see, of the kind asked for.
func (c *Cast) reportable(asker *Person, members map[string]any) map[string]any {
	other := c.Spare
	if asker == c.Spare {
		other = c.Actor("stranger").Person
	}
	switch members["kind"] {
	case "workout":
		if n := len(c.Owner.Workouts); n > 0 && asker != c.Owner {
			return map[string]any{"id": c.Owner.Workouts[n-1].ID}
		}
	case "member":
		return map[string]any{"id": other.ID}
	case "group":
		if asker != c.Owner {
			return map[string]any{"id": c.Crews[1].ID}
		}
	}
	return nil
}
