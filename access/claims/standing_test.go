package claims_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/claims/internal/claimtest"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

func inlined(t testing.TB, names ...string) []world.InlinePolicy {
	var out []world.InlinePolicy
	for _, name := range names {
		out = append(out, world.InlinePolicy{Name: name, Document: claimtest.Sample(t, name)})
	}
	return out
}

// articleWorld is a group that enforces MFA and roles that are tied to projects by a tag, as a well-known article
// writes them, in an account that also has a role of a deployment tool.
func articleWorld(t testing.TB) world.World {
	role := func(name, project, runAs string) world.Role {
		return world.Role{
			Name: name, Tags: []world.Tag{{Key: "Project", Value: project}, {Key: world.RunAsTag, Value: runAs}},
			Trust: claimtest.Sample(t, "article/trust"), Inline: inlined(t, "article/sessions", "article/start-stop"),
		}
	}
	users := func(names ...string) []world.User {
		var out []world.User
		for _, name := range names {
			out = append(out, world.User{Name: name, Groups: []string{"people"}})
		}
		return out
	}
	return world.WithManagedPolicies(world.World{Accounts: []world.Account{{
		ID: fixture.People, Partition: policy.AWS,
		Users: users("bob", "bobby", "carol"),
		Groups: []world.Group{{
			Name: "people", Attached: []string{"arn:aws:iam::aws:policy/IAMSelfManageServiceSpecificCredentials"},
			Inline: inlined(t, "article/assume-role", "article/access-keys", "article/own-tags", "article/enforce-mfa"),
		}},
		Roles: []world.Role{
			role("project-1", "Test Project 1", "os-user1"),
			{
				Name:     "cdk-hnb659fds-deploy-role",
				Attached: []string{"arn:aws:iam::aws:policy/AdministratorAccess"},
				Trust: policy.New(
					policy.Allow("", "sts:AssumeRole").
						For(policy.AWSPrincipals("arn:aws:iam::" + fixture.People + ":root")),
				),
			},
		},
	}}})
}

func commonWorld(t testing.TB) world.World {
	return world.WithManagedPolicies(world.World{Accounts: []world.Account{
		{
			ID:        fixture.People,
			Partition: policy.AWS,
			Users: []world.User{
				{Name: "bob", Inline: inlined(t, "published/mfa", "published/assume-administrator")},
			},
			Roles: []world.Role{
				{
					Name:     "AdminRole",
					Trust:    claimtest.Sample(t, "published/administrator-trust"),
					Attached: []string{"arn:aws:iam::aws:policy/AdministratorAccess"},
				},
			},
		},
	}})
}

