package deployer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
)

// registered is a stack with what it registers.
type registered struct {
	*stack.Stack
	resources []program.Resource
	functions []string
	// anyUser stands for whoever joins and leaves.
	anyUser bool
}

// text is a text argument; empty when it is missing.
func text(r program.Resource, key resource.PropertyKey) string {
	if v := r.Inputs[key]; v.IsString() {
		return v.StringValue()
	}
	return ""
}

// texts is a list of texts; nil when the argument is missing.
func texts(r program.Resource, key resource.PropertyKey) []string {
	v := r.Inputs[key]
	if !v.IsArray() {
		return nil
	}
	var out []string
	for _, item := range v.ArrayValue() {
		if item.IsString() {
			out = append(out, item.StringValue())
		}
	}
	return out
}

func (s *registered) arn(service, region, account, rest string) string {
	return policy.ARN{
		Partition: s.Account.Partition,
		Service:   service,
		Region:    region,
		Account:   account,
		Resource:  rest,
	}.String()
}

// entity is what the stack may have under the path of something of it: everything under a path of its own, and the
// one name where the path is "/", which others share.
func (s *registered) entity(kind, path, name string) string {
	if path == "/" || path == "" {
		return s.arn("iam", "", s.Account.ID, kind+"/"+name)
	}
	return s.arn("iam", "", s.Account.ID, kind+path+"*")
}

func users(s *registered, r program.Resource) []string {
	if s.anyUser {
		return []string{s.arn("iam", "", s.Account.ID, "user/*")}
	}
	return []string{s.entity("user", text(r, "path"), cmp.Or(text(r, "name"), r.Name))}
}

func members(s *registered, r program.Resource) []string {
	return s.named(token.IAMUser, cmp.Or(text(r, "user"), text(r, "userName")), users)
}

func groups(s *registered, r program.Resource) []string {
	return []string{s.entity("group", text(r, "path"), cmp.Or(text(r, "name"), r.Name))}
}

func anyGroup(s *registered, _ program.Resource) []string {
	return []string{s.arn("iam", "", s.Account.ID, "group/*")}
}

func memberships(s *registered, r program.Resource) []string {
	var all []string
	for _, group := range texts(r, "groups") {
		all = append(all, s.named(token.IAMGroup, group, groups)...)
	}
	return all
}

func groupOwners(s *registered, r program.Resource) []string {
	return s.named(token.IAMGroup, cmp.Or(text(r, "group"), text(r, "groupName")), groups)
}

func groupOwnersWithPolicies(s *registered, r program.Resource) []string {
	if len(texts(r, "policyArns")) == 0 {
		return nil
	}
	return groupOwners(s, r)
}

func roles(s *registered, r program.Resource) []string {
	return []string{s.entity("role", text(r, "path"), cmp.Or(text(r, "name"), r.Name))}
}

// rolesWith are the roles of which the program sets an argument: what it does not set never changes.
func rolesWith(argument resource.PropertyKey) func(*registered, program.Resource) []string {
	return func(s *registered, r program.Resource) []string {
		if r.Inputs[argument].IsNull() {
			return nil
		}
		return roles(s, r)
	}
}

// usersWith are the users of which the program sets an argument.
func usersWith(argument resource.PropertyKey) func(*registered, program.Resource) []string {
	return func(s *registered, r program.Resource) []string {
		if r.Inputs[argument].IsNull() {
			return nil
		}
		return users(s, r)
	}
}

func roleOwners(s *registered, r program.Resource) []string {
	return s.named(token.IAMRole, cmp.Or(text(r, "role"), text(r, "roleName")), roles)
}

func roleOwnersWithPolicies(s *registered, r program.Resource) []string {
	if len(texts(r, "policyArns")) == 0 {
		return nil
	}
	return roleOwners(s, r)
}

func policies(s *registered, r program.Resource) []string {
	return []string{s.entity("policy", text(r, "path"), cmp.Or(text(r, "name"), r.Name))}
}

// named is what a resource of the type and name stands under. A name that the stack does not make is somebody else's,
// under "/" as far as is known.
func (s *registered) named(typ, name string, resourcesOf func(*registered, program.Resource) []string) []string {
	index := slices.IndexFunc(
		s.resources,
		func(r program.Resource) bool { return r.Type == typ && cmp.Or(text(r, "name"), r.Name) == name },
	)
	if index < 0 {
		kind := strings.ToLower(typ[strings.LastIndexByte(typ, ':')+1:])
		return []string{s.arn("iam", "", s.Account.ID, kind+"/"+name)}
	}
	return resourcesOf(s, s.resources[index])
}

func devices(s *registered, _ program.Resource) []string {
	return []string{s.arn("iam", "", s.Account.ID, "mfa/*")}
}

func documents(s *registered, r program.Resource) []string {
	return []string{s.arn("ssm", r.Region, s.Account.ID, "document/"+cmp.Or(text(r, "name"), r.Name))}
}

