// Package render shows the documents of a stack, as files for reviewers and as JSON for other tools. The same stack is
// always the same bytes.
package render
