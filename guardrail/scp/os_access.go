package scp

import (
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/policy"
)

const principalARN = "aws:PrincipalArn"

// osAccessOnlyStatements close the doors. Root users are exempt nowhere: they have no role.
func (a *Args) osAccessOnlyStatements() []policy.Statement {
	statements := []policy.Statement{
		policy.Deny("DenySessionsButForGuardedRoles", doors.In(doors.Sessions)...).
			On("*").
			When(policy.ArnNotLike(principalARN, a.sessionExempt()...)),
		policy.Deny("DenyOtherDoorsButForBreakGlass", doors.In(doors.OtherDoors)...).
			On("*").
			When(policy.ArnNotLike(principalARN, a.otherDoorExempt()...)),
	}
	if a.deniesRemoteExecution() {
		statements = append(statements, a.RemoteExecutionStatements()...)
	}
	return statements
}

// RemoteExecutionStatements are what the mode deny attaches, whatever the mode is. Nil without osAccessOnly.
func (a *Args) RemoteExecutionStatements() []policy.Statement {
	if a.OSAccessOnly == nil {
		return nil
	}
	but := policy.ArnNotLike(principalARN, a.remoteExempt()...)
	return []policy.Statement{
		policy.Deny("DenyRemoteExecutionButForListedRoles", doors.In(doors.RemoteExecution)...).On("*").When(but),
		// Associations and windows run whatever their documents say on the day: to change one, or to put another one
		// in its place, is to run commands.
		policy.Deny("DenyChangingCommandDocuments", doors.In(doors.RunDocuments)...).
			On(policy.ARN{Partition: a.partition(), Service: "ssm", Region: "*", Account: "*", Resource: "document/*"}.String()).
			When(policy.StringEquals("ssm:DocumentType", doors.RunnableDocuments()...), but),
	}
}
