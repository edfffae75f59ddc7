// Package ci holds the example pipelines, from which "guardrails init" makes those of a project.
package ci

import "embed"

// Files are the pipelines: github/*.yml and gitlab/*.yml.
//
//go:embed github/*.yml gitlab/*.yml
var Files embed.FS
