// Package report says what a stack is: its documents as files and as JSON, and what each person needs to work with it.
//
// It reads stacks and worlds and writes text. It decides nothing, asks nobody, and prints the same bytes for the same
// stack.
package report
