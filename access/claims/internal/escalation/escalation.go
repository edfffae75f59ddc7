package escalation

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/nodes"
	"aws-access-guardrails/access/claims/internal/trust"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/internal/wayin"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Escalation is the shortest way by which somebody who is no administrator comes to more than the documents of that
// user or role say.
type Escalation struct {
	// From is the ARN of the user or role.
	From string
	// Steps are the way, in order. There is always one, but where it is uncertain.
	Steps []Step
	// Ends says what the way ends with, in words.
	Ends string
	// Meant says that the way is one step, and that the trust policy of the administrator's role names the user or
	// role: somebody wrote it for that purpose.
	Meant bool
	// Uncertain says that no way was found and that there may be one: a search was given up. Ends names the statement.
	Uncertain bool
}

// Step is one step of an escalation.
type Step struct {
	// As is the ARN of the user or role that makes the calls.
	As string
	// Calls are the actions that are needed, all of them.
	Calls []string
	// On is the ARN of what the step is about: the role that is assumed or passed, the user, group, role or policy
	// that is changed; "*" for nodes of which none is known.
	On string
	// It is the step in words, without As and On.
	It string
	// Lent says that a role is passed to a service that the table of steps does not have: what the service lets the
	// caller do as that role is not known.
	Lent bool
	// By is what allows the first of the calls.
	By engine.Source
}

// String is the step in words.
func (s Step) String() string {
	return s.As + " " + s.It + " " + s.On + " (" + strings.Join(s.Calls, ", ") + ")"
}

// The words of Escalation.Ends.
const (
	endsAsAdministrator = "administers the account"
	endsAsRootOfNodes   = "is root on nodes, and has what the roles of the nodes have"
	// endsAsService is for ways with a step that is Lent.
	endsAsService = "has a service act as an administrator, and may administer the account by it"
	// endsUncertain begins what is said of somebody of whom a way may have been missed.
	endsUncertain = "may come to administer the account by a way that was not found; "
)

// Find are the shortest ways, one for each user and role of an account, by which whoever is no administrator
// becomes one, in the order of the account; and for those who do not become one, the way to root on nodes of an
// account that has roles for nodes. A step counts if some request of that user or role is allowed, with MFA or
// without; every step is decided with boundaries, service control policies and trust policies. Policies whose
// documents are not known open nothing here. An account that the world does not have is an error.
func Find(e *engine.Engine, in intent.Account) ([]Escalation, error) {
	p := claim.New(e)
	if err := p.Check(&in); err != nil {
		return nil, err
	}
	p.FindAdministrators([]intent.Account{in})
	s := &escalation{
		Prover:     p,
		in:         &in,
		account:    p.Account(&in),
		everybody:  p.Everybody(&in),
		asked:      map[string]search.Answer{},
		unsure:     map[string]engine.Source{},
		ways:       map[string][]Step{},
		wouldReign: map[string]bool{},
		writing:    map[*engine.Principal]bool{},
		unguarding: map[*engine.Principal]bool{},
		taken:      map[[2]string]bool{},
		lending:    map[[2]string]string{},
	}
	s.nodeRoles = nodes.NodeRoles(p, &in)
	s.toAdministrator()
	s.toService()
	return s.found(), nil
}

// escalation is a search backwards from the administrators: in each round come those who reach somebody of the round
// before in one step, so that the first way is a shortest one.
type escalation struct {
	*claim.Prover
	in        *intent.Account
	account   *engine.CompiledAccount
	everybody []*engine.Principal
	// nodeRoles are the roles that nodes have.
	nodeRoles []*engine.Principal
	// asked are the answers about a caller and a request, by both.
	asked map[string]search.Answer
	// unsure are statements at which a search was given up that found nothing, by the ARN of whose calls were looked for.
	unsure map[string]engine.Source
	// ways are the ways that were found, by the ARN of whoever goes them. An administrator's is empty.
	ways map[string][]Step
	// lends says that services without a row count.
	lends bool
	// wouldReign says of whom it was asked whether everything allowed would make an administrator.
	wouldReign map[string]bool
	// writing says of whom it was asked whether any of the calls can be made that make an administrator.
	writing map[*engine.Principal]bool
	// unguarding says of whom it was asked whether any of the calls can be made that take guards away.
	unguarding map[*engine.Principal]bool
	// taken says of a role and a service whether the one may be assumed by the other.
	taken map[[2]string]bool
	// lending says of somebody and a service by which call a role may be given to it.
	lending map[[2]string]string
}

