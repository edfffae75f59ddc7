package provider

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
)

// plainQuotes refuses two quotation marks that IAM took for a while and the provider does not.
var plainQuotes = textRule(func(s string) string {
	if strings.ContainsAny(s, "“‘") {
		return "cannot contain specially formatted single or double quotes: [“‘]"
	}
	return ""
}, "the “shop”", "‘x’")

func iamRole() *resourceType {
	return &resourceType{
		token: "aws:iam/role:Role",
		schema: schema{
			"arn":                 out(textKind),
			"assumeRolePolicy":    in(policyKind).must(),
			"createDate":          out(textKind),
			"description":         in(textKind).checked(length(0, 1000), plainQuotes),
			"forceDetachPolicies": in(flagKind).or(flag(false)),
			"inlinePolicies": in(objectSetKind).of(schema{"name": in(textKind), "policy": in(policyKind)}).known().
				notModelled("use aws.iam.RolePolicy and aws.iam.RolePoliciesExclusive"),
			"managedPolicyArns": in(textSetKind).known().
				notModelled("use aws.iam.RolePolicyAttachment and aws.iam.RolePolicyAttachmentsExclusive"),
			"maxSessionDuration":  in(numberKind).or(number(3600)).checked(between(3600, 43200)),
			"name":                in(textKind).named(64).replace().checked(nameRules(64)...),
			"namePrefix":          in(textKind).known().replace().notModelled("use name"),
			"path":                in(textKind).or(text("/")).replace().checked(length(0, 512)),
			"permissionsBoundary": in(textKind).checked(anARN),
			"uniqueId":            out(textKind),
		}.tagged(),
		create: func(ctx context.Context, s *session, in values) (string, error) {
			role, err := s.iam().CreateRole(ctx, iam.NewRole{
				Name: in.text(
					"name",
				),
				Path:        in.text("path"),
				Description: in.text("description"),
				Trust:       normalizeJSON(in.text("assumeRolePolicy")),
				MaxSession: in.number(
					"maxSessionDuration",
				),
				Boundary: in.text("permissionsBoundary"),
				Tags:     in.textMap("tagsAll"),
			})
			return role.Name, doing(err, "creating IAM Role (%s)", in.text("name"))
		},
		read:   readRole,
		update: updateRole,
		remove: removeRole,
		adopt: func(id string) (values, string, error) {
			return values{"forceDetachPolicies": flag(false)}, id, nil
		},
	}
}

func readRole(ctx context.Context, s *session, id string, state values) (values, error) {
	role, err := s.iam().GetRole(ctx, id)
	if api.Is(err, "NoSuchEntity") {
		return nil, nil
	}
	if err != nil {
		return nil, doing(err, "reading IAM Role (%s)", id)
	}
	reading := []string{"ListRolePolicies", "ListAttachedRolePolicies"}
	if len(role.Inline) > 0 {
		reading = append(reading, "GetRolePolicy")
	}
	if err := s.iam().Besides(ctx, id, reading...); err != nil {
		return nil, doing(err, "reading IAM Role (%s) policies", id)
	}
	var inline []values
	for _, name := range slices.Sorted(maps.Keys(role.Inline)) {
		inline = append(inline, values{"name": text(name), "policy": text(role.Inline[name])})
	}
	attached := slices.Sorted(slices.Values(role.Attached))
	return values{
		"arn":               text(s.iam().RoleARN(role)),
		"assumeRolePolicy":  policyToSet(state.text("assumeRolePolicy"), role.Trust),
		"createDate":        text(role.Created.Format(time.RFC3339)),
		"description":       optional(role.Description),
		"inlinePolicies":    objects(inline),
		"managedPolicyArns": texts(attached),
		"maxSessionDuration": number(
			role.MaxSession,
		),
		"name":                text(role.Name),
		"namePrefix":          text(""),
		"path":                text(role.Path),
		"permissionsBoundary": optional(role.Boundary),
		"uniqueId":            text(role.ID),
	}.and(s.readTags(role.Tags, state)), nil
}

func updateRole(ctx context.Context, s *session, id string, state, in values, d difference) error {
	if d.has("assumeRolePolicy") {
		if err := s.iam().UpdateAssumeRolePolicy(ctx, id, normalizeJSON(in.text("assumeRolePolicy"))); err != nil {
			return doing(err, "updating IAM Role (%s) assume role policy", id)
		}
	}
	if d.has("description") {
		if err := s.iam().UpdateRoleDescription(ctx, id, in.text("description")); err != nil {
			return doing(err, "updating IAM Role (%s) description", id)
		}
	}
	if d.has("maxSessionDuration") {
		if err := s.iam().UpdateRole(ctx, id, in.number("maxSessionDuration")); err != nil {
			return doing(err, "updating IAM Role (%s) MaxSessionDuration", id)
		}
	}
	if d.has("permissionsBoundary") {
		if err := s.iam().PutRolePermissionsBoundary(ctx, id, in.text("permissionsBoundary")); err != nil {
			return doing(err, "updating IAM Role (%s) permissions boundary", id)
		}
	}
	if d.has("tagsAll") {
		err := retag(state, in,
			func(tags map[string]string) error { return s.iam().TagRole(ctx, id, tags) },
			func(keys []string) error { return s.iam().UntagRole(ctx, id, keys) })
		return doing(err, "updating tags for IAM Role (%s)", id)
	}
	return nil
}

// removeRole deletes a role. Policies go first with forceDetachPolicies, and where the state, after a refresh, knows
// of them. What is gone already is no error.
func removeRole(ctx context.Context, s *session, id string, state values) error {
	if err := s.iam().Besides(ctx, id, "ListInstanceProfilesForRole"); err != nil {
		return doing(err, "deleting IAM Role (%s): reading instance profiles", id)
	}
	force := state.flag("forceDetachPolicies")
	if force || len(state.texts("managedPolicyArns")) > 0 {
		attached, err := s.iam().ListAttachedPolicies(ctx, iam.KindRole, id)
		for i := 0; err == nil && i < len(attached); i++ {
			err = ignore(s.iam().DetachPolicy(ctx, iam.KindRole, id, attached[i]), "NoSuchEntity")
		}
		if ignoreErr := ignore(err, "NoSuchEntity"); ignoreErr != nil {
			return doing(ignoreErr, "deleting IAM Role (%s): detaching policies", id)
		}
	}
	if p := state["inlinePolicies"]; force || p.IsArray() && len(p.ArrayValue()) > 0 {
		inline, err := s.iam().ListInlinePolicies(ctx, iam.KindRole, id)
		for i := 0; err == nil && i < len(inline); i++ {
			err = ignore(s.iam().DeleteInlinePolicy(ctx, iam.KindRole, id, inline[i]), "NoSuchEntity")
		}
		if ignoreErr := ignore(err, "NoSuchEntity"); ignoreErr != nil {
			return doing(ignoreErr, "deleting IAM Role (%s): deleting inline policies", id)
		}
	}
	return doing(ignore(s.iam().DeleteRole(ctx, id), "NoSuchEntity"), "deleting IAM Role (%s)", id)
}
