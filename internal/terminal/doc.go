// Package terminal is how text looks where people read it: how wide the terminal is, tables that fit, and colours
// that mean something. Elsewhere, in a pipe or a file, nothing of it happens.
package terminal
