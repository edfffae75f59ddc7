// Package handover says what each person of the stacks needs to begin: where to sign in, which roles to take, what to
// write into the configuration of the AWS CLI.
package handover
