package stack

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// ownTag is a tag key that the program gives to something.
type ownTag struct {
	key string
	// owner says what has it.
	owner string
}

// taggedByUs are the tag keys of users and roles, the only things that the program gives tags of its own. Keys that
// decide access are left out: they are refused among the default tags whatever their case.
func (s *Stack) taggedByUs() []ownTag {
	var all []ownTag
	add := func(key, owner string) {
		if !slices.ContainsFunc(all, func(t ownTag) bool { return t.key == key }) {
			all = append(all, ownTag{key, owner})
		}
	}
	for _, u := range s.Users {
		if u.Email != "" {
			add(guardrail.EmailTag, "users with email")
		}
		if u.DisplayName != "" {
			add(guardrail.DisplayNameTag, "users with displayName")
		}
		for _, key := range slices.Sorted(maps.Keys(u.Tags)) {
			add(key, "the user "+u.Name)
		}
	}
	if len(s.Grants) > 0 {
		add(grant.TicketTag, "the roles of grants")
		add(grant.PersonTag, "the roles of grants")
	}
	return all
}

// checkDefaultTags refuses tags that AWS would refuse on something that is made. The provider joins them with the
// tags of each resource by their exact keys: IAM then takes two keys that differ by case for one and refuses the
// call.
//
// Source: Tags for IAM resources, in the IAM User Guide; Tagging your AWS resources, in the Tagging AWS Resources
// User Guide.
func (s *Stack) checkDefaultTags(d *strictyaml.Decoder) {
	section, tags := problem.Path("aws:defaultTags.tags"), s.AWS.DefaultTags
	ours := s.taggedByUs()
	first := keysInAnyCase{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		path := section.Key(key)
		if s.IsAuthorizationTag(key) {
			d.Report(problem.Problem{
				Path:  path,
				Kind:  problem.Refused,
				Value: tags[key],
				Why:   "would put a tag that decides access on everything that is made",
				Fix:   "remove it: roles get theirs from project and runAs",
			})
			continue
		}
		if err := policy.ValidateTagKey(key); err != nil {
			d.Invalid(path, &strictyaml.Node{Shape: strictyaml.ShapeText, Text: key}, err)
			continue
		}
		if first.repeats(d, path, key, "IAM takes the two for one") {
			continue
		}
		if i := slices.IndexFunc(
			ours,
			func(t ownTag) bool { return t.key != key && strings.EqualFold(t.key, key) },
		); i >= 0 {
			d.Report(problem.Problem{
				Path:  path,
				Kind:  problem.Duplicate,
				Value: key,
				Why: fmt.Sprintf(
					"differs by case only from the tag %q of %s, and IAM takes the two for one",
					ours[i].key,
					ours[i].owner,
				),
				Fix: "write " + strconv.Quote(
					ours[i].key,
				) + ", which each of them then has with a value of its own, or another key",
			})
			continue
		}
		if err := policy.ValidateTagValue(tags[key]); err != nil {
			d.Invalid(path, &strictyaml.Node{Shape: strictyaml.ShapeText, Text: tags[key]}, err)
		}
	}
	s.countTags(d, section, tags)
}

