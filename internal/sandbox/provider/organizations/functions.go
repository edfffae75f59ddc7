package organizations

import (
	"context"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
	"aws-access-guardrails/policy"
)

// organization answers aws.organizations.getOrganization. Members other than the management account are not told the
// accounts, as in AWS.
func organization(ctx context.Context, s *resources.Session, _ schema.Values) (schema.Values, error) {
	org, parents, err := s.Organizations().Describe(ctx)
	if err != nil {
		return nil, resources.Doing(err, "reading Organizations Organization")
	}
	resourceARN := func(rest string) resource.PropertyValue {
		arn := policy.ARN{
			Partition: s.Cloud.Partition(org.Management),
			Service:   "organizations",
			Account:   org.Management,
			Resource:  rest,
		}
		return schema.Text(arn.String())
	}
	account := func(id string) schema.Values { return member(s, org, id) }
	master := account(org.Management)
	out := schema.Values{
		"arn": resourceARN(
			"organization/" + org.ID,
		),
		"featureSet":         schema.Text("ALL"),
		"id":                 schema.Text(org.ID),
		"masterAccountArn":   master["arn"],
		"masterAccountEmail": master["email"],
		"masterAccountId":    schema.Text(org.Management),
		"masterAccountName":  master["name"],
		"accounts": schema.Objects(
			nil,
		),
		"nonMasterAccounts":          schema.Objects(nil),
		"awsServiceAccessPrincipals": schema.Texts(nil),
		"enabledPolicyTypes":         schema.Texts(nil),
		"roots":                      schema.Objects(nil),
	}
	if s.Caller.Account != org.Management {
		return out, nil
	}
	if err := s.Organizations().
		Besides(ctx, org.ID, "ListAccounts", "ListRoots", "ListAWSServiceAccessForOrganization"); err != nil {
		return nil, resources.Doing(err, "reading Organization (%s)", org.ID)
	}
	var all, others, types []schema.Values
	for _, id := range slices.Sorted(maps.Keys(parents)) {
		all = append(all, account(id))
		if id != org.Management {
			others = append(others, account(id))
		}
	}
	for _, t := range org.PolicyTypes {
		types = append(types, schema.Values{"status": schema.Text("ENABLED"), "type": schema.Text(t)})
	}
	root := schema.Values{
		"arn":         resourceARN("root/" + org.ID + "/" + org.Root),
		"id":          schema.Text(org.Root),
		"name":        schema.Text("Root"),
		"policyTypes": schema.Objects(types),
	}
	return out.And(schema.Values{
		"accounts": schema.Objects(
			all,
		),
		"nonMasterAccounts":          schema.Objects(others),
		"awsServiceAccessPrincipals": schema.Texts(org.TrustedServices),
		"enabledPolicyTypes":         schema.Texts(org.PolicyTypes),
		"roots":                      schema.Objects([]schema.Values{root}),
	}), nil
}

// member is an account of the organization, as functions list it.
func member(s *resources.Session, org organizations.Organization, id string) schema.Values {
	arn := policy.ARN{
		Partition: s.Cloud.Partition(org.Management),
		Service:   "organizations",
		Account:   org.Management,
		Resource:  "account/" + org.ID + "/" + id,
	}
	return schema.Values{
		"arn":    schema.Text(arn.String()),
		"email":  schema.Text(id + "@example.com"),
		"id":     schema.Text(id),
		"name":   schema.Text(id),
		"status": schema.Text("ACTIVE"),
	}
}

// accountsOfUnit answers aws.organizations.getOrganizationalUnitChildAccounts: the accounts directly in a root or unit.
func accountsOfUnit(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	parent := args.Text("parentId")
	org, list, err := s.Organizations().ListAccountsForParent(ctx, parent)
	if err != nil {
		return nil, resources.Doing(err, "listing Organizations Accounts for parent (%s)", parent)
	}
	var accounts []schema.Values
	for _, id := range list {
		accounts = append(accounts, member(s, org, id))
	}
	return schema.Values{
		"id": schema.Text(parent), "parentId": args["parentId"], "accounts": schema.Objects(accounts),
	}, nil
}

// policies answers aws.organizations.getPolicies: the ids of a type.
func policies(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	list, err := s.Organizations().ListPolicies(ctx, args.Text("filter"))
	if err != nil {
		return nil, resources.Doing(err, "reading Organizations Policies")
	}
	return schema.Values{"filter": args["filter"], "ids": schema.Texts(list), "id": schema.Text(s.Caller.Account)}, nil
}

// policiesForTarget answers aws.organizations.getPoliciesForTarget: the ids of a type on a target.
func policiesForTarget(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	target := args.Text("targetId")
	list, err := s.Organizations().ListPoliciesForTarget(ctx, target)
	if err != nil {
		return nil, resources.Doing(
			err,
			"listing Organizations Policies (%s) for target (%s)",
			args.Text("filter"),
			target,
		)
	}
	return schema.Values{
		"filter":   args["filter"],
		"targetId": schema.Text(target),
		"ids":      schema.Texts(list),
		"id":       schema.Text(target),
	}, nil
}

// organizationPolicy answers aws.organizations.getPolicy.
func organizationPolicy(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	p, err := s.Organizations().DescribePolicy(ctx, args.Text("policyId"))
	if err != nil {
		return nil, resources.Doing(err, "reading Organizations Policy (%s)", args.Text("policyId"))
	}
	return schema.Values{
		"arn": schema.Text(
			p.ARN,
		),
		"awsManaged":  schema.Flag(p.AWSManaged),
		"content":     schema.Text(p.Content),
		"description": schema.Text(p.Description),
		"id":          schema.Text(p.ID),
		"name":        schema.Text(p.Name),
		"policyId":    schema.Text(p.ID),
		"type":        schema.Text(p.Type),
	}, nil
}
