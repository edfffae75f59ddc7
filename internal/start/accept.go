package start

import (
	"strings"

	"aws-access-guardrails/internal/judge"
)

// acceptance is an entry of guardrails:accept.
type acceptance struct{ id, because string }

// reasons are why a first project accepts what a strict check asks for, by the id, in which a "*" stands for anything.
var reasons = []acceptance{
	{"mfa.firstPasswordChange", "accounts are handed over with a first password, which its user must change"},
	{"organization.osAccessOnly.targets", "the accounts that the targets leave out have no nodes"},
	{
		"organization.osAccessOnly.remoteExecution.mode",
		"patching comes through the same door until its roles are known; then write deny",
	},
	{"identityCenter.attributes.*", "no identity provider sends attributes for access control"},
	{
		"administrators of *",
		"whoever administers the management account is trusted with all accounts; nobody signs in there for daily work",
	},
	{"arn:*:iam::aws:policy/job-function/ViewOnlyAccess", "AWS keeps this policy to looking"},
	{"legal-os-user*", "the login has no sudo on the nodes"},
}

// accepts are the entries for what the verdicts of a stack rest on. Whatever has no reason in the table is left out,
// and then the strict check refuses.
func accepts(j *judge.Judgement) []acceptance {
	var all []acceptance
	for _, c := range j.Concessions() {
		for _, r := range reasons {
			if begin, end, open := strings.Cut(
				r.id,
				"*",
			); r.id == c.ID ||
				open && strings.HasPrefix(c.ID, begin) && strings.HasSuffix(c.ID, end) {
				all = append(all, acceptance{c.ID, r.because})
				break
			}
		}
	}
	return all
}

func acceptSection(accepted []acceptance, t *text) {
	if len(accepted) == 0 {
		return
	}
	t.line("")
	t.comment(
		2,
		"What \"guardrails check --strict\" lets pass, with the reason. These reasons are guesses of guardrails init: change what is not so in your organization.",
	)
	t.line("  guardrails:accept:")
	for _, entry := range accepted {
		t.line("    - id: %s", value(entry.id))
		t.line("      because: %s", entry.because) // A sentence of the table above, which YAML reads as it is.
	}
}
