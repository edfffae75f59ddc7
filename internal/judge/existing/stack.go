package existing

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/details"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
)

// Difference is something in which an account differs from the stack file that it is held against.
type Difference struct {
	// Subject is the ARN of the user, group, role or managed policy.
	Subject string `json:"subject"`
	Problem string `json:"problem"`
}

// surroundings is the world in which an account is judged, with what it is meant for.
type surroundings struct {
	world  access.World
	intent intent.Account
	// meant is the world as the stack files have it; nil when nobody said.
	meant       *access.Engine
	differences []Difference
}

// alone is the account alone.
func alone(account world.Account) surroundings {
	return surroundings{
		world:       access.World{Accounts: []world.Account{account}},
		intent:      claims.DerivedIntent(account),
		differences: []Difference{},
	}
}

// besideStack is the account in the world of a stack and of those beside it. What authorization details do not have,
// nodes, documents, preferences, permission sets and service control policies, is as the stack files have it.
func besideStack(account world.Account, stack *stack.Stack) (surroundings, error) {
	if account.ID != stack.Account.ID {
		return surroundings{}, fmt.Errorf(
			"the account is %s; stack %s (%s) is for account %s",
			account.ID,
			stack.Name,
			stack.File,
			stack.Account.ID,
		)
	}
	modelled := judge.World(judge.WithSiblings(stack)...)
	meant, err := access.Compile(modelled)
	if err != nil {
		return surroundings{}, err
	}
	expected := *modelled.Account(account.ID)
	w := surroundings{
		meant:       meant,
		intent:      stack.Intent(),
		differences: differencesOf(&account, &expected, stack.Intent().Administrators),
	}
	account.Alias, account.Nodes, account.Documents = expected.Alias, expected.Nodes, expected.Documents
	account.Preferences, account.PasswordPolicy = expected.Preferences, expected.PasswordPolicy
	sets := map[string]string{}
	for i := range expected.Roles {
		if r := &expected.Roles[i]; r.PermissionSet != "" {
			sets[r.ARN(&expected)] = cmp.Or(sets[r.ARN(&expected)], r.PermissionSet)
		}
	}
	for i := range account.Roles {
		r := &account.Roles[i]
		r.PermissionSet = cmp.Or(r.PermissionSet, sets[r.ARN(&account)])
	}
	account.Roles = append(account.Roles, missingSets(&account, &expected)...)
	modelled.Accounts = slices.Clone(modelled.Accounts)
	*modelled.Account(account.ID) = account
	w.world = modelled
	w.keepWhatExists(&account)
	return w, nil
}

// missingSets are the roles of permission sets that the stack files assign in the account and of which it has none:
// what another stack makes stands as the stack files have it.
func missingSets(account, expected *world.Account) []world.Role {
	var missing []world.Role
	for _, meant := range expected.Roles {
		if meant.PermissionSet != "" && !slices.ContainsFunc(account.Roles, func(r world.Role) bool {
			return r.PermissionSet == meant.PermissionSet
		}) {
			missing = append(missing, meant)
		}
	}
	return missing
}

// keepWhatExists takes out of the intent what the account lacks, which is told as a difference, and holds to MFA whom
// the stack file does not have.
func (w *surroundings) keepWhatExists(account *world.Account) {
	in := &w.intent
	users, roles := map[string]bool{}, map[string]bool{}
	for i := range account.Users {
		users[account.Users[i].ARN(account)] = true
	}
	for i := range account.Roles {
		roles[account.Roles[i].ARN(account)] = true
	}
	in.Members = slices.DeleteFunc(in.Members, func(arn string) bool { return !users[arn] })
	for _, d := range w.differences {
		if users[d.Subject] && d.Problem == isForeign && !slices.Contains(in.Members, d.Subject) {
			in.Members = append(in.Members, d.Subject)
		}
	}
	in.OperationRoles = slices.DeleteFunc(
		in.OperationRoles,
		func(r intent.OperationRole) bool { return !roles[r.ARN] },
	)
	in.DelegatedRoles = slices.DeleteFunc(in.DelegatedRoles, func(r intent.Role) bool { return !roles[r.ARN] })
	if in.Deployer != "" && !roles[in.Deployer] && !users[in.Deployer] {
		in.Deployer = ""
	}
	in.BreakGlass = slices.DeleteFunc(in.BreakGlass, func(arn string) bool { return !roles[arn] && !users[arn] })
}

