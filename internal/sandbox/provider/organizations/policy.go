package organizations

import (
	"context"
	"slices"
	"strings"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

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

func policyType() *resources.Type {
	return &resources.Type{
		Token: token.OrganizationsPolicy,
		Schema: schema.Schema{
			"arn":         schema.Out(schema.TextKind),
			"content":     schema.In(schema.JSONKind).Must(),
			"description": schema.In(schema.TextKind),
			"name":        schema.In(schema.TextKind).Named(128),
			"skipDestroy": schema.In(schema.FlagKind),
			"type": schema.In(schema.TextKind).
				Or(schema.Text(organizations.ServiceControlPolicy)).
				Replace().
				Checked(schema.OneOf(policyTypes...)),
		}.Tagged(),
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			p, err := s.Organizations().CreatePolicy(ctx, organizations.NewPolicy{
				Name: in.Text(
					"name",
				),
				Description: in.Text("description"),
				Type:        in.Text("type"),
				Content:     in.Text("content"),
				Tags:        in.TextMap("tagsAll"),
			})
			return p.ID, resources.Doing(err, "creating Organizations Policy (%s)", in.Text("name"))
		},
		Read: func(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
			p, err := s.Organizations().DescribePolicy(ctx, id)
			if api.Is(err, "PolicyNotFoundException", "AWSOrganizationsNotInUseException") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading Organizations Policy (%s)", id)
			}
			if err := s.Organizations().Besides(ctx, id, "ListTagsForResource"); err != nil {
				return nil, resources.Doing(err, "listing tags for Organizations Policy (%s)", id)
			}
			content := schema.Text(p.Content)
			if schema.SameJSON(state["content"], content) {
				content = state["content"]
			}
			return schema.Values{
				"arn": schema.Text(
					p.ARN,
				),
				"content":     content,
				"description": schema.Optional(p.Description),
				"name":        schema.Text(p.Name),
				"type":        schema.Text(p.Type),
			}.And(s.ReadTags(p.Tags, state)), nil
		},
		Update: func(ctx context.Context, s *resources.Session, id string, state, in schema.Values, d schema.Difference) error {
			if d.HasAny("content", "description", "name") {
				if err := s.Organizations().
					UpdatePolicy(ctx, id, in.Text("name"), in.Text("description"), in.Text("content")); err != nil {
					return resources.Doing(err, "updating Organizations Policy (%s)", id)
				}
			}
			if !d.Has("tagsAll") {
				return nil
			}
			err := resources.Retag(state, in,
				func(tags map[string]string) error { return s.Organizations().TagResource(ctx, id, tags) },
				func(keys []string) error { return s.Organizations().UntagResource(ctx, id, keys) })
			return resources.Doing(err, "updating tags for Organizations Policy (%s)", id)
		},
		Remove: func(ctx context.Context, s *resources.Session, id string, state schema.Values) error {
			if state.Flag("skipDestroy") {
				return nil
			}
			return resources.Doing(
				resources.Ignore(s.Organizations().DeletePolicy(ctx, id), "PolicyNotFoundException"),
				"deleting Organizations Policy (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}

func attachmentType() *resources.Type {
	split := func(id string) (string, string, error) {
		target, policy, ok := strings.Cut(id, ":")
		if !ok || target == "" || policy == "" {
			return "", "", resources.UnexpectedID(id, "TARGETID:POLICYID")
		}
		return target, policy, nil
	}
	return &resources.Type{
		Token: token.OrganizationsPolicyAttachment,
		Schema: schema.Schema{
			"policyId":    schema.In(schema.TextKind).Must().Replace(),
			"skipDestroy": schema.In(schema.FlagKind),
			"targetId":    schema.In(schema.TextKind).Must().Replace(),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			id := in.Text("targetId") + ":" + in.Text("policyId")
			if err := s.Organizations().AttachPolicy(ctx, in.Text("policyId"), in.Text("targetId")); err != nil {
				return "", resources.Doing(err, "creating Organizations Policy Attachment (%s)", id)
			}
			return id, nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			target, policy, err := split(id)
			if err != nil {
				return nil, err
			}
			targets, err := s.Organizations().ListTargetsForPolicy(ctx, policy)
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
				return nil, resources.Doing(err, "reading Organizations Policy Attachment (%s)", id)
			}
			return schema.Values{"policyId": schema.Text(policy), "targetId": schema.Text(target)}, nil
		},
		Update: resources.NothingToUpdate,
		Remove: func(ctx context.Context, s *resources.Session, id string, state schema.Values) error {
			if state.Flag("skipDestroy") {
				return nil
			}
			err := s.Organizations().DetachPolicy(ctx, state.Text("policyId"), state.Text("targetId"))
			return resources.Doing(
				resources.Ignore(
					err,
					"PolicyNotFoundException",
					"TargetNotFoundException",
					"PolicyNotAttachedException",
				),
				"deleting Organizations Policy Attachment (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}
