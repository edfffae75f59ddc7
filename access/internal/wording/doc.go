// Package wording puts words together as sentences do.
package wording
