package claims

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// standingProof is a proof that is made of every world.
type standingProof struct {
	id, claim string
	run       func(*prover, *intent.Account)
}

// standingProofs are the standing proofs. Ids are API: docs/safety.md has a section for each, and guardrails:accept
// names what they assume.
var standingProofs = []standingProof{
	{"no-mfa-no-access", "without MFA a member reaches nothing but their own enrolment", (*prover).noMFANoAccess},
	{
		"no-enrolment-with-access-keys",
		"a long-term access key cannot enrol an MFA device",
		(*prover).noEnrolmentWithAccessKeys,
	},
	{
		"own-credentials-only",
		"nobody but an administrator touches another person's MFA, keys, password or tags",
		(*prover).ownCredentialsOnly,
	},
	{"only-contact-tags", "a member writes only the listed contact tags on their own user", (*prover).onlyContactTags},
	{
		"authorization-tags-are-guarded",
		"nobody but an administrator writes a tag that decides access",
		(*prover).authorizationTagsAreGuarded,
	},
	{"only-administrators-change-access", "nobody but an administrator changes policies, trust, groups or boundaries",
		(*prover).onlyAdministratorsChangeAccess},
	{"administrators-are-declared", "only those administer who are meant to", (*prover).administratorsAreDeclared},
	{
		"only-declared-roles",
		"a member assumes only the roles that are declared for that member",
		(*prover).onlyDeclaredRoles,
	},
	{"only-listed-principals", "only the listed users assume a role", (*prover).onlyListedPrincipals},
	{
		"only-known-callers",
		"a role for which nobody is listed lets in known accounts, named services and identities that are told apart",
		(*prover).onlyKnownCallers,
	},
	{"mfa-to-assume", "a role is assumed only with MFA that is recent enough", (*prover).mfaToAssume},
	{
		"external-id-to-assume",
		"a partner assumes a role only with the external id that was agreed",
		(*prover).externalIDToAssume,
	},
	{"session-named-after-user", "a session of a role has the name of its user", (*prover).sessionNamedAfterUser},
	{"no-session-tags", "nobody chooses the tags of a session", (*prover).noSessionTags},
	{"own-os-user-only", "nobody gets the OS user of another person", (*prover).ownOSUserOnly},
	{
		"own-project-only",
		"an operation role reaches the nodes of its own project and no others",
		(*prover).ownProjectOnly,
	},
	{"no-other-door", "an operation role opens no way onto a node but a session", (*prover).noOtherDoor},
	{
		"operation-roles-only-operate",
		"an operation role changes nothing but what it is for",
		(*prover).operationRolesOnlyOperate,
	},
	{
		"doors-through-roles-only",
		"a member opens a way onto a node through a role alone",
		(*prover).doorsThroughRolesOnly,
	},
	{"only-listed-documents", "sessions use the listed documents and no others", (*prover).onlyListedDocuments},
	{
		"own-sessions-only",
		"nobody but an administrator resumes or ends another person's session",
		(*prover).ownSessionsOnly,
	},
	{
		"node-roles-open-no-door",
		"the role of a node opens no way onto a node, becomes nobody else and changes no access",
		(*prover).nodeRolesOpenNoDoor,
	},
	{
		"grants-end-with-their-window",
		"a role with a window does nothing outside of it, and nobody becomes it there",
		(*prover).grantsEndWithTheirWindow,
	},
	{"legal-os-user", "a shell starts as a login without privileges, never as root or ssm-user", (*prover).legalOSUser},
	{"enrolment-works", "a member enrols an MFA device in the console, whatever its name", (*prover).enrolmentWorks},
	{
		"first-password-change-works",
		"a member changes the first password before MFA",
		(*prover).firstPasswordChangeWorks,
	},
	{
		"self-service-works",
		"a member with MFA manages what the switches of self-service name",
		(*prover).selfServiceWorks,
	},
	{"declared-journeys-work", "everybody reaches what is declared for them", (*prover).declaredJourneysWork},
	{"own-sessions-work", "a session can be resumed and ended by who started it", (*prover).ownSessionsWork},
	{"deployer-not-locked-out", "the deployer can undo these guardrails", (*prover).deployerNotLockedOut},
	{"break-glass-not-locked-out", "a break-glass role is denied nothing", (*prover).breakGlassNotLockedOut},
}

