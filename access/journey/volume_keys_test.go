package journey_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

const (
	keyAccount = "111122223333"
	ownKey     = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	otherKey   = "arn:aws:kms:us-east-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321"
)

// starter is an account with a user who starts every instance, with what else the user may do.
func starter(t *testing.T, nodes []world.Node, more ...policy.Statement) *engine.Engine {
	t.Helper()
	may := policy.New(
		append(
			[]policy.Statement{policy.Allow("Start", "ec2:StartInstances", "ec2:StopInstances").On("*")},
			more...)...)
	engine, err := engine.Compile(world.World{Accounts: []world.Account{
		{
			ID:    keyAccount,
			Users: []world.User{{Name: "alice", Inline: []world.InlinePolicy{{Name: "p", Document: may}}}},
			Nodes: nodes,
		},
	}})
	require.NoError(t, err)
	return engine
}

// grants lets EC2 make grants on keys.
func grants(keys ...string) policy.Statement {
	return policy.Allow("Keys", "kms:CreateGrant").On(keys...).When(policy.Bool("kms:GrantIsForAWSResource", true),
		policy.StringEquals("kms:ViaService", "ec2.us-east-1.amazonaws.com"))
}

// The start of an instance is as allowed as the use of the keys of its volumes: with a key that the caller may not
// have EC2 use the instance falls back to stopped, whoever says which keys there are. AWS's own key needs nothing;
// where nobody says, the answer does.
func TestAStartFallsBackWithoutTheKeyOfAVolume(t *testing.T) {
	aNode := func(keys []string) []world.Node {
		return []world.Node{{Kind: world.Instance, ID: "i-0a1b2c3d4e5f60718", Region: "us-east-1", VolumeKeys: keys}}
	}
	const unknown = "an instance with a volume under a customer managed KMS key"
	for name, c := range map[string]struct {
		may     []policy.Statement
		keys    []string
		allowed bool
		says    string
	}{
		"nothing on keys, nobody says": {nil, nil, true, unknown + " falls back to stopped"},
		"one key, nobody says": {[]policy.Statement{grants(ownKey)}, nil, true,
			unknown + " other than " + ownKey + " falls back"},
		"every key, nobody says": {[]policy.Statement{grants("arn:aws:kms:*:*:key/*")}, nil, true, ""},
		"no volume is encrypted": {nil, []string{}, true, ""},
		"AWS's own key":          {nil, []string{journey.AWSManagedEBSKey}, true, ""},
		"a key":                  {nil, []string{ownKey}, false, "the instance falls back to stopped"},
		"its key":                {[]policy.Statement{grants(ownKey)}, []string{ownKey}, true, ""},
		"another key": {[]policy.Statement{grants(otherKey)}, []string{ownKey}, false,
			"falls back"},
		"two keys, one of them": {[]policy.Statement{grants(ownKey)},
			[]string{journey.AWSManagedEBSKey, ownKey, otherKey}, false, "falls back"},
		"a denied key": {[]policy.Statement{grants("*"), policy.Deny("No", "kms:*").On(ownKey)},
			[]string{ownKey}, false, "falls back"},
		"a key for oneself, and not for EC2": {[]policy.Statement{policy.Allow("Own",
			"kms:CreateGrant").On("*").When(policy.Bool("kms:GrantIsForAWSResource",
			false))}, []string{ownKey}, false, "falls back"},
	} {
		for _, said := range []string{"by the world", "by the expectation"} {
			x := expectation.Expectation{It: name, As: "alice", Do: "ec2:StartInstances", Allowed: true}
			var nodes []world.Node
			if said == "by the world" {
				nodes = aNode(c.keys)
				x.On.ARN = "arn:aws:ec2:us-east-1:" + keyAccount + ":instance/i-0a1b2c3d4e5f60718"
			} else {
				x.On = expectation.Target{
					Instance:   map[string]string{"Project": "shop"},
					Region:     "us-east-1",
					VolumeKeys: c.keys,
				}
			}
			engine := starter(t, nodes, c.may...)
			r := expect.Check(engine, x)
			require.Empty(t, r.Problem, name)
			assert.Equal(t, c.allowed, r.Holds(), "%s, %s: %s", name, said, r.Why)
			if c.says == "" {
				assert.Empty(t, r.Arrival.FallsBack, "%s, %s", name, said)
			} else {
				assert.Contains(t, r.Arrival.FallsBack, c.says, "%s, %s", name, said)
			}
			x.Do = "ec2:StopInstances"
			x.On.VolumeKeys = nil
			r = expect.Check(engine, x)
			assert.True(t, r.Holds() && r.Arrival.FallsBack == "", "%s: stopping needs no key", name)
		}
	}
}

// Keys of volumes that no start can have are refused, by the field.
func TestKeysOfVolumesAreKeysOfTheInstance(t *testing.T) {
	engine := starter(t, nil)
	instance := expectation.Target{Instance: map[string]string{}, VolumeKeys: []string{ownKey}}
	for says, x := range map[string]expectation.Expectation{
		"goes with do: ec2:StartInstances": {Do: "ec2:StopInstances", On: instance},
		"on an instance alone":             {Opens: world.Shell, On: instance},
		"is not the ARN of a KMS key": {Do: "ec2:StartInstances",
			On: expectation.Target{Instance: map[string]string{}, VolumeKeys: []string{"alias/volumes"}}},
		"a volume in eu-west-1 has a key of that": {Do: "ec2:StartInstances",
			On: expectation.Target{Instance: map[string]string{}, Region: "eu-west-1", VolumeKeys: []string{ownKey}}},
	} {
		x.It, x.As, x.Allowed = says, "alice", true
		r := expect.Check(engine, x)
		assert.Equal(t, "on.volumeKeys", r.Field, says)
		assert.Contains(t, r.Problem.Error(), says)
	}
}

// Every door that journeys open is a way of the table of doors, and every way of the table is a door that they open.
func TestJourneysOpenTheWaysOfTheTable(t *testing.T) {
	kinds := map[world.DoorKind]bool{}
	for _, kind := range world.Doors() {
		kinds[kind] = true
		way, known := doors.WayNamed(string(kind))
		assert.True(t, known && way.Does != "", "%s", kind)
	}
	for _, row := range doors.Table() {
		for _, way := range row.Ways {
			assert.True(t, kinds[world.DoorKind(way.Name)], "%s: no journey opens it", way.Name)
			assert.Contains(t, row.Actions, way.Action, way.Name)
			delete(kinds, world.DoorKind(way.Name))
		}
	}
	assert.Empty(t, kinds, "a way stands twice or not at all")
}
