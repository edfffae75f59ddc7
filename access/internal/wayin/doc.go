// Package wayin divides the callers whom a trust policy can let in into classes, by the condition keys that their calls
// carry, and lists the ways into a role: one class for one entry of a statement.
package wayin
