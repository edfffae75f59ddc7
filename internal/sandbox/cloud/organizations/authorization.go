package organizations

import (
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// service is AWS Organizations as its calls are decided. Source of tagging: CreatePolicy in the Organizations API
// Reference.
func (t *State) service() api.Service {
	return api.Service{
		Name: "Organizations", Prefix: "organizations", Resources: t.resources, Keys: keysOf,
		Tagging: map[string]string{"CreatePolicy": "TagResource"},
		WithoutResource: []string{
			"DescribeOrganization",
			"ListAccounts",
			"ListRoots",
			"ListPolicies",
			"ListAWSServiceAccessForOrganization",
		},
	}
}

// keysOf are the condition keys of calls about policies.
func keysOf(operation, _ string) map[string][]string {
	if operation == "DescribeOrganization" ||
		strings.HasPrefix(operation, "List") && operation != "ListPoliciesForTarget" {
		return nil
	}
	return map[string][]string{"organizations:PolicyType": {ServiceControlPolicy}}
}

// resources are policies, and what they are attached to. A policy that does not exist yet has no id: AWS
// decides its making on every policy of the type.
func (t *State) resources(s api.Client, operation, subject string) ([]string, bool) {
	var org Organization
	s.World.Read(func() { org, _ = t.Organizations.Get("", Key) })
	arn := func(kind, rest string) string {
		return "arn:" + string(
			s.World.Partition(org.Management),
		) + ":organizations::" + org.Management + ":" + kind + "/" + org.ID + "/" + rest
	}
	policyARN := func(id string) string { return arn("policy", strings.ToLower(ServiceControlPolicy)+"/"+id) }
	target := func(id string) string {
		switch {
		case strings.HasPrefix(id, "r-"):
			return arn("root", id)
		case strings.HasPrefix(id, "ou-"):
			return arn("ou", id)
		}
		return arn("account", id)
	}
	switch operation {
	case "CreatePolicy":
		return []string{policyARN("*")}, true
	case "TagResource", "UntagResource", "ListTagsForResource", "DescribePolicy", "UpdatePolicy", "DeletePolicy":
		if !strings.HasPrefix(subject, "p-") {
			return []string{policyARN("*")}, true
		}
		return []string{policyARN(subject)}, true
	case "AttachPolicy", "DetachPolicy":
		targetID, id, _ := strings.Cut(subject, ":")
		return []string{policyARN(id), target(targetID)}, true
	case "ListTargetsForPolicy":
		return []string{policyARN(subject)}, true
	case "ListPoliciesForTarget", "ListAccountsForParent":
		return []string{target(subject)}, true
	}
	return nil, false
}
