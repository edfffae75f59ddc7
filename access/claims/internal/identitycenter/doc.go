// Package identitycenter makes the standing claims about permission sets and attributes of IAM Identity Center, for
// every person with every combination of attributes.
package identitycenter
