package iam

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/policy"
)

// characters counts as IAM does: everything but white space.
func characters(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// principalsOf finds the unique ids of the users and roles that a trust policy names, by ARN. A principal that does
// not exist, in whatever account, is refused. The problem that package policy has with the ARN itself was reported
// before.
func (s *State) principalsOf(d policy.Document) (map[string]string, *api.Error) {
	ids := map[string]string{}
	for _, statement := range d.Statements {
		for _, principal := range slices.Concat(statement.Principals, statement.NotPrincipals) {
			if principal.Kind != policy.PrincipalAWS {
				continue
			}
			for _, value := range principal.Values {
				id, err := s.principalID(value)
				if err != nil {
					return nil, err
				}
				if id != "" {
					ids[value] = id
				}
			}
		}
	}
	return ids, nil
}

// principalID is the unique id behind a principal, or "" for one that AWS keeps by name: an account, an STS session.
func (s *State) principalID(value string) (string, *api.Error) {
	missing := api.MalformedPolicy("Invalid principal in policy: %q:%q", "AWS", value)
	if value == "*" {
		return "", nil
	}
	if policy.ValidateAccountID(value) == nil {
		if !s.world.Accounts.Has("", value) {
			return "", missing.Hinted(
				"no stack file of the folder has account %s; if it exists, write in sandbox.yaml: accounts: {%q: {}}",
				value,
				value,
			)
		}
		return "", nil
	}
	arn, err := policy.ParseARN(value)
	if err != nil {
		return "", missing.Hinted("%v", err)
	}
	account, ok := s.world.Accounts.Get("", arn.Account)
	if !ok || account.Partition != arn.Partition {
		return "", missing.Hinted("%s", beside(arn))
	}
	kind, path, name, named := arn.Entity()
	switch {
	case !named:
		return "", nil
	case kind == "user":
		if user, ok := s.Users.Get(arn.Account, NameKey(name)); ok && user.Name == name && user.Path == path {
			return user.ID, nil
		}
	case kind == "role":
		if role, ok := s.Roles.Get(arn.Account, NameKey(name)); ok && role.Name == name && role.Path == path {
			return role.ID, nil
		}
	}
	return "", missing.Hinted("%s", beside(arn))
}

// beside says what to write in the world file for a principal that no stack makes.
func beside(arn policy.ARN) string {
	what := fmt.Sprintf("no stack file of the folder has account %s", arn.Account)
	entry := "{}"
	if kind, path, name, named := arn.Entity(); named {
		what = fmt.Sprintf("account %s has no %s %s", arn.Account, kind, strings.TrimPrefix(path, "/")+name)
		item := "name: " + name
		if path != "/" {
			item += ", path: " + path
		}
		if kind == "role" {
			item += ", trust: <its trust policy>"
		}
		entry = fmt.Sprintf("{%ss: [{%s}]}", kind, item)
	}
	if arn.Partition != policy.AWS {
		entry = strings.Replace(entry, "{", "{partition: "+string(arn.Partition)+", ", 1)
		entry = strings.Replace(entry, ", }", "}", 1)
	}
	return fmt.Sprintf(
		"%s; if it exists before the stacks, write in sandbox.yaml: accounts: {%q: %s}",
		what,
		arn.Account,
		entry,
	)
}

// TrustToday is a role's trust policy as AWS shows it today: principals under the ARN that they now have, and as bare
// ids those that are gone.
func (s *State) TrustToday(role Role) string {
	today := map[string]string{}
	for arn, id := range role.Principals {
		if now := s.principalName(arn, id); now != arn {
			today[arn] = now
		}
	}
	if len(today) == 0 {
		return role.Trust
	}
	var document any
	if err := json.Unmarshal([]byte(role.Trust), &document); err != nil {
		return role.Trust
	}
	text, err := policy.Compact(replacePrincipals(document, today))
	if err != nil {
		return role.Trust
	}
	return text
}

// principalName is the ARN that the entity of the id has now, or the id itself if the entity is gone.
func (s *State) principalName(arn, id string) string {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return id
	}
	kind, _, name, _ := parsed.Entity()
	if kind == "role" {
		isIt := func(r Role) bool { return r.ID == id }
		if role, ok := s.Roles.Find(parsed.Account, NameKey(name), isIt); ok {
			return parsed.Partition.RoleARN(parsed.Account, role.Path, role.Name)
		}
		return id
	}
	isIt := func(u User) bool { return u.ID == id }
	if user, ok := s.Users.Find(parsed.Account, NameKey(name), isIt); ok {
		return parsed.Partition.UserARN(parsed.Account, user.Path, user.Name)
	}
	return id
}

