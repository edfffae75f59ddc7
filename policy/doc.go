// Package policy holds IAM documents as values.
//
// A Document is built by named constructors, never changes once built, is validated for the use it is put to (identity,
// trust, service control, permission set, session) and is rendered by the only policy encoder of this module:
// deterministic, minified, lists sorted and free of duplicates. The package also knows what those documents are made
// of: partitions, ARNs, names, tags, and the quotas that bound them.
//
// It decides nothing. Whether a request is allowed is package access's business.
//
// The package imports the standard library only.
package policy
