package provider_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider"
	"aws-access-guardrails/internal/sandbox/provider/providertest"
	"aws-access-guardrails/policy"
)

type props = providertest.Props

// A provider whose credentials belong to another account than the program allows is refused in the real provider's
// words.
func TestAWrongAccountIsRefused(t *testing.T) {
	w := providertest.New(t, nil)
	assert.ErrorContains(
		t,
		w.Dial().Configure(props{"region": providertest.Tokyo, "allowedAccountIds": []string{providertest.Other}}),
		"AWS account ID not allowed: "+providertest.Home,
	)
	assert.ErrorContains(
		t,
		w.Dial().Configure(props{"region": providertest.Tokyo, "forbiddenAccountIds": []string{providertest.Home}}),
		"AWS account ID not allowed: "+providertest.Home,
	)
	assert.ErrorContains(
		t,
		w.Dial().Configure(
			props{"region": providertest.Tokyo, "profile": "other", "allowedAccountIds": []string{providertest.Home}},
		),
		"AWS account ID not allowed: "+providertest.Other,
	)
	assert.NoError(
		t,
		w.Dial().Configure(
			props{"region": providertest.Tokyo, "profile": "other", "allowedAccountIds": []string{providertest.Other}},
		),
	)
}

// Profiles and assumed roles lead into their accounts.
func TestProfilesAndRolesLeadIntoTheirAccounts(t *testing.T) {
	w := providertest.New(t, nil)
	for _, c := range []struct {
		settings props
		account  string
		arn      string
	}{
		{props{"region": providertest.Tokyo}, providertest.Home, "arn:aws:iam::111122223333:user/deployer"},
		{props{"region": providertest.Tokyo, "profile": "other"}, providertest.Other, "arn:aws:iam::444455556666:user/deployer"},
		{props{"region": providertest.Tokyo, "assumeRole": props{"roleArn": "arn:aws:iam::444455556666:role/guardrails/Deployer"}},
			providertest.Other, "arn:aws:sts::444455556666:assumed-role/Deployer/aws-go-sdk"},
	} {
		id, err := w.Configured(c.settings).Invoke("aws:index/getCallerIdentity:getCallerIdentity", nil)
		require.NoError(t, err)
		assert.Equal(t, c.account, id["accountId"])
		assert.Equal(t, c.arn, id["arn"])
	}
}

// Settings that lead nowhere are refused before anything is made.
func TestSettingsThatLeadNowhereAreRefused(t *testing.T) {
	w := providertest.New(t, nil)
	for want, settings := range map[string]props{
		"required configuration keys were missing":    {},
		"invalid AWS Region: tokyo":                   {"region": "tokyo"},
		"failed to get shared config profile, nobody": {"region": providertest.Tokyo, "profile": "nobody"},
		"cannot be assumed: operation error STS: AssumeRole": {"region": providertest.Tokyo,
			"assumeRole": props{"roleArn": "arn:aws:iam::999999999999:role/x"}},
		"it is not the ARN of a role": {"region": providertest.Tokyo,
			"assumeRole": props{"roleArn": "arn:aws:iam::111122223333:user/x"}},
		"InvalidClientTokenId: The security token included in": {"region": "cn-north-1"},
		"aws:allowedAccountIds":                                {"region": providertest.Tokyo, "allowedAccountIds": providertest.Home},
	} {
		assert.ErrorContains(t, w.Dial().Configure(settings), want)
	}
	nobody := providertest.NewOf(t, "aws", provider.Credentials{}, nil)
	assert.ErrorContains(
		t, nobody.Dial().Configure(props{"region": providertest.Tokyo}), "no valid credential sources found",
	)
	err := w.Dial().Configure(props{})
	require.Len(t, providertest.Details(err), 1)
	missing, ok := providertest.Details(err)[0].(*pulumirpc.ConfigureErrorMissingKeys)
	require.True(t, ok)
	assert.Equal(t, "aws:region", missing.MissingKeys[0].Name)
}

