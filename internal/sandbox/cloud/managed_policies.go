package cloud

import (
	_ "embed"
	"strings"
)

// managedPolicies are the names of AWS's managed policies, with their paths, one a line, as the AWS Managed Policy Reference Guide lists
// them. Regenerate it from there when AWS adds policies that people attach.
//
//go:embed managed_policies.txt
var managedPolicies string

// awsManaged are the same names as a set.
var awsManaged = func() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(managedPolicies) {
		names[name] = true
	}
	return names
}()
