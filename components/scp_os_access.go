package components

import "aws-access-guardrails/policy"

const principalARN = "aws:PrincipalArn"

// sessionDoors start sessions on nodes, or read what opens one: guarded roles use them.
func sessionDoors() []string {
	return []string{"ec2:GetPasswordData", "ssm:ResumeSession", "ssm:StartSession", "ssm-guiconnect:StartConnection"}
}

// otherDoors reach an operating system without Session Manager: no guarded role uses them.
func otherDoors() []string {
	return []string{
		"ec2-instance-connect:OpenTunnel", "ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
		"ec2:EnableSerialConsoleAccess", "ecs:ExecuteCommand", "gamelift:GetComputeAccess", "gamelift:GetInstanceAccess",
		"lightsail:DownloadDefaultKeyPair", "lightsail:GetInstanceAccessDetails",
	}
}

// remoteExecution makes Systems Manager run commands on nodes as root. ssm:StartAutomationExecution is not among it: its steps that run commands call
// ssm:SendCommand as the caller or as the role that the caller passes, and requests of just-in-time node access are automations.
func remoteExecution() []string {
	return []string{
		"ssm:CreateAssociation", "ssm:CreateAssociationBatch", "ssm:RegisterTaskWithMaintenanceWindow", "ssm:SendCommand", "ssm:StartAssociationsOnce",
		"ssm:UpdateAssociation", "ssm:UpdateMaintenanceWindowTask",
	}
}

// osAccessOnlyStatements close the doors. Root users are exempt nowhere: they have no role.
func (a *ServiceControlPoliciesArgs) osAccessOnlyStatements() []policy.Statement {
	statements := []policy.Statement{
		policy.Deny("DenySessionsButForGuardedRoles", sessionDoors()...).On("*").When(policy.ArnNotLike(principalARN, a.sessionExempt()...)),
		policy.Deny("DenyOtherDoorsButForBreakGlass", otherDoors()...).On("*").When(policy.ArnNotLike(principalARN, a.otherDoorExempt()...)),
	}
	if a.deniesRemoteExecution() {
		statements = append(statements, a.RemoteExecutionStatements()...)
	}
	return statements
}

// RemoteExecutionStatements are what the mode deny attaches, whatever the mode is. Nil without osAccessOnly.
func (a *ServiceControlPoliciesArgs) RemoteExecutionStatements() []policy.Statement {
	if a.OSAccessOnly == nil {
		return nil
	}
	but := policy.ArnNotLike(principalARN, a.remoteExempt()...)
	return []policy.Statement{
		policy.Deny("DenyRemoteExecutionButForListedRoles", remoteExecution()...).On("*").When(but),
		// An association runs whatever its document says on the day: to change the document is to run commands.
		policy.Deny("DenyChangingCommandDocuments", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion").
			On(policy.ARN{Partition: a.partition(), Service: "ssm", Region: "*", Account: "*", Resource: "document/*"}.String()).
			When(policy.StringEquals("ssm:DocumentType", "Command"), but),
	}
}
