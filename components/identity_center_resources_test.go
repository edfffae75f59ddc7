package components_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/components"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

const (
	permissionSetType = "aws:ssoadmin/permissionSet:PermissionSet"
	inlinePolicyType  = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
	assignmentType    = "aws:ssoadmin/accountAssignment:AccountAssignment"
	attributesType    = "aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes"
)

// identityCenterAnswers is the instance of the fixture as AWS answers for it.
func identityCenterAnswers() mocks.Option {
	return mocks.IdentityCenter(accounts.Instance, accounts.IdentityStore, "dave", "operators")
}

// What is registered of IAM Identity Center is, byte for byte, what the world says, and nobody is assigned a
// permission set before its policies are there.
func TestTheRegisteredIdentityCenterIsTheProvenOne(t *testing.T) {
	attributes, set := accounts.PermissionSet()
	rec, err := mocks.Run(func(ctx *pulumi.Context) error {
		if _, err := components.NewAccessControlAttributes(ctx, "attributes", attributes); err != nil {
			return err
		}
		_, err := components.NewPermissionSet(ctx, "set", set)
		return err
	}, identityCenterAnswers())
	require.NoError(t, err)
	w := access.World{
		Accounts: []world.Account{{ID: accounts.Home, Partition: policy.AWS}, {ID: accounts.Other, Partition: policy.AWS}},
	}
	attributes.AddToWorld(&w)
	set.AddToWorld(&w)

	inline := rec.OfType(inlinePolicyType)
	require.Len(t, inline, 1)
	for _, account := range w.Accounts {
		require.Len(t, account.Roles, 1)
		assert.Equal(t, account.Roles[0].Inline[0].Document.JSON(), inline[0].String("inlinePolicy"))
	}
	require.Len(t, rec.OfType(attributesType), 1)
	assert.Equal(t, []string{"Project ${path:enterprise.department}", "SSMSessionRunAs ${path:userName}"}, []string{
		w.IdentityCenter.Attributes[0].Key + " " + w.IdentityCenter.Attributes[0].Source.String(),
		w.IdentityCenter.Attributes[1].Key + " " + w.IdentityCenter.Attributes[1].Source.String(),
	})
	assert.Equal(
		t,
		[]string{"Operator", "PT1H"},
		[]string{
			rec.OfType(permissionSetType)[0].String("name"),
			rec.OfType(permissionSetType)[0].String("sessionDuration"),
		},
	)
	assignments := rec.OfType(assignmentType)
	require.Len(t, assignments, len(w.IdentityCenter.Assignments))
	for _, r := range assignments {
		assert.True(t, r.DependsOn(inlinePolicyType, inline[0].Name), "%s does not wait for the policy", r.Name)
	}
}

// identityCenterConstructors makes each component of IAM Identity Center, alone. broken makes one problem.
func identityCenterConstructors(broken bool) map[string]func(*pulumi.Context, ...pulumi.ResourceOption) error {
	attributes, set := accounts.PermissionSet()
	if broken {
		attributes.Attributes["Project"] = "${path:groups}"
		set.Template = "everything"
	}
	return map[string]func(*pulumi.Context, ...pulumi.ResourceOption) error{
		components.AccessControlAttributesToken: func(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
			_, err := components.NewAccessControlAttributes(ctx, "x", attributes, opts...)
			return err
		},
		components.PermissionSetToken: func(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
			_, err := components.NewPermissionSet(ctx, "x", set, opts...)
			return err
		},
	}
}

// Children of the components of IAM Identity Center have them as parents, wait for the caller's DependsOn, and are
// protected as the caller says; the attributes alone stay when the stack goes, because an identity provider chooses
// every tag without them.
func TestChildrenOfIdentityCenterFollowTheirComponents(t *testing.T) {
	for token, construct := range identityCenterConstructors(false) {
		rec, err := mocks.Run(func(ctx *pulumi.Context) error {
			one, err := iam.NewGroup(ctx, "one", nil, pulumi.Protect(true))
			if err != nil {
				return err
			}
			return construct(ctx, pulumi.DependsOn([]pulumi.Resource{one}), pulumi.Protect(true))
		}, identityCenterAnswers())
		require.NoError(t, err, token)
		component := resourceNamed(t, rec, token, "x")
		for _, r := range rec.Resources() {
			assert.True(t, r.Protect != nil && *r.Protect, r.Name)
			if r.Name == "one" || r.URN == component.URN {
				continue
			}
			assert.Equal(t, component.URN, r.Parent, r.Name)
			assert.True(t, r.DependsOn(groupType, "one"), "%s does not wait for DependsOn", r.Name)
			assert.Equal(t, r.Type == attributesType, r.Retain != nil && *r.Retain, r.Name)
		}
		assert.Equal(t, 2, rec.OutputsRegistered(), "the component and the stack register outputs")
	}
}

// A refusal, an instance of somebody else and an id of somebody else come before the first registration, and an error
// of a child reaches the caller.
func TestIdentityCenterRegistersNothingThatIsRefused(t *testing.T) {
	for token, construct := range identityCenterConstructors(true) {
		rec, err := mocks.Run(func(ctx *pulumi.Context) error { return construct(ctx) }, identityCenterAnswers())
		var problems problem.List
		require.ErrorAs(t, err, &problems, token)
		assert.Empty(t, rec.Resources(), token)
	}
	for token, construct := range identityCenterConstructors(false) {
		rec, err := mocks.Run(
			func(ctx *pulumi.Context) error { return construct(ctx) },
			mocks.IdentityCenter(
				"arn:aws:sso:::instance/ssoins-fedcba0987654321",
				"d-1234567890",
				"mallory",
				"strangers",
			),
		)
		require.Error(t, err, token)
		assert.Empty(t, rec.Resources(), token)
	}
	for token, types := range map[string][]string{components.AccessControlAttributesToken: {attributesType}, components.PermissionSetToken: {permissionSetType, inlinePolicyType, assignmentType}} {
		for _, typ := range append(types, token) {
			_, err := mocks.Run(
				func(ctx *pulumi.Context) error { return identityCenterConstructors(false)[token](ctx) },
				identityCenterAnswers(),
				mocks.Fail(typ, "", errors.New("Throttling: rate exceeded")),
			)
			assert.ErrorContains(t, err, "Throttling: rate exceeded", typ)
		}
	}
}
