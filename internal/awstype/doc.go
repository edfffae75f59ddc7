// Package awstype is what the product knows of each Pulumi type that it registers, one file for each: how its id
// follows
// from its inputs, what guards it, what of it is no difference, whether it is adopted, how its state reads into a
// World,
// and which calls of which API the provider makes for it, when, and where that was read. The rooms that do something
// with a type read it here: the sandbox makes these calls and no others, and the policies of the deployer are rendered
// from them.
package awstype
