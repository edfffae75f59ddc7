// Package sandboxhome is the folder in the user's cache in which the sandbox of a project lives: a copy of the project,
// the backend with its state, the AWS that the sandbox remembers, and the last of all that was sound.
package sandboxhome

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/workspace/filelock"
	"aws-access-guardrails/internal/workspace/guarded"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
)

// Home is where the sandbox of one folder lives: its AWS, the engine's state of it, and the copy of the
// project that the engine may write to. One command at a time uses it.
type Home struct {
	Dir    string
	unlock func()
	keeper *Keeper
	// setting is that of commands in this sandbox.
	setting commandline.Setting
}

// Open takes the sandbox of a folder, waiting for another command that uses it. cache is "" for the user's
// own.
func Open(ctx context.Context, cache string, f *project.Folder, p *progress.Progress) (*Home, error) {
	dir, err := SandboxDir(cache, f)
	if err != nil {
		return nil, err
	}
	h := &Home{Dir: dir, setting: f.Setting(true)}
	for _, part := range []string{h.Backend(), h.Projects(), h.PulumiHome()} {
		if mkdirErr := os.MkdirAll(part, 0o700); mkdirErr != nil {
			return nil, mkdirErr
		}
	}
	if h.unlock, err = filelock.Lock(ctx, dir+".lock", func(waited time.Duration) {
		p.Status(fmt.Sprintf("waiting for another command in this sandbox: %s", waited))
	}); err != nil {
		return nil, err
	}
	if h.keeper, err = NewKeeper(); err != nil {
		h.unlock()
		return nil, err
	}
	return h, nil
}

// SandboxDir is keyed by the folder's path: two checkouts of one repository are two sandboxes.
func SandboxDir(cache string, f *project.Folder) (string, error) {
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache folder: %w; set HOME or XDG_CACHE_HOME", err)
		}
		cache = filepath.Join(user, "guardrails")
	}
	real, err := filepath.EvalSymlinks(f.Dir)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(real))
	return filepath.Join(cache, "sandbox", plainName(filepath.Base(real))+"-"+hex.EncodeToString(sum[:6])), nil
}

// plainName is a name for people to recognize, of characters that mean nothing in an address or to a shell, and short
// enough for every file system.
func plainName(name string) string {
	plain := []byte(name[:min(len(name), 64)])
	for i, c := range plain {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_') {
			plain[i] = '_'
		}
	}
	return string(plain)
}

// Backend is the folder of the backend.
func (h *Home) Backend() string { return filepath.Join(h.Dir, "backend") }

// Projects is the folder with the copies of the project, one for each stack.
func (h *Home) Projects() string { return filepath.Join(h.Dir, "project") }

// PulumiHome is what the CLI takes for the home of Pulumi.
func (h *Home) PulumiHome() string { return filepath.Join(h.Dir, "pulumi") }

// State is the file with all that the AWS of the sandbox has.
func (h *Home) State() string { return filepath.Join(h.Dir, "aws.json") }

// Project is the copy of the project for one stack. Each has its own, because engines that run side by side write
// into theirs.
func (h *Home) Project(stack string) string { return filepath.Join(h.Projects(), stack) }

// Close lets the next command in.
func (h *Home) Close() {
	h.keeper.Close()
	h.unlock()
}

// StackFile is where the file backend keeps the state of a stack.
func (h *Home) StackFile(project, stack string) string {
	return filepath.Join(h.Backend(), ".pulumi", "stacks", project, stack+".json")
}

