package workspace

import (
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/known"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/project"
)

// KnownBy is what the stack files of a folder say about the AWS that exists before them; of two that say one thing, the
// first by name counts. A file that cannot be read says nothing: what is wrong with it is told when it is deployed
// itself.
func KnownBy(f *project.Folder) sandbox.Known {
	var stacks []*stack.Stack
	for _, name := range f.Stacks() {
		if s, problems := stack.ReadFile(project.Relative(f.StackFile(name))); len(problems) == 0 {
			stacks = append(stacks, s)
		}
	}
	return known.Of(stacks...)
}
