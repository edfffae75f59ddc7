// Package stackfile reads stack files: what an admin wrote, and nothing else. Which keys there are is for the packages
// below: sections has those of guardrails, provider those of the AWS provider.
//
// One strict decoder (package strictyaml) serves two readers. OpenFile reads Pulumi.<stack>.yaml itself and knows line
// and column of every value; OpenContext reads the values that the Pulumi engine hands to a program, which have
// neither. Both yield the same Sections and the same problems: every problem of single sections, each with its path,
// the bad value, why it is bad and what to write instead. What holds between sections is for package stack.
//
// The JSON Schema (schema.go) and the reference (reference.go) are made from the descriptions that the keys are decoded
// by, so they cannot drift from what is accepted.
//
// The package makes no request, registers no resource and reads no file but those it is pointed to.
package stackfile