// The holes of published policies are found, each by the proof that is about it, with a witness that the evaluator
// allows.
func TestHolesOfSamplePoliciesAreFound(t *testing.T) {
	article, common := claimtest.Proven(t, articleWorld(t)), claimtest.Proven(t, commonWorld(t))
	for _, hole := range []struct {
		what    string
		report  prove.Report
		proof   string
		subject string
		words   []string
	}{
		{"a prefix pattern opens the device of somebody whose name begins alike", article, "own-credentials-only",
			"user/bob", []string{"user/bobby"}},
		{"a device is removed without MFA", article, "no-mfa-no-access", "user/bob", []string{"iam:"}},
		{"an access key enrols", article, "no-enrolment-with-access-keys", "user/bob",
			[]string{"with an access key", "iam:CreateVirtualMFADevice"}},
		{"an access key enrols", common, "no-enrolment-with-access-keys", "user/bob", []string{"with an access key"}},
		{"every role that trusts the account is a way to administer", article, "only-declared-roles", "user/carol",
			[]string{"cdk-hnb659fds-deploy-role"}},
		{"authorization tags of oneself", article, "authorization-tags-are-guarded", "user/bob",
			[]string{"iam:TagUser"}},
		{"the password is changed without MFA", article, "no-mfa-no-access", "user/carol",
			[]string{"iam:ChangePassword"}},
		{"a device with another name cannot be enrolled", common, "enrolment-works", "user/bob",
			[]string{"another name"}},
		{"a device with another name cannot be enrolled", article, "enrolment-works", "user/bob",
			[]string{"another name"}},
		{"own sessions are out of reach of a role", article, "own-sessions-work", "role/project-1",
			[]string{"resuming their own session"}},
		{"every document of every account", article, "only-listed-documents", "role/project-1", []string{":document/"}},
		{"tasks with the tag are machines too", article, "own-project-only", "role/project-1", []string{":task/"}},
		{"the data channel is missing", article, "declared-journeys-work", "role/project-1",
			[]string{"ssmmessages:OpenDataChannel"}},
		{"MFA of any age", article, "mfa-to-assume", "role/project-1", []string{"with MFA 43200 s ago"}},
		{"MFA of any age", common, "mfa-to-assume", "role/AdminRole", []string{"with MFA 3600 s ago"}},
		{"a session named after somebody else", article, "session-named-after-user", "role/project-1",
			[]string{"sts:AssumeRole"}},
	} {
		f := claimtest.Finding(t, hole.report, hole.proof, hole.subject)
		assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", hole.what, f)
		assert.Empty(t, f.Unreal, "%s: %s", hole.what, f)
		for _, word := range hole.words {
			assert.Contains(t, f.String(), word, hole.what)
		}
	}
}

// A witness is a journey that the evaluator, asked again, allows to its end; that of a liveness proof is one that it
// refuses.
func TestWitnessesAreDecidedAgain(t *testing.T) {
	live := []string{"enrolment-works", "declared-journeys-work", "own-sessions-work", "first-password-change-works"}
	for _, w := range []world.World{articleWorld(t), commonWorld(t)} {
		e, err := engine.Compile(w)
		require.NoError(t, err)
		n := 0
		for _, f := range claimtest.Proven(t, w).Findings {
			if f.Verdict != prove.DoesNotHold || f.Journey == nil {
				continue
			}
			arrival, err := journey.Walk(e, *f.Journey)
			require.NoError(t, err, f)
			assert.Equal(t, !slices.Contains(live, f.ID), arrival.Allowed(), "%s", f)
			n++
		}
		assert.Greater(t, n, 2)
	}
}

// Tags of nodes are safe only until somebody may write them: the proof says which of the two keeps the door shut, and
// names the policy that opens it.
func TestTagsShutByAbsenceAreToldFromTagsShutByADeny(t *testing.T) {
	w := articleWorld(t)
	f := claimtest.Finding(t, claimtest.Proven(t, w), "authorization-tags-are-guarded", "role/project-1")
	assert.Equal(t, prove.Holds, f.Verdict)
	assert.Equal(t, prove.ShutByAbsence, f.Shut)

	w.Accounts[0].Roles[0].Attached = []string{"arn:aws:iam::aws:policy/PowerUserAccess"}
	f = claimtest.Finding(
		t,
		claimtest.Proven(t, world.WithManagedPolicies(w)),
		"authorization-tags-are-guarded",
		"role/project-1",
	)
	assert.Equal(t, prove.DoesNotHold, f.Verdict)
	assert.Contains(t, f.String(), "arn:aws:iam::aws:policy/PowerUserAccess")

	// A guard that compares with case is walked round.
	guard := func(c policy.Condition) {
		w.Accounts[0].Roles[0].Inline = append(
			inlined(t, "article/sessions"),
			world.InlinePolicy{Name: "guard", Document: policy.New(
				policy.Deny("NoTags", "ec2:CreateTags", "ec2:DeleteTags", "ssm:AddTagsToResource",
					"ssm:RemoveTagsFromResource").
					On("*").
					When(c),
				policy.Deny("NoRemovalOfAllTags", "ec2:DeleteTags").On("*").When(policy.Absent("aws:TagKeys")),
			)},
		)
	}
	guard(
		policy.Is(
			policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals},
			"aws:TagKeys",
			"Project",
			world.RunAsTag,
		),
	)
	f = claimtest.Finding(
		t,
		claimtest.Proven(t, world.WithManagedPolicies(w)),
		"authorization-tags-are-guarded",
		"role/project-1",
	)
	assert.Equal(t, prove.DoesNotHold, f.Verdict, f)
	guard(policy.AnyEqualsIgnoringCase("aws:TagKeys", "Project", world.RunAsTag))
	f = claimtest.Finding(
		t,
		claimtest.Proven(t, world.WithManagedPolicies(w)),
		"authorization-tags-are-guarded",
		"role/project-1",
	)
	assert.Equal(t, prove.Holds, f.Verdict, f)
}

