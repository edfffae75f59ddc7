package preferences

import (
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail"
)

// Args configures Session Manager: the section "sessions" of the stack file. Preferences are kept per account and per
// Region; a Region that is not listed keeps AWS's defaults, which open shells as ssm-user with sudo.
type Args struct {
	Account guardrail.Account
	// Regions where the preferences are set. Required.
	Regions []string
	RunAs   RunAs
	// IdleTimeout ends a session without input, in whole minutes, 1 to 60. Zero means 15 minutes.
	IdleTimeout time.Duration
	// MaxDuration ends every session, in whole minutes, 1 minute to 24 hours. Zero means 60 minutes.
	MaxDuration time.Duration
	Shell       Shell
	Logs        SessionLogs
	// KMSKeyID encrypts session data between client and node, on top of TLS: a key id (a multi-Region key where
	// several Regions are listed) or the key ARN of the only Region, never an alias. Empty means TLS alone.
	KMSKeyID string
	// NodePolicy makes the customer managed policy NodePolicyName of NodeDocument, for the roles of nodes. Nothing is
	// attached: nodes are made elsewhere.
	NodePolicy bool
}

// RunAs says as which OS user shells on Linux and macOS start.
type RunAs struct {
	// Enabled starts shells as the OS user in the tag SSMSessionRunAs of the principal. Nil means true; false starts
	// them as ssm-user, who has sudo.
	Enabled *bool
	// DefaultUser is the OS user of principals without the tag. Empty means that their sessions fail.
	DefaultUser string
	// DomainLogins says that OS users can be logins of a domain (user@domain). Stack files need it for such a login;
	// the documents do not change.
	DomainLogins bool
}

// Shell is what Session Manager runs at the start of a shell, up to 512 characters each. Empty means nothing.
type Shell struct{ Linux, Windows string }

// SessionLogs says where the output of shells is kept. The zero value keeps none.
type SessionLogs struct {
	CloudWatch CloudWatchLogs
	S3         S3Logs
}

// CloudWatchLogs sends session output to CloudWatch Logs.
type CloudWatchLogs struct {
	// Group is the name of the log group, which must exist in every listed Region. Empty means no log.
	Group string
	// Encrypted refuses sessions when the log group is not encrypted with a KMS key. Nil means true.
	Encrypted *bool
	// Streaming sends the log while the session runs, not when it ends. Nil means true.
	Streaming *bool
}

// S3Logs sends session output to a bucket when the session ends.
type S3Logs struct {
	// Bucket is the name of the bucket. Empty means no log.
	Bucket string
	// Prefix is the key prefix in the bucket. Optional.
	Prefix string
	// Encrypted refuses sessions when the bucket is not encrypted. Nil means true.
	Encrypted *bool
}

// AddIntent says in which Regions the preferences are set.
func (a *Args) AddIntent(in *intent.Account) { in.Regions = a.Regions }
