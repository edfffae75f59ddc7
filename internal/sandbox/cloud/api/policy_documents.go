package api

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// noSizes lets every size through: this package counts the bytes that were sent, not those of the document rendered
// again.
var noSizes = policy.Quotas{
	ManagedPolicy:       math.MaxInt,
	UserInline:          math.MaxInt,
	GroupInline:         math.MaxInt,
	RoleInline:          math.MaxInt,
	Trust:               math.MaxInt,
	SCP:                 math.MaxInt,
	PermissionSetInline: math.MaxInt,
	SessionPolicy:       math.MaxInt,
}

// ParsePolicy reads a document as AWS does when it is saved. It also refuses the few texts that AWS takes and package
// policy calls mistakes.
func ParsePolicy(use policy.Use, text string) (policy.Document, *Error) {
	if strings.TrimSpace(text) == "" {
		return policy.Document{}, Invalid(
			"1 validation error detected: Value '' at 'policyDocument' failed to satisfy constraint: " +
				"Member must have length greater than or equal to 1",
		)
	}
	if !json.Valid([]byte(text)) {
		return policy.Document{}, MalformedPolicy("Syntax errors in policy.").Hinted("the document is not JSON")
	}
	d, err := policy.Parse([]byte(text))
	if err != nil {
		return policy.Document{}, MalformedPolicy("Syntax errors in policy.").Hinted("%s", oneLine(err))
	}
	if problems := d.Validate(use, noSizes); len(problems) > 0 {
		errs := make([]error, len(problems))
		for i, p := range problems {
			errs[i] = p
		}
		return policy.Document{}, MalformedPolicy(
			"%s",
			sentenceFor(d, problems[0]),
		).Hinted("%s", oneLine(errors.Join(errs...)))
	}
	return d, nil
}

// sentenceFor is the sentence with which IAM answers the kind of mistake.
func sentenceFor(d policy.Document, p policy.Problem) string {
	switch p.Element {
	case "Principal":
		return "Invalid principal in policy."
	case "Sid":
		same := func(s policy.Statement) bool { return s.Sid == p.Sid }
		if slices.ContainsFunc(d.Statements[:p.Index], same) {
			return "Statement IDs (SID) in a single policy must be unique."
		}
		return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	case "Action", "NotAction":
		return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	case "Resource", "NotResource":
		return "The policy failed legacy parsing"
	}
	return "Syntax errors in policy."
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
