package sections

import (
	"time"

	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var sessionsKeys = strictyaml.Keys("Session Manager in the listed Regions",
	strictyaml.Key(
		"regions",
		func(a *preferences.Args) *[]string { return &a.Regions },
		strictyaml.Words(
			strictyaml.Text(provider.ValidateRegion).Pattern(provider.RegionPattern),
		).NotEmpty("would leave every Region at AWS's defaults, where shells are ssm-user's "+
			"with sudo", "list the Regions, or remove the key"),
	).
		OrNothing("the Region of aws:region",
			"it is where this stack is at home; every other Region with nodes must be listed").
		Doc("The Regions whose Session Manager preferences this stack sets. A Region that is not listed keeps AWS's "+
			"defaults: shells of ssm-user, with sudo.").
		Example([]string{"ap-northeast-1", "us-east-1"}),
	strictyaml.Key("runAs", func(a *preferences.Args) *preferences.RunAs { return &a.RunAs }, runAsKeys).
		AsSection().
		Doc("As which OS user shells on Linux and macOS start.").
		Example(map[string]any{"enabled": true, "defaultUser": ""}),
	strictyaml.Key("idleTimeout", func(a *preferences.Args) *time.Duration { return &a.IdleTimeout },
		strictyaml.Duration{Least: time.Minute, Most: time.Hour, Step: time.Minute}).
		OrElse(15*time.Minute, "a shell that nobody types in is a shell for the next one at the desk").
		Doc("Ends a session without input.").
		Example("15m"),
	strictyaml.Key("maxDuration", func(a *preferences.Args) *time.Duration { return &a.MaxDuration },
		strictyaml.Duration{Least: time.Minute, Most: 24 * time.Hour, Step: time.Minute}).
		OrElse(time.Hour, "AWS sets no limit of its own: a shell outlives the role session that opened it").
		Doc("Ends every session.").
		Example("60m"),
	strictyaml.Key("shell", func(a *preferences.Args) *preferences.Shell { return &a.Shell }, shellKeys).
		AsSection().
		Doc("What runs at the start of a shell.").
		Example(map[string]any{"linux": "exec /bin/bash -l"}),
	strictyaml.Key("logs", func(a *preferences.Args) *preferences.SessionLogs { return &a.Logs }, logsKeys).
		AsSection().
		Doc("Where the output of shells is kept.").
		Example(map[string]any{"cloudWatch": map[string]any{"group": "/guardrails/sessions"}}),
	strictyaml.Key("kmsKeyId", func(a *preferences.Args) *string { return &a.KMSKeyID }, strictyaml.Text(nil)).
		OrNothing("session data is encrypted with TLS alone",
			"a key of one's own must exist and be shared with the nodes").
		Doc("The KMS key that encrypts session data between client and node: a key id (of a multi-Region key where "+
			"several Regions are listed) or a key ARN, "+
			"never an alias.").
		Example("mrk-1234abcd12ab34cd56ef1234567890ab"),
	strictyaml.Key("nodePolicy", func(a *preferences.Args) *bool { return &a.NodePolicy }, strictyaml.Boolean{}).
		OrElse(false, "the roles of nodes may get these rights where nodes are made; render and handover show them").
		Doc("Makes the managed policy guardrails-session-node, with what nodes need for the logs and the key besides "+
			"AmazonSSMManagedInstanceCore. Attach it to "+
			"the roles of their instance profiles; it can be removed again once it is attached nowhere.").
		Example(true),
)

var runAsKeys = strictyaml.Keys(
	"the OS user of shells",
	strictyaml.Key("enabled", func(r *preferences.RunAs) **bool { return &r.Enabled },
		strictyaml.Optionally(strictyaml.Boolean{})).
		OrElse(strictyaml.Ptr(true), "without it every shell is ssm-user's, with sudo").
		Doc("Starts shells as the OS user in the tag SSMSessionRunAs of the principal.").
		Example(true),
	strictyaml.Key(
		"defaultUser",
		func(r *preferences.RunAs) *string { return &r.DefaultUser },
		strictyaml.Text(policy.ValidateOSUser).Pattern(osUserPattern).OrEmpty(),
	).
		OrNothing("sessions of principals without the tag fail", "who has no OS user should have no shell").
		Doc("The OS user of principals without the tag.").
		Example("operator"),
	strictyaml.Key("domainLogins", func(r *preferences.RunAs) *bool { return &r.DomainLogins }, strictyaml.Boolean{}).
		OrElse(false, "an OS user with \"@\" is an address more often than a login").
		Doc("Takes logins of a domain (user@domain) as OS users, for nodes that are joined to a directory.").
		Example(false),
)

var shellKeys = strictyaml.Keys(
	"commands at the start of a shell",
	strictyaml.Key("linux", func(s *preferences.Shell) *string { return &s.Linux },
		strictyaml.Text(nil).OrEmpty().OfLines()).
		OrNothing("the shell stays Session Manager's, sh", "the nodes decide").
		Doc("Runs on Linux and macOS nodes.").
		Example("exec /bin/bash -l"),
	strictyaml.Key("windows", func(s *preferences.Shell) *string { return &s.Windows },
		strictyaml.Text(nil).OrEmpty().OfLines()).
		OrNothing("nothing runs", "the nodes decide").
		Doc("Runs on Windows nodes.").
		Example("date"),
)

var logsKeys = strictyaml.Keys(
	"logs of sessions",
	strictyaml.Key(
		"cloudWatch",
		func(l *preferences.SessionLogs) *preferences.CloudWatchLogs { return &l.CloudWatch },
		cloudWatchKeys,
	).
		OrNothing("no log in CloudWatch Logs",
			"the log group must exist, and the nodes must be allowed to write to it").
		Doc("Sends the output of shells to CloudWatch Logs.").
		Example(map[string]any{"group": "/guardrails/sessions"}),
	strictyaml.Key("s3", func(l *preferences.SessionLogs) *preferences.S3Logs { return &l.S3 }, s3Keys).
		OrNothing("no log in S3", "the bucket must exist, and the nodes must be allowed to write to it").
		Doc("Sends the output of shells to a bucket when the session ends.").
		Example(map[string]any{"bucket": "amzn-s3-demo-bucket"}),
)

var cloudWatchKeys = strictyaml.Keys(
	"a log in CloudWatch Logs",
	strictyaml.Key("group", func(l *preferences.CloudWatchLogs) *string { return &l.Group }, strictyaml.Text(nil)).
		Required("write the name of the log group").
		Doc("The log group. It must exist in every listed Region.").
		Example("/guardrails/sessions"),
	strictyaml.Key("encrypted", func(l *preferences.CloudWatchLogs) **bool { return &l.Encrypted },
		strictyaml.Optionally(strictyaml.Boolean{})).
		OrElse(strictyaml.Ptr(true), "what people type in shells holds secrets").
		Doc("Refuses sessions when the log group is not encrypted with a KMS key.").
		Example(true),
	strictyaml.Key("streaming", func(l *preferences.CloudWatchLogs) **bool { return &l.Streaming },
		strictyaml.Optionally(strictyaml.Boolean{})).
		OrElse(strictyaml.Ptr(true),
			"a log that is written at the end is missing when the node does not reach the end").
		Doc("Sends the log while the session runs.").
		Example(true),
)

var s3Keys = strictyaml.Keys(
	"a log in a bucket",
	strictyaml.Key("bucket", func(l *preferences.S3Logs) *string { return &l.Bucket }, strictyaml.Text(nil)).
		Required("write the name of the bucket").
		Doc("The bucket.").
		Example("amzn-s3-demo-bucket"),
	strictyaml.Key("prefix", func(l *preferences.S3Logs) *string { return &l.Prefix }, strictyaml.Text(nil)).
		OrNothing("objects lie at the top of the bucket", "a bucket of its own needs none").
		Doc("The prefix of the keys in the bucket.").
		Example("sessions"),
	strictyaml.Key("encrypted", func(l *preferences.S3Logs) **bool { return &l.Encrypted },
		strictyaml.Optionally(strictyaml.Boolean{})).
		OrElse(strictyaml.Ptr(true), "what people type in shells holds secrets").
		Doc("Refuses sessions when the bucket is not encrypted.").
		Example(true),
)

// DefaultSessions is the section "sessions" of a file that writes nothing in it.
func DefaultSessions() preferences.Args { return strictyaml.Defaults(sessionsKeys) }