// can asks whether somebody can make a call in any session; conditions are what the request must carry.
func (s *escalation) can(who *engine.Principal, action, resource string, conditions ...policy.Condition) search.Answer {
	st := policy.Allow("", action).On(resource).When(conditions...)
	if resource != "*" && !s.can(who, action, "*").Open {
		return search.Answer{}
	}
	id := who.Arn + " " + action + " " + resource
	for i := range conditions {
		id += " " + conditions[i].Key + "=" + strings.Join(conditions[i].Values, ",")
	}
	if have, known := s.asked[id]; known {
		return have
	}
	question := search.Asking
	if resource == "*" && len(conditions) == 0 {
		// It is asked of everybody.
		question = func(asked []policy.Statement, _ ...policy.Statement) search.Question { return s.Asking(asked) }
	}
	a := s.ask(who, question([]policy.Statement{st}))
	s.asked[id] = a
	return a
}

// ask asks a question of all sessions of somebody.
func (s *escalation) ask(who *engine.Principal, q search.Question) search.Answer {
	return s.known(who, s.AskAll(q, s.SessionsOf(s.in, who)...))
}

// known is an answer about somebody's calls without what only unknown documents open. What is uncertain is noted.
func (s *escalation) known(who *engine.Principal, a search.Answer) search.Answer {
	if a = a.WithoutGuess(); a.GaveUp && !a.Open {
		if _, noted := s.unsure[who.Arn]; !noted {
			s.unsure[who.Arn] = a.Grew
		}
	}
	return a
}

// canAll asks for several calls, on one thing.
func (s *escalation) canAll(who *engine.Principal, actions []string, resource string) (first engine.Source, all bool) {
	for i, action := range actions {
		a := s.can(who, action, resource)
		if !a.Open {
			return engine.Source{}, false
		}
		if i == 0 {
			first = a.By
		}
	}
	return first, true
}

// toAdministrator finds the ways of known steps.
func (s *escalation) toAdministrator() {
	var goals []*engine.Principal
	for _, a := range s.Report.Administrators {
		s.ways[a.ARN] = []Step{}
		goals = append(goals, s.Engine.Principals[a.ARN])
	}
	found := s.round(func(who *engine.Principal) []Step { return s.step(who, goals, true) })
	// Two steps: one changes a role or user, the other becomes it.
	s.rounds(append(found, s.changedFirst()...))
}

// toService finds the ways of those who have none yet and pass a role to a service of which nothing is known.
func (s *escalation) toService() {
	passes := func(who *engine.Principal) bool {
		return s.ways[who.Arn] == nil && s.can(who, "iam:PassRole", "*").Open
	}
	if !slices.ContainsFunc(s.everybody, passes) {
		return
	}
	s.lends = true
	var goals []*engine.Principal
	for _, a := range s.Report.Administrators {
		goals = append(goals, s.Engine.Principals[a.ARN])
	}
	for _, who := range s.everybody {
		if s.ways[who.Arn] != nil {
			goals = append(goals, who)
		}
	}
	s.nearestFirst(goals)
	s.rounds(s.round(func(who *engine.Principal) []Step {
		for _, goal := range goals {
			if goal.Kind != engine.RolePrincipal || goal.ServiceLinked {
				continue
			}
			if step := s.passes(who, goal); step != nil {
				return append([]Step{*step}, s.ways[goal.Arn]...)
			}
		}
		return nil
	}))
}

// rounds goes on from those who were found in the round before.
func (s *escalation) rounds(goals []*engine.Principal) {
	for len(goals) > 0 {
		s.nearestFirst(goals)
		near := goals
		goals = s.round(func(who *engine.Principal) []Step { return s.step(who, near, false) })
	}
}

