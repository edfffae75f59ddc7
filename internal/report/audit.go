package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/policy"
)

// Audit is what the standing proofs say of an account that is read from its authorization details, managed by this program or not.
type Audit struct {
	// Version is the version of the JSON form.
	Version int    `json:"version"`
	Account string `json:"account"`
	// Holds is true when no proof is disproven and every document could be read.
	Holds bool `json:"holds"`
	// Findings are those that do not hold, then those that hold, each list in the order of the proofs.
	Findings []AuditFinding `json:"findings"`
	// Administrators are the principals who can change everybody's access, left out of what the proofs say of "nobody".
	Administrators []AuditAdministrator `json:"administrators"`
	// Dead are actions that AWS does not have, and condition keys that it never sets for the actions they stand beside.
	Dead []AuditDead `json:"dead"`
	// Unread are the documents that could not be read. The findings rest on what stands in their place.
	Unread []AuditUnread `json:"unread"`
	// Classes is how many classes of requests were examined.
	Classes int `json:"classes"`
}

// AuditFinding is one proof on one user or role.
type AuditFinding struct {
	ID    string `json:"id"`
	Claim string `json:"claim"`
	Page  string `json:"page"`
	judge.FindingSummary
	// Assumed are what the verdict rests on.
	Assumed []string `json:"assumed,omitempty"`
}

// AuditAdministrator is a principal with rights like iam:*, and what gives them.
type AuditAdministrator struct {
	ARN string `json:"arn"`
	By  string `json:"by"`
}

// AuditDead is a part of a document that can never matter.
type AuditDead struct {
	Policy  string `json:"policy"`
	Problem string `json:"problem"`
}

// AuditUnread is a document that could not be read.
type AuditUnread struct {
	Place   string `json:"place"`
	Problem string `json:"problem"`
	// Taken says what stands in its place.
	Taken string `json:"taken"`
}

// AuditOf reads what "aws iam get-account-authorization-details" prints and makes the standing proofs on it. Nobody says what the account is meant for, so
// every user is held to MFA, a role with the project tag is taken for an operation role, and any other role that names users for a delegated one. Service
// control policies are not in this format: what they shut is reported as open. A document that cannot be read is told and taken as not known; the error says why the
// answer as a whole cannot be read.
func AuditOf(data []byte) (*Audit, error) { return AuditFrom(data, time.Time{}) }

// AuditFrom is AuditOf for requests from an instant on: an Allow or Deny whose time is over then counts no longer. The zero time is all of time.
func AuditFrom(data []byte, from time.Time) (*Audit, error) {
	account, unread, err := access.ReadableAuthorizationDetails(data)
	if err != nil {
		return nil, fmt.Errorf("authorization details: %w", err)
	}
	engine, err := access.Compile(access.WithManagedPolicies(access.World{Accounts: []access.Account{account}}))
	if err != nil {
		return nil, fmt.Errorf("authorization details: %w", err)
	}
	proofs, err := access.Prove(engine.From(from), access.DerivedIntent(account))
	if err != nil {
		return nil, fmt.Errorf("authorization details: %w", err)
	}
	claims := map[string]string{}
	for _, p := range access.StandingProofs() {
		claims[p.ID] = p.Claim
	}
	a := &Audit{
		Version: 1, Account: account.ID, Holds: proofs.Holds() && len(unread) == 0, Findings: []AuditFinding{}, Administrators: []AuditAdministrator{}, Dead: deadIn(&account),
		Unread: []AuditUnread{}, Classes: proofs.Classes(),
	}
	for _, u := range unread {
		a.Unread = append(a.Unread, AuditUnread{Place: u.Place, Problem: u.Err.Error(), Taken: u.Taken})
	}
	for i := range proofs.Findings {
		f := &proofs.Findings[i]
		one := AuditFinding{ID: f.ID, Claim: claims[f.ID], Page: f.Page, FindingSummary: judge.SummarizeFinding(f)}
		for _, assumed := range f.Assumptions {
			one.Assumed = append(one.Assumed, assumed.Text)
		}
		a.Findings = append(a.Findings, one)
	}
	slices.SortStableFunc(a.Findings, func(x, y AuditFinding) int { return cmp.Compare(rank(x), rank(y)) })
	for _, one := range proofs.Administrators {
		a.Administrators = append(a.Administrators, AuditAdministrator{ARN: one.ARN, By: one.By.String()})
	}
	return a, nil
}

// open reports whether the finding says that the claim does not hold.
func (f AuditFinding) open() bool { return f.Verdict == access.DoesNotHold.String() }

func rank(f AuditFinding) int {
	if f.open() {
		return 0
	}
	return 1
}

// deadIn looks through every document of the account, in its order.
func deadIn(a *access.Account) []AuditDead {
	out := []AuditDead{}
	look := func(name string, d policy.Document) {
		for _, dead := range access.DeadConditions(d) {
			out = append(out, AuditDead{Policy: name, Problem: dead.Error()})
		}
	}
	inline := func(owner string, list []access.InlinePolicy) {
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

// WriteJSON writes the audit as one line of JSON.
func (a *Audit) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(a)
}

// WriteText writes the audit for people: what does not hold with the way that shows it, then what was assumed, who administers, and how much was examined.
func (a *Audit) WriteText(w io.Writer) error {
	var b strings.Builder
	verdict := "holds"
	if !a.Holds {
		verdict = "does not hold"
	}
	fmt.Fprintf(&b, "account %s: %s\n", a.Account, verdict)
	for _, u := range a.Unread {
		fmt.Fprintf(&b, "not read: %s: %s; taken as: %s\n", u.Place, u.Problem, u.Taken)
	}
	held := 0
	for i, f := range a.Findings {
		if !f.open() {
			held++
			continue
		}
		like := func(other AuditFinding) bool { return other.open() && other.ID == f.ID && other.Problem == f.Problem }
		if slices.ContainsFunc(a.Findings[:i], like) {
			continue
		}
		// What one statement opens for many people is closed once.
		fmt.Fprintf(&b, "\nFAIL  %s  %s\n", f.ID, f.Page)
		for _, other := range a.Findings[i:] {
			if like(other) {
				fmt.Fprintf(&b, "      %s\n", other.Subject)
			}
		}
		fmt.Fprintf(&b, "      %s\n", f.Problem)
		for line := range strings.Lines(f.Witness) {
			fmt.Fprintf(&b, "        %s\n", strings.TrimRight(line, "\n"))
		}
		if f.Unreal != "" {
			fmt.Fprintf(&b, "      AWS does not send this request today: %s\n", f.Unreal)
		}
	}
	fmt.Fprintf(&b, "\n%d findings hold, %d do not; %d classes of requests examined\n", held, len(a.Findings)-held, a.Classes)
	seen := map[string]bool{}
	for _, f := range a.Findings {
		for _, text := range f.Assumed {
			if !seen[text] {
				seen[text] = true
				fmt.Fprintf(&b, "assumed: %s\n", text)
			}
		}
	}
	for _, one := range a.Administrators {
		fmt.Fprintf(&b, "administrator: %s, by %s\n", one.ARN, one.By)
	}
	for _, dead := range a.Dead {
		fmt.Fprintf(&b, "dead: %s: %s\n", dead.Policy, dead.Problem)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
