package guardrail

import (
	"regexp"
	"strings"

	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// KeyID is the id of a KMS key: a UUID, or "mrk-" and 32 hexadecimal digits for a multi-Region key.
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html.
var KeyID = regexp.MustCompile(`^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$`)

// KeyARN is the ARN of a configured key in a Region, which is "*" where a policy speaks of all of them.
func KeyARN(account Account, region, key string) string {
	if key == "" || strings.HasPrefix(key, "arn:") {
		return key
	}
	return account.Partition.KeyARN(region, account.ID, key)
}

// ValidateKMSKeyID holds a configured key against what both policies and preferences can carry. An alias is refused:
// a policy cannot name a key by it. Without Regions the Regions are not looked at.
func ValidateKMSKeyID(p *problem.List, path problem.Path, account Account, regions []string, key string) {
	const nameIt = `write a key id such as "1234abcd-12ab-34cd-56ef-1234567890ab", or its key ARN`
	switch {
	case key == "":
		return
	case strings.HasPrefix(key, "alias/") || strings.Contains(key, ":alias/"):
		p.Add(path, key, "is an alias, and permissions cannot name a key by its alias", nameIt)
		return
	case !strings.HasPrefix(key, "arn:"):
		if !KeyID.MatchString(key) {
			p.Add(path, key, "is not the id of a KMS key", nameIt)
		} else if len(regions) > 1 && !strings.HasPrefix(key, "mrk-") {
			p.Add(
				path,
				key,
				"is a key of one Region, and sessions.regions lists more",
				"use a multi-Region key (mrk-...) that is replicated to each",
			)
		}
		return
	}
	arn, err := policy.ParseARN(key)
	if !p.Check(path, key, err) {
		return
	}
	id, found := strings.CutPrefix(arn.Resource, "key/")
	switch {
	case arn.Service != "kms" || !found || !KeyID.MatchString(id):
		p.Add(path, key, "is not the ARN of a KMS key", nameIt)
	case arn.Partition != account.Partition:
		p.Add(path, key, "is of another partition", nameIt)
	case len(regions) > 1:
		p.Add(
			path,
			key,
			"names one Region, and sessions.regions lists more",
			"write the id of a multi-Region key (mrk-...) that is replicated to each",
		)
	case len(regions) == 1 && arn.Region != regions[0]:
		p.Add(
			path,
			key,
			"is a key of "+arn.Region+", and sessions.regions lists "+regions[0],
			"use a key of that Region",
		)
	}
}
