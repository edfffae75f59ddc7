// Package filelock is a lock between processes that a killed process cannot leave behind, with a wait that can be
// cancelled and seen.
package filelock
