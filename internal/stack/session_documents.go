package stack

import (
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/sessiondocument"
)

// OwnSessionDocuments are the session documents of the account's own complete, in the order of the file.
func (s *Stack) OwnSessionDocuments() []*sessiondocument.Args {
	out := make([]*sessiondocument.Args, len(s.SessionDocuments))
	for i, a := range s.SessionDocuments {
		a.Account, a.Sessions, a.Regions = s.Account.Account, s.Preferences(), []string{s.AWS.Region}
		if s.Sessions != nil {
			a.Regions = s.Sessions.Regions
		}
		out[i] = &a
	}
	return out
}

// sessionDocumentIntent says which documents leave a part of a command to whoever starts a session.
func sessionDocumentIntent(s *Stack, in *intent.Account) {
	for i, a := range s.OwnSessionDocuments() {
		if len(a.Free()) > 0 {
			in.FreeDocuments = append(
				in.FreeDocuments,
				intent.FreeDocument{Name: a.Name, Key: string(elements("sessionDocuments")(i).Child("free"))},
			)
		}
	}
}

func sessionDocumentNotices(s *Stack, _ time.Time) guardrail.Notices {
	var all guardrail.Notices
	for i, a := range s.OwnSessionDocuments() {
		var n guardrail.Notices
		if f := a.PortForwarding; f != nil && f.Host != "" {
			n.Add("portForwarding.host", f.Host+" carries no tag: whoever lists "+a.Name+
				" reaches it through every node of the project, and no log says what is sent")
		}
		all = append(all, n.Under(elements("sessionDocuments")(i))...)
	}
	return all
}
