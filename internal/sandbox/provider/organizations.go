package provider

import (
	"context"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
)

func (s *session) organizations() organizations.Client { return s.cloud.Organizations(s.caller) }

// policyTypes are the types of policies that the provider takes.
var policyTypes = []string{
	"AISERVICES_OPT_OUT_POLICY",
	"BACKUP_POLICY",
	"CHATBOT_POLICY",
	"DECLARATIVE_POLICY_EC2",
	"RESOURCE_CONTROL_POLICY",
	"SERVICE_CONTROL_POLICY",
	"TAG_POLICY",
}

func organizationsPolicy() *resourceType {
	return &resourceType{
		token: "aws:organizations/policy:Policy",
		schema: schema{
			"arn":         out(textKind),
			"content":     in(jsonKind).must(),
			"description": in(textKind),
			"name":        in(textKind).named(128),
			"skipDestroy": in(flagKind),
			"type":        in(textKind).or(text(organizations.ServiceControlPolicy)).replace().checked(oneOf(policyTypes...)),
		}.tagged(),
		create: func(ctx context.Context, s *session, in values) (string, error) {
			p, err := s.organizations().CreatePolicy(ctx, organizations.NewPolicy{
				Name: in.text(
					"name",
				),
				Description: in.text("description"),
				Type:        in.text("type"),
				Content:     in.text("content"),
				Tags:        in.textMap("tagsAll"),
			})
			return p.ID, doing(err, "creating Organizations Policy (%s)", in.text("name"))
		},
		read: func(ctx context.Context, s *session, id string, state values) (values, error) {
			p, err := s.organizations().DescribePolicy(ctx, id)
			if api.Is(err, "PolicyNotFoundException", "AWSOrganizationsNotInUseException") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading Organizations Policy (%s)", id)
			}
			if err := s.organizations().Besides(ctx, id, "ListTagsForResource"); err != nil {
				return nil, doing(err, "listing tags for Organizations Policy (%s)", id)
			}
			content := text(p.Content)
			if sameJSON(state["content"], content) {
				content = state["content"]
			}
			return values{
				"arn": text(
					p.ARN,
				),
				"content":     content,
				"description": optional(p.Description),
				"name":        text(p.Name),
				"type":        text(p.Type),
			}.and(s.readTags(p.Tags, state)), nil
		},
		update: func(ctx context.Context, s *session, id string, state, in values, d difference) error {
			if d.hasAny("content", "description", "name") {
				if err := s.organizations().
					UpdatePolicy(ctx, id, in.text("name"), in.text("description"), in.text("content")); err != nil {
					return doing(err, "updating Organizations Policy (%s)", id)
				}
			}
			if !d.has("tagsAll") {
				return nil
			}
			err := retag(state, in,
				func(tags map[string]string) error { return s.organizations().TagResource(ctx, id, tags) },
				func(keys []string) error { return s.organizations().UntagResource(ctx, id, keys) })
			return doing(err, "updating tags for Organizations Policy (%s)", id)
		},
		remove: func(ctx context.Context, s *session, id string, state values) error {
			if state.flag("skipDestroy") {
				return nil
			}
			return doing(
				ignore(s.organizations().DeletePolicy(ctx, id), "PolicyNotFoundException"),
				"deleting Organizations Policy (%s)",
				id,
			)
		},
		adopt: byID,
	}
}

func organizationsPolicyAttachment() *resourceType {
	split := func(id string) (string, string, error) {
		target, policy, ok := strings.Cut(id, ":")
		if !ok || target == "" || policy == "" {
			return "", "", unexpectedID(id, "TARGETID:POLICYID")
		}
		return target, policy, nil
	}
	return &resourceType{
		token: "aws:organizations/policyAttachment:PolicyAttachment",
		schema: schema{
			"policyId":    in(textKind).must().replace(),
			"skipDestroy": in(flagKind),
			"targetId":    in(textKind).must().replace(),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			id := in.text("targetId") + ":" + in.text("policyId")
			if err := s.organizations().AttachPolicy(ctx, in.text("policyId"), in.text("targetId")); err != nil {
				return "", doing(err, "creating Organizations Policy Attachment (%s)", id)
			}
			return id, nil
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			target, policy, err := split(id)
			if err != nil {
				return nil, err
			}
			targets, err := s.organizations().ListTargetsForPolicy(ctx, policy)
			if api.Is(
				err,
				"PolicyNotFoundException",
				"TargetNotFoundException",
				"AWSOrganizationsNotInUseException",
			) ||
				err == nil && !slices.Contains(targets, target) {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading Organizations Policy Attachment (%s)", id)
			}
			return values{"policyId": text(policy), "targetId": text(target)}, nil
		},
		update: nothingToUpdate,
		remove: func(ctx context.Context, s *session, id string, state values) error {
			if state.flag("skipDestroy") {
				return nil
			}
			err := s.organizations().DetachPolicy(ctx, state.text("policyId"), state.text("targetId"))
			return doing(
				ignore(err, "PolicyNotFoundException", "TargetNotFoundException", "PolicyNotAttachedException"),
				"deleting Organizations Policy Attachment (%s)",
				id,
			)
		},
		adopt: byID,
	}
}

func iamOrganizationsFeatures() *resourceType {
	sync := func(ctx context.Context, s *session, in values) (string, error) {
		id, have, err := s.iam().ListOrganizationsFeatures(ctx)
		if err != nil {
			return "", err
		}
		for _, feature := range minus(in.texts("enabledFeatures"), have) {
			if err := s.iam().SetOrganizationsFeature(ctx, feature, true); err != nil {
				return id, err
			}
		}
		for _, feature := range minus(have, in.texts("enabledFeatures")) {
			if err := s.iam().SetOrganizationsFeature(ctx, feature, false); err != nil {
				return id, err
			}
		}
		return id, nil
	}
	return &resourceType{
		token:  "aws:iam/organizationsFeatures:OrganizationsFeatures",
		schema: schema{"enabledFeatures": in(textSetKind).must()},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			id, err := sync(ctx, s, in)
			return id, doing(err, "creating IAM Organizations Features")
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			_, have, err := s.iam().ListOrganizationsFeatures(ctx)
			if api.Is(err, "OrganizationNotFoundException") || err == nil && len(have) == 0 {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading IAM Organizations Features (%s)", id)
			}
			return values{"enabledFeatures": texts(have)}, nil
		},
		update: func(ctx context.Context, s *session, id string, _, in values, _ difference) error {
			_, err := sync(ctx, s, in)
			return doing(err, "updating IAM Organizations Features (%s)", id)
		},
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			_, err := sync(ctx, s, values{})
			return doing(err, "deleting IAM Organizations Features (%s)", id)
		},
		adopt: byID,
	}
}
