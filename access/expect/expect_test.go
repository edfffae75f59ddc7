package expect

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

const roleOfProject1 = "TestProject1-os-user1"

func tagged(key, value string) expectation.Target {
	return expectation.Target{Instance: map[string]string{key: value}}
}

func ownNode() expectation.Target { return tagged("Project", "Test Project 1") }

func otherNode() expectation.Target { return tagged("Project", "Test Project 2") }

// expecting judges an expectation in a world, with the sentence "it".
func expecting(t *testing.T, w world.World, x expectation.Expectation) ExpectationResult {
	t.Helper()
	x.It = "it"
	return Check(fixture.Compiled(t, w.WithStrangers()), x)
}

// Every step of the journey is decided, and the result says which one decided and by what.
func TestExpectationsNameTheStepThatDecided(t *testing.T) {
	door := expectation.Expectation{As: "alice", MFA: true, Via: roleOfProject1, Opens: world.Shell, On: ownNode()}
	with := func(change func(*expectation.Expectation)) expectation.Expectation {
		x := door
		change(&x)
		return x
	}
	for name, c := range map[string]struct {
		x        expectation.Expectation
		verdict  prove.Verdict
		got, at  string
		onTheWay bool
		why      string
	}{
		"a shell on their own project": {with(func(x *expectation.Expectation) { x.OSUser = "os-user1" }), prove.Holds,
			"OS user os-user1",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, "allowed by operation/StartSessionOnOwnProjectNodes; no statement denies it"},
		"another OS user": {with(func(x *expectation.Expectation) { x.OSUser = "os-user2" }), prove.DoesNotHold,
			"OS user os-user1", "", false, "the shell starts as os-user1"},
		"another project, denied": {with(func(x *expectation.Expectation) { x.On, x.Denied = otherNode(), true }),
			prove.Holds, "DENIED",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, "denied at ssm:StartSession on " +
				"instance/i-0123456789abcdef0: no policy of role/TestProject1-os-user1 allows it"},
		"another project, allowed": {with(func(x *expectation.Expectation) { x.On, x.Allowed = otherNode(), true }),
			prove.DoesNotHold, "DENIED",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, `nearest: operation/StartSessionOnOwnProjectNodes, but aws:ResourceTag/Project is "Test Project 2"`},
		"their own project, denied": {with(func(x *expectation.Expectation) { x.Denied = true }), prove.DoesNotHold,
			"ALLOWED",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, "allowed by operation/StartSessionOnOwnProjectNodes"},
		"a node without tags": {with(func(x *expectation.Expectation) {
			x.On, x.Denied = expectation.Target{Instance: map[string]string{}}, true
		}), prove.Holds, "DENIED",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, "no policy of role/TestProject1-os-user1 " +
				"allows it"},
		"without MFA": {with(func(x *expectation.Expectation) { x.MFA, x.Denied = false, true }), prove.Holds, "DENIED",
			"sts:AssumeRole on role/guardrails/operation/TestProject1-os-user1", true, "by mfa-guard/DenyAllExceptListedIfNoMFA"},
		"with old MFA": {with(func(x *expectation.Expectation) { x.MFAAge, x.Denied = 2*time.Hour, true }), prove.Holds,
			"DENIED",
			"sts:AssumeRole on role/guardrails/operation/TestProject1-os-user1", true, "its trust policy does not let " +
				"the caller in"},
		"another person": {with(func(x *expectation.Expectation) { x.As, x.Allowed = "bobby", true }),
			prove.DoesNotHold, "DENIED",
			"sts:AssumeRole on role/guardrails/operation/TestProject1-os-user1", true, "denied on the way, at " +
				"sts:AssumeRole"},
		"a session named after another": {with(func(x *expectation.Expectation) {
			x.SessionName, x.Denied = "bob",
				true
		}), prove.Holds, "DENIED",
			"sts:AssumeRole on role/guardrails/operation/TestProject1-os-user1", true, "its trust policy does not let " +
				"the caller in"},
		"a key": {with(func(x *expectation.Expectation) {
			x.Session, x.MFA, x.Denied = expectation.SignInKey, false,
				true
		}), prove.Holds, "DENIED",
			"sts:AssumeRole on role/guardrails/operation/TestProject1-os-user1", true, "DenyAllExceptListedIfNoMFA"},
		"a key with a code": {with(func(x *expectation.Expectation) {
			x.Session, x.Opens, x.Allowed = expectation.SignInKeyWithMFACode, world.Port, true
		}), prove.Holds, "ALLOWED",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, ""},
		"a session token": {with(func(x *expectation.Expectation) {
			x.Session, x.MFAAge, x.OSUser = expectation.SignInSessionToken, 59*time.Minute, "os-user1"
		}), prove.Holds, "OS user os-user1",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, ""},
		"a session token without MFA": {with(func(x *expectation.Expectation) {
			x.Session, x.MFA, x.Denied = expectation.SignInSessionToken, false, true
		}), prove.Holds, "DENIED",
			"sts:AssumeRole on role/guardrails/operation/TestProject1-os-user1", true, ""},
		"commands as root": {with(func(x *expectation.Expectation) { x.Opens, x.Denied = world.SendCommand, true }),
			prove.Holds, "DENIED",
			"ssm:SendCommand on instance/i-0123456789abcdef0", false, "by operation/DenyWaysAroundAbac"},
		"a document that is not listed": {with(func(x *expectation.Expectation) {
			x.On.Document,
				x.Denied = "AWS-StartSSHSession", true
		}), prove.Holds, "DENIED",
			"ssm:StartSession on document/AWS-StartSSHSession", false, "no policy of role/TestProject1-os-user1 " +
				"allows it"},
		"the role by its ARN": {with(func(x *expectation.Expectation) {
			x.Via,
				x.OSUser = fixture.OperationRole(roleOfProject1), "os-user1"
		}), prove.Holds, "OS user os-user1",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, ""},
		"the person by alias": {with(func(x *expectation.Expectation) { x.As, x.OSUser = "jump/alice", "os-user1" }),
			prove.Holds, "OS user os-user1",
			"ssm:StartSession on instance/i-0123456789abcdef0", false, ""},
		"a role without OS user": {with(func(x *expectation.Expectation) {
			x.As, x.Via, x.Denied = "bob", "nobody",
				true
		}), prove.Holds, "DENIED", "", false,
			"fails: neither a tag SSMSessionRunAs nor a default user names one"},
		"an action on its own instance": {with(func(x *expectation.Expectation) {
			x.Opens, x.Do, x.Allowed = "",
				"ec2:StopInstances", true
		}), prove.Holds, "ALLOWED",
			"ec2:StopInstances on instance/i-0123456789abcdef0", false, ""},
		"an action on another": {with(func(x *expectation.Expectation) {
			x.Opens, x.Do, x.On, x.Denied = "", "ec2:StopInstances", otherNode(), true
		}), prove.Holds, "DENIED",
			"ec2:StopInstances on instance/i-0123456789abcdef0", false, ""},
		"an action without a resource": {expectation.Expectation{As: "alice", MFA: true, Via: roleOfProject1,
			Do: "ec2:DescribeInstances", Allowed: true}, prove.Holds, "ALLOWED",
			"ec2:DescribeInstances", false, ""},
		"another user's device": {expectation.Expectation{As: "bob", MFA: true, Do: "iam:DeactivateMFADevice",
			On: expectation.Target{User: "bobby"}, Denied: true}, prove.Holds, "DENIED",
			"iam:DeactivateMFADevice on user/bobby", false, ""},
		"a tag that decides access, in another case": {expectation.Expectation{As: "bob", MFA: true, Do: "iam:TagUser",
			On:   expectation.Target{User: "bob"},
			With: engine.Context{"aws:RequestTag/project": {"Test Project 2"}}, Denied: true}, prove.Holds, "DENIED", "iam:TagUser on user/bob", false, "by mfa-guard/DenyTouchingAuthorizationTags"},
		"assuming a role": {expectation.Expectation{As: "bob", MFA: true, Do: "sts:AssumeRole",
			On: expectation.Target{Role: roleOfProject1}, Allowed: true}, prove.Holds, "ALLOWED",
			"sts:AssumeRole on role/guardrails/operation/TestProject1-os-user1", false, ""},
		"assuming a role under another name": {expectation.Expectation{As: "bob", MFA: true, Do: "sts:AssumeRole",
			On: expectation.Target{Role: roleOfProject1}, SessionName: "alice", Denied: true}, prove.Holds,
			"DENIED", "sts:AssumeRole on role/guardrails/operation/TestProject1-os-user1", false, ""},
		"a document of the account": {expectation.Expectation{As: "alice", MFA: true, Via: roleOfProject1,
			Do: "ssm:UpdateDocument", On: expectation.Target{Document: world.PreferencesDocument}, Denied: true},
			prove.Holds, "DENIED", "ssm:UpdateDocument on document/SSM-SessionManagerRunShell", false, ""},
		"something by its ARN": {expectation.Expectation{As: "alice", Do: "iam:CreateVirtualMFADevice",
			On: expectation.Target{ARN: "arn:aws:iam::" + fixture.People + ":mfa/phone"}, Allowed: true},
			prove.Holds, "ALLOWED", "iam:CreateVirtualMFADevice on mfa/phone", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := expecting(t, fixture.DevWorld(), c.x)
			require.Empty(t, r.Problem)
			assert.Equal(t, c.verdict, r.Verdict)
			assert.Equal(t, c.got, r.Got)
			assert.Equal(t, c.at, r.At)
			assert.Equal(t, c.onTheWay, r.OnTheWay)
			assert.Contains(t, r.Why, c.why)
			assert.NotEmpty(t, r.Arrival.Steps)
			assert.Equal(t, c.verdict == prove.Holds, r.Holds())
		})
	}
}

