package render

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world/details"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/stacktest"
)

func render(t *testing.T, stack *stack.Stack) *Rendering {
	t.Helper()
	r, err := Of(stack)
	require.NoError(t, err)
	return r
}

// The JSON form has every field that its readers expect, also where a stack says nothing, and one line per stack.
func TestJSONHasEveryFieldOnOneLine(t *testing.T) {
	var out bytes.Buffer
	require.NoError(
		t,
		WriteJSON(
			&out,
			render(t, stacktest.Read(t, "Pulumi.dev.yaml")),
			render(t, stacktest.Read(t, "Pulumi.prod.yaml")),
		),
	)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	for i, stack := range []string{"dev", "prod"} {
		var got map[string]any
		require.NoError(t, json.Unmarshal([]byte(lines[i]), &got))
		assert.Equal(t, float64(1), got["version"])
		assert.Equal(t, stack, got["stack"])
		assert.Equal(t, "aws", got["partition"])
		assert.IsType(t, []any{}, got["serviceControlPolicies"])
		assert.IsType(t, map[string]any{}, got["organization"])
		center := got["identityCenter"].(map[string]any)
		assert.IsType(t, map[string]any{}, center["attributes"])
		assert.IsType(t, []any{}, center["permissionSets"])
		details := got["authorizationDetails"].(map[string]any)
		for _, list := range []string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"} {
			assert.IsType(t, []any{}, details[list], list)
		}
		documents := got["sessionDocuments"].([]any)
		require.NotEmpty(t, documents)
		document := documents[0].(map[string]any)
		assert.Equal(t, "Session", document["type"])
		assert.Equal(t, "ap-northeast-1", document["region"])
		assert.Equal(t, "Standard_Stream", document["content"].(map[string]any)["sessionType"])
	}
}

// Other tools read the authorization details as AWS's, and so do we: what comes back is what was rendered.
func TestAuthorizationDetailsAreReadBack(t *testing.T) {
	stack := stacktest.Read(t, "Pulumi.dev.yaml")
	back, err := details.FromAuthorizationDetails(render(t, stack).AuthorizationDetails)
	require.NoError(t, err)
	world := stack.World()
	require.Len(t, back.Roles, len(world.Roles))
	for i, role := range world.Roles {
		assert.Equal(t, role.Trust.JSON(), back.Roles[i].Trust.JSON())
		assert.Equal(t, role.Attached, back.Roles[i].Attached)
	}
	assert.Equal(t, world.ID, back.ID)
}

// Rendering the same stack twice gives the same bytes.
func TestRenderingIsTheSameEveryTime(t *testing.T) {
	var first, second bytes.Buffer
	require.NoError(t, WriteJSON(&first, render(t, stacktest.Read(t, "Pulumi.dev.yaml"))))
	require.NoError(t, WriteJSON(&second, render(t, stacktest.Read(t, "Pulumi.dev.yaml"))))
	assert.Equal(t, first.String(), second.String())
}

// In another partition nothing names the first one: neither an ARN nor a host.
func TestNothingNamesAnotherPartition(t *testing.T) {
	dev, err := os.ReadFile(testkit.Path(t, "Pulumi.dev.yaml"))
	require.NoError(t, err)
	for region, partition := range map[string]string{"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"} {
		t.Run(partition, func(t *testing.T) {
			text := strings.NewReplacer("ap-northeast-1", region, "arn:aws:", "arn:"+partition+":").Replace(string(dev))
			stack := stacktest.ReadText(t, text)
			var out bytes.Buffer
			require.NoError(t, WriteJSON(&out, render(t, stack)))
			files, err := render(t, stack).Files()
			require.NoError(t, err)
			for _, file := range files {
				out.Write(file.Content)
			}
			assert.NotContains(t, out.String(), "arn:aws:")
			assert.NotContains(t, out.String(), "aws.amazon.com")
			assert.Contains(
				t,
				out.String(),
				"arn:"+partition+":iam::111122223333:role/guardrails/operation/TestProject1-os-user1",
			)
		})
	}
}

