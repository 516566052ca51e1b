// Package notice tells members what happened that they may want to know: in the app, and by
// mail where they asked for it.
//
// A feature tells somebody by Add, within the transaction in which it happens:
//
//	err := notice.Add(ctx, tx, notice.Notice{To: member, Kind: notice.BookingPromoted, Object: scheduled})
//
// That is all it does. Add leaves out whoever did it themself, who is blocked either way and who
// switched the kind off; it tells the same thing once, and no member more than it should. It never
// says whether it told. Two transactions that tell each other's members wait for nobody.
//
// What holds:
//
//   - A notice is a kind and ids. It holds no name, no title, no text: those are read from the thing
//     it is about, by whoever reads the notice, at that moment.
//   - A notice shows only while its reader can open the thing, and find who did it. Both are decided
//     by the statement that reads the notice: notice_thing asks the thing's own table under its own
//     row-level security, and the policy confirms the owner's grant. After an unfollow, a block, a
//     narrower audience, a deletion or leaving a group the next read has it no more; where the
//     reader may see the thing again, it is back.
//   - What doesn't show doesn't count: not in the number of the unread, not in a page, not in a
//     mail; marking or deleting it answers as for one that never was.
//   - A mail says what kind of thing happened and where to look: no names, no titles, no counts. It
//     is decided minutes later, as the member, whether there is still something to see.
//
// A new kind is a row in the table of kind.go and a branch of notice_thing
// (migrations/0027_social.up.sql) that says, by a look at the thing's own table, who owns it
// and with what audience. Without a branch it shows to nobody.
package notice
