// Package delegated is a role of an administrator: who may assume it, with MFA, and what it may do.
package delegated