const (
	isForeign = "is in the account and not in the stack file"
	isMissing = "is in the stack file and not in the account"
)

// differencesOf compares an account with what a stack file deploys, in the order of the stack file, then of the
// account. Declared are ARNs that the stack file names and does not make.
func differencesOf(account, expected *world.Account, declared []string) []Difference {
	out := []Difference{}
	has, wants := partsOf(account), partsOf(expected)
	inAccount, isWanted := placesByARN(has), placesByARN(wants)
	for _, want := range wants {
		index, there := inAccount[want.arn]
		if !there {
			if !want.ofAWS {
				out = append(out, Difference{Subject: want.arn, Problem: isMissing})
			}
			continue
		}
		out = append(out, want.against(has[index])...)
	}
	for _, p := range has {
		if _, wanted := isWanted[p.arn]; !p.ofAWS && !wanted && !slices.Contains(declared, p.arn) {
			out = append(out, Difference{Subject: p.arn, Problem: isForeign})
		}
	}
	return out
}

// accountPart is a user, group, role or managed policy of an account, in a form that can be compared: texts by what
// they are.
type accountPart struct {
	arn string
	// ofAWS: AWS or IAM Identity Center makes it, and nobody edits it in the account.
	ofAWS bool
	// says are the single values; lists are those of which each entry counts.
	says  map[saying]string
	lists map[string][]string
}

// saying is what a part says in one value: its kind, and its name where there may be several of it.
type saying struct{ kind, name string }

// The kinds of values that are told in their own way, and those that stand in several places.
const (
	tag                 = "tag"
	inlinePolicy        = "inline policy"
	permissionsBoundary = "permissions boundary"
)

func (s saying) String() string {
	if s.name == "" {
		return s.kind
	}
	return s.kind + " " + s.name
}

// placesByARN are the places of parts; of two with one ARN that of the first.
func placesByARN(parts []accountPart) map[string]int {
	places := make(map[string]int, len(parts))
	for i := range parts {
		if _, known := places[parts[i].arn]; !known {
			places[parts[i].arn] = i
		}
	}
	return places
}

func partsOf(a *world.Account) []accountPart {
	var parts []accountPart
	for i := range a.Groups {
		g := &a.Groups[i]
		p := accountPart{
			arn:   g.ARN(a),
			says:  inlineSays(g.Inline),
			lists: map[string][]string{"attached policy": g.Attached},
		}
		parts = append(parts, p)
	}
	for i := range a.Users {
		u := &a.Users[i]
		p := accountPart{
			arn:   u.ARN(a),
			says:  inlineSays(u.Inline),
			lists: map[string][]string{"attached policy": u.Attached, "group": u.Groups},
		}
		p.tagged(u.Tags, u.Boundary)
		parts = append(parts, p)
	}
	for i := range a.Roles {
		r := &a.Roles[i]
		p := accountPart{
			arn:   r.ARN(a),
			says:  inlineSays(r.Inline),
			lists: map[string][]string{"attached policy": r.Attached},
		}
		p.says[saying{kind: "trust policy"}] = inOneForm(r.Trust)
		p.tagged(r.Tags, r.Boundary)
		p.ofAWS = strings.HasPrefix(r.Path, "/aws-service-role/") || strings.HasPrefix(r.Path, "/aws-reserved/")
		parts = append(parts, p)
	}
	for i := range a.Policies {
		m := &a.Policies[i]
		if strings.Contains(m.ARN, ":iam::aws:") || m.Unknown {
			continue
		}
		parts = append(parts, accountPart{arn: m.ARN, says: map[saying]string{{kind: "document"}: inOneForm(m.Document)}})
	}
	return parts
}

