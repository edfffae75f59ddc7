// Package stackfile has the keys of a stack file, and reads them: what an admin wrote, and nothing else.
//
// One strict decoder (package strictyaml) serves two readers. OpenFile reads Pulumi.<stack>.yaml itself and knows line
// and column of every value; OpenContext reads the values that the Pulumi engine hands to a program, which have
// neither. Both yield the same Sections and the same problems: every problem of single sections, each with its path,
// the bad value, why it is bad and what to write instead. What holds between sections is for package stack.
//
// Every key is described once, where it is decoded: its name, type, default with the reason, and an example. The JSON
// Schema and the reference are made from those descriptions, so they cannot drift from what is accepted.
//
// What is not known is refused: an unknown key at any level, a value of another type, an empty list that would mean
// "everything". What is absent takes its default, which is the safe side unless a flow that people need says otherwise.
//
// The package makes no request, registers no resource and reads no file but those it is pointed to.
package stackfile
