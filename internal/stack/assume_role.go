package stack

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// The bounds of what AssumeRole takes. Source: AssumeRole and AssumeRoleWithWebIdentity in the AWS STS API Reference.
const (
	maxSessionPolicies = 10
	maxSessionTags     = 50
	maxExternalID      = 1224
)

var externalID = regexp.MustCompile(`^[\w+=,.@:/-]+$`)

// checkSessionOfDeployer refuses what AWS STS refuses of the session in which the provider deploys.
func (s *Stack) checkSessionOfDeployer(d *strictyaml.Decoder) {
	if r := s.AWS.AssumeRole; r != nil {
		path := problem.Path("aws:assumeRole")
		s.checkDeployingRole(d, path, r.RoleARN, r.SessionName, r.Policy, r.PolicyARNs)
		if r.SourceIdentity != "" {
			checkText(d, path.Child("sourceIdentity"), r.SourceIdentity, policy.ValidateRoleSessionName)
		}
		// A value that Pulumi keeps encrypted is not repeated, and in a file it cannot be read.
		if r.ExternalID != "" &&
			(len(r.ExternalID) < 2 || len(r.ExternalID) > maxExternalID || !externalID.MatchString(r.ExternalID)) {
			d.Report(
				problem.Problem{
					Path: path.Child("externalId"),
					Kind: problem.Invalid,
					Why:  "is no external id",
					Fix:  "use 2 to 1224 letters, digits and _+=,.@:/-",
				},
			)
		}
		s.checkTagsOfSession(d, path, r)
	}
	if r := s.AWS.AssumeRoleWithWebIdentity; r != nil {
		s.checkDeployingRole(d, "aws:assumeRoleWithWebIdentity", r.RoleARN, r.SessionName, r.Policy, r.PolicyARNs)
	}
}

func checkText(d *strictyaml.Decoder, path problem.Path, text string, check func(string) error) {
	if err := check(text); err != nil {
		d.Invalid(path, &strictyaml.Node{Shape: strictyaml.ShapeText, Text: text}, err)
	}
}

func (s *Stack) checkDeployingRole(
	d *strictyaml.Decoder,
	place problem.Path,
	role, name, document string,
	policies []string,
) {
	if arn, err := policy.ParseARN(role); role != "" {
		kind, _, _, ok := arn.Entity()
		if err != nil || !ok || arn.Service != "iam" || kind != "role" || policy.ValidateAccountID(arn.Account) != nil {
			d.Report(
				problem.Problem{
					Path:  place.Child("roleArn"),
					Kind:  problem.Invalid,
					Value: role,
					Why:   "is not the ARN of a role",
					Fix:   "write it as in arn:aws:iam::111122223333:role/GuardrailDeployer",
				},
			)
		}
	}
	if name != "" {
		checkText(d, place.Child("sessionName"), name, policy.ValidateRoleSessionName)
	}
	if document != "" {
		s.checkSessionPolicy(d, place.Child("policy"), document)
	}
	if n := len(policies); n > maxSessionPolicies {
		d.Report(
			problem.Problem{
				Path:  place.Child("policyArns"),
				Kind:  problem.Invalid,
				Value: problem.Written(fmt.Sprintf("%d policies", n)),
				Why:   fmt.Sprintf("are more than the %d that a session takes", maxSessionPolicies),
				Fix:   "use fewer",
			},
		)
	}
	for i, text := range policies {
		path := place.Child("policyArns").Index(i)
		arn, err := policy.ParseARN(text)
		if kind, _, _, ok := arn.Entity(); err != nil || !ok || kind != "policy" {
			d.Report(
				problem.Problem{
					Path:  path,
					Kind:  problem.Invalid,
					Value: text,
					Why:   "is not the ARN of a managed policy",
					Fix:   "write it as in arn:aws:iam::aws:policy/IAMFullAccess",
				},
			)
			continue
		}
		if why, fix := guardrail.UnknownManagedPolicy(arn, s.AWSManagedPolicies); why != "" {
			d.Report(
				problem.Problem{
					Path:  path,
					Kind:  problem.NotFound,
					Value: text,
					Why:   why,
					Fix:   fix,
				},
			)
		}
	}
}

func (s *Stack) checkSessionPolicy(d *strictyaml.Decoder, path problem.Path, document string) {
	const fix = "write one that AWS takes, or remove the key"
	parsed, err := policy.Parse([]byte(document))
	if err != nil {
		d.Report(
			problem.Problem{
				Path: path,
				Kind: problem.Invalid,
				Why:  "is no policy document: " + err.Error(),
				Fix:  fix,
			},
		)
		return
	}
	for _, wrong := range parsed.Validate(policy.SessionPolicy, s.Quotas) {
		d.Report(
			problem.Problem{
				Path: path,
				Kind: problem.Invalid,
				Why:  "is refused as a session policy: " + wrong.Error(),
				Fix:  fix,
			},
		)
	}
}

func (s *Stack) checkTagsOfSession(d *strictyaml.Decoder, place problem.Path, r *provider.AssumeRole) {
	first := keysInAnyCase{}
	for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
		path := place.Child("tags").Key(key)
		checkText(d, path, key, policy.ValidateTagKey)
		checkText(d, path, r.Tags[key], policy.ValidateTagValue)
		first.repeats(d, path, key, "session tags ignore case")
		first[strings.ToLower(key)] = key
	}
	if n := len(r.Tags); n > maxSessionTags {
		d.Report(problem.Problem{
			Path: place.Child("tags"), Kind: problem.Invalid, Value: problem.Written(fmt.Sprintf("%d tags", n)),
			Why: fmt.Sprintf("are more than the %d that a session takes", maxSessionTags), Fix: "remove some"})
	}
	for i, key := range r.TransitiveTagKeys {
		if _, given := r.Tags[key]; given || key == "" {
			continue
		}
		d.Report(
			problem.Problem{
				Path:  place.Child("transitiveTagKeys").Index(i),
				Kind:  problem.NotFound,
				Value: key,
				Why:   "is no key of tags beside it",
				Fix:   strictyaml.Suggest(key, slices.Sorted(maps.Keys(r.Tags))),
			},
		)
	}
}
