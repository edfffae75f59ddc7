package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ReadFile reads a stack file, and the values that its project gives every stack. The project is the Pulumi.yaml beside the file, or above it
// where that one names the file's directory as stackConfigDir. A nil Stack comes with problems, and the other way round.
func ReadFile(path string) (*Stack, Problems) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, Problems{unreadable(path, err)}
	}
	return ReadAs(path, data)
}

// ReadAs is ReadFile as if the file had this content.
func ReadAs(path string, data []byte) (*Stack, Problems) {
	project, err := projectOf(path)
	if err != nil {
		return nil, Problems{unreadable(path, err)}
	}
	return Read(Source{File: path, Data: data}, project)
}

// Source is the content of a file with the name that problems give it.
type Source struct {
	File string
	Data []byte
}

// Read is ReadFile for content that is at hand. The project may be nil.
func Read(stack Source, project *Source) (*Stack, Problems) {
	src := &source{name: StackName(stack.File), file: stack.File, folder: filepath.Dir(stack.File)}
	environments := src.readStack(stack)
	if project != nil {
		src.readProject(*project)
	}
	if len(src.problems) > 0 && len(src.entries) == 0 {
		return nil, src.problems
	}
	read, problems := src.read()
	if read != nil {
		read.Environments = environments
	}
	return read, problems
}

// StackName is the name of the stack whose file has the path: "dev" for Pulumi.dev.yaml.
func StackName(path string) string {
	name := strings.TrimPrefix(filepath.Base(path), "Pulumi.")
	return strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
}

func unreadable(path string, err error) Problem {
	p := Problem{Position: Position{File: path}, Kind: NotFound, Why: "the file cannot be read: " + err.Error()}
	if errors.Is(err, fs.ErrNotExist) {
		p.Why, p.Fix = "there is no such file", "write the path of a stack file, such as Pulumi.dev.yaml"
	}
	return p
}

// fileKeys are the keys of a stack file besides config. They are Pulumi's own, and the engine writes them.
var fileKeys = []string{"config", "encryptionsalt", "secretsprovider", "encryptedkey", "environment"}

// readStack collects the values of the stack's own file. It returns the environments that the file imports.
func (src *source) readStack(file Source) (environments []string) {
	root, problem := parseYAML(file.File, file.Data)
	if problem != nil {
		src.problems = append(src.problems, *problem)
		return nil
	}
	if root.shape != shapeObject {
		src.problems = append(src.problems, Problem{Position: root.pos, Kind: WrongType, Why: "the file " + root.is(), Fix: "write a config section"})
		return nil
	}
	seen := map[string]bool{}
	for _, e := range root.entries {
		switch {
		case seen[e.name]:
			src.problems = append(src.problems, repeatedKey(Path(e.name), e))
		case e.name == "config":
			src.pos = e.pos
			src.addConfig(e.value)
		case e.name == "environment":
			environments = environmentNames(e.value)
		case !slices.Contains(fileKeys, e.name):
			fix := didYouMean(e.name, fileKeys)
			if strings.Contains(e.name, ":") || stackKeys.field(e.name) != nil {
				fix = "move it below config"
			}
			src.problems = append(src.problems, Problem{Position: e.pos, Path: Path(e.name), Kind: UnknownKey, Why: "unknown key", Fix: fix})
		}
		seen[e.name] = true
	}
	if !seen["config"] {
		src.problems = append(src.problems, Problem{Position: root.pos, Path: "config", Kind: Missing, Why: "is missing",
			Fix: "write the guardrails of the account below config"})
	}
	return environments
}

func (src *source) addConfig(config *node) {
	switch config.shape {
	case shapeObject:
	case shapeNull:
		src.problems = append(src.problems, Problem{Position: config.pos, Path: "config", Kind: Missing, Why: "is empty", Fix: "write the guardrails of the account below it"})
		return
	default:
		src.problems = append(src.problems, Problem{Position: config.pos, Path: "config", Kind: WrongType, Why: config.is(), Fix: "write keys below it"})
		return
	}
	src.entries = append(src.entries, config.entries...)
}

// environmentNames reads what a file says about Pulumi ESC: a list of names, or a definition with imports.
func environmentNames(n *node) []string {
	var names []string
	switch n.shape {
	case shapeList:
		for _, item := range n.items {
			names = append(names, item.text)
		}
	case shapeObject:
		names = append(names, "(defined in the file)")
		for _, e := range n.entries {
			if e.name == "imports" {
				names = append(names, environmentNames(e.value)...)
			}
		}
	}
	return names
}

// readProject adds the values that the project gives its stacks, where the stack has none of its own: Pulumi does the same.
func (src *source) readProject(file Source) {
	root, problem := parseYAML(file.File, file.Data)
	if problem != nil {
		src.problems = append(src.problems, *problem)
		return
	}
	given := map[string]bool{}
	for _, e := range src.entries {
		given[fullKey(e.name)] = true
	}
	for _, e := range root.entries {
		if e.name != "config" || e.value.shape != shapeObject {
			continue
		}
		for _, declared := range e.value.entries {
			if value := declaredValue(declared.value); value != nil && !given[fullKey(declared.name)] {
				src.entries = append(src.entries, entry{fullKey(declared.name), declared.pos, value})
			}
		}
	}
}

func fullKey(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return namespace + ":" + name
}

// declaredValue is the value that a project's declaration of a key carries: the value itself, or the key value or default of a declaration. A
// declaration of a type alone carries none.
func declaredValue(n *node) *node {
	if n.shape != shapeObject {
		return n
	}
	var value *node
	for _, e := range n.entries {
		switch e.name {
		case "default":
			return e.value
		case "value":
			value = e.value
		}
	}
	return value
}

// projectOf finds the project file of a stack file. There may be none.
func projectOf(path string) (*Source, error) {
	directory := filepath.Dir(path)
	beside := filepath.Join(directory, "Pulumi.yaml")
	data, err := os.ReadFile(beside)
	if err == nil {
		return &Source{beside, data}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	above := filepath.Join(directory, "..", "Pulumi.yaml")
	data, err = os.ReadFile(above)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read project: %w", err)
	}
	if name := stackConfigDirectory(above, data); name == "" || filepath.Clean(filepath.Join(directory, "..", name)) != filepath.Clean(directory) {
		return nil, nil
	}
	return &Source{above, data}, nil
}

func stackConfigDirectory(file string, data []byte) string {
	root, problem := parseYAML(file, data)
	if problem != nil {
		return ""
	}
	for _, e := range root.entries {
		if e.name == "stackConfigDir" {
			return e.value.text
		}
	}
	return ""
}
