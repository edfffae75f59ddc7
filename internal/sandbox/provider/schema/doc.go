// Package schema is how the real provider looks at the properties of a resource: what a program may set and must set, the
// rules that a value keeps, what the provider fills in, and which changes make a new resource. It calls no AWS.
package schema