// An organization whose only guard is a Deny of StartSession leaves every other door open to whoever may open it.
func TestOtherDoorsAreFound(t *testing.T) {
	w := articleWorld(t)
	w.Accounts[0].Roles[0].Inline = inlined(t, "os-access/role")
	f := claimtest.Finding(t, claimtest.Proven(t, w), "no-other-door", "role/project-1")
	assert.Equal(t, prove.DoesNotHold, f.Verdict)
	f = claimtest.Finding(t, claimtest.Proven(t, w), "own-project-only", "role/project-1")
	assert.Equal(t, prove.DoesNotHold, f.Verdict)
	assert.Contains(t, f.String(), "SsmStartSession")
}

// An administrator is left out of the claims about nobody, listed, and held against whoever is meant to be one.
func TestAdministratorsAreComputedAndListed(t *testing.T) {
	r := claimtest.Proven(t, articleWorld(t))
	require.Len(t, r.Administrators, 1)
	assert.Equal(t, fixture.RoleARN("cdk-hnb659fds-deploy-role"), r.Administrators[0].ARN)
	assert.False(t, slices.ContainsFunc(r.Findings, func(f prove.Finding) bool {
		return f.ID == "own-credentials-only" && f.Subject == r.Administrators[0].ARN
	}))
	f := claimtest.Finding(t, r, "administrators-are-declared", fixture.People)
	assert.Equal(t, prove.HoldsIf, f.Verdict)

	r = claimtest.Proven(t, articleWorld(t), func(in *intent.Account) { in.Administrators = []string{} })
	assert.Equal(t, prove.DoesNotHold, claimtest.Finding(t, r, "administrators-are-declared", fixture.People).Verdict)
	r = claimtest.Proven(
		t,
		articleWorld(t),
		func(in *intent.Account) { in.Administrators = []string{fixture.RoleARN("cdk-hnb659fds-deploy-role")} },
	)
	assert.Equal(t, prove.Holds, claimtest.Finding(t, r, "administrators-are-declared", fixture.People).Verdict)
}

// User names are unique in an account whatever their path and case, so a policy that names oneself at every path
// names nobody else.
func TestNobodyElseHasOnesName(t *testing.T) {
	both := []string{fixture.UserARN("${aws:username}"), fixture.UserARN("team/${aws:username}")}
	w := world.World{Accounts: []world.Account{{ID: fixture.People, Partition: policy.AWS, Users: []world.User{
		{
			Name: "bob",
			Path: "/team/",
			Inline: []world.InlinePolicy{
				{Name: "p", Document: policy.New(policy.Allow("Own", "iam:CreateAccessKey").On(both...))},
			},
		},
		{
			Name: "carol",
			Inline: []world.InlinePolicy{
				{
					Name: "p",
					Document: policy.New(
						policy.Allow("Own", "iam:CreateAccessKey").On(fixture.UserARN("*/${aws:username}")),
					),
				},
			},
		},
		{
			Name: "dave",
			Inline: []world.InlinePolicy{
				{
					Name: "p",
					Document: policy.New(
						policy.Allow("Own", "iam:CreateAccessKey").On(fixture.UserARN("*${aws:username}")),
					),
				},
			},
		},
	}}}}
	r := claimtest.Proven(t, w)
	assert.Equal(t, prove.Holds, claimtest.Finding(t, r, "own-credentials-only", "user/team/bob").Verdict)
	assert.Equal(t, prove.Holds, claimtest.Finding(t, r, "own-credentials-only", "user/carol").Verdict)
	assert.Equal(t, prove.DoesNotHold, claimtest.Finding(t, r, "own-credentials-only", "user/dave").Verdict)
}

