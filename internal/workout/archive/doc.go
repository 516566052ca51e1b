// Package archive reads what other platforms hand to a member who takes their data away: a zip
// with recordings in it, or a table of workouts. It is pure: no database, no clock.
//
// Open looks at an archive and lists the items in it that are worth an import:
//
//   - a file whose name ends as a recording's does (FIT, TCX, GPX, each also gzip-compressed).
//     What it is, its content decides (package recording)
//   - each row of a Peloton table of workouts, which has figures and no samples
//   - an archive within the archive, only to say that it is not taken
//
// Strava's table of activities gives titles and notes to the recordings it names. Everything else
// is counted and passed by.
//
// What it promises, of any bytes: items or an *Error, never a panic; memory within Limits, however
// often the archive says otherwise; and no more bytes unpacked than Limits allow. Names in an
// archive are what the member reads and nothing else: no path is made of them.
package archive
