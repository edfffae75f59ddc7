package components

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/policy"
)

// Validate reports every problem, the entries in the order of the stack file. Paths are whole: "operationRoles[0].runAs".
func (a *OperationRolesArgs) Validate() error {
	var p Problems
	a.Account.validate(&p)
	validateProjectTag(&p, a.ProjectTag)
	if a.DefaultRunAs != "" {
		p.osUser("sessions.runAs.defaultUser", a.DefaultRunAs)
	}
	validateRegions(&p, "sessions.regions", a.Account, a.Regions)
	validateKMSKeyID(&p, "sessions.kmsKeyId", a.Account, nil, a.KMSKeyID)
	validateUserPaths(&p, a.UserPaths)
	for i := range a.Roles {
		a.validateRole(&p, i)
	}
	if len(p) == 0 {
		a.validateDocuments(&p)
	}
	return p.Err()
}

func (a *OperationRolesArgs) validateRole(p *Problems, i int) {
	r, path := a.Roles[i], at("operationRoles", i)
	a.validateRoleName(p, i)
	a.trust(r).validate(p, path)
	p.check(join(path, "project"), r.Project, policy.ValidateProject(r.Project))
	switch {
	case r.FromUser():
		a.validateFromUser(p, i)
	case strings.EqualFold(r.RunAs, RunAsFromUser):
		p.add(join(path, "runAs"), r.RunAs, "differs from "+RunAsFromUser+" by case only", "write "+RunAsFromUser+" for the OS user of each person, or another login name")
	case r.RunAs != "":
		p.osUser(join(path, "runAs"), r.RunAs)
	case a.DefaultRunAs == "":
		p.add(join(path, "runAs"), nil, "is missing and sessions.runAs.defaultUser is empty, so every shell of the role would fail",
			"write the OS user of the role's shells, such as os-user1")
	}
	validateDocumentNames(p, path, r)
	validateVolumeKeys(p, path, a.Account, r.VolumeKeyARNs)
	validateMFAMaxAge(p, join(path, "mfaMaxAge"), cmp.Or(r.MFAMaxAge, operationMFAMaxAge))
	validateSessionName(p, join(path, "sessionName"), r.SessionName)
	validateMaxSession(p, join(path, "maxSessionDuration"), cmp.Or(r.MaxSessionDuration, defaultMaxSession))
}

// validateFromUser wants an OS user for each of the people, and that nobody else is one of them.
func (a *OperationRolesArgs) validateFromUser(p *Problems, i int) {
	r, path := a.Roles[i], at("operationRoles", i)
	if a.DefaultRunAs != "" {
		p.add(join(path, "runAs"), r.RunAs, "stands beside sessions.runAs.defaultUser, which two people would then share as soon as one has no OS user of the own",
			"empty sessions.runAs.defaultUser, or write the OS user of the role's shells")
	}
	people := map[string]string{}
	known := func(where, person, arn, fix string) {
		own := a.OSUsers[arn]
		switch other, taken := people[own]; {
		case own == "":
			p.add(where, person, "has no OS user, and shells of this role start as that of the person", fix)
		case taken && other != arn:
			p.add(where, person, "has the OS user "+own+", which is that of "+other+" too", "give each of the two an OS user of the own")
		default:
			people[own] = arn
		}
	}
	for j, name := range r.Users {
		known(join(path, at("users", j)), name, a.Account.Partition.UserARN(a.Account.ID, a.UserPaths[name], name), "add runAs to the user "+name)
	}
	for j, arn := range r.PrincipalARNs {
		known(join(path, at("principalArns", j)), arn, arn, "add runAs to the person's entry in guardrails:users of a stack of this folder; of people whom no such stack makes it is not known")
	}
}

// osUser refuses what is no login of a person, and tells whether it did not. The agent's own user is a legal login, which Run As takes: its shells could
// do everything on the node.
func (p *Problems) osUser(path, name string) bool {
	if name == access.AgentUser {
		p.add(path, name, "is the user of the Systems Manager agent, who has sudo", "write a login name without privileges")
		return false
	}
	return p.check(path, name, policy.ValidateOSUser(name))
}

