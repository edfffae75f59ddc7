package components_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/components"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

const (
	groupType                = "aws:iam/group:Group"
	groupPolicyType          = "aws:iam/groupPolicy:GroupPolicy"
	groupPoliciesType        = "aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive"
	groupAttachmentsType     = "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive"
	userType                 = "aws:iam/user:User"
	membershipType           = "aws:iam/userGroupMembership:UserGroupMembership"
	managedPolicyType        = "aws:iam/policy:Policy"
	roleType                 = "aws:iam/role:Role"
	rolePolicyType           = "aws:iam/rolePolicy:RolePolicy"
	attachmentType           = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	rolePoliciesType         = "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"
	roleAttachmentsType      = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
	documentType             = "aws:ssm/document:Document"
	passwordPolicyType       = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
	guardrailsTypes          = "guardrails:"
	attachmentOfGuard        = "operation-attachment-" + accounts.FirstRole + "-" + guardrail.OperationGuardPolicyName
	attachmentOfSessions     = "operation-attachment-" + accounts.FirstRole + "-" + guardrail.OperationSessionsPolicyName
	inlineSessionDocuments   = "operation-inline-policy-" + accounts.FirstRole + "-" + guardrail.SessionDocumentsPolicyName
	exclusiveAttachmentsName = "operation-attached-policies-" + accounts.FirstRole
)

// deployAccount makes the account the way the program does: the guard before the people, people and preferences before the
// roles.
func deployAccount(f accounts.Account) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return deployAccountIn(ctx, f) }
}

func deployAccountIn(ctx *pulumi.Context, f accounts.Account) error {
	group, err := components.NewMFAGroup(ctx, "mfa", f.Group)
	if err != nil {
		return err
	}
	people := components.UserResources{}
	for _, args := range f.Users {
		user, newErr := components.NewUser(ctx, "user-"+args.Name, args, pulumi.DependsOn(group.CustomResources()))
		if newErr != nil {
			return newErr
		}
		people[args.Name] = user.CustomResources()
	}
	providers := components.RegionProviders{}
	for _, region := range f.Sessions.Regions {
		if providers[region], err = aws.NewProvider(
			ctx,
			region,
			&aws.ProviderArgs{Region: pulumi.String(region)},
		); err != nil {
			return err
		}
	}
	preferences, err := components.NewSessionPreferences(ctx, "sessions", f.Sessions, providers)
	if err != nil {
		return err
	}
	afterPreferences := pulumi.DependsOn(preferences.CustomResources())
	if _, err = components.NewOperationRoles(ctx, "operation", f.Roles, people, afterPreferences); err != nil {
		return err
	}
	for _, args := range f.Delegated {
		if _, err = components.NewDelegatedRole(
			ctx,
			"delegated-"+args.Name,
			args,
			people,
			afterPreferences,
		); err != nil {
			return err
		}
	}
	_, err = components.NewPasswordPolicy(ctx, "passwords", f.Passwords)
	return err
}

// deployed is what the fixture registers.
func deployed(t *testing.T, f accounts.Account, options ...mocks.Option) *mocks.Recorder {
	t.Helper()
	rec, err := mocks.Run(deployAccount(f), options...)
	require.NoError(t, err)
	return rec
}

// resourceNamed is a resource that must be there.
func resourceNamed(t *testing.T, rec *mocks.Recorder, typ, name string) mocks.Resource {
	t.Helper()
	found, ok := rec.Named(typ, name)
	require.Truef(t, ok, "no %s %s among %v", typ, name, resourceNames(rec))
	return found
}

func resourceNames(rec *mocks.Recorder) []string {
	var names []string
	for _, r := range rec.Resources() {
		names = append(names, r.Type+" "+r.Name)
	}
	return names
}

// constructor makes one component, alone.
type constructor func(ctx *pulumi.Context, f accounts.Account, opts ...pulumi.ResourceOption) (pulumi.Resource, error)

