package iam

import (
	"context"
	"regexp"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// UpdateAccountPasswordPolicy replaces the password policy of the account as a whole.
func (i Client) UpdateAccountPasswordPolicy(ctx context.Context, p api.PasswordPolicy) error {
	return api.Do(ctx, i.Client, "UpdateAccountPasswordPolicy", i.Caller.Account, func(tx *store.Tx) error {
		if err := checkRange("minimumPasswordLength", p.MinimumLength, 6, 128); err != nil {
			return err
		}
		if p.MaxAge != 0 {
			if err := checkRange("maxPasswordAge", p.MaxAge, 1, 1095); err != nil {
				return err
			}
		}
		if p.ReusePrevention != 0 {
			if err := checkRange("passwordReusePrevention", p.ReusePrevention, 1, 24); err != nil {
				return err
			}
		}
		return i.updateAccount(tx, func(a *api.Account) { a.PasswordPolicy = &p })
	})
}

// GetAccountPasswordPolicy reads the password policy of the account.
func (i Client) GetAccountPasswordPolicy(ctx context.Context) (api.PasswordPolicy, error) {
	return api.Ask(
		ctx,
		i.Client,
		"GetAccountPasswordPolicy",
		i.Caller.Account,
		func(*store.Tx) (api.PasswordPolicy, error) {
			account, _ := i.World.Accounts.Get("", i.Caller.Account)
			if account.PasswordPolicy == nil {
				return api.PasswordPolicy{}, noSuchEntity(
					"The Password Policy with domain name %s cannot be found.",
					i.Caller.Account,
				)
			}
			return *account.PasswordPolicy, nil
		},
	)
}

// DeleteAccountPasswordPolicy returns the account to AWS's default.
func (i Client) DeleteAccountPasswordPolicy(ctx context.Context) error {
	return api.Do(ctx, i.Client, "DeleteAccountPasswordPolicy", i.Caller.Account, func(tx *store.Tx) error {
		if account, _ := i.World.Accounts.Get("", i.Caller.Account); account.PasswordPolicy == nil {
			return noSuchEntity("The account policy with name PasswordPolicy cannot be found.")
		}
		return i.updateAccount(tx, func(a *api.Account) { a.PasswordPolicy = nil })
	})
}

var accountAlias = regexp.MustCompile(`^[a-z0-9](([a-z0-9]|-[a-z0-9])*[a-z0-9])?$`)

// CreateAccountAlias gives the account an alias in place of the one that it may have. Aliases are unique in all of AWS.
func (i Client) CreateAccountAlias(ctx context.Context, alias string) error {
	return api.Do(ctx, i.Client, "CreateAccountAlias", alias, func(tx *store.Tx) error {
		if len(alias) < 3 || len(alias) > 63 || !accountAlias.MatchString(alias) {
			return api.Invalid(
				"The specified value for accountAlias is invalid. It must be 3 to 63 characters: lower-case letters, digits and single hyphens.",
			)
		}
		for _, other := range i.World.Accounts.List("") {
			if other.Alias == alias && other.ID != i.Caller.Account {
				return alreadyExists("The account alias %s already exists.", alias)
			}
		}
		return i.updateAccount(tx, func(a *api.Account) { a.Alias = alias })
	})
}

// DeleteAccountAlias takes the alias away.
func (i Client) DeleteAccountAlias(ctx context.Context, alias string) error {
	return api.Do(ctx, i.Client, "DeleteAccountAlias", alias, func(tx *store.Tx) error {
		if account, _ := i.World.Accounts.Get("", i.Caller.Account); account.Alias != alias || alias == "" {
			return noSuchEntity("The account alias with name %s cannot be found.", alias)
		}
		return i.updateAccount(tx, func(a *api.Account) { a.Alias = "" })
	})
}

// AccountAlias reads the alias of the account, "" for none.
func (i Client) AccountAlias(ctx context.Context) (string, error) {
	return api.Ask(ctx, i.Client, "ListAccountAliases", i.Caller.Account, func(*store.Tx) (string, error) {
		account, _ := i.World.Accounts.Get("", i.Caller.Account)
		return account.Alias, nil
	})
}

func (i Client) updateAccount(tx *store.Tx, change func(*api.Account)) error {
	account, ok := i.World.Accounts.Get("", i.Caller.Account)
	if !ok {
		return noSuchEntity("The account %s cannot be found.", i.Caller.Account)
	}
	change(&account)
	i.World.Accounts.Put(tx, "", account.ID, account)
	return nil
}

func checkRange(field string, value, low, high int) error {
	switch {
	case value < low:
		return api.Invalid(
			"1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d",
			value,
			field,
			low,
		)
	case value > high:
		return api.Invalid(
			"1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d",
			value,
			field,
			high,
		)
	}
	return nil
}
