package ssoadmin

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// Client is a client of IAM Identity Center with one caller's credentials.
type Client struct {
	api.Client
	state *State
}

// State is what IAM Identity Center has: one instance, or none, and its parts.
type State struct {
	world         *api.World
	iam           *iam.State
	organizations *organizations.State

	IdentityCenters *store.Table[IdentityCenter]
	PermissionSets  *store.Table[PermissionSet]
	Assignments     *store.Table[Assignment]
}

// NewState is the IAM Identity Center of a world without an instance. Its roles are those of IAM.
func NewState(world *api.World, iam *iam.State, organizations *organizations.State) *State {
	return &State{
		world:           world,
		iam:             iam,
		organizations:   organizations,
		IdentityCenters: store.NewTable[IdentityCenter]("identityCenters"),
		PermissionSets:  store.NewTable[PermissionSet]("permissionSets"),
		Assignments:     store.NewTable[Assignment]("assignments"),
	}
}

// Client returns a client of IAM Identity Center.
func (t *State) Client(caller api.Caller) Client {
	return Client{api.NewClient(t.world, caller, t.service()), t}
}

// IdentityCenter is the instance of IAM Identity Center of the world. A world has one or none.
type IdentityCenter struct {
	// ARN is arn:aws:sso:::instance/ssoins-..., Store the id of the identity store, d-...
	ARN   string `json:"arn"`
	Store string `json:"store"`
	// Account and Region are where the instance is managed.
	Account string `json:"account"`
	Region  string `json:"region"`
	// Attributes are the attributes for access control; Enabled tells whether there is a configuration at all.
	Attributes []AccessAttribute `json:"attributes,omitempty"`
	Enabled    bool              `json:"enabled,omitempty"`
	// Users and Groups are the names of the identity store by id.
	Users  map[string]string `json:"users,omitempty"`
	Groups map[string]string `json:"groups,omitempty"`
}

// AccessAttribute is one attribute for access control: a session tag and where its value comes from.
type AccessAttribute struct {
	Key    string   `json:"key"`
	Source []string `json:"source"`
}

// PermissionSet is a permission set.
type PermissionSet struct {
	ARN             string            `json:"arn"`
	Name            string            `json:"name"`
	Description     string            `json:"description,omitempty"`
	RelayState      string            `json:"relayState,omitempty"`
	SessionDuration string            `json:"sessionDuration"`
	Tags            map[string]string `json:"tags,omitempty"`
	Inline          string            `json:"inline,omitempty"`
	// Managed are ARNs of AWS managed policies, and Customer customer managed policies, in the order of attachment.
	Managed  []string          `json:"managed,omitempty"`
	Customer []PolicyReference `json:"customer,omitempty"`
	Boundary Boundary          `json:"boundary,omitzero"`
	Created  time.Time         `json:"created,omitzero"`
}

// PolicyReference names a customer managed policy that every account has in which a permission set is provisioned.
type PolicyReference struct{ Name, Path string }

func (r PolicyReference) arn(partition policy.Partition, account string) string {
	return partition.PolicyARN(account, r.Path, r.Name)
}

// Boundary is the permissions boundary of a permission set: the ARN of a policy of AWS, or a customer managed policy.
// The zero value is none.
type Boundary struct {
	Managed  string           `json:"managed,omitempty"`
	Customer *PolicyReference `json:"customer,omitempty"`
}

// Assignment gives a person or a group a permission set in an account.
type Assignment struct {
	PermissionSet string `json:"permissionSet"`
	PrincipalID   string `json:"principalId"`
	// PrincipalType is USER or GROUP.
	PrincipalType string `json:"principalType"`
	Account       string `json:"account"`
}

func (a Assignment) key() string {
	return strings.Join([]string{a.PermissionSet, a.PrincipalType, a.PrincipalID, a.Account}, "|")
}

// Key is the key of the instance in its table.
const Key = "instance"