// A tag that the policies of some user or role read is no misspelling, whoever is asked about; one that
// nobody reads is refused, with the tags that decide.
func TestATagOfAnInstanceIsOneThatSomebodyReads(t *testing.T) {
	w := fixture.DevWorld()
	account := &w.Accounts[0]
	for i := range w.Accounts {
		if w.Accounts[i].ID == fixture.People {
			account = &w.Accounts[i]
		}
	}
	team := policy.Allow("Team", "ssm:StartSession").On("*").When(policy.StringEquals("aws:ResourceTag/Team", "a"))
	trust := policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.UserARN("alice")))
	account.Roles = append(account.Roles, world.Role{
		Name: "plain", Trust: policy.New(trust),
		Inline: []world.InlinePolicy{{Name: "team", Document: policy.New(team)}},
	})
	for tag, says := range map[string]string{
		"Team": "", "Project": "", "project": "",
		"Projct": "policies read Team; write a value for one of them in on.instance",
		"Owner":  "policies read Team; write a value for one of them in on.instance",
	} {
		r := expecting(t, w, expectation.Expectation{
			As: "alice", MFA: true, Via: "plain", Opens: world.Shell, On: tagged(tag, "b"), Denied: true,
		})
		if says == "" {
			assert.Empty(t, r.Problem, tag)
			assert.Equal(t, prove.Holds, r.Verdict, "%s: %s", tag, r)
			continue
		}
		require.NotNil(t, r.Problem, tag)
		assert.Contains(t, r.Problem.Error(), says, tag)
	}
}

