package claims

import (
	"crypto/sha256"
	"slices"

	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/claims/internal/symmetry"
	"aws-access-guardrails/access/prove"
)

// Key stands for everything that the standing proofs of one account rest on, but for the program that makes them.
type Key = rests.Key

// Memory keeps the findings of accounts whose proofs hold, for the next time that they are asked for. It is used by
// several goroutines at once. Findings that it returns are read and never changed.
type Memory interface {
	// Recall returns what was kept under the key, by the ids of the proofs, and whether there is something.
	Recall(Key) (map[string][]prove.Finding, bool)
	// Keep may keep findings under the key.
	Keep(Key, map[string][]prove.Finding)
}

// remembered are the findings of an account as the memory has them: for each standing proof, as they are
// made.
func remembered(m Memory, key Key) ([][]prove.Finding, bool) {
	kept, known := m.Recall(key)
	if !known || len(kept) != len(standingProofs) {
		return nil, false
	}
	findings := make([][]prove.Finding, len(standingProofs))
	for n, proof := range standingProofs {
		list, has := kept[proof.ID]
		if !has {
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
		kept[standingProofs[n].ID] = list
	}
	m.Keep(key, kept)
}

// Keepable reports whether a finding may be kept: it holds, and shows no request.
func Keepable(f *prove.Finding) bool { return symmetry.Keepable(f) }

// Digest stands for values that are plain data, written down whole: it differs where they differ. It panics on what
// cannot be written down, such as a function.
func Digest(values ...any) [sha256.Size]byte { return rests.DigestOf(values...) }
