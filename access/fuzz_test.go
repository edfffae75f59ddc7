package access

import (
	"testing"
	"time"

	"aws-access-guardrails/policy"
)

// FuzzDecide: no document that parses makes Compile, Decide or Explain panic, in whatever role it stands, and the two agree.
func FuzzDecide(f *testing.F) {
	for _, d := range []policy.Document{mfaGuard(), operation(people), trustWithMFA(userARN("bob"))} {
		f.Add([]byte(d.JSON()), "ssm:StartSession", "arn:aws:ssm:eu-west-1:111122223333:document/x", "aws:TagKeys", "Project")
	}
	f.Add([]byte(`{"Statement":{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::${aws:username, 'x'}*","Condition":{"ForAllValues:DateLessThanIfExists":{"aws:EpochTime":"1796083200"},"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","::1"]}}}}`),
		"iam:TagUser", "*", "aws:SourceIp", "10.1.2.3")
	f.Fuzz(func(t *testing.T, document []byte, action, arn, key, value string) {
		d, err := policy.Parse(document)
		if err != nil {
			return
		}
		inline := []InlinePolicy{{"p", d}}
		managed := ManagedPolicy{ARN: "arn:aws:iam::111122223333:policy/p", Document: d}
		worlds := []World{
			{Accounts: []Account{{ID: people, Users: []User{{Name: "bob", Inline: inline}}}}},
			{Accounts: []Account{{ID: people, Policies: []ManagedPolicy{managed}, Users: []User{{Name: "bob", Attached: []string{managed.ARN}, Boundary: managed.ARN}}}}},
			{Accounts: []Account{{ID: people, Users: []User{{Name: "bob"}}, Roles: []Role{{Name: "r", Trust: d}}}}},
			{Accounts: []Account{{ID: people, Users: []User{{Name: "bob"}}}}, Organization: &Organization{ID: "o-exampleorgid", Root: Unit{ID: "r-exam",
				Policies: []ServiceControlPolicy{{"s", d}}, Accounts: []OrganizationAccount{{ID: people, Policies: []ServiceControlPolicy{{"s", d}}}}}}},
		}
		sessions := []Session{LongTermKey(userARN("bob")).WithMFACode(), ConsoleWithMFA(userARN("bob"), time.Hour), Root(people), Service("ec2.amazonaws.com")}
		requests := []Request{
			{Action: action, Resources: []Resource{{ARN: arn, Tags: []Tag{{"Project", value}}}}, Context: Context{key: {value}}, Time: time.Unix(1796083200, 0)},
			{Action: action, Context: Context{key: {value, ""}}},
			AssumeRole(roleARN("r"), value, Tag{key, value}),
		}
		for _, w := range worlds {
			e, err := Compile(w)
			if err != nil {
				continue
			}
			for _, s := range sessions {
				if limited, err := e.LimitedTo(s, d); err == nil && len(document)%2 == 0 {
					s = limited
				}
				for _, r := range requests {
					decision, err := e.Decide(s, r)
					x, explainErr := e.Explain(s, r)
					if (err == nil) != (explainErr == nil) {
						t.Fatalf("Decide: %v, Explain: %v", err, explainErr)
					}
					if err == nil && decision.Outcome != x.Decision.Outcome {
						t.Fatalf("Decide: %s, Explain: %s", decision, x.Decision)
					}
					_ = x.String()
				}
			}
		}
	})
}
