package workspace

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
	"aws-access-guardrails/internal/strictyaml"
)

// Folder is a Pulumi project: Pulumi.yaml, and beside it (or where its stackConfigDir points) one stack file per AWS
// account.
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

// Open reads the project at dir or in the nearest folder above it, as the pulumi command does. An empty dir is the
// current one.
func Open(dir string) (*Folder, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if info, statErr := os.Stat(start); statErr != nil || !info.IsDir() {
		return nil, Usef("%s is not a folder; give -C the folder that holds %s", dir, projectFileName)
	}
	at, err := projectFolder(start)
	if err != nil {
		return nil, err
	}
	project, err := stackfile.ReadProject(at)
	if err != nil {
		return nil, projectError(filepath.Join(at, projectFileName), err)
	}
	return open(at, project)
}

// projectFolder is the folder with the project file that is start or the nearest above it.
func projectFolder(start string) (string, error) {
	for at := start; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, projectFileName)); !errors.Is(err, fs.ErrNotExist) {
			return at, nil
		}
		if other := otherProjectFile(at); other != "" {
			return "", Usef(
				"%s: the project file of this folder has a name that no verb reads; call it %s",
				relative(other),
				projectFileName,
			)
		}
		if at == filepath.Dir(at) {
			return "", Usef(
				"no %s in %s or above it; run this in a project's folder or name it with -C",
				projectFileName,
				start,
			)
		}
	}
}

// otherProjectFile is a project file that the pulumi command takes and that no verb reads: its stack files would be
// others too.
func otherProjectFile(dir string) string {
	for _, extension := range []string{".json", ".yml"} {
		path := filepath.Join(dir, strings.TrimSuffix(projectFileName, ".yaml")+extension)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}

// projectError says why the project file cannot be read, and where.
func projectError(path string, err error) error {
	var problem strictyaml.Problem
	if errors.As(err, &problem) {
		if problem.Line > 0 {
			return Usef("%s: %d:%d %s", relative(path), problem.Line, problem.Column, problem.Error())
		}
		return Usef("%s: %s", relative(path), problem.Error())
	}
	return Usef("%v", err)
}

func open(dir string, project stackfile.Project) (*Folder, error) {
	if other := otherProjectFile(dir); strings.HasSuffix(other, ".json") {
		return nil, Usef(
			"%s: the pulumi command reads this file and not %s; remove one of the two",
			relative(other),
			projectFileName,
		)
	}
	if project.Name == "" {
		return nil, Usef("%s: name is missing; write the project's name", filepath.Join(dir, projectFileName))
	}
	f := &Folder{
		Dir:        dir,
		Project:    project.Name,
		configDir:  filepath.Join(dir, project.StackConfigDir),
		backendURL: project.BackendURL,
	}
	entries, err := os.ReadDir(f.configDir)
	if err != nil {
		return nil, Usef("%v", files.InWords(relative(f.configDir), err))
	}
	for _, entry := range entries {
		if meant := misnamed(entry.Name()); meant != "" {
			return nil, Usef(
				"%s: no verb reads a file of this name; call it %s, or remove it where that is there too",
				relative(filepath.Join(f.configDir, entry.Name())),
				meant,
			)
		}
		stack, ok := stackOf(entry.Name())
		// A folder of that name is refused when it is read, as everything is that is no regular file.
		if ok {
			if !stackName.MatchString(stack) {
				return nil, Usef(
					"%s: %q is no name of a stack, which has letters, digits, \"-\", \"_\" and \".\" alone; rename the file",
					relative(f.configDir),
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
	if at := strings.LastIndexByte(folded, '.'); found && base == "pulumi" {
		base, ending = folded[:at], folded[at+1:]
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

// stackOf is the stack whose file has this name.
func stackOf(file string) (stack string, ok bool) {
	stack, ok = strings.CutPrefix(file, "Pulumi.")
	if !ok {
		return "", false
	}
	stack, ok = strings.CutSuffix(stack, ".yaml")
	return stack, ok && stack != ""
}

// setting is where commands on this folder run. Somebody who is in the folder, or in one below it, need not name it.
func (f *Folder) setting(sandbox bool) commandline.Setting {
	s := commandline.Setting{Dir: relative(f.Dir), Sandbox: sandbox}
	at, err := os.Getwd()
	if err != nil {
		return s
	}
	if here, err := projectFolder(at); err == nil && here == f.Dir {
		s.Dir = ""
	}
	return s
}

// Stacks are the names of the stacks that have a file, sorted.
func (f *Folder) Stacks() []string { return slices.Clone(f.stacks) }

// StackFile is the path of a stack's file. A name with an organization in front ("acme/dev") has the file of its last
// part.
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
	if _, err := os.Lstat(path); err != nil {
		return ""
	}
	return path
}

// Select resolves the names that a command was given. No name means every stack of the folder; a name twice counts
// once.
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
			return nil, Usef(
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
