// Package openkeys finds which values matter of a condition key that stands as a policy variable and that nothing fixes:
// an open key.
//
// Its value links two variables of a request, so a search is made once for each value that matters. Two values matter
// alike when every test tells them alike: every pattern that the key itself, or a key or resource in whose pattern it
// stands, is compared with, cut to the place where the variable stands. Values has one value for each such class, and says
// when it cannot be sure that it has all.
package openkeys
