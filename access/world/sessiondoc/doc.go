// Package sessiondoc is the content of documents of the type Session of Systems Manager, written and read.
package sessiondoc