// constructors makes each component of a fixture.
func constructors() map[string]constructor {
	return map[string]constructor{
		components.MFAGroupToken: func(ctx *pulumi.Context, f accounts.Account,
			opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
			return components.NewMFAGroup(ctx, "x", f.Group, opts...)
		},
		components.UserToken: func(ctx *pulumi.Context, f accounts.Account,
			opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
			return components.NewUser(ctx, "x", f.Users[0], opts...)
		},
		components.OperationRolesToken: func(ctx *pulumi.Context, f accounts.Account,
			opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
			return components.NewOperationRoles(ctx, "x", f.Roles, nil, opts...)
		},
		components.DelegatedRoleToken: func(ctx *pulumi.Context, f accounts.Account,
			opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
			return components.NewDelegatedRole(ctx, "x", f.Delegated[0], nil, opts...)
		},
		components.SessionPreferencesToken: func(ctx *pulumi.Context, f accounts.Account,
			opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
			f.Sessions.Regions = f.Sessions.Regions[:1]
			return components.NewSessionPreferences(ctx, "x", f.Sessions, nil, opts...)
		},
		components.PasswordPolicyToken: func(ctx *pulumi.Context, f accounts.Account,
			opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
			return components.NewPasswordPolicy(ctx, "x", f.Passwords, opts...)
		},
	}
}

// Every child has its component as parent and waits for what the caller's DependsOn names, which Pulumi does not hand
// down by itself.
func TestEveryChildHasItsComponentAsParentAndTheCallersDependsOn(t *testing.T) {
	for token, construct := range constructors() {
		t.Run(token, func(t *testing.T) {
			rec, err := mocks.Run(func(ctx *pulumi.Context) error {
				one, err := iam.NewGroup(ctx, "one", nil)
				if err != nil {
					return err
				}
				two, err := iam.NewGroup(ctx, "two", nil)
				if err != nil {
					return err
				}
				later := pulumi.NewResourceArrayOutput(pulumi.NewResourceOutput(two))
				_, err = construct(
					ctx,
					accounts.FullAccount(policy.AWS),
					pulumi.DependsOn([]pulumi.Resource{one}),
					pulumi.DependsOnInputs(later),
				)
				return err
			})
			require.NoError(t, err)
			component := resourceNamed(t, rec, token, "x")
			assert.False(t, component.Custom)
			children := 0
			for _, r := range rec.Resources() {
				if r.Name == "one" || r.Name == "two" || r.URN == component.URN {
					continue
				}
				children++
				assert.Equal(t, component.URN, r.Parent, r.Name)
				assert.True(t, strings.HasPrefix(r.Name, "x-"), r.Name)
				assert.True(t, r.DependsOn(groupType, "one"), "%s does not wait for DependsOn", r.Name)
				assert.True(t, r.DependsOn(groupType, "two"), "%s does not wait for DependsOnInputs", r.Name)
			}
			assert.Positive(t, children)
			assert.Equal(t, 2, rec.OutputsRegistered(), "the component and the stack register outputs")
		})
	}
}

// Protect comes from the caller's option and from nowhere else, because a protected resource cannot be deleted before
// somebody unprotects it.
func TestNothingIsProtectedUnlessTheCallerSaysSo(t *testing.T) {
	for _, r := range deployed(t, accounts.FullAccount(policy.AWS)).Resources() {
		assert.True(t, r.Protect == nil || !*r.Protect, r.Name)
	}
	for token, construct := range constructors() {
		rec, err := mocks.Run(func(ctx *pulumi.Context) error {
			_, err := construct(ctx, accounts.FullAccount(policy.AWS), pulumi.Protect(true))
			return err
		})
		require.NoError(t, err)
		for _, r := range rec.Resources() {
			assert.True(t, r.Protect != nil && *r.Protect, "%s: %s", token, r.Name)
		}
	}
}

// What opens a door when it is gone stays when the stack goes: preferences (shells as ssm-user with sudo) and the
// password policy. All else goes.
func TestOnlyWhatOpensADoorWhenGoneIsRetained(t *testing.T) {
	for _, r := range deployed(t, accounts.FullAccount(policy.AWS)).Resources() {
		retained := r.Retain != nil && *r.Retain
		assert.Equal(t, r.Type == documentType || r.Type == passwordPolicyType, retained, r.Name)
	}
}

// The name of a child follows from what the stack file names, so that adding and moving entries renames nothing.
func TestChildNamesDoNotDependOnWhatStandsBeside(t *testing.T) {
	before := resourceNames(deployed(t, accounts.FullAccount(policy.AWS)))

	f := accounts.FullAccount(policy.AWS)
	slices.Reverse(f.Users)
	slices.Reverse(f.Roles.Roles)
	slices.Reverse(f.Delegated[0].ManagedPolicies)
	slices.Reverse(f.Sessions.Regions)
	assert.Equal(t, before, resourceNames(deployed(t, f)), "order renames nothing")

	f.Roles.Roles = append(
		[]operation.Role{{Users: []string{"bob"}, Project: "Third", RunAs: "os-user3"}},
		f.Roles.Roles...)
	after := resourceNames(deployed(t, f))
	assert.Subset(t, after, before, "a new entry renames nothing")
	for _, name := range after {
		assert.True(t, slices.Contains(before, name) || strings.Contains(name, "Third-os-user3"), name)
	}
}

