// Package recording turns workout files into neutral recordings. It is pure: no database, no
// network, no clock.
//
// Parse reads FIT (one or several sessions, several files in a chain, developer fields), TCX
// and GPX (1.0 and 1.1 with the common extensions), each also gzip-compressed. The content
// decides what a file is, never its name. One file gives one recording per session, activity
// or track.
//
// What Parse promises of every recording it returns:
//
//   - It starts between 2000 and 2100, lasts at most MaxDuration, and no sample lies outside it.
//   - Each value lies in the range its channel can have (see plausible). A single value that
//     doesn't, or is not a number, is dropped: sensors stutter. A recording that contradicts
//     itself as a whole is refused: one that ends before it starts, or whose average heart rate
//     is above its highest.
//   - What the device says of a whole (a total, an average) is preferred to what its samples add
//     up to. Zero as a total, an average or a maximum is what devices write for "not measured".
//
// And of its work: input is read once, as a stream, within Limits; nothing is taken on trust to
// size memory; any input gives recordings or an error, never a panic. What is wrong with a file
// is an *Error whose message is safe to show to anybody: it quotes nothing of the file.
package recording
