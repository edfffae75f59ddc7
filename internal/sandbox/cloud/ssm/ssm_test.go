package ssm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
)

const preferences = `{"schemaVersion":"1.0","description":"preferences","sessionType":"Standard_Stream","inputs":{"s3BucketName":"","s3KeyPrefix":"",` +
	`"s3EncryptionEnabled":true,"cloudWatchLogGroupName":"","cloudWatchEncryptionEnabled":true,"cloudWatchStreamingEnabled":false,"kmsKeyId":"",` +
	`"runAsEnabled":true,"runAsDefaultUser":"","idleSessionTimeout":"15","maxSessionDuration":"60","shellProfile":{"linux":"","windows":""}}}`

func ssmOf(c *cloud.Cloud, region string) ssm.Client {
	return c.SSM(api.Caller{Account: cloudtest.Home, Region: region})
}

func sessionDocument(name, content string) ssm.NewDocument {
	return ssm.NewDocument{Name: name, Type: "Session", Content: content}
}

// A document exists once per Region, and what exists cannot be made again.
func TestADocumentIsMadeOncePerRegion(t *testing.T) {
	ctx, c := context.Background(), cloudtest.New(t)
	const name = "SSM-SessionManagerRunShell"
	_, err := ssmOf(c, cloudtest.Tokyo).CreateDocument(ctx, sessionDocument(name, preferences))
	require.NoError(t, err)
	_, err = ssmOf(c, cloudtest.Tokyo).CreateDocument(ctx, sessionDocument(name, preferences))
	cloudtest.Refuses(t, err, "DocumentAlreadyExists", name)
	_, err = ssmOf(c, "us-east-1").DescribeDocument(ctx, name)
	cloudtest.Refuses(t, err, "InvalidDocument", "does not exist")
	_, err = ssmOf(c, "us-east-1").CreateDocument(ctx, sessionDocument(name, preferences))
	assert.NoError(t, err)
	assert.Equal(
		t,
		"arn:aws:ssm:ap-northeast-1:111122223333:document/"+name,
		ssmOf(c, cloudtest.Tokyo).DocumentARN(name),
	)
}

// Changed content becomes a version, which is in force only once it is made the default.
func TestUpdatesOfADocumentAreVersions(t *testing.T) {
	ctx, c := context.Background(), cloudtest.New(t)
	systems := ssmOf(c, cloudtest.Tokyo)
	_, err := systems.CreateDocument(ctx, sessionDocument("shell", preferences))
	require.NoError(t, err)
	changed := strings.Replace(preferences, `"60"`, `"30"`, 1)
	version, err := systems.UpdateDocument(ctx, "shell", ssm.NewDocument{Content: changed})
	require.NoError(t, err)
	d, err := systems.DescribeDocument(ctx, "shell")
	require.NoError(t, err)
	assert.Equal(t, preferences, d.Content(), "a new version is in force too early")
	assert.Equal(t, changed, d.Latest())
	require.NoError(t, systems.UpdateDocumentDefaultVersion(ctx, "shell", version))
	d, err = systems.DescribeDocument(ctx, "shell")
	require.NoError(t, err)
	assert.Equal(t, changed, d.Content())
	_, err = systems.UpdateDocument(ctx, "shell", ssm.NewDocument{Content: changed})
	cloudtest.Refuses(t, err, "DuplicateDocumentContent", "matches")
	cloudtest.Refuses(t, systems.UpdateDocumentDefaultVersion(ctx, "shell", "3"), "InvalidDocumentVersion", "not valid")
	require.NoError(t, systems.ModifyDocumentPermission(ctx, "shell", []string{cloudtest.Other}, nil))
	cloudtest.Refuses(t, systems.DeleteDocument(ctx, "shell"), "InvalidDocumentOperation", "shared")
	require.NoError(t, systems.ModifyDocumentPermission(ctx, "shell", nil, []string{cloudtest.Other}))
	require.NoError(t, systems.DeleteDocument(ctx, "shell"))
	cloudtest.Refuses(t, systems.DeleteDocument(ctx, "shell"), "InvalidDocument", "does not exist")
}

// The content of Session documents follows its schema to the last input.
func TestSessionDocumentsFollowTheirSchema(t *testing.T) {
	ctx, ssm := context.Background(), ssmOf(cloudtest.New(t), cloudtest.Tokyo)
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
		cloudtest.Refuses(t, err, "InvalidDocumentContent", "")
	}
}

// Names, types, formats, tags and sizes that Systems Manager does not take are refused.
func TestDocumentsThatSystemsManagerDoesNotTakeAreRefused(t *testing.T) {
	ctx, systems := context.Background(), ssmOf(cloudtest.New(t), cloudtest.Tokyo)
	for code, documents := range map[string][]ssm.NewDocument{
		"ValidationException": {
			sessionDocument("ab", preferences), sessionDocument("my shell", preferences), {Name: "shell",
				Type: "Sesion", Content: preferences},
			{Name: "shell", Type: "Session", Format: "XML", Content: preferences},
		},
		"InvalidDocument": {sessionDocument("AWS-Shell", preferences),
			sessionDocument("amazon-shell", preferences)},
		"MaxDocumentSizeExceeded": {sessionDocument("shell", preferences+strings.Repeat(" ", 64*1024))},
		"InvalidDocumentContent": {{Name: "run", Type: "Command", Content: "not JSON"},
			{Name: "run", Type: "Command", Content: "[]"}},
		"ValidationError": {{Name: "shell", Type: "Session", Content: preferences,
			Tags: map[string]string{"T": "a|b"}}},
	} {
		for _, d := range documents {
			_, err := systems.CreateDocument(ctx, d)
			assert.Equal(t, code, api.Code(err), "%s %s: %v", d.Name, d.Type, err)
		}
	}
	_, err := systems.CreateDocument(
		ctx,
		ssm.NewDocument{
			Name:    "yaml",
			Type:    "Command",
			Format:  "YAML",
			Content: "schemaVersion: '2.2'\nmainSteps: []\n",
		},
	)
	assert.NoError(t, err)
}

