package cloud

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// CreateLoginProfile gives a user a console password.
func (i IAM) CreateLoginProfile(ctx context.Context, name string) error {
	return do(ctx, i.client, "CreateLoginProfile", name, func(tx *tx) error {
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
func (i IAM) DeleteLoginProfile(ctx context.Context, name string) error {
	return do(ctx, i.client, "DeleteLoginProfile", name, func(tx *tx) error {
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
func (i IAM) CreateAccessKey(ctx context.Context, name string) (string, error) {
	return call(ctx, i.client, "CreateAccessKey", name, func(tx *tx) (string, error) {
		user, err := i.user(name)
		if err != nil {
			return "", err
		}
		if len(user.AccessKeys) >= quotas.accessKeysPerUser {
			return "", limitExceeded("Cannot exceed quota for AccessKeysPerUser: %d", quotas.accessKeysPerUser)
		}
		id := i.cloud.uniqueID(tx, i.caller.Account, "AKIA", "accessKey", user.ID)[:20]
		user.AccessKeys = append(slices.Clone(user.AccessKeys), id)
		i.putUser(tx, user)
		return id, nil
	})
}

// DeleteAccessKey deletes an access key of a user.
func (i IAM) DeleteAccessKey(ctx context.Context, name, id string) error {
	return do(ctx, i.client, "DeleteAccessKey", name, func(tx *tx) error {
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
func (i IAM) CreateVirtualMFADevice(ctx context.Context, name string) (string, error) {
	return call(ctx, i.client, "CreateVirtualMFADevice", name, func(tx *tx) (string, error) {
		if err := checkName("virtualMFADeviceName", name, 226); err != nil {
			return "", err
		}
		if i.cloud.devices.has(i.caller.Account, nameKey(name)) {
			return "", alreadyExists("MFADevice entity at the same path and name already exists.")
		}
		i.cloud.devices.put(tx, i.caller.Account, nameKey(name), Device{Name: name})
		return i.serial(name), nil
	})
}

// EnableMFADevice enrols a virtual device for a user.
func (i IAM) EnableMFADevice(ctx context.Context, name, serial string) error {
	return do(ctx, i.client, "EnableMFADevice", name, func(tx *tx) error {
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
		if len(user.MFADevices) >= quotas.mfaDevicesPerUser {
			return limitExceeded("Cannot exceed quota for MFADevicesPerUser: %d", quotas.mfaDevicesPerUser)
		}
		device.User = name
		user.MFADevices = append(slices.Clone(user.MFADevices), serial)
		i.cloud.devices.put(tx, i.caller.Account, nameKey(device.Name), device)
		i.putUser(tx, user)
		return nil
	})
}

// DeactivateMFADevice takes a device away from a user; a virtual one stays as one that nobody has.
func (i IAM) DeactivateMFADevice(ctx context.Context, name, serial string) error {
	return do(ctx, i.client, "DeactivateMFADevice", name, func(tx *tx) error {
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
		i.cloud.devices.put(tx, i.caller.Account, nameKey(device.Name), device)
		i.putUser(tx, user)
		return nil
	})
}

// DeleteVirtualMFADevice deletes a device that nobody has.
func (i IAM) DeleteVirtualMFADevice(ctx context.Context, serial string) error {
	return do(ctx, i.client, "DeleteVirtualMFADevice", serial, func(tx *tx) error {
		device, err := i.device(serial)
		if err != nil {
			return err
		}
		if device.User != "" {
			return deleteConflict("Mfa device must be deactivated before it can be deleted.")
		}
		i.cloud.devices.remove(tx, i.caller.Account, nameKey(device.Name))
		return nil
	})
}

func (i IAM) serial(name string) string {
	return i.partition().MFADeviceARN(i.caller.Account, name)
}

func (i IAM) device(serial string) (Device, error) {
	_, name, _ := strings.Cut(serial, ":mfa/")
	device, ok := i.cloud.devices.get(i.caller.Account, nameKey(name))
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
func (i IAM) enrol(tx *tx, user User, e Enrolment) {
	user.Password = user.Password || e.Password
	if e.MFA && !i.cloud.devices.has(i.caller.Account, nameKey(user.Name)) {
		i.cloud.devices.put(tx, i.caller.Account, nameKey(user.Name), Device{Name: user.Name, User: user.Name})
		user.MFADevices = append(slices.Clone(user.MFADevices), i.serial(user.Name))
	}
	for range e.AccessKeys {
		user.AccessKeys = append(
			slices.Clone(user.AccessKeys),
			i.cloud.uniqueID(tx, i.caller.Account, "AKIA", "accessKey", user.ID)[:20],
		)
	}
	i.putUser(tx, user)
}

// enrolOnArrival does for a new user what the world says its person does at once.
func (i IAM) enrolOnArrival(tx *tx, user User) {
	if e, ok := i.cloud.enrolments.get(i.caller.Account, nameKey(user.Name)); ok {
		i.enrol(tx, user, e)
	}
}

// Enrol signs a person in for the first time: it gives an existing user what the enrolment says.
func (i IAM) Enrol(name string, e Enrolment) error {
	_, err := atomically(i.cloud, func(tx *tx) (struct{}, error) {
		user, err := i.user(name)
		if err != nil {
			return struct{}{}, err
		}
		if len(user.AccessKeys)+e.AccessKeys > quotas.accessKeysPerUser {
			return struct{}{}, fmt.Errorf(
				"user %s cannot have more than %d access keys",
				name,
				quotas.accessKeysPerUser,
			)
		}
		i.enrol(tx, user, e)
		return struct{}{}, nil
	})
	return err
}