// A setting that the real provider does not have is refused.
func TestUnknownSettingsAreRefused(t *testing.T) {
	e := providertest.New(t, nil).Dial()
	response, err := e.Client.CheckConfig(context.Background(), &pulumirpc.CheckRequest{
		Urn: providertest.URN(
			"pulumi:providers:aws",
			"p",
		),
		News: e.Pack(props{"region": providertest.Tokyo, "version": "6.83.2", "allowedAccountID": providertest.Home}),
	})
	require.NoError(t, err)
	require.Len(t, response.Failures, 1)
	assert.Equal(t, "allowedAccountID", response.Failures[0].Property)
}

// Each connection is a provider of its own: two providers of one program do not see each other's Region.
func TestEachProviderOfAProgramHasItsOwnRegion(t *testing.T) {
	w := providertest.New(t, nil)
	first, second := w.Engine(), w.Configured(props{"region": "us-east-1"})
	for e, want := range map[*providertest.Engine]string{first: providertest.Tokyo, second: "us-east-1"} {
		region, err := e.Invoke("aws:index/getRegion:getRegion", nil)
		require.NoError(t, err)
		assert.Equal(t, want, region["name"])
	}
	_, err := w.Dial().Create(providertest.UserType, "alice", props{"name": "alice"})
	assert.Equal(t, codes.FailedPrecondition, status.Code(err), "a provider that was not configured made something")
}

// A partition and an account's partition show in every ARN.
func TestThePartitionOfTheAccountShowsInARNs(t *testing.T) {
	w := providertest.NewOf(t, "aws", provider.Credentials{Ambient: "555555555555"}, nil)
	require.NoError(t, w.Cloud.AddAccount("555555555555", policy.AWSChina))
	e := w.Configured(props{"region": "cn-north-1"})
	assert.Equal(
		t,
		"arn:aws-cn:iam::555555555555:user/alice",
		e.MustCreate(providertest.UserType, "alice", props{"name": "alice"}).Out("arn"),
	)
	p, err := e.Invoke("aws:index/getPartition:getPartition", nil)
	require.NoError(t, err)
	assert.Equal(t, "aws-cn", p["partition"])
	assert.Equal(t, "amazonaws.com.cn", p["dnsSuffix"])
}

// What the sandbox does not know is refused, never ignored.
func TestUnknownTypesFunctionsAndPropertiesAreRefused(t *testing.T) {
	e := providertest.New(t, nil).Engine()
	_, _, err := e.Check("aws:s3/bucket:Bucket", "b", nil, props{})
	assert.ErrorContains(t, err, "unrecognized resource type (Check): aws:s3/bucket:Bucket")
	_, err = e.Invoke("aws:iam/getSessionContext:getSessionContext", nil)
	assert.ErrorContains(t, err, "unrecognized data function (Invoke): aws:iam/getSessionContext:getSessionContext")
	_, err = e.Invoke("aws:index/getCallerIdentity:getCallerIdentity", props{"account": "x"})
	assert.ErrorContains(t, err, `an argument named "account" is not expected here`)
	for want, in := range map[string]props{
		`forceDestory: an argument named "forceDestory" is not expected here; did you mean "forceDestroy"?`: {
			"name":         "a",
			"forceDestory": true,
		},
		`arn: an argument named "arn" is not expected here`: {
			"name": "a",
			"arn":  "x",
		},
		`forceDestroy: expected type of "forceDestroy" to be bool, got string`: {
			"name":         "a",
			"forceDestroy": "yes",
		},
		`tags: expected type of "tags.N" to be string, got number`: {
			"name": "a",
			"tags": props{"N": 1},
		},
		`name: "name" (a b) must only contain`: {"name": "a b"},
	} {
		_, reasons, err := e.Check(providertest.UserType, "a", nil, in)
		require.NoError(t, err)
		require.Len(t, reasons, 1)
		assert.True(t, strings.HasPrefix(reasons[0], want), "%s", reasons[0])
	}
	for want, in := range map[string]props{
		`missing required property "assumeRolePolicy"`: {"name": "r"},
		"the sandbox does not model": {"name": "r", "assumeRolePolicy": providertest.TrustPolicy,
			"managedPolicyArns": []any{}},
		"contains an invalid JSON policy": {"name": "r", "assumeRolePolicy": "{"},
		"leading space characters":        {"name": "r", "assumeRolePolicy": " " + providertest.TrustPolicy},
		"in the range (3600 - 43200)": {"name": "r", "assumeRolePolicy": providertest.TrustPolicy,
			"maxSessionDuration": 60},
		"to have a length of 1 to 64 bytes, got 65": {"name": strings.Repeat("r", 65), "assumeRolePolicy": providertest.TrustPolicy},
	} {
		_, reasons, err := e.Check(providertest.RoleType, "r", nil, in)
		require.NoError(t, err)
		require.Len(t, reasons, 1, "%v", reasons)
		assert.Contains(t, reasons[0], want)
	}
}

