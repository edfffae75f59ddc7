package verdicts

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/journey"
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

// writtenProof is one proof: its kinds of findings, without their subjects, and the findings in runs: the first subject,
// the kind, and how many subjects in a row have it.
type writtenProof struct {
	ID       string
	Kinds    []kind
	Findings [][3]int
}

// kind is a prove.Finding of which a file has what is not zero: one of which a field were missing here would not compile.
type kind struct {
	ID          string                  `json:",omitzero"`
	Account     string                  `json:",omitzero"`
	Subject     string                  `json:",omitzero"`
	Claim       string                  `json:",omitzero"`
	Verdict     prove.Verdict           `json:",omitzero"`
	Shut        prove.Shut              `json:",omitzero"`
	By          []access.Source         `json:",omitzero"`
	Assumptions []prove.ProofAssumption `json:",omitzero"`
	Waivers     []prove.Waiver          `json:",omitzero"`
	Classes     int                     `json:",omitzero"`
	Witness     *journey.Arrival        `json:",omitzero"`
	Journey     *journey.Journey        `json:",omitzero"`
	Problem     string                  `json:",omitzero"`
	At          time.Time               `json:",omitzero"`
	Unreal      prove.Doubt             `json:",omitzero"`
	Uncertain   bool                    `json:",omitzero"`
	Page        string                  `json:",omitzero"`
}

var errForeign = errors.New("not a file of verdicts")

// encode writes findings. What could not be read back as it is, is an error.
func encode(findings map[string][]prove.Finding, mark [sha256.Size]byte) ([]byte, error) {
	var w written
	subjects := map[string]int{}
	var one kind
	for _, id := range slices.Sorted(maps.Keys(findings)) {
		p := writtenProof{ID: id, Findings: [][3]int{}}
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
			one = kind(f)
			p.add(subject, p.kindOf(&one))
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

// add adds a finding to the last run, or begins one.
func (p *writtenProof) add(subject, kind int) {
	if last := len(p.Findings) - 1; last >= 0 {
		if run := &p.Findings[last]; run[1] == kind && run[0]+run[2] == subject {
			run[2]++
			return
		}
	}
	p.Findings = append(p.Findings, [3]int{subject, kind, 1})
}

// kindOf is the place of a kind among those of the proof, which has it from now on. No list is not an empty one.
func (p *writtenProof) kindOf(one *kind) int {
	for i := range p.Kinds {
		if have := &p.Kinds[i]; have.Classes == one.Classes && reflect.DeepEqual(have, one) {
			return i
		}
	}
	p.Kinds = append(p.Kinds, *one)
	return len(p.Kinds) - 1
}

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
		list, ok := p.read(w.Subjects)
		if !ok {
			return nil, errForeign
		}
		out[p.ID] = list
	}
	return out, nil
}

// read makes the findings; false where runs speak of what is not there.
func (p *writtenProof) read(subjects []string) ([]prove.Finding, bool) {
	length := 0
	for _, run := range p.Findings {
		subject, kind, count := run[0], run[1], run[2]
		if subject < 0 || kind < 0 || kind >= len(p.Kinds) || count < 1 || count > len(subjects)-subject {
			return nil, false
		}
		length += count
	}
	if length == 0 {
		return nil, true
	}
	list := make([]prove.Finding, 0, length)
	for _, run := range p.Findings {
		f := prove.Finding(p.Kinds[run[1]])
		f.By, f.Assumptions, f.Waivers = slices.Clip(f.By), slices.Clip(f.Assumptions), slices.Clip(f.Waivers)
		for _, subject := range subjects[run[0] : run[0]+run[2]] {
			f.Subject = subject
			list = append(list, f)
		}
	}
	return list, true
}
