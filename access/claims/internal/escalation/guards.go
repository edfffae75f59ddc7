package escalation

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// edit is one call by which somebody changes what a user or role may do.
type edit struct {
	// action is the call, target the ARN that it names, conditions are what the request carries.
	action, target string
	conditions     []policy.Condition
	// words say what the call does to the target.
	words string
	// loses says that an Allow goes with what the call takes away.
	loses bool
	// apply makes the change in an account.
	apply func(a *world.Account)
}

// id tells edits apart: the same call takes away several policies.
func (e *edit) id() string {
	id := e.action + " " + e.target
	for i := range e.conditions {
		id += " " + strings.Join(e.conditions[i].Values, ",")
	}
	return id
}

// unguardingCalls are the calls that change what somebody may do, and so may take away what keeps them from
// administering. Those that end in Policy, PermissionsBoundary or Group are made for users, roles and groups alike.
//
// Source: IAM API Reference, the page of each action.
var unguardingCalls = calls("iam:DeleteUserPermissionsBoundary iam:PutUserPermissionsBoundary " +
	"iam:DeleteRolePermissionsBoundary iam:PutRolePermissionsBoundary iam:DeleteUserPolicy iam:DeleteRolePolicy " +
	"iam:DeleteGroupPolicy iam:DetachUserPolicy iam:DetachRolePolicy iam:DetachGroupPolicy iam:RemoveUserFromGroup " +
	"iam:PutUserPolicy iam:PutRolePolicy iam:PutGroupPolicy iam:CreatePolicyVersion iam:SetDefaultPolicyVersion")

// unguarding asks about all of them at once.
var unguarding = search.Asking([]policy.Statement{policy.Allow("", unguardingCalls...).On("*")})

// unguards reports whether somebody can make any of these calls, on anything.
func (s *escalation) unguards(who *engine.Principal) bool {
	have, known := s.unguarding[who]
	if !known {
		have = s.ask(who, unguarding).Open
		s.unguarding[who] = have
	}
	return have
}

// maxRounds bounds how often somebody looks again at what they can change once they have changed something.
const maxRounds = 3

// takesGuardsAway are the steps by which somebody makes an administrator of a user or role by more than a new Allow:
// the permissions boundary, the Denies or the version of a policy that keep it from administering are changed or taken
// away first. Nil when there are none.
//
// All changes that are allowed are made at once, again once they have opened more, until the user or role administers;
// then each is left out again that is not needed. What is found is played from the beginning: each call is allowed when
// its turn comes, and after the last the user or role administers.
func (s *escalation) takesGuardsAway(who, whom *engine.Principal) []Step {
	if whom.ServiceLinked || whom.PermissionSet != "" || !s.unguards(who) && !s.tags(who, whom) {
		return nil
	}
	administers := func(now *escalation) bool { return now.reigning(whom) }
	account, _ := s.Engine.AccountOf(s.in.Account)
	for version := range 1 + mostVersions(account, whom.Arn) {
		for _, losing := range []bool{true, false} {
			if edits := s.gathered(who, whom, version, losing); edits != nil {
				return s.fewest(who, whom, edits, administers)
			}
		}
	}
	return nil
}

// gathered are edits after which the user or role administers; nil when all that are allowed do not lead there.
func (s *escalation) gathered(who, whom *engine.Principal, version int, losing bool) []edit {
	now := s
	var all []edit
	for range maxRounds {
		account, _ := now.Engine.AccountOf(s.in.Account)
		edits := append(tagEdits(now.same(whom), now.same(whom).Identity), editsOf(account, whom.Arn, version)...)
		fresh := slices.DeleteFunc(edits, func(e edit) bool {
			known := slices.ContainsFunc(all, func(o edit) bool { return o.id() == e.id() })
			return known || e.loses && !losing || !now.can(now.same(who), e.action, e.target, e.conditions...).Open
		})
		if len(fresh) == 0 {
			return nil
		}
		all = append(all, fresh...)
		if now = s.after(who, whom, all); now == nil {
			return nil
		}
		if now.reigning(whom) {
			return all
		}
	}
	return nil
}

