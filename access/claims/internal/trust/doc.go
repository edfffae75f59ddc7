// Package trust has the claims about who becomes a role: the listed users and nobody else, with MFA, under their own
// name, without tags of their choice, and within its window; and about strangers, where nobody is listed.
package trust
