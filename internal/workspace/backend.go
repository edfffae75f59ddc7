package workspace

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

// checkBackend refuses a real run of which nobody would know the outcome: one without a backend that keeps the state,
// or without anything that encrypts the secrets in it. It looks where the pulumi command looks: the environment,
// Pulumi.yaml, and what "pulumi login" left behind.
func checkBackend(f *project.Folder, stacks []string) error {
	url := stateAddress(f)
	if url == "" && os.Getenv("PULUMI_ACCESS_TOKEN") == "" {
		return exit.Usef(
			`%s: nothing says where the state of real runs is kept; add "backend: {url: s3://<bucket>}" (or gs://, azblob://, file://, `+
				`https://api.pulumi.com), set PULUMI_BACKEND_URL, or try it with --sandbox`,
			project.Relative(f.ProjectFile()),
		)
	}
	if !keepsPlain(url) {
		return nil
	}
	_, passphrase := os.LookupEnv("PULUMI_CONFIG_PASSPHRASE")
	if _, file := os.LookupEnv("PULUMI_CONFIG_PASSPHRASE_FILE"); passphrase || file {
		return nil
	}
	for _, stack := range stacks {
		settings, err := readSecretSettings(f.StackFile(stack))
		if err != nil {
			return err
		}
		if settings.byPassphrase() {
			return exit.Usef(
				`%s: nothing encrypts secrets in the state at %s; add "secretsprovider: awskms://alias/<key>?region=<region>" beside config, or set `+
					`PULUMI_CONFIG_PASSPHRASE (empty will do: what is deployed here has no secrets)`,
				filepath.Base(f.StackFile(stack)),
				url,
			)
		}
	}
	return nil
}

// stateAddress is where the state of real runs is; empty where nothing says so but an access token, which is for
// Pulumi Cloud.
func stateAddress(f *project.Folder) string {
	url := cmp.Or(os.Getenv("PULUMI_BACKEND_URL"), f.BackendURL)
	if url == "" && os.Getenv("PULUMI_ACCESS_TOKEN") == "" {
		if known, err := workspace.GetStoredCredentials(); err == nil {
			url = known.Current
		}
	}
	return url
}

// keepsPlain says that a backend encrypts nothing itself. Pulumi Cloud does.
func keepsPlain(address string) bool {
	return address != "" && !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://")
}
