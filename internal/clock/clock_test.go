package clock

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func zone(t require.TestingT, name string) *time.Location {
	z, err := Zone(name)
	require.NoError(t, err)
	return z
}

func instant(t require.TestingT, text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}

// What people say is one instant, whatever the zone of the machine.
func TestTimesAsPeopleSayThem(t *testing.T) {
	for _, c := range []struct{ said, zone, now, want string }{
		{"19:00", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-01T19:00:00+09:00"},
		{"9:05", "Asia/Tokyo", "2026-12-01T08:00:00+09:00", "2026-12-01T09:05:00+09:00"},
		{"19:00:30", "America/New_York", "2026-12-01T10:00:00-05:00", "2026-12-01T19:00:30-05:00"},
		{"now", "Europe/Berlin", "2026-12-01T10:00:01+01:00", "2026-12-01T10:00:01+01:00"},
		{"tonight 19:00", "Europe/Berlin", "2026-12-01T10:00:00+01:00", "2026-12-01T19:00:00+01:00"},
		{"tonight 01:30", "Europe/Berlin", "2026-12-01T10:00:00+01:00", "2026-12-02T01:30:00+01:00"},
		{"tonight 01:30", "Europe/Berlin", "2026-12-01T00:10:00+01:00", "2026-12-01T01:30:00+01:00"},
		{"tonight 19:00", "Europe/Berlin", "2026-12-01T00:10:00+01:00", "2026-12-01T19:00:00+01:00"},
		{"tomorrow 09:00", "Asia/Tokyo", "2026-12-31T23:59:59+09:00", "2027-01-01T09:00:00+09:00"},
		{"today 09:00", "Asia/Tokyo", "2026-12-31T23:59:59+09:00", "2026-12-31T09:00:00+09:00"},
		{"friday 09:00", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-04T09:00:00+09:00"},
		{"Tue 09:00", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-08T09:00:00+09:00"},
		{"tuesday 11:00", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-01T11:00:00+09:00"},
		{"2026-12-01 09:00", "America/New_York", "2026-11-01T10:00:00Z", "2026-12-01T09:00:00-05:00"},
		{"2026-12-01T09:00:07", "America/New_York", "2026-11-01T10:00:00Z", "2026-12-01T09:00:07-05:00"},
		{"19:00 Asia/Tokyo", "America/New_York", "2026-12-01T00:00:00-05:00", "2026-12-01T19:00:00+09:00"},
		{"tonight 19:00 UTC", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-01T19:00:00Z"},
		{"2026-12-01T09:00+09:00", "America/New_York", "2026-12-01T10:00:00Z", "2026-12-01T09:00:00+09:00"},
		// As "date +%FT%T%z" prints them.
		{"2026-12-01T09:00:30+0900", "America/New_York", "2026-12-01T10:00:00Z", "2026-12-01T09:00:30+09:00"},
		{"2026-12-01T09:00-0330", "America/New_York", "2026-12-01T10:00:00Z", "2026-12-01T09:00:00-03:30"},
		{"2026-12-01T09:00-05", "Asia/Tokyo", "2026-12-01T10:00:00Z", "2026-12-01T09:00:00-05:00"},
		{"2026-12-01T09:00:30Z", "America/New_York", "2026-12-01T10:00:00Z", "2026-12-01T09:00:30Z"},
		{"2026-12-01T09:00:30z", "America/New_York", "2026-12-01T10:00:00Z", "2026-12-01T09:00:30Z"},
		{"2026-12-01T09:00+0530", "Asia/Tokyo", "2026-12-01T00:00:00Z", "2026-12-01T09:00:00+05:30"},
		{"2026-12-01T09:00+05", "Asia/Tokyo", "2026-12-01T00:00:00Z", "2026-12-01T09:00:00+05:00"},
		{"2026-12-01T09:00UTC+5", "Asia/Tokyo", "2026-12-01T00:00:00Z", "2026-12-01T09:00:00+05:00"},
		{"2026-12-01T09:00UTC+05:30", "Asia/Tokyo", "2026-12-01T00:00:00Z", "2026-12-01T09:00:00+05:30"},
		{"2026-12-01 09:00 -0330", "Asia/Tokyo", "2026-12-01T00:00:00Z", "2026-12-01T09:00:00-03:30"},
		{"19:00 UTC+5", "Asia/Tokyo", "2026-12-01T00:00:00Z", "2026-12-01T19:00:00+05:00"},
		{"19:00+0900", "Europe/Berlin", "2026-12-01T00:00:00Z", "2026-12-01T19:00:00+09:00"},
		{"tonight 19:00 +09", "Europe/Berlin", "2026-12-01T00:00:00Z", "2026-12-01T19:00:00+09:00"},
		{"19:00 Z", "Europe/Berlin", "2026-12-01T00:00:00Z", "2026-12-01T19:00:00Z"},
		{"in 2h", "Europe/Berlin", "2026-12-01T10:00:01+01:00", "2026-12-01T12:00:01+01:00"},
		{"in 1h30m", "Europe/Berlin", "2026-10-25T01:30:00+02:00", "2026-10-25T02:00:00+01:00"},
		{"7pm", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-01T19:00:00+09:00"},
		{"7:30 PM", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-01T19:30:00+09:00"},
		{"tonight 7pm", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-01T19:00:00+09:00"},
		{"tomorrow 9am", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-02T09:00:00+09:00"},
		{"friday 9 am Europe/Berlin", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-04T09:00:00+01:00"},
		{"2026-12-01 11pm", "Asia/Tokyo", "2026-11-01T10:00:00+09:00", "2026-12-01T23:00:00+09:00"},
		{"noon", "Asia/Tokyo", "2026-12-01T10:00:00+09:00", "2026-12-01T12:00:00+09:00"},
		{"tomorrow noon", "Asia/Tokyo", "2026-12-01T13:00:00+09:00", "2026-12-02T12:00:00+09:00"},
		// Today is that of the zone.
		{"19:00", "Asia/Tokyo", "2026-11-30T23:30:00Z", "2026-12-01T19:00:00+09:00"},
	} {
		at, err := Say(c.said, instant(t, c.now), time.Time{}, zone(t, c.zone))
		require.NoError(t, err, c.said)
		assert.Equal(t, c.want, at.Format(time.RFC3339), "%s in %s at %s", c.said, c.zone, c.now)
	}
}

// The end of something that begins is the first such time after it.
func TestAnEndIsAfterItsBeginning(t *testing.T) {
	berlin, now := zone(t, "Europe/Berlin"), instant(t, "2026-12-01T10:00:00+01:00")
	for begin, want := range map[string]string{
		"2026-12-01T19:00:00+01:00": "2026-12-02T02:00:00+01:00", "2026-12-02T01:59:59+01:00": "2026-12-02T02:00:00+01:00",
		"2026-12-02T02:00:00+01:00": "2026-12-03T02:00:00+01:00",
	} {
		at, err := Say("02:00", now, instant(t, begin), berlin)
		require.NoError(t, err)
		assert.Equal(t, want, at.Format(time.RFC3339))
	}
}

// What is not understood is refused with what is, and what can mean two things with both.
func TestTimesThatAreNotRead(t *testing.T) {
	now := instant(t, "2026-12-01T20:00:00+01:00")
	for said, why := range map[string]string{
		"soon": "write 19:00", "tomorrow": "write 19:00", "2026-12-01": "write 19:00", "19": "write 19:00", "": "write 19:00",
		"19:00 JST": `"JST" is no zone, and such letters mean several; write the name`, "7pm JST": "no zone",
		"24:00": "is no time of day", "19:60": "is no time of day", "2026-11-31 09:00": "no date of the " +
			"calendar", "2026-13-01 09:00": "no date of the calendar",
		"19:00 Local": "write 19:00", "tonight 12:00": "not at night", "19:00": `write "tomorrow 19:00", or "today 19:00"`,
		"next friday 19:00": `can be two days; write "2026-12-04 19:00" or "2026-12-11 19:00"`,
		"next fri 7pm":      `"2026-12-04 19:00" or`,
		"next week 19:00":   "write 19:00", "next friday": "write 19:00",
		"13pm": "write 19:00", "0am": "write 19:00", "7:60pm": "write 19:00",
		"12am": "can be noon and midnight; write 12:00 or 00:00", "tomorrow 12:30 pm": "write 12:30 or 00:30",
		"midnight": `write 00:00 with its day`, "tonight midnight": "write 00:00 with its day",
		"in": "write 19:00", "in 2 hours": "write 19:00", "in 2": `as in "in 2h"`, "in -2h": `as in "in 2h"`,
		"in 0s": `as in "in 2h"`, "in 1500ms": `as in "in 2h"`,
		"2026-12-01T19:00:00.5+0900": "write whole seconds: 2026-12-01T19:00:00+09:00",
		"2026-12-01T19:00:00.5Z":     "write whole seconds: 2026-12-01T19:00:00Z",
		"2026-12-01T19:00:00+530":    `"+530" is no offset; write hours and minutes, such as +05:30`,
		"19:00 GMT+5":                `"GMT+5" is no offset`,
		"tonight 19:00 +25:00":       "at most 14 hours", "19:00 +14:01": "at most 14 hours",
		"2026-12-01T19:00+05:60": "is no offset",
		"2026-12-01T19:00 +":     "is no offset", "19:00+": "is no offset",
		"2026-12-01T19:00:00-": "is no offset", "19:00 +05 +05": "write 19:00",
		"19:00 Asia/tokyo": "write 19:00",
	} {
		_, err := Say(said, now, time.Time{}, zone(t, "Europe/Berlin"))
		assert.ErrorContains(t, err, why, said)
	}
}

// A time that clocks leave out or go through twice is refused, with what to write; a second around it is not.
func TestTimesOfTheHourInWhichClocksChange(t *testing.T) {
	now := instant(t, "2026-01-01T00:00:00Z")
	for _, c := range []struct{ said, zone, want string }{
		{"2026-03-29 01:59:59", "Europe/Berlin", "2026-03-29T01:59:59+01:00"},
		{"2026-03-29 03:00", "Europe/Berlin", "2026-03-29T03:00:00+02:00"},
		{"2026-10-25 01:59:59", "Europe/Berlin", "2026-10-25T01:59:59+02:00"},
		{"2026-10-25 03:00", "Europe/Berlin", "2026-10-25T03:00:00+01:00"},
		{"2026-03-08 03:00", "America/New_York", "2026-03-08T03:00:00-04:00"},
		{"2026-11-01 02:00", "America/New_York", "2026-11-01T02:00:00-05:00"},
		{"2026-03-29 02:30", "Asia/Tokyo", "2026-03-29T02:30:00+09:00"},
		{"2026-04-05 02:00", "Australia/Lord_Howe", "2026-04-05T02:00:00+10:30"},
	} {
		at, err := Say(c.said, now, time.Time{}, zone(t, c.zone))
		require.NoError(t, err, c.said)
		assert.Equal(t, c.want, at.Format(time.RFC3339))
	}
	for _, c := range []struct{ said, zone, why string }{
		{"2026-03-29 02:00", "Europe/Berlin", "does not exist in Europe/Berlin: clocks go from 02:00 to 03:00"},
		{"2026-03-29 02:59:59", "Europe/Berlin", "does not exist in Europe/Berlin: clocks go from 02:00 to 03:00"},
		{"2026-10-25 02:00", "Europe/Berlin",
			"comes twice in Europe/Berlin, because clocks are set back then; write it with its offset: " +
				"2026-10-25T02:00:00+02:00 or 2026-10-25T02:00:00+01:00"},
		{"2026-10-25 02:59:59", "Europe/Berlin", "2026-10-25T02:59:59+02:00 or 2026-10-25T02:59:59+01:00"},
		{"2026-03-08 02:30", "America/New_York", "does not exist in America/New_York"},
		{"2026-11-01 01:00", "America/New_York", "2026-11-01T01:00:00-04:00 or 2026-11-01T01:00:00-05:00"},
		{"2026-10-04 02:15", "Australia/Lord_Howe", "clocks go from 02:00 to 02:30"},
		{"2011-12-30 12:00", "Pacific/Apia", "does not exist in Pacific/Apia"},
	} {
		_, err := Say(c.said, now, time.Time{}, zone(t, c.zone))
		assert.ErrorContains(t, err, c.why, c.said)
	}
}

// Every instant is among those of what a clock shows at it, in every zone, and each of them is shown alike.
func TestWhatAClockShowsComesBack(t *testing.T) {
	names := []string{
		"Europe/Berlin",
		"America/New_York",
		"Asia/Tokyo",
		"Australia/Lord_Howe",
		"Pacific/Apia",
		"America/St_Johns",
		"Africa/Casablanca",
		"UTC",
	}
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(names).Draw(t, "zone"))
		at := time.Unix(rapid.Int64Range(1_262_304_000, 2_208_988_800).Draw(t, "instant"), 0).In(z)
		all := WallOf(at).Instants(z)
		found := false
		for _, one := range all {
			assert.Equal(t, WallOf(at), WallOf(one))
			found = found || one.Equal(at)
		}
		require.True(t, found, "%s among %v", at, all)
		if one, err := WallOf(at).At(z); err == nil {
			require.True(t, one.Equal(at))
		} else {
			require.Len(t, all, 2)
		}
	})
}

func TestInstantsForPeople(t *testing.T) {
	at := instant(t, "2026-12-01T10:00:00Z")
	assert.Equal(t, "Tue 2026-12-01 19:00 +09:00 Asia/Tokyo (2026-12-01T10:00Z)", Show(at, zone(t, "Asia/Tokyo")))
	assert.Equal(t, "Tue 2026-12-01 10:00:05 UTC", Show(at.Add(5*time.Second), time.UTC))
	assert.Equal(t, "Tue 2026-12-01 10:00 +00:00 Europe/London (2026-12-01T10:00Z)", Show(at, zone(t, "Europe/London")))
	assert.Equal(t, "Tue 2026-12-01 12:30 +02:30 (2026-12-01T10:00Z)", Show(at.In(time.FixedZone("", 9000)), nil))
	for d, want := range map[time.Duration]string{
		0: "0s", -time.Hour: "0s", 59 * time.Second: "59s", 60 * time.Second: "1m", 90 * time.Minute: "1h 30m", 2 * time.Hour: "2h", 76 * time.Hour: "3d 4h",
		2*time.Hour + 5*time.Second: "2h",
	} {
		assert.Equal(t, want, Left(d))
	}
}

// A time that is read without anybody's zone names its own, in every form; one that does not is refused.
func TestTimesThatMeanTheSameEverywhere(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	want := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{
		"2026-12-01T09:00:00+09:00", "2026-12-01T09:00+09:00", "2026-12-01T09:00+0900", "2026-12-01T09:00+09",
		"2026-12-01T00:00Z", "2026-12-01T00:00:00z", "2026-12-01 09:00 +09:00", "2026-12-01 09:00 Asia/Tokyo",
		"tomorrow 09:00 Asia/Tokyo", "tue 00:00 UTC", "2026-11-30 19:00 UTC-5", "2026-12-01 00:00Z",
	} {
		moment, err := Instant(text, now)
		require.NoError(t, err, text)
		assert.True(t, want.Equal(moment), "%s is read as %s", text, moment)
	}
	moment, err := Instant("now", now)
	require.NoError(t, err)
	assert.True(t, now.Equal(moment))
	for _, text := range []string{
		"19:00", "09:00", "tonight 19:00", "tomorrow 09:00", "friday 09:00", "2026-12-01 09:00", "2026-12-01T09:00",
	} {
		_, err := Instant(text, now)
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), "names no zone; write an offset or a zone behind it", text)
	}
	for _, text := range []string{"soon", "2026-02-30 09:00 UTC", "25:00 UTC", "09:00 UTC"} {
		_, err := Instant(text, now)
		require.Error(t, err, text)
		assert.NotContains(t, err.Error(), "names no zone", text)
	}
}