// round asks everybody who has no way yet, and notes the ways that it finds once everybody was asked.
func (s *escalation) round(way func(who *engine.Principal) []Step) (found []*engine.Principal) {
	next := map[string][]Step{}
	for _, who := range s.everybody {
		if _, known := s.ways[who.Arn]; known {
			continue
		}
		if steps := way(who); steps != nil {
			next[who.Arn] = steps
			found = append(found, who)
		}
	}
	maps.Copy(s.ways, next)
	return found
}

func (s *escalation) nearestFirst(goals []*engine.Principal) {
	slices.SortStableFunc(
		goals,
		func(a, b *engine.Principal) int { return cmp.Compare(len(s.ways[a.Arn]), len(s.ways[b.Arn])) },
	)
}

// step is a way of somebody that begins with a step to one of the goals, or that needs no other.
func (s *escalation) step(who *engine.Principal, goals []*engine.Principal, alone bool) []Step {
	if alone {
		if step := s.makesAdministrator(who, who); step != nil {
			return []Step{*step}
		}
		if steps := s.takesGuardsAway(who, who); steps != nil {
			return steps
		}
		if step := s.makesNew(who); step != nil {
			return []Step{*step}
		}
	}
	for _, goal := range goals {
		if goal == who {
			continue
		}
		if step := s.becomes(who, goal); step != nil {
			return append([]Step{*step}, s.ways[goal.Arn]...)
		}
		if steps := s.tagsItself(who, goal); steps != nil {
			return append(steps, s.ways[goal.Arn]...)
		}
	}
	return nil
}

// changedFirst finds those who make an administrator of a user or role that they become.
func (s *escalation) changedFirst() []*engine.Principal {
	var found []*engine.Principal
	for _, who := range s.everybody {
		if _, known := s.ways[who.Arn]; known || !s.writes(who) && !s.unguards(who) {
			continue
		}
		for _, other := range s.everybody {
			if other == who {
				continue
			}
			if way := s.changesAndBecomes(who, other); way != nil {
				s.ways[who.Arn] = way
				found = append(found, who)
				break
			}
		}
	}
	return found
}

// changesAndBecomes are the steps by which somebody makes an administrator of another user or role and acts as it; nil
// when there are none.
func (s *escalation) changesAndBecomes(who, other *engine.Principal) []Step {
	change := s.makesAdministrator(who, other)
	if change == nil && !s.unguards(who) {
		return nil
	}
	step := s.becomes(who, other)
	if step == nil {
		return nil
	}
	if change != nil {
		return []Step{*change, *step}
	}
	if changes := s.takesGuardsAway(who, other); changes != nil {
		return append(changes, *step)
	}
	return nil
}

// becomes is the step by which somebody acts as another user or role; nil when there is none.
func (s *escalation) becomes(who, other *engine.Principal) *Step {
	if other.Kind == engine.UserPrincipal {
		for _, way := range signInWays {
			if a := s.can(who, way.action, other.Arn); a.Open {
				return &Step{As: who.Arn, Calls: []string{way.action}, On: other.Arn, It: way.words, By: a.By}
			}
		}
		return nil
	}
	if a := s.assumes(who, other); a.Open {
		return &Step{As: who.Arn, Calls: []string{"sts:AssumeRole"}, On: other.Arn, It: "assumes", By: a.By}
	}
	if other.ServiceLinked || other.PermissionSet != "" {
		// Nobody but the service changes these.
		return nil
	}
	if a := s.can(who, "iam:UpdateAssumeRolePolicy", other.Arn); a.Open {
		return &Step{
			As:    who.Arn,
			Calls: []string{"iam:UpdateAssumeRolePolicy"},
			On:    other.Arn,
			It:    "changes, and then assumes by its new trust policy,",
			By:    a.By,
		}
	}
	for _, way := range []func(who, role *engine.Principal) *Step{
		s.passes, s.usesWhatRuns, s.signsIn, s.reachesRoleOfNodes,
	} {
		if step := way(who, other); step != nil {
			return step
		}
	}
	return nil
}

