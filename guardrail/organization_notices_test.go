package guardrail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
)

// lines are notices as they are printed.
func lines(n guardrail.Notices) []string {
	out := []string{}
	for _, notice := range n {
		out = append(out, notice.String())
	}
	return out
}

// A grant is reported from its end on and not a second earlier, with the instant by which its last shell has ended;
// what is deployed is the same.
func TestGrantsThatEndedAreReported(t *testing.T) {
	a := grantArgs()
	a.OSAccess.Sessions.MaxDuration = 90 * time.Minute
	grants := []*grant.Args{a}
	assert.Empty(t, grant.Notices(grants, a.From.Add(-time.Hour)))
	assert.Empty(t, grant.Notices(grants, a.Until.Add(-time.Second)))
	for _, now := range []time.Time{a.Until, a.Until.UTC(), a.Until.AddDate(1, 0, 0)} {
		assert.Equal(t, []string{
			"grants[0]: of jump/dave ended at 2030-12-01T13:00:00+09:00 (2030-12-01T04:00:00Z) and opens nothing " +
				"any more; " +
				"remove it when its shells have ended, by 2030-12-01T14:30:00+09:00 (2030-12-01T05:30:00Z)",
		}, lines(grant.Notices(grants, now)))
	}
	var world world.Account
	a.AddTo(&world)
	require.Len(t, world.Roles, 1, "a grant that ended is deployed all the same")
}

// Grants of one person that overlap are reported with what they open together, whatever offset they are written with;
// windows that touch do not overlap.
func TestGrantsThatOverlapAreReported(t *testing.T) {
	first, later, touching, other := grantArgs(), grantArgs(), grantArgs(), grantArgs()
	later.Ticket, later.From, later.Until = "CHG2", first.Until.Add(-time.Second).
		UTC(),
		first.Until.Add(time.Hour).
			UTC()
	touching.Ticket, touching.From, touching.Until = "CHG3", later.Until, later.Until.Add(time.Hour)
	other.Ticket, other.Person, other.PrincipalARN = "CHG4", "jump/erin", "arn:aws:iam::444455556666:user/erin"
	got := lines(grant.Notices([]*grant.Args{first, later, touching, other}, first.From))
	assert.Equal(t, []string{
		"grants[1]: of jump/dave overlaps with grants[0] (ticket CHG1234): together they are open from " +
			"2030-12-01T09:00:00+09:00 (2030-12-01T00:00:00Z) to 2030-12-01T05:00:00Z",
	}, got)
}

// The lines that end open shells name the session as AWS does, once for each Region of the sessions.
func TestTheLinesThatEndShellsNameTheSessionOfTheGrant(t *testing.T) {
	got := grantArgs().EndShells()
	require.Len(t, got, 2)
	for i, region := range []string{"ap-northeast-1", "us-east-1"} {
		assert.Equal(
			t,
			"aws ssm describe-sessions --region "+region+" --state Active --filters "+
				"key=Owner,value=arn:aws:sts::111122223333:assumed-role/grant-CHG1234-dave/dave "+
				"--query 'Sessions[].SessionId' --output text | tr '\\t' '\\n' | xargs -r -n 1 aws ssm "+
				"terminate-session --region "+region+" --session-id",
			got[i],
		)
	}
}

// The template says what it opens that is easy to overlook, and nothing of what is off.
func TestTheTemplateSaysWhatItOpens(t *testing.T) {
	got := strings.Join(lines(Opening().Notices().Under("osAccess")), "\n")
	for _, want := range []string{
		"osAccess.readOnly: ReadOnlyAccess reads data as well as settings: objects in S3, items in DynamoDB",
		"osAccess.passwordData: whoever holds the private key",
		"osAccess.standingUsers: carol, arn:aws:iam::444455556666:user/dave can open shells at any time",
	} {
		assert.Contains(t, got, want)
	}
	a := Opening()
	a.ReadOnly, a.PasswordData, a.StandingUsers, a.StandingPrincipalARNs = false, false, nil, nil
	assert.Empty(t, a.Notices())
	a.Projects = nil
	assert.Equal(
		t,
		[]string{"projects: is not given, so every node of account 111122223333 can be reached"},
		lines(a.Notices()),
	)
}