// A right that makes somebody an administrator is a hole, not an administrator's own affair.
func TestAWayToAdministerIsAHole(t *testing.T) {
	w := fixture.OneUser(policy.Allow("Own", "iam:PutUserPolicy").On(fixture.UserARN("${aws:username}")))
	r := claimtest.Proven(t, w)
	assert.Empty(t, r.Administrators)
	assert.Equal(t, prove.DoesNotHold, claimtest.Finding(t, r, "only-administrators-change-access", "user/bob").Verdict)
}

// A policy whose document is not known is taken to allow everything where a door must be shut, and is named.
func TestProofsAssumeTheWorstOfUnknownPolicies(t *testing.T) {
	w := fixture.OneUser()
	w.Accounts[0].Users[0].Attached = []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}
	f := claimtest.Finding(t, claimtest.Proven(t, w), "own-credentials-only", "user/bob")
	assert.Equal(t, prove.HoldsIf, f.Verdict)
	require.Len(t, f.Assumptions, 1)
	assert.Equal(t, "arn:aws:iam::aws:policy/ReadOnlyAccess", f.Assumptions[0].ID)

	// A Deny is stronger than whatever the policy says.
	w.Accounts[0].Users[0].Inline = append(
		w.Accounts[0].Users[0].Inline,
		world.InlinePolicy{Name: "guard", Document: policy.New(policy.Deny("NoIAM", "iam:*").On("*"))},
	)
	f = claimtest.Finding(t, claimtest.Proven(t, w), "own-credentials-only", "user/bob")
	assert.Equal(t, prove.Holds, f.Verdict)
	assert.Equal(t, prove.ShutByDeny, f.Shut)
	require.Len(t, f.By, 1)
	assert.Equal(t, "NoIAM", f.By[0].Sid)
}

// A permissions boundary whose document is not known may keep a door shut: the claim holds if it does, and the
// boundary is named.
func TestAnUnknownBoundaryIsAnAssumption(t *testing.T) {
	w := fixture.OneUser(policy.Allow("Keys", "iam:CreateAccessKey").On("*"))
	w.Accounts[0].Users[0].Boundary = "arn:aws:iam::" + fixture.People + ":policy/boundary"
	f := claimtest.Finding(t, claimtest.Proven(t, w), "own-credentials-only", "user/bob")
	assert.Equal(t, prove.HoldsIf, f.Verdict, f)
	require.Len(t, f.Assumptions, 1)
	assert.Equal(t, w.Accounts[0].Users[0].Boundary, f.Assumptions[0].ID)
	assert.Contains(t, f.Assumptions[0].Text, "does not allow iam:CreateAccessKey")
}

// A switch that weakens a claim is named beside it.
func TestWaiversNameTheirSwitch(t *testing.T) {
	r := claimtest.Proven(t, articleWorld(t), func(in *intent.Account) {
		in.MFA.EnrolWithAccessKeys, in.MFA.FirstPasswordChange = true, true
		in.OperationRoles[0].AnySessionName, in.OperationRoles[0].Key = true, "operationRoles[0]"
	})
	assert.Equal(t, prove.Waived, claimtest.Finding(t, r, "no-enrolment-with-access-keys", "user/bob").Verdict)
	assert.Equal(t, prove.Waived, claimtest.Finding(t, r, "session-named-after-user", "role/project-1").Verdict)
	var keys []string
	for _, w := range r.Waivers() {
		keys = append(keys, w.Key)
	}
	assert.ElementsMatch(
		t,
		[]string{"mfa.firstPasswordChange", "mfa.enrolWithAccessKeys", "operationRoles[0].sessionName"},
		keys,
	)
}

