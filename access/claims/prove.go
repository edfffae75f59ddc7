package claims

import (
	"runtime"
	"sync"
	"sync/atomic"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/claims/internal/symmetry"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
)

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
	Proven func(done, total int)
	// apart proves of everybody anew, also of those who are like others.
	apart bool
}

// Prove is Prove with what is brought.
func (w With) Prove(e *engine.Engine, intents ...intent.Account) (prove.Report, error) {
	p, findings, err := w.proven(e, intents)
	if err != nil {
		return prove.Report{}, err
	}
	p.Report.Findings = make([]prove.Finding, 0, howMany(findings))
	for n := range standingProofs {
		for i := range findings {
			p.Report.Findings = append(p.Report.Findings, findings[i][n]...)
		}
	}
	return p.Report, nil
}

// ProveEach is Prove with a report of each account, in the order of the intents: what each intent asks for, and who
// administers its account.
func (w With) ProveEach(e *engine.Engine, intents ...intent.Account) ([]prove.Report, error) {
	p, findings, err := w.proven(e, intents)
	if err != nil {
		return nil, err
	}
	reports := make([]prove.Report, len(intents))
	for i := range intents {
		reports[i].Administrators = p.AdministratorsOf(intents[i].Account)
		reports[i].Findings = make([]prove.Finding, 0, howMany(findings[i:i+1]))
		for _, list := range findings[i] {
			reports[i].Findings = append(reports[i].Findings, list...)
		}
		findings[i] = nil
	}
	return reports, nil
}

// proven are the findings of all accounts, proof by proof.
func (w With) proven(e *engine.Engine, intents []intent.Account) (*claim.Prover, [][][]prove.Finding, error) {
	p := claim.New(e)
	for i := range intents {
		if err := p.Check(&intents[i]); err != nil {
			return nil, nil, err
		}
	}
	p.FindAdministrators(intents)
	return p, w.allAccounts(p, intents), nil
}

// howMany findings there are.
func howMany(findings [][][]prove.Finding) int {
	n := 0
	for _, proofs := range findings {
		for _, list := range proofs {
			n += len(list)
		}
	}
	return n
}

// allAccounts are the findings of each account: those that the memory has, those that are told of an account that is
// like it, and else those that are made.
func (w With) allAccounts(p *claim.Prover, intents []intent.Account) [][][]prove.Finding {
	findings, keys := make([][][]prove.Finding, len(intents)), make([]Key, len(intents))
	var all, missing []int
	for i := range intents {
		all = append(all, i)
	}
	if w.Memory != nil {
		ground := rests.GroundOf(p.Engine)
		beside(all, func(i int) {
			keys[i] = ground.Key(&intents[i], p.AdministratorsOf(intents[i].Account))
			findings[i], _ = remembered(w.Memory, keys[i])
		})
	}
	for _, i := range all {
		if findings[i] == nil {
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
		return findings
	}
	p.Share()
	if !w.apart {
		p.Like = symmetry.Find(p.Engine, intents)
	}
	first, later, like := alikeAccounts(p, intents, findings)
	for _, some := range [][]int{first, later} {
		beside(some, func(i int) {
			if like[i] >= 0 {
				findings[i], _ = p.Like.AccountOfAnother(
					findings[like[i]], intents[like[i]].Account, intents[i].Account,
				)
			}
			if findings[i] == nil {
				findings[i] = p.ProveAccount(standingProofs, &intents[i])
			}
			if w.Memory != nil {
				keep(w.Memory, keys[i], findings[i])
			}
			told(1)
		})
	}
	return findings
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

// fewOf says how few of all accounts are few.
const fewOf = 8

// alikeAccounts are the places of the intents whose accounts are proven first and later, of those that are not made
// yet, and the place of one that is made or proven first and whose account is like it; -1 where there is none.
func alikeAccounts(p *claim.Prover, intents []intent.Account, findings [][][]prove.Finding) (first, later, like []int) {
	places := map[int]int{}
	class := func(i int) int {
		if p.Like == nil {
			return 0
		}
		return p.Like.Class(symmetry.OfAccounts, intents[i].Account)
	}
	missing := 0
	for i := range findings {
		like = append(like, -1)
		if findings[i] == nil {
			missing++
		}
	}
	for i := range findings {
		// To see who all the others are like costs more than to prove a few.
		if findings[i] == nil || missing*fewOf < len(findings) {
			continue
		}
		if _, known := places[class(i)]; !known {
			places[class(i)] = i
		}
	}
	for i := range findings {
		if findings[i] != nil {
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
