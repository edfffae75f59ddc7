// Package stack resolves a stack file: what an admin wrote, as component arguments, and what proofs, orders and notices
// want to know of it.
//
// A Stack is a stack file that holds together. Its sections are held against each other, defaults that depend on
// another section are filled in, and the people of its lists are resolved. ReadFile and FromContext give a Stack or the
// problems: every problem at once, in the order of the file, each with its path. The methods give the Args of every
// noun, the World that the documents make, the Intent that they are held against, and the order among stacks.
//
// The nouns stand in one registry (nouns.go).
//
// A name that nothing declares is refused. The package makes no request, registers no resource and reads no file but
// those it is pointed to.
package stack
