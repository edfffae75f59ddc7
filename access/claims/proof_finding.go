package claims

import (
	"aws-access-guardrails/access/prove"
)

// StandingProofs lists the standing proofs in the order in which they are reported, those of an organization and of
// IAM Identity Center last.
func StandingProofs() []prove.Proof {
	out := make([]prove.Proof, 0, len(standingProofs)+len(organizationProofs))
	for _, p := range standingProofs {
		out = append(out, prove.Proof{ID: p.id, Claim: p.claim})
	}
	for _, p := range organizationProofs {
		out = append(out, prove.Proof{ID: p.id, Claim: p.claim})
	}
	for _, p := range identityCenterProofs {
		out = append(out, prove.Proof{ID: p.id, Claim: p.claim})
	}
	return out
}