// countTags refuses more tags than AWS takes on one thing: the default tags with those of the user or role that has
// the most of its own.
func (s *Stack) countTags(d *strictyaml.Decoder, path problem.Path, tags map[string]string) {
	if len(tags) == 0 {
		return
	}
	own, who := 0, "everything that is made"
	most := func(keys []string, what string) {
		n := 0
		for _, key := range keys {
			if _, both := tags[key]; !both {
				n++
			}
		}
		if n > own {
			own, who = n, what
		}
	}
	for _, u := range s.Users {
		keys := slices.Collect(maps.Keys(u.Tags))
		for key, set := range map[string]bool{guardrail.EmailTag: u.Email != "", guardrail.DisplayNameTag: u.DisplayName != "", guardrail.RunAsTag: u.RunAs != ""} {
			if set {
				keys = append(keys, key)
			}
		}
		most(keys, "the user "+u.Name)
	}
	if len(s.OperationRoles) > 0 {
		most([]string{s.Tags.Project, guardrail.RunAsTag}, "operation roles")
	}
	if len(s.Grants) > 0 {
		most([]string{s.Tags.Project, guardrail.RunAsTag, grant.TicketTag, grant.PersonTag}, "the roles of grants")
	}
	if n, quota := len(tags)+own, s.Quotas.WithDefaults().TagsPerPrincipal; n > quota {
		why := fmt.Sprintf("are more than the %d that AWS takes", quota)
		if own > 0 {
			why = fmt.Sprintf("make %d with the %d of %s, and AWS takes %d", n, own, who, quota)
		}
		d.Report(
			problem.Problem{
				Path:  path,
				Kind:  problem.Invalid,
				Value: problem.Written(fmt.Sprintf("%d tags", len(tags))),
				Why:   why,
				Fix:   "remove some",
			},
		)
	}
}

// checkIgnoreTags refuses what ignores nothing, and what would hide changes that decide access.
func (s *Stack) checkIgnoreTags(d *strictyaml.Decoder) {
	const aws = `begins with "aws:": such tags are AWS's own, which the provider neither reads nor removes`
	for i, key := range s.AWS.IgnoreTags.Keys {
		path := problem.Path("aws:ignoreTags.keys").Index(i)
		switch {
		case s.IsAuthorizationTag(key):
			d.Report(
				problem.Problem{
					Path:  path,
					Kind:  problem.Refused,
					Value: key,
					Why:   "would leave changes of a tag that decides access unseen",
					Fix:   "remove it",
				},
			)
		case systemTag(key):
			d.Report(
				problem.Problem{
					Path:  path,
					Kind:  problem.Refused,
					Value: key,
					Why:   aws,
					Fix:   "remove it",
				},
			)
		default:
			if err := policy.ValidateTagKey(key); err != nil {
				d.Invalid(path, &strictyaml.Node{Shape: strictyaml.ShapeText, Text: key}, err)
			}
		}
	}
	for i, prefix := range s.AWS.IgnoreTags.KeyPrefixes {
		path := problem.Path("aws:ignoreTags.keyPrefixes").Index(i)
		for _, key := range []string{s.Tags.Project, guardrail.RunAsTag} {
			if len(prefix) <= len(key) && strings.EqualFold(key[:len(prefix)], prefix) {
				d.Report(problem.Problem{
					Path:  path,
					Kind:  problem.Refused,
					Value: prefix,
					Why: "would leave changes of the tag " + strconv.Quote(
						key,
					) + " unseen, which decides access",
					Fix: "write a longer prefix, or remove it",
				})
				break
			}
		}
		if systemTag(prefix) {
			d.Report(
				problem.Problem{
					Path:  path,
					Kind:  problem.Refused,
					Value: prefix,
					Why:   aws,
					Fix:   "remove it",
				},
			)
		} else if err := policy.ValidateTagKey(prefix); err != nil {
			d.Invalid(path, &strictyaml.Node{Shape: strictyaml.ShapeText, Text: prefix}, err)
		}
	}
}

// systemTag reports whether a key is one of AWS's own.
func systemTag(key string) bool { return len(key) >= 4 && strings.EqualFold(key[:4], "aws:") }

// keysInAnyCase are the tag keys of a table that were looked at, by what they are in small letters.
type keysInAnyCase map[string]string

// repeats reports a key that differs from an earlier one by case only, with why AWS takes the two for one.
func (k keysInAnyCase) repeats(d *strictyaml.Decoder, path problem.Path, key, why string) bool {
	folded := strings.ToLower(key)
	other, repeated := k[folded]
	if repeated {
		d.Report(problem.Problem{
			Path:  path,
			Kind:  problem.Duplicate,
			Value: key,
			Why:   "differs from " + strconv.Quote(other) + " by case only, and " + why,
			Fix:   "keep one of the two",
		})
		return true
	}
	k[folded] = key
	return false
}
