package stackfile

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/problem"
)

// OpenFile reads a stack file, and the values that its project gives every stack. The project is the Pulumi.yaml
// beside the file, or above it where that one names the file's directory as stackConfigDir. Both are regular files of
// their folder and have at most files.MaxSize bytes. The decoder has what is wrong with single sections; there are no
// Sections where the file cannot be read at all.
func OpenFile(path string) (*Sections, *strictyaml.Decoder) {
	data, err := files.Read(path)
	if err != nil {
		return nothing(unreadable(path, err))
	}
	return OpenAs(path, data)
}

// OpenAs is OpenFile as if the file had this content.
func OpenAs(path string, data []byte) (*Sections, *strictyaml.Decoder) {
	project, err := projectOf(path)
	if err != nil {
		return nothing(unreadable(path, err))
	}
	return Open(Source{File: path, Data: data}, project)
}

// nothing is what is read of a file that cannot be read.
func nothing(problems ...*problem.Problem) (*Sections, *strictyaml.Decoder) {
	d := strictyaml.NewDecoder()
	d.Problems = problems
	return nil, d
}

// Source is the content of a file with the name that problems give it.
type Source struct {
	File string
	Data []byte
}

// Open is OpenFile for content that is at hand. The project may be nil.
func Open(stack Source, project *Source) (*Sections, *strictyaml.Decoder) {
	return new(Neighbours).decode(sourceOf(stack, project))
}

// decode decodes what was parsed.
func (n *Neighbours) decode(src *source) (*Sections, *strictyaml.Decoder) {
	if len(src.problems) > 0 && len(src.entries) == 0 {
		return nothing(src.problems...)
	}
	return src.read(n)
}

// sourceOf collects the values of a stack file and of its project.
func sourceOf(stack Source, project *Source) *source {
	src := &source{name: StackName(stack.File), file: stack.File, folder: filepath.Dir(stack.File)}
	var root *strictyaml.Node
	if project != nil {
		root = src.openProject(*project)
	}
	src.environments = src.readStack(stack)
	if root != nil {
		src.readProject(root)
	}
	return src
}

// StackName is the name of the stack whose file has the path: "dev" for Pulumi.dev.yaml.
func StackName(path string) string {
	name := strings.TrimPrefix(filepath.Base(path), "Pulumi.")
	return strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
}

func unreadable(path string, err error) *problem.Problem {
	p := &problem.Problem{
		Position: problem.Position{File: path}, Kind: problem.NotFound,
		Why: "the file cannot be read: " + err.Error(),
	}
	var words *files.Error
	switch {
	case errors.As(err, &words) && errors.Is(err, fs.ErrNotExist):
		p.File, p.Why, p.Fix = words.Path, "there is no such file", "write the path of a stack file, such as Pulumi.dev.yaml"
	case errors.As(err, &words):
		p.File, p.Why, p.Fix = words.Path, "the file "+words.Why, words.Fix
		if words.Err == nil {
			p.Kind = problem.Refused
		}
	}
	return p
}

// fileKeys are the keys of a stack file besides config. They are Pulumi's own, and the engine writes them.
var fileKeys = []string{"config", "encryptionsalt", "secretsprovider", "encryptedkey", "environment"}

// readStack collects the values of the stack's own file. It returns the environments that the file imports.
func (src *source) readStack(file Source) (environments []string) {
	root, wrong := strictyaml.ParseYAML(file.File, file.Data)
	if wrong != nil {
		src.problems = append(src.problems, wrong)
		return nil
	}
	if root.Shape != strictyaml.ShapeObject {
		src.problems = append(
			src.problems,
			&problem.Problem{Position: root.Pos, Kind: problem.WrongType, Why: "the file " + root.Is(), Fix: "write a config section"},
		)
		return nil
	}
	src.repeated = append(src.repeated, root.Repeated...)
	seen := map[string]bool{}
	for _, e := range root.Entries {
		switch {
		case seen[e.Name]:
			src.problems = append(src.problems, strictyaml.RepeatedKey(problem.Path(e.Name), e))
		case e.Name == "config":
			src.pos = e.Pos
			src.addConfig(e.Value)
		case e.Name == "environment":
			environments = environmentNames(e.Value)
		case !slices.Contains(fileKeys, e.Name):
			fix := strictyaml.Suggest(e.Name, fileKeys)
			if strings.Contains(e.Name, ":") || sections.Keys.Field(e.Name) != nil {
				fix = "move it below config"
			}
			src.problems = append(
				src.problems,
				&problem.Problem{Position: e.Pos, Path: problem.Path(e.Name), Kind: problem.UnknownKey, Why: "unknown key", Fix: fix},
			)
		}
		seen[e.Name] = true
	}
	if !seen["config"] {
		src.problems = append(
			src.problems,
			&problem.Problem{Position: root.Pos, Path: "config", Kind: problem.Missing, Why: "is missing",
				Fix: "write the guardrails of the account below config"},
		)
	}
	return environments
}

