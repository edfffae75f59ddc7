package cloud_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
)

const preferences = `{"schemaVersion":"1.0","description":"preferences","sessionType":"Standard_Stream","inputs":{"s3BucketName":"","s3KeyPrefix":"",` +
	`"s3EncryptionEnabled":true,"cloudWatchLogGroupName":"","cloudWatchEncryptionEnabled":true,"cloudWatchStreamingEnabled":false,"kmsKeyId":"",` +
	`"runAsEnabled":true,"runAsDefaultUser":"","idleSessionTimeout":"15","maxSessionDuration":"60","shellProfile":{"linux":"","windows":""}}}`

func ssmOf(c *cloud.Cloud, region string) cloud.SSM {
	return c.SSM(cloud.Caller{Account: home, Region: region})
}

func sessionDocument(name, content string) cloud.NewDocument {
	return cloud.NewDocument{Name: name, Type: "Session", Content: content}
}

// A document exists once per Region, and what exists cannot be made again.
func TestADocumentIsMadeOncePerRegion(t *testing.T) {
	ctx, c := context.Background(), newCloud(t)
	const name = "SSM-SessionManagerRunShell"
	_, err := ssmOf(c, tokyo).CreateDocument(ctx, sessionDocument(name, preferences))
	require.NoError(t, err)
	_, err = ssmOf(c, tokyo).CreateDocument(ctx, sessionDocument(name, preferences))
	refuses(t, err, "DocumentAlreadyExists", name)
	_, err = ssmOf(c, "us-east-1").DescribeDocument(ctx, name)
	refuses(t, err, "InvalidDocument", "does not exist")
	_, err = ssmOf(c, "us-east-1").CreateDocument(ctx, sessionDocument(name, preferences))
	assert.NoError(t, err)
	assert.Equal(t, "arn:aws:ssm:ap-northeast-1:111122223333:document/"+name, ssmOf(c, tokyo).DocumentARN(name))
}

// Changed content becomes a version, which is in force only once it is made the default.
func TestUpdatesOfADocumentAreVersions(t *testing.T) {
	ctx, c := context.Background(), newCloud(t)
	ssm := ssmOf(c, tokyo)
	_, err := ssm.CreateDocument(ctx, sessionDocument("shell", preferences))
	require.NoError(t, err)
	changed := strings.Replace(preferences, `"60"`, `"30"`, 1)
	version, err := ssm.UpdateDocument(ctx, "shell", cloud.NewDocument{Content: changed})
	require.NoError(t, err)
	d, err := ssm.DescribeDocument(ctx, "shell")
	require.NoError(t, err)
	assert.Equal(t, preferences, d.Content(), "a new version is in force too early")
	assert.Equal(t, changed, d.Latest())
	require.NoError(t, ssm.UpdateDocumentDefaultVersion(ctx, "shell", version))
	d, err = ssm.DescribeDocument(ctx, "shell")
	require.NoError(t, err)
	assert.Equal(t, changed, d.Content())
	_, err = ssm.UpdateDocument(ctx, "shell", cloud.NewDocument{Content: changed})
	refuses(t, err, "DuplicateDocumentContent", "matches")
	refuses(t, ssm.UpdateDocumentDefaultVersion(ctx, "shell", "3"), "InvalidDocumentVersion", "not valid")
	require.NoError(t, ssm.ModifyDocumentPermission(ctx, "shell", []string{other}, nil))
	refuses(t, ssm.DeleteDocument(ctx, "shell"), "InvalidDocumentOperation", "shared")
	require.NoError(t, ssm.ModifyDocumentPermission(ctx, "shell", nil, []string{other}))
	require.NoError(t, ssm.DeleteDocument(ctx, "shell"))
	refuses(t, ssm.DeleteDocument(ctx, "shell"), "InvalidDocument", "does not exist")
}

// The content of Session documents follows its schema to the last input.
func TestSessionDocumentsFollowTheirSchema(t *testing.T) {
	ctx, ssm := context.Background(), ssmOf(newCloud(t), tokyo)
	for old, changed := range map[string]string{
		`"schemaVersion":"1.0"`:             `"schemaVersion":"2.2"`,
		`"sessionType":"Standard_Stream"`:   `"sessionType":"Shell"`,
		`"description"`:                     `"descripton"`,
		`"runAsEnabled":true,`:              ``,
		`"runAsEnabled":true`:               `"runAsEnabled":"true"`,
		`"s3EncryptionEnabled":true,`:       ``,
		`"idleSessionTimeout":"15"`:         `"idleSessionTimeout":"61"`,
		`"idleSessionTimeout":"15",`:        `"idleSessionTimeout":15,`,
		`"maxSessionDuration":"60"`:         `"maxSessionDuration":"1441"`,
		`"maxSessionDuration"`:              `"maxDuration"`,
		`"shellProfile":{"linux":""`:        `"shellProfile":{"macos":""`,
		`"inputs":{`:                        `"inputs":{"extra":"",`,
		`{"schemaVersion"`:                  `"schemaVersion"`,
		`"kmsKeyId":""`:                     `"kmsKeyId":false`,
		`"shellProfile":{"linux":"","windo`: `"shellProfile":{"linux":"` + strings.Repeat("x", 513) + `","windo`,
	} {
		content := strings.Replace(preferences, old, changed, 1)
		require.NotEqual(t, preferences, content, "test bug: %s is not in the document", old)
		_, err := ssm.CreateDocument(ctx, sessionDocument("shell", content))
		refuses(t, err, "InvalidDocumentContent", "")
	}
}

// Names, types, formats, tags and sizes that Systems Manager does not take are refused.
func TestDocumentsThatSystemsManagerDoesNotTakeAreRefused(t *testing.T) {
	ctx, ssm := context.Background(), ssmOf(newCloud(t), tokyo)
	for code, documents := range map[string][]cloud.NewDocument{
		"ValidationException": {
			sessionDocument("ab", preferences), sessionDocument("my shell", preferences), {Name: "shell", Type: "Sesion", Content: preferences},
			{Name: "shell", Type: "Session", Format: "XML", Content: preferences},
		},
		"InvalidDocument":         {sessionDocument("AWS-Shell", preferences), sessionDocument("amazon-shell", preferences)},
		"MaxDocumentSizeExceeded": {sessionDocument("shell", preferences+strings.Repeat(" ", 64*1024))},
		"InvalidDocumentContent":  {{Name: "run", Type: "Command", Content: "not JSON"}, {Name: "run", Type: "Command", Content: "[]"}},
		"ValidationError":         {{Name: "shell", Type: "Session", Content: preferences, Tags: map[string]string{"T": "a|b"}}},
	} {
		for _, d := range documents {
			_, err := ssm.CreateDocument(ctx, d)
			assert.Equal(t, code, cloud.Code(err), "%s %s: %v", d.Name, d.Type, err)
		}
	}
	_, err := ssm.CreateDocument(ctx, cloud.NewDocument{Name: "yaml", Type: "Command", Format: "YAML", Content: "schemaVersion: '2.2'\nmainSteps: []\n"})
	assert.NoError(t, err)
}
