// Package organization makes the standing claims about an organization: what its service control policies shut for
// every principal that a member account can have, and what they leave open on purpose.
package organization
