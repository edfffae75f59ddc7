package iam

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

func existingUser(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	name := args.Text("userName")
	user, err := s.IAM().GetUser(ctx, name)
	if err != nil {
		return nil, resources.Doing(err, "reading IAM User (%s)", name)
	}
	return schema.Values{
		"arn": schema.Text(
			s.IAM().UserARN(user),
		),
		"id":                  schema.Text(user.ID),
		"path":                schema.Text(user.Path),
		"permissionsBoundary": schema.Text(user.Boundary),
		"tags":                schema.TextMap(user.Tags),
		"userId":              schema.Text(user.ID),
		"userName":            schema.Text(user.Name),
	}, nil
}

func existingUsers(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	users, err := s.IAM().ListUsers(ctx, args.Text("pathPrefix"))
	if err != nil {
		return nil, resources.Doing(err, "reading IAM users")
	}
	var arns, names []string
	for _, user := range users {
		arns, names = append(arns, s.IAM().UserARN(user)), append(names, user.Name)
	}
	return schema.Values{
		"arns":  schema.Texts(arns),
		"names": schema.Texts(names),
		"id":    schema.Text(s.Caller.Region),
	}.And(
		schema.Asked(args, "pathPrefix"),
	), nil
}

func existingGroup(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	name := args.Text("groupName")
	group, members, err := s.IAM().GroupMembers(ctx, name)
	if err != nil {
		return nil, resources.Doing(err, "reading IAM Group (%s)", name)
	}
	var users []schema.Values
	for _, user := range members {
		users = append(users, schema.Values{
			"arn": schema.Text(
				s.IAM().UserARN(user),
			),
			"path":     schema.Text(user.Path),
			"userId":   schema.Text(user.ID),
			"userName": schema.Text(user.Name),
		})
	}
	return schema.Values{
		"arn": schema.Text(
			s.IAM().GroupARN(group),
		),
		"groupId":   schema.Text(group.ID),
		"groupName": schema.Text(group.Name),
		"id":        schema.Text(group.ID),
		"path":      schema.Text(group.Path),
		"users":     schema.Objects(users),
	}, nil
}

func existingRole(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	name := args.Text("name")
	role, err := s.IAM().GetRole(ctx, name)
	if api.Is(err, "NoSuchEntity") {
		err = errors.New("couldn't find resource")
	}
	if err != nil {
		return nil, resources.Doing(err, "reading IAM Role (%s)", name)
	}
	return schema.Values{
		"arn": schema.Text(
			s.IAM().RoleARN(role),
		),
		"assumeRolePolicy": schema.Text(role.Trust),
		"createDate":       schema.Text(role.Created.Format(time.RFC3339)),
		"description": schema.Text(
			role.Description,
		),
		"id":                 schema.Text(role.Name),
		"maxSessionDuration": schema.Number(role.MaxSession),
		"name":               schema.Text(role.Name),
		"path": schema.Text(
			role.Path,
		),
		"permissionsBoundary": schema.Text(role.Boundary),
		"roleLastUseds":       schema.Objects(nil),
		"tags":                schema.TextMap(role.Tags),
		"uniqueId":            schema.Text(role.ID),
	}, nil
}

func existingRoles(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	roles, err := s.IAM().ListRoles(ctx, args.Text("pathPrefix"))
	if err != nil {
		return nil, resources.Doing(err, "reading IAM roles")
	}
	var arns, names []string
	for _, role := range roles {
		arns, names = append(arns, s.IAM().RoleARN(role)), append(names, role.Name)
	}
	return schema.Values{
		"arns":  schema.Texts(arns),
		"names": schema.Texts(names),
		"id":    schema.Text(s.Caller.Region),
	}.And(
		schema.Asked(args, "pathPrefix"),
	), nil
}

func existingPolicy(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	arn := args.Text("arn")
	p, attached, err := s.IAM().GetPolicy(ctx, arn)
	if api.Is(err, "NoSuchEntity") {
		err = errors.New("couldn't find resource")
	}
	if err != nil {
		return nil, resources.Doing(err, "reading IAM policy (%s)", arn)
	}
	return schema.Values{
		"arn": schema.Text(
			p.ARN,
		),
		"attachmentCount": schema.Number(attached),
		"description":     schema.Text(p.Description),
		"id":              schema.Text(p.ARN),
		"name":            schema.Text(p.Name),
		"path":            schema.Text(p.Path),
		"policy":          schema.Text(p.Document()),
		"policyId":        schema.Text(p.ID),
		"tags":            schema.TextMap(p.Tags),
	}, nil
}

// ControlledUser is AWS::IAM::User as Cloud Control reads it.
func ControlledUser(ctx context.Context, s *resources.Session, id string) (map[string]any, error) {
	user, err := s.IAM().GetUser(ctx, id)
	if err != nil {
		return nil, err
	}
	reading := []string{"ListUserPolicies", "ListAttachedUserPolicies", "GetLoginProfile"}
	if len(user.Inline) > 0 {
		reading = append(reading, "GetUserPolicy")
	}
	if besidesErr := s.IAM().Besides(ctx, id, reading...); besidesErr != nil {
		return nil, besidesErr
	}
	groups, err := s.IAM().ListGroupsForUser(ctx, id)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"UserName": user.Name, "Path": user.Path, "Arn": s.IAM().UserARN(user), "Groups": groups}
	if user.Boundary != "" {
		out["PermissionsBoundary"] = user.Boundary
	}
	if len(user.Attached) > 0 {
		out["ManagedPolicyArns"] = user.Attached
	}
	var policies []any
	for _, name := range slices.Sorted(maps.Keys(user.Inline)) {
		policies = append(
			policies,
			map[string]any{"PolicyName": name, "PolicyDocument": json.RawMessage(user.Inline[name])},
		)
	}
	if len(policies) > 0 {
		out["Policies"] = policies
	}
	return out, nil
}

func alias(ctx context.Context, s *resources.Session, _ schema.Values) (schema.Values, error) {
	found, err := s.IAM().AccountAlias(ctx)
	if err != nil {
		return nil, resources.Doing(err, "reading IAM Account Alias")
	}
	if found == "" {
		return nil, errors.New("reading IAM Account Alias: empty result")
	}
	return schema.Values{"accountAlias": schema.Text(found), "id": schema.Text(found)}, nil
}
