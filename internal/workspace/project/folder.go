// Package project is the folder of a Pulumi project: which stack files it has, what they say, and whether that holds.
// It asks no engine and no AWS.
package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/problem"
)

// ShortName is a stack's name without the organization of the backend in front.
func ShortName(stack string) string { return stack[strings.LastIndex(stack, "/")+1:] }

// Folder is a Pulumi project: Pulumi.yaml, and beside it (or where its stackConfigDir points) one stack file per AWS
// account.
type Folder struct {
	// Dir is the absolute path of the folder that holds Pulumi.yaml.
	Dir string
	// Project is the project's name.
	Project string
	// configDir is where the stack files are.
	ConfigDir string
	// backendURL is where Pulumi.yaml says that the state is; empty where it says nothing.
	BackendURL string
	stacks     []string
}

// ProjectFileName is the name of the project file.
const ProjectFileName = "Pulumi.yaml"

// Open reads the project at dir or in the nearest folder above it, as the pulumi command does. An empty dir is the
// current one.
func Open(dir string) (*Folder, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if info, statErr := os.Stat(start); statErr != nil || !info.IsDir() {
		return nil, exit.Usef("%s is not a folder; give -C the folder that holds %s", dir, ProjectFileName)
	}
	folder, err := projectFolder(start)
	if err != nil {
		return nil, err
	}
	project, err := stackfile.ReadProject(folder)
	if err != nil {
		return nil, projectError(filepath.Join(folder, ProjectFileName), err)
	}
	return open(folder, project)
}

// projectFolder is the folder with the project file that is start or the nearest above it.
func projectFolder(start string) (string, error) {
	for folder := start; ; folder = filepath.Dir(folder) {
		if _, err := os.Lstat(filepath.Join(folder, ProjectFileName)); !errors.Is(err, fs.ErrNotExist) {
			return folder, nil
		}
		if other := otherProjectFile(folder); other != "" {
			return "", exit.Usef(
				"%s: the project file of this folder has a name that no verb reads; call it %s",
				Relative(other),
				ProjectFileName,
			)
		}
		if folder == filepath.Dir(folder) {
			return "", exit.Usef(
				"no %s in %s or above it; run this in a project's folder or name it with -C",
				ProjectFileName,
				start,
			)
		}
	}
}

