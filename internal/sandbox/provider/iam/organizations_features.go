package iam

import (
	"context"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

func featuresType() *resources.Type {
	sync := func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
		id, have, err := s.IAM().ListOrganizationsFeatures(ctx)
		if err != nil {
			return "", err
		}
		for _, feature := range schema.Minus(in.Texts("enabledFeatures"), have) {
			if err := s.IAM().SetOrganizationsFeature(ctx, feature, true); err != nil {
				return id, err
			}
		}
		for _, feature := range schema.Minus(have, in.Texts("enabledFeatures")) {
			if err := s.IAM().SetOrganizationsFeature(ctx, feature, false); err != nil {
				return id, err
			}
		}
		return id, nil
	}
	return &resources.Type{
		Token:  token.IAMOrganizationsFeatures,
		Schema: schema.Schema{"enabledFeatures": schema.In(schema.TextSetKind).Must()},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			id, err := sync(ctx, s, in)
			return id, resources.Doing(err, "creating IAM Organizations Features")
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			_, have, err := s.IAM().ListOrganizationsFeatures(ctx)
			if api.Is(err, "OrganizationNotFoundException") || err == nil && len(have) == 0 {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading IAM Organizations Features (%s)", id)
			}
			return schema.Values{"enabledFeatures": schema.Texts(have)}, nil
		},
		Update: func(ctx context.Context, s *resources.Session, id string, _, in schema.Values, _ schema.Difference) error {
			_, err := sync(ctx, s, in)
			return resources.Doing(err, "updating IAM Organizations Features (%s)", id)
		},
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			_, err := sync(ctx, s, schema.Values{})
			return resources.Doing(err, "deleting IAM Organizations Features (%s)", id)
		},
		Adopt: resources.ByID,
	}
}
