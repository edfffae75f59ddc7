package provider

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
)

// policyReference are the fields of a reference to a policy that each account has.
func policyReference() schema {
	return schema{
		"name": in(textKind).must().checked(length(0, 128)),
		"path": in(textKind).or(text("/")).checked(length(0, 512)),
	}
}

// referenceOf is a reference as the provider hands it to AWS, with the path that it fills in.
func referenceOf(in values) ssoadmin.PolicyReference {
	ref := ssoadmin.PolicyReference{Name: in.text("name"), Path: in.text("path")}
	if !in.has("path") {
		ref.Path = "/"
	}
	return ref
}

func referenceTo(ref ssoadmin.PolicyReference) resource.PropertyValue {
	return object(values{"name": text(ref.Name), "path": text(ref.Path)})
}

func ssoCustomerManagedPolicyAttachment() *resourceType {
	split := func(id string) (ssoadmin.PolicyReference, []string, error) {
		list, err := parts(id, 4,
			"CUSTOMER_MANAGED_POLICY_NAME,CUSTOMER_MANAGED_POLICY_PATH,PERMISSION_SET_ARN,INSTANCE_ARN")
		if err != nil {
			return ssoadmin.PolicyReference{}, nil, err
		}
		return ssoadmin.PolicyReference{Name: list[0], Path: list[1]}, list[2:], nil
	}
	return &resourceType{
		token: "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment",
		schema: schema{
			"customerManagedPolicyReference": in(objectKind).must().replace().of(policyReference()),
			"instanceArn":                    in(textKind).must().replace().checked(anARN),
			"permissionSetArn":               in(textKind).must().replace().checked(anARN),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			instance, arn := in.text("instanceArn"), in.text("permissionSetArn")
			ref := referenceOf(in.object("customerManagedPolicyReference"))
			id := strings.Join([]string{ref.Name, ref.Path, arn, instance}, ",")
			if err := s.sso().AttachCustomerManagedPolicy(ctx, instance, arn, ref); err != nil {
				return "", doing(err, "creating SSO Customer Managed Policy Attachment (%s)", id)
			}
			return id, s.provision(ctx, instance, arn)
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			ref, arns, err := split(id)
			if err != nil {
				return nil, err
			}
			attached, err := s.sso().ListCustomerManagedPolicies(ctx, arns[1], arns[0])
			if err != nil && !api.Is(err, "ResourceNotFoundException") {
				return nil, doing(err, "reading SSO Customer Managed Policy Attachment (%s)", id)
			}
			for _, have := range attached {
				if have == ref {
					return values{
						"customerManagedPolicyReference": referenceTo(ref),
						"instanceArn":                    text(arns[1]),
						"permissionSetArn":               text(arns[0]),
					}, nil
				}
			}
			return nil, nil
		},
		update: nothingToUpdate,
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			ref, arns, err := split(id)
			if err != nil {
				return err
			}
			err = s.sso().DetachCustomerManagedPolicy(ctx, arns[1], arns[0], ref)
			if err == nil {
				err = s.provision(ctx, arns[1], arns[0])
			}
			return doing(
				ignore(err, "ResourceNotFoundException"),
				"deleting SSO Customer Managed Policy Attachment (%s)",
				id,
			)
		},
		adopt: byID,
	}
}

func ssoPermissionsBoundaryAttachment() *resourceType {
	return &resourceType{
		token: "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
		schema: schema{
			"instanceArn":      in(textKind).must().replace().checked(anARN),
			"permissionSetArn": in(textKind).must().replace().checked(anARN),
			"permissionsBoundary": in(objectKind).must().replace().of(schema{
				"customerManagedPolicyReference": in(objectKind).of(policyReference()),
				"managedPolicyArn":               in(textKind).or(text("")).checked(length(0, 2048)),
			}),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			instance, arn := in.text("instanceArn"), in.text("permissionSetArn")
			id := arn + "," + instance
			bound := in.object("permissionsBoundary")
			boundary := ssoadmin.Boundary{Managed: bound.text("managedPolicyArn")}
			if bound.has("customerManagedPolicyReference") {
				ref := referenceOf(bound.object("customerManagedPolicyReference"))
				boundary.Customer = &ref
			}
			if err := s.sso().PutPermissionsBoundary(ctx, instance, arn, boundary); err != nil {
				return "", doing(err, "creating SSO Permissions Boundary Attachment (%s)", id)
			}
			return id, s.provision(ctx, instance, arn)
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			arns, err := permissionSetOf(id)
			if err != nil {
				return nil, err
			}
			boundary, err := s.sso().GetPermissionsBoundary(ctx, arns[1], arns[0])
			if api.Is(err, "ResourceNotFoundException") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading SSO Permissions Boundary Attachment (%s)", id)
			}
			bound := values{"managedPolicyArn": text(boundary.Managed)}
			if boundary.Customer != nil {
				bound["customerManagedPolicyReference"] = referenceTo(*boundary.Customer)
			}
			return values{
				"instanceArn":         text(arns[1]),
				"permissionSetArn":    text(arns[0]),
				"permissionsBoundary": object(bound),
			}, nil
		},
		update: nothingToUpdate,
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			arns, err := permissionSetOf(id)
			if err != nil {
				return err
			}
			err = s.sso().DeletePermissionsBoundary(ctx, arns[1], arns[0])
			if err == nil {
				err = s.provision(ctx, arns[1], arns[0])
			}
			return doing(
				ignore(err, "ResourceNotFoundException"),
				"deleting SSO Permissions Boundary Attachment (%s)",
				id,
			)
		},
		adopt: byID,
	}
}
