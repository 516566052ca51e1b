// Package simulate drives the API over the network as many consoles at once, badly connected, and
// holds what became of it against a ledger of its own: each workout that was acknowledged is there
// exactly once, with the right member, and with equal samples. Nothing else of it is real: members,
// consoles and rides say in their names that they are simulated.
//
// It knows the service by its contract alone, as a console maker would: a console is paired by a code
// that its owner approves (RFC 8628), signs each request (RFC 9449), sends rides whole or in parts,
// sends again what `missing` names or what was not answered, waits as Retry-After says, and gets new
// tokens. Rides lie in the past, and their parts come as fast as they are taken: what is tried is how
// they arrive, and not the pace of a ride.
//
// The faults, each with the same chance wherever it can happen:
//
//   - a connection breaks in the middle of a request, at its end, or in the answer
//   - a console is away for a while, and comes back with several rides
//   - a batch or a part comes twice, parts come in another order, or with others before them missing
//   - a part comes by another console of the same member, at the same time as others
//   - a ride is corrected: a higher version of it comes, and maybe a part of the lower one after it
//   - tokens are renewed early, and the answer to that may be lost as well
//
// Clocks are up to four minutes off, of some consoles ten: those are told so, and correct themselves.
//
// All that is planned follows from the seed: members, rides, samples, clocks. What depends on answers
// does not, for the network and the service have a say in it. The same seed at the same service is the
// same rides again, and adds none.
package simulate