// Prove makes the standing proofs of a world for the accounts whose intents are given. Safety proofs speak of all
// requests, and read documents that are not known as Allow everything; liveness proofs speak of the requests that AWS
// sends, and read them as Allow nothing. An intent of an account that the world does not have is an error, and so is
// a role or a member whom the world does not have.
func Prove(e *engine.Engine, intents ...intent.Account) (prove.Report, error) {
	return With{}.Prove(e, intents...)
}

// With is what somebody brings to the standing proofs of accounts. The zero value brings nothing.
type With struct {
	// Memory is where findings are recalled whose proofs rest on what they rested on before: those that Prove would
	// return. Nil means that there is none.
	Memory Memory
	// Proven is told after each account how many of how many are done, from several goroutines at once. Nil means
	// that nobody listens.
	Proven func(done, of int)
	// apart proves of everybody anew, also of those who are like others.
	apart bool
}

// Prove is Prove with what is brought.
func (w With) Prove(e *engine.Engine, intents ...intent.Account) (prove.Report, error) {
	p := newProver(e)
	for i := range intents {
		if err := p.check(&intents[i]); err != nil {
			return prove.Report{}, err
		}
	}
	p.findAdministrators(intents)
	made := w.allAccounts(p, intents)
	for n := range standingProofs {
		for i := range made {
			p.report.Findings = append(p.report.Findings, made[i][n]...)
		}
	}
	return p.report, nil
}

// allAccounts are the findings of each account: those that the memory has, those that are told of an account that is
// like it, and else those that are made.
func (w With) allAccounts(p *prover, intents []intent.Account) [][][]prove.Finding {
	made, keys := make([][][]prove.Finding, len(intents)), make([]Key, len(intents))
	var all, missing []int
	for i := range intents {
		all = append(all, i)
	}
	if w.Memory != nil {
		on := groundOf(p.engine)
		beside(all, func(i int) {
			keys[i] = on.key(&intents[i], p.administratorsOf(intents[i].Account))
			made[i], _ = remembered(w.Memory, keys[i])
		})
	}
	for _, i := range all {
		if made[i] == nil {
			missing = append(missing, i)
		}
	}
	var done atomic.Int64
	told := func(n int) {
		if now := int(done.Add(int64(n))); w.Proven != nil && n > 0 {
			w.Proven(now, len(intents))
		}
	}
	told(len(all) - len(missing))
	if len(missing) == 0 {
		return made
	}
	p.share()
	if !w.apart {
		p.like = likenessOf(p.engine, intents)
	}
	first, later, like := p.alikeAccounts(intents, made)
	for _, some := range [][]int{first, later} {
		beside(some, func(i int) {
			if like[i] >= 0 {
				made[i], _ = p.like.accountOfAnother(made[like[i]], intents[like[i]].Account, intents[i].Account)
			}
			if made[i] == nil {
				made[i] = p.proveAccount(standingProofs, &intents[i])
			}
			if w.Memory != nil {
				keep(w.Memory, keys[i], made[i])
			}
			told(1)
		})
	}
	return made
}

// beside does something for each of some accounts. What is solved is shared within an account, so that accounts are
// proven beside each other.
func beside(some []int, do func(int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(some)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(some); i = int(next.Add(1)) - 1 {
				do(some[i])
			}
		})
	}
	workers.Wait()
}

// alikeAccounts are the places of the intents whose accounts are proven first and later, of those that are not made
// yet, and the place of one that is made or proven first and whose account is like it; -1 where there is none.
func (p *prover) alikeAccounts(intents []intent.Account, made [][][]prove.Finding) (first, later, like []int) {
	places := map[int]int{}
	class := func(i int) int {
		if p.like == nil {
			return 0
		}
		return p.like.class(ofAccounts, intents[i].Account)
	}
	for i := range made {
		like = append(like, -1)
		if _, known := places[class(i)]; made[i] != nil && !known {
			places[class(i)] = i
		}
	}
	for i := range made {
		if made[i] != nil {
			continue
		}
		if have, known := places[class(i)]; known && class(i) != 0 {
			later, like[i] = append(later, i), have
			continue
		}
		places[class(i)] = i
		first = append(first, i)
	}
	return first, later, like
}

