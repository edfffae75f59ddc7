package stack

import (
	"fmt"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// readDocument reads a policy document from a path below the folder of the stack file.
func readDocument(d *strictyaml.Decoder, path problem.Path, folder, file string) (policy.Document, bool) {
	d.Files = true
	data, err := files.ReadBelow(folder, file)
	if err != nil {
		d.Report(fileProblem(path, file, err))
		return policy.Document{}, false
	}
	document, err := policy.Parse(data)
	if err != nil {
		d.Report(
			problem.Problem{
				Path:  path,
				Kind:  problem.Invalid,
				Value: file,
				Why:   fmt.Sprintf("is no policy document: %s", err),
				Fix:   "mend the document",
			},
		)
		return policy.Document{}, false
	}
	return document, true
}

// readPolicyFile reads a document that stands in a file of its own in place of one in the stack file.
func (s *Stack) readPolicyFile(d *strictyaml.Decoder, path problem.Path, folder, file string, into **policy.Document) {
	switch {
	case file == "" || d.Refused(path):
	case *into != nil:
		d.Report(
			problem.Problem{
				Path:  path,
				Kind:  problem.Invalid,
				Value: file,
				Why:   "stands beside policy",
				Fix:   "keep one of the two",
			},
		)
	default:
		if document, ok := readDocument(d, path, folder, file); ok {
			*into = &document
		} else {
			// What cannot be read is reported, and is not missing.
			*into = &policy.Document{}
		}
	}
}
