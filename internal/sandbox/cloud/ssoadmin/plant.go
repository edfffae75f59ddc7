package ssoadmin

import (
	"fmt"
	"regexp"

	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// Planting plants the instance that exists before any stack, within one call.
type Planting struct {
	state *State
	tx    *store.Tx
}

// Planting plants within a call.
func (t *State) Planting(tx *store.Tx) Planting { return Planting{t, tx} }

var instanceARN = regexp.MustCompile(
	`^arn:(aws|aws-us-gov|aws-cn|aws-eusc):sso:::instance/(sso)?ins-[a-zA-Z0-9.-]{16}$`,
)

// Instance plants the instance of IAM Identity Center. Attributes for access control are those of the file only
// at first: afterwards they are what stacks made of them.
func (p Planting) Instance(_ string, in IdentityCenter, again bool) error {
	if !instanceARN.MatchString(in.ARN) {
		return fmt.Errorf(
			"%q is not the ARN of an instance; write arn:aws:sso:::instance/ssoins- and 16 characters",
			in.ARN,
		)
	}
	if !p.state.organizations.MayBeMember(in.Account) {
		return fmt.Errorf(
			"account %s is not in the organization; an instance is managed in the management account or in a member",
			in.Account,
		)
	}
	if err := checkAttributes(in.Attributes); err != nil {
		return err
	}
	if before, ok := p.state.IdentityCenters.Get("", Key); ok && again {
		in.Attributes, in.Enabled = before.Attributes, before.Enabled
	}
	p.state.IdentityCenters.Put(p.tx, "", Key, in)
	return nil
}
