// Package page writes what is known of an organization as one HTML file that needs nothing else: the accounts as a
// picture, who reaches what and by which journey, the doors and the statements that shut them, grants on a time line,
// the proofs as sentences, and what a change does. It decides nothing.
//
// The file holds its own style, script and data. Its content security policy lets no request leave and no script run
// but the one that this package has.
package page
