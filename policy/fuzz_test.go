package policy_test

import (
	"testing"

	"aws-access-guardrails/policy"
)

// FuzzParse holds that no text makes Parse or Validate panic, and that what Parse accepts renders to a text that
// reads back the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `{"Statement": []}`, `{"Statement": [[[[]]]]}`, `null`, "\xff", `{"Statement": {"Sid": "\ud800"}}`,
		`{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`,
		`{"Version": "2008-10-17", "Statement": {"Effect": "Deny", "NotAction": [], "NotResource": ["arn:aws:s3:::b/${aws:username}"]}}`,
		`{"Statement": [{"Effect": "Allow", "Principal": {"AWS": ["*"], "Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole",
		  "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}, "NumericLessThanIfExists": {"aws:MultiFactorAuthAge": 3600.50}}}]}`,
		`{"Statement": [{"Effect": "Allow", "Principal": "*", "Principal": {}, "Condition": {"StringEquals": {"a": "b", "a": ["b", null]}}}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		document, err := policy.Parse(data)
		if err != nil {
			return
		}
		for _, use := range allUses {
			document.Validate(use, policy.Quotas{})
		}
		text := document.JSON()
		again, err := policy.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		if again.JSON() != text {
			t.Fatalf("rendered\n%s\nthen\n%s", text, again.JSON())
		}
	})
}