// fewest leaves out each edit that is not needed, and tells the others as steps; nil when they cannot be played.
func (s *escalation) fewest(who, whom *engine.Principal, edits []edit, there func(now *escalation) bool) []Step {
	steps := s.played(who, whom, edits, there)
	for i := 0; steps != nil && i < len(edits) && len(edits) > 1; {
		rest := slices.Delete(slices.Clone(edits), i, i+1)
		if fewer := s.played(who, whom, rest, there); fewer != nil {
			edits, steps = rest, fewer
		} else {
			i++
		}
	}
	return steps
}

// played are the steps of edits, each of which is allowed when its turn comes, if they lead there: it is asked in the
// world after the last. Else nil.
func (s *escalation) played(who, whom *engine.Principal, edits []edit, there func(now *escalation) bool) []Step {
	now := s
	var steps []Step
	for i := range edits {
		e := &edits[i]
		a := now.can(now.same(who), e.action, e.target, e.conditions...)
		if !a.Open {
			return nil
		}
		steps = append(steps, Step{As: who.Arn, Calls: []string{e.action}, On: e.target, It: e.words, By: a.By})
		if now = s.after(who, whom, edits[:i+1]); now == nil {
			return nil
		}
	}
	if !there(now) {
		return nil
	}
	return steps
}

// after is the account of two users or roles after some edits, without everybody else; nil when it does not compile.
func (s *escalation) after(who, whom *engine.Principal, edits []edit) *escalation {
	whole, _ := s.Engine.AccountOf(s.in.Account)
	account := *whole
	account.Users = slices.DeleteFunc(slices.Clone(whole.Users), func(u world.User) bool {
		return u.ARN(whole) != who.Arn && u.ARN(whole) != whom.Arn
	})
	account.Roles = slices.DeleteFunc(slices.Clone(whole.Roles), func(r world.Role) bool {
		return r.ARN(whole) != who.Arn && r.ARN(whole) != whom.Arn
	})
	account.Groups, account.Policies = slices.Clone(whole.Groups), slices.Clone(whole.Policies)
	for i := range edits {
		edits[i].apply(&account)
	}
	changed := world.World{Accounts: []world.Account{account}, Organization: s.Engine.World().Organization}
	compiled, err := engine.Compile(world.WithManagedPolicies(changed))
	if err != nil {
		return nil
	}
	next := &escalation{
		Prover:     claim.New(compiled.From(s.Engine.Since)),
		in:         s.in,
		asked:      map[string]search.Answer{},
		unsure:     s.unsure,
		unguarding: map[*engine.Principal]bool{},
	}
	next.account = next.Account(s.in)
	return next
}

// same is a user or role as it is in this world.
func (s *escalation) same(who *engine.Principal) *engine.Principal {
	return s.Engine.Principals[who.Arn]
}

// reigning reports whether a user or role administers.
func (s *escalation) reigning(whom *engine.Principal) bool {
	_, all := s.Reigns(s.Strongest(s.in, s.same(whom)), s.account, s.Engine.Day())
	return all
}

// holder is where the policies of a user, role or group stand.
type holder struct {
	kind     string
	inline   *[]world.InlinePolicy
	attached *[]string
	// boundary is nil for a group; groups are those of a user.
	boundary *string
	groups   *[]string
	// tags is nil for a group.
	tags *[]world.Tag
}

// holderOf finds a user, role or group by its ARN.
func holderOf(a *world.Account, arn string) (holder, bool) {
	for i := range a.Users {
		if u := &a.Users[i]; u.ARN(a) == arn {
			return holder{"User", &u.Inline, &u.Attached, &u.Boundary, &u.Groups, &u.Tags}, true
		}
	}
	for i := range a.Roles {
		if r := &a.Roles[i]; r.ARN(a) == arn {
			return holder{"Role", &r.Inline, &r.Attached, &r.Boundary, nil, &r.Tags}, true
		}
	}
	for i := range a.Groups {
		if g := &a.Groups[i]; g.ARN(a) == arn {
			return holder{"Group", &g.Inline, &g.Attached, nil, nil, nil}, true
		}
	}
	return holder{}, false
}

