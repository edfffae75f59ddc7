package iam

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// plainQuotes refuses two quotation marks that IAM took for a while and the provider does not.
var plainQuotes = schema.TextRule(func(s string) string {
	if strings.ContainsAny(s, "“‘") {
		return "cannot contain specially formatted single or double quotes: [“‘]"
	}
	return ""
}, "the “shop”", "‘x’")

func roleType() *resources.Type {
	return &resources.Type{
		Token: token.IAMRole,
		Schema: schema.Schema{
			"arn":                 schema.Out(schema.TextKind),
			"assumeRolePolicy":    schema.In(schema.PolicyKind).Must(),
			"createDate":          schema.Out(schema.TextKind),
			"description":         schema.In(schema.TextKind).Checked(schema.Length(0, 1000), plainQuotes),
			"forceDetachPolicies": schema.In(schema.FlagKind).Or(schema.Flag(false)),
			"inlinePolicies": schema.In(schema.ObjectSetKind).
				WithFields(schema.Schema{"name": schema.In(schema.TextKind), "policy": schema.In(schema.PolicyKind)}).
				Known().
				NotModelled("use aws.iam.RolePolicy and aws.iam.RolePoliciesExclusive"),
			"managedPolicyArns": schema.In(schema.TextSetKind).Known().
				NotModelled("use aws.iam.RolePolicyAttachment and aws.iam.RolePolicyAttachmentsExclusive"),
			"maxSessionDuration": schema.In(schema.NumberKind).
				Or(schema.Number(3600)).
				Checked(schema.Between(3600, 43200)),
			"name":       schema.In(schema.TextKind).Named(64).Replace().Checked(schema.NameRules(64)...),
			"namePrefix": schema.In(schema.TextKind).Known().Replace().NotModelled("use name"),
			"path": schema.In(schema.TextKind).
				Or(schema.Text("/")).
				Replace().
				Checked(schema.Length(0, 512)),
			"permissionsBoundary": schema.In(schema.TextKind).Checked(schema.AnARN),
			"uniqueId":            schema.Out(schema.TextKind),
		}.Tagged(),
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			role, err := s.IAM().CreateRole(ctx, iam.NewRole{
				Name: in.Text(
					"name",
				),
				Path:        in.Text("path"),
				Description: in.Text("description"),
				Trust:       schema.NormalizeJSON(in.Text("assumeRolePolicy")),
				MaxSession: in.Number(
					"maxSessionDuration",
				),
				Boundary: in.Text("permissionsBoundary"),
				Tags:     in.TextMap("tagsAll"),
			})
			return role.Name, resources.Doing(err, "creating IAM Role (%s)", in.Text("name"))
		},
		Read:   readRole,
		Update: updateRole,
		Remove: removeRole,
		Adopt: func(id string) (schema.Values, string, error) {
			return schema.Values{"forceDetachPolicies": schema.Flag(false)}, id, nil
		},
	}
}

func readRole(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
	role, err := s.IAM().GetRole(ctx, id)
	if api.Is(err, "NoSuchEntity") {
		return nil, nil
	}
	if err != nil {
		return nil, resources.Doing(err, "reading IAM Role (%s)", id)
	}
	reading := []string{"ListRolePolicies", "ListAttachedRolePolicies"}
	if len(role.Inline) > 0 {
		reading = append(reading, "GetRolePolicy")
	}
	if err := s.IAM().Besides(ctx, id, reading...); err != nil {
		return nil, resources.Doing(err, "reading IAM Role (%s) policies", id)
	}
	var inline []schema.Values
	for _, name := range slices.Sorted(maps.Keys(role.Inline)) {
		inline = append(inline, schema.Values{"name": schema.Text(name), "policy": schema.Text(role.Inline[name])})
	}
	attached := slices.Sorted(slices.Values(role.Attached))
	return schema.Values{
		"arn":               schema.Text(s.IAM().RoleARN(role)),
		"assumeRolePolicy":  schema.PolicyToSet(state.Text("assumeRolePolicy"), role.Trust),
		"createDate":        schema.Text(role.Created.Format(time.RFC3339)),
		"description":       schema.Optional(role.Description),
		"inlinePolicies":    schema.Objects(inline),
		"managedPolicyArns": schema.Texts(attached),
		"maxSessionDuration": schema.Number(
			role.MaxSession,
		),
		"name":                schema.Text(role.Name),
		"namePrefix":          schema.Text(""),
		"path":                schema.Text(role.Path),
		"permissionsBoundary": schema.Optional(role.Boundary),
		"uniqueId":            schema.Text(role.ID),
	}.And(s.ReadTags(role.Tags, state)), nil
}