// instance is the instance of the ARN, which the caller's account manages in the caller's Region: the management account
// manages it also where it delegated that.
func (s Client) instance(arn string) (IdentityCenter, error) {
	ic, ok := s.state.IdentityCenters.Get("", Key)
	org, _ := s.state.organizations.Organizations.Get("", organizations.Key)
	switch {
	case ok && s.Caller.Account != ic.Account && s.Caller.Account != org.Management:
		return IdentityCenter{}, api.Refuse(
			http.StatusBadRequest,
			"AccessDeniedException",
			"You do not have sufficient access to perform this action.",
		).
			Hinted("the instance is managed in account %s", ic.Account)
	case !ok || ic.ARN != arn || ic.Region != s.Caller.Region:
		return IdentityCenter{}, api.Refuse(
			http.StatusBadRequest,
			"ResourceNotFoundException",
			"Instance %s does not exist.",
			arn,
		).
			Hinted("describe the instance and its Region under identityCenter in sandbox.yaml")
	}
	return ic, nil
}

// ListInstances lists the instances of the caller's account and Region.
func (s Client) ListInstances(ctx context.Context) ([]IdentityCenter, error) {
	return api.Ask(ctx, s.Client, "ListInstances", s.Caller.Account, func(*store.Tx) ([]IdentityCenter, error) {
		ic, ok := s.state.IdentityCenters.Get("", Key)
		if !ok || ic.Account != s.Caller.Account || ic.Region != s.Caller.Region {
			return nil, nil
		}
		return []IdentityCenter{ic}, nil
	})
}

// IdentityStore is a client of the directory of IAM Identity Center with one caller's credentials.
type IdentityStore struct {
	api.Client
	state *State
}

// Directory returns a client of the directory.
func (t *State) Directory(caller api.Caller) IdentityStore {
	return IdentityStore{api.NewClient(t.world, caller, identityStore), t}
}

// Describe is DescribeUser and DescribeGroup, which answer a kind of principals: the name by the id. Empty means that
// the store has none of the id.
func (s IdentityStore) Describe(
	ctx context.Context,
	operation, kept, id string,
	names func(IdentityCenter) map[string]string,
) (string, error) {
	return api.Ask(ctx, s.Client, operation, kept+"/"+id, func(*store.Tx) (string, error) {
		ic, ok := s.state.IdentityCenters.Get("", Key)
		if !ok || ic.Store != kept || ic.Account != s.Caller.Account || ic.Region != s.Caller.Region {
			return "", nil
		}
		return names(ic)[id], nil
	})
}

// IDs are the ids of principals of a name, as the console looks them up; they are not decided.
func (s IdentityStore) IDs(store, name string, names func(IdentityCenter) map[string]string) []string {
	var ic IdentityCenter
	s.World.Read(func() { ic, _ = s.state.IdentityCenters.Get("", Key) })
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(names(ic))) {
		if ic.Store == store && names(ic)[id] == name {
			ids = append(ids, id)
		}
	}
	return ids
}

// attributesPerInstance is a default quota. Source: IAM Identity Center quotas,
// https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html.
const attributesPerInstance = 50

// How long a key and a source of an attribute may be, in characters. A regular expression that counts to as many takes
// megabytes.
const (
	attributeLength = 128
	sourceLength    = 256
)

var (
	attributeText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$`)
	sourceText    = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@\[\]{}$\\"]+$`)
)