// share works out what the proofs of all accounts read, before they are made beside each other.
func (p *prover) share() {
	p.knownRoles()
	p.trustIndex()
}

func newProver(e *engine.Engine) *prover {
	return &prover{
		engine:   e,
		callers:  map[string]*search.Caller{},
		labs:     map[string]*search.Lab{},
		trusting: map[*engine.Principal][]*engine.Principal{},
	}
}

// proveAccount makes the standing proofs of one account, with the administrators and roles of the world that are
// known. It returns the findings of each proof. Where something does not hold, everybody is looked at: which request is
// found for one depends on what was asked of others before.
func (p *prover) proveAccount(proofs []standingProof, in *intent.Account) [][]prove.Finding {
	findings, told := p.proveAccountTelling(proofs, in, p.like)
	if told && slices.ContainsFunc(findings, func(list []prove.Finding) bool {
		return slices.ContainsFunc(list, func(f prove.Finding) bool { return !Keepable(&f) })
	}) {
		findings, _ = p.proveAccountTelling(proofs, in, nil)
	}
	return findings
}

// proveAccountTelling is proveAccount with those who are like others told of them, and whether somebody was.
func (p *prover) proveAccountTelling(
	proofs []standingProof,
	in *intent.Account,
	like *likeness,
) (findings [][]prove.Finding, told bool) {
	own := newProver(p.engine)
	own.report.Administrators, own.roles, own.index, own.like = p.report.Administrators, p.roles, p.trustIndex(), like
	findings = make([][]prove.Finding, len(proofs))
	for n, proof := range proofs {
		own.proof, own.report.Findings = proof, nil
		own.nothingTold()
		proof.run(own, in)
		findings[n] = own.report.Findings
	}
	return findings, own.hasTold
}

// prover makes the proofs of one report.
type prover struct {
	engine  *engine.Engine
	callers map[string]*search.Caller
	// labs are shared by the callers of an account, by its id.
	labs map[string]*search.Lab
	// trusting are the roles whose trust policies name a principal or its account.
	trusting map[*engine.Principal][]*engine.Principal
	// index are the roles of the world by whom they trust; nil until it is asked for.
	index *trustIndex
	// roles speak of the roles of the world; nil until they are asked for.
	roles []*engine.Statement
	// questions are halves of questions that were asked, by what they are written as.
	questions map[digest][]*engine.Statement
	// like tells who is like whom; nil where nobody is.
	like *likeness
	// toldOf are the places of the findings of the proof at hand that were made of the first of a class, among those up
	// to toldUpTo.
	toldOf   [levels]map[int]int
	toldUpTo int
	// hasTold says that something was told.
	hasTold bool
	proof   standingProof
	report  prove.Report
	// intended are the roles of intents by their ARNs.
	intended map[*intent.Account]map[string][]intent.Role
}

// rolesOf are the roles of an intent by their ARNs.
func (p *prover) rolesOf(in *intent.Account) map[string][]intent.Role {
	if have, known := p.intended[in]; known {
		return have
	}
	roles := map[string][]intent.Role{}
	for _, r := range in.Roles() {
		roles[r.ARN] = append(roles[r.ARN], r)
	}
	if p.intended == nil {
		p.intended = map[*intent.Account]map[string][]intent.Role{}
	}
	p.intended[in] = roles
	return roles
}

// asking is search.Asking for questions that are asked of many: statements that were compiled for one serve the others,
// with what was found out about them.
func (p *prover) asking(forbidden []policy.Statement, permitted ...policy.Statement) search.Question {
	q := search.Question{Forbidden: p.compiled(forbidden)}
	for i := range permitted {
		q.Permitted = append(q.Permitted, p.compiled(permitted[i:i+1])...)
	}
	return q
}

func (p *prover) compiled(statements []policy.Statement) []*engine.Statement {
	if p.questions == nil {
		p.questions = map[digest][]*engine.Statement{}
	}
	key := digestOf(statements)
	have, known := p.questions[key]
	if !known {
		have = search.Asking(statements).Forbidden
		p.questions[key] = have
	}
	return have
}

