package provider

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws-native/sdk/go/aws"
	nativessm "github.com/pulumi/pulumi-aws-native/sdk/go/aws/ssm"
	classicaws "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/organizations"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// sdkTypes are the inputs and the state of each type in the SDK that programs are written with.
var sdkTypes = map[string]struct{ args, state typed }{
	"aws:iam/user:User": {iam.UserArgs{}, iam.UserState{}},
	"aws:iam/userGroupMembership:UserGroupMembership": {
		iam.UserGroupMembershipArgs{},
		iam.UserGroupMembershipState{},
	},
	"aws:iam/userPolicy:UserPolicy": {
		iam.UserPolicyArgs{},
		iam.UserPolicyState{},
	},
	"aws:iam/userPolicyAttachment:UserPolicyAttachment": {
		iam.UserPolicyAttachmentArgs{},
		iam.UserPolicyAttachmentState{},
	},
	"aws:iam/userPoliciesExclusive:UserPoliciesExclusive": {
		iam.UserPoliciesExclusiveArgs{},
		iam.UserPoliciesExclusiveState{},
	},
	"aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": {
		iam.UserPolicyAttachmentsExclusiveArgs{},
		iam.UserPolicyAttachmentsExclusiveState{},
	},
	"aws:iam/group:Group": {iam.GroupArgs{}, iam.GroupState{}},
	"aws:iam/groupPolicy:GroupPolicy": {
		iam.GroupPolicyArgs{},
		iam.GroupPolicyState{},
	},
	"aws:iam/groupPolicyAttachment:GroupPolicyAttachment": {
		iam.GroupPolicyAttachmentArgs{},
		iam.GroupPolicyAttachmentState{},
	},
	"aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive": {
		iam.GroupPoliciesExclusiveArgs{},
		iam.GroupPoliciesExclusiveState{},
	},
	"aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": {
		iam.GroupPolicyAttachmentsExclusiveArgs{},
		iam.GroupPolicyAttachmentsExclusiveState{},
	},
	"aws:iam/role:Role": {iam.RoleArgs{}, iam.RoleState{}},
	"aws:iam/rolePolicy:RolePolicy": {
		iam.RolePolicyArgs{},
		iam.RolePolicyState{},
	},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
		iam.RolePolicyAttachmentArgs{},
		iam.RolePolicyAttachmentState{},
	},
	"aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": {
		iam.RolePoliciesExclusiveArgs{},
		iam.RolePoliciesExclusiveState{},
	},
	"aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": {
		iam.RolePolicyAttachmentsExclusiveArgs{},
		iam.RolePolicyAttachmentsExclusiveState{},
	},
	"aws:iam/policy:Policy": {
		iam.PolicyArgs{},
		iam.PolicyState{},
	},
	"aws:iam/accountPasswordPolicy:AccountPasswordPolicy": {
		iam.AccountPasswordPolicyArgs{},
		iam.AccountPasswordPolicyState{},
	},
	"aws:iam/accountAlias:AccountAlias": {
		iam.AccountAliasArgs{},
		iam.AccountAliasState{},
	},
	"aws:organizations/policy:Policy": {
		organizations.PolicyArgs{},
		organizations.PolicyState{},
	},
	"aws:organizations/policyAttachment:PolicyAttachment": {
		organizations.PolicyAttachmentArgs{},
		organizations.PolicyAttachmentState{},
	},
	"aws:iam/organizationsFeatures:OrganizationsFeatures": {
		iam.OrganizationsFeaturesArgs{},
		iam.OrganizationsFeaturesState{},
	},
	"aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes": {
		ssoadmin.InstanceAccessControlAttributesArgs{},
		ssoadmin.InstanceAccessControlAttributesState{},
	},
	"aws:ssoadmin/permissionSet:PermissionSet": {
		ssoadmin.PermissionSetArgs{},
		ssoadmin.PermissionSetState{},
	},
	"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": {
		ssoadmin.PermissionSetInlinePolicyArgs{},
		ssoadmin.PermissionSetInlinePolicyState{},
	},
	"aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": {
		ssoadmin.ManagedPolicyAttachmentArgs{},
		ssoadmin.ManagedPolicyAttachmentState{},
	},
	"aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": {
		ssoadmin.CustomerManagedPolicyAttachmentArgs{},
		ssoadmin.CustomerManagedPolicyAttachmentState{},
	},
	"aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment": {
		ssoadmin.PermissionsBoundaryAttachmentArgs{},
		ssoadmin.PermissionsBoundaryAttachmentState{},
	},
	"aws:ssoadmin/accountAssignment:AccountAssignment": {
		ssoadmin.AccountAssignmentArgs{},
		ssoadmin.AccountAssignmentState{},
	},
	"aws:ssm/document:Document": {
		ssm.DocumentArgs{},
		ssm.DocumentState{},
	},
}

type typed interface{ ElementType() reflect.Type }

