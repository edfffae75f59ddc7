package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// Escalation is the shortest way by which somebody who is no administrator comes to more than the documents of that user or role say.
type Escalation struct {
	// From is the ARN of the user or role.
	From string
	// Steps are the way, in order. There is always one.
	Steps []EscalationStep
	// Ends says what the way ends with, in words.
	Ends string
	// Meant says that the way is one step, and that the trust policy of the administrator's role names the user or role: somebody wrote it for that purpose.
	Meant bool
}

// EscalationStep is one step of an escalation.
type EscalationStep struct {
	// As is the ARN of the user or role that makes the calls.
	As string
	// Calls are the actions that are needed, all of them.
	Calls []string
	// On is the ARN of what the step is about: the role that is assumed or passed, the user, group, role or policy that is changed; "*" for nodes of which none is known.
	On string
	// It is the step in words, without As and On.
	It string
	// By is what allows the first of the calls.
	By Source
}

// String is the step in words.
func (s EscalationStep) String() string {
	return s.As + " " + s.It + " " + s.On + " (" + strings.Join(s.Calls, ", ") + ")"
}

// The words of Escalation.Ends.
const (
	endsAsAdministrator = "administers the account"
	endsAsRootOfNodes   = "is root on nodes, and has what the roles of the nodes have"
)

// Escalations are the shortest ways, one for each user and role of an account, by which whoever is no administrator becomes one, in the order of the account; and for those who do
// not become one, the way to root on nodes of an account that has roles for nodes. A step counts if some request of that user or role is allowed, with MFA or without; every step is
// decided with boundaries, service control policies and trust policies. Policies whose documents are not known open nothing here. An account that the world does not have is an error.
func Escalations(e *Engine, in Intent) ([]Escalation, error) {
	p := newProver(e)
	if err := p.check(&in); err != nil {
		return nil, err
	}
	p.findAdministrators([]Intent{in})
	s := &escalation{prover: p, in: &in, account: p.account(&in), everybody: p.everybody(&in), asked: map[string]answer{}, ways: map[string][]EscalationStep{},
		wouldReign: map[string]bool{}}
	s.toAdministrator()
	return s.found(), nil
}

// escalation is a search backwards from the administrators: in each round come those who reach somebody of the round before in one step, so that the first way is a shortest one.
type escalation struct {
	*prover
	in        *Intent
	account   *account
	everybody []*principal
	// asked are the answers about a caller and a request, by both.
	asked map[string]answer
	// ways are the ways that were found, by the ARN of whoever goes them. An administrator's is empty.
	ways map[string][]EscalationStep
	// wouldReign says of whom it was asked whether everything allowed would make an administrator.
	wouldReign map[string]bool
}

// can asks whether somebody can make a call in any session; conditions are what the request must carry.
func (s *escalation) can(who *principal, action, on string, conditions ...policy.Condition) answer {
	st := policy.Allow("", action).On(on).When(conditions...)
	if on != "*" && !s.can(who, action, "*").open {
		return answer{}
	}
	id := who.arn + " " + action + " " + on
	for i := range conditions {
		id += " " + conditions[i].Key + "=" + strings.Join(conditions[i].Values, ",")
	}
	if have, known := s.asked[id]; known {
		return have
	}
	a := s.askAll(asking([]policy.Statement{st}), s.sessionsOf(s.in, who)...)
	a.open = a.open && !a.guess
	s.asked[id] = a
	return a
}

// canAll asks for several calls, on anything.
func (s *escalation) canAll(who *principal, actions []string) (first Source, all bool) {
	for i, action := range actions {
		a := s.can(who, action, "*")
		if !a.open {
			return Source{}, false
		}
		if i == 0 {
			first = a.by
		}
	}
	return first, true
}

