package iam

import (
	"context"
	"maps"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// Credential is a kind of what a user can make besides passwords, access keys and devices, as the names of API calls
// have it.
type Credential string

// The kinds of credentials that are listed and deleted alike.
const (
	SSHPublicKey              Credential = "SSHPublicKey"
	SigningCertificate        Credential = "SigningCertificate"
	ServiceSpecificCredential Credential = "ServiceSpecificCredential"
)

// AddCredential is UploadSSHPublicKey, UploadSigningCertificate and CreateServiceSpecificCredential. It gives the id
// of what it makes, which holds no secret.
func (i Client) AddCredential(ctx context.Context, kind Credential, name string) (string, error) {
	operation := map[Credential]string{
		SSHPublicKey: "UploadSSHPublicKey", SigningCertificate: "UploadSigningCertificate", ServiceSpecificCredential: "CreateServiceSpecificCredential",
	}[kind]
	return api.Ask(ctx, i.Client, operation, name, func(tx *store.Tx) (string, error) {
		user, err := i.user(name)
		if err != nil {
			return "", err
		}
		id := i.World.UniqueID(tx, i.Caller.Account, "ACCA", string(kind), user.ID)
		user.Others = maps.Clone(user.Others)
		if user.Others == nil {
			user.Others = map[Credential][]string{}
		}
		user.Others[kind] = append(slices.Clone(user.Others[kind]), id)
		i.putUser(tx, user)
		return id, nil
	})
}

// ListCredentials is ListSSHPublicKeys, ListSigningCertificates and ListServiceSpecificCredentials: ids in the order
// in which they were made.
func (i Client) ListCredentials(ctx context.Context, kind Credential, name string) ([]string, error) {
	return api.Ask(ctx, i.Client, "List"+string(kind)+"s", name, func(*store.Tx) ([]string, error) {
		user, err := i.user(name)
		return slices.Clone(user.Others[kind]), err
	})
}

// DeleteCredential is DeleteSSHPublicKey, DeleteSigningCertificate and DeleteServiceSpecificCredential.
func (i Client) DeleteCredential(ctx context.Context, kind Credential, name, id string) error {
	return api.Do(ctx, i.Client, "Delete"+string(kind), name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if !slices.Contains(user.Others[kind], id) {
			return noSuchEntity("The %s with id %s cannot be found.", kind, id)
		}
		user.Others = maps.Clone(user.Others)
		user.Others[kind] = slices.DeleteFunc(
			slices.Clone(user.Others[kind]),
			func(other string) bool { return other == id },
		)
		if len(user.Others[kind]) == 0 {
			delete(user.Others, kind)
		}
		i.putUser(tx, user)
		return nil
	})
}

// ListAccessKeys lists the ids of the access keys of a user.
func (i Client) ListAccessKeys(ctx context.Context, name string) ([]string, error) {
	return api.Ask(ctx, i.Client, "ListAccessKeys", name, func(*store.Tx) ([]string, error) {
		user, err := i.user(name)
		return slices.Clone(user.AccessKeys), err
	})
}

// ListMFADevices lists the serial numbers of the devices that a user enrolled.
func (i Client) ListMFADevices(ctx context.Context, name string) ([]string, error) {
	return api.Ask(ctx, i.Client, "ListMFADevices", name, func(*store.Tx) ([]string, error) {
		user, err := i.user(name)
		return slices.Clone(user.MFADevices), err
	})
}

// ListVirtualMFADevices lists the serial numbers of the virtual devices that somebody enrolled, by the name of the
// user.
func (i Client) ListVirtualMFADevices(ctx context.Context) (map[string][]string, error) {
	return api.Ask(
		ctx,
		i.Client,
		"ListVirtualMFADevices",
		i.Caller.Account,
		func(*store.Tx) (map[string][]string, error) {
			serials := map[string][]string{}
			for _, device := range i.state.Devices.List(i.Caller.Account) {
				if device.User != "" {
					serials[device.User] = append(serials[device.User], i.serial(device.Name))
				}
			}
			return serials, nil
		},
	)
}
