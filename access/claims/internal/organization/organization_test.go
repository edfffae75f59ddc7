package organization_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/claimtest"
	"aws-access-guardrails/access/claims/internal/organization"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

const (
	topAccount = "123456789012"
	theUnit    = "ou-exam-11111111"
)

// organizationOf is a world of a management account, an account of people and one of nodes, with the policies on the
// root of the organization.
func organizationOf(documents ...policy.Document) world.World {
	attached := []world.ServiceControlPolicy{
		{Name: "FullAWSAccess", Document: policy.New(policy.Allow("", "*").On("*"))},
	}
	for _, d := range documents {
		attached = append(attached, world.ServiceControlPolicy{Name: "guardrail", Document: d})
	}
	full := attached[:1]
	at := func(id string) world.OrganizationAccount { return world.OrganizationAccount{ID: id, Policies: full} }
	return world.World{
		Accounts: []world.Account{{ID: topAccount}, {ID: fixture.People}, {ID: fixture.Members}},
		Organization: &world.Organization{ID: "o-exampleorgid", Management: topAccount, Root: world.Unit{
			ID:       "r-exam",
			Policies: attached,
			Accounts: []world.OrganizationAccount{at(topAccount), at(fixture.People)},
			Units: []world.Unit{
				{ID: theUnit, Policies: full, Accounts: []world.OrganizationAccount{at(fixture.Members)}},
			},
		}},
	}
}

func anywhere(resource string) string { return "arn:aws:iam::*:" + resource }

func proveOrganization(t testing.TB, w world.World, in intent.Organization) prove.Report {
	t.Helper()
	in.Management = topAccount
	if in.Account == "" {
		in.Account = topAccount
	}
	findings, err := organization.Prove(fixture.Compiled(t, w), in)
	require.NoError(t, err)
	return prove.Report{Findings: findings}
}

// The policies that a well-known article attaches leave open what they seem to shut; each hole is found by the proof
// that is about it, with a witness that the evaluator allows.
func TestHolesOfSampleServiceControlPoliciesAreFound(t *testing.T) {
	exempt := []string{anywhere("role/OSAccess")}
	doors := proveOrganization(
		t,
		organizationOf(claimtest.Sample(t, "os-access/service-control-policy")),
		intent.Organization{
			Doors: &intent.Doors{
				Accounts:        []string{fixture.Members},
				Sessions:        exempt,
				OtherDoors:      exempt,
				RemoteExecution: exempt,
			},
		},
	)
	passwords := proveOrganization(
		t,
		organizationOf(claimtest.Sample(t, "console-passwords/service-control-policy")),
		intent.Organization{
			Passwords: &intent.Passwords{
				Accounts:     []string{fixture.People, fixture.Members},
				JumpAccounts: []string{fixture.People},
			},
		},
	)
	for _, hole := range []struct {
		what    string
		report  prove.Report
		proof   string
		account string
		words   []string
	}{
		{"other doors than StartSession", doors, "doors-for-exempt-roles-only", fixture.Members, []string{"calls "}},
		{"commands are run as root", doors, "remote-execution-for-exempt-roles-only", fixture.Members,
			[]string{"calls ssm:"}},
		{"the name that is exempt is anybody's to make", doors, "exempt-roles-are-protected", fixture.Members,
			[]string{"role/OSAccess"}},
		{"a user gets a console sign-in", passwords, "console-passwords-in-jump-accounts-only", fixture.Members,
			[]string{"calls "}},
	} {
		f := claimtest.Finding(t, hole.report, hole.proof, hole.account)
		if !assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", hole.what, f) {
			continue
		}
		require.NotNil(t, f.Witness, hole.what)
		assert.True(t, f.Witness.Allowed(), "%s: %s", hole.what, f)
		assert.Empty(t, f.Unreal, "%s: %s", hole.what, f)
		for _, word := range hole.words {
			assert.Contains(t, f.Witness.String(), word, hole.what)
		}
	}
}

