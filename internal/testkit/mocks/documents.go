package mocks

import (
	"strings"

	"aws-access-guardrails/internal/awstype/token"
)

// Documents are the documents that a program registers, by what they belong to.
func (rec *Recorder) Documents() map[string]string {
	out := map[string]string{}
	for _, r := range rec.Resources() {
		switch r.Type {
		case token.IAMGroupPolicy:
			out["group-"+r.String("group")+"."+r.String("name")] = r.String("policy")
		case token.IAMPolicy:
			out["policy-"+r.String("name")] = r.String("policy")
		case token.IAMRole:
			out["role-"+r.String("name")+".trust"] = r.String("assumeRolePolicy")
		case token.IAMRolePolicy:
			out["role-"+r.String("role")+"."+r.String("name")] = r.String("policy")
		case token.SSMDocument:
			out["document-"+r.String("name")+"."+strings.TrimPrefix(r.Name, "sessions-preferences-")] = r.String(
				"content",
			)
		}
	}
	return out
}
