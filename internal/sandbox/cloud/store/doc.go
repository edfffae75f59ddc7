// Package store keeps the world of a sandbox: tables of rows in memory, and the state file that records every change
// before the call that made it returns. It knows nothing of AWS.
package store
