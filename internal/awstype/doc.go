// Package awstype is what the AWS providers do for each Pulumi type of the product: which calls of which API, when,
// and where that was read. It is one table. The sandbox makes these calls and no others, and the policies of the
// deployer are rendered from them.
package awstype
