package workspace

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/workspace/filelock"
)

// sandboxHome is where the sandbox of one folder lives: its AWS, the engine's state of it, and the copy of the
// project that the engine may write to. One command at a time uses it.
type sandboxHome struct {
	dir    string
	unlock func()
	// setting is that of commands in this sandbox.
	setting commandline.Setting
}

// openSandboxHome takes the sandbox of a folder, waiting for another command that uses it. cache is "" for the user's
// own.
func openSandboxHome(ctx context.Context, cache string, f *Folder, p *Progress) (*sandboxHome, error) {
	dir, err := sandboxDir(cache, f)
	if err != nil {
		return nil, err
	}
	h := &sandboxHome{dir: dir, setting: f.setting(true)}
	for _, part := range []string{h.backend(), h.projects(), h.pulumiHome()} {
		if mkdirErr := os.MkdirAll(part, 0o700); mkdirErr != nil {
			return nil, mkdirErr
		}
	}
	if h.unlock, err = filelock.Lock(ctx, dir+".lock", func(waited time.Duration) {
		p.Status(fmt.Sprintf("waiting for another command in this sandbox: %s", waited))
	}); err != nil {
		return nil, err
	}
	return h, nil
}

// sandboxDir is keyed by the folder's path: two checkouts of one repository are two sandboxes.
func sandboxDir(cache string, f *Folder) (string, error) {
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

func (h *sandboxHome) backend() string    { return filepath.Join(h.dir, "backend") }
func (h *sandboxHome) projects() string   { return filepath.Join(h.dir, "project") }
func (h *sandboxHome) pulumiHome() string { return filepath.Join(h.dir, "pulumi") }
func (h *sandboxHome) state() string      { return filepath.Join(h.dir, "aws.json") }

// project is the copy of the project for one stack. Each has its own, because engines that run side by side write
// into theirs.
func (h *sandboxHome) project(stack string) string { return filepath.Join(h.projects(), stack) }

// Close lets the next command in.
func (h *sandboxHome) Close() { h.unlock() }

// stackFile is where the file backend keeps the state of a stack.
func (h *sandboxHome) stackFile(project, stack string) string {
	return filepath.Join(h.backend(), ".pulumi", "stacks", project, stack+".json")
}

// hasStack asks the file backend without starting a CLI.
func (h *sandboxHome) hasStack(project, stack string) (bool, error) {
	_, err := os.Stat(h.stackFile(project, stack))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// guards reports whether the state of a stack holds a resource that the gates guard.
func (h *sandboxHome) guards(project, stack string) (bool, error) {
	data, err := os.ReadFile(h.stackFile(project, stack))
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
	for _, made := range state.Checkpoint.Latest.Resources {
		if guardOf(made.URN) != nil {
			return true, nil
		}
	}
	return false, nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// reset empties the sandbox: an AWS with nothing in it, and an engine that remembers nothing.
func (h *sandboxHome) reset() error {
	for _, part := range []string{h.backend(), h.projects(), h.state(), h.good()} {
		if err := os.RemoveAll(part); err != nil {
			return err
		}
	}
	for _, part := range []string{h.backend(), h.projects()} {
		if err := os.MkdirAll(part, 0o700); err != nil {
			return err
		}
	}
	return nil
}

// address is the backend's, with the characters escaped that would end its path. An address that an engine does not
// read as a folder of this machine makes it ask Pulumi Cloud instead, so it is read back.
func (h *sandboxHome) address() (string, error) {
	folder := &url.URL{Scheme: "file", Path: filepath.ToSlash(h.backend())}
	// Without metadata: the backend writes it in a file of its own and not in one piece, so that a kill leaves a
	// state that cannot be read.
	address := folder.String() + "?metadata=skip"
	read, err := url.Parse(address)
	if err != nil || read.Scheme != "file" || read.Host+read.Path != folder.Path || read.Fragment != "" {
		return "", fmt.Errorf(
			"the sandbox cannot live in %q: the engine would not find it there; set XDG_CACHE_HOME to another folder",
			h.dir,
		)
	}
	return address, nil
}

// env is what the engine needs to work here and nowhere else. The passphrase protects nothing: no secret is in a
// sandbox.
func (h *sandboxHome) env(debugProviders string) (map[string]string, error) {
	address, err := h.address()
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"PULUMI_BACKEND_URL":                          address,
		"PULUMI_HOME":                                 h.pulumiHome(),
		"PULUMI_CONFIG_PASSPHRASE":                    "sandbox",
		"PULUMI_CONFIG_PASSPHRASE_FILE":               "",
		"PULUMI_DEBUG_PROVIDERS":                      debugProviders,
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"PULUMI_SKIP_UPDATE_CHECK":                    "true",
		// Nobody goes back to an older state of a sandbox, and the copies cost as much as the state.
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
	}, nil
}

// copyProject writes the project and one stack file as the engine shall see them, and leaves the folder alone: the
// engine rewrites the stack files that it is given. What only a real backend can honour is left out: where the state
// is, and who encrypts its secrets.
func (h *sandboxHome) copyProject(f *Folder, stack string) error {
	if err := os.MkdirAll(h.project(stack), 0o700); err != nil {
		return err
	}
	for from, drop := range map[string][]string{
		f.projectFile():    {"backend", "main", "stackConfigDir", "plugins"},
		f.StackFile(stack): {"encryptionsalt", "encryptedkey", "secretsprovider", "environment"},
	} {
		data, err := files.Read(from)
		if err != nil {
			return err
		}
		data, err = sandboxed(data, drop)
		if err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
		if err := os.WriteFile(filepath.Join(h.project(stack), filepath.Base(from)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// placeholder stands in a sandbox for a value that only the admin's own key can decrypt.
const placeholder = "sandbox"

// sandboxed is a settings file without some top-level keys, and with encrypted values replaced.
func sandboxed(data []byte, drop []string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 { // An empty file: a stack without configuration.
		return nil, nil
	}
	root := doc.Content[0]
	for _, key := range drop {
		dropKey(root, key)
	}
	replaceSecrets(root)
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