// Every single door that a policy leaves out is found, whoever the caller is.
func TestEveryDoorThatIsLeftOpenIsFound(t *testing.T) {
	exempt := []string{anywhere("role/guardrails/osaccess/*")}
	but := policy.ArnNotLike("aws:PrincipalArn", exempt...)
	intent := intent.Organization{
		Doors: &intent.Doors{
			Accounts:        []string{fixture.Members},
			Sessions:        exempt,
			OtherDoors:      exempt,
			RemoteExecution: exempt,
		},
	}
	remote := doors.In(doors.RemoteExecution, doors.RunDocuments)
	all := append(doors.In(doors.Sessions, doors.OtherDoors), remote...)
	for _, open := range all {
		denied := claim.Without(all, open)
		r := proveOrganization(t, organizationOf(policy.New(policy.Deny("Doors", denied...).On("*").When(but))), intent)
		id := "doors-for-exempt-roles-only"
		if slices.Contains(remote, open) {
			id = "remote-execution-for-exempt-roles-only"
		}
		for _, proof := range []string{"doors-for-exempt-roles-only", "remote-execution-for-exempt-roles-only"} {
			f := claimtest.Finding(t, r, proof, fixture.Members)
			if proof != id {
				assert.Equal(t, prove.Holds, f.Verdict, "%s: %s", open, f)
				assert.Equal(t, prove.ShutByDeny, f.Shut, open)
				continue
			}
			require.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", open, f)
			assert.Contains(t, f.Witness.String(), "calls "+open, open)
			assert.True(t, f.Witness.Allowed(), "%s: %s", open, f)
		}
	}
}

// An exemption that is wider than what was meant lets others in, and the witness is one of them.
func TestExemptionsThatAreTooWideAreFound(t *testing.T) {
	meant := []string{anywhere("role/guardrails/osaccess/*")}
	for _, c := range []struct {
		what  string
		but   []policy.Condition
		words string
	}{
		{"a prefix without the path",
			[]policy.Condition{policy.ArnNotLike("aws:PrincipalArn",
				anywhere("role/guardrails/os*"))}, ":role/guardrails/os"},
		{"the path below another one",
			[]policy.Condition{policy.ArnNotLike("aws:PrincipalArn", anywhere("role/*/osaccess/*"))}, "/osaccess/"},
		{"users of the same path",
			[]policy.Condition{policy.ArnNotLike("aws:PrincipalArn",
				anywhere("*/guardrails/osaccess/*"))}, "/guardrails/osaccess/"},
		{"a tag that anybody writes on a role", []policy.Condition{policy.ArnNotLike("aws:PrincipalArn", meant...),
			policy.StringNotEquals("aws:PrincipalTag/access", "os")}, "calls"},
		{"the root user", []policy.Condition{policy.ArnNotLike("aws:PrincipalArn",
			append(slices.Clone(meant), anywhere("root"))...)}, "root of " + fixture.Members},
		{"calls without MFA alone",
			[]policy.Condition{policy.ArnNotLike("aws:PrincipalArn", meant...),
				policy.BoolIfExists("aws:MultiFactorAuthPresent", false)}, "MFA"},
	} {
		w := organizationOf(
			policy.New(policy.Deny("Doors", doors.In(doors.Sessions, doors.OtherDoors)...).On("*").When(c.but...)),
		)
		r := proveOrganization(
			t,
			w,
			intent.Organization{
				Doors: &intent.Doors{
					Accounts:            []string{fixture.Members},
					Sessions:            meant,
					OtherDoors:          meant,
					RemoteExecutionOpen: true,
				},
			},
		)
		f := claimtest.Finding(t, r, "doors-for-exempt-roles-only", fixture.Members)
		if assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", c.what, f) && f.Witness != nil {
			assert.Contains(t, f.Witness.String(), c.words, c.what)
		}
	}
}

