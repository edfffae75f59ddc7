package iam

import (
	"context"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

func passwordPolicyType() *resources.Type {
	put := func(ctx context.Context, s *resources.Session, in schema.Values) error {
		err := s.IAM().UpdateAccountPasswordPolicy(ctx, api.PasswordPolicy{
			MinimumLength: in.Number(
				"minimumPasswordLength",
			),
			RequireSymbols: in.Flag("requireSymbols"),
			RequireNumbers: in.Flag("requireNumbers"),
			RequireUppercase: in.Flag(
				"requireUppercaseCharacters",
			),
			RequireLowercase:   in.Flag("requireLowercaseCharacters"),
			AllowUsersToChange: in.Flag("allowUsersToChangePassword"),
			MaxAge:             in.Number("maxPasswordAge"),
			ReusePrevention:    in.Number("passwordReusePrevention"),
			HardExpiry:         in.Flag("hardExpiry"),
		})
		return resources.Doing(err, "updating IAM Account Password Policy")
	}
	return &resources.Type{
		Token: token.IAMAccountPasswordPolicy,
		Schema: schema.Schema{
			"allowUsersToChangePassword": schema.In(schema.FlagKind).Or(schema.Flag(true)),
			"expirePasswords":            schema.Out(schema.FlagKind).After("maxPasswordAge"),
			"hardExpiry":                 schema.In(schema.FlagKind).Known(),
			"maxPasswordAge":             schema.In(schema.NumberKind).Known(),
			"minimumPasswordLength":      schema.In(schema.NumberKind).Or(schema.Number(6)),
			"passwordReusePrevention":    schema.In(schema.NumberKind).Known(),
			"requireLowercaseCharacters": schema.In(schema.FlagKind).Known(),
			"requireNumbers":             schema.In(schema.FlagKind).Known(),
			"requireSymbols":             schema.In(schema.FlagKind).Known(),
			"requireUppercaseCharacters": schema.In(schema.FlagKind).Known(),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			if err := put(ctx, s, in); err != nil {
				return "", err
			}
			return "iam-account-password-policy", nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			p, err := s.IAM().GetAccountPasswordPolicy(ctx)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading IAM Account Password Policy (%s)", id)
			}
			return schema.Values{
				"allowUsersToChangePassword": schema.Flag(
					p.AllowUsersToChange,
				),
				"expirePasswords":       schema.Flag(p.MaxAge > 0),
				"hardExpiry":            schema.Flag(p.HardExpiry),
				"maxPasswordAge":        schema.Number(p.MaxAge),
				"minimumPasswordLength": schema.Number(p.MinimumLength),
				"passwordReusePrevention": schema.Number(
					p.ReusePrevention,
				),
				"requireLowercaseCharacters": schema.Flag(p.RequireLowercase),
				"requireNumbers": schema.Flag(
					p.RequireNumbers,
				),
				"requireSymbols":             schema.Flag(p.RequireSymbols),
				"requireUppercaseCharacters": schema.Flag(p.RequireUppercase),
			}, nil
		},
		// A property that AWS knows and the program leaves out keeps its value: the real provider sends the one from
		// its state.
		Update: func(ctx context.Context, s *resources.Session, _ string, state, in schema.Values, _ schema.Difference) error {
			return put(ctx, s, state.With(in))
		},
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			return resources.Doing(
				resources.Ignore(s.IAM().DeleteAccountPasswordPolicy(ctx), "NoSuchEntity"),
				"deleting IAM Account Password Policy (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}

func aliasType() *resources.Type {
	return &resources.Type{
		Token:  token.IAMAccountAlias,
		Schema: schema.Schema{"accountAlias": schema.In(schema.TextKind).Must().Replace()},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			alias := in.Text("accountAlias")
			if err := s.IAM().CreateAccountAlias(ctx, alias); err != nil {
				return "", resources.Doing(err, "creating IAM Account Alias (%s)", alias)
			}
			return alias, nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			alias, err := s.IAM().AccountAlias(ctx)
			if err != nil {
				return nil, resources.Doing(err, "reading IAM Account Alias (%s)", id)
			}
			if alias == "" {
				return nil, nil
			}
			return schema.Values{"accountAlias": schema.Text(alias)}, nil
		},
		Update: resources.NothingToUpdate,
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			return resources.Doing(
				resources.Ignore(s.IAM().DeleteAccountAlias(ctx, id), "NoSuchEntity"),
				"deleting IAM Account Alias (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}
