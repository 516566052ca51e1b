// Package moderation is what members report, what moderators decide, and how a decision is questioned.
//
//   - Somebody reports what they can see at that moment, and nothing else: what is hidden from them is
//     as little there as what never was. What they saw of its words (a name, a title, a text) is kept
//     sealed with the report, and is all the evidence there is: no figure, no heart rate, no place is
//     ever part of it, and a moderator reads nothing of a member besides.
//   - Who reported stands with the report, which is its reporter's alone. What is decided stands with
//     the case, which leads to no reporter; neither moderators nor the reported learn who it was.
//   - A moderator decides what they claimed, unless it is about them, or they reported it. A decision
//     is a warning, the words taken away, no comments for some days, or no sign-in for some days. It
//     binds the next request; its reason is the member's to read, and they are told that there is one.
//   - The member may appeal once. Another moderator than the one who decided reads it, and decides.
//   - Everything that moderators do is written into the audit by the function that does it: where that
//     fails, nothing was done.
//   - Evidence, reports and what was said in them go once nobody can question the decision any more.
package moderation
