package assignments

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// Assignment says that a person or a group may take a permission set in an account.
type Assignment struct {
	// Account is the id of the account.
	Account string
	// PrincipalType is USER or GROUP, and PrincipalID the id in the identity store. The principal may be gone from
	// there: AWS keeps the assignment.
	PrincipalType, PrincipalID string
}

// Reader asks one account of AWS, in one Region.
type Reader struct{ client *ssoadmin.Client }

// Of lists every assignment of a permission set, in the order of accounts and principals, each once. It is complete, or
// an error.
func (r *Reader) Of(ctx context.Context, instance, permissionSet string) ([]Assignment, error) {
	accounts, err := r.accounts(ctx, instance, permissionSet, "")
	if err != nil {
		return nil, err
	}
	var all []Assignment
	for _, account := range accounts {
		in, err := r.in(ctx, instance, permissionSet, account)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", account, err)
		}
		all = append(all, in...)
	}
	slices.SortFunc(all, func(a, b Assignment) int {
		return cmp.Or(
			cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.PrincipalType, b.PrincipalType),
			cmp.Compare(a.PrincipalID, b.PrincipalID),
		)
	})
	return slices.Compact(all), nil
}

// accounts lists the ids of the accounts in which a permission set is provisioned: those of a status, or all of them
// where that is empty. They are sorted.
func (r *Reader) accounts(
	ctx context.Context, instance, permissionSet string, status types.ProvisioningStatus,
) ([]string, error) {
	var accounts []string
	pages := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(
		r.client,
		&ssoadmin.ListAccountsForProvisionedPermissionSetInput{
			InstanceArn:        aws.String(instance),
			PermissionSetArn:   aws.String(permissionSet),
			ProvisioningStatus: status,
		},
	)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, page.AccountIds...)
	}
	slices.Sort(accounts)
	return slices.Compact(accounts), nil
}

// in lists the assignments in one account.
func (r *Reader) in(ctx context.Context, instance, permissionSet, account string) ([]Assignment, error) {
	var all []Assignment
	list := ssoadmin.NewListAccountAssignmentsPaginator(r.client, &ssoadmin.ListAccountAssignmentsInput{
		InstanceArn:      aws.String(instance),
		PermissionSetArn: aws.String(permissionSet),
		AccountId:        aws.String(account),
	})
	for list.HasMorePages() {
		page, err := list.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, a := range page.AccountAssignments {
			all = append(all, Assignment{
				Account:       cmp.Or(aws.ToString(a.AccountId), account),
				PrincipalType: string(a.PrincipalType),
				PrincipalID:   aws.ToString(a.PrincipalId),
			})
		}
	}
	return all, nil
}
