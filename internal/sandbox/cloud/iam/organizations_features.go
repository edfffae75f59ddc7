package iam

import (
	"context"
	"net/http"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// rootFeatures are the features of central root access. Source: EnableOrganizationsRootCredentialsManagement and
// EnableOrganizationsRootSessions in the IAM API Reference.
var rootFeatures = []string{"RootCredentialsManagement", "RootSessions"}

// ListOrganizationsFeatures reads the features of central root access that are enabled, and the organization's id.
func (i Client) ListOrganizationsFeatures(ctx context.Context) (string, []string, error) {
	org, err := api.Ask(
		ctx,
		i.Client,
		"ListOrganizationsFeatures",
		i.Caller.Account,
		func(*store.Tx) (organizations.Organization, error) { return i.organization() },
	)
	return org.ID, slices.Clone(org.RootFeatures), err
}

// organization is the organization of the caller, who must be its management account and trust IAM.
func (i Client) organization() (organizations.Organization, error) {
	org, ok := i.state.organizations.Organizations.Get("", organizations.Key)
	switch {
	case !ok || !i.state.organizations.IsMember(i.Caller.Account):
		return organizations.Organization{}, api.Refuse(http.StatusNotFound, "OrganizationNotFoundException",
			"The request was rejected because no organization is associated with your account.")
	case org.Management != i.Caller.Account:
		return organizations.Organization{}, api.Refuse(
			http.StatusBadRequest,
			"CallerIsNotManagementAccountException",
			"The request was rejected because the account "+
				"making the request is not the management account or delegated administrator account for centralized root access.",
		)
	case !slices.Contains(org.TrustedServices, "iam.amazonaws.com"):
		return organizations.Organization{}, api.Refuse(
			http.StatusBadRequest,
			"ServiceAccessNotEnabledException",
			"The request was rejected because trusted access is not "+
				"enabled for IAM in Organizations.",
		).Hinted("list iam.amazonaws.com under trustedServices of organization in sandbox.yaml")
	}
	return org, nil
}

// SetOrganizationsFeature enables or disables a feature of central root access.
func (i Client) SetOrganizationsFeature(ctx context.Context, feature string, enabled bool) error {
	operation := map[bool]string{true: "EnableOrganizations", false: "DisableOrganizations"}[enabled] + feature
	return api.Do(ctx, i.Client, operation, feature, func(tx *store.Tx) error {
		org, err := i.organization()
		if err != nil {
			return err
		}
		if !slices.Contains(rootFeatures, feature) {
			return api.Invalid("%s is not a feature of central root access", feature)
		}
		org.RootFeatures = slices.DeleteFunc(
			slices.Clone(org.RootFeatures),
			func(f string) bool { return f == feature },
		)
		if enabled {
			org.RootFeatures = slices.Sorted(slices.Values(append(org.RootFeatures, feature)))
		}
		i.state.organizations.Organizations.Put(tx, "", organizations.Key, org)
		return nil
	})
}