// What does not exist, what AWS could not decide, and what would be true of a misspelt name is a failure, and says
// what to write.
func TestAnExpectationThatCannotBeJudgedFails(t *testing.T) {
	door := expectation.Expectation{
		As:     "alice",
		MFA:    true,
		Via:    roleOfProject1,
		Opens:  world.Shell,
		On:     ownNode(),
		Denied: true,
	}
	call := expectation.Expectation{
		As:     "alice",
		MFA:    true,
		Do:     "iam:DeactivateMFADevice",
		On:     expectation.Target{User: "bob"},
		Denied: true,
	}
	for name, c := range map[string]struct {
		from   expectation.Expectation
		change func(*expectation.Expectation)
		field  string
		says   string
	}{
		"no person": {door, func(x *expectation.Expectation) { x.As = "" }, "as",
			"name the person"},
		"a person who does not exist": {door, func(x *expectation.Expectation) { x.As = "alicia" }, "as",
			`"alicia" is no user of account 111122223333; did you mean "alice"?`},
		"a person in another case": {door, func(x *expectation.Expectation) { x.As = "Alice" }, "as",
			`did you mean "alice"?`},
		"a person of no account": {door, func(x *expectation.Expectation) { x.As = "jmup/alice" }, "as",
			"names an account that this world does not have"},
		"a stranger whom nobody names": {door,
			func(x *expectation.Expectation) { x.As = "arn:aws:iam::444455556666:user/alice" }, "as", "by itself or " +
				"from a trust policy"},
		"a role as the person": {door,
			func(x *expectation.Expectation) { x.As = fixture.OperationRole(roleOfProject1) }, "as", "is no user"},
		"a role that does not exist": {door, func(x *expectation.Expectation) { x.Via = "TestProject1-os-user" },
			"via", `did you mean "TestProject1-os-user1"?`},
		"a user as the role": {door, func(x *expectation.Expectation) { x.Via = "alice" }, "via",
			"is no role"},
		"no outcome": {door, func(x *expectation.Expectation) { x.Denied = false }, "",
			"has 0 outcomes"},
		"two outcomes": {door, func(x *expectation.Expectation) { x.Allowed = true }, "",
			"has 2 outcomes"},
		"a strange sign-in": {door, func(x *expectation.Expectation) { x.Session = "password" }, "session",
			"write one of console"},
		"a key with MFA": {door, func(x *expectation.Expectation) { x.Session = expectation.SignInKey },
			"mfa", "keyWithMfaCode"},
		"a code without MFA": {door,
			func(x *expectation.Expectation) {
				x.Session, x.MFA = expectation.SignInKeyWithMFACode,
					false
			}, "mfa", "session: key"},
		"an age without MFA": {door,
			func(x *expectation.Expectation) { x.MFA, x.MFAAge = false, time.Hour }, "mfaAge", "remove it"},
		"a session name without a role": {call, func(x *expectation.Expectation) { x.SessionName = "bob" },
			"sessionName", "write via"},
		"nothing that is tried": {door, func(x *expectation.Expectation) { x.Opens = "" }, "",
			"write one of do and opens"},
		"two things that are tried": {door, func(x *expectation.Expectation) { x.Do = "s3:GetObject" }, "",
			"write one of do and opens"},
		"a door that does not exist": {door, func(x *expectation.Expectation) { x.Opens = "window" }, "opens",
			"is not a door"},
		"keys for a door": {door,
			func(x *expectation.Expectation) { x.With = engine.Context{"aws:TagKeys": {"Project"}} }, "with", "is for the call of do"},
		"a login without a shell": {door,
			func(x *expectation.Expectation) {
				x.Denied, x.Opens, x.OSUser = false, world.Port,
					"os-user1"
			}, "osUser", "opens: shell"},
		"a door on nothing": {door, func(x *expectation.Expectation) { x.On = expectation.Target{} },
			"on.instance", "write the tags of one"},
		"a door on a user": {door, func(x *expectation.Expectation) { x.On.User = "bob" }, "on",
			"names more than a node"},
		"a tag that no policy reads": {door,
			func(x *expectation.Expectation) {
				x.On = tagged("Projct",
					"Test Project 2")
			}, "on.instance", `reads the tag "Projct", so this is the same as an instance without tags; did you mean "Project"?`},
		"a document that does not exist": {door, func(x *expectation.Expectation) { x.On.Document = "MyShell" },
			"on.document", `"MyShell" is no document of account 111122223333`},
		"a Region that does not exist": {door, func(x *expectation.Expectation) { x.On.Region = "ap-northest-1" },
			"on.region", "is not a Region"},
		"a Region of another partition": {door, func(x *expectation.Expectation) { x.On.Region = "cn-north-1" },
			"on.region", "is not a Region of account"},
		"a Region of a user": {call, func(x *expectation.Expectation) { x.On.Region = "us-east-1" },
			"on.region", "remove it"},
		"an action that does not exist": {call, func(x *expectation.Expectation) { x.Do = "iam:DeactivateMFADevise" },
			"do", `did you mean "iam:DeactivateMFADevice"?`},
		"a pattern of actions": {call, func(x *expectation.Expectation) { x.Do = "iam:*" }, "do",
			"is no action"},
		"an action on nothing": {call, func(x *expectation.Expectation) { x.On = expectation.Target{} }, "on",
			"iam:DeactivateMFADevice acts on user; write which"},
		"an action that acts on nothing": {call, func(x *expectation.Expectation) { x.Do = "ec2:DescribeInstances" },
			"on", "remove it"},
		"an action on the wrong thing": {call,
			func(x *expectation.Expectation) { x.Do = "iam:CreateVirtualMFADevice" }, "on", "iam:CreateVirtualMFADevice acts on mfa"},
		"an action on two things": {call, func(x *expectation.Expectation) { x.On.Role = roleOfProject1 }, "on",
			"write an expectation for each"},
		"an action on no user": {call, func(x *expectation.Expectation) { x.On.User = "bobb" }, "on.user",
			`did you mean "bob`},
		"an action on no role": {call,
			func(x *expectation.Expectation) {
				x.Do, x.On = "iam:DeleteRole",
					expectation.Target{Role: "x"}
			}, "on.role", "is no role"},
		"an action on no ARN": {call,
			func(x *expectation.Expectation) { x.On = expectation.Target{ARN: "bob"} }, "on.arn", ""},
		"an action on a pattern": {call,
			func(x *expectation.Expectation) { x.On = expectation.Target{ARN: fixture.UserARN("*")} }, "on.arn", "is a pattern"},
		"a session by its action": {call,
			func(x *expectation.Expectation) {
				x.Do, x.On = "ssm:StartSession",
					ownNode()
			}, "do", "write opens with the door"},
		"tags that are not said": {call, func(x *expectation.Expectation) { x.Do = "iam:TagUser" }, "with",
			"write aws:TagKeys with the keys"},
		"a key that AWS does not send": {call,
			func(x *expectation.Expectation) { x.With = engine.Context{"aws:RequestTag/Project": {"x"}} }, "with", "does not send with iam:DeactivateMFADevice"},
		"a key that follows": {call,
			func(x *expectation.Expectation) { x.With = engine.Context{"aws:username": {"bob"}} }, "", "follows from " +
				"the session"},
		"an account that does not exist": {call, func(x *expectation.Expectation) { x.Account = "999999999999" },
			"account", "no such account"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(
				t,
				expecting(t, fixture.DevWorld(), c.from).Problem,
				"test bug: the expectation is wrong before the change",
			)
			x := c.from
			c.change(&x)
			r := expecting(t, fixture.DevWorld(), x)
			assert.Equal(t, prove.DoesNotHold, r.Verdict)
			assert.Equal(t, c.field, r.Field)
			require.NotNil(t, r.Problem)
			assert.Contains(t, r.Problem.Error(), c.says)
			assert.Contains(t, r.String(), "FAIL  it\n      cannot be judged: ")
		})
	}
}

