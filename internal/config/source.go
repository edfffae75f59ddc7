package config

import (
	"fmt"
	"strings"
)

// source is what a stack is read from: the values of the first level under their full keys, in the order in which they were written.
type source struct {
	name string
	file string
	// folder holds the stack files; empty where there is none.
	folder string
	// pos is where the section config begins.
	pos     Position
	entries []entry
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
		prefix, name, found := strings.Cut(e.name, ":")
		if !found {
			// Pulumi takes a key without a namespace for one of the project.
			prefix, name = namespace, e.name
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
	stack.Name, stack.File, stack.Folder = src.name, src.file, src.folder
	stack.Siblings = Siblings(src.folder, src.name)
	stack.complete(d)
	if len(d.problems) > 0 {
		return nil, d.sorted(src.file)
	}
	stack.marks = d.marks
	return &stack, nil
}

// firstLevel is a value as the engine hands it over, where everything is text: numbers and booleans are printed, lists and objects are JSON. No
// key of the first level wants a text that looks like either, so they are told apart by their looks.
func firstLevel(n *node) *node {
	value := *n
	switch n.shape {
	case shapeNumber, shapeBoolean:
		value.shape, value.text = shapeText, n.number
	case shapeText:
		if read := fromJSON(n.text, n.pos); read.shape == shapeList || read.shape == shapeObject || read.shape == shapeSecret {
			value = *read
		}
	}
	value.plain = true
	return &value
}

// foreign refuses keys of namespaces that are probably misspelt, and settings of a provider that the program configures itself. Others are let
// through: they belong to Pulumi, or to programs that share an environment with this one.
func (src *source) foreign(d *decoder, prefix, name string, e entry) {
	at := Path(prefix + ":").Child(name)
	switch {
	case prefix == "pulumi":
	case prefix == "aws-native":
		d.report(Problem{Position: e.pos, Path: at, Kind: Refused, Why: "is not passed on: every provider of this program is configured from the aws: settings",
			Fix: "write the aws: setting"})
	default:
		best, near := nearest(prefix, []string{namespace, "aws"})
		fix := "did you mean " + fmt.Sprintf("%q?", best+":"+name)
		if !near && stackKeys.field(name) == nil {
			return
		}
		if !near {
			fix = "did you mean " + fmt.Sprintf("%q?", namespace+":"+name)
		}
		d.report(Problem{Position: e.pos, Path: at, Kind: UnknownKey, Why: "unknown key", Fix: fix})
	}
}

// knownKeys are the full keys that the program reads, in the order of the reference.
func knownKeys() []string {
	var all []string
	for _, name := range stackKeys.names() {
		all = append(all, namespace+":"+name)
	}
	for _, name := range awsKeys.names() {
		all = append(all, "aws:"+name)
	}
	return all
}
