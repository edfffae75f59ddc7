package testkit

import (
	"path/filepath"
)

// StacksOfPeople are the stacks of the example organization that people of IAM Identity Center come into.
func StacksOfPeople() []string {
	var files []string
	for _, stack := range []string{"jump", "workload", "identity"} {
		files = append(files, filepath.Join("examples/organization", "Pulumi."+stack+".yaml"))
	}
	return files
}