func updateRole(
	ctx context.Context,
	s *resources.Session,
	id string,
	state, in schema.Values,
	d schema.Difference,
) error {
	if d.Has("assumeRolePolicy") {
		if err := s.IAM().
			UpdateAssumeRolePolicy(ctx, id, schema.NormalizeJSON(in.Text("assumeRolePolicy"))); err != nil {
			return resources.Doing(err, "updating IAM Role (%s) assume role policy", id)
		}
	}
	if d.Has("description") {
		if err := s.IAM().UpdateRoleDescription(ctx, id, in.Text("description")); err != nil {
			return resources.Doing(err, "updating IAM Role (%s) description", id)
		}
	}
	if d.Has("maxSessionDuration") {
		if err := s.IAM().UpdateRole(ctx, id, in.Number("maxSessionDuration")); err != nil {
			return resources.Doing(err, "updating IAM Role (%s) MaxSessionDuration", id)
		}
	}
	if d.Has("permissionsBoundary") {
		if err := s.IAM().PutRolePermissionsBoundary(ctx, id, in.Text("permissionsBoundary")); err != nil {
			return resources.Doing(err, "updating IAM Role (%s) permissions boundary", id)
		}
	}
	if d.Has("tagsAll") {
		err := resources.Retag(state, in,
			func(tags map[string]string) error { return s.IAM().TagRole(ctx, id, tags) },
			func(keys []string) error { return s.IAM().UntagRole(ctx, id, keys) })
		return resources.Doing(err, "updating tags for IAM Role (%s)", id)
	}
	return nil
}

// removeRole deletes a role. Policies go first with forceDetachPolicies, and where the state, after a refresh, knows
// of them. What is gone already is no error.
func removeRole(ctx context.Context, s *resources.Session, id string, state schema.Values) error {
	if err := s.IAM().Besides(ctx, id, "ListInstanceProfilesForRole"); err != nil {
		return resources.Doing(err, "deleting IAM Role (%s): reading instance profiles", id)
	}
	force := state.Flag("forceDetachPolicies")
	if force || len(state.Texts("managedPolicyArns")) > 0 {
		attached, err := s.IAM().ListAttachedPolicies(ctx, iam.KindRole, id)
		for i := 0; err == nil && i < len(attached); i++ {
			err = resources.Ignore(s.IAM().DetachPolicy(ctx, iam.KindRole, id, attached[i]), "NoSuchEntity")
		}
		if ignoreErr := resources.Ignore(err, "NoSuchEntity"); ignoreErr != nil {
			return resources.Doing(ignoreErr, "deleting IAM Role (%s): detaching policies", id)
		}
	}
	if p := state["inlinePolicies"]; force || p.IsArray() && len(p.ArrayValue()) > 0 {
		inline, err := s.IAM().ListInlinePolicies(ctx, iam.KindRole, id)
		for i := 0; err == nil && i < len(inline); i++ {
			err = resources.Ignore(s.IAM().DeleteInlinePolicy(ctx, iam.KindRole, id, inline[i]), "NoSuchEntity")
		}
		if ignoreErr := resources.Ignore(err, "NoSuchEntity"); ignoreErr != nil {
			return resources.Doing(ignoreErr, "deleting IAM Role (%s): deleting inline policies", id)
		}
	}
	return resources.Doing(resources.Ignore(s.IAM().DeleteRole(ctx, id), "NoSuchEntity"), "deleting IAM Role (%s)", id)
}
