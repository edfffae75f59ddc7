package organization

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// standing is a proof that is made of an organization.
type standing struct {
	ID, Claim string
	run       func(*prover)
}

// Claims are the standing proofs of an organization. Ids are API, as those of standingProofs are.
var Claims = []standing{
	{
		"doors-for-exempt-roles-only",
		"none of the doors that the guardrails close opens but for the exempt roles",
		(*prover).doorsForExemptRolesOnly,
	},
	{
		"remote-execution-for-exempt-roles-only",
		"nobody but the exempt roles sends commands, or changes associations, maintenance windows and the documents that they run",
		(*prover).remoteExecution,
	},
	{
		"exempt-roles-are-protected",
		"an administrator of an account neither makes, changes, passes, tags nor deletes an exempt role",
		(*prover).exemptRolesAreProtected,
	},
	{
		"guarded-policies-are-protected",
		"an administrator of an account changes no policy and no provider that guarded roles rest on",
		(*prover).policiesAreProtected,
	},
	{
		"session-documents-are-protected",
		"an administrator of an account changes neither the preferences nor a session document",
		(*prover).documentsAreProtected,
	},
	{
		"organization-tags-are-protected",
		"an administrator of an account writes no tag that decides access",
		(*prover).tagsAreProtected,
	},
	{
		"mfa-group-is-protected",
		"an administrator of an account neither changes the MFA group nor takes a member out",
		(*prover).groupIsProtected,
	},
	{
		"credentials-of-others-are-protected",
		"an administrator of a people's account takes over no other person's credentials",
		(*prover).credentialsAreProtected,
	},
	{
		"organization-is-protected",
		"no account leaves the organization, changes its policies, or opens root sessions in another",
		(*prover).organizationIsProtected,
	},
	{
		"permission-sets-are-protected",
		"nobody but the deployer and break-glass roles makes, changes or assigns permission sets where one is exempt, and those that are bound themselves",
		(*prover).permissionSetsAreProtected,
	},
	{
		"console-passwords-in-jump-accounts-only",
		"nobody outside of the jump accounts sets a console password for an IAM user, or gets a federation token",
		(*prover).consolePasswords,
	},
	{
		"root-only-in-central-sessions",
		"a root user does nothing but in a central root session",
		(*prover).rootUsers,
	},
	{
		"programmatic-users-stay-possible",
		"users without a console password can be made, and everybody changes their own password",
		(*prover).programmaticUsers,
	},
	{
		"policies-can-be-undone",
		"whoever deploys the policies can take them back",
		(*prover).policiesCanBeUndone,
	},
	{
		"member-deployers-not-locked-out",
		"the deployer of every account can make and undo what is protected",
		(*prover).memberDeployers,
	},
	{
		"member-break-glass-not-locked-out",
		"the roles for emergencies use every door that the guardrails close, and undo what is protected",
		(*prover).memberBreakGlass,
	},
}

// prover makes the proofs of one organization.
type prover struct {
	claim.Prover
	in       *intent.Organization
	asserted standing
	// anybodies and roots are the classes of callers of an account, by its id, with what was solved for them.
	anybodies, roots map[string]*search.Caller
}

// Prove makes the standing proofs of the organization of a world. Safety proofs speak of every user, role
// and root user that an account can have, whatever is attached to them: a principal that the world does not have yet
// is among them. The subject of a finding is the id of the account that it speaks of. An intent without an
// organization, or about accounts that do not stand in its tree, is an error.
func Prove(e *engine.Engine, in intent.Organization) ([]prove.Finding, error) {
	if e.World().Organization == nil {
		return nil, fmt.Errorf("intent of the organization: the world has no organization")
	}
	home, err := e.AccountOf(in.Account)
	if err != nil {
		return nil, fmt.Errorf("intent of the organization: %w", err)
	}
	// Accounts that no stack describes have users, roles and root users too.
	w, added := e.World(), false
	w.Accounts = slices.Clone(w.Accounts)
	for _, id := range accountsOf(&in) {
		if a := e.Accounts[id]; a == nil || a.OrgID == "" {
			return nil, fmt.Errorf("intent of the organization: account %q does not stand in its tree", id)
		}
		switch account := w.Account(id); {
		case account == nil:
			w.Accounts, added = append(w.Accounts, world.Account{ID: id, Partition: home.Partition}), true
		case account.Partial:
			account.Partial, added = false, true
		}
	}
	if added {
		if e, err = engine.Compile(w); err != nil {
			return nil, err
		}
	}
	others, named := alikeAccounts(&in, e), namedAccounts(w.Organization)
	for {
		findings := proveOrganizationOf(e, &in, others)
		apart := witnessed(findings, others, named)
		if len(apart) == 0 {
			return spread(findings, others, named, accountsOf(&in)), nil
		}
		for _, id := range apart {
			delete(others, id)
		}
	}
}

