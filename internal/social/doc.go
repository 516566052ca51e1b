// Package social is what members say about each other's workouts: likes and comments, with mentions.
//
// What holds:
//
//   - All of it is below a workout, and shows only where the workout does: the first thing each method
//     does is to read the workout as a subject of the policy, and whoever may not see it gets
//     fault.NotFound.
//   - What a member said shows while that member may see the workout themself. Whoever the owner
//     removed, blocked or left out by a narrower audience is not heard below it any more, by the owner
//     neither; what they said is back if they are.
//   - Likes show by who likes: to whoever can find them. The number is of those, up to a thousand.
//   - A comment shows to all who see the workout, but to nobody with a block between them and its author,
//     either way. Its author has a name for who can find them. Whom the workout's owner can't find
//     doesn't comment: nobody writes unseen below what is another's.
//   - A mention is an id. It has the name that its member has now, for whoever can find them; to everybody
//     else it is the text that was typed, as a name of nobody's would be. Only who may see the workout
//     is told of it.
//   - A comment is its author's: they edit and delete it. The workout's owner hides or deletes it; the
//     author isn't told that it is hidden.
//   - Each is bounded: characters, mentions, likes and comments a day.
//
// Below a merged workout is what was said below it, not below those that it was made of: these come
// back with theirs.
package social