// properties are the Pulumi names of a struct's fields with their types.
func properties(of typed) map[resource.PropertyKey]reflect.Type {
	out := map[resource.PropertyKey]reflect.Type{}
	t := of.ElementType()
	for i := range t.NumField() {
		if name, ok := t.Field(i).Tag.Lookup("pulumi"); ok {
			out[resource.PropertyKey(name)] = t.Field(i).Type
		}
	}
	return out
}

// The schemas name exactly the inputs and outputs that the SDK has, with the same types, and require what it requires.
func TestTheSchemasAreThoseOfTheSDK(t *testing.T) {
	for token, sdk := range sdkTypes {
		r, ok := classic().types[token]
		require.True(t, ok, "%s is missing", token)
		args, state := properties(sdk.args), properties(sdk.state)
		for key, typ := range args {
			p, ok := r.Schema[key]
			if assert.True(t, ok && p.Input, "%s: input %s is missing", token, key) {
				assert.Contains(t, kindsOf(typ), p.Kind, "%s.%s is %s", token, key, typ)
				holdFields(t, token+"."+string(key), p, typ)
				if typ.Kind() == reflect.String {
					assert.True(t, p.Required || p.Auto > 0, "%s.%s is required by the SDK", token, key)
				}
				if typ.Kind() == reflect.Pointer {
					assert.False(t, p.Required, "%s.%s is optional in the SDK", token, key)
				}
			}
		}
		for key, p := range r.Schema {
			_, isArg := args[key]
			assert.Equal(t, isArg, p.Input, "%s.%s", token, key)
			typ, isState := state[key]
			if assert.True(t, isState, "%s: the SDK has no %s", token, key) {
				assert.Contains(t, kindsOf(typ), p.Kind, "%s.%s is %s", token, key, typ)
			}
		}
		for key := range state {
			assert.Contains(t, r.Schema, key, "%s: output %s is missing", token, key)
		}
	}
	for token := range classic().types {
		assert.Contains(t, sdkTypes, token, "the test does not hold this type against the SDK")
	}
}

// holdFields holds the fields of an object, or of the objects of a list, against those of the SDK, all the way down.
func holdFields(t *testing.T, path string, p schema.Property, typ reflect.Type) {
	t.Helper()
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct {
		return
	}
	assert.Len(t, p.Fields, typ.NumField(), path)
	for i := range typ.NumField() {
		key := resource.PropertyKey(typ.Field(i).Tag.Get("pulumi"))
		if field, ok := p.Fields[key]; assert.True(t, ok, "%s.%s", path, key) {
			assert.Contains(t, kindsOf(typ.Field(i).Type), field.Kind, "%s.%s", path, key)
			holdFields(t, path+"."+string(key), field, typ.Field(i).Type)
		}
	}
}

// kindsOf are the kinds that a Go type of the SDK may have here.
func kindsOf(t reflect.Type) []schema.Kind {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return []schema.Kind{schema.TextKind, schema.PolicyKind, schema.JSONKind}
	case reflect.Interface:
		return []schema.Kind{schema.TextKind, schema.PolicyKind, schema.JSONKind}
	case reflect.Bool:
		return []schema.Kind{schema.FlagKind}
	case reflect.Int:
		return []schema.Kind{schema.NumberKind}
	case reflect.Map:
		return []schema.Kind{schema.TextMapKind}
	case reflect.Struct:
		return []schema.Kind{schema.ObjectKind}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return []schema.Kind{schema.ObjectSetKind}
		}
		return []schema.Kind{schema.TextSetKind, schema.TextListKind}
	}
	return nil
}

// The documents of aws-native have the inputs of its SDK.
func TestTheSchemaOfNativeDocumentsIsThatOfTheSDK(t *testing.T) {
	args, r := properties(nativessm.DocumentArgs{}), native().types["aws-native:ssm:Document"]
	for key, typ := range args {
		if assert.Contains(t, r.Schema, key) {
			assert.Contains(t, kindsOf(typ), r.Schema[key].Kind, "%s is %s", key, typ)
		}
	}
	for key := range r.Schema {
		assert.Contains(t, args, key)
	}
}

// The settings of the providers are those of the SDKs, and no other is taken.
func TestTheSettingsAreThoseOfTheSDK(t *testing.T) {
	for sdk, r := range map[typed]*registry{classicaws.ProviderArgs{}: classic(), aws.ProviderArgs{}: native()} {
		var names []string
		for key := range properties(sdk) {
			names = append(names, string(key))
		}
		slices.Sort(names)
		assert.Equal(t, names, r.config)
	}
}

// The sandbox says that it behaves like the provider whose SDK the module has.
func TestTheVersionsAreThoseOfTheModule(t *testing.T) {
	mod, err := os.ReadFile("../../../go.mod")
	require.NoError(t, err)
	for path, r := range map[string]*registry{"github.com/pulumi/pulumi-aws/sdk/v6": classic(), "github.com/pulumi/pulumi-aws-native/sdk": native()} {
		assert.True(
			t,
			strings.Contains(string(mod), path+" v"+r.version),
			"go.mod does not have %s v%s",
			path,
			r.version,
		)
	}
}
