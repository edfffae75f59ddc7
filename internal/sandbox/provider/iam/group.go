package iam

import (
	"context"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

func groupType() *resources.Type {
	return &resources.Type{
		Token: token.IAMGroup,
		Schema: schema.Schema{
			"arn":      schema.Out(schema.TextKind),
			"name":     schema.In(schema.TextKind).Named(128).Checked(schema.PrincipalName),
			"path":     schema.In(schema.TextKind).Or(schema.Text("/")),
			"uniqueId": schema.Out(schema.TextKind),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			group, err := s.IAM().CreateGroup(ctx, in.Text("name"), in.Text("path"))
			return group.Name, resources.Doing(err, "creating IAM Group (%s)", in.Text("name"))
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			group, _, err := s.IAM().GetGroup(ctx, id)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading IAM Group (%s)", id)
			}
			return schema.Values{
				"arn": schema.Text(
					s.IAM().GroupARN(group),
				),
				"name":     schema.Text(group.Name),
				"path":     schema.Text(group.Path),
				"uniqueId": schema.Text(group.ID),
			}, nil
		},
		Update: func(ctx context.Context, s *resources.Session, id string, state, in schema.Values, _ schema.Difference) error {
			return resources.Doing(
				s.IAM().UpdateGroup(ctx, state.Text("name"), in.Text("name"), in.Text("path")),
				"updating IAM Group (%s)",
				id,
			)
		},
		Renamed: func(in schema.Values) string { return in.Text("name") },
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			return resources.Doing(
				resources.Ignore(s.IAM().DeleteGroup(ctx, id), "NoSuchEntity"),
				"deleting IAM Group (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}
