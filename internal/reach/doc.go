// Package reach finds out who reaches what: which person, in which role, through which doors, as which OS user, on
// whose nodes, from when until when, and by which journey. Its answers are typed facts without any wording; the table
// of `guardrails matrix`, the page and whatever else shows them are views of them.
package reach
