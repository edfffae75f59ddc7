package nodes

import (
	"slices"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/sessiondoc"
)

// freedoms holds the documents of the account's own to what they are for: what they leave to the caller is meant, or it
// does not hold. Of one whose content is not known nothing is said here: legal-os-user assumes something of it.
func freedoms(p *claim.Prover, f *prove.Finding, in *intent.Account, documents []string) {
	known, err := p.Engine.AccountOf(in.Account)
	if err != nil {
		return
	}
	for i := range known.Documents {
		d := &known.Documents[i]
		if d.Content == "" || d.Name == world.PreferencesDocument || !slices.Contains(documents, d.Name) {
			continue
		}
		left, err := sessiondoc.Freedoms(d.Content)
		if err != nil {
			f.Verdict, f.Problem = prove.DoesNotHold, "document "+d.Name+" in "+d.Region+" "+err.Error()
			return
		}
		for _, freedom := range left {
			index := slices.IndexFunc(in.FreeDocuments, func(f intent.FreeDocument) bool { return f.Name == d.Name })
			if index < 0 || freedom.Kind != "command" {
				f.Verdict = prove.DoesNotHold
				f.Problem = "with document " + d.Name + " in " + d.Region + " " + freedom.String()
				return
			}
			waiver := prove.Waiver{
				Key:  in.FreeDocuments[index].Key,
				Text: "with document " + d.Name + " " + freedom.String(),
			}
			if !slices.Contains(f.Waivers, waiver) {
				f.Waivers = append(f.Waivers, waiver)
			}
		}
	}
}