// check refuses an intent that speaks of what the world does not have: a proof about nobody would hold.
func (p *prover) check(in *intent.Account) error {
	if _, err := p.engine.AccountOf(in.Account); err != nil {
		return fmt.Errorf("intent: %w", err)
	}
	for _, member := range in.Members {
		if user, known := p.engine.Principals[member]; !known || user.Kind != engine.UserPrincipal {
			return fmt.Errorf("intent of account %s: member %q: the world has no such user", in.Account, member)
		}
	}
	for _, role := range in.Roles() {
		if r, known := p.engine.Principals[role.ARN]; !known || r.Kind != engine.RolePrincipal {
			return fmt.Errorf(
				"intent of account %s: %q: the world has no such role",
				in.Account,
				cmp.Or(role.ARN, role.Key),
			)
		}
	}
	return nil
}

// caller is the class of a session. Classes are kept, with what was solved for them, for the proofs that follow.
func (p *prover) caller(s engine.Session) *search.Caller {
	id := s.String()
	if have, ok := p.callers[id]; ok {
		return have
	}
	account := policy.ARNPart(s.Subject(), 4)
	if p.labs[account] == nil {
		p.labs[account] = search.NewLab()
	}
	c, _ := search.NewCaller(p.engine, s, p.labs[account])
	if role := p.engine.Principals[s.Subject()]; role != nil && role.Kind == engine.RolePrincipal {
		c.FreeTag = search.FreeTags(p.engine, role)
		if s.Kind == engine.IdentityCenterSession {
			c.FreeTag = func(string) bool { return true }
		}
	}
	p.callers[id] = c
	return c
}

// begin makes a finding of the proof at hand.
func (p *prover) begin(in *intent.Account, subject string) prove.Finding {
	return prove.Finding{
		ID:      p.proof.id,
		Account: in.Account,
		Subject: subject,
		Claim:   p.proof.claim,
		Page:    prove.ProofPage(p.proof.id),
	}
}

func (p *prover) add(f prove.Finding) { p.report.Findings = append(p.report.Findings, f) }

// conclude writes an answer into a finding. core, if it is there, is the answer about the part of the claim that a
// Deny is meant to shut; it tells what shuts the door when the claim holds.
func (p *prover) conclude(f prove.Finding, a search.Answer, problem string, core ...search.Answer) {
	f.Classes += a.Classes
	for _, c := range core {
		f.Classes += c.Classes
		if !a.Open && !c.Open {
			a.Denied, a.Closers, a.GaveUp = c.Denied, c.Closers, a.GaveUp || c.GaveUp
		}
	}
	switch {
	case a.Open && !a.Guess:
		f.Verdict, f.Problem = prove.DoesNotHold, problem
		if a.By.Policy != "" || a.By.Sid != "" {
			f.Problem += ": " + a.By.String()
		}
		f.Unreal = a.Witness.Doubt
		if at := a.Witness.Request.Time; a.Witness.M.Timed && !at.Equal(p.engine.Day()) {
			f.At = at
			f.Problem += ", at " + at.Format(time.RFC3339Nano)
		}
		p.walk(&f, a)
	case a.GaveUp:
		f.Verdict, f.Uncertain, f.Problem = prove.DoesNotHold, true, search.NotProven(a.Grew)
	case a.Open:
		for _, guess := range a.Guesses() {
			f.Assume(assumptionID(guess), guess.Assumption)
		}
	case a.Denied:
		f.Shut, f.By = prove.ShutByDeny, a.Closers
	default:
		f.Shut = prove.ShutByAbsence
	}
	p.add(f)
}

func assumptionID(a search.Answer) string {
	if a.By.Policy != "" && strings.HasPrefix(a.By.Policy, "arn:") {
		return a.By.Policy
	}
	return policy.ARNPart(a.Witness.Resource(), 4)
}

