package stack

import "aws-access-guardrails/policy"

// userNames are the names of the stack's users, in the order of the file.
func (s *Stack) userNames() []string {
	names := make([]string, 0, len(s.Users))
	for _, u := range s.Users {
		if u.Name != "" {
			names = append(names, u.Name)
		}
	}
	return names
}

// userPaths are the paths of the users, by name. Names and paths that IAM does not take are left out: they are
// reported where they stand.
func (s *Stack) userPaths() map[string]string {
	paths := map[string]string{}
	for _, u := range s.Users {
		if policy.ValidateUserName(u.Name) == nil && policy.ValidatePath(u.Path) == nil {
			paths[u.Name] = u.Path
		}
	}
	return paths
}
