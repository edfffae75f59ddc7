// Package beside is what AWS has beside what a stack manages, as plain values: the program asks for it, and whoever runs
// the program tells it and has it taken away.
package beside

import (
	"strings"

	"aws-access-guardrails/internal/stackfile/provider"
)

// Found is what AWS has beside what a stack manages, on something that the stack manages: the groups of a user, the
// members of a group, the policies of a permission set or of a target of the organization.
type Found struct {
	// Type is the type of a resource of the stack, and Key and Value are the argument that tells which one it is.
	Type, Key, Value string
	// Property is where it was added, and Items are what AWS has there that the program does not register.
	Property string
	Items    []string
	// MadeBy tells which of the items resources of the state made: they are about to go, and nobody added them.
	MadeBy Maker
	// Strays are one for each item: resources that the program does not want, so that up takes away what they stand
	// for. Nil where up leaves the items; then Why says why, and what to do.
	Strays []Stray
	Why    string
	// Says is said of the items, which stand at "{items}"; empty means that somebody added them.
	Says string
	// Others is how many of the items are meant, because the stack file says that others attach so many. Needs is an
	// item that has to be there; empty where none has to.
	Others int
	Needs  string
	// Bars is an item that may not be there, whatever others attach; empty where all may.
	Bars string
	// Outdated is the permission set of which the items, accounts, have an older version; nil for everything else. Up
	// has AWS provision it again.
	Outdated *Provisioning
}

// Told is what is said of some of the items; empty where it is that somebody added them.
func (f Found) Told(items []string) string {
	return strings.ReplaceAll(f.Says, "{items}", strings.Join(items, ", "))
}

// Maker tells resources of a state that made an item: those of the type whose argument Key is the item, and whose
// argument And has the value Is. Empty texts tell none.
type Maker struct{ Type, Key, And, Is string }

// Stray is a resource that stands for what somebody added.
type Stray struct {
	Type, Name, ID string
	Inputs         map[string]any
	// Item is the item that it stands for.
	Item string
}

// Provisioning is a permission set of which accounts have an older version, and whom to ask about it.
type Provisioning struct {
	Instance, PermissionSet string
	// Endpoint is the address of an AWS that answers in place of the real one; empty where the settings say whom to ask.
	Endpoint string
	Settings provider.Settings
}
