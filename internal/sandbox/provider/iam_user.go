package provider

import (
	"context"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
)

func iamUser() *resourceType {
	return &resourceType{
		token: "aws:iam/user:User",
		schema: schema{
			"arn":                 out(textKind),
			"forceDestroy":        in(flagKind).or(flag(false)),
			"name":                in(textKind).named(64).checked(principalName),
			"path":                in(textKind).or(text("/")),
			"permissionsBoundary": in(textKind).checked(length(0, 2048)),
			"uniqueId":            out(textKind),
		}.tagged(),
		create: func(ctx context.Context, s *session, in values) (string, error) {
			user, err := s.iam().CreateUser(ctx, iam.NewUser{
				Name: in.text(
					"name",
				),
				Path:     in.text("path"),
				Boundary: in.text("permissionsBoundary"),
				Tags:     in.textMap("tagsAll"),
			})
			return user.Name, doing(err, "creating IAM User (%s)", in.text("name"))
		},
		read: func(ctx context.Context, s *session, id string, state values) (values, error) {
			user, err := s.iam().GetUser(ctx, id)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading IAM User (%s)", id)
			}
			return values{
				"arn": text(
					s.iam().UserARN(user),
				),
				"name":                text(user.Name),
				"path":                text(user.Path),
				"uniqueId":            text(user.ID),
				"permissionsBoundary": optional(user.Boundary),
			}.and(s.readTags(user.Tags, state)), nil
		},
		update:  updateUser,
		renamed: func(in values) string { return in.text("name") },
		remove:  removeUser,
		adopt:   byID,
	}
}

func updateUser(ctx context.Context, s *session, id string, state, in values, d difference) error {
	if d.hasAny("name", "path") {
		if err := s.iam().UpdateUser(ctx, state.text("name"), in.text("name"), in.text("path")); err != nil {
			return doing(err, "updating IAM User (%s)", id)
		}
		id = in.text("name")
	}
	if d.has("permissionsBoundary") {
		if err := s.iam().PutUserPermissionsBoundary(ctx, id, in.text("permissionsBoundary")); err != nil {
			return doing(err, "setting IAM User (%s) permissions boundary", id)
		}
	}
	if d.has("tagsAll") {
		err := retag(state, in,
			func(tags map[string]string) error { return s.iam().TagUser(ctx, id, tags) },
			func(keys []string) error { return s.iam().UntagUser(ctx, id, keys) })
		return doing(err, "updating tags for IAM User (%s)", id)
	}
	return nil
}

// removeUser ends the memberships of a user, with forceDestroy also takes away what the person made, and deletes the
// user, in the order of the real provider. What is gone already is no error.
func removeUser(ctx context.Context, s *session, id string, state values) error {
	groups, err := s.iam().ListGroupsForUser(ctx, id)
	if ignoreErr := ignore(err, "NoSuchEntity"); ignoreErr != nil {
		return doing(ignoreErr, "removing IAM User (%s) group memberships: listing IAM User (%s) groups", id, id)
	}
	for _, group := range groups {
		if err := ignore(s.iam().RemoveUserFromGroup(ctx, group, id), "NoSuchEntity"); err != nil {
			return doing(err, "removing IAM User (%s) group memberships", id)
		}
	}
	if state.flag("forceDestroy") {
		if err := stripUser(ctx, s, id); err != nil {
			return err
		}
	}
	return doing(ignore(s.iam().DeleteUser(ctx, id), "NoSuchEntity"), "deleting IAM User (%s)", id)
}

func stripUser(ctx context.Context, s *session, name string) error {
	admin := s.iam()
	// all lists and drops what it lists.
	all := func(what string, list func() ([]string, error), drop func(string) error) error {
		found, err := list()
		for i := 0; err == nil && i < len(found); i++ {
			err = drop(found[i])
		}
		return doing(ignore(err, "NoSuchEntity"), "removing IAM User (%s) %s", name, what)
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
			return doing(ignore(admin.DeleteLoginProfile(ctx, name), "NoSuchEntity"), "removing IAM User (%s) login profile", name)
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
func stripVirtualDevices(ctx context.Context, s *session, name string) error {
	serials, err := s.iam().ListVirtualMFADevices(ctx)
	if err != nil {
		return doing(err, "removing IAM User (%s) Virtual MFA devices", name)
	}
	for _, serial := range serials[name] {
		err := s.iam().DeactivateMFADevice(ctx, name, serial)
		if err == nil {
			err = s.iam().DeleteVirtualMFADevice(ctx, serial)
		}
		if ignoreErr := ignore(err, "NoSuchEntity"); ignoreErr != nil {
			return doing(ignoreErr, "removing IAM User (%s) Virtual MFA devices: %s", name, serial)
		}
	}
	return nil
}

func iamUserGroupMembership() *resourceType {
	return &resourceType{
		token: "aws:iam/userGroupMembership:UserGroupMembership",
		schema: schema{
			"groups": in(textSetKind).must(),
			"user":   in(textKind).must().replace(),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			if err := joinGroups(ctx, s, in.text("user"), in.texts("groups")); err != nil {
				return "", doing(err, "assigning IAM User Group Membership (%s)", in.text("user"))
			}
			return madeUpID("terraform-", in.text("user"), strings.Join(in.texts("groups"), "/")), nil
		},
		read: func(ctx context.Context, s *session, _ string, state values) (values, error) {
			user := state.text("user")
			groups, err := s.iam().ListGroupsForUser(ctx, user)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading IAM User Group Membership (%s)", user)
			}
			return values{"user": text(user), "groups": texts(intersection(groups, state.texts("groups")))}, nil
		},
		update: func(ctx context.Context, s *session, _ string, state, in values, _ difference) error {
			user := in.text("user")
			for _, group := range minus(state.texts("groups"), in.texts("groups")) {
				if err := leaveGroup(ctx, s, user, group); err != nil {
					return doing(err, "updating IAM User Group Membership (%s)", user)
				}
			}
			return doing(
				joinGroups(ctx, s, user, minus(in.texts("groups"), state.texts("groups"))),
				"updating IAM User Group Membership (%s)",
				user,
			)
		},
		remove: func(ctx context.Context, s *session, _ string, state values) error {
			for _, group := range state.texts("groups") {
				if err := leaveGroup(ctx, s, state.text("user"), group); err != nil {
					return doing(err, "deleting IAM User Group Membership (%s)", state.text("user"))
				}
			}
			return nil
		},
		adopt: func(id string) (values, string, error) {
			parts := strings.Split(id, "/")
			if len(parts) < 2 {
				return nil, "", unexpectedID(id, "<user-name>/<group-name1>/...")
			}
			return values{
					"user":   text(parts[0]),
					"groups": texts(parts[1:]),
				}, madeUpID(
					"terraform-",
					parts[0],
					strings.Join(parts[1:], "/"),
				), nil
		},
	}
}

func joinGroups(ctx context.Context, s *session, user string, groups []string) error {
	for _, group := range groups {
		if err := s.iam().AddUserToGroup(ctx, group, user); err != nil {
			return doing(err, "adding User (%s) to Group (%s)", user, group)
		}
	}
	return nil
}

func leaveGroup(ctx context.Context, s *session, user, group string) error {
	return doing(
		ignore(s.iam().RemoveUserFromGroup(ctx, group, user), "NoSuchEntity"),
		"removing IAM User (%s) from group (%s)",
		user,
		group,
	)
}
