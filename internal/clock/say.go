package clock

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Forms is what Say reads, for errors and help.
const Forms = `19:00, 7pm, "in 2h", "tonight 19:00", "tomorrow 09:00", "friday 09:00", "2030-12-01 09:00", ` +
	`each in the zone or with one behind it ("19:00 Asia/Tokyo"), "now", or with an offset: 2030-12-01T09:00+09:00, 2030-12-01T00:00Z, "19:00 +09:00"`

var (
	absolute  = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]+)((?:Z|z|UTC|[+-]).*)$`)
	atOffset  = regexp.MustCompile(`^([0-9]{1,2}:[0-9:]+)((?:Z|z|UTC|[+-]).*)$`)
	dateForm  = regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})$`)
	timeForm  = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?$`)
	twelve    = regexp.MustCompile(`(?i)^(1[0-2]|0?[1-9])(?::([0-5][0-9]))?([ap]m)$`)
	spoken    = regexp.MustCompile(`\s+`)
	letters   = regexp.MustCompile(`^[A-Z]{2,5}$`)
	wallTForm = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)$`)
)

// It is tonight from the evening hour of a day until the morning hour of the next one.
const (
	evening = 17
	morning = 6
)

// Say is the instant that a text means which is said at the instant now, in the zone. It is in whole seconds. The
// forms are Forms:
//
//   - A date and a time with an offset or Z is that instant, in a zone with that offset.
//   - "now" is now, and "in 2h" that much later, whatever clocks on walls do.
//   - A time of day is the first one at or after the instant notBefore, on its day or the next. Where notBefore is zero it is today's, and one that is
//     over is refused, because tomorrow's may be meant or today's.
//   - A time of day is of 24 hours, or of twelve with am or pm behind it; "noon" is 12:00. 12am, 12pm and "midnight" are
//     refused, because they mean two.
//   - "today", "tonight", "tomorrow" or a day of the week stand before a time of day. "tonight" is from 17:00 until 05:59 of the next day; between midnight and
//     05:59 it is the night that has begun. A day of the week is the next one whose time is to come, which may be today.
//   - A date stands before a time of day, with a blank or a T between.
//
// The name of a zone behind them, of the IANA time zone database, or an offset as Offset reads it, is in place of the
// zone. A time that clocks show twice or not at all is an error.
func Say(text string, now, notBefore time.Time, zone *time.Location) (time.Time, error) {
	words := spoken.Split(strings.TrimSpace(text), -1)
	if len(words) == 2 && strings.EqualFold(words[0], "in") {
		return later(text, words[1], now, zone)
	}
	words = withHalves(words)
	if m := absolute.FindStringSubmatch(words[0]); m != nil && len(words) == 1 {
		return withOffset(text, m[1], m[2])
	}
	if m := atOffset.FindStringSubmatch(words[len(words)-1]); m != nil {
		words = append(words[:len(words)-1], m[1], m[2])
	}
	if len(words) > 1 {
		// A zone stands behind a time: a word that is none is what the error is about, unless it is no zone either.
		last := words[len(words)-1]
		if _, err := timeOfDay(last); errors.Is(err, errNoTime) {
			named, err := zoneOrOffset(last)
			switch {
			case errors.Is(err, errUnclear):
				return time.Time{}, fmt.Errorf("%q is no time that is read here: %w", text, err)
			case err != nil && letters.MatchString(last):
				return time.Time{}, fmt.Errorf(
					"%q is no time that is read here: %q is no zone, and such letters mean several; write the name of the "+
						"IANA time zone database or the offset, such as Asia/Tokyo or +09:00", text, last,
				)
			case err != nil:
				return time.Time{}, notRead(text)
			}
			zone, words = named, words[:len(words)-1]
		}
	}
	now, notBefore = now.In(zone).Truncate(time.Second), notBefore.In(zone)
	if len(words) == 1 {
		if words[0] == "now" {
			return now, nil
		}
		if m := wallTForm.FindStringSubmatch(words[0]); m != nil {
			words = []string{m[1], m[2]}
		}
	}
	clock, err := timeOfDay(words[len(words)-1])
	switch {
	case err == nil && len(words) == 3 && strings.EqualFold(words[0], "next"):
		return time.Time{}, clock.next(strings.ToLower(words[1]), text, now, zone)
	case errors.Is(err, errNoTime), err == nil && len(words) > 2:
		return time.Time{}, notRead(text)
	case err != nil:
		return time.Time{}, err
	}
	if len(words) == 1 {
		return clock.bare(text, now, notBefore, zone)
	}
	return clock.onDay(strings.ToLower(words[0]), text, now, zone)
}

