// Package testkit holds what proves Paceline: whole servers to ask over HTTP,
// worlds of members, and the engines that take every operation from the contract.
// Nobody has to remember to test a route.
//
// A World is a server with a database, a mailbox and a clock of its own (Start).
// A Cast is a World with owners who have a value for every field, and with
// everybody who can stand in some relation to them (Assemble, in cast.go: a new
// kind of actor is added there, once). A Twin of a stopped one is a copy in
// milliseconds. Keep and Restore put a world's rows back after a write.
//
// A Generator makes valid requests of every operation from the schemas alone. What
// no schema can tell, a code from a mail or which ids there are, stands in the
// tables of fixture.go. What can't be made, and what never succeeds, fails with
// what to add where.
//
// The engines, each one test:
//
//   - TestManifest sends every request in every form and holds the answer to the
//     contract: status, type, each member, each header. Nobody, and somebody who
//     registered a second ago, get nothing where a session or more is needed. What
//     the contract doesn't have answers 404 or 405.
//   - TestMatrix asks as every actor about every owner, for many ways to choose. What
//     has to come back is computed from the table of docs/privacy-model.md (oracle.go,
//     rows.go), never from what the code answered: which members of a body, which
//     rows of a list, hidden like absent. Others' writes change nothing of an owner's.
//   - TestTwoWorlds changes in a copy all that is hidden from a viewer (secrets.go),
//     asks the same in both, and compares bytes: what tells by order, count, size or
//     cursor, without knowing what to look for.
//   - TestCanary searches everything that comes out, log, metrics, mail and the rows of
//     the database included, for values that stand nowhere else (canary.go).
//   - TestDifferential draws worlds by chance, from fixed seeds, and compares every list,
//     every read and what row-level security alone lets through with what the policy says
//     of each row by itself. TestDatabaseAlone and TestApplicationAlone do so in a program
//     without its policy, and over a database without its walls.
//
// They see different things, and a leak is meant to be seen by more than one: a
// member under the wrong mark fails the matrix, one that the contract doesn't name
// the manifest, a right member with another's value the canary scan, a number that
// depends on what is hidden the two worlds.
//
// By default everything is tried, but not in every combination: which share of
// them is decided by counting, so that a run is the same each time. With the race
// detector it is a third of that share; with PACELINE_PROVE set, nearly all of
// them, which takes minutes.
package testkit
