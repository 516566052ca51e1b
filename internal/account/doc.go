// Package account is who may sign in: registration, passwords, sessions and the
// end of an account. What a member shows to others is package member's.
//
// No stranger learns who has an account:
//
//   - Register and Forgot do the same for a known address as for an unknown one,
//     down to the rows they write. What differs is the text of a mail, or that a
//     mail has no receiver and is dropped by whoever would send it.
//   - Login is refused alike, after the same work, for an unknown address, one
//     that isn't verified yet and a wrong password.
//   - A username is only claimed, and so only known to be taken, by somebody who
//     proved an address; each name that is taken counts as an attempt.
//
// What proves somebody:
//
//   - A password of 15 to 256 characters, whichever and all of them, that
//     blocklist lets through; kept as Argon2id. So many are hashed at a time, so
//     many wait, shared out over networks, and the next one is told to come back: a
//     flood of logins can't take the memory, nor every place from the owner. Nothing
//     locks an account: package limit slows strangers down, and an owner still enters
//     from where they were signed in before.
//   - A code of 8 letters by mail: 15 minutes, one use. A registration's has 5
//     attempts of its own; a reset's outlives 200 wrong ones, since package limit
//     leaves one network few. No more than 5 wait at an address.
//     It is sealed at rest, since a hash of so few letters can be searched.
//   - A token of 256 random bits, of which only the SHA-256 is kept. An access
//     token lives 10 minutes. A refresh token lives 30 days and works once, a
//     cookie's token lives 7 days after its last use; their sessions end after 180
//     and 30 days however they are used.
//
// A refresh token that comes a second time ends its session at once (RFC 9700,
// 4.14.2): one of the two who held it stole it, and it can't be told which. So of
// any number of parallel refreshes one is answered, and by the others' coming the
// session is over. There is no period of grace, since within it a thief who was
// first would stay unnoticed: clients refresh in one place, as the contract says.
//
// Each step is one transaction together with the mail that tells of it: both
// happen or neither. Hashing is done outside of transactions; what was read
// before it is asked again after it, under a lock, so that a sign-in with the old
// password can't outlive the change of it.
package account
