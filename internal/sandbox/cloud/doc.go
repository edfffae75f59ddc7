// Package cloud is a local AWS: accounts, IAM, Systems Manager documents, an organization and IAM Identity Center, as
// far as access guardrails touch them.
//
// Each service has a package, which owns the rows of its service; this one puts them together. Each method of a service
// client is one API call. It checks what AWS checks, changes the world as AWS changes it, and refuses with the error
// code, the HTTP status and the sentence that AWS answers with. A call either takes effect as a whole or not at all,
// unless a fault was asked for. What callers may do is not checked, unless the caller has a Decider: every other caller
// is an administrator of the account of its credentials.
//
// The world lives in a state file that records every change before the call returns, so that a killed process loses
// nothing that it was told had happened.
package cloud
