// Package verdicts keeps what the standing proofs of accounts found: in memory, for two states of an organization that
// are compared, and in a folder, for the next run. It knows nothing of what findings rest on: that is in the keys
// under which they are kept. A file that is not whole, or that another program wrote, is as good as none.
package verdicts
