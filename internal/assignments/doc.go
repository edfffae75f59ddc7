// Package assignments reads from IAM Identity Center to whom a permission set is assigned, and where. No function of
// the providers lists that, so AWS is asked with its own SDK, and with the settings that the providers of the stack have.
package assignments
