package workspace

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Operation is what the engine is asked for.
type Operation string

// The operations.
const (
	Preview Operation = "preview"
	Up      Operation = "up"
	Destroy Operation = "destroy"
)

// Op is what happens to one resource.
type Op string

// The ops. A resource that is deleted from the stack and kept in AWS on purpose is retained.
const (
	Create  Op = "create"
	Update  Op = "update"
	Replace Op = "replace"
	Delete  Op = "delete"
	Retain  Op = "retain"
	Import  Op = "import"
)

// Past is the op as a finished thing.
func (o Op) Past() string {
	switch o {
	case Retain, Import:
		return string(o) + "ed"
	default:
		return strings.TrimSuffix(string(o), "e") + "ed"
	}
}

// Change is what happens, or would happen, to one resource.
type Change struct {
	Op Op `json:"op"`
	// URN is the engine's name of the resource.
	URN string `json:"urn"`
	// Type is the type token, such as "aws:iam/role:Role".
	Type string `json:"type"`
	// Name is the resource's name in the program.
	Name string `json:"name"`
	// ID is what AWS calls it; empty until it exists.
	ID string `json:"id,omitempty"`
	// Component is true for a group of resources that exists in the program alone.
	Component bool `json:"component,omitempty"`
	// Properties are the top-level properties that differ, sorted; only for updates and replacements.
	Properties []string `json:"properties,omitempty"`
}

// Diagnostic is an error that the engine reported.
type Diagnostic struct {
	// URN is the resource it speaks of; empty when it speaks of the whole stack.
	URN     string `json:"urn,omitempty"`
	Message string `json:"message"`
}

func (d Diagnostic) String() string {
	if typ, name := parseURN(d.URN); name != "" && typ != stackType {
		return shortType(typ) + " " + name + ": " + d.Message
	}
	return d.Message
}

// Report is what one operation did to one stack, or would do.
type Report struct {
	Stack     string    `json:"stack"`
	Account   string    `json:"account"`
	Operation Operation `json:"operation"`
	Sandbox   bool      `json:"sandbox"`
	// Planned is true when the changes are what would happen, and false when they happened.
	Planned bool `json:"planned"`
	// Changes are in the order of their URNs, so that two runs with the same outcome report the same. Providers and the stack itself are left out.
	Changes []Change `json:"changes"`
	// Same is the number of resources that stay as they are.
	Same int `json:"same"`
	// Failures are the resources whose operation began and failed, by URN.
	Failures []Change `json:"failures,omitempty"`
	// Notes are what the program had to say, such as how to undo service control policies without it.
	Notes []string `json:"notes,omitempty"`
	// Outputs are the stack's outputs after up; a secret one reads "[secret]".
	Outputs map[string]any `json:"outputs,omitempty"`
	// Seconds is the wall time from the check of the stack file to the end of the operation.
	Seconds float64 `json:"seconds"`
	// Error is what refused or ended the operation; empty when it succeeded.
	Error string `json:"error,omitempty"`
}

// Of lists the changes with one of the given ops, components left out.
func (r *Report) Of(ops ...Op) []Change {
	var out []Change
	for _, c := range r.Changes {
		if !c.Component && slices.Contains(ops, c.Op) {
			out = append(out, c)
		}
	}
	return out
}

// Summary is what one command did to all the stacks that it was given.
type Summary struct {
	// Version is the version of this format.
	Version int `json:"version"`
	// Stacks are in the order in which they were run. A stack that was not reached is not here.
	Stacks []*Report `json:"stacks"`
	// Problems are what refused the stack files. With any of them no stack was run.
	Problems []Problem `json:"problems,omitempty"`
}

const stackType = "pulumi:pulumi:Stack"

// parseURN gives the type (without those of its parents) and the name in a URN.
func parseURN(urn string) (typ, name string) {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) != 4 {
		return "", ""
	}
	typ = parts[2][strings.LastIndex(parts[2], "$")+1:]
	return typ, parts[3]
}

// shortType is a type token as people say it: "aws:iam/role:Role" is "iam.Role", "guardrails:iam:MFAGroup" is "guardrails.MFAGroup".
func shortType(token string) string {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return token
	}
	pkg, module, name := parts[0], parts[1], parts[2]
	if pkg != "aws" {
		return pkg + "." + name
	}
	module, _, _ = strings.Cut(module, "/")
	return module + "." + name
}

func sortChanges(changes []Change) {
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Or(cmp.Compare(a.URN, b.URN), cmp.Compare(a.Op, b.Op)) })
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond)) / float64(time.Second)
}
