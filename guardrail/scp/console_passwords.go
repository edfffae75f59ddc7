package scp

import (
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/policy"
)

// consolePasswordStatements keep console passwords in the jump accounts. sts:GetFederationToken is a console sign-in
// for whoever has an access key.
func (a *Args) consolePasswordStatements() []policy.Statement {
	c := a.ConsolePasswords
	exempt := a.breakGlass()
	if c.ExemptRoot {
		exempt = append(exempt, a.partition().RootARN("*"))
	}
	elsewhere := policy.StringNotEquals("aws:PrincipalAccount", c.JumpAccounts...)
	return []policy.Statement{
		policy.Deny("DenyConsolePasswordsOutsideOfJumpAccounts", doors.In(doors.ConsolePasswords)...).On("*").
			When(elsewhere, policy.ArnNotLike(principalARN, exempt...)),
		policy.Deny("DenyFederationTokensOutsideOfJumpAccounts", doors.In(doors.FederationTokens)...).
			On("*").
			When(elsewhere),
	}
}

// memberRootStatements leave root users the sessions that the management account opens for them.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html.
func (a *Args) memberRootStatements() []policy.Statement {
	return []policy.Statement{
		policy.Deny("DenyRootUsersButForCentralSessions", "*").On("*").
			When(policy.ArnLike(principalARN, a.partition().RootARN("*")), policy.Absent("aws:AssumedRoot")),
	}
}
