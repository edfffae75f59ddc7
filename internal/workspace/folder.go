package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Folder is a Pulumi project: Pulumi.yaml, and beside it (or where its stackConfigDir points) one stack file per AWS account.
type Folder struct {
	// Dir is the absolute path of the folder that holds Pulumi.yaml.
	Dir string
	// Project is the project's name.
	Project string
	// configDir is where the stack files are.
	configDir string
	// backendURL is where Pulumi.yaml says that the state is; empty where it says nothing.
	backendURL string
	stacks     []string
}

const projectFileName = "Pulumi.yaml"

// Open reads the project at dir or in the nearest folder above it, as the pulumi command does. An empty dir is the current one.
func Open(dir string) (*Folder, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(start); err != nil || !info.IsDir() {
		return nil, Usef("%s is not a folder; give -C the folder that holds %s", dir, projectFileName)
	}
	for at := start; ; at = filepath.Dir(at) {
		data, err := os.ReadFile(filepath.Join(at, projectFileName))
		if errors.Is(err, fs.ErrNotExist) {
			if at == filepath.Dir(at) {
				return nil, Usef("no %s in %s or above it; run this in a project's folder or name it with -C", projectFileName, start)
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		return open(at, data)
	}
}

func open(dir string, project []byte) (*Folder, error) {
	var settings struct {
		Name           string `yaml:"name"`
		StackConfigDir string `yaml:"stackConfigDir"`
		Backend        struct {
			URL string `yaml:"url"`
		} `yaml:"backend"`
	}
	if err := yaml.Unmarshal(project, &settings); err != nil {
		return nil, Usef("%s: %v", filepath.Join(dir, projectFileName), err)
	}
	if settings.Name == "" {
		return nil, Usef("%s: name is missing; write the project's name", filepath.Join(dir, projectFileName))
	}
	f := &Folder{Dir: dir, Project: settings.Name, configDir: filepath.Join(dir, settings.StackConfigDir), backendURL: settings.Backend.URL}
	entries, err := os.ReadDir(f.configDir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		stack, ok := stackOf(entry.Name())
		if ok && !entry.IsDir() {
			f.stacks = append(f.stacks, stack)
		}
	}
	slices.Sort(f.stacks)
	return f, nil
}

// stackOf is the stack whose file has this name.
func stackOf(file string) (stack string, ok bool) {
	stack, ok = strings.CutPrefix(file, "Pulumi.")
	if !ok {
		return "", false
	}
	stack, ok = strings.CutSuffix(stack, ".yaml")
	return stack, ok && stack != ""
}

// Stacks are the names of the stacks that have a file, sorted.
func (f *Folder) Stacks() []string { return slices.Clone(f.stacks) }

// StackFile is the path of a stack's file. A name with an organization in front ("acme/dev") has the file of its last part.
func (f *Folder) StackFile(stack string) string {
	return filepath.Join(f.configDir, "Pulumi."+shortName(stack)+".yaml")
}

// projectFile is the path of the project's file.
func (f *Folder) projectFile() string { return filepath.Join(f.Dir, projectFileName) }

// fileInFolder is the path of a stack's file from Dir, with slashes.
func (f *Folder) fileInFolder(stack string) string {
	rel, err := filepath.Rel(f.Dir, f.StackFile(stack))
	if err != nil {
		return f.StackFile(stack)
	}
	return filepath.ToSlash(rel)
}

// stackFolder is where the stack files are.
func (f *Folder) stackFolder() string { return f.configDir }

// RelativeFile is StackFile as a person in the current folder would write it, as problems name the file.
func (f *Folder) RelativeFile(stack string) string { return relative(f.StackFile(stack)) }

// sandboxFile is the folder's sandbox.yaml, which says what the sandbox's AWS holds at first; empty when there is none.
func (f *Folder) sandboxFile() string {
	path := filepath.Join(f.Dir, "sandbox.yaml")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// Select resolves the names that a command was given. No name means every stack of the folder; a name twice counts once.
func (f *Folder) Select(names []string) ([]string, error) {
	if len(f.stacks) == 0 {
		return nil, Usef("%s has no stack file; write Pulumi.<stack>.yaml beside %s", f.configDir, projectFileName)
	}
	if len(names) == 0 {
		return f.Stacks(), nil
	}
	var out []string
	for _, name := range names {
		short := shortName(name)
		if given, ok := stackOf(short); ok { // The file's own name, as a shell completes it.
			name, short = given, given
		}
		if !slices.Contains(f.stacks, short) {
			return nil, Usef("stack %q has no file %s; write one of %s", name, filepath.Base(f.StackFile(short)), strings.Join(f.stacks, ", "))
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// relative is a path as a person in the current folder would write it.
func relative(path string) string {
	cwd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(cwd, path)
	if err != nil || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return path
	}
	return rel
}
