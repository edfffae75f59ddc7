// Package mocks runs a Pulumi program without an engine and records what it registers: what a test asserts on, after
// the program has returned.
//
// Nothing is asserted while the program runs, because what runs later may never run: record, return, assert.
package mocks
