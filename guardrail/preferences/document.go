package preferences

import (
	"cmp"
	"strconv"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/sessiondoc"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

const (
	defaultIdleTimeout = 15 * time.Minute
	defaultMaxDuration = 60 * time.Minute
)

// preferences is the content of the document SSM-SessionManagerRunShell, in the order of AWS's own pages.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html.
type preferences struct {
	SchemaVersion string            `json:"schemaVersion"`
	Description   string            `json:"description"`
	SessionType   string            `json:"sessionType"`
	Inputs        preferencesInputs `json:"inputs"`
}

type preferencesInputs struct {
	S3BucketName                string       `json:"s3BucketName"`
	S3KeyPrefix                 string       `json:"s3KeyPrefix"`
	S3EncryptionEnabled         bool         `json:"s3EncryptionEnabled"`
	CloudWatchLogGroupName      string       `json:"cloudWatchLogGroupName"`
	CloudWatchEncryptionEnabled bool         `json:"cloudWatchEncryptionEnabled"`
	CloudWatchStreamingEnabled  bool         `json:"cloudWatchStreamingEnabled"`
	KMSKeyID                    string       `json:"kmsKeyId"`
	RunAsEnabled                bool         `json:"runAsEnabled"`
	RunAsDefaultUser            string       `json:"runAsDefaultUser"`
	IdleSessionTimeout          string       `json:"idleSessionTimeout"`
	MaxSessionDuration          string       `json:"maxSessionDuration"`
	ShellProfile                shellProfile `json:"shellProfile"`
}

type shellProfile struct {
	Linux   string `json:"linux"`
	Windows string `json:"windows"`
}

// Content is the preferences document as JSON, the same for every Region.
func (a *Args) Content() string {
	text, err := policy.Compact(preferences{
		SchemaVersion: "1.0",
		Description:   "Session Manager preferences (managed)",
		SessionType:   sessiondoc.TypeShell,
		Inputs:        a.inputs(),
	})
	if err != nil {
		// Strings and booleans always encode; the text of an error is no document that SSM would take.
		return err.Error()
	}
	return text
}

// Inputs are what the document says about Run As, limits and logs, as values that encode to JSON: a session document of
// one's own has the same.
func (a *Args) Inputs() any { return a.inputs() }

func (a *Args) inputs() preferencesInputs {
	return preferencesInputs{
		S3BucketName:                a.Logs.S3.Bucket,
		S3KeyPrefix:                 a.Logs.S3.Prefix,
		S3EncryptionEnabled:         OrTrue(a.Logs.S3.Encrypted),
		CloudWatchLogGroupName:      a.Logs.CloudWatch.Group,
		CloudWatchEncryptionEnabled: OrTrue(a.Logs.CloudWatch.Encrypted),
		CloudWatchStreamingEnabled:  OrTrue(a.Logs.CloudWatch.Streaming),
		KMSKeyID:                    a.KMSKeyID,
		RunAsEnabled:                OrTrue(a.RunAs.Enabled),
		RunAsDefaultUser:            a.RunAs.DefaultUser,
		IdleSessionTimeout:          minutes(a.idleTimeout()),
		MaxSessionDuration:          minutes(a.SessionLength()),
		ShellProfile:                shellProfile{Linux: a.Shell.Linux, Windows: a.Shell.Windows},
	}
}

func (a *Args) idleTimeout() time.Duration {
	return cmp.Or(a.IdleTimeout, defaultIdleTimeout)
}

func (a *Args) SessionLength() time.Duration {
	return cmp.Or(a.MaxDuration, defaultMaxDuration)
}

// AddTo adds the document and what it means to a world, in every listed Region.
func (a *Args) AddTo(w *world.Account) {
	for _, region := range a.Regions {
		w.Documents = append(w.Documents, world.SessionDocument{
			Name:    guardrail.PreferencesDocument,
			Region:  region,
			Type:    "Session",
			Owner:   a.Account.ID,
			Content: a.Content(),
		})
		w.Preferences = append(w.Preferences, world.SessionPreferences{
			Region: region, RunAs: OrTrue(a.RunAs.Enabled), DefaultUser: a.RunAs.DefaultUser,
			IdleTimeout: int(a.idleTimeout() / time.Minute), MaxDuration: int(a.SessionLength() / time.Minute),
			KMSKey: guardrail.KeyARN(a.Account, region, a.KMSKeyID),
		})
	}
	if document, needed := a.NodeDocument(); needed && a.NodePolicy {
		w.Policies = append(w.Policies, world.ManagedPolicy{ARN: a.NodePolicyARN(), Document: document})
	}
}

// NodePolicyARN is the ARN of the policy that NodePolicy makes.
func (a *Args) NodePolicyARN() string {
	return a.Account.Partition.PolicyARN(a.Account.ID, guardrail.PolicyPath, guardrail.NodePolicyName)
}

// NodeDocument is what the instance profile role of a node needs besides AWS's AmazonSSMManagedInstanceCore for the
// configured logs and key; false when it needs nothing more. No component attaches it: nodes are not of this stack.
// The key of the bucket is the bucket's business: whichever it is, it encrypts for objects of this bucket alone.
// Source:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html.
func (a *Args) NodeDocument() (policy.Document, bool) {
	p, account := a.Account.Partition, a.Account.ID
	var statements []policy.Statement
	if group := a.Logs.CloudWatch.Group; group != "" {
		arn := policy.ARN{
			Partition: p,
			Service:   "logs",
			Region:    "*",
			Account:   account,
			Resource:  "log-group:" + group + ":*",
		}.String()
		statements = append(
			statements,
			policy.Allow("FindLogGroups", "logs:DescribeLogGroups").On("*"),
			policy.Allow("WriteSessionsToLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents").
				On(arn),
		)
	}
	if bucket := a.Logs.S3.Bucket; bucket != "" {
		arn := policy.ARN{Partition: p, Service: "s3", Resource: bucket}.String()
		prefix := ""
		if a.Logs.S3.Prefix != "" {
			prefix = "/" + a.Logs.S3.Prefix
		}
		statements = append(
			statements,
			policy.Allow("ViewEncryptionOfBucket", "s3:GetEncryptionConfiguration").On(arn),
			policy.Allow("WriteSessionsToBucket", "s3:PutObject").On(arn+prefix+"/*"),
			policy.Allow("EncryptSessionsInBucket", "kms:GenerateDataKey").
				On("*").
				When(policy.ArnLike("kms:EncryptionContext:aws:s3:arn", arn, arn+"/*")),
		)
	}
	if a.KMSKeyID != "" {
		statements = append(
			statements,
			policy.Allow("DecryptSessionData", "kms:Decrypt").On(guardrail.KeyARN(a.Account, "*", a.KMSKeyID)),
		)
	}
	return policy.New(statements...), len(statements) > 0
}

func OrTrue(b *bool) bool { return b == nil || *b }

func minutes(d time.Duration) string { return strconv.Itoa(int(d / time.Minute)) }