func checkAttributes(attributes []AccessAttribute) error {
	if len(attributes) > attributesPerInstance {
		return ssoInvalid(
			"the configuration has %d attributes, the quota is %d",
			len(attributes),
			attributesPerInstance,
		)
	}
	seen := map[string]bool{}
	for _, a := range attributes {
		switch {
		case utf8.RuneCountInString(a.Key) > attributeLength || !attributeText.MatchString(a.Key):
			return ssoInvalid(
				"1 validation error detected: Value '%s' at 'accessControlAttributes.member.key' failed to satisfy constraint: "+
					`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:\/=+\-@]+`,
				a.Key,
			)
		case seen[a.Key]:
			return ssoInvalid("the key %s stands twice", a.Key)
		case len(a.Source) != 1:
			return ssoInvalid(
				"1 validation error detected: Value at 'accessControlAttributes.member.value.source' failed to satisfy constraint: "+
					"Member must have length equal to 1 (key %s)",
				a.Key,
			)
		case utf8.RuneCountInString(a.Source[0]) > sourceLength || !sourceText.MatchString(a.Source[0]):
			return ssoInvalid(
				"1 validation error detected: Value '%s' at 'accessControlAttributes.member.value.source' failed to satisfy constraint",
				a.Source[0],
			)
		}
		seen[a.Key] = true
	}
	return nil
}

// CreateAttributes is CreateInstanceAccessControlAttributeConfiguration: it makes the one configuration of the
// instance.
func (s Client) CreateAttributes(ctx context.Context, instance string, attributes []AccessAttribute) error {
	return s.setAttributes(
		ctx,
		"CreateInstanceAccessControlAttributeConfiguration",
		instance,
		func(ic *IdentityCenter) error {
			if ic.Enabled {
				return api.Refuse(
					http.StatusConflict,
					"ConflictException",
					"Instance %s already has an access control attribute configuration.",
					instance,
				)
			}
			ic.Enabled, ic.Attributes = true, attributes
			return checkAttributes(attributes)
		},
	)
}

// UpdateAttributes is UpdateInstanceAccessControlAttributeConfiguration: it replaces all attributes of the
// configuration.
func (s Client) UpdateAttributes(ctx context.Context, instance string, attributes []AccessAttribute) error {
	return s.setAttributes(
		ctx,
		"UpdateInstanceAccessControlAttributeConfiguration",
		instance,
		func(ic *IdentityCenter) error {
			if !ic.Enabled {
				return noAttributes(instance)
			}
			ic.Attributes = attributes
			return checkAttributes(attributes)
		},
	)
}

// DeleteAttributes is DeleteInstanceAccessControlAttributeConfiguration: it turns attributes for access control off
// for everybody.
func (s Client) DeleteAttributes(ctx context.Context, instance string) error {
	return s.setAttributes(
		ctx,
		"DeleteInstanceAccessControlAttributeConfiguration",
		instance,
		func(ic *IdentityCenter) error {
			if !ic.Enabled {
				return noAttributes(instance)
			}
			ic.Enabled, ic.Attributes = false, nil
			return nil
		},
	)
}

// DescribeAttributes is DescribeInstanceAccessControlAttributeConfiguration.
func (s Client) DescribeAttributes(ctx context.Context, instance string) ([]AccessAttribute, error) {
	return api.Ask(
		ctx,
		s.Client,
		"DescribeInstanceAccessControlAttributeConfiguration",
		instance,
		func(*store.Tx) ([]AccessAttribute, error) {
			ic, err := s.instance(instance)
			if err == nil && !ic.Enabled {
				err = noAttributes(instance)
			}
			return ic.Attributes, err
		},
	)
}

func (s Client) setAttributes(
	ctx context.Context,
	operation, instance string,
	change func(*IdentityCenter) error,
) error {
	return api.Do(ctx, s.Client, operation, instance, func(tx *store.Tx) error {
		ic, err := s.instance(instance)
		if err != nil {
			return err
		}
		if err := change(&ic); err != nil {
			return err
		}
		s.state.IdentityCenters.Put(tx, "", Key, ic)
		return nil
	})
}

func noAttributes(instance string) error {
	return api.Refuse(
		http.StatusBadRequest,
		"ResourceNotFoundException",
		"Access control attribute configuration for instance %s does not exist.",
		instance,
	)
}

func ssoInvalid(format string, args ...any) *api.Error {
	return api.Refuse(http.StatusBadRequest, "ValidationException", format, args...)
}
