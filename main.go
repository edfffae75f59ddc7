// Command guardrails is the Pulumi program of this project: `pulumi up` builds and runs it.
package main

import (
	"os"

	"aws-access-guardrails/internal/program"
)

// Main is pulumi.Run(program.Run), but that a refusal reads as check prints it.
func main() { os.Exit(program.Main()) }
