package journey_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// shellUnder opens a shell of alice's, under preferences with the inputs and below a service control policy.
func shellUnder(t *testing.T, inputs map[string]any, profile string, deny ...policy.Statement) journey.Arrival {
	t.Helper()
	inputs["runAsEnabled"], inputs["runAsDefaultUser"] = true, "dev"
	content, err := json.Marshal(map[string]any{"sessionType": "Standard_Stream", "inputs": inputs})
	require.NoError(t, err)
	key, _ := inputs["kmsKeyId"].(string)
	may := policy.New(policy.Allow("May", "ssm:StartSession", "ssmmessages:*", "kms:GenerateDataKey").On("*"))
	all := world.ServiceControlPolicy{
		Name: "FullAWSAccess", Document: policy.New(policy.Allow("All", "*").On("*")),
	}
	mine := world.ServiceControlPolicy{Name: "mine", Document: policy.New(deny...)}
	root := world.Unit{ID: "r-exam", Policies: []world.ServiceControlPolicy{all, mine}, Accounts: []world.OrganizationAccount{
		{ID: keyAccount, Policies: []world.ServiceControlPolicy{all}},
	}}
	e, err := engine.Compile(world.World{
		Organization: &world.Organization{ID: "o-exampleorgid", Management: "999999999999", Root: root},
		Accounts: []world.Account{{
			ID:    keyAccount,
			Users: []world.User{{Name: "alice", Inline: []world.InlinePolicy{{Name: "p", Document: may}}}},
			Documents: []world.SessionDocument{{
				Name: world.PreferencesDocument, Region: "us-east-1", Type: "Session", Owner: keyAccount,
				Content: string(content),
			}},
			Preferences: []world.SessionPreferences{{
				Region: "us-east-1", RunAs: true, DefaultUser: "dev", KMSKey: key,
			}},
		}},
	})
	require.NoError(t, err)
	arrival, err := journey.Walk(e, journey.Journey{
		From: engine.Console("arn:aws:iam::" + keyAccount + ":user/alice"),
		Opens: &journey.Door{Kind: world.Shell, Node: world.Node{
			Kind: world.Instance, ID: "i-0a1b2c3d4e5f60718", Region: "us-east-1", Profile: profile,
		}},
	})
	require.NoError(t, err)
	return arrival
}

// What the agent does besides opening its channels is asked for where the preferences want it: what must be ends the
// session, a log that is not written is said, and nothing is said of what the preferences do not name or what a Deny
// leaves to the role of the node.
func TestTheAgentWritesTheLogAndReadsTheKey(t *testing.T) {
	const key, node = ownKey, "arn:aws:iam::" + keyAccount + ":role/nodes"
	group := map[string]any{"cloudWatchLogGroupName": "/sessions"}
	strictGroup := map[string]any{"cloudWatchLogGroupName": "/sessions", "cloudWatchEncryptionEnabled": true}
	bucket := map[string]any{"s3BucketName": "example-sessions", "s3KeyPrefix": "shells"}
	strictBucket := map[string]any{"s3BucketName": "example-sessions", "s3EncryptionEnabled": true}
	keyed := map[string]any{"kmsKeyId": key}
	no := func(action string, on ...string) policy.Statement {
		if on == nil {
			on = []string{"*"}
		}
		return policy.Deny("No", action).On(on...)
	}
	but := func(st policy.Statement) policy.Statement {
		return st.When(policy.ArnNotLike("aws:PrincipalArn", node, "arn:aws:iam::*:user/*"))
	}
	for name, c := range map[string]struct {
		inputs  map[string]any
		deny    policy.Statement
		profile string
		ends    bool
		lacks   []string
	}{
		"no log, and none is allowed": {map[string]any{}, no("logs:*"), "", false, nil},
		"no log in the group":         {group, no("logs:PutLogEvents"), "", false, []string{"agent/logs:PutLogEvents"}},
		"no stream in the group": {group, no("logs:*", "arn:aws:logs:*:*:log-group:/sessions:*"), "", false,
			[]string{"agent/logs:CreateLogStream", "agent/logs:PutLogEvents"}},
		"another group":            {group, no("logs:*", "arn:aws:logs:*:*:log-group:/other:*"), "", false, nil},
		"the group is not checked": {group, no("logs:DescribeLogGroups"), "", false, nil},
		"the group must be":        {strictGroup, no("logs:DescribeLogGroups"), "", true, nil},
		"no log in the bucket":     {bucket, no("s3:PutObject"), "", false, []string{"agent/s3:PutObject"}},
		"no log under the prefix": {bucket, no("s3:PutObject", "arn:aws:s3:::example-sessions/shells/*"), "", false,
			[]string{"agent/s3:PutObject"}},
		"another prefix":            {bucket, no("s3:PutObject", "arn:aws:s3:::example-sessions/x/*"), "", false, nil},
		"the bucket is not checked": {bucket, no("s3:GetEncryptionConfiguration"), "", false, nil},
		"the bucket must be":        {strictBucket, no("s3:Get*"), "", true, nil},
		"the key":                   {keyed, no("kms:Decrypt"), "", true, nil},
		"the key by its ARN":        {keyed, no("kms:*", key).When(policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::*:role/*")), "", true, nil},
		"another key":               {keyed, no("kms:Decrypt", otherKey), "", false, nil},
		"messages of older agents": {map[string]any{}, no("ec2messages:*"), "", false,
			[]string{"agent/ec2messages:AcknowledgeMessage"}},
		"the key, but for the nodes": {keyed, but(no("kms:Decrypt")), node, false, nil},
		"the log, but for the nodes": {group, but(no("logs:*")), node, false, nil},
		"the log, but for other nodes": {group, but(no("logs:PutLogEvents")), node + "-old", false,
			[]string{"agent/logs:PutLogEvents"}},
		"the log, but for a role that the node may have": {group, but(no("logs:PutLogEvents")), "", false,
			[]string{"agent/logs:PutLogEvents"}},
	} {
		a := shellUnder(t, c.inputs, c.profile, c.deny)
		assert.Equal(t, !c.ends, a.Allowed(), "%s\n%s", name, a)
		var lacks []string
		for _, lack := range a.Lacks {
			lacks = append(lacks, lack.ID)
			assert.Contains(t, a.String(), "goes without: "+lack.Text, name)
			assert.Contains(t, lack.Text, "service control policy mine, statement No", name)
		}
		assert.Equal(t, c.lacks, lacks, name)
		if c.ends {
			assert.Contains(t, a.By().String(), "service control policy mine, statement No", name)
		}
	}
}

// Where nobody says as which role the node runs, a key that a Deny leaves to a role is read by a node of that role.
func TestTheKeyIsReadByARoleThatIsLeftOut(t *testing.T) {
	const nodes = "arn:aws:iam::" + keyAccount + ":role/nodes"
	deny := policy.Deny("No", "kms:Decrypt").On("*").When(policy.ArnNotLike("aws:PrincipalArn", nodes))
	a := shellUnder(t, map[string]any{"kmsKeyId": ownKey}, "", deny)
	assert.True(t, a.Allowed(), "%s", a)
	assert.Equal(t, nodes, a.NodeRole)
}