// The journeys of an expectation can be gone without expecting anything.
func TestJourneysOfAnExpectation(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	journeys, err := Journeys(
		e,
		expectation.Expectation{As: "alice", MFA: true, Via: roleOfProject1, Opens: world.Shell, On: ownNode()},
	)
	require.NoError(t, err)
	require.Len(t, journeys, 1)
	arrival, err := journey.Walk(e, journeys[0])
	require.NoError(t, err)
	assert.Equal(t, "os-user1", arrival.OSUser.Name)
	_, err = Journeys(e, expectation.Expectation{As: "alicia", Opens: world.Shell, On: ownNode()})
	assert.EqualError(t, err, `as: "alicia" is no user of account 111122223333; did you mean "alice"?`)
}

// A call that AWS decides on several things is decided on the one that is named and on any of the other kinds.
func TestACallOnSeveralThingsNamesOne(t *testing.T) {
	set := "arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-1111111111111111"
	x := expectation.Expectation{
		As:      "bob",
		Do:      "sso:DeletePermissionSet",
		On:      expectation.Target{ARN: set},
		Allowed: true,
	}
	both := fixture.OneUser(
		policy.Allow("Sets", "sso:DeletePermissionSet").On("arn:aws:sso:::permissionSet/*", "arn:aws:sso:::instance/*"),
	)
	r := expecting(t, both, x)
	assert.Equal(t, prove.Holds, r.Verdict, r.String())
	assert.Len(t, r.Arrival.Steps[1].Request.Resources, 2)
	one := fixture.OneUser(policy.Allow("Sets", "sso:DeletePermissionSet").On("arn:aws:sso:::permissionSet/*"))
	r = expecting(t, one, x)
	assert.Equal(t, prove.DoesNotHold, r.Verdict)
	assert.Equal(t, "sso:DeletePermissionSet on instance/InstanceId", r.At)
}

