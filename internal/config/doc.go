// Package config reads a stack file: what an admin writes, as component arguments.
//
// One strict decoder (package strictyaml) serves two readers. ReadFile reads Pulumi.<stack>.yaml itself and knows
// line and column of every value; FromContext reads the values that the Pulumi engine hands to a program, which have
// neither. Both yield the same Stack or the same problems: every problem at once, each with its path, the bad value,
// why it is bad and what to write instead.
//
// What is written and what it means are two types: Sections is a file, decoded, whose lists of people are as the admin
// wrote them; Stack is one that holds together, whose methods give the Args of every noun with the people resolved.
// The nouns stand in one registry (nouns.go).
//
// Every key is described once, where it is decoded: its name, type, default with the reason, and an example. The JSON
// Schema and the reference are made from those descriptions, so they cannot drift from what is accepted.
//
// What is not known is refused: an unknown key at any level, a value of another type, a name that nothing declares, an
// empty list that would mean "everything". What is absent takes its default, which is the safe side unless a flow that
// people need says otherwise.
//
// The package makes no request, registers no resource and reads no file but those it is pointed to.
package config
