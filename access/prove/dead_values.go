package prove

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// principalTypes are the values that AWS sets aws:PrincipalType to.
//
// Source: IAM User Guide, IAM policy elements: Variables and tags, "Principal key values".
var principalTypes = []string{"Account", "Anonymous", "AssumedRole", "FederatedUser", "User"}

// starless are global condition keys, in lower case, whose values never have a star or a question mark: ids, names and
// Regions of AWS. Tags of principals are starless too.
//
// Source: IAM User Guide, IAM and AWS STS quotas, IAM name requirements, Rules for tagging in IAM and AWS STS; AWS
// Organizations API Reference, patterns of ids.
var starless = []string{
	"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:principalaccount", "aws:principalorgid",
	"aws:principalorgpaths", "aws:principalservicename", "aws:principalservicenameslist", "aws:requestedregion",
	"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "aws:sourceaccount", "aws:sourceidentity",
	"aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "aws:username",
	"aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
}

// deadValues are the values of a condition that no request has, with what was probably meant.
func deadValues(c policy.Condition) (values []string, meant string) {
	base := c.Operator.Base
	exact := slices.Contains([]policy.BaseOperator{
		policy.OpStringEquals, policy.OpStringNotEquals,
		policy.OpStringEqualsIgnoreCase, policy.OpStringNotEqualsIgnoreCase,
	}, base)
	if !exact && base != policy.OpStringLike && base != policy.OpStringNotLike {
		return nil, ""
	}
	key := strings.ToLower(c.Key)
	isType := key == "aws:principaltype"
	for _, value := range c.Values {
		switch {
		case strings.Contains(value, "${"):
		case isType && !isPrincipalType(value, base):
			values = append(values, value)
			meant = "AWS sets it to " + strings.Join(principalTypes, ", ")
			if near := policy.Closest(value, principalTypes); near != "" {
				meant = fmt.Sprintf("did you mean %q?", near)
			}
		case exact && !isType && neverHasStars(key, value):
			values = append(values, value)
			meant = "a wildcard is one for StringLike and for ArnLike, and a character for " + string(base)
		}
	}
	return values, meant
}

func isPrincipalType(value string, base policy.BaseOperator) bool {
	return slices.ContainsFunc(principalTypes, func(known string) bool {
		switch base {
		case policy.OpStringLike, policy.OpStringNotLike:
			return wildcard.Match(value, known)
		case policy.OpStringEqualsIgnoreCase, policy.OpStringNotEqualsIgnoreCase:
			return strings.EqualFold(value, known)
		}
		return value == known
	})
}

// neverHasStars reports whether a text has a wildcard where no value of a key has such a character. The path of a user
// or role may have one, and so may the resource of an ARN.
func neverHasStars(key, value string) bool {
	const wildcards = "*?"
	switch {
	case !strings.ContainsAny(value, wildcards):
		return false
	case slices.Contains(starless, key) || strings.HasPrefix(key, "aws:principaltag/"):
		return true
	case catalogue.Catalogue().KeyType(key) != "ARN" && !strings.HasSuffix(key, "arn"):
		return false
	}
	if value == "*" {
		return true
	}
	parts := strings.SplitN(value, ":", 6)
	name := parts[len(parts)-1]
	name = name[strings.LastIndex(name, "/")+1:]
	return parts[0] == "arn" && strings.ContainsAny(strings.Join(parts[:min(5, len(parts))], ""), wildcards) ||
		key == "aws:principalarn" && strings.ContainsAny(name, wildcards)
}

// Ended reports, in the order of the document, the statements that applied before an instant and apply to no request
// from then on: an end that is over.
func Ended(d policy.Document, since time.Time) []DeadCondition {
	var ended []DeadCondition
	for i, st := range d.Statements {
		compiled, err := compiledAlone(st)
		if err != nil {
			continue
		}
		before := search.NeverMet(compiled, time.Time{})
		for _, key := range search.NeverMet(compiled, since) {
			if !slices.Contains(before, key) {
				ended = append(ended, DeadCondition{Sid: st.Sid, Index: i, Never: key, Since: since})
			}
		}
	}
	return ended
}
