package claims

import (
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/derive"
	"aws-access-guardrails/access/claims/internal/escalation"
	"aws-access-guardrails/access/claims/internal/identitycenter"
	"aws-access-guardrails/access/claims/internal/organization"
	"aws-access-guardrails/access/claims/internal/osusers"
	"aws-access-guardrails/access/claims/internal/symmetry"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
)

// DerivedIntent is what an account seems to be meant for, when nobody says: every user is held to MFA, a role with
// the project tag is an operation role and any other role that names users a delegated role, both for the users whom
// their trust policies name, and no switch is on. It is what an audit of a live account starts from; the preferences
// of Session Manager, which authorization details do not have, are taken as not known.
func DerivedIntent(a world.Account) intent.Account { return derive.Intent(a) }

// ProveOrganization makes the standing proofs of the organization of a world. Safety proofs speak of every user, role
// and root user that an account can have, whatever is attached to them: a principal that the world does not have yet
// is among them. The subject of a finding is the id of the account that it speaks of. An intent without an
// organization, or about accounts that do not stand in its tree, is an error.
func ProveOrganization(e *engine.Engine, in intent.Organization) ([]prove.Finding, error) {
	return organization.Prove(e, in)
}

// ProveIdentityCenter makes the standing proofs of the instance of IAM Identity Center of a world. Safety proofs
// speak of every person with every combination of attributes, in a profile or sent by an identity provider. The
// subject of a finding is the role of a permission set, or the id of the account that manages the instance. An intent
// that speaks of what the world does not have is an error.
func ProveIdentityCenter(e *engine.Engine, in intent.IdentityCenter) (prove.Report, error) {
	return identitycenter.Prove(e, in)
}

// Administrators computes who administers the accounts of the intents, as Prove lists them, without making a proof.
// An intent that speaks of what the world does not have is an error.
func Administrators(e *engine.Engine, intents ...intent.Account) ([]prove.Administrator, error) {
	p := claim.New(e)
	for i := range intents {
		if err := p.Check(&intents[i]); err != nil {
			return nil, err
		}
	}
	p.FindAdministrators(intents)
	return p.Report.Administrators, nil
}

// IdentityCenterAdministrators computes which permission sets administer their account, as ProveIdentityCenter lists
// them, without making a proof. It returns the errors of ProveIdentityCenter.
func IdentityCenterAdministrators(e *engine.Engine, in intent.IdentityCenter) ([]prove.Administrator, error) {
	return identitycenter.Administrators(e, in)
}

// Escalation is the shortest way by which somebody who is no administrator comes to more than the documents of that
// user or role say; EscalationStep is one step of it.
type (
	Escalation     = escalation.Escalation
	EscalationStep = escalation.Step
)

// Escalations are the shortest ways, one for each user and role of an account, by which whoever is no administrator
// becomes one, in the order of the account; and for those who do not become one, the way to root on nodes of an
// account that has roles for nodes. A step counts if some request of that user or role is allowed, with MFA or
// without; every step is decided with boundaries, service control policies and trust policies. Policies whose
// documents are not known open nothing here. An account that the world does not have is an error.
func Escalations(e *engine.Engine, in intent.Account) ([]Escalation, error) {
	return escalation.Find(e, in)
}

// SudoOfImages is what the shells of a login rest on that machine images come with; false for any other.
func SudoOfImages(login string) (prove.ProofAssumption, bool) { return osusers.SudoOfImages(login) }

// Alike tells users and roles of a world that are like others by the number of their class; zero is nobody's. Exchange
// two of one class, each with the roles that it alone is named by, and the world is the same: what one of them can do,
// the other can do with the names exchanged. Numbers mean nothing in another world.
func Alike(e *engine.Engine) func(arn string) int {
	classes := symmetry.Find(e, nil)
	return func(arn string) int {
		if classes == nil {
			return 0
		}
		return classes.Class(symmetry.OfPeople, arn)
	}
}
