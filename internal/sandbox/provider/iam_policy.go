package provider

import (
	"context"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
)

func iamPolicy() *resourceType {
	return &resourceType{
		token: "aws:iam/policy:Policy",
		schema: schema{
			"arn":             out(textKind),
			"attachmentCount": out(numberKind),
			"description":     in(textKind).replace(),
			"name":            in(textKind).named(128).replace().checked(nameRules(128)...),
			"namePrefix":      in(textKind).known().replace().notModelled("use name"),
			"path":            in(textKind).or(text("/")).replace(),
			"policy":          in(policyKind).must(),
			"policyId":        out(textKind),
		}.tagged(),
		create: func(ctx context.Context, s *session, in values) (string, error) {
			p, err := s.iam().CreatePolicy(ctx, iam.NewPolicy{
				Name: in.text(
					"name",
				),
				Path:        in.text("path"),
				Description: in.text("description"),
				Document:    normalizeJSON(in.text("policy")),
				Tags:        in.textMap("tagsAll"),
			})
			return p.ARN, doing(err, "creating IAM Policy (%s)", in.text("name"))
		},
		read: func(ctx context.Context, s *session, id string, state values) (values, error) {
			p, attached, err := s.iam().GetPolicy(ctx, id)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading IAM Policy (%s)", id)
			}
			if err := s.iam().Besides(ctx, id, "GetPolicyVersion"); err != nil {
				return nil, doing(err, "reading IAM Policy (%s) version", id)
			}
			return values{
				"arn": text(
					p.ARN,
				),
				"attachmentCount": number(attached),
				"description":     optional(p.Description),
				"name":            text(p.Name),
				"namePrefix": text(
					"",
				),
				"path":     text(p.Path),
				"policy":   policyToSet(state.text("policy"), p.Document()),
				"policyId": text(p.ID),
			}.and(s.readTags(p.Tags, state)), nil
		},
		update: updatePolicy,
		remove: removePolicy,
		adopt:  byID,
	}
}

// updatePolicy makes a new version, after the oldest one has made room for it, and puts it in force.
func updatePolicy(ctx context.Context, s *session, id string, state, in values, d difference) error {
	if d.has("policy") {
		p, err := s.iam().ListPolicyVersions(ctx, id)
		if err != nil {
			return doing(err, "reading IAM Policy (%s) versions", id)
		}
		if len(p.Versions) >= 5 {
			oldest := p.Versions[0].ID
			if oldest == p.Default {
				oldest = p.Versions[1].ID
			}
			if deleteErr := s.iam().DeletePolicyVersion(ctx, id, oldest); deleteErr != nil {
				return doing(deleteErr, "deleting IAM Policy (%s) version (%s)", id, oldest)
			}
		}
		version, err := s.iam().CreatePolicyVersion(ctx, id, normalizeJSON(in.text("policy")))
		if err != nil {
			return doing(err, "updating IAM Policy (%s)", id)
		}
		if err := s.iam().SetDefaultPolicyVersion(ctx, id, version); err != nil {
			return doing(err, "setting IAM Policy (%s) default version (%s)", id, version)
		}
	}
	if d.has("tagsAll") {
		err := retag(state, in,
			func(tags map[string]string) error { return s.iam().TagPolicy(ctx, id, tags) },
			func(keys []string) error { return s.iam().UntagPolicy(ctx, id, keys) })
		return doing(err, "updating tags for IAM Policy (%s)", id)
	}
	return nil
}

func removePolicy(ctx context.Context, s *session, id string, _ values) error {
	p, err := s.iam().ListPolicyVersions(ctx, id)
	if api.Is(err, "NoSuchEntity") {
		return nil
	}
	if err != nil {
		return doing(err, "reading IAM Policy (%s) versions", id)
	}
	for _, v := range p.Versions {
		if v.ID == p.Default {
			continue
		}
		if err := s.iam().DeletePolicyVersion(ctx, id, v.ID); err != nil {
			return doing(err, "deleting IAM Policy (%s) version (%s)", id, v.ID)
		}
	}
	return doing(ignore(s.iam().DeletePolicy(ctx, id), "NoSuchEntity"), "deleting IAM Policy (%s)", id)
}
