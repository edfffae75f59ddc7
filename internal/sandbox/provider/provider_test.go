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
	"aws-access-guardrails/policy"
)

// A provider whose credentials belong to another account than the program allows is refused in the real provider's
// words.
func TestAWrongAccountIsRefused(t *testing.T) {
	w := newWorld(t, nil)
	assert.ErrorContains(
		t,
		w.dial().configure(props{"region": tokyo, "allowedAccountIds": []string{other}}),
		"AWS account ID not allowed: "+home,
	)
	assert.ErrorContains(
		t,
		w.dial().configure(props{"region": tokyo, "forbiddenAccountIds": []string{home}}),
		"AWS account ID not allowed: "+home,
	)
	assert.ErrorContains(
		t,
		w.dial().configure(props{"region": tokyo, "profile": "other", "allowedAccountIds": []string{home}}),
		"AWS account ID not allowed: "+other,
	)
	assert.NoError(
		t,
		w.dial().configure(props{"region": tokyo, "profile": "other", "allowedAccountIds": []string{other}}),
	)
}

// Profiles and assumed roles lead into their accounts.
func TestProfilesAndRolesLeadIntoTheirAccounts(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		settings props
		account  string
		arn      string
	}{
		{props{"region": tokyo}, home, "arn:aws:iam::111122223333:user/deployer"},
		{props{"region": tokyo, "profile": "other"}, other, "arn:aws:iam::444455556666:user/deployer"},
		{props{"region": tokyo, "assumeRole": props{"roleArn": "arn:aws:iam::444455556666:role/guardrails/Deployer"}},
			other, "arn:aws:sts::444455556666:assumed-role/Deployer/aws-go-sdk"},
	} {
		id, err := w.configured(c.settings).invoke("aws:index/getCallerIdentity:getCallerIdentity", nil)
		require.NoError(t, err)
		assert.Equal(t, c.account, id["accountId"])
		assert.Equal(t, c.arn, id["arn"])
	}
}

// Settings that lead nowhere are refused before anything is made.
func TestSettingsThatLeadNowhereAreRefused(t *testing.T) {
	w := newWorld(t, nil)
	for want, settings := range map[string]props{
		"required configuration keys were missing":    {},
		"invalid AWS Region: tokyo":                   {"region": "tokyo"},
		"failed to get shared config profile, nobody": {"region": tokyo, "profile": "nobody"},
		"cannot be assumed: operation error STS: AssumeRole": {"region": tokyo,
			"assumeRole": props{"roleArn": "arn:aws:iam::999999999999:role/x"}},
		"it is not the ARN of a role": {"region": tokyo,
			"assumeRole": props{"roleArn": "arn:aws:iam::111122223333:user/x"}},
		"InvalidClientTokenId: The security token included in": {"region": "cn-north-1"},
		"aws:allowedAccountIds":                                {"region": tokyo, "allowedAccountIds": home},
	} {
		assert.ErrorContains(t, w.dial().configure(settings), want)
	}
	nobody := newWorldOf(t, "aws", provider.Credentials{}, nil)
	assert.ErrorContains(t, nobody.dial().configure(props{"region": tokyo}), "no valid credential sources found")
	err := w.dial().configure(props{})
	require.Len(t, details(err), 1)
	missing, ok := details(err)[0].(*pulumirpc.ConfigureErrorMissingKeys)
	require.True(t, ok)
	assert.Equal(t, "aws:region", missing.MissingKeys[0].Name)
}

// A setting that the real provider does not have is refused.
func TestUnknownSettingsAreRefused(t *testing.T) {
	e := newWorld(t, nil).dial()
	response, err := e.client.CheckConfig(context.Background(), &pulumirpc.CheckRequest{
		Urn: urn(
			"pulumi:providers:aws",
			"p",
		),
		News: e.pack(props{"region": tokyo, "version": "6.83.2", "allowedAccountID": home}),
	})
	require.NoError(t, err)
	require.Len(t, response.Failures, 1)
	assert.Equal(t, "allowedAccountID", response.Failures[0].Property)
}

