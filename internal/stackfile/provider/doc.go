// Package provider has the keys of a stack file that are settings of the AWS provider: "aws:region" and the others.
package provider
