package stackfile

import (
	"path/filepath"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// projectFile is the name of the file that makes a folder a Pulumi project.
const projectFile = "Pulumi.yaml"

// Project is what a project file says about where things are.
type Project struct {
	// Name is the project's name; empty where the file has none.
	Name string
	// StackConfigDir is where the stack files are, from the folder of the project; empty means that folder itself.
	StackConfigDir string
	// BackendURL is where the state is; empty where the file says nothing.
	BackendURL string
}

// ReadProject reads the project file of a folder, with slashes or without. The error is a Problem, or a *files.Error
// where the file cannot be read.
func ReadProject(folder string) (Project, error) {
	path := filepath.Join(folder, projectFile)
	data, err := files.Read(path)
	if err != nil {
		return Project{}, err
	}
	project, wrong := readProjectSettings(path, data)
	if wrong != nil {
		return Project{}, wrong
	}
	return project, nil
}

func readProjectSettings(file string, data []byte) (Project, *problem.Problem) {
	root, wrong := strictyaml.ParseYAML(file, data)
	if wrong != nil {
		return Project{}, wrong
	}
	text := func(n *strictyaml.Node) string {
		if n == nil || n.Shape != strictyaml.ShapeText {
			return ""
		}
		return n.Text
	}
	p := Project{Name: text(root.Entry("name")), StackConfigDir: text(root.Entry("stackConfigDir"))}
	if p.StackConfigDir == "" {
		p.StackConfigDir = text(root.Entry("config")) // What the key was called before; as an object it holds values.
	}
	if backend := root.Entry("backend"); backend != nil {
		p.BackendURL = text(backend.Entry("url"))
	}
	return p, nil
}
