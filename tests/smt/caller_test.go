package smt

import (
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/world"
)

// caller is what the judge knows of the caller: the documents as JSON, and what AWS puts into the caller's requests.
type caller struct {
	account string
	// arn is that of the user or role; name is the user's name, or empty for a role.
	arn, name string
	// userID is aws:userid.
	userID string
	// tags are the tags of the principal, by key in lower case; a session tag has taken the place of the principal's
	// own.
	tags map[string]string
	// own are the tags that the user or role has as a resource.
	own []world.Tag
	// mfa is aws:MultiFactorAuthPresent: "true", "false", or "" when calls do not carry it.
	mfa string
	// temporary: the credentials were issued, so that calls carry aws:TokenIssueTime.
	temporary bool
	// token: the credentials are those of sts:GetSessionToken.
	token bool
	// hasMFA: the user has a device.
	hasMFA bool
	// organization is the id of the organization; empty when the world has none.
	organization string
	// identity are the caller's own documents. Each of layers must allow too: boundary, session policies, levels of
	// service control policies.
	identity []string
	layers   [][]string
}

// key is a key that the caller decides; nil for every other.
//
// Source: IAM User Guide, AWS global condition context keys; IAM JSON policy elements: Variables and tags.
func (c *caller) key(name string) *value {
	if tag, found := strings.CutPrefix(name, "aws:principaltag/"); found {
		if text, has := c.tags[tag]; has {
			return fixed(text)
		}
		return absent
	}
	switch name {
	case "aws:principalarn":
		return fixed(c.arn)
	case "aws:principalaccount":
		return fixed(c.account)
	case "aws:principaltype":
		if c.name == "" {
			return fixed("AssumedRole")
		}
		return fixed("User")
	case "aws:userid":
		return fixed(c.userID)
	case "aws:username":
		if c.name == "" {
			return absent
		}
		return fixed(c.name)
	case "aws:principalorgid":
		return fixed(c.organization)
	case "aws:principalisawsservice":
		return &value{kind: boolKind, has: "true", truth: "false"}
	case "aws:principalservicename", "aws:sourceidentity":
		return absent
	case "aws:multifactorauthpresent":
		return &value{kind: boolKind, has: strconv.FormatBool(c.mfa != ""), truth: strconv.FormatBool(c.mfa == "true")}
	case "aws:multifactorauthage":
		if c.mfa != "true" {
			return &value{kind: numberKind, has: "false", number: "0.0"}
		}
	case "aws:tokenissuetime":
		if !c.temporary {
			return &value{kind: dateKind, has: "false", number: "0.0"}
		}
	}
	return nil
}

// never says what AWS lets no policy allow.
func (w *writer) never() string {
	c := w.caller
	iam := of(func(a action) bool { return strings.HasPrefix(a.name, "iam:") })
	list := []string{"true"}
	if c.token && c.mfa != "true" {
		// Source: IAM User Guide, Compare AWS STS credentials.
		list = append(list, not(iam))
	}
	if c.hasMFA && c.mfa == "" && c.name != "" {
		// Source: AWS security bulletin AWS-2023-001.
		enables := of(func(a action) bool { return a.name == "iam:EnableMFADevice" })
		list = append(list, not(and(enables, w.in(w.resource, word(c.arn)))))
	}
	if c.name != "" {
		// User names are unique in an account, whatever the path and in any case. Source: IAM and AWS STS quotas, IAM
		// name requirements.
		users, name := word("arn:aws:iam::"+c.account+":user/"), compile(characters(c.name), folded)
		alike := or(
			w.in(
				w.resource,
				slices.Concat(users, name),
			),
			w.in(w.resource, slices.Concat(users, regex{noColons}, word("/"), name)),
		)
		list = append(list, or(not(alike), w.in(w.resource, word(c.arn))))
	}
	return and(list...)
}
