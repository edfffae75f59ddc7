package operation

import (
	"cmp"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Validate reports every problem, the entries in the order of the stack file. Paths are whole:
// "operationRoles[0].runAs".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	guardrail.ValidateProjectTag(&p, a.ProjectTag)
	guardrail.ValidateEnvironmentTag(&p, a.ProjectTag, a.EnvironmentTag)
	guardrail.ValidateProjectSeparator(&p, a.ProjectSeparator)
	if a.DefaultRunAs != "" {
		guardrail.CheckOSUser(&p, "sessions.runAs.defaultUser", a.DefaultRunAs)
	}
	preferences.ValidateRegions(&p, "sessions.regions", a.Account, a.Regions)
	guardrail.ValidateKMSKeyID(&p, "sessions.kmsKeyId", a.Account, nil, a.KMSKeyID)
	guardrail.ValidateUserPaths(&p, a.UserPaths)
	var names []string
	for i := range a.Roles {
		names = append(names, a.RoleName(a.Roles[i]))
		a.validateRole(&p, i, names)
	}
	if len(p) == 0 {
		a.validateDocuments(&p)
	}
	return p.Err()
}

// rolePath is the path of a role, which is whole.
func rolePath(i int) problem.Path { return problem.Path("operationRoles").Index(i) }

// validateRole holds a role against its rules; names are those of the roles up to it.
func (a *Args) validateRole(p *problem.List, i int, names []string) {
	r, path := a.Roles[i], rolePath(i)
	a.validateRoleName(p, i, names)
	a.trust(r).Validate(p, path)
	a.validateProjects(p, path, r)
	for _, project := range r.ProjectList() {
		guardrail.ValidateUnseparated(p, path.Child("project"), project, a.ProjectSeparator)
	}
	if r.Environment != "" {
		environmentPath := path.Child("environment")
		if a.EnvironmentTag == "" {
			p.Add(environmentPath, r.Environment, "is the value of no tag: tags.environment is missing", "write the key of the tag in tags.environment, such as Environment")
		}
		p.Check(environmentPath, r.Environment, policy.ValidateProject(r.Environment))
	}
	switch {
	case r.FromUser():
		a.validateFromUser(p, i)
	case strings.EqualFold(r.RunAs, RunAsFromUser):
		p.Add(
			path.Child("runAs"),
			r.RunAs,
			"differs from "+RunAsFromUser+" by case only",
			"write "+RunAsFromUser+" for the OS user of each person, or another login name",
		)
	case r.RunAs != "":
		guardrail.CheckOSUser(p, path.Child("runAs"), r.RunAs)
	case a.DefaultRunAs == "":
		p.Add(
			path.Child("runAs"),
			nil,
			"is missing and sessions.runAs.defaultUser is empty, so every shell of the role would fail",
			"write the OS user of the role's shells, such as os-user1",
		)
	}
	if !r.OpensShells() && len(r.Documents) == 0 {
		p.Add(path.Child("shell"), false, "leaves the role no session to open", "list documents, or remove shell")
	}
	r.SourceNetworks.Validate(p, path)
	ValidateDocumentNames(p, path, r)
	ValidateVolumeKeys(p, path, a.Account, r.VolumeKeyARNs)
	a.ManagedPolicies.ValidateBoundary(p, path.Child("permissionsBoundary"), a.Account, r.PermissionsBoundary)
	guardrail.ValidateMFAMaxAge(p, path.Child("mfaMaxAge"), cmp.Or(r.MFAMaxAge, guardrail.OperationMFAMaxAge))
	guardrail.ValidateSessionName(p, path.Child("sessionName"), r.SessionName)
	guardrail.ValidateMaxSession(
		p,
		path.Child("maxSessionDuration"),
		cmp.Or(r.MaxSessionDuration, guardrail.DefaultMaxSession),
	)
	guardrail.ValidateGrantMaxLength(
		p,
		path.Child("grantMaxLength"),
		cmp.Or(r.GrantMaxLength, guardrail.GrantMaxLength),
	)
}

// validateProjects wants one project, or a list of them.
func (a *Args) validateProjects(p *problem.List, path problem.Path, r Role) {
	switch {
	case r.Project != "" && r.Projects != nil:
		p.Add(
			path.Child("projects"),
			strings.Join(r.Projects, ", "),
			"stands beside project, which says the same of one project",
			"write all of them in projects, and remove project",
		)
	case r.Projects == nil:
		p.Check(path.Child("project"), r.Project, policy.ValidateProject(r.Project))
	default:
		var own problem.List
		guardrail.ValidateProjects(&own, r.Projects, "")
		*p = append(*p, own.Under(path)...)
	}
}

