// Package pattern has the texts of a statement, taken apart once: what stands in Action and Resource, and the values of
// conditions, with wildcards and policy variables. Package wildcard compares their tokens with a text.
package pattern