func (s *escalation) toAdministrator() {
	var goals []*principal
	for _, a := range s.report.Administrators {
		s.ways[a.ARN] = []EscalationStep{}
		goals = append(goals, s.engine.principals[a.ARN])
	}
	for first := true; first || len(goals) > 0; first = false {
		next := map[*principal][]EscalationStep{}
		for _, who := range s.everybody {
			if _, known := s.ways[who.arn]; known {
				continue
			}
			if way := s.step(who, goals, first); way != nil {
				next[who] = way
			}
		}
		goals = nil
		for _, who := range s.everybody {
			if way, found := next[who]; found {
				s.ways[who.arn] = way
				goals = append(goals, who)
			}
		}
		if first {
			// Two steps: one changes a role or user, the other becomes it.
			goals = append(goals, s.changedFirst()...)
		}
		slices.SortStableFunc(goals, func(a, b *principal) int { return cmp.Compare(len(s.ways[a.arn]), len(s.ways[b.arn])) })
	}
}

// step is a way of somebody that begins with a step to one of the goals, or that needs no other.
func (s *escalation) step(who *principal, goals []*principal, alone bool) []EscalationStep {
	if alone {
		if step := s.makesAdministrator(who, who); step != nil {
			return []EscalationStep{*step}
		}
		if step := s.makesRole(who); step != nil {
			return []EscalationStep{*step}
		}
	}
	for _, goal := range goals {
		if goal == who {
			continue
		}
		if step := s.becomes(who, goal); step != nil {
			return append([]EscalationStep{*step}, s.ways[goal.arn]...)
		}
	}
	return nil
}

// changedFirst finds those who make an administrator of a user or role that they become.
func (s *escalation) changedFirst() []*principal {
	var found []*principal
	for _, who := range s.everybody {
		if _, known := s.ways[who.arn]; known {
			continue
		}
		for _, other := range s.everybody {
			if other == who {
				continue
			}
			change := s.makesAdministrator(who, other)
			if change == nil {
				continue
			}
			if step := s.becomes(who, other); step != nil {
				s.ways[who.arn] = []EscalationStep{*change, *step}
				found = append(found, who)
				break
			}
		}
	}
	return found
}

// becomes is the step by which somebody acts as another user or role; nil when there is none.
func (s *escalation) becomes(who, other *principal) *EscalationStep {
	if other.kind == userPrincipal {
		for _, way := range signInWays {
			if a := s.can(who, way.action, other.arn); a.open {
				return &EscalationStep{As: who.arn, Calls: []string{way.action}, On: other.arn, It: way.it, By: a.by}
			}
		}
		return nil
	}
	if a := s.assumes(who, other); a.open {
		return &EscalationStep{As: who.arn, Calls: []string{"sts:AssumeRole"}, On: other.arn, It: "assumes", By: a.by}
	}
	if other.serviceLinked || other.permissionSet != "" {
		// Nobody but the service changes these.
		return nil
	}
	if a := s.can(who, "iam:UpdateAssumeRolePolicy", other.arn); a.open {
		return &EscalationStep{As: who.arn, Calls: []string{"iam:UpdateAssumeRolePolicy"}, On: other.arn, It: "changes, and then assumes by its new trust policy,", By: a.by}
	}
	if step := s.passes(who, other); step != nil {
		return step
	}
	if slices.Contains(s.nodeRoles(s.in), other) {
		return s.reachesNodes(who, other.arn, false)
	}
	return nil
}

func (s *escalation) assumes(who, role *principal) answer {
	q := asking([]policy.Statement{policy.Allow("", "sts:AssumeRole").On("*")})
	sessions := s.sessionsOf(s.in, who)
	if who.kind == userPrincipal {
		sessions = append(sessions, LongTermKey(who.arn).WithMFACode())
	}
	a := answer{denied: true}
	for _, session := range sessions {
		a = a.and(s.caller(session).askAssume(role, q))
	}
	a.open = a.open && !a.guess
	return a
}

// passes is the step by which somebody passes a role to a service that then runs what that caller wants.
func (s *escalation) passes(who, role *principal) *EscalationStep {
	if !s.can(who, "iam:PassRole", role.arn).open {
		return nil
	}
	for i := range serviceWays {
		way := &serviceWays[i]
		if !s.takenBy(role, way.service) {
			continue
		}
		pass := s.can(who, "iam:PassRole", role.arn, policy.StringEquals("iam:PassedToService", way.service))
		if !pass.open {
			continue
		}
		if _, all := s.canAll(who, way.creates); all {
			return &EscalationStep{As: who.arn, Calls: append([]string{"iam:PassRole"}, way.creates...), On: role.arn, It: way.it, By: pass.by}
		}
	}
	return nil
}