// later is so long after now.
func later(text, length string, now time.Time, zone *time.Location) (time.Time, error) {
	d, err := time.ParseDuration(length)
	if err != nil || d <= 0 || d%time.Second != 0 {
		return time.Time{}, fmt.Errorf(
			`%q is no time that is read here; write how much later as in "in 2h" or "in 1h30m"`, text,
		)
	}
	return now.In(zone).Truncate(time.Second).Add(d), nil
}

// withHalves has "7 pm" as one word.
func withHalves(words []string) []string {
	var out []string
	for _, word := range words {
		if last := len(out) - 1; last >= 0 && twelve.MatchString(out[last]+word) && len(word) == len("pm") {
			out[last] += word
			continue
		}
		out = append(out, word)
	}
	return out
}

// Instant is the instant that a text means wherever it is read: one of the forms of Say that has an offset or names its
// zone, or "now".
func Instant(text string, now time.Time) (time.Time, error) {
	moment, err := Say(text, now, time.Time{}, time.UTC)
	// A text that means the same in zones that are a day apart names its own.
	other, otherErr := Say(text, now, time.Time{}, time.FixedZone("", farthest*3600))
	if (err == nil) != (otherErr == nil) || err == nil && !moment.Equal(other) {
		return time.Time{}, fmt.Errorf(
			"%q names no zone; write an offset or a zone behind it, such as %q or %q", text, text+" UTC", text+" Asia/Tokyo",
		)
	}
	return moment, err
}

// Fixed is the instant that a text means wherever and whenever it is read: a date and a time with an offset or a zone,
// in any form of Say. The zone is the one that the text names.
func Fixed(text string) (time.Time, error) {
	moment, err := Instant(text, time.Time{})
	if err != nil {
		return moment, err
	}
	// No word for a day means one day in two centuries.
	if other, err := Instant(text, time.Time{}.AddDate(200, 0, 0)); err != nil || !moment.Equal(other) {
		return time.Time{}, fmt.Errorf("%q names no date", text)
	}
	return moment, nil
}

func notRead(text string) error {
	return fmt.Errorf("%q is no time that is read here; write %s", text, Forms)
}

// withOffset reads a date and a time with an offset, with seconds or without.
func withOffset(text, wall, behind string) (time.Time, error) {
	zone, err := Offset(behind)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time that is read here: %w", text, err)
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if moment, err := time.ParseInLocation(layout, strings.ToUpper(wall), zone); err == nil {
			if moment.Nanosecond() != 0 {
				return moment, fmt.Errorf(
					"%q has a part of a second; write whole seconds: %s",
					text,
					moment.Truncate(time.Second).Format(time.RFC3339),
				)
			}
			return moment, nil
		}
	}
	return time.Time{}, notRead(text)
}

var errNoTime = errors.New("no time of day")

// day is a time of day: its date is not set.
type day struct{ Wall }