// The guardrails say what they leave open.
func TestTheGuardrailsSayWhatTheyLeaveOpen(t *testing.T) {
	a := organizationArgs()
	a.ConsolePasswords.ExemptRoot = true
	a.ProtectGuardrails.Targets = []string{"ou-exam-11111111", accountID}
	a.ConsolePasswords.Targets = []string{"ou-exam-11111111"}
	require.NoError(t, a.Validate())
	got := strings.Join(lines(a.Notices(nil).Under("organization")), "\n")
	for _, want := range []string{
		"organization.management: no service control policy applies to the management account 123456789012",
		"organization.osAccessOnly.targets: doors stay open in 111122223333, 777788889999\n",
		"organization.osAccessOnly.permissionSets[0]: whoever may assign or change the permission set " +
			"OSAccess in IAM " +
			"Identity Center opens shells",
		"organization.protectGuardrails.credentialAdmins[0]: role/HelpDesk can become every person of 111122223333",
		"organization.protectGuardrails.stackSetAdmins[0]: role/StackSetPipeline can become every role that stack " +
			"sets and Quick Setup make in any account, SSM-JustInTimeAccessTokenRole among them",
		"organization.protectGuardrails.targets: nothing is protected in 777788889999",
		"organization.consolePasswords.exemptRoot: the root user of every account can set console passwords",
		"organization.placement: a guardrail takes several policies; record where its statements stand",
	} {
		assert.Contains(t, got+"\n", want)
	}
	assert.NotContains(t, got, "deny would deny", "it does")

	a = organizationArgs()
	a.Placement["DenyLeavingOrganization"] = []string{
		"guardrails-protect-guardrails",
		"guardrails-protect-guardrails-2",
	}
	require.NoError(t, a.Validate())
	assert.Contains(
		t,
		strings.Join(lines(a.Notices(nil)), "\n"),
		"placement.DenyLeavingOrganization: step 1 of 2 of a move: DenyLeavingOrganization stands in "+
			"guardrails-protect-guardrails and guardrails-protect-guardrails-2; deploy this, and then leave "+
			"one of them",
	)
	plan, err := a.Plan()
	require.NoError(t, err)
	assert.Equal(t, []string{"DenyLeavingOrganization"}, plan.Doubled)

	a = organizationArgs()
	a.ConsolePasswords, a.ProtectGuardrails.PeopleAccounts = nil, nil
	require.NoError(t, a.Validate())
	assert.Contains(
		t,
		strings.Join(lines(a.Notices(nil)), "\n"),
		"protectGuardrails.peopleAccounts: no account is listed, so administrators can change the credentials",
	)
}

// The undo sheet detaches every policy from every target, the protection last, in the Region where the partition's
// Organizations answers.
func TestTheUndoSheetDetachesEveryPolicy(t *testing.T) {
	a := organizationArgs()
	plan, err := a.Plan()
	require.NoError(t, err)
	sheet := a.UndoSheet()
	attachments := 0
	for _, p := range plan.Policies {
		for _, target := range p.Targets {
			attachments++
			assert.Contains(t, sheet, "aws organizations detach-policy --region us-east-1 --target-id "+target+
				` --policy-id "$(aws organizations list-policies --region us-east-1 --filter SERVICE_CONTROL_POLICY --query "Policies[?Name=='`+p.Name+`'].Id" --output text)"`)
		}
	}
	assert.Equal(t, attachments, strings.Count(sheet, "aws organizations detach-policy"))
	rows := strings.Split(strings.TrimSpace(sheet), "\n")
	assert.Contains(t, rows[0], "somebody in the management account 123456789012, where they do not apply")
	assert.Contains(t, rows[1], "# must print 123456789012")
	assert.Contains(t, rows[len(rows)-1], "guardrails-protect-guardrails")
	for partition, region := range map[policy.Partition]string{policy.AWSChina: "cn-northwest-1", policy.AWSUSGov: "us-gov-west-1"} {
		a := organizationArgs()
		a.Account.Partition = partition
		assert.Contains(t, a.UndoSheet(), "--region "+region)
	}
}

// Just-in-time access says what it does not do.
func TestJustInTimeAccessSaysWhatItDoesNot(t *testing.T) {
	a := justInTime()
	got := strings.Join(lines(a.Notices().Under("justInTime")), "\n")
	for _, want := range []string{
		"justInTime: every just-in-time shell is guest's, whoever asked",
		"justInTime: AWS does not end a shell when its approval ends; sessions.maxDuration does, after 1h",
		"must carry the tag SystemsManagerJustInTimeNodeAccessManaged=true",
	} {
		assert.Contains(t, got, want)
	}
	a.Requesters, a.Sessions.KMSKeyID = nil, ""
	got = strings.Join(lines(a.Notices()), "\n")
	assert.Contains(t, got, "requesters: is empty, so nobody is checked")
	assert.NotContains(t, got, "must carry the tag")
}