// takenBy reports whether the trust policy of a role lets a service assume it.
func (s *escalation) takenBy(role *principal, service string) bool {
	for _, way := range role.waysIn() {
		named := way.entry.kind == policy.PrincipalAny || way.entry.kind == policy.PrincipalService && way.entry.names(service)
		if way.class != &awsServices || !named {
			continue
		}
		if s.engine.askWayIn(role, way, newAnyoneOf(s.engine, way.class, way.entry, role.account), assumingBy(nil)).open {
			return true
		}
	}
	return false
}

// reachesNodes is the step by which somebody runs code on nodes.
func (s *escalation) reachesNodes(who *principal, role string, root bool) *EscalationStep {
	for _, way := range nodeWays {
		if root && !way.root {
			continue
		}
		for _, nodes := range []string{s.account.arn("ec2", "*", "instance/*"), s.account.arn("ssm", "*", "managed-instance/*")} {
			a := s.can(who, way.action, nodes)
			if a.open {
				return &EscalationStep{As: who.arn, Calls: []string{way.action}, On: role, It: way.it + " with the role", By: a.by}
			}
		}
	}
	return nil
}

// makesAdministrator is the step by which somebody makes an administrator of a user or role; nil when there is none.
func (s *escalation) makesAdministrator(who, of *principal) *EscalationStep {
	if of.serviceLinked || of.permissionSet != "" || !s.writes(who) || !s.reignsWith(of) {
		return nil
	}
	for _, way := range writeWays {
		if way.of != of.kind {
			continue
		}
		if a := s.can(who, way.action, of.arn, s.withAdminPolicy(way.adminPolicy)...); a.open {
			return &EscalationStep{As: who.arn, Calls: []string{way.action}, On: of.arn, It: way.it, By: a.by}
		}
	}
	for _, arn := range s.managedOf(of) {
		for _, action := range versionWays {
			if a := s.can(who, action, arn); a.open {
				return &EscalationStep{As: who.arn, Calls: []string{action}, On: arn, It: "writes a new version of", By: a.by}
			}
		}
	}
	if of.kind != userPrincipal {
		return nil
	}
	return s.byGroup(who, of)
}

// writes reports whether somebody can make any of the calls that make an administrator, on anything: most users and roles make none, and are asked about no more.
func (s *escalation) writes(who *principal) bool {
	actions := append([]string{"iam:AddUserToGroup", "iam:CreateRole"}, versionWays...)
	for _, way := range writeWays {
		actions = append(actions, way.action)
	}
	for _, way := range groupWays {
		actions = append(actions, way.action)
	}
	return slices.ContainsFunc(actions, func(action string) bool { return s.can(who, action, "*").open })
}

// byGroup is the step by which somebody makes an administrator of a user by a group.
func (s *escalation) byGroup(who, of *principal) *EscalationStep {
	account, _ := s.engine.accountOf(s.in.Account)
	at := slices.IndexFunc(account.Users, func(u User) bool { return u.ARN(account) == of.arn })
	if at < 0 {
		return nil
	}
	for i := range account.Groups {
		g := &account.Groups[i]
		arn := g.ARN(account)
		if slices.Contains(account.Users[at].Groups, g.Name) {
			for _, way := range groupWays {
				if a := s.can(who, way.action, arn, s.withAdminPolicy(way.adminPolicy)...); a.open {
					return &EscalationStep{As: who.arn, Calls: []string{way.action}, On: arn, It: way.it, By: a.by}
				}
			}
			continue
		}
		if a := s.can(who, "iam:AddUserToGroup", arn); a.open && s.reignsInGroup(of, account, g) {
			return &EscalationStep{As: who.arn, Calls: []string{"iam:AddUserToGroup"}, On: arn, It: "adds " + of.name + " to", By: a.by}
		}
	}
	return nil
}

