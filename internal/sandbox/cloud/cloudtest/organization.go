package cloudtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
)

// The organization of the tests, its management account and its instance of IAM Identity Center.
const (
	Management = "123456789012"
	Workloads  = "ou-exam-11111111"
	Root       = "r-exam"
	Instance   = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	DenyAll    = `{"Version":"2012-10-17","Statement":[{"Sid":"DenyAll","Effect":"Deny","Action":"*","Resource":"*"}]}`
)

// Organization is an organization of two accounts, with IAM Identity Center.
func Organization() plant.Plants {
	return plant.Plants{
		Organization: []plant.Planted[organizations.ExistingOrganization]{
			{Path: "organization", Thing: organizations.ExistingOrganization{
				Organization: organizations.Organization{
					ID:          "o-exampleorgid",
					Root:        Root,
					Management:  Management,
					PolicyTypes: []string{organizations.ServiceControlPolicy},
				},
				Units:    []organizations.Unit{{ID: Workloads, Name: "Workloads", Parent: Root}},
				Accounts: map[string]string{Home: Workloads, Other: Root},
			}},
		},
		IdentityCenter: []plant.Planted[ssoadmin.IdentityCenter]{
			{Path: "identityCenter", Thing: ssoadmin.IdentityCenter{
				ARN:     Instance,
				Store:   "d-1234567890",
				Account: Management,
				Region:  "us-east-1",
				Users:   map[string]string{"u-1": "alice"},
				Groups:  map[string]string{"g-1": "ops"},
			}},
		},
	}
}

// NewOrganization is a world with an organization, and a client of its management account.
func NewOrganization(t *testing.T) (*cloud.Cloud, organizations.Client) {
	t.Helper()
	c := New(t)
	require.NoError(t, c.Plant(Organization()))
	return c, c.Organizations(api.Caller{Account: Management, Region: "us-east-1"})
}

// SSO is a client of IAM Identity Center.
func SSO(c *cloud.Cloud) ssoadmin.Client {
	return c.SSOAdmin(api.Caller{Account: Management, Region: "us-east-1"})
}
