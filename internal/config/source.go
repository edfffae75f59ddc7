package config

import (
	"slices"
	"strings"
)

// source is what a stack is read from: the values of the first level under their full keys, in the order in which
// they were written.
type source struct {
	name string
	file string
	// folder holds the stack files; empty where there is none.
	folder string
	// project is the name of the Pulumi project, whose namespace a key has that is written without one; empty where
	// there is no project.
	project string
	// environments are the names of the Pulumi ESC environments that the file imports.
	environments []string
	// pos is where the section config begins.
	pos     Position
	entries []entry
	// ofProject is how many of them, the last ones, stand in the project file.
	ofProject int
	// elsewhere are the keys whose values the engine was given from somewhere else than the files: an environment,
	// the command line.
	elsewhere []string
	// repeated are keys that stand twice in one object of a file: Pulumi reads no such file.
	repeated []entry
	// problems were found before any value was read.
	problems []Problem
}

// read decodes the stack. Problems come all at once.
func (src *source) read() (*Stack, Problems) {
	d := newDecoder()
	d.problems = append(d.problems, src.problems...)
	if src.pos.File == "" {
		src.pos.File = src.file
	}
	own, provider := &node{shape: shapeObject, pos: src.pos}, &node{shape: shapeObject, pos: src.pos}
	d.visit("", src.pos)
	for _, e := range src.entries {
		prefix, name, _ := strings.Cut(e.name, ":")
		if prefix == namespace && len(src.environments) > 0 && slices.Contains(src.elsewhere, e.name) {
			d.report(Problem{
				Position: src.pos,
				Path:     Path(e.name),
				Kind:     Refused,
				Why: "is given by an environment, " + strings.Join(
					src.environments,
					", ",
				) + ", or on the command line, where nothing but a deployment reads it",
				Fix: "write it in " + src.file + "; an environment may give settings of aws:",
			})
		}
		e.value = firstLevel(e.value)
		switch prefix {
		case namespace:
			own.entries = append(own.entries, entry{name, e.pos, e.value})
		case "aws":
			provider.entries = append(provider.entries, entry{name, e.pos, e.value})
		default:
			src.foreign(d, prefix, name, e)
		}
	}
	stack, _ := stackKeys.decode(d, own, Path(namespace+":"))
	stack.AWS, _ = awsKeys.decode(d, provider, "aws:")
	stack.Name, stack.File, stack.Folder, stack.Environments = src.name, src.file, src.folder, src.environments
	stack.Siblings = Siblings(src.folder, src.name)
	d.reportRepeated(src.repeated)
	stack.complete(d)
	if len(d.problems) > 0 {
		return nil, d.sorted(src.file)
	}
	stack.marks = d.marks
	return &stack, nil
}

// firstLevel is a value as the engine hands it over, where everything is text: numbers and booleans are printed,
// lists and objects are JSON. No key of the first level wants a text that looks like either, so they are told apart
// by their looks.
func firstLevel(n *node) *node {
	value := *n
	switch n.shape {
	case shapeNumber, shapeBoolean:
		value.shape, value.text = shapeText, n.number
	case shapeText:
		if read := fromJSON(
			n.text,
			n.pos,
		); read.shape == shapeList || read.shape == shapeObject ||
			read.shape == shapeSecret {
			value = *read
		}
	}
	value.plain = true
	return &value
}
