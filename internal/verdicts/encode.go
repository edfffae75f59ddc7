package verdicts

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/prove"
)

// A file is a mark, the sum of mark and rest, and the rest as JSON. Most findings of a proof differ in nothing but
// their subject, so that each kind of them is written once.

// written is what a file has of an account.
type written struct {
	// Subjects are those of all findings, each once.
	Subjects []string
	Proofs   []writtenProof
}

// writtenProof is one proof: its kinds of findings, without their subjects, and of each finding its subject and its
// kind.
type writtenProof struct {
	ID       string
	Kinds    []prove.Finding
	Findings [][2]int
}

var errForeign = errors.New("not a file of verdicts")

// encode writes findings. What could not be read back as it is, is an error.
func encode(findings map[string][]prove.Finding, mark [sha256.Size]byte) ([]byte, error) {
	var w written
	subjects := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(findings)) {
		p := writtenProof{ID: id, Findings: [][2]int{}}
		for _, f := range findings[id] {
			if !claims.Keepable(&f) {
				return nil, errForeign
			}
			subject, known := subjects[f.Subject]
			if !known {
				subject = len(w.Subjects)
				subjects[f.Subject], w.Subjects = subject, append(w.Subjects, f.Subject)
			}
			f.Subject = ""
			kind := slices.IndexFunc(p.Kinds, func(have prove.Finding) bool { return sameKind(&have, &f) })
			if kind < 0 {
				kind, p.Kinds = len(p.Kinds), append(p.Kinds, f)
			}
			p.Findings = append(p.Findings, [2]int{subject, kind})
		}
		w.Proofs = append(w.Proofs, p)
	}
	rest, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	var back written
	if err := json.Unmarshal(rest, &back); err != nil || !reflect.DeepEqual(w, back) {
		return nil, errors.Join(errForeign, err)
	}
	return slices.Concat(mark[:], sumOf(mark, rest), rest), nil
}

// sameKind reports whether two findings that may be kept are the same, their subjects left out.
func sameKind(a, b *prove.Finding) bool {
	return sameLists(a.By, b.By) && sameLists(a.Assumptions, b.Assumptions) && sameLists(a.Waivers, b.Waivers) &&
		reflect.DeepEqual(bare(*a), bare(*b))
}

// bare is a finding without its lists.
func bare(f prove.Finding) prove.Finding {
	f.By, f.Assumptions, f.Waivers = nil, nil, nil
	return f
}

// sameLists tells no list from an empty one.
func sameLists[T comparable](a, b []T) bool { return (a == nil) == (b == nil) && slices.Equal(a, b) }

func sumOf(mark [sha256.Size]byte, rest []byte) []byte {
	sum := sha256.New()
	sum.Write(mark[:])
	sum.Write(rest)
	return sum.Sum(nil)
}

// decode reads what encode wrote with the same mark.
func decode(text []byte, mark [sha256.Size]byte) (map[string][]prove.Finding, error) {
	if len(text) < 2*sha256.Size || !bytes.Equal(text[:sha256.Size], mark[:]) {
		return nil, errForeign
	}
	rest := text[2*sha256.Size:]
	if !bytes.Equal(text[sha256.Size:2*sha256.Size], sumOf(mark, rest)) {
		return nil, errForeign
	}
	var w written
	if err := json.Unmarshal(rest, &w); err != nil {
		return nil, err
	}
	out := map[string][]prove.Finding{}
	for _, p := range w.Proofs {
		var list []prove.Finding
		if len(p.Findings) > 0 {
			list = make([]prove.Finding, 0, len(p.Findings))
		}
		for _, one := range p.Findings {
			subject, kind := one[0], one[1]
			if subject < 0 || subject >= len(w.Subjects) || kind < 0 || kind >= len(p.Kinds) {
				return nil, errForeign
			}
			f := p.Kinds[kind]
			f.By, f.Assumptions, f.Waivers = slices.Clip(f.By), slices.Clip(f.Assumptions), slices.Clip(f.Waivers)
			f.Subject = w.Subjects[subject]
			list = append(list, f)
		}
		out[p.ID] = list
	}
	return out, nil
}
