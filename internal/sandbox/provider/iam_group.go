package provider

import (
	"context"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

func iamGroup() *resourceType {
	return &resourceType{
		token: "aws:iam/group:Group",
		schema: schema{
			"arn":      out(textKind),
			"name":     in(textKind).named(128).checked(principalName),
			"path":     in(textKind).or(text("/")),
			"uniqueId": out(textKind),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			group, err := s.iam().CreateGroup(ctx, in.text("name"), in.text("path"))
			return group.Name, doing(err, "creating IAM Group (%s)", in.text("name"))
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			group, _, err := s.iam().GetGroup(ctx, id)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading IAM Group (%s)", id)
			}
			return values{
				"arn": text(
					s.iam().GroupARN(group),
				),
				"name":     text(group.Name),
				"path":     text(group.Path),
				"uniqueId": text(group.ID),
			}, nil
		},
		update: func(ctx context.Context, s *session, id string, state, in values, _ difference) error {
			return doing(
				s.iam().UpdateGroup(ctx, state.text("name"), in.text("name"), in.text("path")),
				"updating IAM Group (%s)",
				id,
			)
		},
		renamed: func(in values) string { return in.text("name") },
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			return doing(ignore(s.iam().DeleteGroup(ctx, id), "NoSuchEntity"), "deleting IAM Group (%s)", id)
		},
		adopt: byID,
	}
}
