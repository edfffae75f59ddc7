// Package managedpolicy is a customer managed policy that the stack makes: what roles carry, and what bounds them.
package managedpolicy
