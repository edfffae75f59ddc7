// Package start writes the first project of an organization: what is asked for in [Questions] or read from the output
// of the AWS CLI becomes Pulumi.yaml, a stack file for each account and, if wanted, pipelines. Everything that can be
// derived is derived, and nothing is written that a strict check would refuse.
package start
