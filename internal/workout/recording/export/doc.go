// Package export writes one workout as a file that other programs read: FIT, TCX, GPX or CSV. It
// is pure: no database, no network, no clock; the same workout gives the same bytes.
//
// A Workout is what its reader may see of it, opened before it comes here: what is absent from it
// is left out of the file. It has no place for a member's name or a device's serial number, so no
// file holds them.
//
// What the writers promise, for values that recording.Parse would keep:
//
//   - recording.Parse of a file gives the samples that went in, each at its moment, for every
//     channel that the format holds; the comment on each writer says what it doesn't.
//   - Gaps among the samples stay gaps. Nothing is interpolated.
//   - Times are UTC. Distances are metres along the way since the start.
//   - A file grows while it is read off: memory doesn't grow with it. FIT is the exception, since
//     its header says how long it is: the file itself is held, some 30 bytes a moment.
//
// A value beyond what a format's own field can hold is left out. An error says what is wrong with
// the workout before anything is written, or comes from the io.Writer; what was written until then
// is no whole file.
package export