func (p *accountPart) tagged(tags []world.Tag, boundary string) {
	for _, t := range tags {
		p.says[saying{tag, t.Key}] = t.Value
	}
	if boundary != "" {
		p.says[saying{kind: permissionsBoundary}] = boundary
	}
}

func inlineSays(list []world.InlinePolicy) map[saying]string {
	says := map[saying]string{}
	for _, one := range list {
		says[saying{inlinePolicy, one.Name}] = inOneForm(one.Document)
	}
	return says
}

// inOneForm is a document in one form. The order of lists in it is of no consequence to AWS, and AWS keeps it.
func inOneForm(d policy.Document) string {
	d.Statements = slices.Clone(d.Statements)
	for i := range d.Statements {
		st := &d.Statements[i]
		st.Principals = slices.Clone(st.Principals)
		for j := range st.Principals {
			st.Principals[j].Values = slices.Sorted(slices.Values(st.Principals[j].Values))
		}
	}
	text, err := policy.Compact(d)
	if err != nil {
		return err.Error()
	}
	return text
}

// against lists what is otherwise in the account. Tags that the stack file does not have decide nothing of their own:
// only a tag that is missing or has another value is told.
func (p accountPart) against(has accountPart) []Difference {
	var out []Difference
	add := func(format string, args ...any) {
		out = append(out, Difference{Subject: p.arn, Problem: fmt.Sprintf(format, args...)})
	}
	for _, what := range sortedSayings(p.says, has.says) {
		want, wanted := p.says[what]
		is, there := has.says[what]
		switch {
		case !there:
			add("the %s of the stack file is missing", what)
		case !wanted && what.kind == tag:
		case !wanted:
			add("the %s is not in the stack file", what)
		case want != is && (what.kind == tag || what.kind == permissionsBoundary):
			add("the %s is %q; the stack file has %q", what, is, want)
		case want != is:
			add("the %s says something else than the stack file", what)
		}
	}
	for _, name := range sortedKeys(p.lists, has.lists) {
		for _, one := range p.lists[name] {
			if !slices.Contains(has.lists[name], one) {
				add("the %s %s of the stack file is missing", name, one)
			}
		}
		for _, one := range has.lists[name] {
			if !slices.Contains(p.lists[name], one) {
				add("the %s %s is not in the stack file", name, one)
			}
		}
	}
	return out
}

// sortedSayings are what either part says, in the order of the words.
func sortedSayings(a, b map[saying]string) []saying {
	all := slices.Collect(maps.Keys(a))
	for what := range b {
		if _, both := a[what]; !both {
			all = append(all, what)
		}
	}
	slices.SortFunc(all, func(a, b saying) int { return cmp.Compare(a.String(), b.String()) })
	return all
}

func sortedKeys[T any](maps ...map[string]T) []string {
	var names []string
	for _, m := range maps {
		for name := range m {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// StackOf is the stack whose documents an account has: the only one of the stacks that is of this account and has a
// role or group in it. Nil when there is none, or more than one.
func StackOf(data []byte, stacks []*stack.Stack) *stack.Stack {
	account, _, err := details.ReadableAuthorizationDetails(data)
	if err != nil {
		return nil
	}
	var found []*stack.Stack
	for _, s := range stacks {
		if s.Account.ID == account.ID && hasPartOf(&account, s.World()) {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// hasPartOf reports whether an account has a role or group of what a stack deploys.
func hasPartOf(account *world.Account, deployed world.Account) bool {
	return slices.ContainsFunc(account.Roles, func(r world.Role) bool {
		return slices.ContainsFunc(
			deployed.Roles,
			func(own world.Role) bool { return own.ARN(&deployed) == r.ARN(account) },
		)
	}) || slices.ContainsFunc(account.Groups, func(g world.Group) bool {
		return slices.ContainsFunc(
			deployed.Groups,
			func(own world.Group) bool { return own.ARN(&deployed) == g.ARN(account) },
		)
	})
}
