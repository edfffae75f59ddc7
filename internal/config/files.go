package config

import "path/filepath"

// Files are the files beside the stack file that it is read with: policy documents, by their paths, in the order of the stack file.
func (s *Stack) Files() []string {
	var files []string
	add := func(file string) {
		if file != "" && filepath.IsLocal(file) {
			files = append(files, filepath.Join(s.Folder, filepath.FromSlash(file)))
		}
	}
	if s.Organization != nil {
		for i := range s.Organization.Own {
			add(s.Organization.Own[i].File)
		}
	}
	if s.IdentityCenter != nil {
		for i := range s.IdentityCenter.PermissionSets {
			add(s.IdentityCenter.PermissionSets[i].PolicyFile)
		}
	}
	return files
}
