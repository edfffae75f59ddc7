// Command guardrails is the Pulumi program of this project: `pulumi up` builds and runs it.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/program"
)

func main() { pulumi.Run(program.Run) }
