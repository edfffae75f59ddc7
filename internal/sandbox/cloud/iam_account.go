package cloud

import (
	"context"
	"regexp"
)

// UpdateAccountPasswordPolicy replaces the password policy of the account as a whole.
func (i IAM) UpdateAccountPasswordPolicy(ctx context.Context, p PasswordPolicy) error {
	return do(ctx, i.client, "UpdateAccountPasswordPolicy", i.caller.Account, func(tx *tx) error {
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
		return i.updateAccount(tx, func(a *Account) { a.PasswordPolicy = &p })
	})
}

// GetAccountPasswordPolicy reads the password policy of the account.
func (i IAM) GetAccountPasswordPolicy(ctx context.Context) (PasswordPolicy, error) {
	return call(ctx, i.client, "GetAccountPasswordPolicy", i.caller.Account, func(*tx) (PasswordPolicy, error) {
		account, _ := i.cloud.accounts.get("", i.caller.Account)
		if account.PasswordPolicy == nil {
			return PasswordPolicy{}, noSuchEntity(
				"The Password Policy with domain name %s cannot be found.",
				i.caller.Account,
			)
		}
		return *account.PasswordPolicy, nil
	})
}

// DeleteAccountPasswordPolicy returns the account to AWS's default.
func (i IAM) DeleteAccountPasswordPolicy(ctx context.Context) error {
	return do(ctx, i.client, "DeleteAccountPasswordPolicy", i.caller.Account, func(tx *tx) error {
		if account, _ := i.cloud.accounts.get("", i.caller.Account); account.PasswordPolicy == nil {
			return noSuchEntity("The account policy with name PasswordPolicy cannot be found.")
		}
		return i.updateAccount(tx, func(a *Account) { a.PasswordPolicy = nil })
	})
}

var accountAlias = regexp.MustCompile(`^[a-z0-9](([a-z0-9]|-[a-z0-9])*[a-z0-9])?$`)

// CreateAccountAlias gives the account an alias in place of the one that it may have. Aliases are unique in all of AWS.
func (i IAM) CreateAccountAlias(ctx context.Context, alias string) error {
	return do(ctx, i.client, "CreateAccountAlias", alias, func(tx *tx) error {
		if len(alias) < 3 || len(alias) > 63 || !accountAlias.MatchString(alias) {
			return invalid(
				"The specified value for accountAlias is invalid. It must be 3 to 63 characters: lower-case letters, digits and single hyphens.",
			)
		}
		for _, other := range i.cloud.accounts.list("") {
			if other.Alias == alias && other.ID != i.caller.Account {
				return alreadyExists("The account alias %s already exists.", alias)
			}
		}
		return i.updateAccount(tx, func(a *Account) { a.Alias = alias })
	})
}

// DeleteAccountAlias takes the alias away.
func (i IAM) DeleteAccountAlias(ctx context.Context, alias string) error {
	return do(ctx, i.client, "DeleteAccountAlias", alias, func(tx *tx) error {
		if account, _ := i.cloud.accounts.get("", i.caller.Account); account.Alias != alias || alias == "" {
			return noSuchEntity("The account alias with name %s cannot be found.", alias)
		}
		return i.updateAccount(tx, func(a *Account) { a.Alias = "" })
	})
}

// AccountAlias reads the alias of the account, "" for none.
func (i IAM) AccountAlias(ctx context.Context) (string, error) {
	return call(ctx, i.client, "ListAccountAliases", i.caller.Account, func(*tx) (string, error) {
		account, _ := i.cloud.accounts.get("", i.caller.Account)
		return account.Alias, nil
	})
}

func (i IAM) updateAccount(tx *tx, change func(*Account)) error {
	account, ok := i.cloud.accounts.get("", i.caller.Account)
	if !ok {
		return noSuchEntity("The account %s cannot be found.", i.caller.Account)
	}
	change(&account)
	i.cloud.accounts.put(tx, "", account.ID, account)
	return nil
}

func checkRange(field string, value, low, high int) error {
	switch {
	case value < low:
		return invalid(
			"1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d",
			value,
			field,
			low,
		)
	case value > high:
		return invalid(
			"1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d",
			value,
			field,
			high,
		)
	}
	return nil
}