// protecting is a policy with everything that the proofs of protection want, and its intent.
func protecting() ([]policy.Statement, intent.Organization) {
	changers := []string{anywhere("role/GuardrailDeployer"), anywhere("role/BreakGlass")}
	but := policy.ArnNotLike("aws:PrincipalArn", changers...)
	roles := []string{anywhere("role/guardrails/*"), changers[0], changers[1]}
	nodes := []string{"arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*:*:managed-instance/*"}
	return []policy.Statement{
			policy.Deny("Roles", slices.Concat(doors.In(doors.RoleMaking), doors.In(doors.RoleChanging))...).
				On(roles...).
				When(but),
			policy.Deny("Policies", doors.In(doors.ManagedPolicies)...).On(anywhere("policy/guardrails/*")).When(but),
			policy.Deny("Providers", "iam:DeleteSAMLProvider", "iam:UpdateSAMLProvider").On("*").When(but),
			policy.Deny("Group", doors.In(doors.Groups)...).On(anywhere("group/guardrails/*")).When(but),
			policy.Deny("Credentials",
				append(slices.Clone(doors.In(doors.Takeovers)), "iam:DeleteAccountPasswordPolicy",
					"iam:UpdateAccountPasswordPolicy")...).
				OnAllExcept(anywhere("user/${aws:username}"), anywhere("user/*/${aws:username}")).
				When(policy.StringEquals("aws:PrincipalAccount", fixture.People), but),
			policy.Deny("PrincipalTags", "iam:CreateRole", "iam:CreateUser", "iam:TagRole", "iam:TagUser",
				"iam:UntagRole", "iam:UntagUser", "sts:TagSession").
				On("*").
				When(policy.AnyEqualsIgnoringCase("aws:TagKeys", "Project", world.RunAsTag), but),
			policy.Deny("NodeTags", "ec2:CreateTags", "ec2:DeleteTags", "ssm:AddTagsToResource",
				"ssm:RemoveTagsFromResource").
				On(nodes...).
				When(policy.AnyEqualsIgnoringCase("aws:TagKeys", "Project"), policy.Absent("ec2:CreateAction"), but),
			policy.Deny("AllTags", "ec2:DeleteTags").On(nodes[0]).When(policy.Absent("aws:TagKeys"), but),
			policy.Deny("Preferences", doors.In(doors.SessionDocuments)...).
				On("arn:aws:ssm:*:*:document/" + world.PreferencesDocument).
				When(but),
			policy.Deny("Documents", doors.In(doors.SessionDocuments)...).
				On("arn:aws:ssm:*:*:document/*").
				When(policy.StringEquals("ssm:DocumentType", "Session"), but),
			policy.Deny("Organization", doors.In(doors.OrganizationPolicies, doors.Attributes, doors.RootSessions)...).
				On("*").
				When(but),
			policy.Deny("Leaving", doors.In(doors.Leaving)...).On("*"),
		}, intent.Organization{
			Changers:       changers,
			MemberDeployer: "role/GuardrailDeployer",
			BreakGlass:     []string{"role/BreakGlass"},
			Deployer:       "arn:aws:iam::" + topAccount + ":role/GuardrailDeployer",
			Protected: &intent.Protected{
				Accounts:       []string{fixture.People, fixture.Members},
				Roles:          roles,
				PeopleAccounts: []string{fixture.People},
			},
		}
}

// The protection holds as a whole, shut by Denies, and nobody is locked out.
func TestProtectionHolds(t *testing.T) {
	statements, in := protecting()
	r := proveOrganization(t, organizationOf(policy.New(statements...)), in)
	require.NotEmpty(t, r.Findings)
	for _, f := range r.Findings {
		assert.Equal(t, prove.Holds, f.Verdict, f.String())
		if strings.HasSuffix(f.ID, "-protected") {
			assert.Equal(t, prove.ShutByDeny, f.Shut, f.String())
		}
	}
}

