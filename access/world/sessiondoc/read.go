package sessiondoc

import (
	"encoding/json"
	"fmt"

	"aws-access-guardrails/access/world"
)

// RunAs is what a document says about the OS user of its sessions.
type RunAs struct {
	// Enabled says that the agent starts sessions as the user of the tag SSMSessionRunAs, or else as DefaultUser.
	Enabled     bool
	DefaultUser string
	// Elevated says that it runs commands as root or SYSTEM, whatever Run As says.
	Elevated bool
	// Port says that sessions forward a port and have no OS user.
	Port bool
}

// ReadRunAs reads what a document of the type Session says about the OS user.
func ReadRunAs(content string) (RunAs, error) {
	var document struct {
		Inputs struct {
			RunAsEnabled     bool   `json:"runAsEnabled"`
			RunAsDefaultUser string `json:"runAsDefaultUser"`
		} `json:"inputs"`
		Properties struct {
			Linux struct {
				RunAsElevated bool `json:"runAsElevated"`
			} `json:"linux"`
			MacOS struct {
				RunAsElevated bool `json:"runAsElevated"`
			} `json:"macos"`
		} `json:"properties"`
	}
	sessionType, err := typeOf(content)
	if err != nil {
		return RunAs{}, fmt.Errorf("is not JSON: %w", err)
	}
	switch sessionType {
	case TypePort:
		// Properties of this type have another shape, and say nothing about the user.
		return RunAs{Port: true}, nil
	case TypeShell, TypeInteractiveCommands, TypeNonInteractiveCommands:
	default:
		return RunAs{}, fmt.Errorf("session type %q is not one that the Session Manager schema has", sessionType)
	}
	if err := json.Unmarshal([]byte(content), &document); err != nil {
		return RunAs{}, fmt.Errorf("does not follow the Session Manager schema: %w", err)
	}
	return RunAs{
		Enabled:     document.Inputs.RunAsEnabled,
		DefaultUser: document.Inputs.RunAsDefaultUser,
		Elevated: sessionType != TypeShell &&
			(document.Properties.Linux.RunAsElevated || document.Properties.MacOS.RunAsElevated),
	}, nil
}

// typeOf is the type of the sessions of a document.
func typeOf(content string) (string, error) {
	var document struct {
		SessionType string `json:"sessionType"`
	}
	err := json.Unmarshal([]byte(content), &document)
	return document.SessionType, err
}

// Output is what a document says about the log of a shell.
type Output struct {
	Group       string `json:"cloudWatchLogGroupName"`
	GroupCipher bool   `json:"cloudWatchEncryptionEnabled"`
	Bucket      string `json:"s3BucketName"`
	Prefix      string `json:"s3KeyPrefix"`
	BucketCoded bool   `json:"s3EncryptionEnabled"`
	Key         string `json:"kmsKeyId"`
}

// ReadOutput reads what a document says about the log of its shells. It is the zero value for a document whose sessions
// are no shells, and for one that cannot be read.
func ReadOutput(content string) Output {
	var document struct {
		SessionType string `json:"sessionType"`
		Inputs      Output `json:"inputs"`
	}
	if json.Unmarshal([]byte(content), &document) != nil || document.SessionType == TypePort {
		return Output{}
	}
	return document.Inputs
}

// Opens is the kind of door that opens what a document of an account opens. A document that cannot be read counts as
// one that runs a command: of its OS user nothing is known.
func Opens(content string) world.DoorKind {
	var document struct {
		SessionType string `json:"sessionType"`
		Properties  Port   `json:"properties"`
	}
	switch err := json.Unmarshal([]byte(content), &document); {
	case err != nil || document.SessionType != TypePort:
		return world.Shell
	case document.Properties.Host != "":
		return world.RemotePort
	}
	return world.Port
}
