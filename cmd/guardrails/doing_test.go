package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// silent are the verbs that say nothing of what they are at while they read, with the reason.
var silent = map[string]string{
	"adopt":      "runs an engine, which tells of it",
	"announce":   "reads the grants of the stacks and sends one message",
	"destroy":    "runs an engine, which tells of it",
	"drift":      "runs an engine, which tells of it",
	"grant":      "writes one entry of one file",
	"grants":     "reads the grants of the stacks",
	"init":       "asks questions, or writes files of answers",
	"person":     "its own verbs edit files",
	"preview":    "runs an engine, which tells of it",
	"pulumi-cli": "tells what it builds",
	"revoke":     "writes one entry of one file",
	"schema":     "prints what it has",
	"stacks":     "reads the stacks, and proves nothing",
	"up":         "runs an engine, which tells of it",
	"version":    "prints what it has",
}

// A verb that may take long says what it is at, or there is a reason why it need not; and the table has no verb that
// is none.
func TestEveryVerbSaysWhatItIsAtOrWhyNot(t *testing.T) {
	verbs := map[string]bool{}
	for _, verb := range newRoot(&flags{}).Commands() {
		name := verb.Name()
		if verb.Hidden || name == "completion" || name == "help" {
			continue
		}
		verbs[name] = true
		assert.NotEqual(t, doing[name] != "", silent[name] != "",
			"guardrails %s stands in one of doing (root.go) and silent", name)
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(doing)), slices.Collect(maps.Keys(silent))) {
		assert.True(t, verbs[name], "there is no verb %s", name)
	}
}
