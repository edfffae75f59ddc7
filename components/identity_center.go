package components

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/identitystore"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/policy"
)

// IdentityCenter is the instance of IAM Identity Center that a component works in, and the people and groups of its identity store that the stack
// names. The account of the component manages it, in the Region of its provider.
type IdentityCenter struct {
	// Instance is the ARN of the instance (arn:aws:sso:::instance/ssoins-...). Required.
	Instance string
	// IdentityStore is the id of its identity store (d-...). Required.
	IdentityStore string
	// Region is where the instance is. Required: it is in the ARNs of the roles that permission sets become.
	Region string
	// Users and Groups are ids of the identity store by user name and by display name. People and groups are made elsewhere.
	Users, Groups map[string]string
}

var (
	// Source: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html, InstanceArn.
	instanceID = regexp.MustCompile(`^instance/(sso)?ins-[a-zA-Z0-9-.]{16}$`)
	// Source: https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeUser.html, IdentityStoreId and UserId.
	identityStoreID = regexp.MustCompile(`^d-[0-9a-f]{10}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	principalID     = regexp.MustCompile(`^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$`)
)

// validate reports problems under the section "identityCenter".
func (c IdentityCenter) validate(p *Problems, account Account) {
	arn, err := policy.ParseARN(c.Instance)
	switch {
	case err != nil || arn.Service != "sso" || arn.Region != "" || arn.Account != "" || !instanceID.MatchString(arn.Resource):
		p.add("instance", c.Instance, "is not the ARN of an instance of IAM Identity Center", `write it as "aws sso-admin list-instances" prints it, such as arn:aws:sso:::instance/ssoins-1234567890abcdef`)
	case arn.Partition != account.Partition:
		p.add("instance", c.Instance, "is of partition "+string(arn.Partition)+", and the account is of "+string(account.Partition), "write the instance of this organization")
	}
	if !identityStoreID.MatchString(c.IdentityStore) {
		p.add("identityStore", c.IdentityStore, "is not the id of an identity store", `write it as "aws sso-admin list-instances" prints it, such as d-1234567890`)
	}
	c.validateNames(p, "users", c.Users)
	c.validateNames(p, "groups", c.Groups)
}

func (c IdentityCenter) validateNames(p *Problems, list string, ids map[string]string) {
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		path := keyed(list, name)
		switch id := ids[name]; {
		case !principalID.MatchString(id):
			p.add(path, id, "is not the id of a user or group of the identity store", "write the id that the console shows, such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
		case first[id] != "":
			p.add(path, id, "is the id of "+strconv.Quote(first[id])+" too", "write the id of each")
		default:
			first[id] = name
		}
	}
}

// lookUp holds the instance against the one of the credentials' account and Region.
func (c IdentityCenter) lookUp(ctx *pulumi.Context, opts []pulumi.ResourceOption) error {
	invoke, err := invokeOptions(opts)
	if err != nil {
		return err
	}
	found, err := ssoadmin.GetInstances(ctx, invoke...)
	if err != nil {
		return fmt.Errorf("look up the instance of IAM Identity Center: %w", err)
	}
	at := slices.Index(found.Arns, c.Instance)
	switch {
	case at < 0 && len(found.Arns) == 0:
		return &Problem{Path: "identityCenter.instance", Value: c.Instance, Why: "is not managed by this account in " + c.Region,
			Fix: "deploy this stack with the account and the Region of the instance, or delegate its administration to this account"}
	case at < 0:
		return &Problem{Path: "identityCenter.instance", Value: c.Instance, Why: "is not the instance of this account", Fix: "write " + found.Arns[0]}
	case at < len(found.IdentityStoreIds) && found.IdentityStoreIds[at] != c.IdentityStore:
		return &Problem{Path: "identityCenter.identityStore", Value: c.IdentityStore, Why: "is not the identity store of the instance", Fix: "write " + found.IdentityStoreIds[at]}
	}
	return nil
}

// lookUpPrincipal refuses an id that belongs to somebody else than the name says: an assignment would open a door for a stranger.
func (c IdentityCenter) lookUpPrincipal(ctx *pulumi.Context, user, group string, opts []pulumi.ResourceOption) error {
	invoke, err := invokeOptions(opts)
	if err != nil {
		return err
	}
	list, name, id := "users", user, c.Users[user]
	found := ""
	if group != "" {
		list, name, id = "groups", group, c.Groups[group]
		result, lookup := identitystore.LookupGroup(ctx, &identitystore.LookupGroupArgs{IdentityStoreId: c.IdentityStore, GroupId: &id}, invoke...)
		if err = lookup; err == nil {
			found = result.DisplayName
		}
	} else {
		result, lookup := identitystore.LookupUser(ctx, &identitystore.LookupUserArgs{IdentityStoreId: c.IdentityStore, UserId: &id}, invoke...)
		if err = lookup; err == nil {
			found = result.UserName
		}
	}
	path := keyed("identityCenter."+list, name)
	switch {
	case err != nil:
		return fmt.Errorf("%s: look up %q in the identity store: %w", path, id, err)
	case found != name:
		return &Problem{Path: path, Value: id, Why: "is the id of " + strconv.Quote(found), Fix: "write the id of " + strconv.Quote(name) + ", or its name as the identity store has it"}
	}
	return nil
}

// invokeOptions make a function of the provider run where a component's children would.
func invokeOptions(opts []pulumi.ResourceOption) ([]pulumi.InvokeOption, error) {
	given, err := pulumi.NewResourceOptions(opts...)
	if err != nil {
		return nil, err
	}
	var invoke []pulumi.InvokeOption
	if given.Parent != nil {
		invoke = append(invoke, pulumi.Parent(given.Parent))
	}
	for _, provider := range append(given.Providers, given.Provider) {
		if provider != nil {
			invoke = append(invoke, pulumi.Provider(provider))
		}
	}
	return invoke, nil
}
