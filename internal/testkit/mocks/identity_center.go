package mocks

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// IdentityCenter makes an instance of IAM Identity Center answer, and its identity store with one user and one group,
// whatever their ids.
func IdentityCenter(instance, store, user, group string) Option {
	return func(s *setup) {
		if s.answers == nil {
			s.answers = map[string]resource.PropertyMap{}
		}
		list := func(v string) resource.PropertyValue {
			return resource.NewProperty([]resource.PropertyValue{resource.NewProperty(v)})
		}
		s.answers["aws:ssoadmin/getInstances:getInstances"] = resource.PropertyMap{
			"id": resource.NewProperty(s.region), "arns": list(instance), "identityStoreIds": list(store),
		}
		s.answers["aws:identitystore/getUser:getUser"] = properties(
			map[string]string{"userName": user, "identityStoreId": store},
		)
		s.answers["aws:identitystore/getGroup:getGroup"] = properties(
			map[string]string{"displayName": group, "identityStoreId": store},
		)
	}
}
