package strictyaml

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A time in another form of ISO 8601 is told as the one that is meant.
func TestTimesInOtherFormsAreTold(t *testing.T) {
	const want = "2026-12-01T09:00:00+09:00"
	for _, text := range []string{
		"2026-12-01T09:00+09:00", "2026-12-01T09:00:00+0900", "2026-12-01T09:00+0900", "2026-12-01T09:00+09",
		"2026-12-01 09:00:00+09:00", "2026-12-01 09:00 +09:00", "2026-12-01 09:00 +0900", "2026-12-01t09:00+09:00",
	} {
		meant, found := otherForm(text)
		assert.True(t, found, text)
		assert.Equal(t, want, meant, text)
	}
	for _, text := range []string{"", "2026-12-01", "2026-12-01T09:00", "2026-12-01 09:00", "09:00+09:00", "tomorrow"} {
		_, found := otherForm(text)
		assert.False(t, found, text)
	}
}
