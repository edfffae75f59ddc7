// Package identitycenter is IAM Identity Center: attributes for access control, permission sets and who is assigned
// them.
package identitycenter