// signsIn is the step by which somebody takes over the SAML provider whose people assume a role.
func (s *escalation) signsIn(who, role *engine.Principal) *Step {
	together := &search.Together{}
	for _, way := range wayin.Of(role) {
		provider := way.Entry.Text
		if way.Entry.Kind != policy.PrincipalFederated || policy.ARNPart(provider, 4) != role.Account.ID ||
			!strings.HasPrefix(policy.ARNResource(provider), "saml-provider/") {
			continue
		}
		for _, actions := range providerWays {
			if by, all := s.canAll(who, actions, provider); all && s.letsIn(role, way, together) {
				return &Step{
					As:    who.Arn,
					Calls: actions,
					On:    role.Arn,
					It:    "takes over the identity provider that signs people in to",
					By:    by,
				}
			}
		}
	}
	return nil
}

func (s *escalation) reachesRoleOfNodes(who, role *engine.Principal) *Step {
	if slices.Contains(s.nodeRoles, role) {
		return s.reachesNodes(who, role.Arn, false)
	}
	return nil
}

// usesWhatRuns is the step by which somebody changes or uses what runs as a role.
func (s *escalation) usesWhatRuns(who, role *engine.Principal) *Step {
	for i := range runningWays {
		way := &runningWays[i]
		if !s.takenBy(role, way.service) {
			continue
		}
		if by, all := s.canAll(who, way.creates, "*"); all {
			return &Step{As: who.Arn, Calls: way.creates, On: role.Arn, It: way.words, By: by}
		}
	}
	return nil
}

var assuming = search.Asking([]policy.Statement{policy.Allow("", "sts:AssumeRole").On("*")})

func (s *escalation) assumes(who, role *engine.Principal) search.Answer {
	sessions := s.SessionsOf(s.in, who)
	if who.Kind == engine.UserPrincipal {
		sessions = append(sessions, engine.LongTermKey(who.Arn).WithMFACode())
	} else {
		sessions = append(sessions, s.namedFor(who, role)...)
	}
	a := search.Answer{Denied: true}
	for _, session := range sessions {
		a = a.And(s.Caller(session).AskAssume(role, assuming))
	}
	return s.known(who, a)
}

// passes is the step by which somebody passes a role to a service that then runs what that caller wants. Whether the
// role
// may be passed is asked last: it is another question for each role.
func (s *escalation) passes(who, role *engine.Principal) *Step {
	if !s.can(who, "iam:PassRole", "*").Open {
		return nil
	}
	for i := range serviceWays {
		way := &serviceWays[i]
		if !s.takenBy(role, way.service) {
			continue
		}
		if _, all := s.canAll(who, way.creates, "*"); !all {
			continue
		}
		if step := s.passing(who, role, way.service, way.creates, way.words); step != nil {
			return step
		}
	}
	if step := s.givesProfile(who, role); step != nil || !s.lends {
		return step
	}
	for _, service := range servicesOf(role) {
		if !s.takenBy(role, service) {
			continue
		}
		action := s.lender(who, service)
		if action == "" {
			continue
		}
		if step := s.passing(who, role, service, []string{action}, "has "+service+" act as"); step != nil {
			step.Lent = true
			return step
		}
	}
	return nil
}

// passing is the step of calls that are allowed, if the role may be passed to the service.
func (s *escalation) passing(who, role *engine.Principal, service string, calls []string, it string) *Step {
	passed := s.can(who, "iam:PassRole", role.Arn, policy.StringEquals("iam:PassedToService", service))
	if !passed.Open {
		return nil
	}
	return &Step{
		As: who.Arn, Calls: append([]string{"iam:PassRole"}, calls...), On: role.Arn, It: it, By: passed.By,
	}
}

// givesProfile is the step by which somebody gives a role to an instance on which that caller runs code.
func (s *escalation) givesProfile(who, role *engine.Principal) *Step {
	if !s.takenBy(role, ec2Service) {
		return nil
	}
	for _, action := range profileWays {
		if !s.can(who, action, "*").Open {
			continue
		}
		node := s.reachesNodes(who, role.Arn, false)
		if node == nil {
			return nil
		}
		calls := append([]string{action}, node.Calls...)
		it := "gives an instance, on which it runs code, the role"
		if step := s.passing(who, role, ec2Service, calls, it); step != nil {
			return step
		}
	}
	return nil
}

