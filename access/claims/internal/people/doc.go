// Package people has the claims about people: MFA, their own credentials and tags, who administers, and which roles a
// member comes to.
package people
