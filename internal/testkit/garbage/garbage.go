// Package garbage lets the garbage of a test binary grow before it is collected, unless GOGC says otherwise: tests hold
// little at a time and end soon, and a collector that runs after every few megabytes takes a quarter of their time.
// Whatever else of the test kit a test uses has it too; a test that uses nothing else imports it for this alone.
package garbage

import (
	"os"
	"runtime/debug"
)

// percent is how much garbage there may be for what is in use; what is in use is tens of megabytes.
const percent = 400

func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
