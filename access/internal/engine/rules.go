package engine

import (
	"strings"

	"aws-access-guardrails/policy"
)

// IsAssumeRole reports whether an action is decided by the trust policy of the role that it names.
func IsAssumeRole(action string) bool {
	if len(action) < len("sts:TagSession") || !policy.EqualFoldASCII(action[:4], "sts:") {
		return false
	}
	switch rest := action[4:]; {
	case policy.EqualFoldASCII(rest, "AssumeRole"),
		policy.EqualFoldASCII(rest, "AssumeRoleWithSAML"),
		policy.EqualFoldASCII(rest, "AssumeRoleWithWebIdentity"),
		policy.EqualFoldASCII(rest, "TagSession"),
		policy.EqualFoldASCII(rest, "SetSourceIdentity"):
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

func (ev *Env) firstAction() string { return ev.Request.Action }

// nextAction is the action that comes after one, of those that the request brings with it; "" when there is none left.
//
// Source: IAM User Guide, Passing session tags in AWS STS, and Tagging IAM resources (tags at creation need the Tag
// action too).
func (ev *Env) nextAction(after string) string {
	passed := after == ev.Request.Action
	for i := range companions {
		c := &companions[i]
		if !policy.EqualFoldASCII(c.action, ev.Request.Action) {
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
// Source: IAM User Guide, Compare AWS STS credentials; AWS STS API Reference, GetCallerIdentity and GetSessionToken;
// security bulletin AWS-2023-001 for the user who has an MFA device.
func (ev *Env) rule() (Decision, bool, error) {
	service, name, _ := strings.Cut(ev.Action, ":")
	switch {
	case policy.EqualFoldASCII(service, "sts"):
		return ev.ruleOfSTS(name)
	case policy.EqualFoldASCII(service, "iam"):
		return ev.ruleOfIAM(name)
	}
	return Decision{}, false, nil
}

func (ev *Env) refuse(rule string) (Decision, bool, error) {
	return ev.decision(ExplicitlyDenied, Source{Kind: AWSRule, Rule: rule}), true, nil
}

func (ev *Env) ruleOfSTS(name string) (Decision, bool, error) {
	s := ev.Session
	switch {
	case policy.EqualFoldASCII(name, "GetCallerIdentity"):
		return ev.decision(Allowed, Source{Kind: AWSRule, Rule: "no policy can deny sts:GetCallerIdentity"}), true, nil
	case s.Kind == RootSession && policy.EqualFoldASCII(name, "AssumeRole"):
		return ev.refuse("the root user cannot assume roles")
	case policy.EqualFoldASCII(name, "GetSessionToken"):
		if s.Kind == LongTermKeySession || s.Kind == RootSession {
			return ev.decision(
				Allowed,
				Source{Kind: AWSRule, Rule: "no policy can deny sts:GetSessionToken: it is how a user proves MFA"},
			), true, nil
		}
		return ev.refuse("temporary credentials cannot call sts:GetSessionToken")
	case policy.EqualFoldASCII(name, "GetFederationToken") && s.Temporary() && s.Kind != RootSession:
		return ev.refuse("temporary credentials cannot call sts:GetFederationToken")
	case s.Kind == TokenSession && !policy.EqualFoldASCII(name, "AssumeRole") && !policy.EqualFoldASCII(name, "TagSession") && !policy.EqualFoldASCII(name, "SetSourceIdentity"):
		return ev.refuse(
			"credentials of sts:GetSessionToken can call sts:AssumeRole and sts:GetCallerIdentity and nothing else of STS",
		)
	}
	return Decision{}, false, nil
}

func (ev *Env) ruleOfIAM(name string) (Decision, bool, error) {
	s := ev.Session
	if s.Kind == TokenSession && s.Mfa == MfaNo {
		return ev.refuse("credentials of sts:GetSessionToken without MFA cannot call IAM")
	}
	if s.Kind == LongTermKeySession && ev.Principal.HasMFA && ev.Resource.ARN == ev.Principal.Arn &&
		(policy.EqualFoldASCII(name, "EnableMFADevice") || policy.EqualFoldASCII(name, "DeactivateMFADevice")) {
		return ev.refuse("a user who has an MFA device cannot enable or deactivate own devices with a long-term key")
	}
	return Decision{}, false, nil
}