func timeOfDay(word string) (day, error) {
	var w Wall
	switch strings.ToLower(word) {
	case "noon":
		w.Hour = 12
		return day{w}, nil
	case "midnight":
		return day{}, errors.New(
			`"midnight" begins a day and ends one; write 00:00 with its day, such as "tomorrow 00:00" for the one to come`,
		)
	}
	if m := twelve.FindStringSubmatch(word); m != nil {
		w.Hour, _ = strconv.Atoi(m[1])
		w.Minute, _ = strconv.Atoi("0" + m[2])
		if w.Hour == 12 {
			return day{}, fmt.Errorf("%q can be noon and midnight; write 12:%02d or 00:%02d", word, w.Minute, w.Minute)
		}
		if strings.EqualFold(m[3], "pm") {
			w.Hour += 12
		}
		return day{w}, nil
	}
	m := timeForm.FindStringSubmatch(word)
	if m == nil {
		return day{}, errNoTime
	}
	w.Hour, _ = strconv.Atoi(m[1])
	w.Minute, _ = strconv.Atoi(m[2])
	w.Second, _ = strconv.Atoi("0" + m[3])
	if w.Hour > 23 || w.Minute > 59 || w.Second > 59 {
		return day{}, fmt.Errorf("%q is no time of day, which is 00:00 to 23:59", word)
	}
	return day{w}, nil
}

// onDateOf is the instant of the time of day on the day of t, and so many days later.
func (d day) onDateOf(t time.Time, days int, zone *time.Location) (time.Time, error) {
	year, month, date := t.Date()
	d.Year, d.Month, d.Day = time.Date(year, month, date+days, 12, 0, 0, 0, time.UTC).Date()
	return d.At(zone)
}

// bare is a time of day alone.
func (d day) bare(text string, now, notBefore time.Time, zone *time.Location) (time.Time, error) {
	if !notBefore.Equal(time.Time{}) {
		moment, err := d.onDateOf(notBefore, 0, zone)
		if err == nil && !moment.After(notBefore) {
			moment, err = d.onDateOf(notBefore, 1, zone)
		}
		return moment, err
	}
	when, err := d.onDateOf(now, 0, zone)
	if err == nil && when.Before(now.Truncate(time.Minute)) {
		return when, fmt.Errorf(
			"%q is over for today, as it is %s; write \"tomorrow %s\", or \"today %s\" if that is meant",
			text,
			Show(now, zone),
			text,
			text,
		)
	}
	return when, err
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// onDay is a time of day on a day that a word names.
func (d day) onDay(word, text string, now time.Time, zone *time.Location) (time.Time, error) {
	switch word {
	case "today":
		return d.onDateOf(now, 0, zone)
	case "tomorrow":
		return d.onDateOf(now, 1, zone)
	case "tonight":
		switch {
		case d.Hour >= evening, d.Hour < morning && now.Hour() < morning:
			return d.onDateOf(now, 0, zone)
		case d.Hour < morning:
			return d.onDateOf(now, 1, zone)
		}
		return time.Time{}, fmt.Errorf("%q is not at night, which is 17:00 to 05:59; write today or tomorrow", text)
	}
	if m := dateForm.FindStringSubmatch(word); m != nil {
		date, err := time.Parse(time.DateOnly, word)
		if err != nil {
			return date, fmt.Errorf("%q is no date of the calendar", word)
		}
		return d.onDateOf(date, 0, zone)
	}
	weekday := weekdayOf(word)
	if weekday < 0 {
		return time.Time{}, notRead(text)
	}
	ahead := (weekday - int(now.Weekday()) + 7) % 7
	t, err := d.onDateOf(now, ahead, zone)
	if err == nil && !t.After(now) {
		t, err = d.onDateOf(now, ahead+7, zone)
	}
	return t, err
}

// weekdayOf is the number of a day of the week, -1 where the word is none.
func weekdayOf(word string) int {
	return slices.IndexFunc(weekdays, func(name string) bool { return word == name || word == name[:3] })
}

// next says which two days "next friday" can be.
func (d day) next(word, text string, now time.Time, zone *time.Location) error {
	if weekdayOf(word) < 0 {
		return notRead(text)
	}
	first, err := d.onDay(word, text, now, zone)
	if err != nil {
		return err
	}
	second, err := d.onDateOf(first, 7, zone)
	if err != nil {
		return err
	}
	return fmt.Errorf("%q can be two days; write %q or %q", text, WallOf(first), WallOf(second))
}