// servicesOf are the services that a trust policy names, each once, in its order.
func servicesOf(role *engine.Principal) []string {
	var services []string
	for _, way := range wayin.Of(role) {
		if way.Entry.Kind == policy.PrincipalService && !way.Entry.Wild && !slices.Contains(services, way.Entry.Text) {
			services = append(services, way.Entry.Text)
		}
		if way.Entry.Text == cognitoService && !slices.Contains(services, cognitoService) {
			services = append(services, cognitoService)
		}
	}
	return services
}

// lender is the first call that somebody can make by which a role may be given to a service; empty when there is none.
func (s *escalation) lender(who *engine.Principal, service string) string {
	id := [2]string{who.Arn, service}
	have, known := s.lending[id]
	if !known {
		have = s.firstOf(who, lenders(service))
		s.lending[id] = have
	}
	return have
}

// firstOf is the first of some actions that somebody can call on something; empty when there is none.
func (s *escalation) firstOf(who *engine.Principal, actions []string) string {
	if len(actions) == 0 {
		return ""
	}
	any := search.Asking([]policy.Statement{policy.Allow("", actions...).On("*")})
	if !s.ask(who, any).Open {
		return ""
	}
	for _, action := range actions {
		if s.can(who, action, "*").Open {
			return action
		}
	}
	return ""
}

// vouchesFor reports whether an identity provider of a trust policy is whom a role is given for a service: a pool of
// Amazon Cognito, and the cluster of pods whose service accounts have roles.
//
// Source: Amazon Cognito Developer Guide, IAM roles; Amazon EKS User Guide, IAM roles for service accounts.
func vouchesFor(provider, service string) bool {
	return service == cognitoService && provider == cognitoService ||
		service == podsOfEKS && strings.Contains(provider, ":oidc-provider/oidc.eks.")
}

// takenBy reports whether the trust policy of a role lets a service assume it.
func (s *escalation) takenBy(role *engine.Principal, service string) bool {
	id := [2]string{role.Arn, service}
	have, known := s.taken[id]
	if !known {
		have = s.letsInService(role, service)
		s.taken[id] = have
	}
	return have
}

func (s *escalation) letsInService(role *engine.Principal, service string) bool {
	together := &search.Together{}
	for _, way := range wayin.Of(role) {
		named := way.Entry.Kind == policy.PrincipalAny ||
			way.Entry.Kind == policy.PrincipalService && way.Entry.Names(service)
		named = named && way.Class == &wayin.AWSServices ||
			way.Entry.Kind == policy.PrincipalFederated && vouchesFor(way.Entry.Text, service)
		if named && s.letsIn(role, way, together) {
			return true
		}
	}
	return false
}

// letsIn reports whether an entry of a trust policy lets anybody in whom it names. Where that is uncertain it does.
func (s *escalation) letsIn(role *engine.Principal, way wayin.Way, together *search.Together) bool {
	who := together.Anyone(s.Engine, way, role)
	return !search.AskWayIn(s.Engine, role, way, who, trust.AssumingBy(nil)).Shut()
}

// reachesNodes is the step by which somebody runs code on nodes.
func (s *escalation) reachesNodes(who *engine.Principal, role string, root bool) *Step {
	for i := range nodeWays {
		way := &nodeWays[i]
		if root && !way.root {
			continue
		}
		nodes := []string{s.account.Arn("ec2", "*", "instance/*"), s.account.Arn("ssm", "*", "managed-instance/*")}
		if way.elsewhere {
			nodes = []string{"*"}
		}
		for _, node := range nodes {
			if by, all := s.canAll(who, way.actions, node); all {
				return &Step{As: who.Arn, Calls: way.actions, On: role, It: way.words + " with the role", By: by}
			}
		}
	}
	return nil
}

