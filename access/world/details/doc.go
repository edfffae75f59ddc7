// Package details reads and writes an account as "aws iam get-account-authorization-details" prints it.
package details
