package osusers

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// OwnDocuments holds the session documents of the account that a role lists to what the preferences promise: a
// document says for itself whether Run As is on. One whose content is not known is assumed to.
func OwnDocuments(p *claim.Prover,
	f *prove.Finding,
	s engine.Session,
	known *world.Account,
	region string,
	documents []string,
) {
	for _, name := range documents {
		if policy.DocumentOfAWS(name) || name == world.PreferencesDocument {
			continue
		}
		user := journey.ShellUser(p.Engine, s, known, &world.Node{Kind: world.Instance, Region: region}, name)
		assumption := prove.ProofAssumption{
			ID:   "document/" + name,
			Text: "shells of the session document " + name + " start as the OS user of the role, not as " + world.AgentUser + " or root",
		}
		switch {
		case user.Unknown && !slices.Contains(f.Assumptions, assumption):
			f.Verdict = max(f.Verdict, prove.HoldsIf)
			f.Assumptions = append(f.Assumptions, assumption)
		case user.Superuser || user.Name == world.AgentUser:
			f.Verdict, f.Problem = prove.DoesNotHold, fmt.Sprintf(
				"a shell of document %s in %s starts as %s",
				name,
				region,
				user,
			)
		}
	}
}

// assumeOfLogin adds what shells of a login rest on: that of an image may not use sudo, and that of a domain is known
// to the nodes.
func assumeOfLogin(f *prove.Finding, login string) {
	if a, has := SudoOfImages(login); has {
		f.Assume(a.ID, a.Text)
	}
	if strings.Contains(login, "@") {
		f.Assume(
			"OS user "+login,
			"the nodes are joined to the directory of "+login+", and it may not use sudo on any of them",
		)
	}
}

// SudoOfImages is what the shells of a login rest on that machine images come with; false for any other.
func SudoOfImages(login string) (prove.ProofAssumption, bool) {
	return prove.ProofAssumption{
			ID:   "OS user " + login,
			Text: login + ", which images come with, may not use sudo on any node: with sudo its shells become root and every other OS user",
		}, slices.ContainsFunc(
			world.ImageUsers,
			func(user string) bool { return strings.EqualFold(user, login) },
		)
}

// LegalOSUser: the login of every shell that the documents open, in every Region in which they open one. The logins
// are looked at where the stack file has preferences; that a shell opens nowhere else is a question about all
// requests.
func LegalOSUser(p *claim.Prover, in *intent.Account) {
	for _, opening := range in.OpeningRoles() {
		role := &opening.OperationRole
		if p.ToldOfAnother(role.ARN) {
			continue
		}
		f := p.Begin(in, role.ARN)
		sessions := p.Operations(in, role)
		if in.Regions == nil {
			legalRunAsTags(p, &f, sessions)
			p.Add(f)
			continue
		}
		legalLogins(p, &f, in, role, sessions)
		if f.Verdict == prove.DoesNotHold {
			p.Add(f)
			continue
		}
		p.Conclude(f, p.AskAll(shellsElsewhere(p.Account(in), in.Regions), sessions[0]),
			"a shell opens in a Region without managed preferences, where it is "+world.AgentUser+", with sudo")
	}
}

// legalRunAsTags judges the tags of a role whose account has no managed preferences, under the assumption that others
// turn Run As on.
func legalRunAsTags(p *claim.Prover, f *prove.Finding, sessions []engine.Session) {
	f.Verdict = prove.HoldsIf
	f.Assumptions = append(f.Assumptions, prove.ProofAssumption{
		ID: "session-preferences", Text: "the Session Manager preferences of every Region with nodes turn Run As on",
	})
	for _, session := range sessions {
		tag := journey.TagOf(p.Engine, session, world.RunAsTag)
		if tag == "" {
			continue
		}
		if err := policy.ValidateOSUser(tag); err != nil || tag == world.AgentUser {
			f.Verdict = prove.DoesNotHold
			f.Problem = fmt.Sprintf(
				"the tag %s of %s is %q, which is no login without privileges",
				world.RunAsTag,
				tagOwner(session),
				tag,
			)
		}
		assumeOfLogin(f, tag)
	}
}

// legalLogins judges as whom shells start in each Region, by the preferences and by the documents that the role
// lists, until one is illegal.
func legalLogins(
	p *claim.Prover,
	f *prove.Finding,
	in *intent.Account,
	role *intent.OperationRole,
	sessions []engine.Session,
) {
	known, _ := p.Engine.AccountOf(in.Account)
	for _, region := range in.Regions {
		node := world.Node{Kind: world.Instance, Region: region}
		for _, session := range sessions {
			user := journey.ShellUser(p.Engine, session, known, &node, world.PreferencesDocument)
			if user.Superuser || user.Name == world.AgentUser || user.Fails || user.Unknown {
				f.Verdict, f.Problem = prove.DoesNotHold, fmt.Sprintf("a shell in %s starts as %s", region, user)
				return
			}
			assumeOfLogin(f, user.Name)
		}
		// A document of an earlier Region may be illegal.
		if f.Verdict == prove.DoesNotHold {
			return
		}
		OwnDocuments(p, f, sessions[0], known, region, role.Documents)
	}
}

// shellsElsewhere asks for sessions with the preferences of a Region that has no managed ones.
func shellsElsewhere(account *engine.CompiledAccount, regions []string) search.Question {
	preferences := func(region string) string {
		return account.Arn(
			"ssm",
			region,
			"document/"+world.PreferencesDocument,
		)
	}
	var managed []string
	for _, region := range regions {
		managed = append(managed, preferences(region))
	}
	start := policy.Allow("", "ssm:StartSession").On(preferences("*"))
	return search.Asking([]policy.Statement{start}, policy.Allow("", "*").On(managed...))
}
