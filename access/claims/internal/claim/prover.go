package claim

import (
	"cmp"
	"fmt"
	"slices"

	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/claims/internal/symmetry"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/prove"
)

// Standing is a claim about an account that is proven of every world.
type Standing struct {
	// ID is its id, Claim the sentence that it holds to.
	ID, Claim string
	// Run proves it of an account, and adds a finding for each subject.
	Run func(*Prover, *intent.Account)
}

// Share works out what the proofs of all accounts read, before they are made beside each other.
func (p *Prover) Share() {
	p.KnownRoles()
	p.trustIndex()
}

// New is a prover of a world in which nothing was asked yet.
func New(e *engine.Engine) *Prover {
	return &Prover{
		Engine:   e,
		callers:  map[string]*search.Caller{},
		solved:   map[string]*search.Solved{},
		trusting: map[*engine.Principal][]*engine.Principal{},
	}
}

// ProveAccount makes the standing proofs of one account, with the administrators and roles of the world that are
// known. It returns the findings of each proof. Where something does not hold, everybody is looked at: which request is
// found for one depends on what was asked of others before.
func (p *Prover) ProveAccount(proofs []Standing, in *intent.Account) [][]prove.Finding {
	findings, told := p.proveAccountTelling(proofs, in, p.Like)
	if told && slices.ContainsFunc(findings, func(list []prove.Finding) bool {
		return slices.ContainsFunc(list, func(f prove.Finding) bool { return !symmetry.Keepable(&f) })
	}) {
		findings, _ = p.proveAccountTelling(proofs, in, nil)
	}
	return findings
}

// proveAccountTelling is ProveAccount with those who are like others told of them, and whether somebody was.
func (p *Prover) proveAccountTelling(
	proofs []Standing,
	in *intent.Account,
	like *symmetry.Classes,
) (findings [][]prove.Finding, told bool) {
	own := New(p.Engine)
	own.Report.Administrators, own.roles, own.index, own.Like = p.Report.Administrators, p.roles, p.trustIndex(), like
	findings = make([][]prove.Finding, len(proofs))
	for n, proof := range proofs {
		own.asserted, own.Report.Findings = proof, nil
		own.nothingTold()
		proof.Run(own, in)
		findings[n] = own.Report.Findings
	}
	return findings, own.hasTold
}

// Prover makes the proofs of one report. One is used by one goroutine at a time.
type Prover struct {
	// Engine decides in the world that is asked about.
	Engine  *engine.Engine
	callers map[string]*search.Caller
	// solved is shared by the callers of an account, by its id.
	solved map[string]*search.Solved
	// trusting are the roles whose trust policies name a principal or its account.
	trusting map[*engine.Principal][]*engine.Principal
	// index are the roles of the world by whom they trust; nil until it is asked for.
	index *trustIndex
	// roles speak of the roles of the world; nil until they are asked for.
	roles []*engine.Statement
	// questions are halves of questions that were asked, by what they are written as.
	questions map[rests.Digest][]*engine.Statement
	// Like tells who is like whom; nil where nobody is.
	Like *symmetry.Classes
	// toldOf are the places of the findings of the proof at hand that were made of the first of a class, among those up
	// to toldUpTo.
	toldOf   [symmetry.Levels]map[int]int
	toldUpTo int
	// hasTold says that something was told.
	hasTold bool
	// asserted is the claim that is proven now.
	asserted Standing
	// Report has the administrators, once they were looked for, and the findings so far.
	Report prove.Report
	// intended are the roles of intents by their ARNs.
	intended map[*intent.Account]map[string][]intent.Role
}

// Check refuses an intent that speaks of what the world does not have: a proof about nobody would hold.
func (p *Prover) Check(in *intent.Account) error {
	if _, err := p.Engine.AccountOf(in.Account); err != nil {
		return fmt.Errorf("intent: %w", err)
	}
	for _, member := range in.Members {
		if user, known := p.Engine.Principals[member]; !known || user.Kind != engine.UserPrincipal {
			return fmt.Errorf("intent of account %s: member %q: the world has no such user", in.Account, member)
		}
	}
	for _, role := range in.Roles() {
		if r, known := p.Engine.Principals[role.ARN]; !known || r.Kind != engine.RolePrincipal {
			return fmt.Errorf(
				"intent of account %s: %q: the world has no such role",
				in.Account,
				cmp.Or(role.ARN, role.Key),
			)
		}
	}
	return nil
}