// A person of whom only a trust policy has the name meets an expectation under an assumption about its own account;
// what the role demands does not depend on it.
func TestStrangersMeetExpectationsUnderAssumptions(t *testing.T) {
	w := fixture.DevWorld()
	guest := "arn:aws:iam::" + fixture.Members + ":user/team/guest"
	w.Accounts[0].Roles[0].Trust = fixture.TrustWithMFA(fixture.UserARN("alice"), guest)
	door := expectation.Expectation{As: guest, MFA: true, Via: roleOfProject1, Opens: world.Shell, On: ownNode()}

	works := door
	works.OSUser = "os-user1"
	r := expecting(t, w, works)
	assert.Equal(t, prove.HoldsIf, r.Verdict)
	assert.Equal(
		t,
		[]prove.ProofAssumption{
			{
				ID:   fixture.Members,
				Text: "the policies of " + guest + " allow sts:AssumeRole on " + fixture.OperationRole(roleOfProject1),
			},
		},
		r.Assumptions,
	)
	assert.Equal(
		t,
		"ok    it\n      if the policies of "+guest+" allow sts:AssumeRole on "+fixture.OperationRole(
			roleOfProject1,
		)+" (444455556666)\n",
		r.String(),
	)

	shut := door
	shut.Denied = true
	r = expecting(t, w, shut)
	assert.Equal(t, prove.HoldsIf, r.Verdict)
	require.Len(t, r.Assumptions, 1)
	assert.Contains(t, r.Assumptions[0].Text, "do not allow sts:AssumeRole")

	shut.MFA = false
	assert.Equal(
		t,
		prove.Holds,
		expecting(t, w, shut).Verdict,
		"the trust policy wants MFA whatever the guest's account says",
	)
	wrong := works
	wrong.OSUser = "os-user2"
	assert.Equal(t, prove.DoesNotHold, expecting(t, w, wrong).Verdict, "no assumption changes the OS user")
}

// A managed policy whose document is not known is assumed not to allow what an expectation denies, and the other way
// round.
func TestUnknownPoliciesAreAssumptions(t *testing.T) {
	w := fixture.DevWorld()
	unknown := "arn:aws:iam::aws:policy/NotAtHand"
	w.Accounts[0].Roles[0].Attached = []string{unknown}
	x := expectation.Expectation{As: "alice", MFA: true, Via: roleOfProject1, Do: "s3:ListAllMyBuckets", Denied: true}
	r := expecting(t, w, x)
	assert.Equal(t, prove.HoldsIf, r.Verdict)
	assert.Equal(
		t,
		[]prove.ProofAssumption{{ID: unknown, Text: unknown + " does not allow s3:ListAllMyBuckets on *"}},
		r.Assumptions,
	)
	x.Denied, x.Allowed = false, true
	r = expecting(t, w, x)
	assert.Equal(t, prove.HoldsIf, r.Verdict)
	assert.Equal(
		t,
		[]prove.ProofAssumption{{ID: unknown, Text: unknown + " allows s3:ListAllMyBuckets on *"}},
		r.Assumptions,
	)
	x.Do, x.Allowed, x.Denied = "ec2:CreateTags", false, true
	x.On, x.With = ownNode(), engine.Context{"aws:RequestTag/Project": {"x"}}
	r = expecting(t, w, x)
	assert.Equal(t, prove.Holds, r.Verdict, "a Deny holds whatever the policy allows")
}