// requesterWorld is an account with a role that asks for access: with the policy for it, and with more.
func requesterWorld(a *justintime.Args, attached []string, more ...policy.Statement) access.World {
	w := world.Account{ID: accountID, Partition: policy.AWS}
	a.AddTo(&w)
	role := world.Role{
		Name:     "Developer",
		Path:     guardrail.DelegatedRolePath,
		Attached: attached,
		Tags:     []world.Tag{{Key: "Project", Value: "Test Project 1"}},
		Trust: policy.New(
			policy.Allow("Account", "sts:AssumeRole").For(policy.AWSPrincipals("arn:aws:iam::111122223333:root")),
		),
	}
	if len(more) > 0 {
		role.Inline = []world.InlinePolicy{{Name: "more", Document: policy.New(more...)}}
	}
	w.Roles = append(w.Roles, role)
	w.Nodes = []world.Node{
		{Kind: world.Instance, ID: "i-1", Region: "us-east-1", Tags: []world.Tag{{Key: "Team", Value: "red"}}},
	}
	return access.World{Accounts: []world.Account{w}}
}

// A requester who can go round the approvals, or whom a Deny on missing MFA keeps from asking, is found; one with the
// requester's policy is fine.
func TestRequestersAreHeldAgainstWhatMakesAWSGoRoundApprovals(t *testing.T) {
	a := justInTime()
	now := time.Date(2030, 12, 1, 0, 0, 0, 0, time.UTC)
	requester := []string{a.PolicyARN(justintime.RequesterPolicyName)}
	check := func(w access.World) error {
		engine, err := access.Compile(w)
		require.NoError(t, err)
		return stack.CheckRequesters(a, engine, now)
	}
	require.NoError(t, check(requesterWorld(a, requester)))

	const role = `requesters[0]: "arn:aws:iam::111122223333:role/guardrails/delegated/Developer" `
	preferences := "arn:aws:ssm:*:111122223333:document/SSM-SessionManagerRunShell"
	for name, c := range map[string]struct {
		w    access.World
		want string
	}{
		"on every node": {requesterWorld(a, requester, policy.Allow("Sessions", "ssm:StartSession").On("*")),
			role + "may call ssm:StartSession by identity policy more, statement Sessions"},
		"by a wider action": {requesterWorld(a, requester, policy.Allow("Everything", "ssm:*").On("*")),
			role + "may call ssm:StartSession by identity policy more, statement Everything"},
		"on nodes of its own project": {requesterWorld(a, requester,
			policy.Allow("Sessions",
				"ssm:StartSession").On("arn:aws:ec2:*:111122223333:instance/*").When(
				policy.StringEquals("aws:ResourceTag/Project", "${aws:PrincipalTag/Project}"),
			),
			policy.Allow("Document",
				"ssm:StartSession").On(preferences)), role + "may call ssm:StartSession by identity policy more, " +
			"statement Sessions"},
		"on nodes of a team": {requesterWorld(a, requester,
			policy.Allow("Sessions",
				"ssm:StartSession").On("arn:aws:ec2:*:111122223333:instance/*").When(
				policy.StringEquals("aws:ResourceTag/Team", "red"),
			),
			policy.Allow("Document",
				"ssm:StartSession").On(preferences)), role + "may call ssm:StartSession by identity policy more, " +
			"statement Sessions"},
		"by a policy that is not known": {requesterWorld(a,
			append([]string{"arn:aws:iam::aws:policy/AdministratorAccess"},
				requester...)), role + "may call ssm:StartSession by "},
		"a Deny on missing MFA": {requesterWorld(a, requester,
			policy.Deny("DenyWithoutMFA", "*").On("*").When(policy.BoolIfExists("aws:MultiFactorAuthPresent", false))),
			role + "is denied ssm:StartAccessRequest by identity policy more, statement DenyWithoutMFA"},
		"no policy for it": {requesterWorld(a, nil),
			role + "may not call ssm:StartAccessRequest; attach " +
				"arn:aws:iam::111122223333:policy/guardrails/just-in-time-requester"},
	} {
		require.ErrorContains(t, check(c.w), c.want, name)
	}
	a.Requesters[0] = "arn:aws:iam::111122223333:role/Nobody"
	require.ErrorContains(t, check(requesterWorld(justInTime(), requester)), "cannot be judged: ")
}