// replacePrincipals renames principals wherever a statement names AWS principals.
func replacePrincipals(node any, names map[string]string) any {
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			if key == "AWS" {
				node[key] = renamed(value, names)
				continue
			}
			node[key] = replacePrincipals(value, names)
		}
	case []any:
		for i, value := range node {
			node[i] = replacePrincipals(value, names)
		}
	}
	return node
}

func renamed(value any, names map[string]string) any {
	switch value := value.(type) {
	case string:
		if now, ok := names[value]; ok {
			return now
		}
	case []any:
		for i, v := range value {
			value[i] = renamed(v, names)
		}
	}
	return value
}

// checkTrust reads a trust policy and finds its principals.
func (s *State) checkTrust(text string, quota int) (map[string]string, error) {
	d, refusal := api.ParsePolicy(policy.Trust, text)
	if refusal != nil {
		return nil, refusal
	}
	if n := characters(text); n > quota {
		return nil, limitExceeded(
			"Cannot exceed quota for ACLSizePerRole: %d",
			quota,
		).Hinted("the trust policy has %d characters", n)
	}
	principals, refusal := s.principalsOf(d)
	if refusal != nil {
		return nil, refusal
	}
	return principals, nil
}

// inlineUse is the use of an inline policy of the kind, and the quota of all inline policies together.
func (k Kind) inlineUse(q policy.Quotas) (policy.Use, int) {
	switch k {
	case KindUser:
		return policy.UserInline, q.UserInline
	case KindGroup:
		return policy.GroupInline, q.GroupInline
	}
	return policy.RoleInline, q.RoleInline
}

// checkInline reads an inline policy and holds all inline policies of the identity together against the quota.
func (k Kind) checkInline(q policy.Quotas, identity, name, text string, existing map[string]string) error {
	use, quota := k.inlineUse(q)
	if _, refusal := api.ParsePolicy(use, text); refusal != nil {
		return refusal
	}
	total := characters(text)
	for _, other := range slices.Sorted(maps.Keys(existing)) {
		if other != name {
			total += characters(existing[other])
		}
	}
	if total > quota {
		return limitExceeded(
			"Maximum policy size of %d bytes exceeded for %s %s",
			quota,
			strings.ToLower(string(k)),
			identity,
		).
			Hinted("its inline policies have %d characters together", total)
	}
	return nil
}

// checkManaged reads a customer managed policy.
func checkManaged(q policy.Quotas, text string) error {
	if _, refusal := api.ParsePolicy(policy.Identity, text); refusal != nil {
		return refusal
	}
	if n := characters(text); n > q.ManagedPolicy {
		return limitExceeded(
			"Cannot exceed quota for PolicySize: %d",
			q.ManagedPolicy,
		).Hinted("the policy has %d characters", n)
	}
	return nil
}

func notAttachable(arn string) *api.Error {
	return noSuchEntity("Policy %s does not exist or is not attachable.", arn)
}

// CheckAttachable refuses a managed policy that does not exist for the account, and those of AWS that are for
// service-linked roles alone.
func (s *State) CheckAttachable(account, arn string) error {
	parsed, err := policy.ParseARN(arn)
	if err != nil || parsed.Service != "iam" {
		return api.Refuse(http.StatusBadRequest, "InvalidInput", "ARN %s is not valid.", arn)
	}
	mine, _ := s.world.Accounts.Get("", account)
	kind, _, name, _ := parsed.Entity()
	switch {
	case kind != "policy" || parsed.Partition != mine.Partition:
		return notAttachable(arn)
	case parsed.Account == "aws":
		return s.checkAWSManaged(arn, strings.TrimPrefix(parsed.Resource, "policy/"))
	case parsed.Account != account:
		return notAttachable(
			arn,
		).Hinted("a policy of account %s cannot be attached in account %s", parsed.Account, account)
	}
	if p, ok := s.Policies.Get(account, NameKey(name)); !ok || p.ARN != arn {
		return notAttachable(arn)
	}
	return nil
}

func (s *State) checkAWSManaged(arn, name string) error {
	switch {
	case !catalogue.KnownManagedPolicy(name) && !s.moreManaged[name]:
		return notAttachable(
			arn,
		).Hinted("AWS has no managed policy %s; if it is newer than the sandbox, list it under awsManagedPolicies in sandbox.yaml", name)
	case strings.HasPrefix(name, "aws-service-role/"):
		return api.Refuse(
			http.StatusBadRequest,
			"PolicyNotAttachable",
			"Cannot attach a Service Role Policy to a Customer Role.",
		)
	}
	return nil
}
