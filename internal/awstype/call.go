package awstype

import (
	"slices"
	"strings"
)

// Operation is a set of the things that the engine asks a provider for.
type Operation uint8

// The operations. Imports are made with those of Read: a provider reads what it imports by the id alone.
const (
	Create Operation = 1 << iota
	Read
	Update
	Delete
	// Invoke is a function, which has no other operation.
	Invoke
)

// names are the operations in the order of their bits.
var names = []string{"create", "read", "update", "delete", "invoke"}

// String names the operations, such as "create, read".
func (o Operation) String() string {
	var all []string
	for i, name := range names {
		if o&(1<<i) != 0 {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

// Source is where the calls of a type were read, and for resources what the provider asks of their arguments.
type Source struct {
	// Repository is a repository of GitHub, and File a file in it.
	Repository, File string
	// Commit is the revision that was read, as short as it identifies it.
	Commit string
}

// Call is one call of an API that a provider makes for a type.
type Call struct {
	// Action is the action that AWS decides the call on, such as "iam:CreateUser". Two calls may have one action.
	Action string
	// In are the operations that make the call.
	In Operation
	// When is the condition under which they make it, in words. Empty means always.
	When string
	// For is the group of calls of the type that act on the same things: the statement of the deployer that allows
	// it. Empty only where it is withheld.
	For string
	// Withheld is why the deployer may not make the call. Empty means that it may.
	Withheld string
	// Source is where the call was read, where that is not the source of its type. Zero means that the source of the
	// type shows it.
	Source Source
	// Unconfirmed is why no source shows the call although it is listed. Empty means that a source shows it.
	Unconfirmed string
}

// Calls are the calls for a type, and where they were read.
type Calls struct {
	Source Source
	Calls  []Call
}

// Has reports whether an operation on the type may make the call.
func (c Calls) Has(action string, in Operation) bool {
	return slices.ContainsFunc(c.Calls, func(call Call) bool { return call.Action == action && call.In&in != 0 })
}

// Always are the actions of the calls that an operation makes each time that it succeeds, in the order of the table.
func (c Calls) Always(in Operation) []string {
	var out []string
	for _, call := range c.Calls {
		if call.In&in != 0 && call.When == "" {
			out = append(out, call.Action)
		}
	}
	return out
}

// Any are all operations.
const Any = Create | Read | Update | Delete | Invoke

// Group are the actions of a group that one of the operations makes, sorted, without those that are withheld.
func (c Calls) Group(name string, in Operation) []string {
	var out []string
	for _, call := range c.Calls {
		if call.For == name && call.In&in != 0 && call.Withheld == "" {
			out = append(out, call.Action)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
