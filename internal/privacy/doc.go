// Package privacy is the one policy that every read obeys. Read it first.
//
// A value that belongs to a member (the owner) is wrapped in Guarded the
// moment it leaves the database. Only a Grant for that owner opens it, only
// Decide makes a Grant, and Decide wants a Subject: the owner, the owner's
// settings and the edge between owner and viewer, all from the statement that
// read the value itself. So a decision can neither be forgotten nor be older
// than the data it is about.
//
// What a Grant opens is
//
//	(the field's audience reaches the viewer's relation) AND (the actor's scopes cover the field)
//
// and a field's audience is the smallest of what applies to it:
//
//	what the owner chose for it       by the table in field.go
//	the object's own audience         a workout's fields never pass the workout
//	followers                         while the account is private
//	only_me                           for the fields that nothing can widen
//
// Everything is denied by default: the zero Audience is OnlyMe, the zero
// Relation reaches nothing, the zero Viewer is nobody, the zero Grant opens
// nothing, and a field that the table does not name is closed.
//
// The package is pure: no I/O, no clock, no imports from this repository.
package privacy
