package deployer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/policy"
)

// stack is a stack with what it registers.
type stack struct {
	*config.Stack
	resources []program.Resource
	functions []string
	// anyUser stands for whoever joins and leaves.
	anyUser bool
}

func (s *stack) arn(service, region, account, rest string) string {
	return policy.ARN{Partition: s.Account.Partition, Service: service, Region: region, Account: account, Resource: rest}.String()
}

// entity is what the stack may have under the path of something of it: everything under a path of its own, and the one name where the path is "/", which
// others share.
func (s *stack) entity(kind, path, name string) string {
	if path == "/" || path == "" {
		return s.arn("iam", "", s.Account.ID, kind+"/"+name)
	}
	return s.arn("iam", "", s.Account.ID, kind+path+"*")
}

func users(s *stack, r program.Resource) []string {
	if s.anyUser {
		return []string{s.arn("iam", "", s.Account.ID, "user/*")}
	}
	return []string{s.entity("user", r.Text("path"), cmp.Or(r.Text("name"), r.Name))}
}

func members(s *stack, r program.Resource) []string {
	return s.named("aws:iam/user:User", r.Text("user"), users)
}

func groups(s *stack, r program.Resource) []string {
	return []string{s.entity("group", r.Text("path"), cmp.Or(r.Text("name"), r.Name))}
}

func memberships(s *stack, r program.Resource) []string {
	var all []string
	for _, group := range r.Texts("groups") {
		all = append(all, s.named("aws:iam/group:Group", group, groups)...)
	}
	return all
}

func groupOwners(s *stack, r program.Resource) []string {
	return s.named("aws:iam/group:Group", cmp.Or(r.Text("group"), r.Text("groupName")), groups)
}

func groupOwnersWithPolicies(s *stack, r program.Resource) []string {
	if len(r.Texts("policyArns")) == 0 {
		return nil
	}
	return groupOwners(s, r)
}

func roles(s *stack, r program.Resource) []string {
	return []string{s.entity("role", r.Text("path"), cmp.Or(r.Text("name"), r.Name))}
}

// rolesWith are the roles of which the program sets an argument: what it does not set never changes.
func rolesWith(argument resource.PropertyKey) func(*stack, program.Resource) []string {
	return func(s *stack, r program.Resource) []string {
		if r.Inputs[argument].IsNull() {
			return nil
		}
		return roles(s, r)
	}
}

func roleOwners(s *stack, r program.Resource) []string {
	return s.named("aws:iam/role:Role", cmp.Or(r.Text("role"), r.Text("roleName")), roles)
}

func roleOwnersWithPolicies(s *stack, r program.Resource) []string {
	if len(r.Texts("policyArns")) == 0 {
		return nil
	}
	return roleOwners(s, r)
}

func policies(s *stack, r program.Resource) []string {
	return []string{s.entity("policy", r.Text("path"), cmp.Or(r.Text("name"), r.Name))}
}

// named is what a resource of the type and name stands under. A name that the stack does not make is somebody else's, under "/" as far as is known.
func (s *stack) named(typ, name string, on func(*stack, program.Resource) []string) []string {
	at := slices.IndexFunc(s.resources, func(r program.Resource) bool { return r.Type == typ && cmp.Or(r.Text("name"), r.Name) == name })
	if at < 0 {
		kind := strings.ToLower(typ[strings.LastIndexByte(typ, ':')+1:])
		return []string{s.arn("iam", "", s.Account.ID, kind+"/"+name)}
	}
	return on(s, s.resources[at])
}

func devices(s *stack, _ program.Resource) []string {
	return []string{s.arn("iam", "", s.Account.ID, "mfa/*")}
}

func documents(s *stack, r program.Resource) []string {
	return []string{s.arn("ssm", r.Region, s.Account.ID, "document/"+cmp.Or(r.Text("name"), r.Name))}
}

// serviceControlPolicies have ids that AWS chooses. FullAWSAccess and other policies of AWS have other ARNs.
func serviceControlPolicies(s *stack, r program.Resource) []string {
	typ := strings.ToLower(cmp.Or(r.Text("type"), "SERVICE_CONTROL_POLICY"))
	return []string{s.organization("policy", typ+"/*")}
}

func (s *stack) organization(kind, rest string) string {
	return s.arn("organizations", "", s.Organization.Management, kind+"/"+s.Organization.ID+"/"+rest)
}

func targets(s *stack, r program.Resource) []string {
	id := r.Text("targetId")
	kind := "account"
	switch {
	case strings.HasPrefix(id, "r-"):
		kind = "root"
	case strings.HasPrefix(id, "ou-"):
		kind = "ou"
	}
	return []string{s.organization(kind, id)}
}

func policiesAndTargets(s *stack, r program.Resource) []string {
	return append(serviceControlPolicies(s, program.Resource{}), targets(s, r)...)
}

// instances are instances of IAM Identity Center; "*" where AWS alone knows which.
func instances(_ *stack, r program.Resource) []string { return []string{r.Text("instanceArn")} }

func permissionSets(s *stack, r program.Resource) []string {
	instance := r.Text("instanceArn")
	return []string{instance, s.arn("sso", "", "", "permissionSet/"+instance[strings.LastIndexByte(instance, '/')+1:]+"/*")}
}

func assignments(s *stack, r program.Resource) []string {
	account := cmp.Or(r.Text("targetId"), "*")
	return append(permissionSets(s, r), s.arn("sso", "", "", "account/"+account))
}

func everything(*stack, program.Resource) []string { return []string{"*"} }

// attachable holds attachments to the policies that the stack attaches: its own, by path, and the others by name.
func attachable(s *stack) policy.Condition {
	var arns []string
	add := func(arn string) {
		for _, r := range s.resources {
			if r.Type == "aws:iam/policy:Policy" && s.arn("iam", "", s.Account.ID, "policy"+cmp.Or(r.Text("path"), "/")+cmp.Or(r.Text("name"), r.Name)) == arn {
				arn = policies(s, r)[0]
				break
			}
		}
		if arn != "" {
			arns = append(arns, arn)
		}
	}
	for _, r := range s.resources {
		add(r.Text("policyArn"))
		for _, arn := range r.Texts("policyArns") {
			add(arn)
		}
	}
	slices.Sort(arns)
	return policy.ArnLike("iam:PolicyARN", slices.Compact(arns)...)
}

// bounds holds permissions boundaries to those that the stack sets.
func bounds(s *stack) policy.Condition {
	var arns []string
	for _, r := range s.resources {
		if arn := r.Text("permissionsBoundary"); arn != "" {
			arns = append(arns, arn)
		}
	}
	slices.Sort(arns)
	return policy.ArnLike("iam:PermissionsBoundary", slices.Compact(arns)...)
}