// Everybody whom a trust policy lets in is found, be it in the world or not.
func TestTrustPoliciesAreHeldAgainstEveryCaller(t *testing.T) {
	mfa := policy.Bool("aws:MultiFactorAuthPresent", true)
	young := policy.YoungerThan("aws:MultiFactorAuthAge", 12*time.Hour)
	named := policy.StringEquals("sts:RoleSessionName", "${aws:username}")
	bob := policy.AWSPrincipals(fixture.UserARN("bob"))
	for _, c := range []struct {
		what  string
		trust policy.Document
		fails []string
	}{
		{"sound", policy.New(policy.Allow("T", "sts:AssumeRole").For(bob).When(mfa, young, named)), nil},
		{"whole account", policy.New(policy.Allow("T",
			"sts:AssumeRole").For(policy.AWSPrincipals(fixture.People)).When(mfa, young, named)), []string{"only-listed-principals"}},
		{"whole account, narrowed to the user",
			policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.People)).
				When(mfa, young, named,
					policy.Is(policy.Operator{Base: policy.OpArnEquals}, "aws:PrincipalArn",
						fixture.UserARN("bob")))), nil},
		{"whole account, narrowed by a prefix",
			policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.People)).
				When(mfa, young, named,
					policy.ArnLike("aws:PrincipalArn", fixture.UserARN("bob*")))), []string{"only-listed-principals"}},
		{"everybody", policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.Anyone()).When(mfa, young, named)),
			[]string{"only-listed-principals"}},
		{"a user of another account",
			policy.New(policy.Allow("T",
				"sts:AssumeRole").For(policy.AWSPrincipals(fixture.UserARN("bob"),
				"arn:aws:iam::444455556666:user/bob")).When(mfa, young, named)),
			[]string{"only-listed-principals"}},
		{"a service", policy.New(policy.Allow("T", "sts:AssumeRole").For(bob).When(mfa, young, named),
			policy.Allow("S", "sts:AssumeRole").For(policy.ServicePrincipals("ec2.amazonaws.com"))),
			[]string{"only-listed-principals", "mfa-to-assume", "session-named-after-user"}},
		{"no MFA", policy.New(policy.Allow("T", "sts:AssumeRole").For(bob).When(named)), []string{"mfa-to-assume"}},
		{"MFA if it is there",
			policy.New(policy.Allow("T",
				"sts:AssumeRole").For(bob).When(policy.BoolIfExists("aws:MultiFactorAuthPresent",
				true), young, named)), []string{"mfa-to-assume"}},
		{"one second too old",
			policy.New(policy.Allow("T", "sts:AssumeRole").For(bob).When(mfa,
				policy.YoungerThan("aws:MultiFactorAuthAge",
					12*time.Hour+time.Second), named)), []string{"mfa-to-assume"}},
		{"any name", policy.New(policy.Allow("T", "sts:AssumeRole").For(bob).When(mfa, young)),
			[]string{"session-named-after-user"}},
		{"a name that begins alike", policy.New(policy.Allow("T", "sts:AssumeRole").For(bob).
			When(mfa, young, policy.Is(policy.Operator{Base: policy.OpStringLike}, "sts:RoleSessionName",
				"${aws:username}*"))), []string{"session-named-after-user"}},
		{"a name in any case", policy.New(policy.Allow("T", "sts:AssumeRole").For(bob).
			When(mfa, young, policy.Is(policy.Operator{Base: policy.OpStringEqualsIgnoreCase}, "sts:RoleSessionName",
				"${aws:username}"))), []string{"session-named-after-user"}},
		{"session tags", policy.New(policy.Allow("T", "sts:AssumeRole", "sts:TagSession").For(bob).When(mfa, young,
			named)), []string{"no-session-tags"}},
		{"a second statement without MFA",
			policy.New(policy.Allow("T", "sts:AssumeRole").For(bob).When(mfa, young, named),
				policy.Allow("U", "sts:AssumeRole").For(bob).When(named)), []string{"mfa-to-assume"}},
		{"a Deny beside a wide Allow",
			policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.People)).When(mfa, young,
				named),
				policy.Deny("D", "sts:*").For(policy.Anyone()).When(policy.ArnNotLike("aws:PrincipalArn",
					fixture.UserARN("bob")))), nil},
	} {
		w := world.World{Accounts: []world.Account{
			{
				ID:        fixture.People,
				Partition: policy.AWS,
				Users:     []world.User{{Name: "bob"}},
				Roles: []world.Role{
					{Name: "ops", Tags: []world.Tag{{Key: "Project", Value: "One"}}, Trust: c.trust},
				},
			},
		}}
		r := claimtest.Proven(t, w, func(in *intent.Account) {
			in.OperationRoles[0].Principals = []string{fixture.UserARN("bob")}
		})
		for _, id := range []string{"only-listed-principals", "mfa-to-assume", "session-named-after-user", "no-session-tags"} {
			f := claimtest.Finding(t, r, id, "role/ops")
			want := prove.Holds
			if slices.Contains(c.fails, id) {
				want = prove.DoesNotHold
			}
			assert.Equal(t, want, f.Verdict, "%s: %s", c.what, f)
		}
	}
}

