package ssoadmin

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// existingPermissionSet answers aws.ssoadmin.getPermissionSet for a name: the real provider looks at one after the
// other.
func existingPermissionSet(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	instance, name := args.Text("instanceArn"), args.Text("name")
	list, err := s.SSOAdmin().ListPermissionSets(ctx, instance)
	if err != nil {
		return nil, resources.Doing(err, "reading SSO Permission Sets")
	}
	for _, arn := range list {
		p, err := s.SSOAdmin().DescribePermissionSet(ctx, instance, arn)
		if err != nil {
			return nil, resources.Doing(err, "reading SSO Permission Set (%s)", arn)
		}
		if p.Name != name {
			continue
		}
		if err := s.SSOAdmin().Besides(ctx, arn, "ListTagsForResource"); err != nil {
			return nil, resources.Doing(err, "listing tags for SSO Permission Set (%s)", arn)
		}
		return schema.Values{
			"arn": schema.Text(
				p.ARN,
			),
			"createdDate": schema.Text(p.Created.Format(time.RFC3339)),
			"description": schema.Text(p.Description),
			"id":          schema.Text(p.ARN),
			"instanceArn": schema.Text(instance),
			"name": schema.Text(
				p.Name,
			),
			"relayState":      schema.Text(p.RelayState),
			"sessionDuration": schema.Text(p.SessionDuration),
			"tags":            schema.TextMap(p.Tags),
		}, nil
	}
	return nil, errors.New("reading SSO Permission Set: not found")
}

// instances answers aws.ssoadmin.getInstances.
func instances(ctx context.Context, s *resources.Session, _ schema.Values) (schema.Values, error) {
	list, err := s.SSOAdmin().ListInstances(ctx)
	if err != nil {
		return nil, resources.Doing(err, "reading SSO Instances")
	}
	var arns, stores []string
	for _, i := range list {
		arns, stores = append(arns, i.ARN), append(stores, i.Store)
	}
	return schema.Values{
		"arns":             schema.Texts(arns),
		"identityStoreIds": schema.Texts(stores),
		"id":               schema.Text(s.Caller.Region),
	}, nil
}

// principal answers aws.identitystore.getUser and getGroup for one unique attribute or an id.
func principal(
	operation string,
	idKey, nameKey resource.PropertyKey,
	attribute string,
	names func(ssoadmin.IdentityCenter) map[string]string,
) resources.Function {
	return resources.Function{
		Arguments: []string{"alternateIdentifier", string(idKey), "identityStoreId"},
		Answer: func(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
			store, id := args.Text("identityStoreId"), args.Text(idKey)
			if alternate := args["alternateIdentifier"]; alternate.IsObject() {
				unique := schema.Values(schema.Values(alternate.ObjectValue())["uniqueAttribute"].ObjectValue())
				if unique.Text("attributePath") != attribute {
					return nil, errors.New("the sandbox knows the attribute " + attribute + " alone")
				}
				if ids := s.IdentityStore().IDs(store, unique.Text("attributeValue"), names); len(ids) > 0 {
					id = ids[0]
				}
			}
			name, err := s.IdentityStore().Describe(ctx, operation, store, id, names)
			if err != nil {
				return nil, err
			}
			if name != "" {
				return schema.Values{
					"id":              schema.Text(id),
					idKey:             schema.Text(id),
					nameKey:           schema.Text(name),
					"displayName":     schema.Text(name),
					"identityStoreId": schema.Text(store),
				}, nil
			}
			return nil, errors.New("couldn't find resource")
		},
	}
}

// ControlledPermissionSet is AWS::SSO::PermissionSet as Cloud Control reads it.
func ControlledPermissionSet(ctx context.Context, s *resources.Session, id string) (map[string]any, error) {
	instance, arn, both := strings.Cut(id, "|")
	if !both {
		return nil, errors.New("the identifier of a permission set is <instance ARN>|<permission set ARN>")
	}
	set, err := s.SSOAdmin().DescribePermissionSet(ctx, instance, arn)
	if err != nil {
		return nil, err
	}
	managed, err := s.SSOAdmin().ListManagedPolicies(ctx, instance, arn)
	if err != nil {
		return nil, err
	}
	customer, err := s.SSOAdmin().ListCustomerManagedPolicies(ctx, instance, arn)
	if err != nil {
		return nil, err
	}
	boundary, err := s.SSOAdmin().GetPermissionsBoundary(ctx, instance, arn)
	if err != nil && !api.Is(err, "ResourceNotFoundException") {
		return nil, err
	}
	err = s.SSOAdmin().Besides(ctx, arn, "ListTagsForResource", "GetInlinePolicyForPermissionSet")
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
