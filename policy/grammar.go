package policy

import (
	"regexp"
	"strings"
)

var (
	actionServiceLetters = lettersOf(lowerLetters + upperLetters + digits + "-")
	actionNameLetters    = lettersOf(lowerLetters + upperLetters + digits + "*?")
)

// checkAction holds an action against AWS's grammar: "*", or a service's prefix without wildcards, a colon, and a
// name with or without.
func checkAction(action string) error {
	const fix = "write service:Name, such as ssm:StartSession"
	if action == "*" {
		return nil
	}
	service, name, found := strings.Cut(action, ":")
	switch {
	case !found:
		return refuse("has no service prefix", fix)
	case strings.Contains(action, "${"):
		return refuse("has a policy variable, and actions take none", fix)
	case strings.ContainsAny(service, "*?"):
		return refuse(
			"has a wildcard in the service prefix",
			`name the service, or write "*" for every action of every service`,
		)
	case !actionServiceLetters.some(service), !actionNameLetters.some(name):
		return refuse("is not an action", fix)
	}
	return nil
}

// checkResource holds a Resource against AWS's grammar: "*", or six parts, the service without wildcards, variables
// in the last part alone. Source: "IAM policy elements: Variables and tags" in the IAM User Guide.
func checkResource(resource string) error {
	if resource == "*" {
		return nil
	}
	parts := splitARN(resource)
	if err := checkARNParts(parts); err != nil {
		return err
	}
	for i, part := range parts[1:5] {
		if strings.Contains(part, "${") {
			return refusef(
				"use variables after the fifth colon only",
				"has a policy variable in its %s, where AWS reads none",
				arnPartNames[i+1],
			)
		}
	}
	if strings.ContainsAny(parts[2], "*?") {
		return refuse("has a wildcard in its service", "name the service")
	}
	return nil
}

// checkARNPattern holds a value of an ARN operator against its grammar: six parts, each with wildcards and variables,
// or one variable that is a whole ARN.
func checkARNPattern(pattern string) error {
	if strings.HasPrefix(pattern, "${") && strings.IndexByte(pattern, '}') == len(pattern)-1 {
		return nil
	}
	return checkARNParts(splitARN(pattern))
}

var (
	arnPartNames     = [6]string{"arn prefix", "partition", "service", "region", "account", "resource"}
	serviceLetters   = lettersOf(lowerLetters + upperLetters + digits + "*?-")
	regionLetters    = lettersOf(lowerLetters + digits + "*?-")
	accountLetters   = lettersOf(digits + "*?")
	partitionLetters = lettersOf(lowerLetters + "*?-")
)

func checkARNParts(parts []string) error {
	const fix = "write arn:partition:service:region:account:resource"
	if len(parts) != 6 || parts[0] != "arn" {
		return refuse("is not an ARN of six parts", fix)
	}
	partition, service, region, account, resource := parts[1], parts[2], parts[3], parts[4], parts[5]
	variable := func(part string) bool { return strings.Contains(part, "${") }
	wildcard := strings.ContainsAny(partition, "*?")
	switch {
	case !variable(partition) && !wildcard && !Partition(partition).Valid(),
		!variable(partition) && !partitionLetters.some(partition):
		return refusef("use "+partitionList()+`, or "*"`, "names the partition %q, which is not known", partition)
	case !variable(service) && !serviceLetters.some(service):
		return refusef("write the service's prefix", "names the service %q", service)
	case !variable(region) && !regionLetters.only(region):
		return refusef("write a Region's code, or nothing for a global service", "names the Region %q", region)
	case !variable(account) && account != "aws" && !accountLetters.only(account),
		!variable(account) && !strings.ContainsAny(account, "*?") && len(account) != 0 && len(account) != 12 && account != "aws":
		return refusef("write the twelve digits of the account id", "names the account %q", account)
	case resource == "":
		return refuse("names no resource", "write the resource after the fifth colon")
	}
	return nil
}

// splitARN splits at the first five colons that are not inside a policy variable.
func splitARN(s string) []string {
	var parts []string
	start, depth := 0, 0
	for i := range len(s) {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			depth++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == ':' && depth == 0 && len(parts) < 5:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// variableName is a context key, with the tag key of a tag, and AWS's optional default value in single quotes.
var variableName = regexp.MustCompile(`^[A-Za-z0-9._-]+:[^${}',*?]+(,\s*'[^']*')?$`)

// policyVariables returns the policy variables of a text as they are written. ${*}, ${?} and ${$} are those
// characters, not variables.
func policyVariables(text string) ([]string, error) {
	var names []string
	for rest := text; ; {
		start := strings.Index(rest, "${")
		if start < 0 {
			return names, nil
		}
		end := strings.IndexByte(rest[start:], '}')
		if end < 0 {
			return names, refuse(
				"has a policy variable without its closing brace",
				"write ${name}, or ${$} for a dollar sign",
			)
		}
		variable := rest[start : start+end+1]
		rest = rest[start+end+1:]
		switch inner := variable[2:end]; {
		case inner == "*" || inner == "?" || inner == "$":
		case !variableName.MatchString(inner):
			return names, refusef(
				"write a context key such as ${aws:username}",
				"has %s, which is not a policy variable",
				variable,
			)
		default:
			names = append(names, variable)
		}
	}
}
