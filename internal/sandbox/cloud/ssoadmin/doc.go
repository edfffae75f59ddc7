// Package ssoadmin is IAM Identity Center of a local AWS: its one instance with the directory, permission sets, their
// assignments, and the roles that it makes in accounts. Each method of a Client is one API call.
package ssoadmin