// A resource of another account has policies that the world does not have, and the trust policy of a role there may
// trust anybody.
func TestWhatIsInOtherAccountsIsAnAssumption(t *testing.T) {
	key := "arn:aws:kms:" + fixture.Tokyo + ":" + fixture.Members + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	w := fixture.OneUser(policy.Allow("Encrypt", "kms:Encrypt").On("*"))
	r := expecting(
		t,
		w,
		expectation.Expectation{As: "bob", Do: "kms:Encrypt", On: expectation.Target{ARN: key}, Denied: true},
	)
	assert.Equal(t, prove.HoldsIf, r.Verdict)
	assert.Equal(
		t,
		[]prove.ProofAssumption{
			{
				ID:   fixture.Members,
				Text: "the policies of " + key + " do not allow kms:Encrypt to " + fixture.UserARN("bob"),
			},
		},
		r.Assumptions,
	)

	far := "arn:aws:iam::" + fixture.Members + ":role/guardrails/operation/far"
	x := expectation.Expectation{
		As:     "alice",
		MFA:    true,
		Do:     "sts:AssumeRole",
		On:     expectation.Target{ARN: far},
		Denied: true,
	}
	r = expecting(t, fixture.DevWorld(), x)
	assert.Equal(t, prove.HoldsIf, r.Verdict)
	assert.Equal(
		t,
		[]prove.ProofAssumption{
			{
				ID:   fixture.Members,
				Text: "the trust policy of " + far + " does not allow sts:AssumeRole to " + fixture.UserARN("alice"),
			},
		},
		r.Assumptions,
	)
}

// Because holds the statement that decides: of a denial every Deny that applies counts, of an Allow every Allow.
func TestBecauseNamesTheDecidingStatement(t *testing.T) {
	x := expectation.Expectation{
		As:      "alice",
		Via:     roleOfProject1,
		Opens:   world.Shell,
		On:      ownNode(),
		Denied:  true,
		Because: "DenyAllExceptListedIfNoMFA",
	}
	assert.Equal(t, prove.Holds, expecting(t, fixture.DevWorld(), x).Verdict)
	x.Because = "DenyWaysAroundAbac"
	r := expecting(t, fixture.DevWorld(), x)
	assert.Equal(t, prove.DoesNotHold, r.Verdict)
	assert.Equal(t, "DENIED because of DenyWaysAroundAbac", r.Want)
	assert.Equal(t, "DENIED because of DenyAllExceptListedIfNoMFA", r.Got)

	x = expectation.Expectation{
		As:      "alice",
		MFA:     true,
		Via:     roleOfProject1,
		Opens:   world.Shell,
		On:      ownNode(),
		Allowed: true,
		Because: "UseApprovedSessionDocuments",
	}
	assert.Equal(
		t,
		prove.Holds,
		expecting(t, fixture.DevWorld(), x).Verdict,
		"the document is allowed by another statement than the node",
	)
	x.On, x.Allowed, x.Denied, x.Because = otherNode(), false, true, "StartSessionOnOwnProjectNodes"
	assert.Contains(t, expecting(t, fixture.DevWorld(), x).Got, "because of no statement at all")
}

// A node may be in any Region that has preferences, so an expectation is met in each of them.
func TestAnExpectationIsMetInEveryRegionWithPreferences(t *testing.T) {
	w := fixture.DevWorld()
	w.Accounts[0].Preferences = append(w.Accounts[0].Preferences, world.SessionPreferences{Region: "us-east-1"})
	x := expectation.Expectation{
		As:     "alice",
		MFA:    true,
		Via:    roleOfProject1,
		Opens:  world.Shell,
		On:     ownNode(),
		OSUser: "os-user1",
	}
	r := expecting(t, w, x)
	assert.Equal(t, prove.DoesNotHold, r.Verdict)
	assert.Equal(t, "OS user ssm-user", r.Got)
	assert.Contains(t, r.Object, " in us-east-1")
	assert.Contains(t, r.Why, "the preferences of us-east-1 leaves Run As off")
	x.On.Region = fixture.Tokyo
	assert.Equal(t, prove.Holds, expecting(t, w, x).Verdict)
}