// makesRole is the step by which somebody makes a role that administers.
func (s *escalation) makesRole(who *principal) *EscalationStep {
	arn := s.account.arn("iam", "", "role/something-new")
	// A policy that asks for a boundary bounds what is made.
	create := s.can(who, "iam:CreateRole", arn, policy.Absent("iam:PermissionsBoundary"))
	if !create.open {
		return nil
	}
	for _, way := range newRoleWays {
		conditions := append(s.withAdminPolicy(way.adminPolicy), policy.Absent("iam:PermissionsBoundary"))
		if s.can(who, way.action, arn, conditions...).open {
			return &EscalationStep{As: who.arn, Calls: []string{"iam:CreateRole", way.action}, On: "*", It: "makes a role that administers, and assumes it:", By: create.by}
		}
	}
	return nil
}

func (s *escalation) withAdminPolicy(needed bool) []policy.Condition {
	if !needed {
		return nil
	}
	return []policy.Condition{policy.ArnLike("iam:PolicyARN", s.account.partition.ManagedPolicyARN("AdministratorAccess"))}
}

// managedOf are the customer managed policies that are attached to a user or role, or to a group of the user.
func (s *escalation) managedOf(of *principal) []string {
	account, _ := s.engine.accountOf(s.in.Account)
	var attached []string
	for i := range account.Roles {
		if account.Roles[i].ARN(account) == of.arn {
			attached = append(attached, account.Roles[i].Attached...)
		}
	}
	for i := range account.Users {
		u := &account.Users[i]
		if u.ARN(account) != of.arn {
			continue
		}
		attached = append(attached, u.Attached...)
		for j := range account.Groups {
			if slices.Contains(u.Groups, account.Groups[j].Name) {
				attached = append(attached, account.Groups[j].Attached...)
			}
		}
	}
	return slices.DeleteFunc(attached, func(arn string) bool { return arnPart(arn, 4) != account.ID })
}

// reignsWith reports whether a user or role administers once everything is allowed to it: what is denied, bounded or shut by the organization stays so.
func (s *escalation) reignsWith(who *principal) bool {
	have, known := s.wouldReign[who.arn]
	if known {
		return have
	}
	changed, layer := *who, *who.identity
	layer.allow = append(slices.Clip(layer.allow), everything)
	changed.identity = &layer
	engine := *s.engine
	engine.principals = maps.Clone(s.engine.principals)
	engine.principals[changed.arn] = &changed
	_, all := newProver(&engine).reigns(s.strongest(s.in, &changed), s.account)
	s.wouldReign[who.arn] = all
	return all
}

// reignsInGroup reports whether a user administers once in a group.
func (s *escalation) reignsInGroup(of *principal, account *Account, g *Group) bool {
	world := s.engine.world
	world.Accounts = slices.Clone(world.Accounts)
	for i := range world.Accounts {
		if world.Accounts[i].ID != account.ID {
			continue
		}
		users := slices.Clone(world.Accounts[i].Users)
		for j := range users {
			if users[j].ARN(account) == of.arn {
				users[j].Groups = append(slices.Clip(users[j].Groups), g.Name)
			}
		}
		world.Accounts[i].Users = users
	}
	engine, err := Compile(world)
	if err != nil {
		return false
	}
	_, all := newProver(engine).reigns(s.strongest(s.in, of), s.account)
	return all
}

// found are the escalations, in the order of the account.
func (s *escalation) found() []Escalation {
	nodes := s.nodeRoles(s.in)
	var out []Escalation
	for _, who := range s.everybody {
		if way := s.ways[who.arn]; len(way) > 0 {
			out = append(out, Escalation{From: who.arn, Steps: way, Ends: endsAsAdministrator, Meant: s.meant(who, way)})
			continue
		}
		if _, administers := s.ways[who.arn]; administers || len(nodes) == 0 {
			continue
		}
		if step := s.reachesNodes(who, nodes[0].arn, true); step != nil {
			out = append(out, Escalation{From: who.arn, Steps: []EscalationStep{*step}, Ends: endsAsRootOfNodes})
		}
	}
	return out
}

// meant reports whether a way is the one that the trust policy of an administrator's role was written for.
func (s *escalation) meant(who *principal, way []EscalationStep) bool {
	if len(way) != 1 || way[0].It != "assumes" {
		return false
	}
	for _, st := range s.engine.principals[way[0].On].trust.allow {
		if slices.ContainsFunc(st.principals, func(t trusted) bool { return t.kind == policy.PrincipalAWS && t.text == who.arn }) {
			return true
		}
	}
	return false
}
