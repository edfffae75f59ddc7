package ssoadmin

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// policyReference are the fields of a reference to a policy that each account has.
func policyReference() schema.Schema {
	return schema.Schema{
		"name": schema.In(schema.TextKind).Must().Checked(schema.Length(0, 128)),
		"path": schema.In(schema.TextKind).Or(schema.Text("/")).Checked(schema.Length(0, 512)),
	}
}

// referenceOf is a reference as the provider hands it to AWS, with the path that it fills in.
func referenceOf(in schema.Values) ssoadmin.PolicyReference {
	ref := ssoadmin.PolicyReference{Name: in.Text("name"), Path: in.Text("path")}
	if !in.Has("path") {
		ref.Path = "/"
	}
	return ref
}

func referenceTo(ref ssoadmin.PolicyReference) resource.PropertyValue {
	return schema.Object(schema.Values{"name": schema.Text(ref.Name), "path": schema.Text(ref.Path)})
}

func customerManagedPolicyType() *resources.Type {
	split := func(id string) (ssoadmin.PolicyReference, []string, error) {
		list, err := parts(id, 4,
			"CUSTOMER_MANAGED_POLICY_NAME,CUSTOMER_MANAGED_POLICY_PATH,PERMISSION_SET_ARN,INSTANCE_ARN")
		if err != nil {
			return ssoadmin.PolicyReference{}, nil, err
		}
		return ssoadmin.PolicyReference{Name: list[0], Path: list[1]}, list[2:], nil
	}
	return &resources.Type{
		Token: token.SSOAdminCustomerManagedPolicyAttachment,
		Schema: schema.Schema{
			"customerManagedPolicyReference": schema.In(schema.ObjectKind).Must().Replace().WithFields(
				policyReference(),
			),
			"instanceArn":      schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"permissionSetArn": schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			instance, arn := in.Text("instanceArn"), in.Text("permissionSetArn")
			ref := referenceOf(in.Object("customerManagedPolicyReference"))
			id := strings.Join([]string{ref.Name, ref.Path, arn, instance}, ",")
			if err := s.SSOAdmin().AttachCustomerManagedPolicy(ctx, instance, arn, ref); err != nil {
				return "", resources.Doing(err, "creating SSO Customer Managed Policy Attachment (%s)", id)
			}
			return id, provision(ctx, s, instance, arn)
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			ref, arns, err := split(id)
			if err != nil {
				return nil, err
			}
			attached, err := s.SSOAdmin().ListCustomerManagedPolicies(ctx, arns[1], arns[0])
			if err != nil && !api.Is(err, "ResourceNotFoundException") {
				return nil, resources.Doing(err, "reading SSO Customer Managed Policy Attachment (%s)", id)
			}
			for _, have := range attached {
				if have == ref {
					return schema.Values{
						"customerManagedPolicyReference": referenceTo(ref),
						"instanceArn":                    schema.Text(arns[1]),
						"permissionSetArn":               schema.Text(arns[0]),
					}, nil
				}
			}
			return nil, nil
		},
		Update: resources.NothingToUpdate,
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			ref, arns, err := split(id)
			if err != nil {
				return err
			}
			err = s.SSOAdmin().DetachCustomerManagedPolicy(ctx, arns[1], arns[0], ref)
			if err == nil {
				err = provision(ctx, s, arns[1], arns[0])
			}
			return resources.Doing(
				resources.Ignore(err, "ResourceNotFoundException"),
				"deleting SSO Customer Managed Policy Attachment (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}

func boundaryType() *resources.Type {
	return &resources.Type{
		Token: token.SSOAdminPermissionsBoundaryAttachment,
		Schema: schema.Schema{
			"instanceArn":      schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"permissionSetArn": schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"permissionsBoundary": schema.In(schema.ObjectKind).Must().Replace().WithFields(schema.Schema{
				"customerManagedPolicyReference": schema.In(schema.ObjectKind).WithFields(policyReference()),
				"managedPolicyArn": schema.In(schema.TextKind).
					Or(schema.Text("")).
					Checked(schema.Length(0, 2048)),
			}),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			instance, arn := in.Text("instanceArn"), in.Text("permissionSetArn")
			id := arn + "," + instance
			bound := in.Object("permissionsBoundary")
			boundary := ssoadmin.Boundary{Managed: bound.Text("managedPolicyArn")}
			if bound.Has("customerManagedPolicyReference") {
				ref := referenceOf(bound.Object("customerManagedPolicyReference"))
				boundary.Customer = &ref
			}
			if err := s.SSOAdmin().PutPermissionsBoundary(ctx, instance, arn, boundary); err != nil {
				return "", resources.Doing(err, "creating SSO Permissions Boundary Attachment (%s)", id)
			}
			return id, provision(ctx, s, instance, arn)
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			arns, err := permissionSetOf(id)
			if err != nil {
				return nil, err
			}
			boundary, err := s.SSOAdmin().GetPermissionsBoundary(ctx, arns[1], arns[0])
			if api.Is(err, "ResourceNotFoundException") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading SSO Permissions Boundary Attachment (%s)", id)
			}
			bound := schema.Values{"managedPolicyArn": schema.Text(boundary.Managed)}
			if boundary.Customer != nil {
				bound["customerManagedPolicyReference"] = referenceTo(*boundary.Customer)
			}
			return schema.Values{
				"instanceArn":         schema.Text(arns[1]),
				"permissionSetArn":    schema.Text(arns[0]),
				"permissionsBoundary": schema.Object(bound),
			}, nil
		},
		Update: resources.NothingToUpdate,
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			arns, err := permissionSetOf(id)
			if err != nil {
				return err
			}
			err = s.SSOAdmin().DeletePermissionsBoundary(ctx, arns[1], arns[0])
			if err == nil {
				err = provision(ctx, s, arns[1], arns[0])
			}
			return resources.Doing(
				resources.Ignore(err, "ResourceNotFoundException"),
				"deleting SSO Permissions Boundary Attachment (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}