// A preview knows the inputs, does not know what AWS will choose, and changes nothing.
func TestAPreviewMakesNothing(t *testing.T) {
	w := providertest.New(t, nil)
	e := w.Engine()
	inputs, _, err := e.Check(providertest.UserType, "alice", nil, props{"name": "alice"})
	require.NoError(t, err)
	response, err := e.Client.Create(
		context.Background(),
		&pulumirpc.CreateRequest{
			Urn:        providertest.URN(providertest.UserType, "alice"),
			Properties: inputs,
			Preview:    true,
		},
	)
	require.NoError(t, err)
	assert.Empty(t, response.Id)
	state := response.Properties.AsMap()
	assert.Equal(t, "alice", state["name"])
	assert.Equal(t, plugin.UnknownStringValue, state["arn"])
	assert.Empty(t, w.Cloud.Snapshot().Accounts[providertest.Home].Users)

	const documentType = "aws:ssm/document:Document"
	m := e.MustCreate(
		documentType, "d", props{"name": "shell", "documentType": "Session", "content": providertest.Preferences},
	)
	changed, _, err := e.Check(
		documentType,
		"d",
		m.Inputs,
		props{
			"name":         "shell",
			"documentType": "Session",
			"content":      strings.Replace(providertest.Preferences, `"60"`, `"30"`, 1),
		},
	)
	require.NoError(t, err)
	update, err := e.Client.Update(context.Background(), &pulumirpc.UpdateRequest{
		Id: m.ID, Urn: providertest.URN(documentType, "d"), Olds: m.Outputs, News: changed, Preview: true,
	})
	require.NoError(t, err)
	state = update.Properties.AsMap()
	assert.Equal(t, m.Out("arn"), state["arn"], "what does not change is known")
	assert.Equal(t, plugin.UnknownStringValue, state["latestVersion"], "what follows the content is not")
	assert.Equal(
		t,
		providertest.Preferences,
		w.Cloud.Snapshot().Accounts[providertest.Home].Documents[providertest.Tokyo+"/shell"].Content(),
	)
}

// An input that is not known yet counts as a change, and is checked when it is known.
func TestUnknownInputsCountAsChanges(t *testing.T) {
	e := providertest.New(t, nil).Engine()
	m := e.MustCreate(providertest.RoleType, "ops", props{"name": "ops", "assumeRolePolicy": providertest.TrustPolicy})
	d := e.Diff(m, props{"name": "ops", "assumeRolePolicy": plugin.UnknownStringValue})
	assert.Equal(t, []string{"assumeRolePolicy"}, d.Diffs)
	d = e.Diff(m, props{"name": plugin.UnknownStringValue, "assumeRolePolicy": providertest.TrustPolicy})
	assert.Equal(t, []string{"name"}, d.Replaces)
}