// A refusal comes before the first registration, the component's own included.
func TestARefusedComponentRegistersNothing(t *testing.T) {
	broken := accounts.FullAccount(policy.AWS)
	broken.Group.RoleAccounts = []string{"1234"}
	broken.Users[0].Groups = nil
	broken.Roles.Roles[1].RunAs = "root"
	broken.Delegated[0].ManagedPolicies = nil
	broken.Sessions.Regions = []string{"eu-wset-1"}
	broken.Passwords.MinimumLength = 5
	for token, construct := range constructors() {
		rec, err := mocks.Run(func(ctx *pulumi.Context) error {
			_, err := construct(ctx, broken)
			return err
		})
		var problems problem.List
		require.ErrorAs(t, err, &problems, token)
		assert.Len(t, problems, 1, token)
		assert.Empty(t, rec.Resources(), token)
	}
}

// An error of a registration reaches the caller, whichever child it is of: nothing is reported as made that is not.
func TestAFailingChildFailsItsComponent(t *testing.T) {
	custom := map[string]bool{}
	for _, r := range deployed(t, accounts.FullAccount(policy.AWS)).Resources() {
		if r.Custom {
			custom[r.Type] = true
		}
	}
	for typ := range custom {
		_, err := mocks.Run(
			deployAccount(accounts.FullAccount(policy.AWS)),
			mocks.Fail(typ, "", errors.New("Throttling: rate exceeded")),
		)
		assert.ErrorContains(t, err, "Throttling: rate exceeded", typ)
	}
	for token := range constructors() {
		_, err := mocks.Run(deployAccount(accounts.FullAccount(policy.AWS)), mocks.Fail(token, "", errors.New("no such type")))
		assert.ErrorContains(t, err, "no such type", token)
	}
}

// The guard stands before anybody is bound to it and before anything is allowed, and falls after.
func TestTheGuardIsFirstInAndLastOut(t *testing.T) {
	rec := deployed(t, accounts.FullAccount(policy.AWS))
	for _, name := range []string{"mfa-self-service", "mfa-role-accounts"} {
		assert.True(t, resourceNamed(t, rec, groupPolicyType, name).DependsOn(groupPolicyType, "mfa-guard"), name)
	}
	for _, r := range slices.Concat(rec.OfType(membershipType), rec.OfType(userType)) {
		assert.True(t, r.DependsOn(groupPolicyType, "mfa-guard"), r.Name)
	}
	for _, r := range rec.OfType(roleType) {
		if users := r.String("assumeRolePolicy"); strings.Contains(users, "user/alice") {
			assert.True(t, r.DependsOn(userType, "user-alice-user"), r.Name)
			assert.True(t, r.DependsOn(membershipType, "user-alice-membership"), r.Name)
		}
	}
}

// A role waits for the users of its trust policy, because AWS refuses a trust policy that names nobody, and for no
// other user.
func TestATrustPolicyWaitsForTheUsersThatItNames(t *testing.T) {
	rec := deployed(t, accounts.FullAccount(policy.AWS))
	waits := map[string][]string{}
	for _, r := range rec.OfType(roleType) {
		for _, user := range []string{"alice", "bob", "bobby", "carol"} {
			if r.DependsOn(userType, "user-"+user+"-user") {
				waits[r.String("name")] = append(waits[r.String("name")], user)
			}
		}
	}
	assert.Equal(
		t,
		map[string][]string{accounts.FirstRole: {"alice", "carol"}, "second": {"bob"}, "AdminRole": {"alice"}},
		waits,
	)
}

// The Denies of an operation role are attached before every Allow.
func TestTheDeniesOfARoleAreAttachedFirst(t *testing.T) {
	rec := deployed(t, accounts.FullAccount(policy.AWS))
	assert.True(
		t,
		resourceNamed(t, rec, attachmentType, attachmentOfSessions).DependsOn(attachmentType, attachmentOfGuard),
	)
	assert.True(
		t,
		resourceNamed(t, rec, rolePolicyType, inlineSessionDocuments).DependsOn(attachmentType, attachmentOfGuard),
	)
	exclusive := resourceNamed(t, rec, roleAttachmentsType, exclusiveAttachmentsName)
	assert.True(t, exclusive.DependsOn(attachmentType, attachmentOfGuard))
	assert.True(t, exclusive.DependsOn(attachmentType, attachmentOfSessions))
}

