package iam

import (
	"context"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// inlinePolicyType is the type of an inline policy of a user, a group or a role. The owner's property is named like its
// kind.
func inlinePolicyType(kind iam.Kind) *resources.Type {
	owner := ownerKey(kind)
	what := "IAM " + string(kind)
	// The real provider looks at the names of a role's policies alone; those of users and groups are refused by AWS.
	roleOnly := func(rules ...schema.Rule) []schema.Rule {
		if kind == iam.KindRole {
			return rules
		}
		return nil
	}
	put := func(ctx context.Context, s *resources.Session, in schema.Values) error {
		err := s.IAM().PutPolicy(ctx, kind, in.Text(owner), in.Text("name"), in.Text("policy"))
		return resources.Doing(err, "putting %s (%s) Policy (%s)", what, in.Text(owner), in.Text("name"))
	}
	return &resources.Type{
		Token: resources.Token("iam", strings.ToLower(string(kind))+"Policy"),
		Schema: schema.Schema{
			owner: schema.In(schema.TextKind).
				Must().
				Replace().
				Checked(roleOnly(schema.Length(1, 128), schema.NoARN)...),
			"name": schema.In(schema.TextKind).
				Named(128).
				Replace().
				Checked(roleOnly(schema.NameRules(128)...)...),
			"namePrefix": schema.In(schema.TextKind).Known().Replace().NotModelled("use name"),
			"policy":     schema.In(schema.PolicyKind).Must(),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			if err := put(ctx, s, in); err != nil {
				return "", err
			}
			return in.Text(owner) + ":" + in.Text("name"), nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
			return readInlinePolicy(ctx, s, kind, id, state)
		},
		Update: func(ctx context.Context, s *resources.Session, _ string, _, in schema.Values, _ schema.Difference) error {
			return put(ctx, s, in)
		},
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			name, policyName, err := inlinePolicyOf(kind, id)
			if err != nil {
				return err
			}
			err = s.IAM().DeleteInlinePolicy(ctx, kind, name, policyName)
			return resources.Doing(resources.Ignore(err, "NoSuchEntity"), "deleting %s Policy (%s)", what, id)
		},
		Adopt: resources.ByID,
	}
}

// inlinePolicyOf splits the id of an inline policy.
func inlinePolicyOf(kind iam.Kind, id string) (owner, name string, err error) {
	owner, name, ok := strings.Cut(id, ":")
	if !ok {
		return "", "", resources.UnexpectedID(id, "<"+string(ownerKey(kind))+" name>:<policy name>")
	}
	return owner, name, nil
}

func readInlinePolicy(
	ctx context.Context,
	s *resources.Session,
	kind iam.Kind,
	id string,
	state schema.Values,
) (schema.Values, error) {
	owner, name, err := inlinePolicyOf(kind, id)
	if err != nil {
		return nil, err
	}
	document, err := s.IAM().GetInlinePolicy(ctx, kind, owner, name)
	if api.Is(err, "NoSuchEntity") {
		return nil, nil
	}
	if err != nil {
		return nil, resources.Doing(err, "reading IAM %s Policy (%s)", kind, id)
	}
	return schema.Values{
		ownerKey(kind): schema.Text(
			owner,
		),
		"name":       schema.Text(name),
		"namePrefix": schema.Text(""),
		"policy":     schema.PolicyToSet(state.Text("policy"), document),
	}, nil
}

// attachmentType is the type of the attachment of a managed policy to a user, a group or a role. Old and new cannot
// exist at once: deleting the old one would detach what the new one attached.
func attachmentType(kind iam.Kind) *resources.Type {
	owner := ownerKey(kind)
	what := "IAM " + string(kind)
	return &resources.Type{
		Token:               resources.Token("iam", strings.ToLower(string(kind))+"PolicyAttachment"),
		DeleteBeforeReplace: true,
		Schema: schema.Schema{
			owner:       schema.In(schema.TextKind).Must().Replace(),
			"policyArn": schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			name, arn := in.Text(owner), in.Text("policyArn")
			if err := s.IAM().AttachPolicy(ctx, kind, name, arn); err != nil {
				return "", resources.Doing(err, "attaching IAM Policy (%s) to %s (%s)", arn, what, name)
			}
			return resources.MadeUpID(name+"-", name, arn), nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
			attached, err := s.IAM().ListAttachedPolicies(ctx, kind, state.Text(owner))
			if api.Is(err, "NoSuchEntity") || err == nil && !slices.Contains(attached, state.Text("policyArn")) {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading %s Policy Attachment (%s)", what, id)
			}
			return schema.Values{owner: state[owner], "policyArn": state["policyArn"]}, nil
		},
		Update: resources.NothingToUpdate,
		Remove: func(ctx context.Context, s *resources.Session, _ string, state schema.Values) error {
			err := s.IAM().DetachPolicy(ctx, kind, state.Text(owner), state.Text("policyArn"))
			return resources.Doing(
				resources.Ignore(err, "NoSuchEntity"),
				"detaching IAM Policy (%s) from %s (%s)",
				state.Text("policyArn"),
				what,
				state.Text(owner),
			)
		},
		Adopt: func(id string) (schema.Values, string, error) {
			name, arn, ok := strings.Cut(id, "/")
			if !ok || !strings.HasPrefix(arn, "arn:") {
				return nil, "", resources.UnexpectedID(id, "<"+string(owner)+"-name>/<policy_arn>")
			}
			return schema.Values{owner: schema.Text(name), "policyArn": schema.Text(arn)}, name + "-" + arn, nil
		},
	}
}

