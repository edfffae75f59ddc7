package components

import (
	"aws-access-guardrails/policy"
)

// RunAsTag is the tag that Session Manager reads from the principal that starts a session: the OS user of the shell. The key is AWS's and
// cannot be configured. Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html.
const RunAsTag = "SSMSessionRunAs"

// DefaultProjectTag is the tag that pairs roles with nodes when no other key is configured.
const DefaultProjectTag = "Project"

// The paths of what the components make. A path says what a role is: service control policies exempt and protect by path, and the
// members of the MFA group may assume what lies under RolePath and nothing else.
const (
	// RolePath is above every role of this module.
	RolePath = "/guardrails/"
	// OperationRolePath is the path of operation roles.
	OperationRolePath = "/guardrails/operation/"
	// DelegatedRolePath is the path of delegated roles.
	DelegatedRolePath = "/guardrails/delegated/"
	// PolicyPath is the path of the customer managed policies.
	PolicyPath = "/guardrails/"
)

// Account is the account that a component configures. It is known before anything runs, so that every ARN is known at preview.
type Account struct {
	// ID is the twelve-digit account id. Required.
	ID string
	// Alias is the name that people use for the account in sign-in links and handovers. Optional.
	Alias string
	// Partition is the partition of the account. Empty means aws.
	Partition policy.Partition
}