// preferences are the documents of the preferences in every Region of the stack.
func preferences(s *registered, _ program.Resource) []string {
	var all []string
	for _, r := range s.resources {
		if r.Type == token.SSMDocument {
			all = append(all, documents(s, r)...)
		}
	}
	return all
}

// tokenRole is the role of AWS that sessions of just-in-time access run as.
func tokenRole(s *registered, _ program.Resource) []string {
	return []string{s.arn("iam", "", s.Account.ID, "role/"+guardrail.TokenRoleName)}
}

func toJustInTimeAccess(*registered) policy.Condition {
	return policy.StringEquals("iam:PassedToService", "justintimeaccess.ssm.amazonaws.com")
}

// serviceControlPolicies have ids that AWS chooses. FullAWSAccess and other policies of AWS have other ARNs.
func serviceControlPolicies(s *registered, r program.Resource) []string {
	typ := strings.ToLower(cmp.Or(text(r, "type"), "SERVICE_CONTROL_POLICY"))
	return []string{s.organization("policy", typ+"/*")}
}

func (s *registered) organization(kind, rest string) string {
	return s.arn("organizations", "", s.Organization.Management, kind+"/"+s.Organization.ID+"/"+rest)
}

func targets(s *registered, r program.Resource) []string {
	id := text(r, "targetId")
	kind := "account"
	switch {
	case strings.HasPrefix(id, "r-"):
		kind = "root"
	case strings.HasPrefix(id, "ou-"):
		kind = "ou"
	}
	return []string{s.organization(kind, id)}
}

func policiesAndTargets(s *registered, r program.Resource) []string {
	return append(serviceControlPolicies(s, program.Resource{}), targets(s, r)...)
}

// anyParent are the root and the units of the organization.
func anyParent(s *registered, _ program.Resource) []string {
	return []string{s.organization("root", "*"), s.organization("ou", "*")}
}

// anyTarget are the root, the units and the accounts of the organization.
func anyTarget(s *registered, r program.Resource) []string {
	return append(anyParent(s, r), s.organization("account", "*"))
}

// ofAll is what all resources of a type stand under: for functions that are called for each of them.
func ofAll(
	typ string, resourcesOf func(*registered, program.Resource) []string,
) func(*registered, program.Resource) []string {
	return func(s *registered, _ program.Resource) []string {
		var all []string
		for _, r := range s.resources {
			if r.Type == typ {
				all = append(all, resourcesOf(s, r)...)
			}
		}
		return all
	}
}

// instances are instances of IAM Identity Center; "*" where AWS alone knows which.
func instances(_ *registered, r program.Resource) []string { return []string{text(r, "instanceArn")} }

func permissionSets(s *registered, r program.Resource) []string {
	instance := text(r, "instanceArn")
	return []string{
		instance,
		s.arn("sso", "", "", "permissionSet/"+instance[strings.LastIndexByte(instance, '/')+1:]+"/*"),
	}
}

func assignments(s *registered, r program.Resource) []string {
	account := cmp.Or(text(r, "targetId"), "*")
	return append(permissionSets(s, r), s.arn("sso", "", "", "account/"+account))
}

// inIdentityStore are the members of a kind and the store, which the account that made the instance owns.
func inIdentityStore(kind string) func(*registered, program.Resource) []string {
	return func(s *registered, _ program.Resource) []string {
		return []string{
			s.arn("identitystore", "", "*", "identitystore/"+s.IdentityCenter.IdentityStore),
			s.arn("identitystore", "", "", kind+"/*"),
		}
	}
}

// attachable holds attachments to the policies that the stack attaches: its own, by path, and the others by name.
func attachable(s *registered) policy.Condition {
	var arns []string
	add := func(arn string) {
		// What is attached is a policy of the stack by its name, or by what AWS answers when it is made.
		for _, r := range s.resources {
			named := s.arn(
				"iam",
				"",
				s.Account.ID,
				"policy"+cmp.Or(text(r, "path"), "/")+cmp.Or(text(r, "name"), r.Name),
			)
			if r.Type == token.IAMPolicy && (arn == named || arn == program.OutputOf(r.URN)) {
				arn = policies(s, r)[0]
				break
			}
		}
		if arn != "" {
			arns = append(arns, arn)
		}
	}
	for _, r := range s.resources {
		add(text(r, "policyArn"))
		for _, arn := range texts(r, "policyArns") {
			add(arn)
		}
	}
	slices.Sort(arns)
	return policy.ArnLike("iam:PolicyARN", slices.Compact(arns)...)
}

// bounds holds permissions boundaries to those that the stack sets.
func bounds(s *registered) policy.Condition {
	var arns []string
	for _, r := range s.resources {
		if arn := text(r, "permissionsBoundary"); arn != "" {
			arns = append(arns, arn)
		}
	}
	slices.Sort(arns)
	return policy.ArnLike("iam:PermissionsBoundary", slices.Compact(arns)...)
}