// walk turns the request of an answer into the shortest journey that makes it.
func (p *prover) walk(f *prove.Finding, a search.Answer) {
	e := a.C.Engine
	if a.Witness.Engine != nil {
		e = a.Witness.Engine
	}
	if a.Guess {
		e = e.Assuming(engine.UnknownAllowsEverything)
	}
	request := a.Witness.Request
	ways := []journey.Journey{{From: a.Witness.Session, Does: &request, At: request.Time}}
	if s := a.Witness.Session; s.Kind == engine.RoleSession && a.Witness.Engine == nil {
		// A role session begins with a person, if the world has one who can assume the role.
		ways = append(p.waysInto(s, &request), ways...)
	}
	for i := range ways {
		arrival, err := journey.Walk(e, ways[i])
		if err == nil && (arrival.Allowed() || i == len(ways)-1) {
			f.Journey, f.Witness = &ways[i], &arrival
			return
		}
	}
}

func (p *prover) waysInto(s engine.Session, request *engine.Request) []journey.Journey {
	var ways []journey.Journey
	role := p.engine.Principals[s.Subject()]
	if role == nil {
		return nil
	}
	for _, user := range world.TrustedUsers(policy.Document{Statements: fromStatements(role.Trust.Allow)}) {
		if _, known := p.engine.Principals[user]; known {
			ways = append(
				ways,
				journey.Journey{
					From: engine.ConsoleWithMFA(user, search.SomeAge),
					Via:  []journey.Hop{{Role: s.Subject(), Tags: s.Tags}},
					Does: request,
					At:   request.Time,
				},
			)
		}
	}
	return ways
}

func fromStatements(list []*engine.Statement) []policy.Statement {
	out := make([]policy.Statement, len(list))
	for i, st := range list {
		out[i] = st.From
	}
	return out
}

// askAll asks a question of several sessions and joins the answers.
func (p *prover) askAll(q search.Question, sessions ...engine.Session) search.Answer {
	a := search.Answer{Denied: true}
	for _, s := range sessions {
		c := p.caller(s)
		a = a.And(c.Ask(q)).And(c.AskAbroad(q))
	}
	return a
}

// everybody are the users and roles of an account whom claims about "nobody" speak of: all but administrators, and
// but the roles of AWS services, which nobody assumes. The roles of permission sets are left to ProveIdentityCenter
// where the world has the instance.
func (p *prover) everybody(in *intent.Account) []*engine.Principal {
	account, _ := p.engine.AccountOf(in.Account)
	var all []*engine.Principal
	for i := range account.Users {
		all = append(all, p.engine.Principals[account.Users[i].ARN(account)])
	}
	for i := range account.Roles {
		all = append(all, p.engine.Principals[account.Roles[i].ARN(account)])
	}
	return slices.DeleteFunc(all, func(who *engine.Principal) bool {
		return who.ServiceLinked || p.administers(who.Arn) ||
			p.engine.World().IdentityCenter != nil && p.engine.PermissionSetOf(who.Arn) != ""
	})
}

// sessionsOf are the ways in which a user or role of the account makes calls.
func (p *prover) sessionsOf(in *intent.Account, who *engine.Principal) []engine.Session {
	if who.Kind == engine.UserPrincipal {
		return search.SignIns(who.Arn)
	}
	return []engine.Session{p.roleSession(in, who)}
}

// roleSession is a session of a role. What becomes of the attributes of IAM Identity Center is not in the account, so
// they can be any.
func (p *prover) roleSession(in *intent.Account, role *engine.Principal) engine.Session {
	name := p.sessionName(in, role)
	if _, path, _ := policy.SplitEntity(role.Arn); strings.HasPrefix(path, "/aws-reserved/sso.amazonaws.com/") {
		return engine.IdentityCenter(role.Arn, name)
	}
	return engine.AssumedRole(role.Arn, name)
}

// sessionName is a name that a session of a role can have: that of a user who may assume it.
func (p *prover) sessionName(in *intent.Account, role *engine.Principal) string {
	for _, r := range p.rolesOf(in)[role.Arn] {
		if r.IdentityCenter.Name != "" {
			return r.IdentityCenter.Name
		}
		if len(r.Principals) > 0 {
			_, _, name := policy.SplitEntity(r.Principals[0])
			return name
		}
	}
	return "session"
}
