package stackfile

import (
	"crypto/sha256"
	"reflect"

	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// Sections are one stack file, decoded, section by section, with what was read beside it.
type Sections struct {
	sections.All
	// Name is the stack's name, from the file name or from the engine.
	Name string
	// File is the file that was read, or "stack <name>" where the engine handed over values.
	File string
	// Folder is where the stack files are; paths in the file start there. Empty where there is no folder.
	Folder string
	// Environments are the Pulumi ESC environments that the file imports. Their values reach a deployment but no
	// reader of the file.
	Environments []string
	// AWS are the settings of the provider.
	AWS provider.Settings
	// Siblings are the other stacks of the folder, by which people of their accounts are named.
	Siblings []Sibling

	places strictyaml.Places
	// content stands for the bytes of the file and of its project; zero where they were not read from files.
	content [sha256.Size]byte
}

// Same reports whether two stacks have the same in every section and know the same of their siblings, wherever their
// files are and wherever it stands in them.
func (s *Sections) Same(other *Sections) bool {
	bare := func(s *Sections) Sections {
		out := *s
		out.File, out.Folder, out.places, out.content = "", "", strictyaml.Places{}, [sha256.Size]byte{}
		return out
	}
	a, b := bare(s), bare(other)
	return reflect.DeepEqual(&a, &b)
}

// Position is where the value of the path stands in the file, or the nearest value around it; without a line where no
// file was read.
func (s *Sections) Position(path problem.Path) problem.Position {
	return s.places.Position(path)
}
