package preferences

import (
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

var (
	// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html.
	logGroup = regexp.MustCompile(`^[A-Za-z0-9_/.#-]+$`)
	// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	// Key prefixes of letters, digits and characters that need no escape; a slash at the end would make an empty
	// folder.
	keyPrefix = regexp.MustCompile(`^[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)*$`)
)

// logGroupLength is how long the name of a log group may be.
const logGroupLength = 512

// maxShellProfile is the length of a shell profile, in characters.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-shell-config.html.
const maxShellProfile = 512

// Validate reports every problem, in the order of the fields, as Problems relative to the section "sessions".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	a.validateRegions(&p)
	if a.RunAs.DefaultUser != "" {
		if guardrail.CheckOSUser(&p, "runAs.defaultUser", a.RunAs.DefaultUser) && !OrTrue(a.RunAs.Enabled) {
			p.Add(
				"runAs.defaultUser",
				a.RunAs.DefaultUser,
				"has no effect, because runAs.enabled is false",
				"enable runAs, or leave it out",
			)
		}
	}
	validateMinutes(&p, "idleTimeout", a.idleTimeout(), time.Hour, "use 1m to 60m")
	validateMinutes(&p, "maxDuration", a.SessionLength(), 24*time.Hour, "use 1m to 24h")
	validateShell(&p, "shell.linux", a.Shell.Linux)
	validateShell(&p, "shell.windows", a.Shell.Windows)
	a.validateLogs(&p)
	guardrail.ValidateKMSKeyID(&p, "kmsKeyId", a.Account, a.Regions, a.KMSKeyID)
	if _, needed := a.NodeDocument(); a.NodePolicy && !needed {
		p.Add(
			"nodePolicy",
			"true",
			"would make a policy without statements, because there is neither a log nor a key",
			"write logs or kmsKeyId, or remove it",
		)
	}
	return p.Err()
}

func (a *Args) validateRegions(p *problem.List) {
	if len(a.Regions) == 0 {
		p.Empty("regions", "so no Region would have Run As or limits", "list every Region where nodes run")
	}
	ValidateRegions(p, "regions", a.Account, a.Regions)
}

func ValidateRegions(p *problem.List, list problem.Path, account guardrail.Account, regions []string) {
	for i, region := range regions {
		path := list.Index(i)
		partition, err := policy.PartitionOfRegion(region)
		switch {
		case !p.Check(path, region, err):
		case account.Partition.Valid() && partition != account.Partition:
			p.Add(
				path,
				region,
				"is a Region of partition "+string(partition)+", and the account is of "+string(account.Partition),
				"list Regions of one partition",
			)
		case slices.Contains(regions[:i], region):
			p.Add(path, region, "is listed twice", "remove one")
		}
	}
}

func (a *Args) validateLogs(p *problem.List) {
	watch, s3 := a.Logs.CloudWatch, a.Logs.S3
	if watch.Group != "" && (len(watch.Group) > logGroupLength || !logGroup.MatchString(watch.Group)) {
		p.Add(
			"logs.cloudWatch.group",
			watch.Group,
			"is not the name of a log group",
			"use up to 512 letters, digits and _/.#-, such as /guardrails/ssm-sessions",
		)
	}
	if s3.Bucket != "" && !bucketName.MatchString(s3.Bucket) {
		p.Add(
			"logs.s3.bucket",
			s3.Bucket,
			"is not the name of a bucket",
			"use 3 to 63 lower-case letters, digits, dots and hyphens",
		)
	}
	switch {
	case s3.Prefix == "":
	case s3.Bucket == "":
		p.Add("logs.s3.prefix", s3.Prefix, "has no effect without logs.s3.bucket", "name the bucket, or leave it out")
	case !keyPrefix.MatchString(s3.Prefix):
		p.Add(
			"logs.s3.prefix",
			s3.Prefix,
			"is not a key prefix",
			"use names of letters, digits and !_.'()- with single slashes between them, such as sessions/prod",
		)
	}
}

func validateMinutes(p *problem.List, path problem.Path, d, most time.Duration, fix string) {
	switch {
	case d < time.Minute || d > most:
		p.Add(path, policy.ShortDuration(d), "is outside of what Session Manager takes", fix)
	case d%time.Minute != 0:
		p.Add(path, policy.ShortDuration(d), "is not in whole minutes", "use whole minutes")
	}
}

func validateShell(p *problem.List, path problem.Path, profile string) {
	if !utf8.ValidString(profile) {
		p.Add(path, profile, "is not UTF-8", "write plain text")
	} else if n := utf8.RuneCountInString(profile); n > maxShellProfile {
		p.Add(
			path,
			profile,
			"is longer than the 512 characters that Session Manager takes",
			"put it into a script on the nodes and run that",
		)
	}
}
