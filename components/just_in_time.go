package components

import (
	"slices"
	"time"

	nativessm "github.com/pulumi/pulumi-aws-native/sdk/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/policy"
)

// JustInTimeToken is the type token of JustInTime.
const JustInTimeToken = "guardrails:ssm:JustInTime"

// JustInTimeArgs is just-in-time node access of Systems Manager: the section "justInTime" of the stack file. It writes who approves what and what people need
// to ask and to approve. Switching the service on is work for its console; the section "organization" exempts and protects the service's roles.
type JustInTimeArgs struct {
	Account Account
	// ProjectTag is the tag key that pairs roles with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// Sessions are the preferences of the account. Every session runs as the service's token role, which has no OS user of anybody's, so a default user is
	// required. Approvals are written in the Regions of the sessions. Required, but where the account denies access and nothing else.
	Sessions *SessionPreferencesArgs
	// Requesters are the ARNs of the roles that ask for access. Only role sessions can ask. CheckRequesters holds them against what makes AWS go round, or
	// refuse, just-in-time node access.
	Requesters []string
	// ManualApprovals are the policies by which people approve requests.
	ManualApprovals []ManualApproval
	// AutoApprovals are what is approved without anybody: for an hour, as AWS has it.
	AutoApprovals []ApprovalRule
	// DenyAccess is what is never approved automatically, in the whole organization. It belongs to the stack of the account that administers Systems Manager
	// for the organization, and to no other: see DelegatedAdministrator.
	DenyAccess []ApprovalRule
	// DelegatedAdministrator says that this account administers Systems Manager for the organization.
	DelegatedAdministrator bool
	// HomeRegion is the home Region of Systems Manager, where DenyAccess is written; AWS copies it into the others. Required with DenyAccess.
	HomeRegion string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// ManualApproval is a policy by which people approve requests. AWS refuses requests for a node to which two of them apply.
type ManualApproval struct {
	// Name of the document, 3 to 128 letters, digits, _, - and . Required.
	Name string
	// Projects are values of the project tag on the nodes that the policy is for. Required without Content.
	Projects []string
	// Groups are the ids of 1 to 5 groups of IAM Identity Center; one approval by a member of any of them is enough. Required without Content.
	Groups []string
	// AccessDuration is how long sessions may be started after an approval, 1 to 336 whole hours. Zero means one hour.
	AccessDuration time.Duration
	// Content is the whole document as JSON instead, for several levels or other approvers: make one in the console and read it with
	// aws ssm get-document. Empty means that the fields above say everything.
	Content string
}

// ApprovalRule is one statement about automatic approval.
type ApprovalRule struct {
	// Group is the id of a group of IAM Identity Center. Empty means everybody, which only DenyAccess takes.
	Group string
	// Projects are values of the project tag on nodes. Empty means every node, which only DenyAccess takes.
	Projects []string
}

// JustInTime is the approval documents of every Region, and the policies of those who ask and approve.
type JustInTime struct {
	pulumi.ResourceState
	customResources

	// PolicyARNs are the ARNs of the policies RequesterPolicyName and ApproverPolicyName by name.
	PolicyARNs pulumi.StringMapOutput `pulumi:"policyArns"`
}

// NewJustInTime makes the documents and policies. Where an account denies access and nothing else there are no policies: nobody asks there. The documents come from AWS Cloud Control, because the other provider asks for the permissions of
// documents, which these have not. They are updated in place. It registers nothing when Validate has a problem.
func NewJustInTime(ctx *pulumi.Context, name string, args *JustInTimeArgs, providers RegionProviders, opts ...pulumi.ResourceOption) (*JustInTime, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	if err := validateApprovalProviders(args, providers); err != nil {
		return nil, err
	}
	component := &JustInTime{}
	children, err := register(ctx, JustInTimeToken, name, component, opts)
	if err != nil {
		return nil, err
	}
	documents, err := makeApprovalDocuments(ctx, name, args, providers, children)
	if err != nil {
		return nil, err
	}
	component.add(documents...)
	arns := pulumi.StringMap{}
	for _, p := range args.policies() {
		// No description: it could never change without replacing the policy.
		made, err := iam.NewPolicy(ctx, childName(name, childPolicy, p.name), &iam.PolicyArgs{
			Name: pulumi.String(p.name), Path: pulumi.String(PolicyPath), Policy: pulumi.String(p.document.JSON()),
		}, children.after(documents...)...)
		if err != nil {
			return nil, err
		}
		component.add(made)
		arns[p.name] = made.Arn
	}
	component.PolicyARNs = arns.ToStringMapOutput()
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"policyArns": component.PolicyARNs})
}

const childApproval = "approval"

// makeApprovalDocuments makes the approval documents: what is denied before what is approved.
func makeApprovalDocuments(
	ctx *pulumi.Context, name string, args *JustInTimeArgs, providers RegionProviders, children children,
) ([]pulumi.Resource, error) {
	all := args.documents()
	// What is denied is the last of them.
	if last := len(all) - 1; len(args.DenyAccess) > 0 {
		all = slices.Concat(all[last:], all[:last])
	}
	var made, denies []pulumi.Resource
	for _, d := range all {
		for _, region := range d.regions {
			var options []pulumi.ResourceOption
			if provider := providers[region]; provider != nil {
				options = append(options, pulumi.Provider(provider))
			}
			document, err := nativessm.NewDocument(ctx, childName(name, childApproval, region, d.name), &nativessm.DocumentArgs{
				Name:           pulumi.String(d.name),
				DocumentType:   nativessm.DocumentType(d.kind),
				DocumentFormat: nativessm.DocumentFormatJson,
				Content:        pulumi.String(d.content),
				UpdateMethod:   nativessm.DocumentUpdateMethodNewVersion,
			}, slices.Concat(children.after(denies...), options)...)
			if err != nil {
				return nil, err
			}
			made = append(made, document)
		}
		if d.name == DenyAccessDocument {
			denies = slices.Clone(made)
		}
	}
	return made, nil
}

// ApprovalRegions are the Regions in which documents are made: those of the sessions, then the home Region where access is denied.
func (a *JustInTimeArgs) ApprovalRegions() []string {
	regions := slices.Clone(a.regions())
	if len(a.DenyAccess) > 0 && a.HomeRegion != "" && !slices.Contains(regions, a.HomeRegion) {
		regions = append(regions, a.HomeRegion)
	}
	return regions
}

// regions are those in which people ask.
func (a *JustInTimeArgs) regions() []string {
	if a.Sessions == nil || a.onlyDenies() {
		return nil
	}
	return a.Sessions.Regions
}

// onlyDenies reports whether nobody asks in the account: it denies access for the others and opens no session.
func (a *JustInTimeArgs) onlyDenies() bool {
	return len(a.DenyAccess) > 0 && len(a.Requesters)+len(a.ManualApprovals)+len(a.AutoApprovals) == 0
}

// validateApprovalProviders wants a provider for every Region but one, as SessionPreferences does.
func validateApprovalProviders(args *JustInTimeArgs, providers RegionProviders) error {
	var p Problems
	regions := args.ApprovalRegions()
	ambient, others := providers.missing(regions)
	for _, i := range others {
		p.add("", regions[i], "has no provider for its approval documents, and the provider of the component is taken to be that of "+ambient,
			"give providers an entry for it")
	}
	return p.Err()
}
