package provider

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
	"aws-access-guardrails/policy"
)

// Credentials say which account the credentials that a provider finds belong to.
type Credentials struct {
	// Ambient is the account of the credentials in the environment; empty means that there are none.
	Ambient string
	// Profiles are the accounts of AWS profiles by name.
	Profiles map[string]string
}

// settings are the provider settings that the sandbox reads. The others are known and without effect.
type settings struct {
	Region            string
	Profile           string
	AllowedAccountIDs []string
	ForbiddenIDs      []string
	RoleARN           string
	DefaultTags       map[string]string
	IgnoreTags        struct {
		Keys        []string `json:"keys"`
		KeyPrefixes []string `json:"keyPrefixes"`
	}
}

// readSettings decodes the inputs of a provider. Programs give nested settings as JSON in a string.
func readSettings(pkg string, inputs schema.Values) (settings, error) {
	var s settings
	var err error
	decode := func(key resource.PropertyKey, into any) {
		value, ok := inputs[key]
		if !ok || err != nil {
			return
		}
		var raw []byte
		if value.IsString() {
			raw = []byte(value.StringValue())
		} else {
			raw, err = json.Marshal(value.Mappable())
		}
		if err == nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			err = fmt.Errorf("%s:%s: %w", pkg, key, err)
		}
	}
	s.Region, s.Profile = inputs.Text("region"), inputs.Text("profile")
	decode("allowedAccountIds", &s.AllowedAccountIDs)
	decode("forbiddenAccountIds", &s.ForbiddenIDs)
	var role struct {
		RoleARN string `json:"roleArn"`
	}
	decode("assumeRole", &role)
	s.RoleARN = cmp.Or(role.RoleARN, inputs.Text("roleArn"))
	var tags struct {
		Tags map[string]string `json:"tags"`
	}
	decode("defaultTags", &tags)
	s.DefaultTags = tags.Tags
	decode("ignoreTags", &s.IgnoreTags)
	return s, err
}

// open signs a provider in. It fails as the real one does: no credentials, an unknown profile, an account that is not
// allowed.
func open(o Options, s settings) (*resources.Session, error) {
	c, credentials := o.Cloud, o.Credentials
	partition, err := policy.PartitionOfRegion(s.Region)
	if err != nil {
		return nil, fmt.Errorf("invalid AWS Region: %s", s.Region)
	}
	account := credentials.Ambient
	if s.Profile != "" {
		found, ok := credentials.Profiles[s.Profile]
		if !ok {
			return nil, fmt.Errorf(
				"failed to get shared config profile, %s (sandbox: list the profile under profiles in sandbox.yaml)",
				s.Profile,
			)
		}
		account = found
	}
	if account == "" {
		return nil, errors.New(
			"unable to validate AWS credentials. Details: no valid credential sources found (sandbox: name the stack's account under " +
				"stacks in sandbox.yaml)",
		)
	}
	if s.RoleARN != "" {
		role, err := policy.ParseARN(s.RoleARN)
		if kind, _, _, ok := role.Entity(); err != nil || !ok || kind != "role" {
			return nil, fmt.Errorf("IAM Role (%s) cannot be assumed: it is not the ARN of a role", s.RoleARN)
		}
		if !c.HasAccount(role.Account) {
			return nil, fmt.Errorf("IAM Role (%s) cannot be assumed: %w", s.RoleARN, &api.Error{
				Service:   "STS",
				Operation: "AssumeRole",
				Status:    http.StatusForbidden,
				Code:      "AccessDenied",
				RequestID: "00000000-0000-0000-0000-000000000000",
				Message:   "not authorized to perform: sts:AssumeRole on resource: " + s.RoleARN,
				Hint:      "no stack file of the folder has account " + role.Account + "; if it exists, write in sandbox.yaml: accounts: {\"" + role.Account + "\": {}}",
			})
		}
		account = role.Account
	}
	if !c.HasAccount(account) || c.Partition(account) != partition {
		return nil, fmt.Errorf(
			"retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: %w",
			&api.Error{
				Service:   "STS",
				Operation: "GetCallerIdentity",
				Status:    http.StatusForbidden,
				Code:      "InvalidClientTokenId",
				RequestID: "00000000-0000-0000-0000-000000000000",
				Message:   "The security token included in the request is invalid.",
				Hint: fmt.Sprintf(
					"account %s is in partition %s, Region %s in %s",
					account,
					c.Partition(account),
					s.Region,
					partition,
				),
			},
		)
	}
	if len(s.AllowedAccountIDs) > 0 && !slices.Contains(s.AllowedAccountIDs, account) ||
		slices.Contains(s.ForbiddenIDs, account) {
		return nil, fmt.Errorf("AWS account ID not allowed: %s", account)
	}
	return &resources.Session{
		Cloud:          c,
		Caller:         api.Caller{Account: account, Region: s.Region, Faults: o.Faults, Decider: o.Decider},
		Role:           s.RoleARN,
		DefaultTags:    s.DefaultTags,
		IgnoredKeys:    s.IgnoreTags.Keys,
		IgnoredPrefixs: s.IgnoreTags.KeyPrefixes,
	}, nil
}