// An administrator's role that asks for access is fine where the doors are shut for it.
func TestARequesterWithEverythingIsFineBehindTheGuardrail(t *testing.T) {
	a := justInTime()
	w := requesterWorld(a, nil, policy.Allow("Everything", "*").On("*"))
	o := organizationArgs()
	o.OSAccessOnly.Targets = []string{"r-exam"}
	require.NoError(t, o.Validate())
	o.AddToOrganization(&w)
	engine, err := access.Compile(w)
	require.NoError(t, err)
	require.NoError(t, stack.CheckRequesters(a, engine, time.Date(2030, 12, 1, 0, 0, 0, 0, time.UTC)))
}

// The policies of requesters and approvers allow what they are for, and no way onto a node.
func TestRequestersAndApproversGetNoWayOntoNodes(t *testing.T) {
	a := justInTime()
	for name, c := range map[string]struct {
		document policy.Document
		allowed  []string
	}{
		"requester": {a.RequesterDocument(), []string{"ssm:StartAccessRequest", "ssm:GetAccessToken"}},
		"approver":  {a.ApproverDocument(), nil},
	} {
		w := access.World{
			Accounts: []world.Account{
				{
					ID:    accountID,
					Users: []world.User{{Name: "u", Inline: []world.InlinePolicy{{Name: "p", Document: c.document}}}},
				},
			},
		}
		engine, err := access.Compile(w)
		require.NoError(t, err)
		user := access.LongTermKey("arn:aws:iam::111122223333:user/u")
		decide := func(action string, r access.Resource, context access.Context) bool {
			d, err := engine.Decide(
				user,
				access.Request{Action: action, Resources: []access.Resource{r}, Context: context},
			)
			require.NoError(t, err)
			return d.Allowed()
		}
		node := access.Resource{ARN: "arn:aws:ec2:us-east-1:111122223333:instance/i-1"}
		ssm := func(resource string, tags ...world.Tag) access.Resource {
			return access.Resource{
				ARN:  "arn:aws:ssm:us-east-1:111122223333:" + resource,
				Tags: append([]world.Tag{}, tags...),
			}
		}
		ours := world.Tag{Key: "SystemsManagerJustInTimeNodeAccessManaged", Value: "true"}
		for _, action := range []string{"ec2:GetPasswordData", "ssm:SendCommand", "ssm:ResumeSession", "ec2-instance-connect:SendSSHPublicKey", "ssm-guiconnect:StartConnection", "iam:PassRole"} {
			assert.False(t, decide(action, node, nil), "%s: %s", name, action)
		}
		for _, action := range c.allowed {
			assert.True(t, decide(action, node, nil), "%s: %s", name, action)
		}
		requester := name == "requester"
		manual, auto, command := access.Context{
			"ssm:DocumentType": {"ManualApprovalPolicy"},
		}, access.Context{
			"ssm:DocumentType": {"AutoApprovalPolicy"},
		}, access.Context{
			"ssm:DocumentType": {"Automation"},
		}
		start := func(document string, context access.Context) bool {
			d, err := engine.Decide(user, access.Request{Action: "ssm:StartAutomationExecution", Context: context,
				Resources: []access.Resource{ssm("document/" + document), ssm("automation-execution/1")}})
			require.NoError(t, err)
			return d.Allowed()
		}
		assert.Equal(t, requester, start("Production", manual), name)
		assert.False(t, start("AWS-StopEC2Instance", command), name)
		assert.Equal(
			t,
			requester,
			decide("ssm:StopAutomationExecution", ssm("automation-execution/1", ours), nil),
			name,
		)
		assert.False(t, decide("ssm:StopAutomationExecution", ssm("automation-execution/1"), nil), name)
		assert.Equal(t, !requester, decide("ssm:SendAutomationSignal", ssm("automation-execution/1", ours), nil), name)
		assert.False(t, decide("ssm:SendAutomationSignal", ssm("automation-execution/1"), nil), name)
		assert.Equal(t, requester, decide("ssm:CreateOpsItem", ssm("opsitem/oi-1"), nil), name)
		assert.True(t, decide("ssm:GetOpsItem", ssm("opsitem/oi-1"), nil), name)
		assert.True(
			t,
			decide("ssm:GetDocument", ssm("document/Production"), manual) &&
				decide("ssm:GetDocument", ssm("document/"+justintime.AutoApprovalDocument), auto),
			name,
		)
		assert.False(t, decide("ssm:GetDocument", ssm("document/Other"), command), name)
		for _, action := range changesDocuments {
			assert.False(t, decide(action, ssm("document/Production"), manual), "%s: %s", name, action)
		}
	}
}

var changesDocuments = []string{
	"ssm:CreateDocument",
	"ssm:UpdateDocument",
	"ssm:UpdateDocumentDefaultVersion",
	"ssm:DeleteDocument",
}