// An expectation about what depends on the time says the time.
func TestAnExpectationThatDependsOnTheTimeSaysIt(t *testing.T) {
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	w := fixture.OneUser(policy.Allow("Today", "s3:ListAllMyBuckets").On("*").When(policy.Before(at)))
	x := expectation.Expectation{As: "bob", MFA: true, Do: "s3:ListAllMyBuckets", Denied: true}
	r := expecting(t, w, x)
	assert.Equal(t, prove.DoesNotHold, r.Verdict)
	assert.Contains(t, r.Problem.Fix, "set the Time of the request")
	x.At = at
	assert.Equal(t, prove.Holds, expecting(t, w, x).Verdict)
	x.At, x.Denied, x.Allowed = at.Add(-time.Second), false, true
	r = expecting(t, w, x)
	assert.Equal(t, prove.Holds, r.Verdict)
	assert.Contains(t, r.Object, "at 2026-12-01T08:59:59Z")
}

// A world of several accounts wants to know whose names are meant.
func TestNamesBelongToAnAccount(t *testing.T) {
	w := fixture.DevWorld()
	w.Accounts = append(
		w.Accounts,
		world.Account{ID: fixture.Members, Alias: "prod", Users: []world.User{{Name: "alice"}}},
	)
	x := expectation.Expectation{
		As:     "alice",
		MFA:    true,
		Do:     "iam:ListAccessKeys",
		On:     expectation.Target{User: "jump/alice"},
		Denied: true,
	}
	assert.Equal(t, "account", expecting(t, w, x).Field)
	x.Account = fixture.Members
	assert.Equal(t, prove.Holds, expecting(t, w, x).Verdict)
	x.As = fixture.People + "/alice"
	assert.Equal(t, prove.Holds, expecting(t, w, x).Verdict)
}

// The text names who, what, what was expected and what came of it, and by what.
func TestResultsReadAsSentences(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	denied := expectation.Expectation{
		It:     "another project stays shut",
		As:     "alice",
		MFA:    true,
		Via:    roleOfProject1,
		Opens:  world.Shell,
		On:     otherNode(),
		Denied: true,
	}
	assert.Equal(
		t,
		"ok    another project stays shut: denied at ssm:StartSession on instance/i-0123456789abcdef0: no policy of "+
			"role/TestProject1-os-user1 allows it\n",
		Check(e, denied).String(),
	)
	denied.On = ownNode()
	assert.Equal(t, "FAIL  another project stays shut\n"+
		"      alice (console with MFA) via TestProject1-os-user1 -> shell on an instance tagged Project=\"Test "+
		"Project 1\": expected DENIED, got ALLOWED\n"+
		"      allowed by operation/StartSessionOnOwnProjectNodes; no statement denies it\n", Check(e, denied).String())
	late := expectation.Expectation{
		It:          "old sign-ins do",
		As:          "alice",
		MFA:         true,
		MFAAge:      2 * time.Hour,
		Via:         roleOfProject1,
		SessionName: "alice",
		Do:          "ec2:StopInstances",
		On:          expectation.Target{Instance: map[string]string{}, Region: fixture.Tokyo},
		Allowed:     true,
	}
	assert.Contains(
		t,
		Check(e, late).String(),
		"alice (console with MFA 2h ago) via TestProject1-os-user1 named \"alice\" -> ec2:StopInstances on an "+
			"instance without tags in ap-northeast-1: expected ALLOWED, got DENIED",
	)
}

// Strangers are the users whom trust policies name and no account lists; the world that has them stays as it was.
func TestStrangersAreAdded(t *testing.T) {
	w := fixture.DevWorld()
	w.Accounts[0].Roles[0].Trust = fixture.TrustWithMFA(
		fixture.UserARN("alice"),
		fixture.UserARN("zoe"),
		"arn:aws:iam::"+fixture.Members+":user/team/guest",
		"arn:aws:iam::"+fixture.Members+":user/other",
	)
	with := w.WithStrangers()
	require.Len(t, w.Accounts, 1)
	require.Len(t, w.Accounts[0].Users, 4)
	require.Len(t, with.Accounts, 2)
	assert.Equal(t, world.User{Name: "zoe", Path: "/", Stranger: true}, with.Accounts[0].Users[4])
	assert.Equal(t, world.Account{ID: fixture.Members, Partition: policy.AWS, Partial: true, Users: []world.User{
		{Name: "other", Path: "/", Stranger: true}, {Name: "guest", Path: "/team/", Stranger: true}}}, with.Accounts[1])

	e := fixture.Compiled(t, with)
	guest := engine.ConsoleWithMFA("arn:aws:iam::"+fixture.Members+":user/team/guest", 0)
	request := engine.AssumeRole(fixture.OperationRole(roleOfProject1), "guest")
	assert.Equal(t, engine.ImplicitlyDenied, fixture.Decide(t, e, guest, request).Outcome)
	assert.Equal(
		t,
		engine.Allowed,
		fixture.Decide(t, e.Assuming(engine.UnknownAllowsEverything), guest, request).Outcome,
	)
	own := fixture.Decide(
		t,
		e.Assuming(engine.UnknownAllowsEverything),
		guest,
		engine.AssumeRole("arn:aws:iam::"+fixture.Members+":role/any", "guest"),
	)
	assert.Equal(
		t,
		"its trust policy is not known and is taken to trust everyone",
		own.Trust.Rule,
		"the account of a stranger has roles that are not listed",
	)
}

