package notice

import "github.com/paceline/paceline/internal/privacy"

// Kind says what happened. It is stored, and it is the API's name for it.
type Kind string

// The kinds there are. A new one needs a row in rules, a branch in notice_thing
// (migrations/0027_social.up.sql), a sentence in internal/mail and a line in the contract.
const (
	Liked           Kind = "liked"            // object: the workout
	Commented       Kind = "commented"        // object: the workout; part: the comment
	Mentioned       Kind = "mentioned"        // object: the workout; part: the comment
	FollowRequested Kind = "follow_requested" // actor asks to follow
	FollowApproved  Kind = "follow_approved"  // actor said yes

	BookingPromoted Kind = "booking_promoted" // object: the scheduled class
	BookingRemoved  Kind = "booking_removed"  // object: the scheduled class
	ClassCancelled  Kind = "class_cancelled"  // object: the scheduled class
	ClassMoved      Kind = "class_moved"      // object: the scheduled class
	HighFive        Kind = "high_five"        // object: the workout; part: the class

	GroupRequested Kind = "group_requested" // object: the group; actor asks to join
	GroupApproved  Kind = "group_approved"  // object: the group
	ChallengeEnded Kind = "challenge_ended" // object: the challenge; part: its group

	AccessGranted     Kind = "access_granted"     // object: the access grant
	ModerationDecided Kind = "moderation_decided" // object: the case
)

// Rule is what holds for a kind.
type Rule struct {
	Kind Kind
	// About is what the object is, by the API's name; empty where the actor is all there is.
	About string
	// Named: it says who did it, and shows only to who can find them.
	Named bool
	// Field is the row of the privacy model under which its owner shows the object. What
	// belongs to nobody, or to the reader, stands under Notices.
	Field privacy.Field
	// Renews: happening again makes it new, unread and at its new time. Otherwise the first
	// one stays as it is.
	Renews bool
	// Safety: about the account's safety. It can't be switched off, and goes by mail unless
	// the member says no; all others go by mail only to who asks for it.
	Safety bool
	// Apart: a mail of its own tells of it at once, whatever the member says, so that no mail about
	// notices does.
	Apart bool
}

// rules is the table.
var rules = []Rule{
	{Kind: Liked, About: "workout", Named: true, Field: privacy.Workout},
	{Kind: Commented, About: "workout", Named: true, Field: privacy.Workout},
	{Kind: Mentioned, About: "workout", Named: true, Field: privacy.Workout},
	{Kind: FollowRequested, Named: true, Field: privacy.Notices, Renews: true},
	{Kind: FollowApproved, Named: true, Field: privacy.Notices, Renews: true},

	{Kind: BookingPromoted, About: "scheduled_class", Field: privacy.Notices, Renews: true},
	{Kind: BookingRemoved, About: "scheduled_class", Field: privacy.Notices, Renews: true},
	{Kind: ClassCancelled, About: "scheduled_class", Field: privacy.Notices, Renews: true},
	{Kind: ClassMoved, About: "scheduled_class", Field: privacy.Notices, Renews: true},
	{Kind: HighFive, About: "workout", Named: true, Field: privacy.Workout},

	{Kind: GroupRequested, About: "group", Named: true, Field: privacy.Notices, Renews: true},
	{Kind: GroupApproved, About: "group", Field: privacy.Notices, Renews: true},
	{Kind: ChallengeEnded, About: "challenge", Field: privacy.Notices},

	{Kind: AccessGranted, About: "access_grant", Field: privacy.Notices, Safety: true, Apart: true},
	{Kind: ModerationDecided, About: "case", Field: privacy.Notices, Renews: true, Safety: true},
}

// Rules are the kinds there are, in the order of the table.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// RuleOf is what holds for a kind; not ok for one that isn't in the table.
func RuleOf(k Kind) (Rule, bool) {
	for _, r := range rules {
		if r.Kind == k {
			return r, true
		}
	}
	return Rule{}, false
}
