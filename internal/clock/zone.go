package clock

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // The rules of all zones, on machines that have none.
)

// Zone is the zone with a name of the IANA time zone database, such as "Asia/Tokyo", or "UTC". "Local" is refused,
// because it is another zone on every machine, and so are abbreviations that the database does not have, such as
// "JST".
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is no time zone", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is no time zone", name)
	}
	return zone, nil
}

// offsetForm are an hour and minutes behind a sign: both of two digits, or the minutes behind a colon or left out.
var offsetForm = regexp.MustCompile(`^(?:UTC)?([+-])(?:([0-9]{2}):?([0-5][0-9])|([0-9]{1,2})(?::([0-5][0-9]))?)$`)

// errUnclear is the error of an offset that can mean several, or none.
var errUnclear = errors.New("is no offset")

// farthest is how far clocks are from UTC at the most, in hours.
const farthest = 14

// Offset is the zone of an offset from UTC: "+05:30", "+0530", "+05", "+5", each with UTC before it or without, and
// "Z". One that can be read in two ways is refused: "+530" may lack a digit, and "GMT+5" is five hours west in the time
// zone database.
func Offset(text string) (*time.Location, error) {
	if strings.EqualFold(text, "Z") {
		return time.UTC, nil
	}
	m := offsetForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q %w; write hours and minutes, such as +05:30, or Z for UTC", text, errUnclear)
	}
	hours, _ := strconv.Atoi(m[2] + m[4])
	minutes, _ := strconv.Atoi("0" + m[3] + m[5])
	if hours > farthest || hours == farthest && minutes > 0 {
		return nil, fmt.Errorf("%q %w: clocks are at most %d hours from UTC", text, errUnclear, farthest)
	}
	seconds := hours*3600 + minutes*60
	if m[1] == "-" {
		seconds = -seconds
	}
	if seconds == 0 {
		return time.UTC, nil
	}
	return time.FixedZone("", seconds), nil
}

// zoneOrOffset is what stands behind a time: an offset where it has a sign or is Z, else the name of a zone.
func zoneOrOffset(text string) (*time.Location, error) {
	if head, _, signed := strings.Cut(strings.ReplaceAll(text, "-", "+"), "+"); text == "Z" || text == "z" ||
		signed && (head == "" || head == "UTC" || head == "GMT") {
		return Offset(text)
	}
	return Zone(text)
}

// Wall is a date and a time of day, as a clock on a wall shows them.
type Wall struct {
	Year                 int
	Month                time.Month
	Day                  int
	Hour, Minute, Second int
}

// WallOf is what a clock in the zone of the time shows then.
func WallOf(t time.Time) Wall {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return Wall{year, month, day, hour, minute, second}
}

// String is the wall time as it can be written: "2026-12-01 19:00", with seconds where there are any.
func (w Wall) String() string {
	text := fmt.Sprintf("%04d-%02d-%02d %02d:%02d", w.Year, int(w.Month), w.Day, w.Hour, w.Minute)
	if w.Second != 0 {
		text += fmt.Sprintf(":%02d", w.Second)
	}
	return text
}

// utc is the instant at which a clock that shows UTC shows the wall time.
func (w Wall) utc() time.Time {
	return time.Date(w.Year, w.Month, w.Day, w.Hour, w.Minute, w.Second, 0, time.UTC)
}

// Instants are the instants at which a clock in the zone shows the wall time, in their order: one on most days, two
// in an hour that clocks go through twice, and none in one that they leave out.
func (w Wall) Instants(zone *time.Location) []time.Time {
	var found []time.Time
	base := w.utc()
	// Every offset that the zone has around then: offsets are less than a day.
	offsets := map[int]bool{}
	for hours := -26; hours <= 26; hours++ {
		_, offset := base.Add(time.Duration(hours) * time.Hour).In(zone).Zone()
		offsets[offset] = true
	}
	for offset := range offsets {
		if moment := base.Add(-time.Duration(offset) * time.Second).In(zone); WallOf(moment) == w {
			found = append(found, moment)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	return found
}

// At is the instant of the wall time in the zone. A time that comes twice or not at all is an error, which says what
// to write in its place.
func (w Wall) At(zone *time.Location) (time.Time, error) {
	switch all := w.Instants(zone); len(all) {
	case 1:
		return all[0], nil
	case 0:
		before, after := w.around(zone)
		return time.Time{}, fmt.Errorf(
			"%s does not exist in %s: clocks go from %s to %s then; write a time before or after that",
			w,
			zone,
			before.Format("15:04"),
			after.Format("15:04"),
		)
	default:
		first, second := all[0], all[len(all)-1]
		return time.Time{}, fmt.Errorf(
			"%s comes twice in %s, because clocks are set back then; write it with its offset: %s or %s",
			w,
			zone,
			first.Format(time.RFC3339),
			second.Format(time.RFC3339),
		)
	}
}

// around are what clocks show when they skip a wall time: the first time that is left out, and the one at which they
// go on.
func (w Wall) around(zone *time.Location) (from, to time.Time) {
	low, high := w.utc().Add(-48*time.Hour), w.utc().Add(48*time.Hour)
	// The last instant at which the clock shows less than the wall time, to the second.
	for high.Sub(low) > time.Second {
		mid := low.Add(high.Sub(low) / 2).Truncate(time.Second)
		if WallOf(mid.In(zone)).utc().Before(w.utc()) {
			low = mid
		} else {
			high = mid
		}
	}
	_, offset := low.In(zone).Zone()
	return high.In(time.FixedZone("", offset)), high.In(zone)
}

// Show is an instant for people: the day of the week, date, time and offset in the zone, with the zone's name, and
// UTC in brackets. Seconds are shown where there are any. A zone of nil is that of the time.
func Show(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = t.Location()
	}
	local := t.In(zone)
	layout, utc := "Mon 2006-01-02 15:04", "2006-01-02T15:04Z"
	if local.Second() != 0 {
		layout, utc = layout+":05", "2006-01-02T15:04:05Z"
	}
	text := local.Format(layout)
	if zone == time.UTC {
		return text + " UTC"
	}
	text += local.Format(" -07:00")
	if name := zone.String(); name != "" && name != "Local" {
		text += " " + name
	}
	return text + " (" + local.UTC().Format(utc) + ")"
}

// Left is a length of time as people say it, in its two largest units: "3d 4h", "2h", "1h 20m", "45s". It is rounded
// down, and never negative.
func Left(d time.Duration) string {
	d = max(d, 0).Truncate(time.Second)
	units := []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
	for i, unit := range units {
		n := d / unit.size
		if n == 0 {
			continue
		}
		text := fmt.Sprintf("%d%s", n, unit.name)
		if i+1 < len(units) {
			if rest := (d - n*unit.size) / units[i+1].size; rest > 0 {
				text += fmt.Sprintf(" %d%s", rest, units[i+1].name)
			}
		}
		return text
	}
	return "0s"
}
