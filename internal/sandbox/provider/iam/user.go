package iam

import (
	"context"
	"strings"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

func userType() *resources.Type {
	return &resources.Type{
		Token: token.IAMUser,
		Schema: schema.Schema{
			"arn":                 schema.Out(schema.TextKind),
			"forceDestroy":        schema.In(schema.FlagKind).Or(schema.Flag(false)),
			"name":                schema.In(schema.TextKind).Named(64).Checked(schema.PrincipalName),
			"path":                schema.In(schema.TextKind).Or(schema.Text("/")),
			"permissionsBoundary": schema.In(schema.TextKind).Checked(schema.Length(0, 2048)),
			"uniqueId":            schema.Out(schema.TextKind),
		}.Tagged(),
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			user, err := s.IAM().CreateUser(ctx, iam.NewUser{
				Name: in.Text(
					"name",
				),
				Path:     in.Text("path"),
				Boundary: in.Text("permissionsBoundary"),
				Tags:     in.TextMap("tagsAll"),
			})
			return user.Name, resources.Doing(err, "creating IAM User (%s)", in.Text("name"))
		},
		Read: func(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
			user, err := s.IAM().GetUser(ctx, id)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading IAM User (%s)", id)
			}
			return schema.Values{
				"arn": schema.Text(
					s.IAM().UserARN(user),
				),
				"name":                schema.Text(user.Name),
				"path":                schema.Text(user.Path),
				"uniqueId":            schema.Text(user.ID),
				"permissionsBoundary": schema.Optional(user.Boundary),
			}.And(s.ReadTags(user.Tags, state)), nil
		},
		Update:  updateUser,
		Renamed: func(in schema.Values) string { return in.Text("name") },
		Remove:  removeUser,
		Adopt:   resources.ByID,
	}
}

func updateUser(
	ctx context.Context,
	s *resources.Session,
	id string,
	state, in schema.Values,
	d schema.Difference,
) error {
	if d.HasAny("name", "path") {
		if err := s.IAM().UpdateUser(ctx, state.Text("name"), in.Text("name"), in.Text("path")); err != nil {
			return resources.Doing(err, "updating IAM User (%s)", id)
		}
		id = in.Text("name")
	}
	if d.Has("permissionsBoundary") {
		if err := s.IAM().PutUserPermissionsBoundary(ctx, id, in.Text("permissionsBoundary")); err != nil {
			return resources.Doing(err, "setting IAM User (%s) permissions boundary", id)
		}
	}
	if d.Has("tagsAll") {
		err := resources.Retag(state, in,
			func(tags map[string]string) error { return s.IAM().TagUser(ctx, id, tags) },
			func(keys []string) error { return s.IAM().UntagUser(ctx, id, keys) })
		return resources.Doing(err, "updating tags for IAM User (%s)", id)
	}
	return nil
}

// removeUser ends the memberships of a user, with forceDestroy also takes away what the person made, and deletes the
// user, in the order of the real provider. What is gone already is no error.
func removeUser(ctx context.Context, s *resources.Session, id string, state schema.Values) error {
	groups, err := s.IAM().ListGroupsForUser(ctx, id)
	if ignoreErr := resources.Ignore(err, "NoSuchEntity"); ignoreErr != nil {
		return resources.Doing(
			ignoreErr,
			"removing IAM User (%s) group memberships: listing IAM User (%s) groups",
			id,
			id,
		)
	}
	for _, group := range groups {
		if err := resources.Ignore(s.IAM().RemoveUserFromGroup(ctx, group, id), "NoSuchEntity"); err != nil {
			return resources.Doing(err, "removing IAM User (%s) group memberships", id)
		}
	}
	if state.Flag("forceDestroy") {
		if err := stripUser(ctx, s, id); err != nil {
			return err
		}
	}
	return resources.Doing(resources.Ignore(s.IAM().DeleteUser(ctx, id), "NoSuchEntity"), "deleting IAM User (%s)", id)
}