// Whatever is taken away from the protection is missed by the proof that is about it: each statement, each action,
// the case of tag keys.
func TestEveryPartOfTheProtectionIsMissed(t *testing.T) {
	proofOf := map[string]string{
		"Roles":         "exempt-roles-are-protected",
		"Policies":      "guarded-policies-are-protected",
		"Providers":     "guarded-policies-are-protected",
		"Group":         "mfa-group-is-protected",
		"Credentials":   "credentials-of-others-are-protected",
		"PrincipalTags": "organization-tags-are-protected",
		"NodeTags":      "organization-tags-are-protected",
		"AllTags":       "organization-tags-are-protected",
		"Preferences":   "session-documents-are-protected",
		"Documents":     "session-documents-are-protected",
		"Organization":  "organization-is-protected",
		"Leaving":       "organization-is-protected",
	}
	statements, in := protecting()
	missed := func(what, sid string, changed []policy.Statement) {
		r := proveOrganization(t, organizationOf(policy.New(changed...)), in)
		at := slices.IndexFunc(
			r.Findings,
			func(f prove.Finding) bool { return f.ID == proofOf[sid] && f.Verdict == prove.DoesNotHold },
		)
		if assert.GreaterOrEqual(t, at, 0, "%s is not missed by %s", what, proofOf[sid]) {
			f := r.Findings[at]
			// Who may tag a session is for the trust policy of a role that the world does not have.
			if sid == "PrincipalTags" && f.Unreal != (prove.Doubt{}) {
				return
			}
			require.NotNil(t, f.Witness, "%s: %s", what, f)
			assert.True(t, f.Witness.Allowed(), "%s: %s", what, f)
		}
	}
	for i, st := range statements {
		missed(st.Sid, st.Sid, slices.Delete(slices.Clone(statements), i, i+1))
		if len(st.Actions) == 1 {
			continue
		}
		for _, action := range st.Actions {
			changed := slices.Clone(statements)
			changed[i].Actions = claim.Without(st.Actions, action)
			// The preferences are a session document too.
			// AWS asks for iam:TagRole and iam:TagUser where one is made with tags.
			if st.Sid == "Preferences" ||
				st.Sid == "PrincipalTags" && action != "sts:TagSession" && !strings.Contains(action, "UntagUser") {
				continue
			}
			if st.Sid == "NodeTags" && action == "ec2:DeleteTags" {
				continue
			}
			missed(st.Sid+" without "+action, st.Sid, changed)
		}
	}
	// Project and project are the same tag to a condition, and two tags to a comparison.
	changed := slices.Clone(statements)
	at := slices.IndexFunc(changed, func(s policy.Statement) bool { return s.Sid == "PrincipalTags" })
	changed[at] = policy.Deny("PrincipalTags", changed[at].Actions...).On("*").When(
		policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals}, "aws:TagKeys",
			"Project", world.RunAsTag),
		policy.ArnNotLike("aws:PrincipalArn", in.Changers...))
	missed("a tag key in another case", "PrincipalTags", changed)
}

// A role that a service makes others with is as strong as whoever commands the service: stack sets, Quick Setup, and
// stacks that act as their role. What no document can close is assumed by name.
func TestWhoCommandsTheMakersOfExemptRolesIsProven(t *testing.T) {
	statements, in := protecting()
	made, admin := []string{
		anywhere("role/SSM-JustInTimeAccessTokenRole"),
		anywhere("role/stacksets-exec-*"),
	}, anywhere(
		"role/StackSetPipeline",
	)
	in.Protected.Roles = append(in.Protected.Roles, made...)
	in.Protected.MadeBy = []intent.Makers{{By: made[1:], Roles: made, Change: true}}
	in.Protected.StackSetAdmins = []string{admin}
	but := policy.ArnNotLike("aws:PrincipalArn", append(slices.Clone(in.Changers), made[1], admin)...)
	statements = append(
		statements,
		policy.Deny("Made", slices.Concat(doors.In(doors.RoleMaking), doors.In(doors.RoleChanging))...).On(made...).
			When(policy.ArnNotLike("aws:PrincipalArn", append(slices.Clone(in.Changers), made[1])...)),
	)
	closing := []policy.Statement{
		policy.Deny("Sets", doors.In(doors.RoleMakers)...).On("*").When(but),
		policy.Deny("Stacks", doors.In(doors.StackSetStacks)...).
			On("arn:aws:cloudformation:*:*:stack/StackSet-*").
			When(but),
	}
	p := func(closing ...policy.Statement) prove.Finding {
		r := proveOrganization(t, organizationOf(policy.New(slices.Concat(statements, closing)...)), in)
		return claimtest.Finding(t, r, "exempt-roles-are-protected", fixture.Members)
	}
	f := p(closing...)
	assert.Equal(t, prove.HoldsIf, f.Verdict, f.String())
	assert.Equal(t, prove.ShutByDeny, f.Shut)
	var ids []string
	for _, a := range f.Assumptions {
		ids = append(ids, a.ID)
	}
	assert.Equal(t, []string{"administrators of " + topAccount, admin}, ids)
	for i, st := range closing {
		for _, action := range st.Actions {
			changed := slices.Clone(closing)
			changed[i].Actions = claim.Without(st.Actions, action)
			f := p(changed...)
			require.Equal(t, prove.DoesNotHold, f.Verdict, "nothing misses %s", action)
			assert.Contains(t, f.Witness.String(), "calls "+action)
			assert.True(t, f.Witness.Allowed(), f.String())
		}
	}
	in.Protected.StackSetAdmins = nil
	assert.Equal(t, prove.DoesNotHold, p(closing...).Verdict, "an exemption that the intent does not have")
}

