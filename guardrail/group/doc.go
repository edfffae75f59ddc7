// Package group is the IAM group that lets its members do nothing before they have enrolled an MFA device.
package group
