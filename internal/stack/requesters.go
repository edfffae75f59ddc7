package stack

import (
	"fmt"
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/problem"
)

// CheckRequesters holds the requesters against a world at an instant: AWS takes a requester who may call
// ssm:StartSession straight to the node, past every approval, and refuses requests that a Deny on missing MFA denies,
// because requests carry no MFA key. Policies whose documents are not known are taken to allow everything. Paths are
// relative to the section "justInTime".
func CheckRequesters(a *justintime.Args, e *access.Engine, now time.Time) error {
	var p problem.List
	e = e.Assuming(access.UnknownAllowsEverything)
	for i, role := range a.Requesters {
		path := problem.Path("requesters").Index(i)
		s := access.AssumedRole(role, "requester").IssuedAt(now)
		for _, node := range sampleNodes(a, e, role) {
			d, _, err := journey.Decide(e, s, access.Request{Action: "ssm:StartSession", Time: now, Resources: []access.Resource{
				node,
				{
					ARN: a.Account.Partition.DocumentARN(
						a.Sessions.Regions[0],
						a.Account.ID,
						guardrail.PreferencesDocument,
					),
				},
			}})
			if err != nil {
				p.Add(path, role, "cannot be judged: "+err.Error(), "write a role of this account")
				break
			}
			if d.Allowed() {
				p.Add(
					path,
					role,
					fmt.Sprintf(
						"may call ssm:StartSession by %s, so AWS takes it to the nodes without any request",
						d.By,
					),
					"take ssm:StartSession from it, or close the doors with organization.osAccessOnly",
				)
				break
			}
		}
		d, network, err := journey.Decide(
			e,
			s,
			access.Request{Action: "ssm:StartAccessRequest", Time: now, Resources: sampleNodes(a, e, role)[:1]},
		)
		switch {
		case err != nil:
		case d.Allowed() && network != nil && network["aws:SourceIp"] == nil:
			p.Add(
				path,
				role,
				"may ask through "+journey.NetworkWords(network)+" alone, and requests carry neither VPC nor VPC endpoint",
				"add the public addresses from which people ask to its sourceNetworks",
			)
		case d.Outcome == access.ExplicitlyDenied:
			p.Add(
				path,
				role,
				fmt.Sprintf(
					"is denied ssm:StartAccessRequest by %s; requests carry no MFA key, and a Deny on missing MFA always denies them",
					d.By,
				),
				"ask for MFA where the role is assumed, in its trust policy",
			)
		case !d.Allowed():
			p.Add(
				path,
				role,
				"may not call ssm:StartAccessRequest",
				"attach "+a.PolicyARN(justintime.RequesterPolicyName),
			)
		}
	}
	return p.Err()
}

// sampleNodes are nodes that a policy may tell apart: one without tags, one of the role's own project, and those of
// the world.
func sampleNodes(a *justintime.Args, e *access.Engine, role string) []access.Resource {
	region := a.Sessions.Regions[0]
	arn := a.Account.Partition.InstanceARN(region, a.Account.ID, "i-00000000000000000")
	samples := []access.Resource{{ARN: arn, Tags: []world.Tag{}}}
	w := e.World()
	if account := w.Account(a.Account.ID); account != nil {
		for _, r := range account.Roles {
			if r.ARN(account) == role {
				samples = append(samples, access.Resource{ARN: arn, Tags: slices.Clone(r.Tags)})
			}
		}
		for _, node := range account.Nodes {
			samples = append(samples, access.Resource{ARN: node.ARN(account), Tags: node.Tags})
		}
	}
	return samples
}
