// Package stackvalues turns stack files into the values that the Pulumi engine hands to a program, with Pulumi's own
// code.
package stackvalues
