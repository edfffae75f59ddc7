package components

import (
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
	// required. Approvals are written in the Regions of the sessions. Required.
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
	// Providers gives the AWS Cloud Control provider (aws-native) of a Region. A Region without one uses the provider of the component.
	Providers map[string]pulumi.ProviderResource
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// ManualApproval is a policy by which people approve requests.
type ManualApproval struct {
	// Name of the document, 3 to 128 letters, digits, _, - and . Required.
	Name string
	// Content is the document as JSON. AWS does not publish its form: make one in the console and read it with aws ssm get-document. Required.
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

	// PolicyARNs are the ARNs of the policies RequesterPolicyName and ApproverPolicyName by name.
	PolicyARNs pulumi.StringMapOutput `pulumi:"policyArns"`
}

// NewJustInTime makes the documents and policies. The documents come from AWS Cloud Control, because the other provider asks for the permissions of
// documents, which these have not. They are updated in place. It registers nothing when Validate has a problem.
func NewJustInTime(ctx *pulumi.Context, name string, args *JustInTimeArgs, opts ...pulumi.ResourceOption) (*JustInTime, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	if err := args.validateProviders(); err != nil {
		return nil, err
	}
	component := &JustInTime{}
	if err := ctx.RegisterComponentResource(JustInTimeToken, name, component, opts...); err != nil {
		return nil, err
	}
	children, err := childrenOf(component, opts)
	if err != nil {
		return nil, err
	}
	arns := pulumi.StringMap{}
	for _, p := range args.policies() {
		// No description: it could never change without replacing the policy.
		made, err := iam.NewPolicy(ctx, childName(name, childPolicy, p.name), &iam.PolicyArgs{
			Name: pulumi.String(p.name), Path: pulumi.String(PolicyPath), Policy: pulumi.String(p.document.JSON()),
		}, children...)
		if err != nil {
			return nil, err
		}
		arns[p.name] = made.Arn
	}
	for _, region := range args.Sessions.Regions {
		options := children
		if provider := args.Providers[region]; provider != nil {
			options = children.with(pulumi.Provider(provider))
		}
		for _, d := range args.documents() {
			if _, err := nativessm.NewDocument(ctx, childName(name, childApproval, region, d.name), &nativessm.DocumentArgs{
				Name:         pulumi.String(d.name),
				DocumentType: nativessm.DocumentType(d.kind),
				Content:      pulumi.String(d.content),
				UpdateMethod: nativessm.DocumentUpdateMethodNewVersion,
			}, options...); err != nil {
				return nil, err
			}
		}
	}
	component.PolicyARNs = arns.ToStringMapOutput()
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"policyArns": component.PolicyARNs})
}

const childApproval = "approval"

// validateProviders wants a provider for every Region but one, as SessionPreferences does.
func (a *JustInTimeArgs) validateProviders() error {
	var p Problems
	ambient := ""
	for i, region := range a.Sessions.Regions {
		switch {
		case a.Providers[region] != nil:
		case ambient == "":
			ambient = region
		default:
			p.add("", region, "is "+at("sessions.regions", i)+" and has no provider, and the provider of the component is taken to be that of "+ambient,
				"give Providers an entry for it")
		}
	}
	return p.Err()
}
