package access

import (
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// The doors of an operating system. Source: AWS Service Authorization Reference, the pages of the services.
var (
	// sessionDoors are sessions of Session Manager and Fleet Manager, and what opens a desktop.
	sessionDoors = []string{"ec2:GetPasswordData", "ssm-guiconnect:StartConnection", "ssm:ResumeSession", "ssm:StartSession"}
	// besideSessions reach an operating system without Systems Manager's sessions. ECS Exec is allowed or denied apart from ssm:StartSession.
	besideSessions = []string{
		"ec2-instance-connect:OpenTunnel", "ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
		"ec2:EnableSerialConsoleAccess", "ecs:ExecuteCommand", "gamelift:GetComputeAccess", "gamelift:GetInstanceAccess",
		"lightsail:DownloadDefaultKeyPair", "lightsail:GetInstanceAccessDetails",
	}
	// remoteCommands make Systems Manager run commands as root. Automations do so through ssm:SendCommand of whoever they act as.
	remoteCommands = []string{
		"ssm:CreateAssociation", "ssm:CreateAssociationBatch", "ssm:RegisterTaskWithMaintenanceWindow", "ssm:SendCommand", "ssm:StartAssociationsOnce",
		"ssm:UpdateAssociation", "ssm:UpdateMaintenanceWindowTask",
	}
)

// doorsForExemptRolesOnly: each door is asked about alone, so that what opens one does not hide what opens another.
func (p *organizationProver) doorsForExemptRolesOnly() {
	d := p.in.Doors
	if d == nil {
		return
	}
	for _, id := range d.Accounts {
		a := answer{denied: true}
		for _, door := range sessionDoors {
			a = a.and(p.everybodyOf(id, []policy.Statement{policy.Allow("", door).On("*")}, d.Sessions))
		}
		for _, door := range besideSessions {
			a = a.and(p.everybodyOf(id, []policy.Statement{policy.Allow("", door).On("*")}, d.OtherDoors))
		}
		p.conclude(p.finding(id), a, "somebody who is not exempt opens a door")
	}
	if len(d.Outside) > 0 {
		p.waived(p.in.Account, "organization.osAccessOnly.targets", "doors stay open in "+strings.Join(d.Outside, ", "))
	}
}

func (p *organizationProver) remoteExecution() {
	d := p.in.Doors
	if d == nil {
		return
	}
	if d.RemoteExecutionOpen {
		p.waived(p.in.Account, "organization.osAccessOnly.remoteExecution.mode", "administrators of accounts run commands on nodes as root")
		return
	}
	for _, id := range d.Accounts {
		a := answer{denied: true}
		for _, command := range remoteCommands {
			a = a.and(p.everybodyOf(id, []policy.Statement{policy.Allow("", command).On("*")}, d.RemoteExecution))
		}
		// An association runs whatever its document says on the day.
		a = a.and(p.everybodyOf(id, []policy.Statement{policy.Allow("", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion").
			On("arn:*:ssm:*:" + id + ":document/*").When(policy.StringEquals("ssm:DocumentType", "Command"))}, d.RemoteExecution))
		p.conclude(p.finding(id), a, "somebody who is not exempt runs commands on nodes")
	}
}

// consolePasswords: whoever has an access key gets a console sign-in with sts:GetFederationToken.
func (p *organizationProver) consolePasswords() {
	w := p.in.Passwords
	if w == nil {
		return
	}
	if slices.Contains(w.JumpAccounts, p.in.Management) {
		f := p.finding(p.in.Management)
		f.Verdict, f.Problem = DoesNotHold, "the jump account is the management account, which no service control policy binds"
		p.add(f)
	}
	for _, id := range w.Accounts {
		if id == p.in.Management || slices.Contains(w.JumpAccounts, id) {
			continue
		}
		f, exempt := p.finding(id), w.Exempt
		if w.RootExempt {
			f.Waivers = append(f.Waivers, Waiver{"organization.consolePasswords.exemptRoot", "the root user of every account sets console passwords"})
			exempt = append(slices.Clip(exempt), "arn:*:iam::*:root")
		}
		a := p.everybodyOf(id, []policy.Statement{policy.Allow("", "iam:CreateLoginProfile").On("*")}, exempt)
		a = a.and(p.everybodyOf(id, []policy.Statement{policy.Allow("", "iam:UpdateLoginProfile").On("*")}, exempt))
		a = a.and(p.everybodyOf(id, []policy.Statement{policy.Allow("", "sts:GetFederationToken").On("*")}, nil))
		p.conclude(f, a, "a user gets a console sign-in outside of the jump accounts")
	}
}

func (p *organizationProver) rootUsers() {
	for _, id := range p.in.RootAccounts {
		if id != p.in.Management {
			p.conclude(p.finding(id), p.root(id, asking(anything)), "the root user does something with its own credentials")
		}
	}
}
