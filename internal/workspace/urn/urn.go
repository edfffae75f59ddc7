// Package urn takes the engine's names of resources apart.
package urn

import "strings"

// StackType is the type of the resource that stands for the stack itself.
const StackType = "pulumi:pulumi:Stack"

// Parse gives the type (without those of its parents) and the name in a URN.
func Parse(urn string) (typ, name string) {
	_, typ, name = Split(urn)
	return typ, name
}

// Split gives the type of the resource's parent, empty where it has none, its own type, and its name.
func Split(urn string) (parent, typ, name string) {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) != 4 {
		return "", "", ""
	}
	types := strings.Split(parts[2], "$")
	if len(types) > 1 {
		parent = types[len(types)-2]
	}
	return parent, types[len(types)-1], parts[3]
}

// ShortType is a type token as people say it: "aws:iam/role:Role" is "iam.Role", "guardrails:iam:MFAGroup" is
// "guardrails.MFAGroup".
func ShortType(token string) string {
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
