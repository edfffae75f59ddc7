package justintime

import (
	"slices"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
)

// Args is just-in-time node access of Systems Manager: the section "justInTime" of the stack file. It writes who
// approves what and what people need to ask and to approve. Switching the service on is work for its console; the
// section "organization" exempts and protects the service's roles.
type Args struct {
	Account guardrail.Account
	// ProjectTag is the tag key that pairs roles with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// ProjectSeparator is what stands between the projects in the tag of a node that has several
	// ("tags.projectSeparator"). Empty means that a node has one project.
	ProjectSeparator string
	// Sessions are the preferences of the account. Every session runs as the service's token role, which has no OS
	// user of anybody's, so a default user is required. Approvals are written in the Regions of the sessions.
	// Required, but where the account denies access and nothing else.
	Sessions *preferences.Args
	// Requesters are the ARNs of the roles that ask for access. Only role sessions can ask. A check of
	// the stack holds them against what makes AWS go round, or refuse, just-in-time node access.
	Requesters []string
	// ManualApprovals are the policies by which people approve requests.
	ManualApprovals []ManualApproval
	// AutoApprovals are what is approved without anybody: for an hour, as AWS has it.
	AutoApprovals []ApprovalRule
	// DenyAccess is what is never approved automatically, in the whole organization. It belongs to the stack of the
	// account that administers Systems Manager for the organization, and to no other: see DelegatedAdministrator.
	DenyAccess []ApprovalRule
	// DelegatedAdministrator says that this account administers Systems Manager for the organization.
	DelegatedAdministrator bool
	// HomeRegion is the home Region of Systems Manager, where DenyAccess is written; AWS copies it into the others.
	// Required with DenyAccess.
	HomeRegion string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// ManualApproval is a policy by which people approve requests. AWS refuses requests for a node to which two of them
// apply.
type ManualApproval struct {
	// Name of the document, 3 to 128 letters, digits, _, - and . Required.
	Name string
	// Projects are values of the project tag on the nodes that the policy is for: whole tags, such as "shop/web" of a node
	// of two projects, because AWS compares them whole. Required without Content.
	Projects []string
	// Groups are the ids of 1 to 5 groups of IAM Identity Center; one approval by a member of any of them is enough.
	// Required without Content.
	Groups []string
	// AccessDuration is how long sessions may be started after an approval, 1 to 336 whole hours. Zero means one hour.
	AccessDuration time.Duration
	// Content is the whole document as JSON instead, for several levels or other approvers: make one in the console
	// and read it with aws ssm get-document. Empty means that the fields above say everything.
	Content string
}

// ApprovalRule is one statement about automatic approval.
type ApprovalRule struct {
	// Group is the id of a group of IAM Identity Center. Empty means everybody, which only DenyAccess takes.
	Group string
	// Projects are values of the project tag on nodes. Empty means every node, which only DenyAccess takes.
	Projects []string
}

// ApprovalRegions are the Regions in which documents are made: those of the sessions, then the home Region where
// access is denied.
func (a *Args) ApprovalRegions() []string {
	regions := slices.Clone(a.regions())
	if len(a.DenyAccess) > 0 && a.HomeRegion != "" && !slices.Contains(regions, a.HomeRegion) {
		regions = append(regions, a.HomeRegion)
	}
	return regions
}

// regions are those in which people ask.
func (a *Args) regions() []string {
	if a.Sessions == nil || a.onlyDenies() {
		return nil
	}
	return a.Sessions.Regions
}

// onlyDenies reports whether nobody asks in the account: it denies access for the others and opens no session.
func (a *Args) onlyDenies() bool {
	return len(a.DenyAccess) > 0 && len(a.Requesters)+len(a.ManualApprovals)+len(a.AutoApprovals) == 0
}
