package resources

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// Session is one configured provider: whose credentials it has, where, and with which default tags.
type Session struct {
	Cloud  *cloud.Cloud
	Caller api.Caller
	// Role is the ARN of the role that the provider assumed, "" for none.
	Role string

	DefaultTags                 map[string]string
	IgnoredKeys, IgnoredPrefixs []string
}

// IAM is a client of IAM with the credentials of the session.
func (s *Session) IAM() iam.Client { return s.Cloud.IAM(s.Caller) }

// SSM is a client of Systems Manager with the credentials of the session.
func (s *Session) SSM() ssm.Client { return s.Cloud.SSM(s.Caller) }

// Organizations is a client of AWS Organizations with the credentials of the session.
func (s *Session) Organizations() organizations.Client { return s.Cloud.Organizations(s.Caller) }

// SSOAdmin is a client of IAM Identity Center with the credentials of the session.
func (s *Session) SSOAdmin() ssoadmin.Client { return s.Cloud.SSOAdmin(s.Caller) }

// IdentityStore is a client of the directory with the credentials of the session.
func (s *Session) IdentityStore() ssoadmin.IdentityStore { return s.Cloud.IdentityStore(s.Caller) }

// Control decides calls of Cloud Control, which then calls the service with the credentials of its caller.
func (s *Session) Control(ctx context.Context, operations ...string) error {
	return s.Cloud.CloudControl(s.Caller).Besides(ctx, "AWS::SSM::Document", operations...)
}

// tagsAll joins the provider's default tags with those of a resource; the resource's win.
func (s *Session) tagsAll(tags resource.PropertyValue) resource.PropertyValue {
	if tags.ContainsUnknowns() {
		return schema.Unknown()
	}
	all := maps.Clone(s.DefaultTags)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, schema.Values{"tags": tags}.TextMap("tags"))
	maps.DeleteFunc(all, func(key, _ string) bool { return s.ignoresTag(key) })
	return schema.TextMap(all)
}

func (s *Session) ignoresTag(key string) bool {
	return slices.Contains(s.IgnoredKeys, key) ||
		slices.ContainsFunc(s.IgnoredPrefixs, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// ReadTags are the outputs tags and tagsAll of a resource that AWS says has the tags: default tags are not among tags
// unless the program set the same itself.
func (s *Session) ReadTags(fromAWS map[string]string, state schema.Values) schema.Values {
	all, own := map[string]string{}, map[string]string{}
	configured := state.TextMap("tags")
	for key, value := range fromAWS {
		if s.ignoresTag(key) {
			continue
		}
		all[key] = value
		_, set := configured[key]
		if s.DefaultTags[key] != value || set {
			own[key] = value
		}
	}
	out := schema.Values{"tagsAll": schema.TextMap(all), "tags": schema.TextMap(own)}
	if len(own) == 0 && len(configured) == 0 {
		out["tags"] = resource.NewNullProperty()
	}
	return out
}

// Retag changes the tags of a resource from those of its state to those of new inputs.
func Retag(state, news schema.Values, tag func(map[string]string) error, untag func([]string) error) error {
	old, new := state.TextMap("tagsAll"), news.TextMap("tagsAll")
	var gone []string
	for _, key := range slices.Sorted(maps.Keys(old)) {
		if _, stays := new[key]; !stays {
			gone = append(gone, key)
		}
	}
	changed := map[string]string{}
	for key, value := range new {
		if was, had := old[key]; !had || was != value {
			changed[key] = value
		}
	}
	if len(gone) > 0 {
		if err := untag(gone); err != nil {
			return err
		}
	}
	if len(changed) > 0 {
		return tag(changed)
	}
	return nil
}
