package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// controlled are the types that the sandbox reads through Cloud Control, with the properties that their handlers give.
var controlled = map[string]func(ctx context.Context, s *session, id string) (map[string]any, error){
	"AWS::IAM::User":          controlledUser,
	"AWS::SSO::PermissionSet": controlledPermissionSet,
}

// controlledResource answers aws.cloudcontrol.getResource. The handlers of the type make their calls with the
// caller's credentials, as its schema lists them.
func controlledResource(ctx context.Context, s *session, args values) (values, error) {
	typ, id := args.text("typeName"), args.text("identifier")
	read, known := controlled[typ]
	if !known {
		return nil, fmt.Errorf("the sandbox does not read %s through Cloud Control", typ)
	}
	err := s.cloud.CloudControl(s.caller).GetResource(ctx, typ)
	var properties map[string]any
	if err == nil {
		properties, err = read(ctx, s, id)
	}
	if api.Is(err, "NoSuchEntity", "ResourceNotFoundException") {
		err = fmt.Errorf(
			"ResourceNotFoundException: Resource of type '%s' with identifier '%s' was not found", typ, id,
		)
	}
	if err != nil {
		return nil, doing(err, "reading Cloud Control API (%s) Resource (%s)", typ, id)
	}
	data, err := json.Marshal(properties)
	return values{
		"id":         text(id),
		"identifier": text(id),
		"properties": text(string(data)),
		"typeName":   text(typ),
	}, err
}

func controlledUser(ctx context.Context, s *session, id string) (map[string]any, error) {
	user, err := s.iam().GetUser(ctx, id)
	if err != nil {
		return nil, err
	}
	reading := []string{"ListUserPolicies", "ListAttachedUserPolicies", "GetLoginProfile"}
	if len(user.Inline) > 0 {
		reading = append(reading, "GetUserPolicy")
	}
	if besidesErr := s.iam().Besides(ctx, id, reading...); besidesErr != nil {
		return nil, besidesErr
	}
	groups, err := s.iam().ListGroupsForUser(ctx, id)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"UserName": user.Name, "Path": user.Path, "Arn": s.iam().UserARN(user), "Groups": groups}
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

func controlledPermissionSet(ctx context.Context, s *session, id string) (map[string]any, error) {
	instance, arn, both := strings.Cut(id, "|")
	if !both {
		return nil, errors.New("the identifier of a permission set is <instance ARN>|<permission set ARN>")
	}
	set, err := s.sso().DescribePermissionSet(ctx, instance, arn)
	if err != nil {
		return nil, err
	}
	managed, err := s.sso().ListManagedPolicies(ctx, instance, arn)
	if err != nil {
		return nil, err
	}
	customer, err := s.sso().ListCustomerManagedPolicies(ctx, instance, arn)
	if err != nil {
		return nil, err
	}
	boundary, err := s.sso().GetPermissionsBoundary(ctx, instance, arn)
	if err != nil && !api.Is(err, "ResourceNotFoundException") {
		return nil, err
	}
	err = s.sso().Besides(ctx, arn, "ListTagsForResource", "GetInlinePolicyForPermissionSet")
	out := map[string]any{
		"Name":             set.Name,
		"InstanceArn":      instance,
		"PermissionSetArn": arn,
		"ManagedPolicies":  managed,
	}
	if set.Inline != "" {
		out["InlinePolicy"] = json.RawMessage(set.Inline)
	}
	if len(customer) > 0 {
		out["CustomerManagedPolicyReferences"] = customer
	}
	switch {
	case boundary.Customer != nil:
		out["PermissionsBoundary"] = map[string]any{"CustomerManagedPolicyReference": boundary.Customer}
	case boundary.Managed != "":
		out["PermissionsBoundary"] = map[string]any{"ManagedPolicyArn": boundary.Managed}
	}
	return out, err
}
