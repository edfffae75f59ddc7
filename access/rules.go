package access

import "strings"

// isAssumeRole reports whether an action is decided by the trust policy of the role that it names.
func isAssumeRole(action string) bool {
	if len(action) < len("sts:TagSession") || !equalFoldASCII(action[:4], "sts:") {
		return false
	}
	switch rest := action[4:]; {
	case equalFoldASCII(rest, "AssumeRole"), equalFoldASCII(rest, "AssumeRoleWithSAML"), equalFoldASCII(rest, "AssumeRoleWithWebIdentity"),
		equalFoldASCII(rest, "TagSession"), equalFoldASCII(rest, "SetSourceIdentity"):
		return true
	}
	return false
}

// The actions that a request brings with it.
var companions = []struct{ action, key, brings string }{
	{"sts:AssumeRole", "aws:TagKeys", "sts:TagSession"},
	{"sts:AssumeRole", "sts:SourceIdentity", "sts:SetSourceIdentity"},
	{"sts:AssumeRoleWithSAML", "aws:TagKeys", "sts:TagSession"},
	{"sts:AssumeRoleWithWebIdentity", "aws:TagKeys", "sts:TagSession"},
	{"iam:CreateUser", "aws:TagKeys", "iam:TagUser"},
	{"iam:CreateRole", "aws:TagKeys", "iam:TagRole"},
	{"iam:CreatePolicy", "aws:TagKeys", "iam:TagPolicy"},
	{"iam:CreateVirtualMFADevice", "aws:TagKeys", "iam:TagMFADevice"},
}

func (ev *env) firstAction() string { return ev.request.Action }

// nextAction is the action that comes after one, of those that the request brings with it; "" when there is none left.
//
// Source: IAM User Guide, Passing session tags in AWS STS, and Tagging IAM resources (tags at creation need the Tag action too).
func (ev *env) nextAction(after string) string {
	passed := after == ev.request.Action
	for i := range companions {
		c := &companions[i]
		if !equalFoldASCII(c.action, ev.request.Action) {
			continue
		}
		if !passed {
			passed = c.brings == after
			continue
		}
		if _, given := ev.given(c.key); given {
			return c.brings
		}
	}
	return ""
}

// rule applies what AWS itself decides before and beside every policy.
//
// Source: IAM User Guide, Compare AWS STS credentials; AWS STS API Reference, GetCallerIdentity and GetSessionToken; security bulletin
// AWS-2023-001 for the user who has an MFA device.
func (ev *env) rule() (Decision, bool, error) {
	service, name, _ := strings.Cut(ev.action, ":")
	switch {
	case equalFoldASCII(service, "sts"):
		return ev.ruleOfSTS(name)
	case equalFoldASCII(service, "iam"):
		return ev.ruleOfIAM(name)
	}
	return Decision{}, false, nil
}

func (ev *env) refuse(rule string) (Decision, bool, error) {
	return ev.decision(ExplicitlyDenied, Source{Kind: AWSRule, Rule: rule}), true, nil
}

func (ev *env) ruleOfSTS(name string) (Decision, bool, error) {
	s := ev.session
	switch {
	case equalFoldASCII(name, "GetCallerIdentity"):
		return ev.decision(Allowed, Source{Kind: AWSRule, Rule: "no policy can deny sts:GetCallerIdentity"}), true, nil
	case s.kind == rootSession && equalFoldASCII(name, "AssumeRole"):
		return ev.refuse("the root user cannot assume roles")
	case equalFoldASCII(name, "GetSessionToken"):
		if s.kind == longTermKeySession || s.kind == rootSession {
			return ev.decision(Allowed, Source{Kind: AWSRule, Rule: "no policy can deny sts:GetSessionToken: it is how a user proves MFA"}), true, nil
		}
		return ev.refuse("temporary credentials cannot call sts:GetSessionToken")
	case equalFoldASCII(name, "GetFederationToken") && s.temporary() && s.kind != rootSession:
		return ev.refuse("temporary credentials cannot call sts:GetFederationToken")
	case s.kind == tokenSession && !equalFoldASCII(name, "AssumeRole") && !equalFoldASCII(name, "TagSession") && !equalFoldASCII(name, "SetSourceIdentity"):
		return ev.refuse("credentials of sts:GetSessionToken can call sts:AssumeRole and sts:GetCallerIdentity and nothing else of STS")
	}
	return Decision{}, false, nil
}

func (ev *env) ruleOfIAM(name string) (Decision, bool, error) {
	s := ev.session
	if s.kind == tokenSession && s.mfa == mfaNo {
		return ev.refuse("credentials of sts:GetSessionToken without MFA cannot call IAM")
	}
	if s.kind == longTermKeySession && ev.principal.hasMFA && ev.resource.ARN == ev.principal.arn &&
		(equalFoldASCII(name, "EnableMFADevice") || equalFoldASCII(name, "DeactivateMFADevice")) {
		return ev.refuse("a user who has an MFA device cannot enable or deactivate own devices with a long-term key")
	}
	return Decision{}, false, nil
}
