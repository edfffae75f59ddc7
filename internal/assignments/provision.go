package assignments

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// Outdated lists the ids of the accounts in which the role of a permission set has an older version of it, sorted. It
// is complete, or an error.
//
// Source: IAM Identity Center API Reference, ListAccountsForProvisionedPermissionSet.
func (r *Reader) Outdated(ctx context.Context, instance, permissionSet string) ([]string, error) {
	return r.accounts(ctx, instance, permissionSet, types.ProvisioningStatusLatestPermissionSetNotProvisioned)
}

// polling is how long Provision waits before it asks again how far AWS is.
const polling = time.Second

// Provision brings the role of a permission set up to date in every account that has it, and waits until AWS says that
// it is. It fails with AWS's reason where AWS gives up, and with the context's where that ends first.
//
// Source: IAM Identity Center API Reference, ProvisionPermissionSet and DescribePermissionSetProvisioningStatus.
func (r *Reader) Provision(ctx context.Context, instance, permissionSet string) error {
	begun, err := r.client.ProvisionPermissionSet(ctx, &ssoadmin.ProvisionPermissionSetInput{
		InstanceArn:      aws.String(instance),
		PermissionSetArn: aws.String(permissionSet),
		TargetType:       types.ProvisionTargetTypeAllProvisionedAccounts,
	})
	if err != nil {
		return err
	}
	for status := begun.PermissionSetProvisioningStatus; ; {
		switch {
		case status == nil:
			return fmt.Errorf("AWS did not say how far the provisioning of %s is", permissionSet)
		case status.Status == types.StatusValuesSucceeded:
			return nil
		case status.Status == types.StatusValuesFailed:
			return fmt.Errorf("AWS could not provision %s: %s", permissionSet, aws.ToString(status.FailureReason))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(polling):
		}
		told, err := r.client.DescribePermissionSetProvisioningStatus(
			ctx,
			&ssoadmin.DescribePermissionSetProvisioningStatusInput{
				InstanceArn:                     aws.String(instance),
				ProvisionPermissionSetRequestId: status.RequestId,
			},
		)
		if err != nil {
			return err
		}
		status = told.PermissionSetProvisioningStatus
	}
}