// proveOrganizationOf makes the proofs but for those about accounts that are like others.
func proveOrganizationOf(e *engine.Engine, in *intent.Organization, others map[string][]string) []prove.Finding {
	var repeated []string
	for _, ids := range others {
		repeated = append(repeated, ids...)
	}
	p := &prover{
		Prover:    claim.Prover{Engine: e},
		anybodies: map[string]*search.Caller{},
		roots:     map[string]*search.Caller{},
		in:        withoutAccounts(in, func(id string) bool { return slices.Contains(repeated, id) }),
	}
	for _, proof := range Claims {
		p.asserted = proof
		proof.run(p)
	}
	return p.Report.Findings
}

// accountsOf are all accounts of the intent, each once.
func accountsOf(in *intent.Organization) []string {
	var all []string
	if in.Doors != nil {
		all = append(all, in.Doors.Accounts...)
	}
	if in.Passwords != nil {
		all = append(all, slices.Concat(in.Passwords.Accounts, in.Passwords.JumpAccounts)...)
	}
	if in.Protected != nil {
		all = append(all, slices.Concat(in.Protected.Accounts, in.Protected.PeopleAccounts)...)
	}
	return claim.Unique(append(all, in.RootAccounts...))
}

func (p *prover) finding(subject string) prove.Finding {
	return prove.Finding{
		ID:      p.asserted.ID,
		Account: subject,
		Subject: subject,
		Claim:   p.asserted.Claim,
		Page:    prove.ProofPage(p.asserted.ID),
	}
}

// waived is a finding about what a switch leaves open.
func (p *prover) waived(subject, key, text string) {
	f := p.finding(subject)
	f.Verdict, f.Waivers = prove.Waived, []prove.Waiver{{Key: key, Text: text}}
	p.Add(f)
}

// nobody concludes that no user, role or root user of an account makes a request, but for roles that match one of
// exempt.
func (p *prover) nobody(
	id string,
	forbidden []policy.Statement,
	exempt []string,
	problem string,
	permitted ...policy.Statement,
) {
	p.Conclude(p.finding(id), p.everybodyOf(id, forbidden, exempt, permitted...), problem)
}

func (p *prover) everybodyOf(
	id string,
	forbidden []policy.Statement,
	exempt []string,
	permitted ...policy.Statement,
) search.Answer {
	if len(exempt) > 0 {
		permitted = append(
			slices.Clone(permitted),
			policy.Allow("", "*").On("*").When(policy.ArnLike("aws:PrincipalArn", exempt...)),
		)
	}
	q := search.Asking(forbidden, permitted...)
	return p.anybody(id, q).And(p.root(id, q))
}

func (p *prover) anybody(id string, q search.Question) search.Answer {
	if p.anybodies[id] == nil {
		p.anybodies[id] = anybodyOf(p.Engine, id)
	}
	return p.anybodies[id].AskAttached(q)
}

func (p *prover) root(id string, q search.Question) search.Answer {
	if p.roots[id] == nil {
		p.roots[id] = rootOf(p.Engine, id)
	}
	c := p.roots[id]
	return c.Ask(q).And(c.AskAbroad(q))
}

// rootOf is the class of the root user of an account.
func rootOf(e *engine.Engine, id string) *search.Caller {
	c, _ := search.NewCaller(e, engine.Root(id), search.NewSolved())
	return c
}

// anybodyOf is the class of all users and roles that an account can have, be they in the world or not.
func anybodyOf(e *engine.Engine, id string) *search.Caller {
	home := e.Accounts[id]
	c := search.NewAnyone(e, &engine.Trusted{Kind: policy.PrincipalAWS, Text: id, AccountID: id}, home)
	c.Principal.Account = home
	return c
}

// inAccount writes the patterns of roles of every account as those of one; patterns that name another account are
// left out.
func inAccount(id string, patterns []string) []string {
	var out []string
	for _, pattern := range patterns {
		parts := strings.SplitN(pattern, ":", policy.ARNParts)
		if len(parts) == policy.ARNParts && (parts[4] == id || parts[4] == "*") {
			parts[4] = id
			out = append(out, strings.Join(parts, ":"))
		}
	}
	return out
}