// Each connection is a provider of its own: two providers of one program do not see each other's Region.
func TestEachProviderOfAProgramHasItsOwnRegion(t *testing.T) {
	w := newWorld(t, nil)
	first, second := w.engine(), w.configured(props{"region": "us-east-1"})
	for e, want := range map[*engine]string{first: tokyo, second: "us-east-1"} {
		region, err := e.invoke("aws:index/getRegion:getRegion", nil)
		require.NoError(t, err)
		assert.Equal(t, want, region["name"])
	}
	_, err := w.dial().create(userType, "alice", props{"name": "alice"})
	assert.Equal(t, codes.FailedPrecondition, status.Code(err), "a provider that was not configured made something")
}

// A partition and an account's partition show in every ARN.
func TestThePartitionOfTheAccountShowsInARNs(t *testing.T) {
	w := newWorldOf(t, "aws", provider.Credentials{Ambient: "555555555555"}, nil)
	require.NoError(t, w.cloud.AddAccount("555555555555", policy.AWSChina))
	e := w.configured(props{"region": "cn-north-1"})
	assert.Equal(
		t,
		"arn:aws-cn:iam::555555555555:user/alice",
		e.mustCreate(userType, "alice", props{"name": "alice"}).out("arn"),
	)
	p, err := e.invoke("aws:index/getPartition:getPartition", nil)
	require.NoError(t, err)
	assert.Equal(t, "aws-cn", p["partition"])
	assert.Equal(t, "amazonaws.com.cn", p["dnsSuffix"])
}

// What the sandbox does not know is refused, never ignored.
func TestUnknownTypesFunctionsAndPropertiesAreRefused(t *testing.T) {
	e := newWorld(t, nil).engine()
	_, _, err := e.check("aws:s3/bucket:Bucket", "b", nil, props{})
	assert.ErrorContains(t, err, "unrecognized resource type (Check): aws:s3/bucket:Bucket")
	_, err = e.invoke("aws:iam/getSessionContext:getSessionContext", nil)
	assert.ErrorContains(t, err, "unrecognized data function (Invoke): aws:iam/getSessionContext:getSessionContext")
	_, err = e.invoke("aws:index/getCallerIdentity:getCallerIdentity", props{"account": "x"})
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
		_, reasons, err := e.check(userType, "a", nil, in)
		require.NoError(t, err)
		require.Len(t, reasons, 1)
		assert.True(t, strings.HasPrefix(reasons[0], want), "%s", reasons[0])
	}
	for want, in := range map[string]props{
		`missing required property "assumeRolePolicy"`: {"name": "r"},
		"the sandbox does not model": {"name": "r", "assumeRolePolicy": trust,
			"managedPolicyArns": []any{}},
		"contains an invalid JSON policy": {"name": "r", "assumeRolePolicy": "{"},
		"leading space characters":        {"name": "r", "assumeRolePolicy": " " + trust},
		"in the range (3600 - 43200)": {"name": "r", "assumeRolePolicy": trust,
			"maxSessionDuration": 60},
		"to have a length of 1 to 64 bytes, got 65": {"name": strings.Repeat("r", 65), "assumeRolePolicy": trust},
	} {
		_, reasons, err := e.check(roleType, "r", nil, in)
		require.NoError(t, err)
		require.Len(t, reasons, 1, "%v", reasons)
		assert.Contains(t, reasons[0], want)
	}
}

// A preview knows the inputs, does not know what AWS will choose, and changes nothing.
func TestAPreviewMakesNothing(t *testing.T) {
	w := newWorld(t, nil)
	e := w.engine()
	inputs, _, err := e.check(userType, "alice", nil, props{"name": "alice"})
	require.NoError(t, err)
	response, err := e.client.Create(
		context.Background(),
		&pulumirpc.CreateRequest{Urn: urn(userType, "alice"), Properties: inputs, Preview: true},
	)
	require.NoError(t, err)
	assert.Empty(t, response.Id)
	state := response.Properties.AsMap()
	assert.Equal(t, "alice", state["name"])
	assert.Equal(t, plugin.UnknownStringValue, state["arn"])
	assert.Empty(t, w.cloud.Snapshot().Accounts[home].Users)

	const documentType = "aws:ssm/document:Document"
	m := e.mustCreate(documentType, "d", props{"name": "shell", "documentType": "Session", "content": preferences})
	changed, _, err := e.check(
		documentType,
		"d",
		m.inputs,
		props{"name": "shell", "documentType": "Session", "content": strings.Replace(preferences, `"60"`, `"30"`, 1)},
	)
	require.NoError(t, err)
	update, err := e.client.Update(context.Background(), &pulumirpc.UpdateRequest{
		Id: m.id, Urn: urn(documentType, "d"), Olds: m.outputs, News: changed, Preview: true,
	})
	require.NoError(t, err)
	state = update.Properties.AsMap()
	assert.Equal(t, m.out("arn"), state["arn"], "what does not change is known")
	assert.Equal(t, plugin.UnknownStringValue, state["latestVersion"], "what follows the content is not")
	assert.Equal(t, preferences, w.cloud.Snapshot().Accounts[home].Documents[tokyo+"/shell"].Content())
}

