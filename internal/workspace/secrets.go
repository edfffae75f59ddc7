package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/sandboxhome"
)

// What encrypts the secrets of a stack is in its stack file, and the engine writes it there when it is missing. It
// writes the whole file anew then, without blank lines, in the middle of a run. So it is written before, into the
// file as it is.

// engineKeys are the keys beside config that the engine writes.
var engineKeys = []string{"encryptionsalt", "encryptedkey"}

// secretSettings is what a stack file says of the encryption of secrets.
type secretSettings struct {
	Provider string `yaml:"secretsprovider"`
	Salt     string `yaml:"encryptionsalt"`
	Key      string `yaml:"encryptedkey"`
}

// byPassphrase says that secrets are encrypted with a key that is made of the passphrase and of the salt.
func (s secretSettings) byPassphrase() bool {
	return s.Provider == "" || s.Provider == "default" || s.Provider == "passphrase"
}

// missing is the key that the engine would write; empty where everything is there.
func (s secretSettings) missing() string {
	switch {
	case s.byPassphrase() && s.Salt == "":
		return "encryptionsalt"
	case !s.byPassphrase() && s.Key == "":
		return "encryptedkey"
	}
	return ""
}

func readSecretSettings(file string) (s secretSettings, err error) {
	data, err := files.Read(file)
	if err != nil {
		return s, err
	}
	if err := yaml.Unmarshal(data, &s); err != nil {
		return s, exit.Usef("%s: %v", project.Relative(file), err)
	}
	return s, nil
}

// prepareFile writes into the stack file what the engine would write, where it would: not where Pulumi Cloud
// encrypts, and not in a sandbox.
func (r *run) prepareFile(ctx context.Context, state []byte) error {
	file := r.folder.StackFile(r.stack)
	settings, err := readSecretSettings(file)
	if err != nil {
		return err
	}
	key := settings.missing()
	if key == "" || settings.byPassphrase() && !keepsPlain(stateAddress(r.folder)) {
		return nil
	}
	value := settings.inState(state)
	if value == "" {
		if value, err = r.makeKey(ctx, settings, key); err != nil {
			return err
		}
	}
	r.options.Progress.Line(
		fmt.Sprintf(
			"%s%s gets %s, which encrypts the secrets of the stack: commit it with the file. Everything else in it stays",
			r.label(),
			r.folder.RelativeFile(r.stack),
			key,
		),
	)
	_, err = edit.Apply(
		ctx,
		file,
		func() (*edit.Change, error) { return edit.AddTop(file, edit.Pair{Key: key, Value: value}) },
	)
	var (
		byHand   *edit.ByHandError
		readOnly *edit.NotWritableError
	)
	if errors.As(err, &byHand) || errors.As(err, &readOnly) {
		return exit.Usef("%v; the line is %s: %s", err, key, value)
	}
	return err
}

// inState is the value of the missing key that the stack has used so far; empty where it has none.
func (s secretSettings) inState(state []byte) string {
	var kept struct {
		Deployment struct {
			Provider struct {
				Type  string `json:"type"`
				State struct {
					Salt string `json:"salt"`
					URL  string `json:"url"`
					Key  string `json:"encryptedkey"`
				} `json:"state"`
			} `json:"secrets_providers"`
		} `json:"deployment"`
	}
	if json.Unmarshal(state, &kept) != nil {
		return ""
	}
	provider := kept.Deployment.Provider
	switch {
	case s.byPassphrase() && provider.Type == "passphrase":
		return provider.State.Salt
	case !s.byPassphrase() && provider.Type == "cloud" && provider.State.URL == s.Provider:
		return provider.State.Key
	}
	return ""
}

// makeKey has the engine make the key as it would, in a folder that is thrown away.
func (r *run) makeKey(ctx context.Context, settings secretSettings, key string) (value string, err error) {
	dir, err := os.MkdirTemp("", "guardrails-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	home := &sandboxhome.Home{Dir: dir}
	address, err := home.Address()
	if err != nil {
		return "", err
	}
	copied := home.Projects()
	for _, part := range []string{home.Backend(), home.PulumiHome(), copied} {
		if mkdirErr := os.MkdirAll(part, 0o700); mkdirErr != nil {
			return "", mkdirErr
		}
	}
	const stack = "key"
	file := filepath.Join(copied, "Pulumi."+stack+".yaml")
	if joinErr := errors.Join(
		os.WriteFile(filepath.Join(copied, project.ProjectFileName), []byte("name: key\nruntime: go\n"), 0o600),
		os.WriteFile(file, nil, 0o600),
	); joinErr != nil {
		return "", joinErr
	}
	args := []string{"stack", "init", stack, "--no-select"}
	if !settings.byPassphrase() {
		args = append(args, "--secrets-provider", settings.Provider)
	}
	env := []string{
		"PULUMI_BACKEND_URL=" + address,
		"PULUMI_HOME=" + home.PulumiHome(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
	}
	if _, stderr, _, runErr := r.command.Run(
		ctx,
		copied,
		strings.NewReader(""),
		nil,
		nil,
		env,
		args...); runErr != nil {
		return "", r.locked(
			fmt.Errorf(
				"%s is missing in %s, and the engine does not make it: %w: %s",
				key,
				r.folder.RelativeFile(r.stack),
				runErr,
				strings.TrimSpace(stderr),
			),
		)
	}
	written, err := readSecretSettings(file)
	if err != nil {
		return "", err
	}
	if value = written.Salt; !settings.byPassphrase() {
		value = written.Key
	}
	if value == "" {
		return "", r.locked(
			fmt.Errorf("%s is missing in %s, and the engine did not make it", key, r.folder.RelativeFile(r.stack)),
		)
	}
	return value, nil
}
