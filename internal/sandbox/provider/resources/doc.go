// Package resources is what every type of resource, and every function, of the sandbox's providers is made of: what it
// does to make, read, change and delete one, and the session of the provider in which it does so. Which calls it makes
// is held against the table of package awstype.
package resources