// makesAdministrator is the step by which somebody makes an administrator of a user or role; nil when there is none.
func (s *escalation) makesAdministrator(who, whom *engine.Principal) *Step {
	if whom.ServiceLinked || whom.PermissionSet != "" || !s.writes(who) || !s.reignsWith(whom) {
		return nil
	}
	for _, way := range writeWays {
		if way.whose != whom.Kind {
			continue
		}
		if a := s.can(who, way.action, whom.Arn, s.withAdminPolicy(way.adminPolicy)...); a.Open {
			return &Step{As: who.Arn, Calls: []string{way.action}, On: whom.Arn, It: way.words, By: a.By}
		}
	}
	for _, arn := range s.managedOf(whom) {
		for _, action := range versionWays {
			if a := s.can(who, action, arn); a.Open {
				return &Step{
					As:    who.Arn,
					Calls: []string{action},
					On:    arn,
					It:    "writes a new version of",
					By:    a.By,
				}
			}
		}
	}
	if whom.Kind != engine.UserPrincipal {
		return nil
	}
	return s.byGroup(who, whom)
}

// writes reports whether somebody can make any of the calls that make an administrator, on anything: most users and
// roles make none, and are asked about no more.
func (s *escalation) writes(who *engine.Principal) bool {
	have, known := s.writing[who]
	if !known {
		have = s.writesSomething(who)
		s.writing[who] = have
	}
	return have
}

func (s *escalation) writesSomething(who *engine.Principal) bool {
	actions := append([]string{"iam:AddUserToGroup", "iam:CreateRole"}, versionWays...)
	for _, way := range writeWays {
		actions = append(actions, way.action)
	}
	for _, way := range groupWays {
		actions = append(actions, way.action)
	}
	return slices.ContainsFunc(actions, func(action string) bool { return s.can(who, action, "*").Open })
}

// byGroup is the step by which somebody makes an administrator of a user by a group.
func (s *escalation) byGroup(who, whom *engine.Principal) *Step {
	account, _ := s.Engine.AccountOf(s.in.Account)
	index := slices.IndexFunc(account.Users, func(u world.User) bool { return u.ARN(account) == whom.Arn })
	if index < 0 {
		return nil
	}
	for i := range account.Groups {
		g := &account.Groups[i]
		arn := g.ARN(account)
		if slices.Contains(account.Users[index].Groups, g.Name) {
			for _, way := range groupWays {
				if a := s.can(who, way.action, arn, s.withAdminPolicy(way.adminPolicy)...); a.Open {
					return &Step{As: who.Arn, Calls: []string{way.action}, On: arn, It: way.words, By: a.By}
				}
			}
			continue
		}
		if a := s.can(who, "iam:AddUserToGroup", arn); a.Open && s.reignsInGroup(whom, account, g) {
			return &Step{
				As:    who.Arn,
				Calls: []string{"iam:AddUserToGroup"},
				On:    arn,
				It:    "adds " + whom.Name + " to",
				By:    a.By,
			}
		}
	}
	return nil
}

// makesNew is the step by which somebody makes a role or user that administers.
func (s *escalation) makesNew(who *engine.Principal) *Step {
	for i := range newWays {
		way := &newWays[i]
		if by, all := s.makes(who, way); all {
			return &Step{As: who.Arn, Calls: way.calls, On: "*", It: way.words, By: by}
		}
	}
	return nil
}

// makes reports whether somebody can make all calls of a way on one thing that is not there yet: whose name is free,
// below whatever path and with whatever prefix one of the calls asks for.
func (s *escalation) makes(who *engine.Principal, way *newWay) (by engine.Source, all bool) {
	// A policy that asks for a boundary bounds what is made.
	conditions := func(action string) []policy.Condition {
		switch {
		case action == way.adminPolicy:
			return append(s.withAdminPolicy(true), policy.Absent("iam:PermissionsBoundary"))
		case slices.Contains(signInCalls, action):
			return nil
		}
		return []policy.Condition{policy.Absent("iam:PermissionsBoundary")}
	}
	free := s.account.Arn("iam", "", way.kind+"/*something-new")
	for _, first := range way.calls {
		some := s.can(who, first, free, conditions(first)...)
		if !some.Open {
			return engine.Source{}, false
		}
		arn := some.Witness.Resource()
		by, all = some.By, true
		for _, action := range way.calls {
			all = all && s.can(who, action, arn, conditions(action)...).Open
		}
		if all {
			return by, true
		}
	}
	return engine.Source{}, false
}