// A policy of one's own that locks out who must undo things is found with the statement that does it.
func TestLockOutsAreFound(t *testing.T) {
	statements, in := protecting()
	in.Account, in.Deployer = fixture.People, "arn:aws:iam::"+fixture.People+":role/GuardrailDeployer"
	for _, c := range []struct {
		what, proof string
		own         policy.Statement
	}{
		{"no deployer changes roles", "member-deployers-not-locked-out", policy.Deny("Own", "iam:*").On("*")},
		{"a Region is closed to documents", "member-deployers-not-locked-out", policy.Deny("Own", "ssm:*").On("*")},
		{"the delegated account cannot detach", "policies-can-be-undone",
			policy.Deny("Own", "organizations:*").On("*")},
		{"only sessions with a source identity", "member-break-glass-not-locked-out",
			policy.Deny("Own", "*").On("*").When(policy.Absent("aws:SourceIdentity"))},
	} {
		r := proveOrganization(t, organizationOf(policy.New(append(slices.Clone(statements), c.own)...)), in)
		at := slices.IndexFunc(
			r.Findings,
			func(f prove.Finding) bool { return f.ID == c.proof && f.Verdict == prove.DoesNotHold },
		)
		if assert.GreaterOrEqual(t, at, 0, c.what) {
			assert.Contains(t, r.Findings[at].Problem, "Own", c.what)
			require.Len(t, r.Findings[at].By, 1)
			assert.Equal(t, "Own", r.Findings[at].By[0].Sid, c.what)
		}
	}
	// The management account is bound by nothing.
	in.Account, in.Deployer = topAccount, "arn:aws:iam::"+topAccount+":role/GuardrailDeployer"
	r := proveOrganization(
		t,
		organizationOf(policy.New(append(slices.Clone(statements), policy.Deny("Own", "organizations:*").On("*"))...)),
		in,
	)
	assert.Equal(t, prove.Holds, claimtest.Finding(t, r, "policies-can-be-undone", topAccount).Verdict)
}

// People, and the jump account, cannot be in the account that nothing binds.
func TestTheManagementAccountIsNoJumpAccount(t *testing.T) {
	statements, in := protecting()
	in.Passwords = &intent.Passwords{Accounts: []string{fixture.Members}, JumpAccounts: []string{topAccount}}
	in.Protected.PeopleAccounts = []string{topAccount}
	r := proveOrganization(t, organizationOf(policy.New(statements...)), in)
	assert.Equal(
		t,
		prove.DoesNotHold,
		claimtest.Finding(t, r, "console-passwords-in-jump-accounts-only", topAccount).Verdict,
	)
	assert.Equal(
		t,
		prove.DoesNotHold,
		claimtest.Finding(t, r, "credentials-of-others-are-protected", topAccount).Verdict,
	)
}

// Console passwords are shut outside of the jump account while users with keys stay possible; a policy that goes too
// far is found.
func TestProgrammaticUsersStayPossible(t *testing.T) {
	in := intent.Organization{
		Passwords: &intent.Passwords{
			Accounts:     []string{fixture.People, fixture.Members},
			JumpAccounts: []string{fixture.People},
			Exempt:       []string{anywhere("role/BreakGlass")},
		},
	}
	shut := []policy.Statement{
		policy.Deny("Passwords", "iam:CreateLoginProfile", "iam:UpdateLoginProfile").On("*").
			When(policy.StringNotEquals("aws:PrincipalAccount", fixture.People),
				policy.ArnNotLike("aws:PrincipalArn", anywhere("role/BreakGlass"))),
		policy.Deny("Tokens", "sts:GetFederationToken").
			On("*").
			When(policy.StringNotEquals("aws:PrincipalAccount", fixture.People)),
	}
	r := proveOrganization(t, organizationOf(policy.New(shut...)), in)
	assert.Equal(
		t,
		prove.Holds,
		claimtest.Finding(t, r, "console-passwords-in-jump-accounts-only", fixture.Members).Verdict,
	)
	for _, f := range r.Findings {
		if f.ID == "programmatic-users-stay-possible" {
			assert.Equal(t, prove.Holds, f.Verdict, f.String())
		}
	}
	for _, action := range []string{"iam:CreateUser", "iam:CreateAccessKey", "iam:ChangePassword", "iam:DeleteLoginProfile"} {
		r = proveOrganization(
			t,
			organizationOf(policy.New(append(slices.Clone(shut), policy.Deny("Own", action).On("*"))...)),
			in,
		)
		assert.True(t, slices.ContainsFunc(r.Findings, func(f prove.Finding) bool {
			return f.ID == "programmatic-users-stay-possible" && f.Verdict == prove.DoesNotHold &&
				strings.Contains(f.Problem, action)
		}), action)
	}
}