// Reviewers find each document in a file of its own, under names that they know.
func TestFilesHoldOneDocumentEach(t *testing.T) {
	files, err := render(t, stacktest.Read(t, "Pulumi.dev.yaml")).Files()
	require.NoError(t, err)
	var paths []string
	for _, file := range files {
		paths = append(paths, file.Path)
		assert.True(t, json.Valid(file.Content), file.Path)
		assert.Contains(t, string(file.Content), "\n  ", file.Path)
	}
	testkit.Golden(t, "files-dev.txt", strings.Join(paths, "\n")+"\n")
	for _, file := range files {
		if file.Path == "dev/roles/TestProject1-os-user1/role.json" {
			testkit.Golden(t, "role.json", string(file.Content))
		}
		if file.Path == "dev/roles/non-97-project-ope-role/trust.json" {
			testkit.Golden(t, "trust.json", string(file.Content))
		}
	}
}

// What the nodes need for the configured logs is rendered where logs are configured, and nowhere else.
func TestWhatNodesNeedIsRendered(t *testing.T) {
	for stack, want := range map[string]bool{"dev": false, "prod": true} {
		files, err := render(t, stacktest.Read(t, "Pulumi."+stack+".yaml")).Files()
		require.NoError(t, err)
		found := slices.ContainsFunc(files, func(f File) bool {
			return f.Path == stack+"/needed-by-nodes.json" && strings.Contains(string(f.Content), "logs:PutLogEvents")
		})
		assert.Equal(t, want, found, stack)
	}
}

// What is no longer deployed is no longer there to be reviewed, and what was not rendered is not touched.
func TestStaleFilesGoAndOthersStay(t *testing.T) {
	dir := t.TempDir()
	base := "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n"
	before := stacktest.ReadText(t, base+"  guardrails:users: [{name: alice}, {name: bob}]\n")
	after := stacktest.ReadText(t, base+"  guardrails:users: [{name: alice}]\n")

	written, err := WriteFiles(dir, render(t, before))
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(dir, "dev/users/bob/user.json"))
	assert.Contains(t, written, filepath.Join(dir, "dev/users/bob/user.json"))
	note := filepath.Join(dir, "dev/users/note.txt")
	require.NoError(t, os.WriteFile(note, []byte("mine"), 0o644))

	_, err = WriteFiles(dir, render(t, after))
	require.NoError(t, err)
	assert.NoDirExists(t, filepath.Join(dir, "dev/users/bob"))
	assert.FileExists(t, filepath.Join(dir, "dev/users/alice/user.json"))
	assert.FileExists(t, note)
}

// A folder of somebody else's is refused before anything is written, and a list of files that points elsewhere is not
// followed.
func TestForeignFoldersAreRefused(t *testing.T) {
	dir := t.TempDir()
	stack := stacktest.ReadText(
		t,
		"config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n  guardrails:users: "+
			"[{name: alice}]\n",
	)
	precious := filepath.Join(dir, "dev", "precious.txt")
	require.NoError(t, os.MkdirAll(filepath.Dir(precious), 0o755))
	require.NoError(t, os.WriteFile(precious, []byte("mine"), 0o644))
	_, err := WriteFiles(dir, render(t, stack))
	require.ErrorContains(t, err, "holds files that were not rendered")
	entries, err := os.ReadDir(filepath.Join(dir, "dev"))
	require.NoError(t, err)
	assert.Len(t, entries, 1)

	outside := filepath.Join(dir, "outside.txt")
	require.NoError(t, os.WriteFile(outside, []byte("mine"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dev", manifest), []byte("../outside.txt\n/etc/hosts\n"), 0o644))
	_, err = WriteFiles(dir, render(t, stack))
	require.NoError(t, err)
	assert.FileExists(t, outside)
	assert.FileExists(t, precious)
}

// Names that are folders to a file system stay names.
func TestNamesNeverLeaveTheFolder(t *testing.T) {
	stack := stacktest.ReadText(
		t,
		"config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n  guardrails:users: "+
			"[{name: \"..\"}, {name: \".\"}]\n",
	)
	files, err := render(t, stack).Files()
	require.NoError(t, err)
	for _, file := range files {
		assert.True(t, filepath.IsLocal(file.Path), file.Path)
		assert.True(t, strings.HasPrefix(file.Path, "dev/"), file.Path)
	}
	_, err = WriteFiles(t.TempDir(), render(t, stack))
	assert.NoError(t, err)
}
