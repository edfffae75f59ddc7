package cloud

import (
	"context"
	"net/http"
	"slices"
)

// rootFeatures are the features of central root access. Source: EnableOrganizationsRootCredentialsManagement and
// EnableOrganizationsRootSessions in the IAM API Reference.
var rootFeatures = []string{"RootCredentialsManagement", "RootSessions"}

// ListOrganizationsFeatures reads the features of central root access that are enabled, and the organization's id.
func (i IAM) ListOrganizationsFeatures(ctx context.Context) (string, []string, error) {
	org, err := call(
		ctx,
		i.client,
		"ListOrganizationsFeatures",
		i.caller.Account,
		func(*tx) (Organization, error) { return i.organization() },
	)
	return org.ID, slices.Clone(org.RootFeatures), err
}

// organization is the organization of the caller, who must be its management account and trust IAM.
func (i IAM) organization() (Organization, error) {
	org, ok := i.cloud.organizations.get("", organizationKey)
	switch {
	case !ok || !i.cloud.isMember(i.caller.Account):
		return Organization{}, refuse(http.StatusNotFound, "OrganizationNotFoundException",
			"The request was rejected because no organization is associated with your account.")
	case org.Management != i.caller.Account:
		return Organization{}, refuse(
			http.StatusBadRequest,
			"CallerIsNotManagementAccountException",
			"The request was rejected because the account "+
				"making the request is not the management account or delegated administrator account for centralized root access.",
		)
	case !slices.Contains(org.TrustedServices, "iam.amazonaws.com"):
		return Organization{}, refuse(
			http.StatusBadRequest,
			"ServiceAccessNotEnabledException",
			"The request was rejected because trusted access is not "+
				"enabled for IAM in Organizations.",
		).hint("list iam.amazonaws.com under trustedServices of organization in sandbox.yaml")
	}
	return org, nil
}

// SetOrganizationsFeature enables or disables a feature of central root access.
func (i IAM) SetOrganizationsFeature(ctx context.Context, feature string, enabled bool) error {
	operation := map[bool]string{true: "EnableOrganizations", false: "DisableOrganizations"}[enabled] + feature
	return do(ctx, i.client, operation, feature, func(tx *tx) error {
		org, err := i.organization()
		if err != nil {
			return err
		}
		if !slices.Contains(rootFeatures, feature) {
			return invalid("%s is not a feature of central root access", feature)
		}
		org.RootFeatures = slices.DeleteFunc(
			slices.Clone(org.RootFeatures),
			func(f string) bool { return f == feature },
		)
		if enabled {
			org.RootFeatures = slices.Sorted(slices.Values(append(org.RootFeatures, feature)))
		}
		i.cloud.organizations.put(tx, "", organizationKey, org)
		return nil
	})
}