func (s *escalation) withAdminPolicy(needed bool) []policy.Condition {
	if !needed {
		return nil
	}
	return []policy.Condition{
		policy.ArnLike("iam:PolicyARN", s.account.Partition.ManagedPolicyARN("AdministratorAccess")),
	}
}

// managedOf are the customer managed policies that are attached to a user or role, or to a group of the user.
func (s *escalation) managedOf(whose *engine.Principal) []string {
	account, _ := s.Engine.AccountOf(s.in.Account)
	var attached []string
	for i := range account.Roles {
		if account.Roles[i].ARN(account) == whose.Arn {
			attached = append(attached, account.Roles[i].Attached...)
		}
	}
	for i := range account.Users {
		u := &account.Users[i]
		if u.ARN(account) != whose.Arn {
			continue
		}
		attached = append(attached, u.Attached...)
		for j := range account.Groups {
			if slices.Contains(u.Groups, account.Groups[j].Name) {
				attached = append(attached, account.Groups[j].Attached...)
			}
		}
	}
	return slices.DeleteFunc(attached, func(arn string) bool { return policy.ARNPart(arn, 4) != account.ID })
}

// reignsWith reports whether a user or role administers once everything is allowed to it: what is denied, bounded or
// shut by the organization stays so.
func (s *escalation) reignsWith(who *engine.Principal) bool {
	have, known := s.wouldReign[who.Arn]
	if known {
		return have
	}
	changed, layer := *who, *who.Identity
	layer.Allow = append(slices.Clip(layer.Allow), search.Everything)
	changed.Identity = &layer
	engine := *s.Engine
	engine.Principals = maps.Clone(s.Engine.Principals)
	engine.Principals[changed.Arn] = &changed
	_, all := claim.New(&engine).Reigns(s.Strongest(s.in, &changed), s.account, s.Engine.Day())
	s.wouldReign[who.Arn] = all
	return all
}

// reignsInGroup reports whether a user administers once in a group.
func (s *escalation) reignsInGroup(whom *engine.Principal, account *world.Account, g *world.Group) bool {
	world := s.Engine.World()
	world.Accounts = slices.Clone(world.Accounts)
	if home := world.Account(account.ID); home != nil {
		home.Users = slices.Clone(home.Users)
		for i := range home.Users {
			if home.Users[i].ARN(account) == whom.Arn {
				home.Users[i].Groups = append(slices.Clip(home.Users[i].Groups), g.Name)
			}
		}
	}
	engine, err := engine.Compile(world)
	if err != nil {
		return false
	}
	_, all := claim.New(engine).Reigns(s.Strongest(s.in, whom), s.account, s.Engine.Day())
	return all
}

// found are the escalations, in the order of the account.
func (s *escalation) found() []Escalation {
	nodes := s.nodeRoles
	var out []Escalation
	for _, who := range s.everybody {
		if way := s.ways[who.Arn]; len(way) > 0 {
			ends := endsAsAdministrator
			if slices.ContainsFunc(way, func(step Step) bool { return step.Lent }) {
				ends = endsAsService
			}
			out = append(out, Escalation{From: who.Arn, Steps: way, Ends: ends, Meant: s.meant(who, way)})
			continue
		}
		if _, administers := s.ways[who.Arn]; administers {
			continue
		}
		if len(nodes) > 0 {
			if step := s.reachesNodes(who, nodes[0].Arn, true); step != nil {
				out = append(out, Escalation{From: who.Arn, Steps: []Step{*step}, Ends: endsAsRootOfNodes})
				continue
			}
		}
		if grew, unsure := s.unsure[who.Arn]; unsure {
			out = append(out, Escalation{From: who.Arn, Uncertain: true, Ends: endsUncertain + search.NotProven(grew)})
		}
	}
	return out
}

// meant reports whether a way is the one that the trust policy of an administrator's role was written for.
func (s *escalation) meant(who *engine.Principal, way []Step) bool {
	if len(way) != 1 || way[0].It != "assumes" {
		return false
	}
	for _, st := range s.Engine.Principals[way[0].On].Trust.Allow {
		if slices.ContainsFunc(
			st.Principals,
			func(t engine.Trusted) bool { return t.Kind == policy.PrincipalAWS && t.Text == who.Arn },
		) {
			return true
		}
	}
	return false
}
