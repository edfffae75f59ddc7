// Package clock reads times as people say them, and shows them as people read them: in the zone of whoever works with
// them, and in UTC.
//
// A time of day without a zone is one of a zone that the caller gives. On the days on which clocks change, a time of
// day can come twice or not at all: such a time is refused, with what can be written in its place, because a guess
// would open or shut something an hour early.
package clock
