package guardrail

import (
	"slices"

	"aws-access-guardrails/problem"
)

// Notice is something that an admin should know about values that are accepted: it stops nothing and changes nothing
// that is deployed.
type Notice struct {
	// Path is the place in the words of the stack file, as Problem.Path is.
	Path problem.Path
	// Text says what it means, in one line.
	Text string
}

// String is "<path>: <text>", or the text alone where there is no path.
func (n Notice) String() string {
	if n.Path == "" {
		return n.Text
	}
	return string(n.Path) + ": " + n.Text
}

// Notices are notices in the order of the fields that they speak of.
type Notices []Notice

// Under returns the notices with the section put before each path, as Problem has them.
func (n Notices) Under(section problem.Path) Notices {
	out := slices.Clone(n)
	for i := range out {
		out[i].Path = out[i].Path.Under(section)
	}
	return out
}

func (n *Notices) Add(path problem.Path, text string) {
	*n = append(*n, Notice{Path: path, Text: text})
}