// A root user does nothing but in a central root session.
func TestRootUsersAreBound(t *testing.T) {
	in := intent.Organization{RootAccounts: []string{fixture.Members}}
	st := policy.Deny("Root", "*").
		On("*").
		When(policy.ArnLike("aws:PrincipalArn", anywhere("root")), policy.Absent("aws:AssumedRoot"))
	assert.Equal(
		t,
		prove.Holds,
		claimtest.Finding(
			t,
			proveOrganization(t, organizationOf(policy.New(st)), in),
			"root-only-in-central-sessions",
			fixture.Members,
		).Verdict,
	)
	st = policy.DenyAllExcept("Root", "iam:*").On("*").When(policy.ArnLike("aws:PrincipalArn", anywhere("root")))
	f := claimtest.Finding(
		t,
		proveOrganization(t, organizationOf(policy.New(st)), in),
		"root-only-in-central-sessions",
		fixture.Members,
	)
	require.Equal(t, prove.DoesNotHold, f.Verdict)
	assert.Contains(t, f.Witness.String(), "iam:")
}

// An account that no stack describes is bound by the policies too, and has a root user and administrators.
func TestAccountsWithoutAStackAreProven(t *testing.T) {
	statements, in := protecting()
	for _, document := range []policy.Document{policy.New(statements...), policy.New(statements[1:]...)} {
		w := organizationOf(document)
		w.Accounts = w.Accounts[:1]
		want := prove.Holds
		if len(document.Statements) < len(statements) {
			want = prove.DoesNotHold
		}
		f := claimtest.Finding(t, proveOrganization(t, w, in), "exempt-roles-are-protected", fixture.Members)
		assert.Equal(t, want, f.Verdict, f.String())
		if want == prove.DoesNotHold {
			assert.True(t, f.Witness.Allowed(), f.String())
		}
	}
}

// An intent that speaks of accounts outside of the tree is refused: a proof about nobody would hold.
func TestIntentsOfAccountsOutsideOfTheTreeAreRefused(t *testing.T) {
	statements, in := protecting()
	in.Management, in.Account = topAccount, topAccount
	in.Protected.Accounts = append(in.Protected.Accounts, "999999999999")
	_, err := organization.Prove(fixture.Compiled(t, organizationOf(policy.New(statements...))), in)
	require.ErrorContains(t, err, `account "999999999999" does not stand in its tree`)
	w := organizationOf()
	w.Organization = nil
	_, err = organization.Prove(fixture.Compiled(t, w), in)
	require.ErrorContains(t, err, "has no organization")
}

// Accounts that nothing tells apart are proven once and reported each; what tells one apart, however little, is
// proven for it alone.
func TestAccountsThatAreAlikeAreReportedEach(t *testing.T) {
	const second, third = "777788889999", "555555555555"
	statements, in := protecting()
	in.Protected.Accounts = append(in.Protected.Accounts, second, third)
	w := organizationOf(policy.New(statements...))
	full := w.Organization.Root.Policies[:1]
	unit := &w.Organization.Root.Units[0]
	unit.Accounts = append(
		unit.Accounts,
		world.OrganizationAccount{ID: second, Policies: full},
		world.OrganizationAccount{ID: third, Policies: full},
	)
	r := proveOrganization(t, w, in)
	for _, id := range []string{fixture.Members, second, third} {
		assert.Equal(t, prove.Holds, claimtest.Finding(t, r, "exempt-roles-are-protected", id).Verdict)
	}
	assert.Zero(t, claimtest.Finding(t, r, "exempt-roles-are-protected", third).Classes)

	// One account has a hole in a policy that names it, and the others have none.
	statements[0] = statements[0].When(policy.StringNotEquals("aws:PrincipalAccount", third))
	w.Organization.Root.Policies[1].Document = policy.New(statements...)
	r = proveOrganization(t, w, in)
	assert.Equal(t, prove.Holds, claimtest.Finding(t, r, "exempt-roles-are-protected", second).Verdict)
	f := claimtest.Finding(t, r, "exempt-roles-are-protected", third)
	require.Equal(t, prove.DoesNotHold, f.Verdict)
	assert.Contains(t, f.Witness.String(), third)
}
