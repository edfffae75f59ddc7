package provider

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/policy"
)

// organization answers aws.organizations.getOrganization. Members other than the management account are not told the
// accounts, as in AWS.
func organization(ctx context.Context, s *session, _ values) (values, error) {
	org, parents, err := s.organizations().Describe(ctx)
	if err != nil {
		return nil, doing(err, "reading Organizations Organization")
	}
	resourceARN := func(rest string) resource.PropertyValue {
		arn := policy.ARN{
			Partition: s.cloud.Partition(org.Management),
			Service:   "organizations",
			Account:   org.Management,
			Resource:  rest,
		}
		return text(arn.String())
	}
	account := func(id string) values {
		return values{
			"arn": resourceARN(
				"account/" + org.ID + "/" + id,
			),
			"email":  text(id + "@example.com"),
			"id":     text(id),
			"name":   text(id),
			"status": text("ACTIVE"),
		}
	}
	master := account(org.Management)
	out := values{
		"arn": resourceARN(
			"organization/" + org.ID,
		),
		"featureSet":         text("ALL"),
		"id":                 text(org.ID),
		"masterAccountArn":   master["arn"],
		"masterAccountEmail": master["email"],
		"masterAccountId":    text(org.Management),
		"masterAccountName":  master["name"],
		"accounts": objects(
			nil,
		),
		"nonMasterAccounts":          objects(nil),
		"awsServiceAccessPrincipals": texts(nil),
		"enabledPolicyTypes":         texts(nil),
		"roots":                      objects(nil),
	}
	if s.caller.Account != org.Management {
		return out, nil
	}
	if err := s.organizations().
		Besides(ctx, org.ID, "ListAccounts", "ListRoots", "ListAWSServiceAccessForOrganization"); err != nil {
		return nil, doing(err, "reading Organization (%s)", org.ID)
	}
	var all, others, types []values
	for _, id := range slices.Sorted(maps.Keys(parents)) {
		all = append(all, account(id))
		if id != org.Management {
			others = append(others, account(id))
		}
	}
	for _, t := range org.PolicyTypes {
		types = append(types, values{"status": text("ENABLED"), "type": text(t)})
	}
	root := values{
		"arn":         resourceARN("root/" + org.ID + "/" + org.Root),
		"id":          text(org.Root),
		"name":        text("Root"),
		"policyTypes": objects(types),
	}
	return out.and(values{
		"accounts": objects(
			all,
		),
		"nonMasterAccounts":          objects(others),
		"awsServiceAccessPrincipals": texts(org.TrustedServices),
		"enabledPolicyTypes":         texts(org.PolicyTypes),
		"roots":                      objects([]values{root}),
	}), nil
}

// policies answers aws.organizations.getPolicies: the ids of a type.
func policies(ctx context.Context, s *session, args values) (values, error) {
	list, err := s.organizations().ListPolicies(ctx, args.text("filter"))
	if err != nil {
		return nil, doing(err, "reading Organizations Policies")
	}
	return values{"filter": args["filter"], "ids": texts(list), "id": text(s.caller.Account)}, nil
}

// policiesForTarget answers aws.organizations.getPoliciesForTarget: the ids of a type on a target.
func policiesForTarget(ctx context.Context, s *session, args values) (values, error) {
	target := args.text("targetId")
	list, err := s.organizations().ListPoliciesForTarget(ctx, target)
	if err != nil {
		return nil, doing(err, "listing Organizations Policies (%s) for target (%s)", args.text("filter"), target)
	}
	return values{"filter": args["filter"], "targetId": text(target), "ids": texts(list), "id": text(target)}, nil
}

// organizationPolicy answers aws.organizations.getPolicy.
func organizationPolicy(ctx context.Context, s *session, args values) (values, error) {
	p, err := s.organizations().DescribePolicy(ctx, args.text("policyId"))
	if err != nil {
		return nil, doing(err, "reading Organizations Policy (%s)", args.text("policyId"))
	}
	return values{
		"arn": text(
			p.ARN,
		),
		"awsManaged":  flag(p.AWSManaged),
		"content":     text(p.Content),
		"description": text(p.Description),
		"id":          text(p.ID),
		"name":        text(p.Name),
		"policyId":    text(p.ID),
		"type":        text(p.Type),
	}, nil
}

// existingPermissionSet answers aws.ssoadmin.getPermissionSet for a name: the real provider looks at one after the
// other.
func existingPermissionSet(ctx context.Context, s *session, args values) (values, error) {
	instance, name := args.text("instanceArn"), args.text("name")
	list, err := s.sso().ListPermissionSets(ctx, instance)
	if err != nil {
		return nil, doing(err, "reading SSO Permission Sets")
	}
	for _, arn := range list {
		p, err := s.sso().DescribePermissionSet(ctx, instance, arn)
		if err != nil {
			return nil, doing(err, "reading SSO Permission Set (%s)", arn)
		}
		if p.Name != name {
			continue
		}
		if err := s.sso().Besides(ctx, arn, "ListTagsForResource"); err != nil {
			return nil, doing(err, "listing tags for SSO Permission Set (%s)", arn)
		}
		return values{
			"arn": text(
				p.ARN,
			),
			"createdDate": text(p.Created.Format(time.RFC3339)),
			"description": text(p.Description),
			"id":          text(p.ARN),
			"instanceArn": text(instance),
			"name": text(
				p.Name,
			),
			"relayState":      text(p.RelayState),
			"sessionDuration": text(p.SessionDuration),
			"tags":            textMap(p.Tags),
		}, nil
	}
	return nil, errors.New("reading SSO Permission Set: not found")
}

// instances answers aws.ssoadmin.getInstances.
func instances(ctx context.Context, s *session, _ values) (values, error) {
	list, err := s.sso().ListInstances(ctx)
	if err != nil {
		return nil, doing(err, "reading SSO Instances")
	}
	var arns, stores []string
	for _, i := range list {
		arns, stores = append(arns, i.ARN), append(stores, i.Store)
	}
	return values{"arns": texts(arns), "identityStoreIds": texts(stores), "id": text(s.caller.Region)}, nil
}

// principal answers aws.identitystore.getUser and getGroup for one unique attribute or an id.
func principal(
	operation string,
	idKey, nameKey resource.PropertyKey,
	attribute string,
	names func(ssoadmin.IdentityCenter) map[string]string,
) function {
	return function{
		arguments: []string{"alternateIdentifier", string(idKey), "identityStoreId"},
		answer: func(ctx context.Context, s *session, args values) (values, error) {
			store, id := args.text("identityStoreId"), args.text(idKey)
			if alternate := args["alternateIdentifier"]; alternate.IsObject() {
				unique := values(values(alternate.ObjectValue())["uniqueAttribute"].ObjectValue())
				if unique.text("attributePath") != attribute {
					return nil, errors.New("the sandbox knows the attribute " + attribute + " alone")
				}
				if ids := s.identityStore().IDs(store, unique.text("attributeValue"), names); len(ids) > 0 {
					id = ids[0]
				}
			}
			name, err := s.identityStore().Describe(ctx, operation, store, id, names)
			if err != nil {
				return nil, err
			}
			if name != "" {
				return values{
					"id":              text(id),
					idKey:             text(id),
					nameKey:           text(name),
					"displayName":     text(name),
					"identityStoreId": text(store),
				}, nil
			}
			return nil, errors.New("couldn't find resource")
		},
	}
}
