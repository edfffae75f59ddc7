package workspace

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/workspace/project"
)

// An address that no backend has is refused with the place that says it: the engine takes it for Pulumi Cloud.
func TestAnAddressThatNoBackendHasIsRefusedWhereItIsWritten(t *testing.T) {
	t.Setenv("PULUMI_ACCESS_TOKEN", "")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "")
	for _, address := range []string{"/srv/state", "./state", "s3:/bucket", "S3://bucket", "xyz://a", "api.pulumi.com"} {
		t.Setenv("PULUMI_BACKEND_URL", address)
		err := checkBackend(&project.Folder{}, nil)
		assert.ErrorContains(t, err, `PULUMI_BACKEND_URL: "`+address+`" is no address of a backend; write file://`)
		t.Setenv("PULUMI_BACKEND_URL", "")
		err = checkBackend(&project.Folder{BackendURL: address}, nil)
		assert.ErrorContains(t, err, `backend.url: "`+address+`" is no address of a backend`)
		assert.ErrorContains(t, err, "Pulumi.yaml")
	}
	for _, scheme := range schemes {
		assert.NoError(t, checkBackend(&project.Folder{BackendURL: scheme + "x"}, nil), scheme)
	}
}
