// Package clitest gives tests the Pulumi CLI and object stores, or skips them with a line that says how to get them.
package clitest
