// Package guardrail has what the nouns of an account share: the account itself, tags, paths and names of policies,
// trust policies, notices. Each noun has a package below: its Args, Validate, the documents that it makes, what it
// adds to a World, and what it promises. None of them needs Pulumi; package components makes resources from them.
package guardrail