// change makes a change where the policies of somebody stand.
func change(arn string, how func(h holder)) func(a *world.Account) {
	return func(a *world.Account) {
		if h, found := holderOf(a, arn); found {
			how(h)
		}
	}
}

// denies reports whether a document has a Deny, allows whether it has an Allow.
func denies(d policy.Document) bool { return has(d, policy.EffectDeny) }
func allows(d policy.Document) bool { return has(d, policy.EffectAllow) }

func has(d policy.Document, effect policy.Effect) bool {
	return slices.ContainsFunc(d.Statements, func(st policy.Statement) bool { return st.Effect == effect })
}

// administering is what somebody writes who wants to administer.
func administering() policy.Document { return policy.New(policy.Allow("Everything", "*").On("*")) }

// editsOf are the calls that can change what a user or role may do, those that take something away first. Version
// says which of the other versions of a managed policy becomes the default one.
func editsOf(a *world.Account, arn string, version int) []edit {
	h, found := holderOf(a, arn)
	if !found {
		return nil
	}
	admin := a.Partition.ManagedPolicyARN("AdministratorAccess")
	edits := boundaryEdits(arn, h, admin)
	edits = append(edits, policyEdits(a, arn, h, version)...)
	if h.boundary != nil {
		edits = append(edits, versionEdits(a, *h.boundary, version)...)
	}
	if h.groups != nil {
		edits = append(edits, groupEdits(a, arn, *h.groups, version)...)
	}
	edits = append(edits, inlineEdit(arn, h), edit{
		action: "iam:Attach" + h.kind + "Policy", target: arn, words: "attaches AdministratorAccess to",
		conditions: []policy.Condition{policy.ArnLike("iam:PolicyARN", admin)},
		apply:      change(arn, func(h holder) { *h.attached = append(slices.Clip(*h.attached), admin) }),
	})
	return edits
}

// inlineEdit writes over the inline policies of a user, role or group.
func inlineEdit(arn string, h holder) edit {
	return edit{
		action: "iam:Put" + h.kind + "Policy", target: arn, words: "writes the inline policies of",
		apply: change(arn, func(h holder) {
			*h.inline = []world.InlinePolicy{{Name: "everything", Document: administering()}}
		}),
	}
}

// boundaryEdits take a permissions boundary off, or put one in its place that bounds nothing.
func boundaryEdits(arn string, h holder, admin string) []edit {
	if h.boundary == nil || *h.boundary == "" {
		return nil
	}
	return []edit{{
		action: "iam:Delete" + h.kind + "PermissionsBoundary", target: arn, words: "takes the permissions boundary off",
		apply: change(arn, func(h holder) { *h.boundary = "" }),
	}, {
		action: "iam:Put" + h.kind + "PermissionsBoundary", target: arn, words: "puts another permissions boundary on",
		conditions: []policy.Condition{policy.ArnLike("iam:PermissionsBoundary", admin)},
		apply:      change(arn, func(h holder) { *h.boundary = admin }),
	}}
}

// policyEdits take away the policies with a Deny of a user, role or group, or change managed ones.
func policyEdits(a *world.Account, arn string, h holder, version int) []edit {
	var edits []edit
	inline := slices.DeleteFunc(slices.Clone(*h.inline), func(p world.InlinePolicy) bool { return !denies(p.Document) })
	if len(inline) > 0 {
		edits = append(edits, edit{
			action: "iam:Delete" + h.kind + "Policy", target: arn, words: "deletes inline policies with a Deny of",
			loses: slices.ContainsFunc(inline, func(p world.InlinePolicy) bool { return allows(p.Document) }),
			apply: change(arn, func(h holder) {
				*h.inline = slices.DeleteFunc(
					slices.Clone(*h.inline), func(p world.InlinePolicy) bool { return denies(p.Document) },
				)
			}),
		})
	}
	for _, attached := range *h.attached {
		i := managedAt(a, attached)
		if i >= 0 && denies(a.Policies[i].Document) {
			edits = append(edits, edit{
				action: "iam:Detach" + h.kind + "Policy", target: arn, words: "detaches a policy with a Deny from",
				conditions: []policy.Condition{policy.ArnLike("iam:PolicyARN", attached)},
				loses:      allows(a.Policies[i].Document),
				apply: change(arn, func(h holder) {
					*h.attached = slices.DeleteFunc(slices.Clone(*h.attached), func(o string) bool { return o == attached })
				}),
			})
		}
		edits = append(edits, versionEdits(a, attached, version)...)
	}
	return edits
}

