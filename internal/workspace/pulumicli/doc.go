// Package pulumicli finds the Pulumi CLI that the Automation API drives, and builds it where there is none.
//
// A CLI on PATH is taken when it is at least [Version], the release that this module's SDK was made for and its tests
// ran with. Otherwise the CLI is built from source with the Go toolchain, once, into the user's cache. What is built
// is pinned by a go.mod and a go.sum that are part of this program: every module's content is checked against its
// sum, and nothing is ever fetched from an unpinned place.
package pulumicli
