package provider

import (
	"context"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
)

func (s *session) sso() ssoadmin.Client                  { return s.cloud.SSOAdmin(s.caller) }
func (s *session) identityStore() ssoadmin.IdentityStore { return s.cloud.IdentityStore(s.caller) }

func ssoAccessControlAttributes() *resourceType {
	const what = "Instance Access Control Attributes"
	return &resourceType{
		token: "aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes",
		schema: schema{
			"attributes": in(objectSetKind).must().atLeast(1).of(schema{
				"key":    in(textKind).must(),
				"values": in(objectSetKind).must().of(schema{"sources": in(textSetKind).must().atLeast(1)}),
			}),
			"instanceArn":  in(textKind).must().replace().checked(anARN),
			"status":       out(textKind),
			"statusReason": out(textKind),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			arn := in.text("instanceArn")
			if err := s.sso().CreateAttributes(ctx, arn, attributesOf(in)); err != nil {
				return "", doing(err, "creating SSO %s (%s)", what, arn)
			}
			return arn, nil
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			attributes, err := s.sso().DescribeAttributes(ctx, id)
			if api.Is(err, "ResourceNotFoundException") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading SSO %s (%s)", what, id)
			}
			var list []values
			for _, a := range attributes {
				list = append(
					list,
					values{"key": text(a.Key), "values": objects([]values{{"sources": texts(a.Source)}})},
				)
			}
			return values{
				"attributes":   objects(list),
				"instanceArn":  text(id),
				"status":       text("ENABLED"),
				"statusReason": text(""),
			}, nil
		},
		update: func(ctx context.Context, s *session, id string, _, in values, _ difference) error {
			return doing(s.sso().UpdateAttributes(ctx, id, attributesOf(in)), "updating SSO %s (%s)", what, id)
		},
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			return doing(
				ignore(s.sso().DeleteAttributes(ctx, id), "ResourceNotFoundException"),
				"deleting SSO %s (%s)",
				what,
				id,
			)
		},
		adopt: byID,
	}
}

// attributesOf reads the attributes of the inputs. Of several values of one attribute the real provider takes the
// first alone.
func attributesOf(in values) []ssoadmin.AccessAttribute {
	var out []ssoadmin.AccessAttribute
	if !in["attributes"].IsArray() {
		return nil
	}
	for _, item := range in["attributes"].ArrayValue() {
		a := values(item.ObjectValue())
		attribute := ssoadmin.AccessAttribute{Key: a.text("key")}
		if list := a["values"]; list.IsArray() && len(list.ArrayValue()) > 0 {
			attribute.Source = values(list.ArrayValue()[0].ObjectValue()).texts("sources")
		}
		out = append(out, attribute)
	}
	slices.SortFunc(out, func(a, b ssoadmin.AccessAttribute) int { return strings.Compare(a.Key, b.Key) })
	return out
}
