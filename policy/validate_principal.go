package policy

import (
	"regexp"
	"slices"
	"strings"
)

func (v *validator) principals(s Statement) {
	if !v.use.withPrincipal() {
		if s.Principals != nil || s.NotPrincipals != nil {
			v.add(
				"leave it out: the policy speaks of whoever it is attached to",
				"the statement of a %s has a Principal",
				v.use,
			)
		}
		return
	}
	if s.NotPrincipals != nil {
		switch {
		case v.use == Trust:
			v.addTo(
				"NotPrincipal",
				"name the principals in Principal, and use conditions to except some",
				"NotPrincipal does not go into a trust policy",
			)
		case s.Effect == EffectAllow:
			v.addTo(
				"NotPrincipal",
				"name the principals in Principal",
				"NotPrincipal with Allow lets in everybody else, anonymous callers too",
			)
		case s.Principals != nil:
			v.add("write one of them", "the statement has both Principal and NotPrincipal")
		}
		v.eachPrincipal("NotPrincipal", s.NotPrincipals)
		return
	}
	if s.Principals == nil {
		v.addTo("Principal", "write Principal", "the statement of a %s has no Principal", v.use)
		return
	}
	v.eachPrincipal("Principal", s.Principals)
	if v.use == Trust && s.Effect == EffectAllow && len(s.Conditions) == 0 && anyone(s.Principals) {
		v.addTo(
			"Principal",
			"name the principals, or add a condition",
			`Principal "*" lets every AWS account of the world assume the role`,
		)
	}
}

func anyone(principals []Principal) bool {
	for _, p := range principals {
		if p.Kind == PrincipalAny {
			return true
		}
		for _, value := range p.Values {
			if p.Kind == PrincipalAWS && value == "*" {
				return true
			}
		}
	}
	return false
}

func (v *validator) eachPrincipal(element string, principals []Principal) {
	if len(principals) == 0 {
		v.addTo(element, "name at least one principal", "%s is empty", element)
	}
	for _, p := range principals {
		switch {
		case p.Kind == PrincipalAny:
			if len(principals) > 1 || len(p.Values) > 0 {
				v.addTo(element, `write "*" alone, or name the principals`, `%s has "*" beside others`, element)
			}
			continue
		case p.Kind == PrincipalCanonical && v.use == Trust:
			v.addTo(element, "use AWS, Service or Federated", "%s.%s does not go into a trust policy", element, p.Kind)
		case !slices.Contains(principalKinds, string(p.Kind)):
			v.addTo(element, "use "+strings.Join(principalKinds, ", "), "%s has the unknown kind %q", element, p.Kind)
			continue
		}
		if len(p.Values) == 0 {
			v.addTo(element, "name at least one principal", "%s.%s is an empty list", element, p.Kind)
		}
		for _, value := range p.Values {
			if v.characters(element, element+"."+string(p.Kind), value) {
				v.refuseIn(element, checkPrincipal(p.Kind, value), "%s.%s %q", element, p.Kind, value)
			}
		}
	}
}

var (
	servicePrincipal = regexp.MustCompile(
		`^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|amazon\.com)$`,
	)
	federatedPrincipal = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	canonicalUser      = regexp.MustCompile(`^[0-9a-f]{64}$`)
	// IAM turns the ARN of a user or role that was deleted into its unique id, which no living principal has.
	uniqueID = regexp.MustCompile(`^(AIDA|AROA|AGPA)[A-Z0-9]+$`)
)

// checkPrincipal holds one principal against what AWS takes. Source: "AWS JSON policy elements: Principal" in the IAM
// User Guide.
func checkPrincipal(kind PrincipalKind, value string) error {
	if strings.Contains(value, "${") {
		return refuse("has a policy variable, and principals take none", "name the principal")
	}
	switch kind {
	case PrincipalAWS:
		return checkAWSPrincipal(value)
	case PrincipalService:
		if !servicePrincipal.MatchString(value) {
			return refuse("is not an AWS service", "write its name, such as ec2.amazonaws.com")
		}
	case PrincipalFederated:
		if a, err := ParseARN(value); err == nil {
			if !strings.HasPrefix(a.Resource, "saml-provider/") && !strings.HasPrefix(a.Resource, "oidc-provider/") {
				return refuse("is not an identity provider", "write the ARN of a saml-provider or oidc-provider")
			}
		} else if !federatedPrincipal.MatchString(value) {
			return refuse(
				"is not an identity provider",
				"write the ARN of a saml-provider or oidc-provider, or a provider's domain",
			)
		}
	case PrincipalCanonical:
		if !canonicalUser.MatchString(value) {
			return refuse("is not a canonical user id", "write its 64 hexadecimal digits")
		}
	}
	return nil
}

func checkAWSPrincipal(value string) error {
	switch {
	case value == "*" || ValidateAccountID(value) == nil:
		return nil
	case uniqueID.MatchString(value):
		return refuse(
			"is the unique id of a principal, which IAM shows when that one was deleted",
			"write the ARN of the principal that exists",
		)
	case strings.ContainsAny(value, "*?"):
		return refuse(
			"has a wildcard, and IAM matches principals by name alone",
			"name each principal, or test aws:PrincipalArn in a condition",
		)
	}
	a, err := ParseARN(value)
	if err != nil {
		return err
	}
	kind, _, name, named := a.Entity()
	switch {
	case a.Account == "" || a.Account == "aws":
		return refuse("names no account", "write the account id after the fourth colon")
	case a.Region != "":
		return refuse(
			"names a Region, and principals have none",
			"write nothing between the third and the fourth colon",
		)
	case a.Service == "iam" && a.Resource == "root":
		return nil
	case a.Service == "iam" && kind == "group":
		return refuse("is a group, and a group is no principal", "name its users")
	case a.Service == "iam" && named && (kind == "user" || kind == "role"):
		return validateName(name, 64)
	case a.Service == "sts" && (strings.HasPrefix(a.Resource, "assumed-role/") || strings.HasPrefix(a.Resource, "federated-user/")):
		return nil
	}
	return refuse("is no principal", "write the ARN of a user, a role or an account's root")
}
