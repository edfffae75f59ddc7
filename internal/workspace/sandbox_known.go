package workspace

import (
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/known"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/project"
)

// KnownBy is what the stack files of a folder say about the AWS that exists before them; of two that say one thing, the
// first by name counts. A file that cannot be read says nothing, and is named where something is missing: what is wrong
// with it is told when it is deployed itself.
func KnownBy(f *project.Folder) sandbox.Known {
	var stacks []*stack.Stack
	var refused []string
	for _, name := range f.Stacks() {
		file := project.Relative(f.StackFile(name))
		if s, problems := stack.ReadFile(file); len(problems) == 0 {
			stacks = append(stacks, s)
		} else {
			refused = append(refused, file)
		}
	}
	said := known.Of(stacks...)
	said.Refused = refused
	return said
}
