// Command guardrails checks, shows and deploys the access guardrails of AWS accounts.
//
// It exits with 0 when what was asked for holds or was done, 1 when a stack file, a document, a proof or an
// expectation is refused, 2 when it was used wrongly, and 3 when the engine or AWS failed on the way.
package main
