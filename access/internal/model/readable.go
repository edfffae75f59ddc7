package model

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/policy"
)

var literally = strings.NewReplacer("$", "${$}", "*", "${*}", "?", "${?}")

// Literally writes an ARN as a pattern that matches it alone.
func Literally(arn string) string { return literally.Replace(arn) }

// maxLikelier bounds how many resources of the world are tried for a witness.
const maxLikelier = 64

// Likelier are ARNs to prefer to one that the search made up: of the same kind, first those that the world has.
func Likelier(e *engine.Engine, arn string) []string {
	var out []string
	parts := strings.SplitN(arn, ":", policy.ARNParts)
	if len(parts) < policy.ARNParts {
		return nil
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	for i := range e.World().Accounts {
		a := &e.World().Accounts[i]
		if a.ID != parts[4] {
			continue
		}
		switch parts[2] + " " + kind {
		case "iam user":
			for j := range a.Users {
				out = append(out, a.Users[j].ARN(a))
			}
		case "iam role":
			for j := range a.Roles {
				out = append(out, a.Roles[j].ARN(a))
			}
		case "iam mfa":
			for j := range a.Users {
				out = append(out, "arn:"+parts[1]+":iam::"+a.ID+":mfa/"+a.Users[j].Name)
			}
		case "ec2 instance", "ssm managed-instance":
			for j := range a.Nodes {
				out = append(out, a.Nodes[j].ARN(a))
			}
		}
	}
	if len(out) > maxLikelier {
		out = out[:maxLikelier]
	}
	return append(out, Readable(parts, kind))
}

// Readable replaces the parts that the search made up by what such parts look like.
func Readable(parts []string, kind string) string {
	p := slices.Clone(parts)
	if p[3] != "" && policy.ValidateRegion(p[3]) != nil {
		p[3] = engine.SomeRegion(policy.Partition(p[1]))
	}
	if p[4] != "" && policy.ValidateAccountID(p[4]) != nil {
		p[4] = "999999999999"
	}
	name := map[string]string{
		"instance": "i-0123456789abcdef0", "managed-instance": "mi-0123456789abcdef0", "document": "AnotherDocument", "user": "somebody-else",
		"role": "AnotherRole", "mfa": "another-device", "session": "somebody-else-0123456789abcdef0",
	}[kind]
	if rest, found := strings.CutPrefix(p[5], kind+"/"); found && len(rest) == 1 && name != "" {
		p[5] = kind + "/" + name
	}
	return strings.Join(p, ":")
}

// inRegion moves an ARN whose Region the search made up.
func inRegion(arn, region string) string {
	parts := strings.SplitN(arn, ":", policy.ARNParts)
	if len(parts) == policy.ARNParts && parts[3] != "" && policy.ValidateRegion(parts[3]) != nil {
		parts[3] = region
	}
	return strings.Join(parts, ":")
}
