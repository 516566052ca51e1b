// Package workout keeps workouts: typed in by hand or imported from recordings, read, changed,
// deleted, listed and summed up.
//
// A workout is a head, which follows the workout's own audience, and up to four parts, each
// guarded as a field of the privacy model and sealed with its owner's key:
//
//	effort      power, cadence, speed, resistance, incline, and the laps' times
//	heart_rate  heart rate
//	route       places and elevation, and a distance that was computed from the track
//	device      the device and the owner's notes
//
// Reading. One statement brings a workout, its owner as a subject of the policy, and those parts
// that row-level security lets through. The policy decides on each row; what its grant doesn't
// open is never unsealed. A workout that is hidden and one that never was are the same
// fault.NotFound. A list is cut by SQL after visibility, so its pages are full; a row that the
// policy would not have shown is an internal error, never dropped, since the two walls must agree.
//
// Writing. Only the owner writes; whoever else can see the workout gets a Forbidden. Ids are made
// here: a client's could shadow or probe another member's. A create is whole or nothing. It may be
// repeated under an Idempotency-Key: the repeat makes nothing and reads what the first one made
// through the policy as it is now; when all of that is deleted, it is a Conflict "gone". A
// recording that is there already is not made twice, whatever the key.
//
// A private account can't make a workout that would open up to more than followers once the
// switch is off: asking for that is refused, and the owner's default is brought down to it.
package workout
