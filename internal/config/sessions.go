package config

import (
	"time"

	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
)

var sessionsKeys = keys("Session Manager in the listed Regions",
	key(
		"regions",
		func(a *preferences.Args) *[]string { return &a.Regions },
		words(
			text(validateRegion).pattern(regionPattern),
		).notEmpty("would leave every Region at AWS's defaults, where shells are ssm-user's with sudo", "list the Regions, or remove the key"),
	).
		orNothing("the Region of aws:region", "it is where this stack is at home; every other Region with nodes must be listed").
		doc("The Regions whose Session Manager preferences this stack sets. A Region that is not listed keeps AWS's defaults: shells of ssm-user, with sudo.").
		example([]string{"ap-northeast-1", "us-east-1"}),
	key("runAs", func(a *preferences.Args) *preferences.RunAs { return &a.RunAs }, runAsKeys).
		asSection().
		doc("As which OS user shells on Linux and macOS start.").
		example(map[string]any{"enabled": true, "defaultUser": ""}),
	key("idleTimeout", func(a *preferences.Args) *time.Duration { return &a.IdleTimeout },
		durationKind{least: time.Minute, most: time.Hour, step: time.Minute}).
		orElse(15*time.Minute, "a shell that nobody types in is a shell for the next one at the desk").
		doc("Ends a session without input.").
		example("15m"),
	key("maxDuration", func(a *preferences.Args) *time.Duration { return &a.MaxDuration },
		durationKind{least: time.Minute, most: 24 * time.Hour, step: time.Minute}).
		orElse(time.Hour, "AWS sets no limit of its own: a shell outlives the role session that opened it").
		doc("Ends every session.").
		example("60m"),
	key("shell", func(a *preferences.Args) *preferences.Shell { return &a.Shell }, shellKeys).
		asSection().
		doc("What runs at the start of a shell.").
		example(map[string]any{"linux": "exec /bin/bash -l"}),
	key("logs", func(a *preferences.Args) *preferences.SessionLogs { return &a.Logs }, logsKeys).
		asSection().
		doc("Where the output of shells is kept.").
		example(map[string]any{"cloudWatch": map[string]any{"group": "/guardrails/sessions"}}),
	key("kmsKeyId", func(a *preferences.Args) *string { return &a.KMSKeyID }, text(nil)).
		orNothing("session data is encrypted with TLS alone", "a key of one's own must exist and be shared with the nodes").
		doc("The KMS key that encrypts session data between client and node: a key id (of a multi-Region key where several Regions are listed) or a key ARN, "+
			"never an alias.").
		example("mrk-1234abcd12ab34cd56ef1234567890ab"),
	key("nodePolicy", func(a *preferences.Args) *bool { return &a.NodePolicy }, boolean{}).
		orElse(false, "the roles of nodes may get these rights where nodes are made; render and handover show them").
		doc("Makes the managed policy guardrails-session-node, with what nodes need for the logs and the key besides AmazonSSMManagedInstanceCore. Attach it to "+
			"the roles of their instance profiles; it can be removed again once it is attached nowhere.").
		example(true),
)

var runAsKeys = keys(
	"the OS user of shells",
	key("enabled", func(r *preferences.RunAs) **bool { return &r.Enabled }, optionally(boolean{})).
		orElse(ptr(true), "without it every shell is ssm-user's, with sudo").
		doc("Starts shells as the OS user in the tag SSMSessionRunAs of the principal.").
		example(true),
	key(
		"defaultUser",
		func(r *preferences.RunAs) *string { return &r.DefaultUser },
		text(policy.ValidateOSUser).pattern(osUserPattern).orEmpty(),
	).
		orNothing("sessions of principals without the tag fail", "who has no OS user should have no shell").
		doc("The OS user of principals without the tag.").
		example("operator"),
	key("domainLogins", func(r *preferences.RunAs) *bool { return &r.DomainLogins }, boolean{}).
		orElse(false, "an OS user with \"@\" is an address more often than a login").
		doc("Takes logins of a domain (user@domain) as OS users, for nodes that are joined to a directory.").
		example(false),
)

var shellKeys = keys("commands at the start of a shell",
	key("linux", func(s *preferences.Shell) *string { return &s.Linux }, text(nil).orEmpty().ofLines()).
		orNothing("the shell stays Session Manager's, sh", "the nodes decide").
		doc("Runs on Linux and macOS nodes.").
		example("exec /bin/bash -l"),
	key("windows", func(s *preferences.Shell) *string { return &s.Windows }, text(nil).orEmpty().ofLines()).
		orNothing("nothing runs", "the nodes decide").
		doc("Runs on Windows nodes.").
		example("date"),
)

var logsKeys = keys(
	"logs of sessions",
	key(
		"cloudWatch",
		func(l *preferences.SessionLogs) *preferences.CloudWatchLogs { return &l.CloudWatch },
		cloudWatchKeys,
	).
		orNothing("no log in CloudWatch Logs", "the log group must exist, and the nodes must be allowed to write to it").
		doc("Sends the output of shells to CloudWatch Logs.").
		example(map[string]any{"group": "/guardrails/sessions"}),
	key("s3", func(l *preferences.SessionLogs) *preferences.S3Logs { return &l.S3 }, s3Keys).
		orNothing("no log in S3", "the bucket must exist, and the nodes must be allowed to write to it").
		doc("Sends the output of shells to a bucket when the session ends.").
		example(map[string]any{"bucket": "amzn-s3-demo-bucket"}),
)

var cloudWatchKeys = keys("a log in CloudWatch Logs",
	key("group", func(l *preferences.CloudWatchLogs) *string { return &l.Group }, text(nil)).
		required("write the name of the log group").
		doc("The log group. It must exist in every listed Region.").
		example("/guardrails/sessions"),
	key("encrypted", func(l *preferences.CloudWatchLogs) **bool { return &l.Encrypted }, optionally(boolean{})).
		orElse(ptr(true), "what people type in shells holds secrets").
		doc("Refuses sessions when the log group is not encrypted with a KMS key.").
		example(true),
	key("streaming", func(l *preferences.CloudWatchLogs) **bool { return &l.Streaming }, optionally(boolean{})).
		orElse(ptr(true), "a log that is written at the end is missing when the node does not reach the end").
		doc("Sends the log while the session runs.").
		example(true),
)

var s3Keys = keys("a log in a bucket",
	key("bucket", func(l *preferences.S3Logs) *string { return &l.Bucket }, text(nil)).
		required("write the name of the bucket").
		doc("The bucket.").
		example("amzn-s3-demo-bucket"),
	key("prefix", func(l *preferences.S3Logs) *string { return &l.Prefix }, text(nil)).
		orNothing("objects lie at the top of the bucket", "a bucket of its own needs none").
		doc("The prefix of the keys in the bucket.").
		example("sessions"),
	key("encrypted", func(l *preferences.S3Logs) **bool { return &l.Encrypted }, optionally(boolean{})).
		orElse(ptr(true), "what people type in shells holds secrets").
		doc("Refuses sessions when the bucket is not encrypted.").
		example(true),
)
