// Package sessiondocument is session documents of the account's own: what a session can be besides a shell.
package sessiondocument
