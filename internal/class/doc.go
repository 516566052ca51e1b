// Package class is instructors, studios, classes and when they are given.
//
// All of it is nobody's, so nothing here is guarded: what is published is everybody's to read, signed in or
// not; drafts and what was retired are for class managers alone, and to everybody else are as what never was.
// Two walls say so: the states that a statement asks for, and row-level security. Two things are a member's:
// whom they follow, which nobody else learns, not even as a number; and which instructor they are, which this
// package can write by an exact username and can't read but for the member themself.
//
// Class managers make, change, publish and retire; nothing but a picture and a studio's place is deleted, for
// others refer to it. Every act asks for the duty in its own transaction.
//
// The schedule is rows. A series is a rule (package recur) whose occurrences are laid out for eight weeks ahead,
// in the transaction that changes the series and by a job for the time that passes: both lay out everything
// anew, each occurrence under an id that is made of the series and its date, so that it is there once, whoever
// did it and however often, and after a crash as well. What was changed by itself, and what has begun, stays.
package class