// Errors read as the real provider prints them.
func TestErrorsReadLikeTheRealProviders(t *testing.T) {
	e := providertest.New(t, nil).Engine()
	e.MustCreate(providertest.UserType, "alice", props{"name": "alice"})
	_, err := e.Create(providertest.UserType, "again", props{"name": "Alice"})
	assert.Equal(t, codes.Unknown, status.Code(err))
	assert.Regexp(
		t,
		`^1 error occurred:\n\t\* creating IAM User \(Alice\): operation error IAM: CreateUser, https response error StatusCode: 409, `+
			`RequestID: [0-9a-f-]{36}, EntityAlreadyExists: User with name Alice already exists\.\n\n$`,
		status.Convert(err).Message(),
	)
}

// A resource that was made before its creation failed is handed to the engine as unfinished, so that it is not lost.
func TestAResourceThatCannotBeReadBackIsUnfinished(t *testing.T) {
	w := providertest.New(t, &api.Faults{Rules: []api.FaultRule{{Call: "GetUser", Fault: api.ThrottledForGood}}})
	e := w.Engine()
	_, err := e.Create(providertest.UserType, "alice", props{"name": "alice"})
	require.Error(t, err)
	require.Len(t, providertest.Details(err), 1)
	unfinished, ok := providertest.Details(err)[0].(*pulumirpc.ErrorResourceInitFailed)
	require.True(t, ok)
	assert.Equal(t, "alice", unfinished.Id)
	assert.Contains(t, unfinished.Reasons[0], "reading IAM User (alice)")
	assert.Equal(t, "alice", unfinished.Properties.AsMap()["name"])
}

// A lost reply looks to the engine like a provider that died, and the effect is there.
func TestALostReplyLeavesItsEffect(t *testing.T) {
	w := providertest.New(t, &api.Faults{Rules: []api.FaultRule{
		{
			Call:  "Create " + providertest.UserType,
			Fault: api.LostReply,
		},
		{Call: "Update " + providertest.GroupType, Fault: api.LostReply},
		{Call: "Delete " + providertest.GroupType, Fault: api.LostReply},
	}})
	e := w.Engine()
	_, err := e.Create(providertest.UserType, "alice", props{"name": "alice"})
	assert.Equal(t, codes.Unavailable, status.Code(err))
	assert.Contains(t, w.Cloud.Snapshot().Accounts[providertest.Home].Users, "alice")
	m := e.MustCreate(providertest.GroupType, "mfa", props{"name": "mfa"})
	assert.Equal(t, codes.Unavailable, status.Code(e.Update(m, props{"name": "mfa", "path": "/g/"})))
	assert.Equal(t, "/g/", w.Cloud.Snapshot().Accounts[providertest.Home].Groups["mfa"].Path)
	assert.Equal(t, codes.Unavailable, status.Code(e.Remove(m)))
	assert.Empty(t, w.Cloud.Snapshot().Accounts[providertest.Home].Groups)
}

// Throttling that passes costs nothing but time.
func TestThrottlingThatPassesIsNotSeen(t *testing.T) {
	w := providertest.New(
		t,
		&api.Faults{Delay: time.Millisecond, Rates: map[api.Fault]float64{api.Throttled: 0.5, api.Slow: 0.5}},
	)
	e := w.Engine()
	for _, name := range []string{"a", "b", "c"} {
		m := e.MustCreate(providertest.UserType, name, props{"name": name})
		require.NoError(t, e.Remove(m))
	}
}

