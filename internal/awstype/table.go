package awstype

import (
	"maps"
	"slices"
)

// types are the types that the product registers.
var types = []Type{
	iamUser,
	iamUserGroupMembership,
	iamUserPoliciesExclusive,
	iamUserPolicyAttachmentsExclusive,
	iamGroup,
	iamGroupPolicy,
	iamGroupPoliciesExclusive,
	iamGroupPolicyAttachmentsExclusive,
	iamRole,
	iamRolePolicy,
	iamRolePoliciesExclusive,
	iamRolePolicyAttachment,
	iamRolePolicyAttachmentsExclusive,
	iamPolicy,
	iamAccountPasswordPolicy,
	ssmDocument,
	ssmNativeDocument,
	organizationsPolicy,
	organizationsPolicyAttachment,
	ssoadminInstanceAccessControlAttributes,
	ssoadminPermissionSet,
	ssoadminPermissionSetInlinePolicy,
	ssoadminManagedPolicyAttachment,
	ssoadminCustomerManagedPolicyAttachment,
	ssoadminPermissionsBoundaryAttachment,
	ssoadminAccountAssignment,
}

// Types are the types that the product registers, in the order of their services.
func Types() []Type { return slices.Clone(types) }

// StraysOf are what others can add beside a resource of the type; none of a token that is not known.
func StraysOf(token string) []Stray {
	t, _ := TypeOf(token)
	return slices.Clone(t.Strays)
}

// TypeOf is a type by its token; false for one that the product does not register.
func TypeOf(token string) (Type, bool) {
	for i := range types {
		if types[i].Token == token {
			return types[i], true
		}
	}
	return Type{}, false
}

// table are the calls by token, of types and of functions. Waiters repeat calls that are listed. Configuring a provider
// calls sts:GetCallerIdentity, for which nobody needs a permission, and nothing else unless the validation of
// credentials is skipped (internal/conns/config.go at 02fe3b28).
var table = func() map[string]Calls {
	all := map[string]Calls{}
	for token, calls := range functions {
		all[token] = calls
	}
	for _, t := range types {
		all[t.Token] = t.Calls
	}
	return all
}()

// CallsOf are the calls of a type of resource or of a function by its token; false where the table lacks it.
func CallsOf(token string) (Calls, bool) {
	c, ok := table[token]
	return c, ok
}

// Tokens are the tokens of the table, sorted.
func Tokens() []string { return slices.Sorted(maps.Keys(table)) }

// Unconfirmed are the calls of the whole table that no source shows: "token action".
func Unconfirmed() []string {
	var out []string
	for _, token := range Tokens() {
		for _, call := range table[token].Calls {
			if call.Unconfirmed != "" {
				out = append(out, token+" "+call.Action)
			}
		}
	}
	return slices.Compact(out)
}
