package catalogue

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/policy"
)

//go:generate go run ./internal/managedgen -out managed_policy_names.txt

// managedPolicyNames are the names of AWS's managed policies with their paths, one a line; internal/managedgen
// describes the format.
//
//go:embed managed_policy_names.txt
var managedPolicyNames string

type managedNames struct {
	sorted []string
	known  map[string]bool
	// paths are the whole names by the name without its path, in lower case: AWS has no two policies of one name.
	paths map[string]string
}

var managed = sync.OnceValue(func() managedNames {
	m := managedNames{known: map[string]bool{}, paths: map[string]string{}}
	for line := range strings.Lines(managedPolicyNames) {
		name := strings.TrimSpace(line)
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		m.sorted = append(m.sorted, name)
		m.known[name] = true
		m.paths[strings.ToLower(baseOf(name))] = name
	}
	slices.Sort(m.sorted)
	return m
})

func baseOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// ManagedPolicyNames lists the managed policies that AWS had in the partition aws when the list was made: names, with
// their paths where they have one ("job-function/Billing"), sorted. See ManagedPolicyVersion.
func ManagedPolicyNames() []string { return slices.Clone(managed().sorted) }

// ManagedPolicyVersion names the data that ManagedPolicyNames answers from, as its first line has it.
func ManagedPolicyVersion() string {
	line, _, _ := strings.Cut(managedPolicyNames, "\n")
	return strings.TrimPrefix(line, "# ")
}

// KnownManagedPolicy reports whether AWS had a managed policy of the name, which has its path where AWS gives it one.
func KnownManagedPolicy(name string) bool { return managed().known[name] }

// NearestManagedPolicy is the managed policy that a name was probably meant to be, with its path: the one of that
// name under another path or in another case, or one that differs by two letters at most. It is empty where none is
// near.
func NearestManagedPolicy(name string) string {
	m := managed()
	if whole, ok := m.paths[strings.ToLower(baseOf(name))]; ok {
		return whole
	}
	bases := make([]string, 0, len(m.sorted))
	for _, whole := range m.sorted {
		bases = append(bases, baseOf(whole))
	}
	if near := policy.Closest(baseOf(name), bases); near != "" {
		return m.paths[strings.ToLower(near)]
	}
	return ""
}