func stripUser(ctx context.Context, s *resources.Session, name string) error {
	admin := s.IAM()
	// all lists and drops what it lists.
	all := func(what string, list func() ([]string, error), drop func(string) error) error {
		found, err := list()
		for i := 0; err == nil && i < len(found); i++ {
			err = drop(found[i])
		}
		return resources.Doing(resources.Ignore(err, "NoSuchEntity"), "removing IAM User (%s) %s", name, what)
	}
	credentials := func(what string, kind iam.Credential) error {
		return all(what, func() ([]string, error) { return admin.ListCredentials(ctx, kind, name) },
			func(id string) error { return admin.DeleteCredential(ctx, kind, name, id) })
	}
	for _, step := range []func() error{
		func() error {
			return all("policies", func() ([]string, error) { return admin.ListInlinePolicies(ctx, iam.KindUser, name) },
				func(item string) error { return admin.DeleteInlinePolicy(ctx, iam.KindUser, name, item) })
		},
		func() error {
			return all("attached policies", func() ([]string, error) { return admin.ListAttachedPolicies(ctx, iam.KindUser, name) },
				func(arn string) error { return admin.DetachPolicy(ctx, iam.KindUser, name, arn) })
		},
		func() error {
			return all("access keys", func() ([]string, error) { return admin.ListAccessKeys(ctx, name) },
				func(id string) error { return admin.DeleteAccessKey(ctx, name, id) })
		},
		func() error { return credentials("access keys", iam.SSHPublicKey) },
		func() error { return stripVirtualDevices(ctx, s, name) },
		func() error {
			return all("MFA devices", func() ([]string, error) { return admin.ListMFADevices(ctx, name) },
				func(serial string) error { return admin.DeactivateMFADevice(ctx, name, serial) })
		},
		func() error {
			return resources.Doing(resources.Ignore(admin.DeleteLoginProfile(ctx, name), "NoSuchEntity"), "removing IAM User (%s) login profile", name)
		},
		func() error { return credentials("signing certificate", iam.SigningCertificate) },
		func() error { return credentials("Service Specific Credentials", iam.ServiceSpecificCredential) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// stripVirtualDevices deactivates and deletes the virtual devices of a user, which the real provider finds among
// those of the whole account.
func stripVirtualDevices(ctx context.Context, s *resources.Session, name string) error {
	serials, err := s.IAM().ListVirtualMFADevices(ctx)
	if err != nil {
		return resources.Doing(err, "removing IAM User (%s) Virtual MFA devices", name)
	}
	for _, serial := range serials[name] {
		err := s.IAM().DeactivateMFADevice(ctx, name, serial)
		if err == nil {
			err = s.IAM().DeleteVirtualMFADevice(ctx, serial)
		}
		if ignoreErr := resources.Ignore(err, "NoSuchEntity"); ignoreErr != nil {
			return resources.Doing(ignoreErr, "removing IAM User (%s) Virtual MFA devices: %s", name, serial)
		}
	}
	return nil
}

func membershipType() *resources.Type {
	return &resources.Type{
		Token: token.IAMUserGroupMembership,
		Schema: schema.Schema{
			"groups": schema.In(schema.TextSetKind).Must(),
			"user":   schema.In(schema.TextKind).Must().Replace(),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			if err := joinGroups(ctx, s, in.Text("user"), in.Texts("groups")); err != nil {
				return "", resources.Doing(err, "assigning IAM User Group Membership (%s)", in.Text("user"))
			}
			return resources.MadeUpID("terraform-", in.Text("user"), strings.Join(in.Texts("groups"), "/")), nil
		},
		Read: func(ctx context.Context, s *resources.Session, _ string, state schema.Values) (schema.Values, error) {
			user := state.Text("user")
			groups, err := s.IAM().ListGroupsForUser(ctx, user)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading IAM User Group Membership (%s)", user)
			}
			return schema.Values{
				"user":   schema.Text(user),
				"groups": schema.Texts(schema.Intersection(groups, state.Texts("groups"))),
			}, nil
		},
		Update: func(ctx context.Context, s *resources.Session, _ string, state, in schema.Values, _ schema.Difference) error {
			user := in.Text("user")
			for _, group := range schema.Minus(state.Texts("groups"), in.Texts("groups")) {
				if err := leaveGroup(ctx, s, user, group); err != nil {
					return resources.Doing(err, "updating IAM User Group Membership (%s)", user)
				}
			}
			return resources.Doing(
				joinGroups(ctx, s, user, schema.Minus(in.Texts("groups"), state.Texts("groups"))),
				"updating IAM User Group Membership (%s)",
				user,
			)
		},
		Remove: func(ctx context.Context, s *resources.Session, _ string, state schema.Values) error {
			for _, group := range state.Texts("groups") {
				if err := leaveGroup(ctx, s, state.Text("user"), group); err != nil {
					return resources.Doing(err, "deleting IAM User Group Membership (%s)", state.Text("user"))
				}
			}
			return nil
		},
		Adopt: func(id string) (schema.Values, string, error) {
			parts := strings.Split(id, "/")
			if len(parts) < 2 {
				return nil, "", resources.UnexpectedID(id, "<user-name>/<group-name1>/...")
			}
			return schema.Values{
					"user":   schema.Text(parts[0]),
					"groups": schema.Texts(parts[1:]),
				}, resources.MadeUpID(
					"terraform-",
					parts[0],
					strings.Join(parts[1:], "/"),
				), nil
		},
	}
}

func joinGroups(ctx context.Context, s *resources.Session, user string, groups []string) error {
	for _, group := range groups {
		if err := s.IAM().AddUserToGroup(ctx, group, user); err != nil {
			return resources.Doing(err, "adding User (%s) to Group (%s)", user, group)
		}
	}
	return nil
}

func leaveGroup(ctx context.Context, s *resources.Session, user, group string) error {
	return resources.Doing(
		resources.Ignore(s.IAM().RemoveUserFromGroup(ctx, group, user), "NoSuchEntity"),
		"removing IAM User (%s) from group (%s)",
		user,
		group,
	)
}
