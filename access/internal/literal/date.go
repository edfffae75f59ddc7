package literal

import (
	"errors"
	"strconv"
	"time"
)

// dateLayouts are the forms of W3C's profile of ISO 8601 but for the bare year, which cannot be told from seconds
// since 1970.
var dateLayouts = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01"}

// FarthestSecond is the end of the year 9999.
const FarthestSecond = 253402300799

// ParseDate reads a date: ISO 8601 with a time zone, a day (midnight UTC), or seconds since 1970.
func ParseDate(s string) (time.Time, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if len(s) <= 4 && n > 0 {
			return time.Time{}, errors.New("may be a year or seconds since 1970; write the whole date")
		}
		if n > FarthestSecond || n < -FarthestSecond {
			return time.Time{}, errors.New("is farther away than the year 9999; AWS counts seconds, not milliseconds")
		}
		return time.Unix(n, 0).UTC(), nil
	}
	for _, layout := range dateLayouts {
		if moment, err := time.Parse(layout, s); err == nil {
			return moment, nil
		}
	}
	return time.Time{}, errors.New(`is not a date; write it as in "2026-12-01T00:00:00Z"`)
}
