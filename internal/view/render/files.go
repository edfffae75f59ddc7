package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
)

// File is one rendered file.
type File struct {
	// Path is relative, with slashes, and begins with the stack's name.
	Path    string
	Content []byte
}

// Files are the documents for reviewers: one file per document, pretty-printed, in a folder per stack. Beside the
// documents of a principal lies what else decides about it: its tags, what is attached to it, its longest session.
// needed-by-nodes.json is not deployed: it is what the role of a node must allow for the configured logs.
func (r *Rendering) Files() ([]File, error) {
	f := &files{root: fileName(r.Stack)}
	for _, u := range r.world.Users {
		f.add(
			principal{
				ARN:              r.world.Partition.UserARN(r.world.ID, u.Path, u.Name),
				Tags:             tagMap(u.Tags),
				Groups:           u.Groups,
				AttachedPolicies: u.Attached,
			},
			"users",
			u.Name,
			"user.json",
		)
	}
	for _, g := range r.world.Groups {
		f.add(
			principal{ARN: r.world.Partition.GroupARN(r.world.ID, g.Path, g.Name), AttachedPolicies: g.Attached},
			"groups",
			g.Name,
			"group.json",
		)
		f.inline(g.Inline, "groups", g.Name)
	}
	for _, role := range r.world.Roles {
		f.add(
			principal{
				ARN:                r.world.Partition.RoleARN(r.world.ID, role.Path, role.Name),
				Tags:               tagMap(role.Tags),
				AttachedPolicies:   role.Attached,
				MaxSessionDuration: role.MaxSession,
			},
			"roles",
			role.Name,
			"role.json",
		)
		f.add(role.Trust, "roles", role.Name, "trust.json")
		f.inline(role.Inline, "roles", role.Name)
	}
	for _, p := range r.world.Policies {
		if !p.Unknown {
			f.add(p.Document, "policies", p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]+".json")
		}
	}
	for _, p := range r.ServiceControlPolicies {
		f.add(p.Document, "service-control-policies", p.Name+".json")
	}
	for _, d := range r.SessionDocuments {
		f.add(d.Content, "session-documents", d.Region, d.Name+".json")
	}
	if len(r.IdentityCenter.Attributes) > 0 {
		f.add(r.IdentityCenter.Attributes, "identity-center", "attributes.json")
	}
	for _, set := range r.IdentityCenter.PermissionSets {
		f.add(set.withoutPolicy(), "identity-center", "permission-sets", set.Name, "permission-set.json")
		if set.InlinePolicy != nil {
			f.add(*set.InlinePolicy, "identity-center", "permission-sets", set.Name, "inline-policy.json")
		}
	}
	if r.nodes != nil {
		f.add(*r.nodes, "needed-by-nodes.json")
	}
	slices.SortFunc(f.all, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return f.all, f.err
}

// principal is what decides about a user, group or role besides its documents.
type principal struct {
	ARN                string            `json:"Arn"`
	Tags               map[string]string `json:"Tags,omitempty"`
	Groups             []string          `json:"Groups,omitempty"`
	AttachedPolicies   []string          `json:"AttachedManagedPolicies,omitempty"`
	MaxSessionDuration int               `json:"MaxSessionDuration,omitempty"`
}

func tagMap(tags []world.Tag) map[string]string {
	m := map[string]string{}
	for _, t := range tags {
		m[t.Key] = t.Value
	}
	return m
}

type files struct {
	root string
	all  []File
	err  error
}

func (f *files) add(document any, names ...string) {
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		f.err = errors.Join(f.err, fmt.Errorf("render %s: %w", path.Join(names...), err))
		return
	}
	for i, name := range names {
		names[i] = fileName(name)
	}
	f.all = append(f.all, File{Path: path.Join(append([]string{f.root}, names...)...), Content: content.Bytes()})
}

func (f *files) inline(policies []world.InlinePolicy, names ...string) {
	for _, p := range policies {
		f.add(p.Document, append(slices.Clone(names), "inline-"+p.Name+".json")...)
	}
}

// fileName is a name of AWS's as a file name. IAM takes "." and ".." for names, which mean folders to a file system.
func fileName(name string) string {
	if strings.Trim(name, ".") == "" {
		return strings.ReplaceAll(name, ".", "%2E")
	}
	return strings.NewReplacer("/", "%2F", "\\", "%5C", ":", "%3A").Replace(name)
}

// manifest lists what was rendered into the folder of a stack, so that the next run removes what is no longer there
// and nothing else.
const manifest = ".rendered"

// WriteFiles writes the files below the folder, and removes those of an earlier run that no longer exist: what is
// left behind would be reviewed as if it were deployed. It refuses a stack's folder that holds something and was not
// rendered, before it writes anything. It returns the paths that it wrote.
func WriteFiles(folder string, renderings ...*Rendering) ([]string, error) {
	var stacks []stackFolder
	for _, r := range renderings {
		all, err := r.Files()
		if err != nil {
			return nil, err
		}
		root := filepath.Join(folder, fileName(r.Stack))
		earlier, err := rendered(root)
		if err != nil {
			return nil, err
		}
		stacks = append(stacks, stackFolder{root: root, files: all, earlier: earlier})
	}
	var written []string
	for _, s := range stacks {
		paths, err := s.write(folder)
		if err != nil {
			return nil, err
		}
		written = append(written, paths...)
	}
	return written, nil
}

// stackFolder is the folder of one stack, with what it gets and what it has.
type stackFolder struct {
	root    string
	files   []File
	earlier []string
}

func (s stackFolder) write(folder string) (written []string, err error) {
	names := make([]string, len(s.files))
	for i, file := range s.files {
		target := filepath.Join(folder, filepath.FromSlash(file.Path))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(target, file.Content, 0o644); err != nil {
			return nil, err
		}
		written = append(written, target)
		names[i] = strings.TrimPrefix(file.Path, filepath.Base(s.root)+"/")
	}
	for _, name := range s.earlier {
		if slices.Contains(names, name) {
			continue
		}
		if err := removeRendered(s.root, name); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(s.root, 0o755); err != nil {
		return nil, err
	}
	return written, os.WriteFile(filepath.Join(s.root, manifest), []byte(strings.Join(names, "\n")+"\n"), 0o644)
}

// rendered lists what an earlier run left in the folder of a stack.
func rendered(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(root, manifest))
	if errors.Is(err, fs.ErrNotExist) {
		if len(entries) == 0 {
			return nil, nil
		}
		return nil, fmt.Errorf("%s: holds files that were not rendered; choose another folder, or empty this one", root)
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		// The list is a file like any other: nothing outside of the folder is touched, whatever it says.
		if name != "" && filepath.IsLocal(filepath.FromSlash(name)) {
			names = append(names, name)
		}
	}
	return names, nil
}

// removeRendered removes a file and the folders that it leaves empty.
func removeRendered(root, name string) error {
	target := filepath.Join(root, filepath.FromSlash(name))
	if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for dir := filepath.Dir(target); dir != root; dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil {
			return nil
		}
	}
	return nil
}