func (src *source) addConfig(config *strictyaml.Node) {
	switch config.Shape {
	case strictyaml.ShapeObject:
	case strictyaml.ShapeNull:
		src.problems = append(
			src.problems,
			&problem.Problem{Position: config.Pos, Path: "config", Kind: problem.Missing, Why: "is empty",
				Fix: "write the guardrails of the account below it"},
		)
		return
	default:
		src.problems = append(
			src.problems,
			&problem.Problem{Position: config.Pos, Path: "config", Kind: problem.WrongType, Why: config.Is(),
				Fix: "write keys below it"},
		)
		return
	}
	for _, e := range config.Entries {
		src.entries = append(src.entries, strictyaml.Entry{Name: src.fullKey(e.Name), Pos: e.Pos, Value: e.Value})
	}
}

// environmentNames reads what a file says about Pulumi ESC: a list of names, or a definition with imports.
func environmentNames(n *strictyaml.Node) []string {
	var names []string
	switch n.Shape {
	case strictyaml.ShapeList:
		for _, item := range n.Items {
			names = append(names, visible.Line(item.Text))
		}
	case strictyaml.ShapeObject:
		names = append(names, "(defined in the file)")
		for _, e := range n.Entries {
			if e.Name == "imports" {
				names = append(names, environmentNames(e.Value)...)
			}
		}
	}
	return names
}

// openProject reads the project file as far as its keys, for its name: a key without a namespace is one of the
// project's.
func (src *source) openProject(file Source) *strictyaml.Node {
	root, wrong := strictyaml.ParseYAML(file.File, file.Data)
	if wrong != nil {
		src.problems = append(src.problems, wrong)
		return nil
	}
	src.repeated = append(src.repeated, root.Repeated...)
	if name := root.Entry("name"); name != nil && name.Shape == strictyaml.ShapeText {
		src.project = name.Text
	}
	return root
}

// readProject adds the values that the project gives its stacks, where the stack has none of its own: Pulumi does the
// same. A key of the project's own namespace that is declared without a value is added too where the program does not
// have it: the stack could only give a value to nobody.
func (src *source) readProject(root *strictyaml.Node) {
	given := map[string]bool{}
	for _, e := range src.entries {
		given[readKey(e.Name)] = true
	}
	config := root.Entry("config")
	if config == nil || config.Shape != strictyaml.ShapeObject {
		return
	}
	for _, declared := range config.Entries {
		full := src.fullKey(declared.Name)
		value := declaredValue(declared.Value)
		src.checkDeclaration(full, declared)
		if value == nil && !slices.Contains(knownKeys(), full) {
			value = declared.Value
			if prefix, _, _ := strings.Cut(full, ":"); prefix != src.project && prefix != Namespace {
				continue
			}
		}
		if value != nil && !given[readKey(full)] {
			src.entries = append(src.entries, strictyaml.Entry{Name: full, Pos: declared.Pos, Value: value})
			src.ofProject++
		}
	}
}

// checkDeclaration refuses what Pulumi refuses of a key in the project file: only keys of the project's own namespace
// have a type and a default.
func (src *source) checkDeclaration(full string, declared strictyaml.Entry) {
	if declared.Value.Shape != strictyaml.ShapeObject {
		return
	}
	p := &problem.Problem{Position: declared.Pos, Path: problem.Path(full), Kind: problem.Invalid}
	hasDefault, hasValue := declared.Value.Entry("default") != nil, declared.Value.Entry("value") != nil
	own := strings.HasPrefix(full, cmp.Or(src.project, Namespace)+":")
	switch {
	case hasDefault && hasValue:
		p.Why, p.Fix = "has a default and a value", "keep one of the two"
	case !own && (hasDefault || !hasValue || declared.Value.Entry("type") != nil):
		p.Why = "is no key of the project " + src.project + " itself, and Pulumi takes nothing but a value for it"
		p.Fix = "write " + full + ": {value: ...}"
	default:
		return
	}
	src.problems = append(src.problems, p)
}

// fullKey is the key with its namespace. Pulumi takes a key without one for a key of the project.
func (src *source) fullKey(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return cmp.Or(src.project, Namespace) + ":" + name
}

// readKey is the key under which Pulumi hands over a value: it still knows an old form with "config" in the middle.
func readKey(full string) string {
	if parts := strings.Split(full, ":"); len(parts) == 3 && parts[1] == "config" {
		return parts[0] + ":" + parts[2]
	}
	return full
}

// declaredValue is the value that a project's declaration of a key carries: the value itself, or the key value or
// default of a declaration. A declaration of a type alone carries none.
func declaredValue(n *strictyaml.Node) *strictyaml.Node {
	if n.Shape != strictyaml.ShapeObject {
		return n
	}
	var value *strictyaml.Node
	for _, e := range n.Entries {
		switch e.Name {
		case "default":
			if e.Value.Shape != strictyaml.ShapeNull {
				return e.Value
			}
		case "value":
			value = e.Value
		}
	}
	return value
}

// projectOf finds the project file of a stack file. There may be none.
func projectOf(path string) (*Source, error) {
	directory := filepath.Dir(path)
	beside := filepath.Join(directory, projectFile)
	data, err := files.Read(beside)
	if err == nil {
		return &Source{beside, data}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	above := filepath.Join(directory, "..", projectFile)
	data, err = files.Read(above)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	project, wrong := readProjectSettings(above, data)
	if wrong != nil || project.StackConfigDir == "" ||
		filepath.Join(directory, "..", project.StackConfigDir) != filepath.Clean(directory) {
		return nil, nil
	}
	return &Source{above, data}, nil
}
