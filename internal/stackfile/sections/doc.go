// Package sections has the keys of a stack file below guardrails, and what an admin wrote in them: a file for each
// section, with the type of its values and the description of every key. That of the keys below aws is package
// provider. Package stackfile reads the files.
//
// Every key is described once, where it is decoded: its name, type, default with the reason, and an example. The JSON
// Schema and the reference are made from those descriptions, so they cannot drift from what is accepted.
//
// What is not known is refused: an unknown key at any level, a value of another type, an empty list that would mean
// "everything". What is absent takes its default, which is the safe side unless a flow that people need says otherwise.
package sections
