// Package pairing is the half of a console's pairing that needs no database (RFC 8628, device
// authorization): its codes, what a poll is answered, and what the owner is shown before saying yes.
//
//  1. The console asks (Ask) and gets two codes. The user code is short, and shown on its screen; the
//     device code stays in the console, and is what it polls with.
//  2. The owner types the user code on the phone (ParseUserCode takes what people type), sees a
//     Consent, and approves or denies (Pairing.Decide).
//  3. The console polls (Pairing.Poll) until it hears an Answer that ends it. Granted comes once.
//
// What keeps this safe:
//
//   - A user code is one of 20^8, lives CodeLife and is meant for one screen. By RFC 8628, 5.1 five
//     guesses at one leave a chance of 2^-32; the limits on guesses, by member and by network, are
//     the caller's. A device code has 256 random bits and needs none.
//   - Only keyed hashes of both are kept (Hasher): who reads the table can't try all user codes.
//   - Whoever sends a victim a code of a console of their own (RFC 8628, 5.4) can't choose the words
//     the victim sees: the model's name comes from the registry, firmware is a version and nothing
//     else. Consent says if the console is on the owner's network, and when it asked.
//   - A Pairing is read, asked and written back under a lock on its row: two polls at once would
//     otherwise both be granted. Polls have to be of the key that asked (package dpop), so that a
//     device code alone is worth nothing.
//
// Nothing here reads a clock or holds a secret that prints.
package pairing

import "time"

const (
	// CodeLife is how long both codes work (expires_in).
	CodeLife = 10 * time.Minute
	// FirstInterval is how long a console waits between two polls, until told otherwise.
	FirstInterval = 5 * time.Second

	// slower is how much longer it waits after each slow_down (RFC 8628, 3.5).
	slower = 5 * time.Second
	// slack is how much early a poll may be: the network may have held up the one before.
	slack = time.Second
)
