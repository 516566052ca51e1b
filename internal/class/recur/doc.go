// Package recur says when a class of a series is given. Pure: a rule, a first start on a wall clock and
// a time zone in, moments out.
//
// A rule is an RRULE of RFC 5545, of these parts: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT or
// UNTIL (in UTC, as the RFC asks for where there is a zone), BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST. Parts
// that name hours, minutes or seconds are refused, so that there is at most one occurrence a day: its date is
// its name, whatever hour it is moved to. Each part has bounds, and the walk goes over days and no further than
// asked, so that no rule, one that never matches included, costs more than the days that it is asked about.
//
// The wall clock counts: what is given at 18:00 stays at 18:00 when clocks change. Where the clock shows the
// time twice, it is the first of the two; where it skips it, it is taken by the offset before the gap, so that
// 02:30 is 03:30 on that day (RFC 5545, 3.3.5). The RFC says of rules both that and that such an occurrence is
// left out (3.3.10); a class that is announced weekly is given weekly, so it is the former.
package recur
