package change

import (
	"fmt"
	"strings"

	"aws-access-guardrails/internal/workspace/urn"
)

// ResourceChanges say what happens to what a stack makes, in the order of URNs. Was and is are the names of the stack
// of one account on the two sides, empty where a side has none. None where it is not known; nil compares no resources.
type ResourceChanges func(was, is string) []ResourceChange

// resources are what happens to what the stacks make, in the order of accounts and URNs.
func (c *comparison) resources(resourceChanges ResourceChanges) {
	c.Resources = []ResourceChange{}
	if resourceChanges == nil {
		return
	}
	for _, id := range accountsOf(c.from, c.to) {
		c.Resources = append(c.Resources, resourceChanges(c.from.Stacks[id], c.to.Stacks[id])...)
	}
}

// doing is what a line says of an op.
var doing = map[string]string{
	"create":  "is made",
	"update":  "changes in place",
	"replace": "is REPLACED",
	"delete":  "is DELETED",
	"retain":  "leaves the stack and stays in AWS",
}

// Worded is the change with its line.
func (c ResourceChange) Worded() ResourceChange {
	c.Line = fmt.Sprintf("%s: %s %s %s", c.Stack, urn.ShortType(c.Type), c.Name, doing[c.Op])
	if len(c.Properties) > 0 {
		c.Line += " by " + strings.Join(c.Properties, ", ")
	}
	return c
}
