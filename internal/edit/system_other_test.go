//go:build !linux

package edit

import "testing"

func nobody(t *testing.T, _ string) func(func()) {
	t.Skip("the system cannot act as somebody else for a moment")
	return nil
}

func limited(t *testing.T, _ func()) {
	t.Skip("the system cannot bound the size of files for a moment")
}