// An input that is not known yet counts as a change, and is checked when it is known.
func TestUnknownInputsCountAsChanges(t *testing.T) {
	e := newWorld(t, nil).engine()
	m := e.mustCreate(roleType, "ops", props{"name": "ops", "assumeRolePolicy": trust})
	d := e.diff(m, props{"name": "ops", "assumeRolePolicy": plugin.UnknownStringValue})
	assert.Equal(t, []string{"assumeRolePolicy"}, d.Diffs)
	d = e.diff(m, props{"name": plugin.UnknownStringValue, "assumeRolePolicy": trust})
	assert.Equal(t, []string{"name"}, d.Replaces)
}

// Errors read as the real provider prints them.
func TestErrorsReadLikeTheRealProviders(t *testing.T) {
	e := newWorld(t, nil).engine()
	e.mustCreate(userType, "alice", props{"name": "alice"})
	_, err := e.create(userType, "again", props{"name": "Alice"})
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
	w := newWorld(t, &api.Faults{Rules: []api.FaultRule{{Call: "GetUser", Fault: api.ThrottledForGood}}})
	e := w.engine()
	_, err := e.create(userType, "alice", props{"name": "alice"})
	require.Error(t, err)
	require.Len(t, details(err), 1)
	unfinished, ok := details(err)[0].(*pulumirpc.ErrorResourceInitFailed)
	require.True(t, ok)
	assert.Equal(t, "alice", unfinished.Id)
	assert.Contains(t, unfinished.Reasons[0], "reading IAM User (alice)")
	assert.Equal(t, "alice", unfinished.Properties.AsMap()["name"])
}

// A lost reply looks to the engine like a provider that died, and the effect is there.
func TestALostReplyLeavesItsEffect(t *testing.T) {
	w := newWorld(t, &api.Faults{Rules: []api.FaultRule{
		{
			Call:  "Create " + userType,
			Fault: api.LostReply,
		},
		{Call: "Update " + groupType, Fault: api.LostReply},
		{Call: "Delete " + groupType, Fault: api.LostReply},
	}})
	e := w.engine()
	_, err := e.create(userType, "alice", props{"name": "alice"})
	assert.Equal(t, codes.Unavailable, status.Code(err))
	assert.Contains(t, w.cloud.Snapshot().Accounts[home].Users, "alice")
	m := e.mustCreate(groupType, "mfa", props{"name": "mfa"})
	assert.Equal(t, codes.Unavailable, status.Code(e.update(m, props{"name": "mfa", "path": "/g/"})))
	assert.Equal(t, "/g/", w.cloud.Snapshot().Accounts[home].Groups["mfa"].Path)
	assert.Equal(t, codes.Unavailable, status.Code(e.remove(m)))
	assert.Empty(t, w.cloud.Snapshot().Accounts[home].Groups)
}

// Throttling that passes costs nothing but time.
func TestThrottlingThatPassesIsNotSeen(t *testing.T) {
	w := newWorld(
		t,
		&api.Faults{Delay: time.Millisecond, Rates: map[api.Fault]float64{api.Throttled: 0.5, api.Slow: 0.5}},
	)
	e := w.engine()
	for _, name := range []string{"a", "b", "c"} {
		m := e.mustCreate(userType, name, props{"name": name})
		require.NoError(t, e.remove(m))
	}
}