// The engine stops providers without asking twice.
func TestTheProviderAnswersWhatEnginesAskOfAll(t *testing.T) {
	e := providertest.New(t, nil).Dial()
	ctx := context.Background()
	info, err := e.Client.GetPluginInfo(ctx, &emptypb.Empty{})
	require.NoError(t, err)
	assert.Equal(t, "6.83.2", info.Version)
	_, err = e.Client.Cancel(ctx, &emptypb.Empty{})
	assert.NoError(t, err)
	schema, err := e.Client.GetSchema(ctx, &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"aws"}`, schema.Schema)
	_, err = provider.Serve("azure", provider.Options{})
	assert.ErrorContains(t, err, `no provider "azure"`)
}

// A provider whose settings change is updated, never replaced.
func TestAProviderIsNeverReplaced(t *testing.T) {
	e := providertest.New(t, nil).Dial()
	diff := func(olds, news props) *pulumirpc.DiffResponse {
		response, err := e.Client.DiffConfig(
			context.Background(),
			&pulumirpc.DiffRequest{
				Urn:  providertest.URN("pulumi:providers:aws", "p"),
				Olds: e.Pack(olds),
				News: e.Pack(news),
			},
		)
		require.NoError(t, err)
		assert.Empty(t, response.Replaces)
		return response
	}
	assert.Equal(
		t,
		pulumirpc.DiffResponse_DIFF_NONE,
		diff(props{"region": providertest.Tokyo}, props{"region": providertest.Tokyo}).Changes,
	)
	assert.Equal(
		t,
		pulumirpc.DiffResponse_DIFF_SOME,
		diff(props{"region": providertest.Tokyo}, props{"region": "us-east-1"}).Changes,
	)
}

// Functions answer what the account is called and what a Region is, and say where there is nothing.
func TestFunctionsAnswerWhatTheAccountIsCalled(t *testing.T) {
	w := providertest.New(t, nil)
	e := w.Engine()
	_, err := e.Invoke("aws:iam/getAccountAlias:getAccountAlias", nil)
	assert.ErrorContains(t, err, "empty result")
	require.NoError(t, w.IAM().CreateAccountAlias(context.Background(), "jump"))
	alias, err := e.Invoke("aws:iam/getAccountAlias:getAccountAlias", nil)
	require.NoError(t, err)
	assert.Equal(t, "jump", alias["accountAlias"])
	_, err = e.Invoke("aws:index/getRegion:getRegion", props{"name": "tokyo"})
	assert.ErrorContains(t, err, "invoking aws:index/getRegion:getRegion")
}

// Lists, policies and ARNs that are not what they should be are refused before AWS sees them.
func TestMisshapenInputsAreRefused(t *testing.T) {
	e := providertest.New(t, nil).Engine()
	for want, c := range map[string]struct {
		token string
		in    props
	}{
		`expected type of "groups" to be a list`:    {providertest.MembershipType, props{"user": "a", "groups": "mfa"}},
		`expected type of "groups[0]" to be string`: {providertest.MembershipType, props{"user": "a", "groups": []any{1}}},
		`expected type of "tags" to be a map`:       {providertest.UserType, props{"name": "a", "tags": []any{}}},
		`expected type of "maxSessionDuration" to be in`: {providertest.RoleType,
			props{"name": "a", "assumeRolePolicy": providertest.TrustPolicy, "maxSessionDuration": "1h"}},
		"is an invalid ARN": {"aws:iam/rolePolicyAttachment:RolePolicyAttachment",
			props{"role": "a", "policyArn": "ReadOnlyAccess"}},
		"not a JSON-encoded object": {providertest.PolicyType, props{"name": "a", "policy": `"{}"`}},
		"contains a JSON array":     {providertest.PolicyType, props{"name": "a", "policy": "[]"}},
		"not a JSON object":         {providertest.PolicyType, props{"name": "a", "policy": "policy"}},
		"is an empty string":        {providertest.PolicyType, props{"name": "a", "policy": ""}},
		"must match":                {providertest.PolicyType, props{"name": "a/b", "policy": providertest.ReadPolicy}},
		`expected type of "attributes" to be a list`: {providertest.AttributesType,
			props{"instanceArn": providertest.Instance, "attributes": "a"}},
		`expected type of "attributes[0]" to be an obj`: {providertest.AttributesType,
			props{"instanceArn": providertest.Instance, "attributes": []any{"a"}}},
		"expected to be one of": {"aws:ssoadmin/accountAssignment:AccountAssignment",
			props{"instanceArn": providertest.Instance, "permissionSetArn": providertest.Instance, "principalId": providertest.Alice,
				"principalType": "PERSON", "targetId": providertest.Home}},
	} {
		_, reasons, err := e.Check(c.token, "x", nil, c.in)
		require.NoError(t, err)
		require.Len(t, reasons, 1, "%s: %v", want, reasons)
		assert.Contains(t, reasons[0], want)
	}
}
