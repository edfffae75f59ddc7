// Package sandbox runs a local AWS for the Pulumi engine, so that a stack can be deployed, changed and destroyed
// without an account.
//
// Start opens a world, which begins with what a world file (sandbox.yaml) lists and lives in a state file, and serves
// the providers that the engine attaches to. Package cloud is AWS as those providers see it, package provider is the
// providers. What was deployed can be compared (Snapshot), changed from outside (IAM, SSM) and proven (World).
package sandbox