func (a *OperationRolesArgs) validateRoleName(p *Problems, i int) {
	r, path := a.Roles[i], join(at("operationRoles", i), "name")
	name := a.RoleName(r)
	if r.Name == "" && (r.Project == "" || name == "") {
		// The project has its own problem, and the name follows from it.
		return
	}
	if !p.check(path, name, policy.ValidateRoleName(name)) || !p.check(path, name, switchable(r, name)) {
		return
	}
	same := func(earlier OperationRole) bool { return strings.EqualFold(a.RoleName(earlier), name) }
	if j := slices.IndexFunc(a.Roles[:i], same); j >= 0 {
		why, fix := "is the name of "+at("operationRoles", j)+" too", "write another name; role names ignore case"
		if r.Name == "" {
			why, fix = "is derived from project and runAs and is the name of "+at("operationRoles", j)+" too", "write a name, or add the people to that entry"
		}
		p.add(path, name, why, fix)
	}
}

// switchable holds a name against what the console's page for switching roles takes. Nobody switches to a role that wants a session tag.
func switchable(r OperationRole, name string) error {
	if r.FromUser() {
		return nil
	}
	return policy.ValidateSwitchRole(OperationRolePath, name)
}

// unlogged says why a session document of AWS leaves what operation roles promise.
var unlogged = map[string]string{
	"AWS-StartSSHSession":                        "opens SSH, whose sessions are not logged and ignore Run As",
	"AWS-StartPortForwardingSessionToRemoteHost": "forwards to any host that the node reaches, whatever its project",
	"AWS-StartInteractiveCommand":                "runs a command of the caller's choice outside of the account's preferences",
	"AWS-StartNonInteractiveCommand":             "runs a command of the caller's choice outside of the account's preferences",
}

const portForwarding = "AWS-StartPortForwardingSession"

// validateVolumeKeys holds the keys of volumes of an element of the stack file: ARNs of keys, each once.
func validateVolumeKeys(p *Problems, element string, account Account, keys []string) {
	for i, key := range keys {
		path := join(element, at("volumeKeyArns", i))
		switch {
		case !strings.HasPrefix(key, "arn:"):
			p.add(path, key, "is not the ARN of a KMS key", `write the key's ARN, as "aws ec2 describe-volumes" prints it`)
		case slices.Contains(keys[:i], key):
			p.add(path, key, "is listed twice", "remove one")
		default:
			validateKMSKeyID(p, path, account, nil, key)
		}
	}
}

func validateDocumentNames(p *Problems, role string, r OperationRole) {
	for i, name := range r.Documents {
		path := join(role, at("documents", i))
		if !p.check(path, name, policy.ValidateSessionDocumentName(name)) {
			continue
		}
		if slices.Contains(r.Documents[:i], name) {
			p.add(path, name, "is listed twice", "remove one")
			continue
		}
		if r.AllowUnlogged || !policy.DocumentOfAWS(name) || name == portForwarding {
			continue
		}
		why, known := unlogged[name]
		if !known {
			why = "is not a document of AWS whose sessions are known to stay with the node, Run As and the logs"
		}
		p.add(path, name, why, "leave it out, or accept that with allowUnlogged: true")
	}
}

func (a *OperationRolesArgs) validateDocuments(p *Problems) {
	for _, shared := range a.sharedPolicies() {
		p.document("operationRoles", "policy "+shared.name, shared.document, policy.Identity, a.Quotas)
	}
	for i, r := range a.Roles {
		path, role := at("operationRoles", i), a.role(r)
		p.document(path, "trust policy of "+role.Name, role.Trust, policy.Trust, a.Quotas)
		for _, inline := range role.Inline {
			p.document(join(path, "documents"), "inline policy "+inline.Name+" of "+role.Name, inline.Document, policy.RoleInline, a.Quotas)
		}
	}
}

// validateUserPaths reports problems in the order of the user names.
func validateUserPaths(p *Problems, paths map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if path := paths[name]; path != "" {
			p.check("userPaths["+strconv.Quote(name)+"]", path, policy.ValidatePath(path))
		}
	}
}
