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
	if err == nil {
		err = strictyaml.NoStatements(document)
	}
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

// writtenDocuments is where the file has documents that stand in files of their own, by the path that their component
// gives them. A component knows none of the files, and no service control policy of a file that could not be read.
func (s *Stack) writtenDocuments(d *strictyaml.Decoder) map[problem.Path]problem.Path {
	written := map[problem.Path]problem.Path{}
	inFile := func(element problem.Path) {
		document, file := element.Child("policy"), element.Child("policyFile")
		if d.Given(file) && !d.Given(document) {
			written[document] = file
		}
	}
	for i := range s.ManagedPolicies {
		inFile(stackPath("managedPolicies").Index(i))
	}
	if s.IdentityCenter != nil {
		for i := range s.IdentityCenter.PermissionSets {
			inFile(stackPath(permissionSetSection(i)))
		}
	}
	if s.Organization != nil {
		policies, known := stackPath("organization.policies"), 0
		for i, own := range s.Organization.Own {
			if own.Found {
				written[policies.Index(known)] = policies.Index(i)
				known++
			}
		}
	}
	return written
}

// readPolicyFile reads a document that stands in a file of its own in place of one in the stack file.
func (s *Stack) readPolicyFile(d *strictyaml.Decoder, path problem.Path, folder, file string, into **policy.Document) {
	switch {
	case !d.Given(path):
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
		// What cannot be read is reported, and is not missing.
		*into = &policy.Document{}
		if d.Refused(path) {
			return
		}
		if document, ok := readDocument(d, path, folder, file); ok {
			*into = &document
		}
	}
}