// From an instant on, an expectation that names no time is met at that instant and at every later one; what is over
// decides nothing, and a failure says when.
func TestAnExpectationHoldsFromNowOn(t *testing.T) {
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	past, soon, later := now.Add(-time.Hour), now.Add(time.Hour), now.Add(2*time.Hour)
	epoch := func(base policy.BaseOperator, at time.Time) policy.Condition {
		return policy.Is(policy.Operator{Base: base}, "aws:EpochTime", strconv.FormatInt(at.Unix(), 10)+".5")
	}
	everything := policy.Allow("All", "*").On("*")
	for name, c := range map[string]struct {
		statements []policy.Statement
		allowed    bool
		denied     bool
		when       string
	}{
		"an Allow that is over": {[]policy.Statement{policy.Allow("A", "*").On("*").When(policy.Before(past))},
			false, true, ""},
		"an Allow that ends": {[]policy.Statement{policy.Allow("A", "*").On("*").When(policy.Before(soon))},
			false, false, "2026-12-01T10:00:00Z"},
		"an Allow that began": {[]policy.Statement{policy.Allow("A", "*").On("*").When(policy.From(past))},
			true, false, ""},
		"an Allow that begins": {[]policy.Statement{policy.Allow("A", "*").On("*").When(policy.From(later))},
			false, false, "2026-12-01T09:00:00Z"},
		"a window that comes": {[]policy.Statement{policy.Allow("A", "*").On("*").When(policy.From(soon),
			policy.Before(later))}, false, false, ""},
		"a Deny that is over": {[]policy.Statement{everything,
			policy.Deny("D", "*").On("*").When(policy.Before(past))}, true, false, ""},
		"a Deny that comes": {[]policy.Statement{everything,
			policy.Deny("D", "*").On("*").When(policy.From(soon))}, false, false, "2026-12-01T10:00:00Z"},
		"an Allow that is over, seconds": {[]policy.Statement{policy.Allow("A",
			"*").On("*").When(epoch(policy.OpNumericLessThan, past))}, false, true, ""},
		"an Allow that begins, seconds": {[]policy.Statement{policy.Allow("A",
			"*").On("*").When(epoch(policy.OpNumericGreaterThan, soon))}, false, false, "2026-12-01T09:00:00Z"},
		"a Deny that comes, seconds": {[]policy.Statement{everything,
			policy.Deny("D", "*").On("*").When(epoch(policy.OpNumericGreaterThan,
				soon))}, false, false, "2026-12-01T10:00:01Z"},
		"sessions from before are over": {[]policy.Statement{everything,
			policy.Deny("D", "*").On("*").When(policy.Is(policy.Operator{Base: policy.OpDateLessThan},
				"aws:TokenIssueTime", past.Format(time.RFC3339)))}, true, false, ""},
	} {
		engine := fixture.Compiled(t, fixture.OneUser(c.statements...)).From(now)
		x := expectation.Expectation{It: name, As: "bob", MFA: true, Do: "s3:ListAllMyBuckets", Allowed: true}
		allowed := Check(engine, x)
		assert.Empty(t, allowed.Problem, name)
		assert.Equal(t, c.allowed, allowed.Holds(), "%s: %s", name, allowed)
		x.Allowed, x.Denied = false, true
		denied := Check(engine, x)
		assert.Equal(t, c.denied, denied.Holds(), "%s: %s", name, denied)
		if c.when != "" {
			assert.Contains(t, allowed.Object, "at "+c.when, name)
		}
		assert.True(t, denied.Expectation.At.IsZero(), name)
	}
	patterned := policy.Allow("A", "*").
		On("*").
		When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:CurrentTime", "2026-*"))
	r := Check(
		fixture.Compiled(t, fixture.OneUser(patterned)).From(now),
		expectation.Expectation{It: "x", As: "bob", MFA: true, Do: "s3:ListAllMyBuckets", Allowed: true},
	)
	assert.Contains(t, r.Problem.Fix, "set the Time of the request")
}

// A value that has "; " in it is told whole, and what to write stays apart from it.
func TestAValueIsNoPartOfWhatToWrite(t *testing.T) {
	x := expectation.Expectation{It: "it", As: "alice", Do: "s3:Get; Put", Allowed: true}
	r := expecting(t, fixture.DevWorld(), x)
	require.NotNil(t, r.Problem)
	assert.Equal(t, `"s3:Get; Put" is no action that AWS documents`, r.Problem.Why)
	assert.NotEmpty(t, r.Problem.Fix)
}
