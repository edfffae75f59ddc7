// Package deployer renders what the role that deploys a stack must be allowed, and who may assume it.
//
// The documents are for an administrator to put in place: the deployer is not made by the stack that it deploys, or
// it could change what binds it. What they allow follows from the resources that the stack has, one type at a time,
// from what the AWS providers call to make, read, change and delete each. They name the stack's own paths and names
// and nothing else of the account.
//
// Preview is the part of it that reads: what `pulumi preview --refresh` and `guardrails drift` need.
package deployer
