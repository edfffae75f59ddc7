package claims

import (
	"slices"

	"aws-access-guardrails/access/claims/internal/alive"
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/identitycenter"
	"aws-access-guardrails/access/claims/internal/nodes"
	"aws-access-guardrails/access/claims/internal/organization"
	"aws-access-guardrails/access/claims/internal/osusers"
	"aws-access-guardrails/access/claims/internal/people"
	"aws-access-guardrails/access/claims/internal/trust"
	"aws-access-guardrails/access/prove"
)

// standingProofs are the standing proofs of an account, in the order in which they are reported: that things are shut,
// and then that things work. Ids are API: docs/safety.md has a section for each, and guardrails:accept names what they
// assume. Run is the claim itself, in the package of its family.
var standingProofs = slices.Concat(shut, alive.Claims)

// shut are the standing proofs that something is shut.
var shut = []claim.Standing{
	{
		ID:    "no-mfa-no-access",
		Claim: "without MFA a member reaches nothing but their own enrolment",
		Run:   people.NoMFANoAccess,
	},
	{
		ID:    "no-enrolment-with-access-keys",
		Claim: "a long-term access key cannot enrol an MFA device",
		Run:   people.NoEnrolmentWithAccessKeys,
	},
	{
		ID:    "own-credentials-only",
		Claim: "nobody but an administrator touches another person's MFA, keys, password or tags",
		Run:   people.OwnCredentialsOnly,
	},
	{
		ID:    "only-contact-tags",
		Claim: "a member writes only the listed contact tags on their own user",
		Run:   people.OnlyContactTags,
	},
	{
		ID:    "authorization-tags-are-guarded",
		Claim: "nobody but an administrator writes a tag that decides access",
		Run:   people.AuthorizationTagsAreGuarded,
	},
	{
		ID:    "only-administrators-change-access",
		Claim: "nobody but an administrator changes policies, trust, groups or boundaries",
		Run:   people.OnlyAdministratorsChangeAccess,
	},
	{
		ID:    "administrators-are-declared",
		Claim: "only those administer who are meant to",
		Run:   people.AdministratorsAreDeclared,
	},
	{
		ID:    "only-declared-roles",
		Claim: "a member assumes only the roles that are declared for that member",
		Run:   people.OnlyDeclaredRoles,
	},
	{
		ID:    "only-listed-principals",
		Claim: "only the listed users assume a role",
		Run:   trust.OnlyListedPrincipals,
	},
	{
		ID:    "only-known-callers",
		Claim: "a role for which nobody is listed lets in known accounts, named services and identities that are told apart",
		Run:   trust.OnlyKnownCallers,
	},
	{
		ID:    "mfa-to-assume",
		Claim: "a role is assumed only with MFA that is recent enough",
		Run:   trust.MFAToAssume,
	},
	{
		ID:    "external-id-to-assume",
		Claim: "a partner assumes a role only with the external id that was agreed",
		Run:   trust.ExternalIDToAssume,
	},
	{
		ID:    "session-named-after-user",
		Claim: "a session of a role has the name of its user",
		Run:   trust.SessionNamedAfterUser,
	},
	{
		ID:    "no-session-tags",
		Claim: "nobody chooses the tags of a session",
		Run:   trust.NoSessionTags,
	},
	{
		ID:    "own-os-user-only",
		Claim: "nobody gets the OS user of another person",
		Run:   osusers.OwnOSUserOnly,
	},
	{
		ID:    "own-project-only",
		Claim: "a role that opens sessions reaches the nodes of its own projects and no others",
		Run:   nodes.OwnProjectOnly,
	},
	{
		ID:    "no-other-door",
		Claim: "a role that opens sessions opens no other way onto a node",
		Run:   nodes.NoOtherDoor,
	},
	{
		ID:    "operation-roles-only-operate",
		Claim: "a role that opens sessions changes nothing but what it is for",
		Run:   nodes.OperationRolesOnlyOperate,
	},
	{
		ID:    "doors-through-roles-only",
		Claim: "a member opens a way onto a node through a role alone",
		Run:   nodes.DoorsThroughRolesOnly,
	},
	{
		ID:    "only-listed-documents",
		Claim: "sessions use the listed documents and no others",
		Run:   nodes.OnlyListedDocuments,
	},
	{
		ID:    "own-sessions-only",
		Claim: "nobody but an administrator resumes or ends another person's session",
		Run:   nodes.OwnSessionsOnly,
	},
	{
		ID:    "node-roles-open-no-door",
		Claim: "the role of a node opens no way onto a node, becomes nobody else and changes no access",
		Run:   nodes.NodeRolesOpenNoDoor,
	},
	{
		ID:    "source-networks-only",
		Claim: "a role with source networks does nothing from another network, and nobody becomes it there",
		Run:   trust.SourceNetworksOnly,
	},
	{
		ID:    "grants-end-with-their-window",
		Claim: "a role with a window does nothing outside of it, and nobody becomes it there",
		Run:   trust.GrantsEndWithTheirWindow,
	},
	{
		ID:    "legal-os-user",
		Claim: "a shell starts as a login without privileges, never as root or ssm-user",
		Run:   osusers.LegalOSUser,
	},
}

// StandingProofs lists the standing proofs in the order in which they are reported, those of an organization and of
// IAM Identity Center last.
func StandingProofs() []prove.Proof {
	out := make([]prove.Proof, 0, len(standingProofs)+len(organization.Claims))
	for _, p := range standingProofs {
		out = append(out, prove.Proof{ID: p.ID, Claim: p.Claim})
	}
	for _, p := range organization.Claims {
		out = append(out, prove.Proof{ID: p.ID, Claim: p.Claim})
	}
	for _, p := range identitycenter.Claims {
		out = append(out, prove.Proof{ID: p.ID, Claim: p.Claim})
	}
	return out
}

// ProvesThatItWorks reports whether a standing proof of an account, by its id, is that something works, and not that
// something is shut.
func ProvesThatItWorks(id string) bool {
	return slices.ContainsFunc(alive.Claims, func(c claim.Standing) bool { return c.ID == id })
}
