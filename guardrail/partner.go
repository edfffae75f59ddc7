package guardrail

import (
	"regexp"
	"slices"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Partner is a third party whose principals assume a role from accounts of their own, and say an external id that the
// partner keeps for this customer and no other. Without it whoever is a customer of the partner too could have the
// partner act in this account: the confused deputy.
//
// Source: IAM User Guide, "Access to AWS accounts owned by third parties", "The confused deputy problem".
type Partner struct {
	// PrincipalARNs are roles, users or whole accounts (arn:aws:iam::999999999999:root) of the partner. At least one.
	PrincipalARNs []string
	// ExternalID is what the partner says when it assumes the role, 2 to 1224 letters, digits and _+=,.@:/- characters.
	// It is no
	// secret: AWS shows it to whoever reads the trust policy. Required.
	ExternalID string
}

// externalID are the characters of an external id, and its lengths. Source: AssumeRole in the AWS STS API Reference,
// ExternalId.
var externalID = regexp.MustCompile(`^[\w+=,.@:/-]+$`)

const shortestExternalID, longestExternalID = 2, 1224

// ExternalIDKey is the condition key with what the caller says.
const ExternalIDKey = "sts:ExternalId"

// Intent is who may assume the role of the partner, and with what.
func (p *Partner) Intent() intent.Partner {
	if p == nil {
		return intent.Partner{}
	}
	return intent.Partner{Principals: p.PrincipalARNs, ExternalID: p.ExternalID}
}

// Document is the trust policy for the partner. It allows no session tags: they would override those of the role.
func (p *Partner) Document() policy.Document {
	return policy.New(policy.Allow("PartnerWithExternalId", "sts:AssumeRole").
		For(policy.AWSPrincipals(p.PrincipalARNs...)).
		When(policy.StringEquals(ExternalIDKey, p.ExternalID)))
}

// Validate reports every problem, relative to the path of the partner.
func (p *Partner) Validate(problems *problem.List, path problem.Path, account Account) {
	if len(p.PrincipalARNs) == 0 {
		problems.Empty(path.Child("principalArns"), "so nobody could assume the role",
			"write the ARN of the partner's role, such as arn:aws:iam::999999999999:role/Collector, or of its account, such as arn:aws:iam::999999999999:root")
	}
	for i, arn := range p.PrincipalARNs {
		where := path.Child("principalArns").Index(i)
		switch why, fix := refusedPartner(account, arn); {
		case why != "":
			problems.Add(where, arn, why, fix)
		case slices.Contains(p.PrincipalARNs[:i], arn):
			problems.Add(where, arn, "is listed twice", "remove one")
		}
	}
	n := len(p.ExternalID)
	if !externalID.MatchString(p.ExternalID) || n < shortestExternalID || n > longestExternalID {
		var value any
		why := "is missing, and without it every customer of the partner could have it act here"
		if p.ExternalID != "" {
			value, why = p.ExternalID, "is no external id: AWS takes 2 to 1224 letters, digits and _+=,.@:/- characters"
		}
		problems.Add(path.Child("externalId"), value, why, "write the external id that the partner gave you")
	}
}

// refusedPartner says why an ARN cannot be a principal of a partner; empty when it can.
func refusedPartner(account Account, arn string) (why, fix string) {
	const name = "write the ARN of a role, a user or an account of the partner, such as arn:aws:iam::999999999999:root"
	parsed, err := policy.ParseARN(arn)
	if arn == "*" {
		return "is everybody", name
	}
	if err != nil {
		return "is no ARN", name
	}
	kind, path, base, ok := parsed.Entity()
	switch {
	case parsed.Service != "iam" || parsed.Region != "" || policy.ValidateAccountID(parsed.Account) != nil:
		return "is no principal of IAM", name
	case parsed.Account == account.ID:
		return "is of this account, which is no partner", "list people of this account in users"
	case parsed.Partition != account.Partition:
		return "is of partition " + string(
			parsed.Partition,
		) + ", and no role of partition " + string(
			account.Partition,
		) + " can trust it", name
	case parsed.Resource == "root":
		return "", ""
	case !ok || kind != "role" && kind != "user" || policy.ValidatePath(path) != nil,
		kind == "role" && policy.ValidateRoleName(base) != nil, kind == "user" && policy.ValidateUserName(base) != nil:
		return "is no role, user or account", name
	}
	return "", ""
}
