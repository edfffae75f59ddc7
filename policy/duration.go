package policy

import (
	"strings"
	"time"
)

// ShortDuration is a length of time as an admin writes it, without the zero units that [time.Duration] prints: "12h",
// "1h30m", "45s".
func ShortDuration(d time.Duration) string {
	text := d.String()
	if minutes, whole := strings.CutSuffix(text, "m0s"); whole {
		text = minutes + "m"
	}
	if hours, whole := strings.CutSuffix(text, "h0m"); whole {
		text = hours + "h"
	}
	return text
}