// Each standing proof has a section in docs/safety.md, with what it proves, what it does not, and the way past it.
func TestEveryProofHasItsSection(t *testing.T) {
	page, err := os.ReadFile("../../docs/safety.md")
	require.NoError(t, err)
	var sections []string
	for section := range strings.SplitSeq(string(page), "\n### ") {
		sections = append(sections, section)
	}
	for _, proof := range claims.StandingProofs() {
		row := "| [" + proof.ID + "](#" + proof.ID + ") | " + proof.Claim + " |\n"
		assert.True(t, strings.Contains(string(page), row), "the table in front of docs/safety.md lacks %s", row)
		at := slices.IndexFunc(sections, func(s string) bool { return strings.HasPrefix(s, proof.ID+"\n") })
		if !assert.GreaterOrEqual(t, at, 0, "docs/safety.md has no section %s", proof.ID) {
			continue
		}
		for _, part := range []string{"**Proves.**", "**Does not prove.**", "**The way past it.**"} {
			assert.Contains(t, sections[at], part, proof.ID)
		}
	}
}

// Whatever a role is declared for must work: a Deny of any of it, by whatever policy, is found and named.
func TestWhatARoleIsDeclaredForWorks(t *testing.T) {
	declared := func(in *intent.Account) {
		for i := range in.OperationRoles {
			in.OperationRoles[i].StartStop, in.OperationRoles[i].Reboot = true, true
		}
	}
	reboots := policy.Allow("Reboots", "ec2:RebootInstances").On("*")
	told := func(statements ...policy.Statement) prove.Finding {
		w := fixture.DevWorld()
		for i := range w.Accounts {
			for j := range w.Accounts[i].Roles {
				role := &w.Accounts[i].Roles[j]
				role.Inline = append(role.Inline, world.InlinePolicy{
					Name: "more", Document: policy.New(append(statements, reboots)...),
				})
			}
		}
		for _, f := range claimtest.Proven(t, w, declared).Findings {
			if f.ID == "declared-journeys-work" && strings.Contains(f.Subject, "guardrails/operation") {
				return f
			}
		}
		t.Fatal("nothing is said of operation roles")
		return prove.Finding{}
	}
	require.NotEqual(t, prove.DoesNotHold, told().Verdict, told())
	for _, action := range []string{
		"ec2:StartInstances", "ec2:StopInstances", "ec2:RebootInstances", "ssm:StartSession", "ssm:GetConnectionStatus",
		"ec2:DescribeInstances", "ssmmessages:OpenDataChannel",
	} {
		f := told(policy.Deny("Not", action).On("*"))
		assert.Equal(t, prove.DoesNotHold, f.Verdict, action)
	}
}
