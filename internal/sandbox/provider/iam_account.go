package provider

import (
	"context"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

func iamAccountPasswordPolicy() *resourceType {
	put := func(ctx context.Context, s *session, in values) error {
		err := s.iam().UpdateAccountPasswordPolicy(ctx, api.PasswordPolicy{
			MinimumLength: in.number(
				"minimumPasswordLength",
			),
			RequireSymbols: in.flag("requireSymbols"),
			RequireNumbers: in.flag("requireNumbers"),
			RequireUppercase: in.flag(
				"requireUppercaseCharacters",
			),
			RequireLowercase:   in.flag("requireLowercaseCharacters"),
			AllowUsersToChange: in.flag("allowUsersToChangePassword"),
			MaxAge:             in.number("maxPasswordAge"),
			ReusePrevention:    in.number("passwordReusePrevention"),
			HardExpiry:         in.flag("hardExpiry"),
		})
		return doing(err, "updating IAM Account Password Policy")
	}
	return &resourceType{
		token: "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
		schema: schema{
			"allowUsersToChangePassword": in(flagKind).or(flag(true)),
			"expirePasswords":            out(flagKind).after("maxPasswordAge"),
			"hardExpiry":                 in(flagKind).known(),
			"maxPasswordAge":             in(numberKind).known(),
			"minimumPasswordLength":      in(numberKind).or(number(6)),
			"passwordReusePrevention":    in(numberKind).known(),
			"requireLowercaseCharacters": in(flagKind).known(),
			"requireNumbers":             in(flagKind).known(),
			"requireSymbols":             in(flagKind).known(),
			"requireUppercaseCharacters": in(flagKind).known(),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			if err := put(ctx, s, in); err != nil {
				return "", err
			}
			return "iam-account-password-policy", nil
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			p, err := s.iam().GetAccountPasswordPolicy(ctx)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading IAM Account Password Policy (%s)", id)
			}
			return values{
				"allowUsersToChangePassword": flag(
					p.AllowUsersToChange,
				),
				"expirePasswords":       flag(p.MaxAge > 0),
				"hardExpiry":            flag(p.HardExpiry),
				"maxPasswordAge":        number(p.MaxAge),
				"minimumPasswordLength": number(p.MinimumLength),
				"passwordReusePrevention": number(
					p.ReusePrevention,
				),
				"requireLowercaseCharacters": flag(p.RequireLowercase),
				"requireNumbers": flag(
					p.RequireNumbers,
				),
				"requireSymbols":             flag(p.RequireSymbols),
				"requireUppercaseCharacters": flag(p.RequireUppercase),
			}, nil
		},
		// A property that AWS knows and the program leaves out keeps its value: the real provider sends the one from
		// its state.
		update: func(ctx context.Context, s *session, _ string, state, in values, _ difference) error {
			return put(ctx, s, state.with(in))
		},
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			return doing(
				ignore(s.iam().DeleteAccountPasswordPolicy(ctx), "NoSuchEntity"),
				"deleting IAM Account Password Policy (%s)",
				id,
			)
		},
		adopt: byID,
	}
}

func iamAccountAlias() *resourceType {
	return &resourceType{
		token:  "aws:iam/accountAlias:AccountAlias",
		schema: schema{"accountAlias": in(textKind).must().replace()},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			alias := in.text("accountAlias")
			if err := s.iam().CreateAccountAlias(ctx, alias); err != nil {
				return "", doing(err, "creating IAM Account Alias (%s)", alias)
			}
			return alias, nil
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			alias, err := s.iam().AccountAlias(ctx)
			if err != nil {
				return nil, doing(err, "reading IAM Account Alias (%s)", id)
			}
			if alias == "" {
				return nil, nil
			}
			return values{"accountAlias": text(alias)}, nil
		},
		update: nothingToUpdate,
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			return doing(
				ignore(s.iam().DeleteAccountAlias(ctx, id), "NoSuchEntity"),
				"deleting IAM Account Alias (%s)",
				id,
			)
		},
		adopt: byID,
	}
}
