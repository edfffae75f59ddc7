package workspace

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
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
	if err := checkAddress(f, url); err != nil {
		return err
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

// schemes begin the addresses of the backends that the engine knows. Any other text it takes for an address of Pulumi
// Cloud, and asks for a token.
//
// Source: Pulumi documentation, State and backends; pkg/backend/diy of the Pulumi CLI.
var schemes = []string{"s3://", "gs://", "azblob://", "file://", "https://", "http://", "postgres://"}

// checkAddress refuses an address that no backend has.
func checkAddress(f *project.Folder, url string) error {
	begins := func(scheme string) bool { return strings.HasPrefix(url, scheme) }
	if url == "" || slices.ContainsFunc(schemes, begins) {
		return nil
	}
	from := project.Relative(f.ProjectFile()) + ": backend.url"
	switch {
	case os.Getenv("PULUMI_BACKEND_URL") != "":
		from = "PULUMI_BACKEND_URL"
	case f.BackendURL == "":
		from = "what pulumi login keeps"
	}
	return exit.Usef(
		`%s: %q is no address of a backend; write file://<folder>, s3://<bucket>, gs://<bucket>, azblob://<container> or https://api.pulumi.com`,
		from,
		url,
	)
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
