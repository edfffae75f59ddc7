// Package osusers has the claims about OS users: a shell starts as a login without privileges, and each OS user is one
// person's.
package osusers
