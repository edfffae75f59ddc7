// Package assignments reads from IAM Identity Center to whom a permission set is assigned, and where an older version of
// it stands, and has it provisioned there. No function and no resource of the providers does that, so AWS is asked with
// its own SDK, and with the settings that the providers of the stack have.
package assignments