// policiesExclusiveType is the type that removes every inline policy that it does not name. Deleting it changes nothing
// in AWS.
func policiesExclusiveType(kind iam.Kind) *resources.Type {
	return exclusive(kind, strings.ToLower(string(kind))+"PoliciesExclusive", "policyNames",
		func(ctx context.Context, s *resources.Session, name string) ([]string, error) {
			return s.IAM().ListInlinePolicies(ctx, kind, name)
		},
		// The real provider puts an inline policy without a document where one that it names does not exist.
		func(ctx context.Context, s *resources.Session, name, item string) error {
			return s.IAM().PutPolicy(ctx, kind, name, item, "")
		},
		func(ctx context.Context, s *resources.Session, name, item string) error {
			return s.IAM().DeleteInlinePolicy(ctx, kind, name, item)
		})
}

// attachmentsExclusiveType is the type that detaches every managed policy that it does not name, and attaches those
// that it names. Deleting it changes nothing in AWS.
func attachmentsExclusiveType(kind iam.Kind) *resources.Type {
	return exclusive(kind, strings.ToLower(string(kind))+"PolicyAttachmentsExclusive", "policyArns",
		func(ctx context.Context, s *resources.Session, name string) ([]string, error) {
			return s.IAM().ListAttachedPolicies(ctx, kind, name)
		},
		func(ctx context.Context, s *resources.Session, name, item string) error {
			return s.IAM().AttachPolicy(ctx, kind, name, item)
		},
		func(ctx context.Context, s *resources.Session, name, item string) error {
			return s.IAM().DetachPolicy(ctx, kind, name, item)
		})
}

func exclusive(
	kind iam.Kind,
	what string,
	items resource.PropertyKey,
	list func(context.Context, *resources.Session, string) ([]string, error),
	add, drop func(context.Context, *resources.Session, string, string) error,
) *resources.Type {
	owner := ownerKey(kind) + "Name"
	sync := func(ctx context.Context, s *resources.Session, in schema.Values) error {
		name := in.Text(owner)
		have, err := list(ctx, s, name)
		if err != nil {
			return err
		}
		for _, item := range schema.Minus(in.Texts(items), have) {
			if err := add(ctx, s, name, item); err != nil {
				return err
			}
		}
		for _, item := range schema.Minus(have, in.Texts(items)) {
			if err := drop(ctx, s, name, item); err != nil {
				return err
			}
		}
		return nil
	}
	return &resources.Type{
		Token: resources.Token("iam", what),
		Schema: schema.Schema{
			owner: schema.In(schema.TextKind).Must().Replace(),
			items: schema.In(schema.TextSetKind).Must(),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			if err := sync(ctx, s, in); err != nil {
				return "", resources.Doing(err, "creating IAM %s (%s)", what, in.Text(owner))
			}
			return in.Text(owner), nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			have, err := list(ctx, s, id)
			if api.Is(err, "NoSuchEntity") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading IAM %s (%s)", what, id)
			}
			return schema.Values{owner: schema.Text(id), items: schema.Texts(have)}, nil
		},
		Update: func(ctx context.Context, s *resources.Session, id string, _, in schema.Values, _ schema.Difference) error {
			return resources.Doing(sync(ctx, s, in), "updating IAM %s (%s)", what, id)
		},
		Remove: func(context.Context, *resources.Session, string, schema.Values) error { return nil },
		Adopt:  resources.ByID,
	}
}

func ownerKey(kind iam.Kind) resource.PropertyKey {
	return resource.PropertyKey(strings.ToLower(string(kind)))
}
