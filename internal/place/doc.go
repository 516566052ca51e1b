// Package place keeps where somebody lives out of what others see of their tracks. It is pure: no
// I/O, no clock.
//
// A Zone hides the surroundings of a point. Its cut is a circle, but not one around the point: with
// radius r, the circle has the radius 2r and its centre lies r/2 to r away from the point, by a shift
// that follows from the zone's secret.
//
//	nothing within r of the point ever shows     r + |shift| ≤ 2r
//	the circle's centre is never near the point  |shift| ≥ r/2
//	the circle's size tells nothing              2r, whatever the shift
//	repeated tracks tell no more than one circle the shift is fixed for the zone's life
//
// The shift is uniform by area over that ring: knowing all of the above, and the circle exactly, the
// best single guess is still its centre, 0.78r off on average. Another radius later moves no centre
// (Zone.Resized). It is the spatial cloaking of Hassan,
// Hussain, Bates, "Analysis of Privacy Protections in Fitness Tracking Social Networks" (USENIX
// Security 2018), with a lower bound because people, too, guess the middle of what they see cut out:
// Mink, Yuile, Pal, Aviv, Bates, "Users Can Deduce Sensitive Locations Protected by Privacy Zones on
// Fitness Tracking Apps" (CHI 2022).
//
// Cut takes a track apart. A moment is visible when the athlete is known to be outside of all zones:
// between two positions outside, only where nobody gets into a zone and back in between; before
// the first and after the last, only where no zone was in reach. What is not known is hidden.
//
// A shift alone is not enough: who learns how long the hidden part was walks that far along the
// streets from where the track comes into view. See Dhondt, Le Pochat, Voulimeneas, Joosen, Volckaert,
// "A Run a Day Won't Keep the Hacker Away: Inference Attacks on Endpoint Privacy Zones in Fitness
// Tracking Social Networks" (CCS 2022). So whatever others see of a cut track is made of its
// visible part alone, as if nothing else had been recorded:
//
//   - Times begin with the visible part, and what is hidden in between takes a second, however long it
//     took. A counter of distance stands still over it. (Visible.Table, Visible.Series)
//   - Distance, time, climb and splits are computed anew. (Visible.Sum, Visible.Splits) A device's
//     own totals and laps are not for others: the first lap that shows ends a known distance after
//     the hidden start.
//
// Two tracks that differ only in their hidden part give the same result, bit by bit
// (TestHiddenPartChangesNothing). What the published attacks reach is how far they guess from the home,
// in metres: means over 30 homes with r = 400 and 60 rides each on a grid of streets (attack_test.go).
//
//	fixed circle (Hassan and others)            a circle around the home         1
//	                                            a new shift for each ride       50
//	                                            this package                   337
//	distance difference (Dhondt and others)     a circle around the home         3
//	                                            a shift, but true distances      3
//	                                            this package                   302
//
// The tests hold the last line of each to 0.7r, and no home nearer than r/2 or r/4.
//
// What no cut hides: where all tracks come from. Somebody who rides off in every direction alike leaves
// a ring around home, and the geometric median of its points nears the home with the number of rides:
// 530 m off with 6 rides, 163 m with 60, and 2 of the 30 homes within 50 m (TestWhatNoCutHides). A wider
// radius is what helps.
package place
