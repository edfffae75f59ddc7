package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
)

// inlinePolicy is the type of an inline policy of a user, a group or a role. The owner's property is named like its
// kind.
func inlinePolicy(kind iam.Kind) *resourceType {
	owner := ownerKey(kind)
	what := "IAM " + string(kind)
	// The real provider looks at the names of a role's policies alone; those of users and groups are refused by AWS.
	roleOnly := func(rules ...rule) []rule {
		if kind == iam.KindRole {
			return rules
		}
		return nil
	}
	put := func(ctx context.Context, s *session, in values) error {
		err := s.iam().PutPolicy(ctx, kind, in.text(owner), in.text("name"), in.text("policy"))
		return doing(err, "putting %s (%s) Policy (%s)", what, in.text(owner), in.text("name"))
	}
	return &resourceType{
		token: token("iam", strings.ToLower(string(kind))+"Policy"),
		schema: schema{
			owner:        in(textKind).must().replace().checked(roleOnly(length(1, 128), noARN)...),
			"name":       in(textKind).named(128).replace().checked(roleOnly(nameRules(128)...)...),
			"namePrefix": in(textKind).known().replace().notModelled("use name"),
			"policy":     in(policyKind).must(),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			if err := put(ctx, s, in); err != nil {
				return "", err
			}
			return in.text(owner) + ":" + in.text("name"), nil
		},
		read: func(ctx context.Context, s *session, id string, state values) (values, error) {
			return readInlinePolicy(ctx, s, kind, id, state)
		},
		update: func(ctx context.Context, s *session, _ string, _, in values, _ difference) error {
			return put(ctx, s, in)
		},
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			name, policyName, err := inlinePolicyOf(kind, id)
			if err != nil {
				return err
			}
			err = s.iam().DeleteInlinePolicy(ctx, kind, name, policyName)
			return doing(ignore(err, "NoSuchEntity"), "deleting %s Policy (%s)", what, id)
		},
		adopt: byID,
	}
}

// inlinePolicyOf splits the id of an inline policy.
func inlinePolicyOf(kind iam.Kind, id string) (owner, name string, err error) {
	owner, name, ok := strings.Cut(id, ":")
	if !ok {
		return "", "", unexpectedID(id, "<"+string(ownerKey(kind))+" name>:<policy name>")
	}
	return owner, name, nil
}

func readInlinePolicy(ctx context.Context, s *session, kind iam.Kind, id string, state values) (values, error) {
	owner, name, err := inlinePolicyOf(kind, id)
	if err != nil {
		return nil, err
	}
	document, err := s.iam().GetInlinePolicy(ctx, kind, owner, name)
	if api.Is(err, "NoSuchEntity") {
		return nil, nil
	}
	if err != nil {
		return nil, doing(err, "reading IAM %s Policy (%s)", kind, id)
	}
	return values{
		ownerKey(kind): text(
			owner,
		),
		"name":       text(name),
		"namePrefix": text(""),
		"policy":     policyToSet(state.text("policy"), document),
	}, nil
}

// policyAttachment is the type of the attachment of a managed policy to a user, a group or a role. Old and new cannot
// exist at once: deleting the old one would detach what the new one attached.
func policyAttachment(kind iam.Kind) *resourceType {
	owner := ownerKey(kind)
	what := "IAM " + string(kind)
	return &resourceType{
		token:               token("iam", strings.ToLower(string(kind))+"PolicyAttachment"),
		deleteBeforeReplace: true,
		schema: schema{
			owner:       in(textKind).must().replace(),
			"policyArn": in(textKind).must().replace().checked(anARN),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			name, arn := in.text(owner), in.text("policyArn")
			if err := s.iam().AttachPolicy(ctx, kind, name, arn); err != nil {
				return "", doing(err, "attaching IAM Policy (%s) to %s (%s)", arn, what, name)
			}
			return madeUpID(name+"-", name, arn), nil
		},
		read: func(ctx context.Context, s *session, id string, state values) (values, error) {
			attached, err := s.iam().ListAttachedPolicies(ctx, kind, state.text(owner))
			if api.Is(err, "NoSuchEntity") || err == nil && !slices.Contains(attached, state.text("policyArn")) {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading %s Policy Attachment (%s)", what, id)
			}
			return values{owner: state[owner], "policyArn": state["policyArn"]}, nil
		},
		update: nothingToUpdate,
		remove: func(ctx context.Context, s *session, _ string, state values) error {
			err := s.iam().DetachPolicy(ctx, kind, state.text(owner), state.text("policyArn"))
			return doing(
				ignore(err, "NoSuchEntity"),
				"detaching IAM Policy (%s) from %s (%s)",
				state.text("policyArn"),
				what,
				state.text(owner),
			)
		},
		adopt: func(id string) (values, string, error) {
			name, arn, ok := strings.Cut(id, "/")
			if !ok || !strings.HasPrefix(arn, "arn:") {
				return nil, "", unexpectedID(id, "<"+string(owner)+"-name>/<policy_arn>")
			}
			return values{owner: text(name), "policyArn": text(arn)}, name + "-" + arn, nil
		},
	}
}