const (
	cedarApproval = `{"schemaVersion":"0.3","description":"","accessTokenRole":"SSM-JustInTimeAccessTokenRole","accessDuration":3600,` +
		`"AutoApprovalPolicyDocuments":[{"id":"a","description":"","type":"Cedar","content":"permit (principal, action, resource);"}]}`
	stepApproval = `{"schemaVersion":"0.3","description":"","accessTokenRole":"SSM-JustInTimeAccessTokenRole","accessDuration":86400,` +
		`"targets":[{"Key":"tag:Project","Values":["shop"]}],"mainSteps":[{"name":"ManualApproval","action":"aws:approve","timeoutSeconds":604800,` +
		`"inputs":{"Message":"Please","MinRequiredApprovals":1,"EnhancedApprovals":{"Approvers":[{"approver":"a1b2","type":"SSOGroup"}]}}}]}`
)

// Approval policies have a form, automatic ones have names of AWS's, and a Region takes fifty manual ones.
func TestApprovalPoliciesHaveAForm(t *testing.T) {
	ctx, c := context.Background(), cloudtest.New(t)
	systems := ssmOf(c, cloudtest.Tokyo)
	create := func(name, kind, format, content string) error {
		_, err := systems.CreateDocument(ctx, ssm.NewDocument{Name: name, Type: kind, Format: format, Content: content})
		return err
	}
	const auto, manual, deny = "AutoApprovalPolicy", "ManualApprovalPolicy", "SSM-JustInTimeAccessDenyAccessOrgPolicy"
	const name = "SSM-JustInTimeAccessAutoApprovalPolicy"
	cloudtest.Refuses(
		t,
		create("shop", auto, "", cedarApproval),
		"ValidationException",
		"not valid for the document type AutoApprovalPolicy",
	)
	cloudtest.Refuses(
		t,
		create(name, auto, "", "permit (principal, action, resource);"),
		"InvalidDocumentContent",
		"JSON not well-formed",
	)
	cloudtest.Refuses(
		t,
		create(name, auto, "TEXT", "permit (principal, action, resource);"),
		"InvalidDocumentContent",
		"is JSON or YAML",
	)
	for _, c := range []struct{ kind, old, new, says string }{
		{auto, `"0.3"`, `"1.0"`, "schemaVersion"},
		{auto, "SSM-JustInTimeAccessTokenRole", "Admin", "accessTokenRole"},
		{auto, "3600", "7200", "accessDuration is 3600 to 3600"},
		{auto, `"Cedar"`, `"Rego"`, `not "Rego"`},
		{auto, "permit (principal, action, resource);", "", "statements as content"},
		{auto, "AutoApprovalPolicyDocuments", "Documents", "has AutoApprovalPolicyDocuments"},
		{manual, "86400", "1213200", "accessDuration is 3600 to 1209600"},
		{manual, "86400", "5400", "accessDuration"},
		{manual, "aws:approve", "aws:executeScript", `is "aws:approve"`},
		{manual, `{"approver":"a1b2","type":"SSOGroup"}`, "", "1 to 5"},
		{manual, `"mainSteps"`, `"steps"`, "has mainSteps"},
	} {
		content, document := cedarApproval, name
		if c.kind == manual {
			content, document = stepApproval, "shop"
		}
		changed := strings.Replace(content, c.old, c.new, 1)
		require.NotEqual(t, content, changed, "test bug: mutation changed nothing")
		cloudtest.Refuses(t, create(document, c.kind, "", changed), "InvalidDocumentContent", c.says)
	}
	require.NoError(t, create(name, auto, "", cedarApproval))
	cloudtest.Refuses(t, create(name, auto, "", cedarApproval), "DocumentAlreadyExists", name)
	require.NoError(t, create(deny, auto, "", strings.Replace(cedarApproval, "permit", "forbid", 1)))
	_, err := systems.UpdateDocument(ctx, name, ssm.NewDocument{Content: "{}"})
	cloudtest.Refuses(t, err, "InvalidDocumentContent", "schemaVersion")

	for i := range 50 {
		require.NoError(t, create(fmt.Sprintf("manual-%d", i), manual, "", stepApproval))
	}
	cloudtest.Refuses(t, create("manual-50", manual, "", stepApproval), "DocumentLimitExceeded", "at most 50")
	_, err = ssmOf(
		c,
		"us-east-1",
	).CreateDocument(ctx, ssm.NewDocument{Name: "manual-50", Type: manual, Format: "YAML", Content: stepApproval})
	assert.NoError(t, err, "another Region counts for itself, and JSON is YAML")
}
