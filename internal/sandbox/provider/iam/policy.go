package iam

import (
	"context"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

func policyType() *resources.Type {
	return &resources.Type{
		Token: token.IAMPolicy,
		Schema: schema.Schema{
			"arn":             schema.Out(schema.TextKind),
			"attachmentCount": schema.Out(schema.NumberKind),
			"description":     schema.In(schema.TextKind).Replace(),
			"name":            schema.In(schema.TextKind).Named(128).Replace().Checked(schema.NameRules(128)...),
			"namePrefix":      schema.In(schema.TextKind).Known().Replace().NotModelled("use name"),
			"path":            schema.In(schema.TextKind).Or(schema.Text("/")).Replace(),
			"policy":          schema.In(schema.PolicyKind).Must(),
			"policyId":        schema.Out(schema.TextKind),
		}.Tagged(),
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			p, err := s.IAM().CreatePolicy(ctx, iam.NewPolicy{
				Name: in.Text(
					"name",
				),
				Path:        in.Text("path"),
				Description: in.Text("description"),
				Document:    schema.NormalizeJSON(in.Text("policy")),
				Tags:        in.TextMap("tagsAll"),
			})
			return p.ARN, resources.Doing(err, "creating IAM Policy (%s)", in.Text("name"))
		},
		Read: func(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
			p, attached, err := s.IAM().GetPolicy(ctx, id)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading IAM Policy (%s)", id)
			}
			if err := s.IAM().Besides(ctx, id, "GetPolicyVersion"); err != nil {
				return nil, resources.Doing(err, "reading IAM Policy (%s) version", id)
			}
			return schema.Values{
				"arn": schema.Text(
					p.ARN,
				),
				"attachmentCount": schema.Number(attached),
				"description":     schema.Optional(p.Description),
				"name":            schema.Text(p.Name),
				"namePrefix": schema.Text(
					"",
				),
				"path":     schema.Text(p.Path),
				"policy":   schema.PolicyToSet(state.Text("policy"), p.Document()),
				"policyId": schema.Text(p.ID),
			}.And(s.ReadTags(p.Tags, state)), nil
		},
		Update: updatePolicy,
		Remove: removePolicy,
		Adopt:  resources.ByID,
	}
}

// updatePolicy makes a new version, after the oldest one has made room for it, and puts it in force.
func updatePolicy(
	ctx context.Context,
	s *resources.Session,
	id string,
	state, in schema.Values,
	d schema.Difference,
) error {
	if d.Has("policy") {
		p, err := s.IAM().ListPolicyVersions(ctx, id)
		if err != nil {
			return resources.Doing(err, "reading IAM Policy (%s) versions", id)
		}
		if len(p.Versions) >= 5 {
			oldest := p.Versions[0].ID
			if oldest == p.Default {
				oldest = p.Versions[1].ID
			}
			if deleteErr := s.IAM().DeletePolicyVersion(ctx, id, oldest); deleteErr != nil {
				return resources.Doing(deleteErr, "deleting IAM Policy (%s) version (%s)", id, oldest)
			}
		}
		version, err := s.IAM().CreatePolicyVersion(ctx, id, schema.NormalizeJSON(in.Text("policy")))
		if err != nil {
			return resources.Doing(err, "updating IAM Policy (%s)", id)
		}
		if err := s.IAM().SetDefaultPolicyVersion(ctx, id, version); err != nil {
			return resources.Doing(err, "setting IAM Policy (%s) default version (%s)", id, version)
		}
	}
	if d.Has("tagsAll") {
		err := resources.Retag(state, in,
			func(tags map[string]string) error { return s.IAM().TagPolicy(ctx, id, tags) },
			func(keys []string) error { return s.IAM().UntagPolicy(ctx, id, keys) })
		return resources.Doing(err, "updating tags for IAM Policy (%s)", id)
	}
	return nil
}

func removePolicy(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
	p, err := s.IAM().ListPolicyVersions(ctx, id)
	if api.Is(err, "NoSuchEntity") {
		return nil
	}
	if err != nil {
		return resources.Doing(err, "reading IAM Policy (%s) versions", id)
	}
	for _, v := range p.Versions {
		if v.ID == p.Default {
			continue
		}
		if err := s.IAM().DeletePolicyVersion(ctx, id, v.ID); err != nil {
			return resources.Doing(err, "deleting IAM Policy (%s) version (%s)", id, v.ID)
		}
	}
	return resources.Doing(
		resources.Ignore(s.IAM().DeletePolicy(ctx, id), "NoSuchEntity"),
		"deleting IAM Policy (%s)",
		id,
	)
}
