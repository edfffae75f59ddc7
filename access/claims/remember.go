package claims

import (
	"slices"

	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// Key stands for everything that the standing proofs of one account rest on, but for the program that makes them.
type Key digest

// Memory keeps the findings of accounts whose proofs hold, for the next time that they are asked for. It is used by
// several goroutines at once. Findings that it returns are read and never changed.
type Memory interface {
	// Recall returns what was kept under the key, by the ids of the proofs, and whether there is something.
	Recall(Key) (map[string][]prove.Finding, bool)
	// Keep may keep findings under the key.
	Keep(Key, map[string][]prove.Finding)
}

// remembered are the findings of an account as the memory has them: for each standing proof, as proveAccount returns
// them.
func remembered(m Memory, key Key) ([][]prove.Finding, bool) {
	kept, known := m.Recall(key)
	if !known || len(kept) != len(standingProofs) {
		return nil, false
	}
	findings := make([][]prove.Finding, len(standingProofs))
	for n, proof := range standingProofs {
		list, made := kept[proof.id]
		if !made {
			return nil, false
		}
		findings[n] = list
	}
	return findings, true
}

// keep gives the findings of an account to the memory, if every proof of it holds. What does not hold is found again
// each time: its witness is about requests at an instant.
func keep(m Memory, key Key, findings [][]prove.Finding) {
	kept := make(map[string][]prove.Finding, len(findings))
	for n, list := range findings {
		if slices.ContainsFunc(list, func(f prove.Finding) bool { return !Keepable(&f) }) {
			return
		}
		kept[standingProofs[n].id] = list
	}
	m.Keep(key, kept)
}

// Keepable reports whether a finding may be kept: it holds, and shows no request.
func Keepable(f *prove.Finding) bool {
	return f.Verdict != prove.DoesNotHold && f.Witness == nil && f.Journey == nil && f.At.IsZero() && f.Unreal == "" &&
		!f.Uncertain && f.Problem == ""
}

// administratorsOf are the administrators of an account, as far as proofs read them.
func (p *prover) administratorsOf(account string) []prove.Administrator {
	return slices.DeleteFunc(slices.Clone(p.report.Administrators), func(a prove.Administrator) bool {
		return policy.ARNPart(a.ARN, 4) != account
	})
}
