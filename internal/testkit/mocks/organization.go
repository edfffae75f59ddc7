package mocks

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// Organization makes AWS Organizations answer: the id, the management account, and the policy types that are enabled.
func Organization(id, management string, policyTypes ...string) Option {
	return func(s *setup) {
		types := []resource.PropertyValue{}
		for _, t := range policyTypes {
			types = append(types, resource.NewProperty(t))
		}
		answer := properties(map[string]string{"id": id, "masterAccountId": management, "featureSet": "ALL"})
		answer["enabledPolicyTypes"] = resource.NewProperty(types)
		if s.answers == nil {
			s.answers = map[string]resource.PropertyMap{}
		}
		s.answers["aws:organizations/getOrganization:getOrganization"] = answer
	}
}
