package ssoadmin

import (
	"context"
	"slices"
	"strings"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

func attributesType() *resources.Type {
	const what = "Instance Access Control Attributes"
	return &resources.Type{
		Token: token.SSOAdminInstanceAccessControlAttributes,
		Schema: schema.Schema{
			"attributes": schema.In(schema.ObjectSetKind).Must().AtLeast(1).WithFields(schema.Schema{
				"key": schema.In(schema.TextKind).Must(),
				"values": schema.In(schema.ObjectSetKind).
					Must().
					WithFields(schema.Schema{"sources": schema.In(schema.TextSetKind).Must().AtLeast(1)}),
			}),
			"instanceArn":  schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"status":       schema.Out(schema.TextKind),
			"statusReason": schema.Out(schema.TextKind),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			arn := in.Text("instanceArn")
			if err := s.SSOAdmin().CreateAttributes(ctx, arn, attributesOf(in)); err != nil {
				return "", resources.Doing(err, "creating SSO %s (%s)", what, arn)
			}
			return arn, nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			attributes, err := s.SSOAdmin().DescribeAttributes(ctx, id)
			if api.Is(err, "ResourceNotFoundException") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading SSO %s (%s)", what, id)
			}
			var list []schema.Values
			for _, a := range attributes {
				list = append(
					list,
					schema.Values{
						"key":    schema.Text(a.Key),
						"values": schema.Objects([]schema.Values{{"sources": schema.Texts(a.Source)}}),
					},
				)
			}
			return schema.Values{
				"attributes":   schema.Objects(list),
				"instanceArn":  schema.Text(id),
				"status":       schema.Text("ENABLED"),
				"statusReason": schema.Text(""),
			}, nil
		},
		Update: func(ctx context.Context, s *resources.Session, id string, _, in schema.Values, _ schema.Difference) error {
			return resources.Doing(
				s.SSOAdmin().UpdateAttributes(ctx, id, attributesOf(in)),
				"updating SSO %s (%s)",
				what,
				id,
			)
		},
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			return resources.Doing(
				resources.Ignore(s.SSOAdmin().DeleteAttributes(ctx, id), "ResourceNotFoundException"),
				"deleting SSO %s (%s)",
				what,
				id,
			)
		},
		Adopt: resources.ByID,
	}
}

// attributesOf reads the attributes of the inputs. Of several values of one attribute the real provider takes the
// first alone.
func attributesOf(in schema.Values) []ssoadmin.AccessAttribute {
	var out []ssoadmin.AccessAttribute
	if !in["attributes"].IsArray() {
		return nil
	}
	for _, item := range in["attributes"].ArrayValue() {
		a := schema.Values(item.ObjectValue())
		attribute := ssoadmin.AccessAttribute{Key: a.Text("key")}
		if list := a["values"]; list.IsArray() && len(list.ArrayValue()) > 0 {
			attribute.Source = schema.Values(list.ArrayValue()[0].ObjectValue()).Texts("sources")
		}
		out = append(out, attribute)
	}
	slices.SortFunc(out, func(a, b ssoadmin.AccessAttribute) int { return strings.Compare(a.Key, b.Key) })
	return out
}
