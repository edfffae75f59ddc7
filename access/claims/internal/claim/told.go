package claim

import (
	"aws-access-guardrails/access/claims/internal/symmetry"
	"aws-access-guardrails/access/prove"
)

// ToldOfAnother adds the finding of the proof at hand about a subject, if one about another is there that is like it,
// and reports whether it did. Only what holds is told of another: whoever is named in a report was looked at.
func (p *Prover) ToldOfAnother(subject string) bool {
	if p.Like == nil {
		return false
	}
	for level := range symmetry.Levels {
		if f := p.tellable(level, p.Like.Class(level, subject)); f != nil {
			if like, same := p.Like.Retold(level, f, subject); same && like.Subject == subject {
				p.Add(like)
				p.hasTold = true
				return true
			}
		}
	}
	return false
}

// tellable is the first finding of the proof at hand about one of a class; nil where there is none yet.
func (p *Prover) tellable(level, class int) *prove.Finding {
	if class == 0 {
		return nil
	}
	for ; p.toldUpTo < len(p.Report.Findings); p.toldUpTo++ {
		for n := range symmetry.Levels {
			alike := p.Like.Class(n, p.Report.Findings[p.toldUpTo].Subject)
			if _, known := p.toldOf[n][alike]; alike != 0 && !known {
				p.toldOf[n][alike] = p.toldUpTo
			}
		}
	}
	index, known := p.toldOf[level][class]
	if !known {
		return nil
	}
	return &p.Report.Findings[index]
}

// nothingTold begins a proof of which nothing can be told of others yet.
func (p *Prover) nothingTold() {
	p.toldUpTo = 0
	for n := range p.toldOf {
		p.toldOf[n] = map[int]int{}
	}
}
