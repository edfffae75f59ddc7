package stackfile

import (
	"crypto/sha256"
	"slices"
	"strings"

	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
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
	pos     problem.Position
	entries []strictyaml.Entry
	// ofProject is how many of them, the last ones, stand in the project file.
	ofProject int
	// elsewhere are the keys whose values the engine was given from somewhere else than the files: an environment,
	// the command line.
	elsewhere []string
	// repeated are keys that stand twice in one object of a file: Pulumi reads no such file.
	repeated []strictyaml.Entry
	// problems were found before any value was read.
	problems problem.List
	// content stands for the bytes of the file and of its project; zero where nobody asks.
	content [sha256.Size]byte
}

// read decodes the file. The decoder has the problems so far, and goes on to collect those between sections.
func (src *source) read(n *Neighbours) (*Sections, *strictyaml.Decoder) {
	d := strictyaml.NewDecoder().WithKeysMeant(meantKey)
	d.Problems = append(d.Problems, src.problems...)
	if src.pos.File == "" {
		src.pos.File = src.file
	}
	own := &strictyaml.Node{Shape: strictyaml.ShapeObject, Pos: src.pos}
	p := &strictyaml.Node{Shape: strictyaml.ShapeObject, Pos: src.pos}
	d.Visit("", src.pos)
	for _, e := range src.entries {
		prefix, name, _ := strings.Cut(e.Name, ":")
		if prefix == Namespace && len(src.environments) > 0 && slices.Contains(src.elsewhere, e.Name) {
			d.Report(problem.Problem{
				Position: src.pos,
				Path:     problem.Path(e.Name),
				Kind:     problem.Refused,
				Why: "is given by an environment, " + strings.Join(src.environments, ", ") +
					", or on the command line, where nothing but a deployment reads it",
				Fix: "write it in " + src.file + "; an environment may give settings of aws:",
			})
		}
		e.Value = firstLevel(e.Value)
		switch prefix {
		case Namespace:
			own.Entries = append(own.Entries, strictyaml.Entry{Name: name, Pos: e.Pos, Value: e.Value})
		case "aws":
			p.Entries = append(p.Entries, strictyaml.Entry{Name: name, Pos: e.Pos, Value: e.Value})
		default:
			src.foreign(d, prefix, name, e)
		}
	}
	read := Sections{Name: src.name, File: src.file, Folder: src.folder, Environments: src.environments}
	read.All, _ = sections.Keys.Decode(d, own, problem.Path(Namespace+":"))
	read.AWS, _ = provider.Keys.Decode(d, p, "aws:")
	read.Siblings = n.siblings(src.folder, src.name, src)
	read.places = d.Places
	d.ReportRepeated(src.repeated)
	return &read, d
}

// firstLevel is a value as the engine hands it over, where everything is text: numbers and booleans are printed,
// lists and objects are JSON. No key of the first level wants a text that looks like either, so they are told apart
// by their looks.
func firstLevel(n *strictyaml.Node) *strictyaml.Node {
	value := *n
	switch n.Shape {
	case strictyaml.ShapeNumber, strictyaml.ShapeBoolean:
		value.Shape, value.Text = strictyaml.ShapeText, n.Number
	case strictyaml.ShapeText:
		if read := strictyaml.FromJSON(
			n.Text,
			n.Pos,
		); read.Shape == strictyaml.ShapeList || read.Shape == strictyaml.ShapeObject ||
			read.Shape == strictyaml.ShapeSecret {
			value = *read
		}
	}
	value.Plain = true
	return &value
}