// HasStack asks the file backend without starting a CLI.
func (h *Home) HasStack(project, stack string) (bool, error) {
	_, err := os.Stat(h.StackFile(project, stack))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Guards reports whether the state of a stack holds something that the gates guard.
func (h *Home) Guards(project, stack string) (bool, error) {
	data, err := os.ReadFile(h.StackFile(project, stack))
	if err != nil {
		return false, err
	}
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					URN string `json:"urn"`
				} `json:"resources"`
			} `json:"latest"`
		} `json:"checkpoint"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return false, err
	}
	for _, resource := range state.Checkpoint.Latest.Resources {
		if guarded.Any(resource.URN) {
			return true, nil
		}
	}
	return false, nil
}

// IgnoreMissing is an error, or nil where it says that a file is not there.
func IgnoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Reset empties the sandbox: an AWS with nothing in it, and an engine that remembers nothing.
func (h *Home) Reset() error {
	for _, part := range []string{h.Backend(), h.Projects(), h.State(), h.good()} {
		if err := os.RemoveAll(part); err != nil {
			return err
		}
	}
	for _, part := range []string{h.Backend(), h.Projects()} {
		if err := os.MkdirAll(part, 0o700); err != nil {
			return err
		}
	}
	return nil
}

// Address is the backend's, with the characters escaped that would end its path. An address that an engine does not
// read as a folder of this machine makes it ask Pulumi Cloud instead, so it is read back.
func (h *Home) Address() (string, error) {
	folder := &url.URL{Scheme: "file", Path: filepath.ToSlash(h.Backend())}
	// Without metadata: the backend writes it in a file of its own and not in one piece, so that a kill leaves a
	// state that cannot be read.
	address := folder.String() + "?metadata=skip"
	read, err := url.Parse(address)
	if err != nil || read.Scheme != "file" || read.Host+read.Path != folder.Path || read.Fragment != "" {
		return "", fmt.Errorf(
			"the sandbox cannot live in %q: the engine would not find it there; set XDG_CACHE_HOME to another folder",
			h.Dir,
		)
	}
	return address, nil
}

// Env is what the engine needs to work here and nowhere else.
func (h *Home) Env(debugProviders string) (map[string]string, error) {
	address, err := h.Address()
	if err != nil {
		return nil, err
	}
	env := map[string]string{
		"PULUMI_BACKEND_URL": address,
		"PULUMI_HOME":        h.PulumiHome(),
		// Of states that were made before the sandbox had a keeper.
		"PULUMI_CONFIG_PASSPHRASE":                    "sandbox",
		"PULUMI_CONFIG_PASSPHRASE_FILE":               "",
		"PULUMI_DEBUG_PROVIDERS":                      debugProviders,
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"PULUMI_SKIP_UPDATE_CHECK":                    "true",
		// Nobody goes back to an older state of a sandbox, and the copies cost as much as the state.
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
	}
	maps.Copy(env, h.keeper.Env())
	return env, nil
}

// CopyProject writes the project and one stack file as the engine shall see them, and leaves the folder alone: the
// engine rewrites the stack files that it is given. What only a real backend can honour is left out: where the state
// is, and who encrypts its secrets.
func (h *Home) CopyProject(f *project.Folder, stack string) error {
	if err := os.MkdirAll(h.Project(stack), 0o700); err != nil {
		return err
	}
	for from, drop := range map[string][]string{
		f.ProjectFile():    {"backend", "main", "stackConfigDir", "plugins"},
		f.StackFile(stack): {"encryptionsalt", encryptedKeyKey, providerKey, "environment"},
	} {
		data, err := files.Read(from)
		if err != nil {
			return err
		}
		var add [][2]string
		if from == f.StackFile(stack) {
			add = [][2]string{{providerKey, SecretsProvider}, {encryptedKeyKey, encryptedKey}}
		}
		data, err = sandboxed(data, drop, add)
		if err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
		if err := os.WriteFile(filepath.Join(h.Project(stack), filepath.Base(from)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// placeholder stands in a sandbox for a value that only the admin's own key can decrypt.
const placeholder = "sandbox"

// The keys of a stack file under which the engine finds who keeps the key of its secrets, and that key.
const (
	providerKey     = "secretsprovider"
	encryptedKeyKey = "encryptedkey"
)

// sandboxed is a settings file without some top-level keys, with others added, and with encrypted values replaced.
func sandboxed(data []byte, drop []string, add [][2]string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 || doc.Content[0].Tag == "!!null" { // An empty file: a stack without configuration.
		doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	root := doc.Content[0]
	for _, key := range drop {
		dropKey(root, key)
	}
	replaceSecrets(root)
	for _, entry := range add {
		for _, text := range entry {
			root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: text})
		}
	}
	var out bytes.Buffer
	if err := yaml.NewEncoder(&out).Encode(&doc); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func dropKey(mapping *yaml.Node, key string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Kind == yaml.MappingNode && mapping.Content[i].Value == key {
			mapping.Content = append(mapping.Content[:i], mapping.Content[i+2:]...)
			return
		}
	}
}

func replaceSecrets(n *yaml.Node) {
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Value == "secure" {
		*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: placeholder}
		return
	}
	for _, child := range n.Content {
		replaceSecrets(child)
	}
}
