// Package workspace runs the program over the stacks of a folder (package project): it checks every stack before the
// engine starts, drives the engine through the Automation API, and makes results (package result) of its events.
//
// A sandbox run works on a copy of the project in the user's cache, against a local AWS (package sandbox), with a
// state and a backend of its own: the folder is read and never written, no credentials are used, nothing is
// downloaded. A real run works in place with the backend, the credentials and the plugins that the pulumi command
// itself would use there.
//
// Errors say whose fault they are: a refusal (the stack file, a document or a proof does not hold), wrong use (no
// such stack), or a failure of the engine or of AWS. Package exit maps them to exit statuses.
package workspace
