package existing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/details"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
)

// Audit is what the standing proofs say of an account that is read from its authorization details, managed by this
// program or not.
type Audit struct {
	// Version is the version of the JSON form.
	Version int    `json:"version"`
	Account string `json:"account"`
	// Stack is the stack against whose file the account is held; empty for none.
	Stack string `json:"stack,omitempty"`
	// Holds is true when no finding decides against the account, no escalation is there that nobody meant, nothing
	// differs from the stack file, and every document could be read but for those that AWS made.
	Holds bool `json:"holds"`
	// Findings are those by which anybody outside administers, then the others that do not hold, then those that
	// hold, each list in the order of the proofs.
	Findings []Finding `json:"findings"`
	// Escalations are the shortest ways by which users and roles who do not administer come to it, or to root on nodes.
	Escalations []Escalation `json:"escalations"`
	// Differences are in what the account differs from the stack file. Without a stack there are none.
	Differences []Difference `json:"differences"`
	// Administrators are the principals who can change everybody's access, left out of what the proofs say of "nobody".
	Administrators []Administrator `json:"administrators"`
	// Dead are actions that AWS does not have, and condition keys that it never sets for the actions they stand beside.
	Dead []Dead `json:"dead"`
	// Unread are the documents that could not be read. The findings rest on what stands in their place.
	Unread []Unread `json:"unread"`
	// Classes is how many classes of requests were examined.
	Classes int `json:"classes"`
	// Listed is how many of each the answer of AWS has: what it leaves out, as with --filter, was not looked at.
	Listed Listed `json:"listed"`
}

// Listed counts what authorization details list.
type Listed struct {
	Users    int `json:"users"`
	Groups   int `json:"groups"`
	Roles    int `json:"roles"`
	Policies int `json:"policies"`
}

// Finding is one proof on one user or role.
type Finding struct {
	ID    string `json:"id"`
	Claim string `json:"claim"`
	Page  string `json:"page"`
	judge.FindingSummary
	// Advice says that the finding does not decide whether the account holds: something does not work of which nobody
	// said that it should.
	Advice bool `json:"advice,omitempty"`
	// Assumed are what the verdict rests on.
	Assumed []string `json:"assumed,omitempty"`
}

// Escalation is a way to more than a user or role was given.
type Escalation struct {
	// From is the ARN of the user or role, Ends what the way ends with.
	From string `json:"from"`
	Ends string `json:"ends"`
	// Meant says that the way does not decide whether the account holds: a trust policy names the user or role for
	// this one step, or the stack file has the same way.
	Meant bool `json:"meant,omitempty"`
	// Uncertain says that no way was found and that there may be one; Steps are empty then.
	Uncertain bool `json:"uncertain,omitempty"`
	// Steps are the way, in order.
	Steps []Step `json:"steps"`
}

// Step is one step: who makes which calls on what, in words, and what allows the first of them.
type Step struct {
	As    string   `json:"as"`
	It    string   `json:"it"`
	On    string   `json:"on"`
	Calls []string `json:"calls"`
	By    string   `json:"by"`
}

// Administrator is a principal with rights like iam:*, and what gives them.
type Administrator struct {
	ARN string `json:"arn"`
	By  string `json:"by"`
}

// Dead is a part of a document that can never matter.
type Dead struct {
	Policy  string `json:"policy"`
	Problem string `json:"problem"`
}

// Unread is a document that could not be read.
type Unread struct {
	Place   string `json:"place"`
	Problem string `json:"problem"`
	// Taken says what stands in its place.
	Taken string `json:"taken"`
	// OfAWS says that nobody of the account can edit the document, so that it decides nothing.
	OfAWS bool `json:"ofAWS,omitempty"`
}

// AuditOf reads what "aws iam get-account-authorization-details" prints and makes the standing proofs on it, for
// requests from an instant on: an Allow or Deny whose time is over then counts no longer. The zero time is all of time.
//
// With a stack, its file says what users and roles are for, and what differs from the file is told. The service control
// policies, preferences and permission sets of the stacks of the folder are taken to stand as their files have them. It
// is an error when the stack is of another account.
//
// Without one, which is nil, nobody says what the account is meant for, so every user is held to MFA, a role with the
// project tag is taken for an operation role, and any other role that names users for a delegated one. Service control
// policies are not in this format: what they shut is reported as open.
//
// A document that cannot be read is told and taken as not known; the error says why the answer as a whole cannot be
// read.
func AuditOf(data []byte, from time.Time, stack *stack.Stack) (*Audit, error) {
	account, unread, err := details.ReadableAuthorizationDetails(data)
	if err != nil {
		return nil, fmt.Errorf("authorization details: %w", err)
	}
	w := alone(account)
	if stack != nil {
		if w, err = besideStack(account, stack); err != nil {
			return nil, err
		}
	}
	engine, err := access.Compile(world.WithManagedPolicies(w.world))
	if err != nil {
		return nil, fmt.Errorf("authorization details: %w", err)
	}
	engine = engine.From(from)
	proofs, err := claims.Prove(engine, w.intent)
	if err != nil {
		return nil, fmt.Errorf("authorization details: %w", err)
	}
	a := &Audit{
		Version:        1,
		Account:        account.ID,
		Findings:       []Finding{},
		Escalations:    []Escalation{},
		Differences:    w.differences,
		Administrators: []Administrator{},
		Dead:           deadIn(&account),
		Unread:         []Unread{},
		Classes:        proofs.Classes(),
		Listed: Listed{
			Users:    len(account.Users),
			Groups:   len(account.Groups),
			Roles:    len(account.Roles),
			Policies: len(account.Policies),
		},
	}
	if stack != nil {
		a.Stack = stack.Name
	}
	for _, u := range unread {
		a.Unread = append(a.Unread, Unread{Place: u.Place, Problem: u.Err.Error(), Taken: u.Taken, OfAWS: u.OfAWS})
	}
	for _, one := range proofs.Administrators {
		if strings.Contains(one.ARN, ":"+account.ID+":") {
			a.Administrators = append(a.Administrators, Administrator{ARN: one.ARN, By: one.By.String()})
		}
	}
	a.addFindings(proofs.Findings, stack)
	if err := a.escalate(engine, &w); err != nil {
		return nil, fmt.Errorf("authorization details: %w", err)
	}
	a.Holds = a.holds()
	return a, nil
}