// otherProjectFile is a project file that the pulumi command takes and that no verb reads: its stack files would be
// others too.
func otherProjectFile(dir string) string {
	for _, extension := range []string{".json", ".yml"} {
		path := filepath.Join(dir, strings.TrimSuffix(ProjectFileName, ".yaml")+extension)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}

// projectError says why the project file cannot be read, and where.
func projectError(path string, err error) error {
	var wrong *problem.Problem
	if errors.As(err, &wrong) {
		if wrong.Line > 0 {
			return exit.Usef("%s: %d:%d %s", Relative(path), wrong.Line, wrong.Column, wrong.Error())
		}
		return exit.Usef("%s: %s", Relative(path), wrong.Error())
	}
	return exit.Usef("%v", err)
}

func open(dir string, project stackfile.Project) (*Folder, error) {
	if other := otherProjectFile(dir); strings.HasSuffix(other, ".json") {
		return nil, exit.Usef(
			"%s: the pulumi command reads this file and not %s; remove one of the two",
			Relative(other),
			ProjectFileName,
		)
	}
	if project.Name == "" {
		return nil, exit.Usef("%s: name is missing; write the project's name", filepath.Join(dir, ProjectFileName))
	}
	f := &Folder{
		Dir:        dir,
		Project:    project.Name,
		ConfigDir:  filepath.Join(dir, project.StackConfigDir),
		BackendURL: project.BackendURL,
	}
	entries, err := os.ReadDir(f.ConfigDir)
	if err != nil {
		return nil, exit.Usef("%v", files.InWords(Relative(f.ConfigDir), err))
	}
	for _, entry := range entries {
		if meant := misnamed(entry.Name()); meant != "" {
			return nil, exit.Usef(
				"%s: no verb reads a file of this name; call it %s, or remove it where that is there too",
				Relative(filepath.Join(f.ConfigDir, entry.Name())),
				meant,
			)
		}
		stack, ok := StackOf(entry.Name())
		// A folder of that name is refused when it is read, as everything is that is no regular file.
		if ok {
			if !stackName.MatchString(stack) {
				return nil, exit.Usef(
					"%s: %q is no name of a stack, which has letters, digits, \"-\", \"_\" and \".\" alone; rename the file",
					Relative(f.ConfigDir),
					entry.Name(),
				)
			}
			f.stacks = append(f.stacks, stack)
		}
	}
	slices.Sort(f.stacks)
	return f, nil
}

// readByName are the files of a folder that verbs find by their names, beside stack files.
var readByName = []string{"sandbox.yaml", "replay.yaml"}

// misnamed is the name that a file would have to have to be read: it is that of a stack file, or of another one that
// verbs find by its name, but for its ending or the case of its letters. Empty for every other file.
func misnamed(file string) string {
	folded := strings.ToLower(file)
	base, ending, found := strings.Cut(folded, ".")
	if dot := strings.LastIndexByte(folded, '.'); found && base == "pulumi" {
		base, ending = folded[:dot], folded[dot+1:]
	}
	if !slices.Contains([]string{"yaml", "yml", "json"}, ending) {
		return ""
	}
	stack, isStack := strings.CutPrefix(base, "pulumi.")
	switch {
	case isStack && stack != "":
		meant := "Pulumi." + file[len("pulumi."):len(file)-len(ending)] + "yaml"
		if meant != file {
			return meant
		}
	case slices.Contains(readByName, base+".yaml") && file != base+".yaml" && ending != "json":
		return base + ".yaml"
	}
	return ""
}

// stackName is what Pulumi takes for the name of a stack.
var stackName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// StackOf is the stack whose file has this name.
func StackOf(file string) (stack string, ok bool) {
	stack, ok = strings.CutPrefix(file, "Pulumi.")
	if !ok {
		return "", false
	}
	stack, ok = strings.CutSuffix(stack, ".yaml")
	return stack, ok && stack != ""
}

// Setting is where commands on this folder run. Somebody who is in the folder, or in one below it, need not name it.
func (f *Folder) Setting(sandbox bool) commandline.Setting {
	s := commandline.Setting{Dir: Relative(f.Dir), Sandbox: sandbox}
	folder, err := os.Getwd()
	if err != nil {
		return s
	}
	if here, err := projectFolder(folder); err == nil && here == f.Dir {
		s.Dir = ""
	}
	return s
}

// Stacks are the names of the stacks that have a file, sorted.
func (f *Folder) Stacks() []string { return slices.Clone(f.stacks) }

// StackFile is the path of a stack's file. A name with an organization in front ("acme/dev") has the file of its last
// part.
func (f *Folder) StackFile(stack string) string {
	return filepath.Join(f.ConfigDir, "Pulumi."+ShortName(stack)+".yaml")
}

// OtherFiles are the files of the other stacks of the folder, by their names.
func (f *Folder) OtherFiles(stack string) map[string]string {
	all := map[string]string{}
	for _, name := range f.stacks {
		if name != ShortName(stack) {
			all[name] = f.StackFile(name)
		}
	}
	return all
}

// ProjectFile is the path of the project's file.
func (f *Folder) ProjectFile() string { return filepath.Join(f.Dir, ProjectFileName) }

// FileInFolder is the path of a stack's file from Dir, with slashes.
func (f *Folder) FileInFolder(stack string) string {
	rel, err := filepath.Rel(f.Dir, f.StackFile(stack))
	if err != nil {
		return f.StackFile(stack)
	}
	return filepath.ToSlash(rel)
}

// StackFolder is where the stack files are.
func (f *Folder) StackFolder() string { return f.ConfigDir }

// RelativeFile is StackFile as a person in the current folder would write it, as problems name the file.
func (f *Folder) RelativeFile(stack string) string { return Relative(f.StackFile(stack)) }

// SandboxFile is the folder's sandbox.yaml, which says what the sandbox's AWS holds at first; empty when there is none.
func (f *Folder) SandboxFile() string {
	path := filepath.Join(f.Dir, "sandbox.yaml")
	if _, err := os.Lstat(path); err != nil {
		return ""
	}
	return path
}

// Select resolves the names that a command was given. No name means every stack of the folder; a name twice counts
// once.
func (f *Folder) Select(names []string) ([]string, error) {
	if len(f.stacks) == 0 {
		return nil, exit.Usef("%s has no stack file; write Pulumi.<stack>.yaml beside %s", f.ConfigDir, ProjectFileName)
	}
	if len(names) == 0 {
		return f.Stacks(), nil
	}
	var out []string
	for _, name := range names {
		short := ShortName(name)
		if given, ok := StackOf(short); ok { // The file's own name, as a shell completes it.
			name, short = given, given
		}
		if !slices.Contains(f.stacks, short) {
			return nil, exit.Usef(
				"stack %q has no file %s; write one of %s",
				name,
				filepath.Base(f.StackFile(short)),
				strings.Join(f.stacks, ", "),
			)
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// Relative is a path as a person in the current folder would write it.
func Relative(path string) string {
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
