package stackvalues

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	"github.com/pulumi/pulumi/sdk/v3/go/common/esc"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Stack is the name under which stack files are read.
const Stack = "dev"

// Read gives the values of a stack file of the folder, with those that the folder's project adds.
func Read(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	project, err := os.ReadFile(filepath.Join(filepath.Dir(file), "Pulumi.yaml"))
	if err != nil {
		return nil, err
	}
	return Of(data, project)
}

// Of gives the values of a stack file and a project, as text: booleans and numbers printed, lists and objects as
// JSON. An error is what Pulumi says of a file that it does not take.
func Of(stackFile, projectFile []byte) (map[string]string, error) {
	project, err := workspace.LoadProjectBytes(projectFile, "Pulumi.yaml", encoding.YAML)
	if err != nil {
		return nil, err
	}
	stack, err := workspace.LoadProjectStackBytes(nil, project, stackFile, "Pulumi."+Stack+".yaml", encoding.YAML)
	if err != nil {
		return nil, err
	}
	err = workspace.ApplyProjectConfig(
		context.Background(),
		Stack,
		project,
		esc.Value{},
		stack.Config,
		config.NopEncrypter,
		config.NopDecrypter,
	)
	if err != nil {
		return nil, fmt.Errorf("apply project: %w", err)
	}
	decrypted, err := stack.Config.Decrypt(config.NopDecrypter)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for key, value := range decrypted {
		values[key.String()] = value
	}
	return values, nil
}