// The engine stops providers without asking twice.
func TestTheProviderAnswersWhatEnginesAskOfAll(t *testing.T) {
	e := newWorld(t, nil).dial()
	ctx := context.Background()
	info, err := e.client.GetPluginInfo(ctx, &emptypb.Empty{})
	require.NoError(t, err)
	assert.Equal(t, "6.83.2", info.Version)
	_, err = e.client.Cancel(ctx, &emptypb.Empty{})
	assert.NoError(t, err)
	schema, err := e.client.GetSchema(ctx, &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"aws"}`, schema.Schema)
	_, err = provider.Serve("azure", provider.Options{})
	assert.ErrorContains(t, err, `no provider "azure"`)
}

// A provider whose settings change is updated, never replaced.
func TestAProviderIsNeverReplaced(t *testing.T) {
	e := newWorld(t, nil).dial()
	diff := func(olds, news props) *pulumirpc.DiffResponse {
		response, err := e.client.DiffConfig(
			context.Background(),
			&pulumirpc.DiffRequest{Urn: urn("pulumi:providers:aws", "p"), Olds: e.pack(olds), News: e.pack(news)},
		)
		require.NoError(t, err)
		assert.Empty(t, response.Replaces)
		return response
	}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, diff(props{"region": tokyo}, props{"region": tokyo}).Changes)
	assert.Equal(
		t,
		pulumirpc.DiffResponse_DIFF_SOME,
		diff(props{"region": tokyo}, props{"region": "us-east-1"}).Changes,
	)
}

// Functions answer what the account is called and what a Region is, and say where there is nothing.
func TestFunctionsAnswerWhatTheAccountIsCalled(t *testing.T) {
	w := newWorld(t, nil)
	e := w.engine()
	_, err := e.invoke("aws:iam/getAccountAlias:getAccountAlias", nil)
	assert.ErrorContains(t, err, "empty result")
	require.NoError(t, w.iam().CreateAccountAlias(context.Background(), "jump"))
	alias, err := e.invoke("aws:iam/getAccountAlias:getAccountAlias", nil)
	require.NoError(t, err)
	assert.Equal(t, "jump", alias["accountAlias"])
	_, err = e.invoke("aws:index/getRegion:getRegion", props{"name": "tokyo"})
	assert.ErrorContains(t, err, "invoking aws:index/getRegion:getRegion")
}

// Lists, policies and ARNs that are not what they should be are refused before AWS sees them.
func TestMisshapenInputsAreRefused(t *testing.T) {
	e := newWorld(t, nil).engine()
	for want, c := range map[string]struct {
		token string
		in    props
	}{
		`expected type of "groups" to be a list`:    {membershipType, props{"user": "a", "groups": "mfa"}},
		`expected type of "groups[0]" to be string`: {membershipType, props{"user": "a", "groups": []any{1}}},
		`expected type of "tags" to be a map`:       {userType, props{"name": "a", "tags": []any{}}},
		`expected type of "maxSessionDuration" to be in`: {roleType,
			props{"name": "a", "assumeRolePolicy": trust, "maxSessionDuration": "1h"}},
		"is an invalid ARN": {"aws:iam/rolePolicyAttachment:RolePolicyAttachment",
			props{"role": "a", "policyArn": "ReadOnlyAccess"}},
		"not a JSON-encoded object": {policyType, props{"name": "a", "policy": `"{}"`}},
		"contains a JSON array":     {policyType, props{"name": "a", "policy": "[]"}},
		"not a JSON object":         {policyType, props{"name": "a", "policy": "policy"}},
		"is an empty string":        {policyType, props{"name": "a", "policy": ""}},
		"must match":                {policyType, props{"name": "a/b", "policy": read}},
		`expected type of "attributes" to be a list`: {attributesType,
			props{"instanceArn": instance, "attributes": "a"}},
		`expected type of "attributes[0]" to be an obj`: {attributesType,
			props{"instanceArn": instance, "attributes": []any{"a"}}},
		"expected to be one of": {"aws:ssoadmin/accountAssignment:AccountAssignment",
			props{"instanceArn": instance, "permissionSetArn": instance, "principalId": alice,
				"principalType": "PERSON", "targetId": home}},
	} {
		_, reasons, err := e.check(c.token, "x", nil, c.in)
		require.NoError(t, err)
		require.Len(t, reasons, 1, "%s: %v", want, reasons)
		assert.Contains(t, reasons[0], want)
	}
}