// What others attach to the group or to a role is seen and removed: the lists are complete, the empty ones too.
func TestGroupAndRolesKeepNothingThatOthersAttach(t *testing.T) {
	for name, f := range map[string]accounts.Account{"full": accounts.FullAccount(policy.AWS), "plain": accounts.PlainAccount(policy.AWS)} {
		t.Run(name, func(t *testing.T) {
			rec := deployed(t, f)
			var groupPolicies []string
			for _, r := range rec.OfType(groupPolicyType) {
				groupPolicies = append(groupPolicies, r.String("name"))
			}
			assert.ElementsMatch(
				t,
				groupPolicies,
				resourceNamed(t, rec, groupPoliciesType, "mfa-inline-policies").Strings("policyNames"),
			)
			assert.Equal(
				t,
				[]string{},
				resourceNamed(t, rec, groupAttachmentsType, "mfa-attached-policies").Strings("policyArns"),
			)

			want := map[string][2][]string{}
			for _, role := range f.World().Roles {
				inline := []string{}
				for _, policy := range role.Inline {
					inline = append(inline, policy.Name)
				}
				want[role.Name] = [2][]string{inline, role.Attached}
			}
			got := map[string][2][]string{}
			for _, r := range rec.OfType(rolePoliciesType) {
				got[r.String("roleName")] = [2][]string{r.Strings("policyNames"), nil}
			}
			for _, r := range rec.OfType(roleAttachmentsType) {
				lists := got[r.String("roleName")]
				lists[1] = r.Strings("policyArns")
				got[r.String("roleName")] = lists
			}
			assert.Equal(t, want, got)
		})
	}
}

// A person who has enrolled can be removed: the switch is in the state from the first update on.
func TestUsersCanBeDeletedWithTheirDevicesFromTheFirstUpdateOn(t *testing.T) {
	users := deployed(t, accounts.PlainAccount(policy.AWS)).OfType(userType)
	require.Len(t, users, 2)
	for _, r := range users {
		assert.True(t, r.Bool("forceDestroy"), r.Name)
	}
}

// Tags that a person may write are set once and left alone; every other tag stays as configured.
func TestOnlyContactTagsAreLeftAlone(t *testing.T) {
	f := accounts.FullAccount(policy.AWS)
	f.Users[0].ContactTags = []string{"email", "Phone"}
	rec := deployed(t, f)
	alice := resourceNamed(t, rec, userType, "user-alice-user")
	assert.Equal(
		t,
		map[string]string{"Email": "alice@example.com", "DisplayName": "Alice", "Team": "red"},
		alice.Map("tags"),
	)
	assert.Equal(t, []string{`tags["Email"]`, `tags["Phone"]`}, alice.IgnoreChanges)

	f.Users[0].ContactTags = nil
	assert.Empty(t, resourceNamed(t, deployed(t, f), userType, "user-alice-user").IgnoreChanges)
}

// No secret is made, so none is in the state: no password, no key, no seed.
func TestNothingSecretIsEverMade(t *testing.T) {
	for _, f := range []accounts.Account{accounts.FullAccount(policy.AWS), accounts.PlainAccount(policy.AWS)} {
		for _, r := range deployed(t, f).Resources() {
			for _, secret := range []string{"LoginProfile", "AccessKey", "VirtualMfaDevice", "SshKey", "ServiceSpecificCredential", "SigningCertificate", "random:"} {
				assert.NotContains(t, r.Type, secret)
			}
			for key, value := range r.Inputs {
				assert.False(t, value.IsSecret(), "%s %s", r.Name, key)
			}
		}
	}
}

// A policy has no description, because changing one would replace the policy under everybody who has it.
func TestPoliciesCarryNoDescription(t *testing.T) {
	policies := deployed(t, accounts.FullAccount(policy.AWS)).OfType(managedPolicyType)
	require.Len(t, policies, 4, "three of operation roles, one for nodes")
	for _, r := range policies {
		assert.Equal(t, []string{"name", "path", "policy"}, slices.Sorted(maps.Keys(stringKeys(r))), r.Name)
	}
}

func stringKeys(r mocks.Resource) map[string]bool {
	keys := map[string]bool{}
	for key, value := range r.Inputs {
		if !strings.HasPrefix(string(key), "__") && !value.IsNull() {
			keys[string(key)] = true
		}
	}
	return keys
}

