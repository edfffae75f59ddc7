package scp

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// organizationsRegion is where AWS Organizations answers in a partition.
// Source: https://docs.aws.amazon.com/general/latest/gr/ao.html and its counterparts for China and GovCloud (US).
var organizationsRegion = map[policy.Partition]string{
	policy.AWS:      "us-east-1",
	policy.AWSChina: "cn-northwest-1",
	policy.AWSUSGov: "us-gov-west-1",
	policy.AWSEUSC:  "eusc-de-east-1",
}

// UndoSheet says how every policy of the plan is detached without Pulumi, and by whom, since what deploys them may be
// what they lock out. The lines are for somebody signed in to the management account, where no service control policy
// applies. The ids of policies are looked up by name, so that the sheet is right before there are any.
func (a *Args) UndoSheet() string {
	plan, _ := a.Plan()
	region := organizationsRegion[a.partition()]
	var b strings.Builder
	fmt.Fprintf(
		&b,
		"To undo the service control policies of %s without Pulumi: somebody in the management account %s, where they do not apply, "+
			"with organizations:ListPolicies and organizations:DetachPolicy, runs\n",
		a.ID,
		a.Management,
	)
	fmt.Fprintf(&b, "aws sts get-caller-identity --query Account --output text # must print %s\n", a.Management)
	for _, target := range a.AllowList { // First: what allows is detached below.
		b.WriteString(a.fullAWSAccess("attach", target))
	}
	for i := len(plan.Policies) - 1; i >= 0; i-- {
		planned := plan.Policies[i]
		for _, target := range planned.Targets {
			fmt.Fprintf(
				&b,
				"aws organizations detach-policy --region %s --target-id %s --policy-id \"$(aws organizations list-policies --region %s "+
					"--filter SERVICE_CONTROL_POLICY --query \"Policies[?Name=='%s'].Id\" --output text)\"\n",
				region,
				target,
				region,
				planned.Name,
			)
		}
	}
	return b.String()
}

// fullAWSAccess is the line that attaches AWS's policy to a target or detaches it.
//
// Source: AWS Organizations User Guide, "Attaching and detaching SCPs"; the id is the same in every organization.
func (a *Args) fullAWSAccess(how, target string) string {
	return fmt.Sprintf(
		"aws organizations %s-policy --region %s --target-id %s --policy-id p-FullAWSAccess\n",
		how,
		organizationsRegion[a.partition()],
		target,
	)
}

// AllowListSheet says how FullAWSAccess is detached from the targets of AllowList: from the lowest up, once what takes
// its place is attached. Empty where there are none.
func (a *Args) AllowListSheet() string {
	if len(a.AllowList) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(
		"When this run has ended well, detach FullAWSAccess where the policies above allow what is needed: somebody in the management account " +
			a.Management + " runs, first for one account whose people can tell whether they still work,\n",
	)
	var ids []string
	a.Tree.walk(func(t target) {
		if slices.Contains(a.AllowList, t.id) {
			ids = append(ids, t.id)
		}
	})
	for _, id := range slices.Backward(ids) {
		b.WriteString(a.fullAWSAccess("detach", id))
	}
	return b.String()
}
