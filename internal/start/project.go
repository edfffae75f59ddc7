package start

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
)

const (
	projectFile = "Pulumi.yaml"
	schemaFile  = "stack-file.schema.json"
	ignoreFile  = ".gitignore"
)

// File is a file of the project: its path from the folder, with slashes, and its content.
type File struct{ Path, Content string }

// Folder is what is to be written.
type Folder struct {
	// Files are in the order in which they are written: Pulumi.yaml, which makes a project of the folder, is the last.
	Files []File
	// Judgements are those of the stacks.
	Judgements []*judge.Judgement
}

// Make makes the files of complete answers, and holds them against a strict check. The error says what does not hold;
// then there is nothing to write.
func (a *Answers) Make() (*Folder, error) {
	folder, err := os.MkdirTemp("", "guardrails-init-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if writeErr := os.WriteFile(filepath.Join(folder, projectFile), []byte(a.projectFile()), 0o600); writeErr != nil {
		return nil, writeErr
	}
	accepted := map[string][]acceptance{}
	first, err := a.judged(folder, accepted)
	if err != nil {
		return nil, err
	}
	for _, j := range first {
		accepted[j.Stack.Name] = accepts(j)
	}
	p := &Folder{}
	if p.Judgements, err = a.judged(folder, accepted); err != nil {
		return nil, err
	}
	var errs []error
	for _, j := range p.Judgements {
		if refusals := append(j.Refusals(), j.StrictRefusals()...); len(refusals) > 0 {
			errs = append(errs, refusals.Below(folder).Err())
		}
	}
	if joinErr := errors.Join(errs...); joinErr != nil {
		return nil, unwritten(joinErr)
	}
	p.Files, err = a.files(accepted)
	return p, err
}

// judged writes the stack files into the folder, and reads and judges them there.
func (a *Answers) judged(folder string, accepted map[string][]acceptance) ([]*judge.Judgement, error) {
	for _, account := range a.stacks() {
		path := filepath.Join(folder, stackFileName(account))
		if err := os.WriteFile(path, []byte(a.stackFile(account, accepted[account.Stack])), 0o600); err != nil {
			return nil, err
		}
	}
	var (
		stacks []*stack.Stack
		errs   []error
	)
	for _, account := range a.stacks() {
		stack, problems := stack.ReadFile(filepath.Join(folder, stackFileName(account)))
		if len(problems) > 0 {
			errs = append(errs, problems.Below(folder).Err())
			continue
		}
		stacks = append(stacks, stack)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, unwritten(err)
	}
	return judge.Stacks(stacks...), nil
}

// unwritten is the error of a project that does not hold.
func unwritten(err error) error {
	return wrong("the stack files that these answers make do not hold, so nothing was written:\n%v", err)
}

// stacks are the accounts that have a stack file.
func (a *Answers) stacks() []*Account {
	return slices.DeleteFunc(slices.Clone(a.Accounts), func(account *Account) bool { return account.Closed })
}

func stackFileName(account *Account) string { return "Pulumi." + account.Stack + ".yaml" }

// files are all files, once the stacks hold.
func (a *Answers) files(accepted map[string][]acceptance) ([]File, error) {
	schema, err := stackfile.SchemaText()
	if err != nil {
		return nil, err
	}
	all := []File{{ignoreFile, gitIgnore}, {schemaFile, string(schema)}}
	for _, account := range a.stacks() {
		all = append(all, File{stackFileName(account), a.stackFile(account, accepted[account.Stack])})
	}
	pipelines, err := a.pipelines()
	if err != nil {
		return nil, err
	}
	return append(append(all, pipelines...), File{projectFile, a.projectFile()}), nil
}

const gitIgnore = `# What pipelines and editors leave behind.
/bin/
/change.md
/stacks.yml
.DS_Store
`

// projectFile is Pulumi.yaml. The guardrails command is the program: there is nothing to compile and no module to keep.
func (a *Answers) projectFile() string {
	t := &text{}
	t.comment(
		0,
		"One stack for each AWS account. The files Pulumi.<stack>.yaml say who may do what there: they are what you edit.",
	)
	t.line("name: %s", value(a.Project))
	t.line("description: Who may do what in our AWS accounts, proven before it is deployed.")
	t.comment(0, "The program is the guardrails command itself, which has to be on the PATH.")
	t.line("runtime:")
	t.line("  name: go")
	t.line("  options: {binary: guardrails}")
	t.comment(
		0,
		"\"pulumi up\" reads what stands in AWS before it plans, as \"guardrails up\" does: what somebody changed by hand is put back.",
	)
	t.line("options:")
	t.line("  refresh: always")
	return t.String()
}

// Taken is why nothing can be written to a folder: what is there already. A file .gitignore may be there, and is kept.
func (p *Folder) Taken(folder string) error {
	var taken []string
	for _, f := range p.Files {
		if _, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(f.Path))); err == nil && f.Path != ignoreFile {
			taken = append(taken, f.Path)
		}
	}
	others, err := filepath.Glob(filepath.Join(escaped(folder), "Pulumi.*"))
	if err != nil {
		return err
	}
	for _, path := range others {
		if name := filepath.Base(path); !slices.Contains(taken, name) {
			taken = append(taken, name)
		}
	}
	if len(taken) == 0 {
		return nil
	}
	slices.Sort(taken)
	return wrong(
		"%s is there already, so nothing was written; init begins a project and overwrites nothing: name an empty folder with -C",
		strings.Join(taken, ", "),
	)
}

// Write writes the files into a folder, which it makes where there is none: all of them, or none where one cannot be
// written. It gives the paths that it wrote. A file that exists is never touched.
func (p *Folder) Write(folder string) (wrote []string, err error) {
	if takenErr := p.Taken(folder); takenErr != nil {
		return nil, takenErr
	}
	var created []string
	defer func() {
		if err == nil {
			return
		}
		wrote = nil
		for _, path := range slices.Backward(created) {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	for _, f := range p.Files {
		path := filepath.Join(folder, filepath.FromSlash(f.Path))
		folders, err := makeFolders(filepath.Dir(path))
		created = append(created, folders...)
		if err != nil {
			return nil, inWords(path, err)
		}
		switch err := writeNew(path, f.Content); {
		case errors.Is(err, fs.ErrExist) && f.Path == ignoreFile:
			continue
		case err != nil:
			return nil, inWords(path, err)
		}
		created, wrote = append(created, path), append(wrote, f.Path)
	}
	return wrote, nil
}

func inWords(path string, err error) error {
	return wrong("%v; nothing was written", files.InWords(path, err))
}

// makeFolders makes a folder with those above it, and gives those that it made.
func makeFolders(folder string) (created []string, err error) {
	if info, statErr := os.Stat(folder); statErr == nil {
		if !info.IsDir() {
			return nil, fmt.Errorf("%s is not a folder", folder)
		}
		return nil, nil
	}
	created, err = makeFolders(filepath.Dir(folder))
	if err != nil {
		return created, err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return created, err
	}
	return append(created, folder), nil
}

// writeNew writes a file that does not exist. Nothing is left of one that could not be written whole.
func writeNew(path, content string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	if joinErr := errors.Join(err, file.Sync(), file.Close()); joinErr != nil {
		return errors.Join(joinErr, os.Remove(path))
	}
	return nil
}
