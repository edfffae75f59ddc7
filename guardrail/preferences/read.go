package preferences

import (
	"aws-access-guardrails/access/world/sessiondoc"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// awsIdleTimeout is how long a session without input lasts where the preferences do not say.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-timeout.html.
const awsIdleTimeout = 20 * time.Minute

// Read reads a preferences document that somebody else wrote. What the document leaves out has the value that AWS
// gives it, and a MaxDuration of zero means that sessions have no end. The error says what the document has that
// SessionPreferencesArgs cannot say: deploying the Args would remove it.
func Read(content string) (*Args, error) {
	var document struct {
		preferences
		Inputs json.RawMessage `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(content), &document); err != nil {
		return nil, fmt.Errorf("it is no JSON object of preferences: %w", err)
	}
	var in preferencesInputs
	if err := json.Unmarshal(document.Inputs, &in); err != nil {
		return nil, fmt.Errorf("its inputs cannot be read: %w", err)
	}
	unknown := append(
		unknownKeys("", []byte(content), preferences{}),
		unknownKeys("inputs.", document.Inputs, preferencesInputs{})...)
	if len(unknown) > 0 {
		return nil, fmt.Errorf("it has %s, which a stack file cannot say", strings.Join(unknown, ", "))
	}
	if document.SessionType != sessiondoc.TypeShell {
		return nil, fmt.Errorf("its sessionType is %q, and preferences are Standard_Stream", document.SessionType)
	}
	a := &Args{
		RunAs:       RunAs{Enabled: &in.RunAsEnabled, DefaultUser: in.RunAsDefaultUser},
		IdleTimeout: awsIdleTimeout,
		Shell:       Shell{Linux: in.ShellProfile.Linux, Windows: in.ShellProfile.Windows},
		Logs: SessionLogs{
			CloudWatch: CloudWatchLogs{
				Group:     in.CloudWatchLogGroupName,
				Encrypted: &in.CloudWatchEncryptionEnabled,
				Streaming: &in.CloudWatchStreamingEnabled,
			},
			S3: S3Logs{Bucket: in.S3BucketName, Prefix: in.S3KeyPrefix, Encrypted: &in.S3EncryptionEnabled},
		},
		KMSKeyID: in.KMSKeyID,
	}
	for _, limit := range []struct {
		key, text string
		into      *time.Duration
	}{{"idleSessionTimeout", in.IdleSessionTimeout, &a.IdleTimeout}, {"maxSessionDuration", in.MaxSessionDuration, &a.MaxDuration}} {
		if limit.text == "" {
			continue
		}
		n, err := strconv.Atoi(limit.text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("its inputs.%s is %q, which is no number of minutes", limit.key, limit.text)
		}
		*limit.into = time.Duration(n) * time.Minute
	}
	return a, nil
}

// unknownKeys are the keys of a JSON object that a value of the type of known would not be written with.
func unknownKeys(prefix string, object []byte, known any) []string {
	var has, may map[string]json.RawMessage
	text, err := json.Marshal(known)
	if err != nil || json.Unmarshal(text, &may) != nil || json.NewDecoder(bytes.NewReader(object)).Decode(&has) != nil {
		return nil
	}
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(has)) {
		if _, ok := may[key]; !ok {
			unknown = append(unknown, prefix+key)
		}
	}
	return unknown
}
