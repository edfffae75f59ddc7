package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// organizations are the folders of one size, and the verdicts of the organization that is edited, as it was committed.
type organizations struct{ dir, kept string }

func (o *organizations) folder(f folder) string { return filepath.Join(o.dir, string(f)) }

// newOrganizations makes the folders below another one: with people in jump accounts, in every account, with an edit of one role that is
// not committed, and of one account that has all the people.
func newOrganizations(dir string, size int, p program) (*organizations, error) {
	o := &organizations{dir: dir, kept: filepath.Join(dir, "kept")}
	for _, f := range []folder{jump, spread, edited, crowd} {
		if err := os.MkdirAll(o.folder(f), 0o755); err != nil {
			return o, err
		}
		all := organization{accounts: size, jumps: max(1, size/25)}
		switch f {
		case spread:
			all.jumps = 0
		case crowd:
			if err := all.writeCrowd(o.folder(f)); err != nil {
				return o, err
			}
			continue
		}
		if err := all.write(o.folder(f)); err != nil {
			return o, err
		}
	}
	if err := o.writeDetails(p); err != nil {
		return o, err
	}
	if _, err := p.run(o.folder(jump), o.kept, check); err != nil {
		return o, err
	}
	return o, edit(o.folder(edited), size)
}

// writeDetails writes what audit reads of the account that has all the people.
func (o *organizations) writeDetails(p program) error {
	cmd := exec.Command(p.path, "render", "--json")
	cmd.Dir = o.folder(crowd)
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	var rendered struct {
		AuthorizationDetails json.RawMessage `json:"authorizationDetails"`
	}
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&rendered); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.folder(crowd), details), rendered.AuthorizationDetails, 0o600)
}

// edit commits the stack files, and then gives the first role of the last account another project.
func edit(folder string, size int) error {
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "."}, {"-c", "user.name=performance", "-c", "user.email=performance@example.com", "commit", "-qm", "organization"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git: %w\n%s", err, out)
		}
	}
	file := filepath.Join(folder, "Pulumi."+stackName(size-1)+".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.Replace(string(text), "project: Project ", "project: Edited ", 1)), 0o600)
}
