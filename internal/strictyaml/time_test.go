package strictyaml

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A time in another form than that of files is told as the one that is meant, and what means no one instant is not.
func TestTimesInOtherFormsAreTold(t *testing.T) {
	decode := func(text string) string {
		d := &Decoder{Places: Places{}}
		_, ok := Moment{}.Decode(d, &Node{Shape: ShapeText, Text: text}, "at")
		require.False(t, ok, text)
		require.Len(t, d.Problems, 1, text)
		return d.Problems[0].Error()
	}
	for _, text := range []string{
		"2026-12-01T09:00+09:00", "2026-12-01T09:00:00+0900", "2026-12-01T09:00+0900", "2026-12-01T09:00+09",
		"2026-12-01 09:00:00+09:00", "2026-12-01 09:00 +09:00", "2026-12-01 09:00 +0900", "2026-12-01t09:00+09:00",
		"2026-12-01 09:00 Asia/Tokyo", "2026-12-01 09:00 UTC+9",
	} {
		assert.Contains(t, decode(text), `another form than the one of files; write "2026-12-01T09:00:00+09:00"`, text)
	}
	for _, text := range []string{"2026-12-01T00:00z", "2026-12-01 00:00 UTC"} {
		assert.Contains(t, decode(text), `write "2026-12-01T00:00:00Z"`, text)
	}
	for _, text := range []string{
		"", "2026-12-01", "2026-12-01T09:00", "2026-12-01 09:00", "09:00+09:00", "tomorrow", "now", "19:00 UTC",
		"tomorrow 09:00 UTC", "friday 09:00 Asia/Tokyo", "2026-12-01T09:00+530", "2026-02-30T09:00Z",
	} {
		assert.Contains(t, decode(text), "is not a time with an offset", text)
	}
}
