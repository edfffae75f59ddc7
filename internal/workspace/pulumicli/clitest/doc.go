// Package clitest gives tests the Pulumi CLI, or skips them with a line that says how to get it.
package clitest