// validateFromUser wants an OS user for each of the people, and that nobody else is one of them.
func (a *Args) validateFromUser(p *problem.List, i int) {
	r, path := a.Roles[i], rolePath(i)
	if a.DefaultRunAs != "" {
		p.Add(
			path.Child("runAs"),
			r.RunAs,
			"stands beside sessions.runAs.defaultUser, which two people would then share as soon as one has no OS user of their own",
			"empty sessions.runAs.defaultUser, or write the OS user of the role's shells",
		)
	}
	people := map[string]string{}
	known := func(where problem.Path, person, arn, fix string) {
		own := a.OSUsers[arn]
		switch other, taken := people[own]; {
		case own == "":
			p.Add(where, person, "has no OS user, and shells of this role start as that of the person", fix)
		case taken && other != arn:
			p.Add(
				where,
				person,
				"has the OS user "+own+", which is that of "+other+" too",
				"give each of the two their own OS user",
			)
		default:
			people[own] = arn
		}
	}
	for j, name := range r.Users {
		known(
			path.Child("users").Index(j),
			name,
			a.Account.Partition.UserARN(a.Account.ID, a.UserPaths[name], name),
			"add runAs to the user "+name,
		)
	}
	for j, arn := range r.PrincipalARNs {
		known(
			path.Child("principalArns").Index(j),
			arn,
			arn,
			"add runAs to the person's entry in guardrails:users of a stack of this folder; of people whom no such stack makes it is not known",
		)
	}
}

func (a *Args) validateRoleName(p *problem.List, i int, names []string) {
	r, path := a.Roles[i], rolePath(i).Child("name")
	name := names[i]
	if r.Name == "" && (len(r.ProjectList()) == 0 || name == "") {
		// The project has its own problem, and the name follows from it.
		return
	}
	if !p.Check(path, name, policy.ValidateRoleName(name)) || !p.Check(path, name, switchable(r, name)) {
		return
	}
	same := func(earlier string) bool { return strings.EqualFold(earlier, name) }
	if j := slices.IndexFunc(names[:i], same); j >= 0 {
		why, fix := "is the name of "+string(rolePath(j))+" too", "write another name; role names ignore case"
		if r.Name == "" {
			why = "is derived from project and runAs and is the name of " + string(rolePath(j)) + " too"
			fix = "write a name, or add the people to that entry"
		}
		p.Add(path, name, why, fix)
	}
}

// switchable holds a name against what the console's page for switching roles takes. Nobody switches to a role that
// wants a session tag.
func switchable(r Role, name string) error {
	if r.FromUser() {
		return nil
	}
	return policy.ValidateSwitchRole(guardrail.OperationRolePath, name)
}

// unlogged says why a session document of AWS leaves what operation roles promise.
var unlogged = map[string]string{
	world.SSHDocument:                "opens SSH, whose sessions are not logged and ignore Run As",
	world.RemotePortDocument:         "forwards to any host that the node reaches, whatever its project",
	"AWS-StartInteractiveCommand":    "runs a command of the caller's choice outside of the account's preferences",
	"AWS-StartNonInteractiveCommand": "runs a command of the caller's choice outside of the account's preferences",
}

// ValidateVolumeKeys holds the keys of volumes of an element of the stack file: ARNs of keys, each once.
func ValidateVolumeKeys(p *problem.List, element problem.Path, account guardrail.Account, keys []string) {
	for i, key := range keys {
		path := element.Join(problem.Path("volumeKeyArns").Index(i))
		switch {
		case !strings.HasPrefix(key, "arn:"):
			p.Add(
				path,
				key,
				"is not the ARN of a KMS key",
				`write the key's ARN, as "aws ec2 describe-volumes" prints it`,
			)
		case slices.Contains(keys[:i], key):
			p.Add(path, key, "is listed twice", "remove one")
		default:
			guardrail.ValidateKMSKeyID(p, path, account, nil, key)
		}
	}
}

func ValidateDocumentNames(p *problem.List, role problem.Path, r Role) {
	for i, name := range r.Documents {
		path := role.Join(problem.Path("documents").Index(i))
		if !p.Check(path, name, policy.ValidateSessionDocumentName(name)) {
			continue
		}
		if slices.Contains(r.Documents[:i], name) {
			p.Add(path, name, "is listed twice", "remove one")
			continue
		}
		if r.AllowUnlogged || !policy.DocumentOfAWS(name) || name == world.PortDocument {
			continue
		}
		why, known := unlogged[name]
		if !known {
			why = "is not a document of AWS whose sessions are known to stay with the node, Run As and the logs"
		}
		p.Add(path, name, why, "leave it out, or accept that with allowUnlogged: true")
	}
}

func (a *Args) validateDocuments(p *problem.List) {
	for _, shared := range a.SharedPolicies() {
		p.Document("operationRoles", "policy "+shared.Name, shared.Document, policy.Identity, a.Quotas)
	}
	for i, r := range a.Roles {
		path, role := rolePath(i), a.Role(r)
		p.Document(path, "trust policy of "+role.Name, role.Trust, policy.Trust, a.Quotas)
		var all []policy.Document
		for _, inline := range role.Inline {
			p.Document(
				path.Join(inlineKeys[inline.Name]),
				"inline policy "+inline.Name+" of "+role.Name,
				inline.Document,
				policy.RoleInline,
				a.Quotas,
			)
			all = append(all, inline.Document)
		}
		if len(*p) == 0 {
			p.Check(path, role.Name, policy.ValidateTotal(policy.RoleInline, a.Quotas, all...))
		}
	}
}

// inlineKeys are the keys of an entry that its inline policies come from.
var inlineKeys = map[string]problem.Path{
	guardrail.OperationRoleGuardPolicyName: "projects",
	guardrail.OperationRolePolicyName:      "projects",
	guardrail.SessionDocumentsPolicyName:   "documents",
	guardrail.VolumeKeysPolicyName:         "volumeKeyArns",
	guardrail.RebootPolicyName:             "reboot",
}
