package call

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/policy"
)

// Forms writes the forms of ARNs of the Service Authorization Reference for callers of an account.
type Forms struct {
	// Account is the id of the account, Partition its partition.
	Account   string
	Partition policy.Partition
	// Abroad: the callers call resources of other accounts.
	Abroad bool
	// Known are the forms of resource types that were written before.
	Known map[*catalogue.ActionForms][]glob.Glob
	// Budget is what the searches for resources may cost together; nil means that each has its own limit alone.
	Budget *glob.Budget
}

// formGlobs turns ARN forms into globs for the caller: a placeholder is any text that is not empty.
func (f Forms) formGlobs(types *catalogue.ActionForms) []glob.Glob {
	if have, ok := f.Known[types]; ok {
		return have
	}
	globs := make([]glob.Glob, 0, len(types.Arns))
	for _, arn := range types.Arns {
		if strings.Contains(arn, ":document/") {
			// The account's own documents first, then those that AWS owns, whose ARNs leave the account out, then
			// those of others.
			globs = append(
				globs,
				f.FormGlob(types.Service, strings.Replace(arn, "${Account}", f.Account, 1)),
				f.FormGlob(types.Service, strings.Replace(arn, "${Account}", "", 1)),
			)
		}
		globs = append(globs, f.FormGlob(types.Service, arn))
	}
	f.Known[types] = globs
	return globs
}

// The forms of Regions, such as us-gov-west-1, and of account ids; One and Any are one character and any number of
// them, but no colon.
var (
	regionForm  = glob.Glob{One, Any, {R: '-'}, One, Any, {R: '-'}, One}
	accountForm = slices.Repeat(glob.Glob{One}, 12)

	One, Any = glob.GlobToken{Kind: glob.GlobOne, Bounded: true}, glob.GlobToken{Kind: glob.GlobAny, Bounded: true}
)

// FormGlob is the form of an ARN of a service as a pattern: a placeholder is any text that is not empty, the account
// that of the callers where they reach resources of this form in their own account alone.
func (f Forms) FormGlob(service, arn string) glob.Glob {
	var g glob.Glob
	own := ownResource(service, arn) && !f.Abroad
	part := 0
	for arn != "" {
		if strings.HasPrefix(arn, "${") {
			end := strings.IndexByte(arn, '}')
			if end < 0 {
				break
			}
			switch placeholder := arn[2:end]; {
			case placeholder == "Partition":
				g = append(g, glob.LiteralGlob(string(f.Partition), false)...)
			case placeholder == "Region":
				g = append(g, regionForm...)
			case placeholder == "Account" && own:
				g = append(g, glob.LiteralGlob(f.Account, false)...)
			case placeholder == "Account":
				g = append(g, accountForm...)
			default:
				bounded := part < policy.ARNParts-1 || slices.Contains(plainNames, service)
				g = append(
					g,
					glob.GlobToken{Kind: glob.GlobOne, Bounded: bounded},
					glob.GlobToken{Kind: glob.GlobAny, Bounded: bounded},
				)
			}
			arn = arn[end+1:]
			continue
		}
		if arn[0] == ':' {
			part++
		}
		g = append(g, glob.GlobToken{R: rune(arn[0])})
		arn = arn[1:]
	}
	return g
}

// plainNames are the services whose resources have no colon in their names.
//
// Source: IAM and AWS STS quotas (names); API references of EC2, ECS and Systems Manager (ids, CreateDocument).
var plainNames = []string{"iam", "sts", "ec2", "ec2-instance-connect", "ecs", "ssm", "ssm-guiconnect", "ssmmessages"}

// ownResource reports whether a caller reaches resources of this form in its own account alone. In another account
// the resource must have a policy of its own, which a world does not have, so that AskAbroad asks about it; roles to
// assume have one that it has, and documents are shared without one.
//
// Source: IAM User Guide, Cross-account policy evaluation logic.
func ownResource(service, arn string) bool {
	return service != "sts" && !strings.Contains(arn, ":document/")
}