// The shared policies are made once, and every operation role has all of them.
func TestSharedPoliciesAreMadeOnce(t *testing.T) {
	rec := deployed(t, accounts.FullAccount(policy.AWS))
	assert.Len(t, rec.OfType(managedPolicyType), 4, "three of operation roles, one for nodes")
	for _, role := range []string{accounts.FirstRole, "second"} {
		for _, name := range []string{guardrail.OperationGuardPolicyName, guardrail.OperationSessionsPolicyName, guardrail.OperationStartStopPolicyName} {
			attachment := resourceNamed(t, rec, attachmentType, "operation-attachment-"+role+"-"+name)
			assert.Equal(t, "arn:aws:iam::"+accounts.Home+":policy/guardrails/"+name, attachment.String("policyArn"))
			assert.True(t, attachment.DependsOn(managedPolicyType, "operation-policy-"+name))
		}
	}
}

// Without entries there is nothing to share.
func TestNoEntriesMakeNoPolicies(t *testing.T) {
	f := accounts.PlainAccount(policy.AWS)
	f.Roles.Roles = nil
	rec := deployed(t, f)
	assert.Empty(t, rec.OfType(managedPolicyType))
	assert.Empty(t, f.World().Policies)
}

// Each Region has a document of its own, made by the provider of that Region.
func TestEveryListedRegionHasItsPreferences(t *testing.T) {
	f := accounts.FullAccount(policy.AWS)
	rec := deployed(t, f)
	require.Len(t, rec.OfType(documentType), 2)
	for _, region := range f.Sessions.Regions {
		document := resourceNamed(t, rec, documentType, "sessions-preferences-"+region)
		assert.Equal(t, "SSM-SessionManagerRunShell", document.String("name"))
		assert.Equal(t, "Session", document.String("documentType"))
		assert.Equal(t, "JSON", document.String("documentFormat"))
		assert.Equal(t, f.Sessions.Content(), document.String("content"))
		assert.Contains(t, document.Provider, "pulumi:providers:aws::"+region+"::")
		assert.Empty(t, document.ImportID)
	}
}

// Two Regions cannot share the component's provider: they would be one document.
func TestASecondRegionWithoutAProviderIsRefused(t *testing.T) {
	f := accounts.FullAccount(policy.AWS)
	rec, err := mocks.Run(func(ctx *pulumi.Context) error {
		_, err := components.NewSessionPreferences(ctx, "sessions", f.Sessions, nil)
		return err
	})
	require.ErrorContains(t, err, `regions[1]: "us-east-1" has no provider`)
	assert.Empty(t, rec.Resources())
}

// The password policy writes every value, so that a value taken out of the stack file is taken out of the account.
func TestThePasswordPolicyWritesEveryValue(t *testing.T) {
	keys := []string{
		"allowUsersToChangePassword",
		"hardExpiry",
		"maxPasswordAge",
		"minimumPasswordLength",
		"passwordReusePrevention",
		"requireLowercaseCharacters",
		"requireNumbers",
		"requireSymbols",
		"requireUppercaseCharacters",
	}
	for _, f := range []accounts.Account{accounts.FullAccount(policy.AWS), accounts.PlainAccount(policy.AWS)} {
		r := resourceNamed(t, deployed(t, f), passwordPolicyType, "passwords-policy")
		assert.Equal(t, keys, slices.Sorted(maps.Keys(stringKeys(r))))
	}
	plain := resourceNamed(t, deployed(t, accounts.PlainAccount(policy.AWS)), passwordPolicyType, "passwords-policy")
	assert.Equal(t, 14, plain.Number("minimumPasswordLength"))
	assert.False(t, plain.Bool("allowUsersToChangePassword"))
	full := resourceNamed(t, deployed(t, accounts.FullAccount(policy.AWS)), passwordPolicyType, "passwords-policy")
	assert.Equal(t, 90, full.Number("maxPasswordAge"))
	assert.Equal(t, 24, full.Number("passwordReusePrevention"))
	assert.True(t, full.Bool("hardExpiry"))
	assert.True(
		t,
		full.Bool("requireSymbols") && full.Bool("requireNumbers") && full.Bool("requireUppercaseCharacters") &&
			full.Bool("requireLowercaseCharacters"),
	)
}

// A preview registers what an update does: no document waits for an output.
func TestAPreviewShowsTheSameDocuments(t *testing.T) {
	update, preview := deployed(t, accounts.FullAccount(policy.AWS)), deployed(t, accounts.FullAccount(policy.AWS), mocks.Preview())
	require.Equal(t, resourceNames(update), resourceNames(preview))
	for i, r := range update.Resources() {
		for _, key := range []string{"policy", "assumeRolePolicy", "content"} {
			assert.Equal(t, r.String(key), preview.Resources()[i].String(key), r.Name)
		}
	}
}
