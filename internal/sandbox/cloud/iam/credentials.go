package iam

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// CreateLoginProfile gives a user a console password.
func (i Client) CreateLoginProfile(ctx context.Context, name string) error {
	return api.Do(ctx, i.Client, "CreateLoginProfile", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if user.Password {
			return alreadyExists("Login Profile for user %s already exists.", name)
		}
		user.Password = true
		i.putUser(tx, user)
		return nil
	})
}

// DeleteLoginProfile takes the console password of a user away.
func (i Client) DeleteLoginProfile(ctx context.Context, name string) error {
	return api.Do(ctx, i.Client, "DeleteLoginProfile", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if !user.Password {
			return noSuchEntity("Login Profile for User %s cannot be found.", name)
		}
		user.Password = false
		i.putUser(tx, user)
		return nil
	})
}

// CreateAccessKey makes an access key of a user and returns its id. The secret exists nowhere.
func (i Client) CreateAccessKey(ctx context.Context, name string) (string, error) {
	return api.Ask(ctx, i.Client, "CreateAccessKey", name, func(tx *store.Tx) (string, error) {
		user, err := i.user(name)
		if err != nil {
			return "", err
		}
		if len(user.AccessKeys) >= accessKeysPerUser {
			return "", limitExceeded("Cannot exceed quota for AccessKeysPerUser: %d", accessKeysPerUser)
		}
		id := i.World.UniqueID(tx, i.Caller.Account, "AKIA", "accessKey", user.ID)[:20]
		user.AccessKeys = append(slices.Clone(user.AccessKeys), id)
		i.putUser(tx, user)
		return id, nil
	})
}

// DeleteAccessKey deletes an access key of a user.
func (i Client) DeleteAccessKey(ctx context.Context, name, id string) error {
	return api.Do(ctx, i.Client, "DeleteAccessKey", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if !slices.Contains(user.AccessKeys, id) {
			return noSuchEntity("The Access Key with id %s cannot be found.", id)
		}
		user.AccessKeys = slices.DeleteFunc(slices.Clone(user.AccessKeys), func(k string) bool { return k == id })
		i.putUser(tx, user)
		return nil
	})
}

// CreateVirtualMFADevice makes a device that nobody has enrolled and returns its serial number.
func (i Client) CreateVirtualMFADevice(ctx context.Context, name string) (string, error) {
	return api.Ask(ctx, i.Client, "CreateVirtualMFADevice", name, func(tx *store.Tx) (string, error) {
		if err := checkName("virtualMFADeviceName", name, 226); err != nil {
			return "", err
		}
		if i.state.Devices.Has(i.Caller.Account, NameKey(name)) {
			return "", alreadyExists("MFADevice entity at the same path and name already exists.")
		}
		i.state.Devices.Put(tx, i.Caller.Account, NameKey(name), Device{Name: name})
		return i.serial(name), nil
	})
}

// EnableMFADevice enrols a virtual device for a user.
func (i Client) EnableMFADevice(ctx context.Context, name, serial string) error {
	return api.Do(ctx, i.Client, "EnableMFADevice", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		device, err := i.device(serial)
		if err != nil {
			return err
		}
		if device.User != "" {
			return alreadyExists("MFADevice entity at the same path and name already exists.")
		}
		if len(user.MFADevices) >= mfaDevicesPerUser {
			return limitExceeded("Cannot exceed quota for MFADevicesPerUser: %d", mfaDevicesPerUser)
		}
		device.User = name
		user.MFADevices = append(slices.Clone(user.MFADevices), serial)
		i.state.Devices.Put(tx, i.Caller.Account, NameKey(device.Name), device)
		i.putUser(tx, user)
		return nil
	})
}

// DeactivateMFADevice takes a device away from a user; a virtual one stays as one that nobody has.
func (i Client) DeactivateMFADevice(ctx context.Context, name, serial string) error {
	return api.Do(ctx, i.Client, "DeactivateMFADevice", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if !slices.Contains(user.MFADevices, serial) {
			return noSuchEntity("MFA Device invalid for user.")
		}
		device, err := i.device(serial)
		if err != nil {
			return err
		}
		device.User = ""
		user.MFADevices = slices.DeleteFunc(slices.Clone(user.MFADevices), func(s string) bool { return s == serial })
		i.state.Devices.Put(tx, i.Caller.Account, NameKey(device.Name), device)
		i.putUser(tx, user)
		return nil
	})
}

// DeleteVirtualMFADevice deletes a device that nobody has.
func (i Client) DeleteVirtualMFADevice(ctx context.Context, serial string) error {
	return api.Do(ctx, i.Client, "DeleteVirtualMFADevice", serial, func(tx *store.Tx) error {
		device, err := i.device(serial)
		if err != nil {
			return err
		}
		if device.User != "" {
			return deleteConflict("Mfa device must be deactivated before it can be deleted.")
		}
		i.state.Devices.Remove(tx, i.Caller.Account, NameKey(device.Name))
		return nil
	})
}

func (i Client) serial(name string) string {
	return i.PartitionOfCaller().MFADeviceARN(i.Caller.Account, name)
}

func (i Client) device(serial string) (Device, error) {
	_, name, _ := strings.Cut(serial, ":mfa/")
	device, ok := i.state.Devices.Get(i.Caller.Account, NameKey(name))
	if !ok || i.serial(device.Name) != serial {
		return Device{}, noSuchEntity("VirtualMFADevice with serial number %s doesn't exist.", serial)
	}
	return device, nil
}

// Enrolment is what a person does once a user exists.
type Enrolment struct {
	Password   bool `json:"password,omitempty"`
	MFA        bool `json:"mfa,omitempty"`
	AccessKeys int  `json:"accessKeys,omitempty"`
}

// enrol gives the user what the person makes: a password, a device named like the user, access keys.
func (i Client) enrol(tx *store.Tx, user User, e Enrolment) {
	user.Password = user.Password || e.Password
	if e.MFA && !i.state.Devices.Has(i.Caller.Account, NameKey(user.Name)) {
		i.state.Devices.Put(tx, i.Caller.Account, NameKey(user.Name), Device{Name: user.Name, User: user.Name})
		user.MFADevices = append(slices.Clone(user.MFADevices), i.serial(user.Name))
	}
	for range e.AccessKeys {
		user.AccessKeys = append(
			slices.Clone(user.AccessKeys),
			i.World.UniqueID(tx, i.Caller.Account, "AKIA", "accessKey", user.ID)[:20],
		)
	}
	i.putUser(tx, user)
}

// enrolOnArrival does for a new user what the world says its person does at once.
func (i Client) enrolOnArrival(tx *store.Tx, user User) {
	if e, ok := i.state.Enrolments.Get(i.Caller.Account, NameKey(user.Name)); ok {
		i.enrol(tx, user, e)
	}
}

// Enrol signs a person in for the first time: it gives an existing user what the enrolment says.
func (i Client) Enrol(name string, e Enrolment) error {
	_, err := api.Atomically(i.World, func(tx *store.Tx) (struct{}, error) {
		user, err := i.user(name)
		if err != nil {
			return struct{}{}, err
		}
		if len(user.AccessKeys)+e.AccessKeys > accessKeysPerUser {
			return struct{}{}, fmt.Errorf(
				"user %s cannot have more than %d access keys",
				name,
				accessKeysPerUser,
			)
		}
		i.enrol(tx, user, e)
		return struct{}{}, nil
	})
	return err
}