// addFindings reads what the proofs found.
func (a *Audit) addFindings(findings []prove.Finding, stack *stack.Stack) {
	list := map[string]string{}
	for _, p := range claims.StandingProofs() {
		list[p.ID] = p.Claim
	}
	for i := range findings {
		f := &findings[i]
		one := Finding{ID: f.ID, Claim: list[f.ID], Page: f.Page, FindingSummary: judge.SummarizeFinding(f)}
		one.Advice = claims.ProvesThatItWorks(f.ID) && (stack == nil || a.foreign(f.Subject))
		for _, assumed := range f.Assumptions {
			one.Assumed = append(one.Assumed, assumed.Text)
		}
		a.Findings = append(a.Findings, one)
	}
	slices.SortStableFunc(a.Findings, func(x, y Finding) int { return cmp.Compare(a.rank(x), a.rank(y)) })
}

func (a *Audit) foreign(arn string) bool {
	return slices.Contains(a.Differences, Difference{Subject: arn, Problem: isForeign})
}

// escalate finds the escalations; those that the stack file has too are meant.
func (a *Audit) escalate(engine *access.Engine, w *surroundings) error {
	found, err := claims.Escalations(engine, w.intent)
	if err != nil {
		return err
	}
	own := map[string]bool{}
	if w.meant != nil && len(found) > 0 {
		meant, err := claims.Escalations(
			w.meant,
			intent.Account{
				Account:        a.Account,
				ProjectTag:     w.intent.ProjectTag,
				Administrators: w.intent.Administrators,
			},
		)
		if err != nil {
			return err
		}
		for i := range meant {
			own[wayOf(&meant[i])] = true
		}
	}
	for i := range found {
		e := &found[i]
		one := Escalation{
			From: e.From, Ends: e.Ends, Meant: !e.Uncertain && (e.Meant || own[wayOf(e)]), Uncertain: e.Uncertain,
			Steps: []Step{},
		}
		for _, s := range e.Steps {
			one.Steps = append(one.Steps, Step{As: s.As, It: s.It, On: s.On, Calls: s.Calls, By: s.By.String()})
		}
		a.Escalations = append(a.Escalations, one)
	}
	return nil
}

func wayOf(e *claims.Escalation) string {
	text := e.From + " " + e.Ends
	for _, s := range e.Steps {
		text += "\n" + s.String()
	}
	return text
}

func (a *Audit) holds() bool {
	return len(a.Differences) == 0 && !slices.ContainsFunc(a.Unread, func(u Unread) bool { return !u.OfAWS }) &&
		!slices.ContainsFunc(a.Escalations, func(e Escalation) bool { return !e.Meant }) &&
		!slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.Open() && !f.Advice })
}

// Open reports whether the finding says that the claim does not hold.
func (f Finding) Open() bool { return f.Verdict == prove.DoesNotHold.String() }

// rank orders the findings: that anybody outside administers comes before everything, what is only advice after what
// decides.
func (a *Audit) rank(f Finding) int {
	administers := slices.ContainsFunc(
		a.Administrators,
		func(one Administrator) bool { return one.ARN == f.Subject },
	)
	switch {
	case f.Open() && f.ID == "only-known-callers" && administers:
		return 0
	case f.Open() && !f.Advice:
		return 1
	case f.Open():
		return 2
	}
	return 3
}

// deadIn looks through every document of the account, in its order.
func deadIn(a *world.Account) []Dead {
	out := []Dead{}
	look := func(name string, d policy.Document) {
		for _, dead := range prove.DeadConditions(d) {
			out = append(out, Dead{Policy: name, Problem: dead.Error()})
		}
	}
	inline := func(owner string, list []world.InlinePolicy) {
		for _, p := range list {
			look(owner+" "+p.Name, p.Document)
		}
	}
	for i := range a.Users {
		inline("user/"+a.Users[i].Name, a.Users[i].Inline)
	}
	for i := range a.Groups {
		inline("group/"+a.Groups[i].Name, a.Groups[i].Inline)
	}
	for i := range a.Roles {
		look("role/"+a.Roles[i].Name+" trust policy", a.Roles[i].Trust)
		inline("role/"+a.Roles[i].Name, a.Roles[i].Inline)
	}
	for _, p := range a.Policies {
		if p.Unknown || strings.Contains(p.ARN, ":iam::aws:") {
			continue
		}
		look(p.ARN, p.Document)
	}
	return out
}
