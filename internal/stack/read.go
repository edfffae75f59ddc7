package stack

import (
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// ReadFile reads a stack file, and the values that its project gives every stack, and resolves the stack. The project
// is the Pulumi.yaml beside the file, or above it where that one names the file's directory as stackConfigDir. Both are
// regular files of their folder and have at most files.MaxSize bytes. A nil Stack comes with problems, and the other
// way round: every problem of the file at once, in the order of the file.
func ReadFile(path string) (*Stack, problem.List) { return resolved(stackfile.OpenFile(path)) }

// Reader reads several stack files together: what they know of each other is read once. The zero value has read
// nothing yet. It is safe for concurrent use.
type Reader struct {
	neighbours stackfile.Neighbours
	// have are stacks of another folder, by name.
	have map[string]*Stack
}

// ReaderBeside is a Reader of a folder of which most files are those of another one, whose stacks were read: what comes
// out the same is not made again. Values of such a stack stand where they stand in the other folder.
func ReaderBeside(have ...*Stack) *Reader {
	r := &Reader{have: map[string]*Stack{}}
	for _, s := range have {
		r.have[s.Name] = s
	}
	return r
}

// ReadFile is ReadFile for a stack file that is read together with others.
func (r *Reader) ReadFile(path string) (*Stack, problem.List) {
	if have := r.have[stackfile.StackName(path)]; have != nil && !have.fromFiles {
		if sections, same := r.neighbours.OpenAgain(path, &have.Sections); same {
			return &Stack{Sections: *sections}, nil
		}
	}
	return resolved(r.neighbours.OpenFile(path))
}

// ReadAs is ReadFile as if the file had this content.
func ReadAs(path string, data []byte) (*Stack, problem.List) {
	return resolved(stackfile.OpenAs(path, data))
}

// Read is ReadFile for content that is at hand. The project may be nil.
func Read(stack stackfile.Source, project *stackfile.Source) (*Stack, problem.List) {
	return resolved(stackfile.Open(stack, project))
}

// FromContext reads the values that the engine hands to a program. The error is Problems.
//
// The folder is where the stack files are: other stacks and own policies are read there, and the stack's own file.
// Empty means the folder that the project names, which the engine tells a program of its own and not one that runs
// inside the Automation API. Where the engine was given what the stack file and the project say, the program reads
// them as the verbs do: the same stack, or the same problems with file, line and column. A value that it was given
// from elsewhere (the command line, another file) counts as it was given, without a place. An environment may give
// settings of the provider and nothing of the stack, because no reader of the file would see it.
//
// A program can only ask for keys that it knows or finds in the file. So that a misspelt key from elsewhere is
// refused too, it also looks at the environment variable in which the engine passes all of them to a program of its
// own; a program that runs inside the Automation API has no such variable.
func FromContext(ctx stackfile.Context, folder string) (*Stack, error) {
	stack, problems := resolved(stackfile.OpenContext(ctx, folder))
	return stack, problems.Err()
}

// resolved is the stack of the sections. The decoder has what is wrong with single ones, and collects the rest.
func resolved(sections *stackfile.Sections, d *strictyaml.Decoder) (*Stack, problem.List) {
	if sections == nil {
		return nil, d.Problems
	}
	s := &Stack{Sections: *sections}
	s.complete(d)
	if len(d.Problems) > 0 {
		return nil, d.Sorted(s.File)
	}
	s.fromFiles = d.Files
	return s, nil
}