// policiesExclusive is the type that removes every inline policy that it does not name. Deleting it changes nothing
// in AWS.
func policiesExclusive(kind iam.Kind) *resourceType {
	return exclusive(kind, strings.ToLower(string(kind))+"PoliciesExclusive", "policyNames",
		func(ctx context.Context, s *session, name string) ([]string, error) {
			return s.iam().ListInlinePolicies(ctx, kind, name)
		},
		// The real provider puts an inline policy without a document where one that it names does not exist.
		func(ctx context.Context, s *session, name, item string) error {
			return s.iam().PutPolicy(ctx, kind, name, item, "")
		},
		func(ctx context.Context, s *session, name, item string) error {
			return s.iam().DeleteInlinePolicy(ctx, kind, name, item)
		})
}

// attachmentsExclusive is the type that detaches every managed policy that it does not name, and attaches those that
// it names. Deleting it changes nothing in AWS.
func attachmentsExclusive(kind iam.Kind) *resourceType {
	return exclusive(kind, strings.ToLower(string(kind))+"PolicyAttachmentsExclusive", "policyArns",
		func(ctx context.Context, s *session, name string) ([]string, error) {
			return s.iam().ListAttachedPolicies(ctx, kind, name)
		},
		func(ctx context.Context, s *session, name, item string) error {
			return s.iam().AttachPolicy(ctx, kind, name, item)
		},
		func(ctx context.Context, s *session, name, item string) error {
			return s.iam().DetachPolicy(ctx, kind, name, item)
		})
}

func exclusive(
	kind iam.Kind,
	what string,
	items resource.PropertyKey,
	list func(context.Context, *session, string) ([]string, error),
	add, drop func(context.Context, *session, string, string) error,
) *resourceType {
	owner := ownerKey(kind) + "Name"
	sync := func(ctx context.Context, s *session, in values) error {
		name := in.text(owner)
		have, err := list(ctx, s, name)
		if err != nil {
			return err
		}
		for _, item := range minus(in.texts(items), have) {
			if err := add(ctx, s, name, item); err != nil {
				return err
			}
		}
		for _, item := range minus(have, in.texts(items)) {
			if err := drop(ctx, s, name, item); err != nil {
				return err
			}
		}
		return nil
	}
	return &resourceType{
		token:  token("iam", what),
		schema: schema{owner: in(textKind).must().replace(), items: in(textSetKind).must()},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			if err := sync(ctx, s, in); err != nil {
				return "", doing(err, "creating IAM %s (%s)", what, in.text(owner))
			}
			return in.text(owner), nil
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			have, err := list(ctx, s, id)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading IAM %s (%s)", what, id)
			}
			return values{owner: text(id), items: texts(have)}, nil
		},
		update: func(ctx context.Context, s *session, id string, _, in values, _ difference) error {
			return doing(sync(ctx, s, in), "updating IAM %s (%s)", what, id)
		},
		remove: func(context.Context, *session, string, values) error { return nil },
		adopt:  byID,
	}
}

func ownerKey(kind iam.Kind) resource.PropertyKey {
	return resource.PropertyKey(strings.ToLower(string(kind)))
}

func nothingToUpdate(context.Context, *session, string, values, values, difference) error { return nil }
