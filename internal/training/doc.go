// Package training makes of workouts what a rider wants to know of them: zones, bests, records, the
// power-duration curve, an estimated FTP, training load, splits, streaks and totals. It is pure:
// no I/O, no clock; each formula names its source where it stands.
//
// Guarding. A derived number is guarded by the strictest of what it was made from, and for others it is
// made only from what they may see. Neither can be forgotten here, since nothing goes in or out bare:
//
//   - What goes in is guarded: a part of a workout, the member's FTP, heart rates. Each brings its own
//     field of the privacy model and its own ceiling, so a distance that was computed from a track
//     counts as a route, and one that the device measured as effort.
//   - A function takes a grant and uses only what that opens. A workout that stays closed is as if it
//     weren't there; where something that is needed stays closed, or was never given, there is no result.
//   - What comes out is Derived: it carries a lock of everything that was used, and opens only to a
//     grant that opens every lock. So what was made for its owner does not open to a follower who may
//     not see one of the inputs. To show a follower theirs, make it with their grant.
//   - What sums up a member's workouts (records, curves, load, streaks, totals) has the lock of the
//     field stats as well.
//
// In two steps. Power, Heart and Distance are digests, each of one channel of one workout by DigestPower,
// DigestHeart and DigestPath. They need no setting of the member, and so stand under the very field of
// their samples: they can be made once, when a workout comes in, and be sealed with that part. All else
// is made of digests when somebody asks, with the settings of that moment. Where a privacy zone cuts a
// workout, what others get is made of digests of the samples that place.Visible leaves.
//
// Samples. A value stands until the next one, for holdMS at most; the last as long as the one before it.
// A longer gap is a pause. Samples out of order are sorted; of two at the same moment the first counts.
// A value that its channel can't have is dropped as if it weren't there.
package training
