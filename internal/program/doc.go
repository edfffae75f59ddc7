// Package program is the Pulumi program: it loads a stack, checks it, makes sure of the account, and creates the
// components.
//
// Nothing is registered with the engine until the stack has been read and checked, and nothing is made in AWS until
// the credentials are known to belong to the account that the stack names. Whatever is refused on the way comes as an
// error for which Refused is true; everything else is a failure of the engine or of AWS.
//
// Run takes everything from the Pulumi context, so that `pulumi up`, the Automation API and tests run the same
// function.
package program