// versionEdits change what a customer managed policy says: by a new version, or by one of the others.
func versionEdits(a *world.Account, arn string, version int) []edit {
	i := managedAt(a, arn)
	if i < 0 || policy.ARNPart(arn, 4) != a.ID {
		return nil
	}
	say := func(document policy.Document) func(a *world.Account) {
		return func(a *world.Account) {
			if place := managedAt(a, arn); place >= 0 {
				a.Policies[place] = world.ManagedPolicy{ARN: arn, Document: document}
			}
		}
	}
	var edits []edit
	if others := a.Policies[i].Others; version < len(others) {
		edits = append(edits, edit{
			action: "iam:SetDefaultPolicyVersion", target: arn, words: "makes another version the default one of",
			apply: say(others[version]),
		})
	}
	return append(edits, edit{
		action: "iam:CreatePolicyVersion", target: arn, words: "writes a new version of", apply: say(administering()),
	})
}

// groupEdits take a user out of groups with a Deny, change the groups of the user, and add the user to the others.
func groupEdits(a *world.Account, user string, groups []string, version int) []edit {
	var leave, changes, join []edit
	member := func(how func(names []string) []string) func(a *world.Account) {
		return change(user, func(h holder) { *h.groups = how(slices.Clone(*h.groups)) })
	}
	for i := range a.Groups {
		g := &a.Groups[i]
		name, arn := g.Name, g.ARN(a)
		if !slices.Contains(groups, name) {
			join = append(join, edit{
				action: "iam:AddUserToGroup", target: arn, words: "adds the user to",
				apply: member(func(names []string) []string { return append(names, name) }),
			})
			continue
		}
		documents := documentsOf(a, g)
		if slices.ContainsFunc(documents, denies) {
			leave = append(leave, edit{
				action: "iam:RemoveUserFromGroup", target: arn, words: "takes the user out of",
				loses: slices.ContainsFunc(documents, allows),
				apply: member(func(names []string) []string {
					return slices.DeleteFunc(names, func(o string) bool { return o == name })
				}),
			})
		}
		h, _ := holderOf(a, arn)
		changes = append(append(changes, policyEdits(a, arn, h, version)...), inlineEdit(arn, h))
	}
	return slices.Concat(leave, changes, join)
}

// documentsOf are the documents of a group.
func documentsOf(a *world.Account, g *world.Group) []policy.Document {
	var out []policy.Document
	for _, p := range g.Inline {
		out = append(out, p.Document)
	}
	for _, arn := range g.Attached {
		if i := managedAt(a, arn); i >= 0 {
			out = append(out, a.Policies[i].Document)
		}
	}
	return out
}

// managedAt is the place of a managed policy among those of an account; -1 when it is not there.
func managedAt(a *world.Account, arn string) int {
	return slices.IndexFunc(a.Policies, func(p world.ManagedPolicy) bool { return p.ARN == arn })
}

// mostVersions is how many other versions a managed policy of a user or role has at most, but one.
func mostVersions(a *world.Account, arn string) int {
	h, found := holderOf(a, arn)
	if !found {
		return 0
	}
	arns := slices.Clone(*h.attached)
	if h.boundary != nil {
		arns = append(arns, *h.boundary)
	}
	if h.groups != nil {
		for i := range a.Groups {
			if slices.Contains(*h.groups, a.Groups[i].Name) {
				arns = append(arns, a.Groups[i].Attached...)
			}
		}
	}
	most := 1
	for _, one := range arns {
		if i := managedAt(a, one); i >= 0 {
			most = max(most, len(a.Policies[i].Others))
		}
	}
	return most - 1
}
