// Package worktree asks git which files of a folder no commit holds.
package worktree
