package stacktest

import "path/filepath"

// OfPeople are the stack files of the example organization that people of IAM Identity Center come into.
func OfPeople() []string {
	var files []string
	for _, stack := range []string{"jump", "workload", "identity"} {
		files = append(files, filepath.Join("examples/organization", "Pulumi."+stack+".yaml"))
	}
	return files
}
