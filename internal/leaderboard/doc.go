// Package leaderboard says who took a class, and who did how well.
//
// A board is a class, of all time, or a scheduled class. On it a member has one place by each metric: of the workouts
// by which the viewer sees them there, the best. A result shows if
//
//	the field leaderboard shows              the owner's setting
//	AND the workout shows                    its own audience
//	AND the account's private switch lets it
//
// and nobody blocked the other; the value that is ranked, work or distance, stands under the workout itself. All of
// it is decided by the statement that reads the board (migrations/0025_leaderboards.up.sql), and the
// policy confirms each row. So a member may have another place, by another workout, for a follower than for
// everybody, and none for some.
//
// A rank is one among the visible: one more than those whom this viewer sees with a better value. It is
// counted by buckets of the values that everybody signed in may see, which are kept in the transactions that change
// these, plus the viewer's own edges, one by one: whom they follow counts with the value that followers see, who is
// blocked does not count. Nothing else of what is hidden enters a rank, a page, a cursor or a figure.
//
// Only what a device recorded ranks (workout.Source.Trusted); typed workouts are among who rode it, and on no
// board. A distance that its owner typed over ranks as little.
//
// Figures of a class (averages, a histogram) count those whom every member may see and this viewer does, so they say
// nothing that the board doesn't say one by one; below ten they are withheld.
//
// A live class has a board of its own, of what consoles post while they ride: Live reads it anew for each
// viewer and event.
package leaderboard
