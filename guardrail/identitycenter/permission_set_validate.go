package identitycenter

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Source: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html.
var (
	descriptionText = regexp.MustCompile(`^[\t\n\r\x20-\x7E\x{A1}-\x{FF}]*$`)
	relayState      = regexp.MustCompile("^https://[a-zA-Z0-9&$@#/%?=~_'\"|!:,.;*+\\[\\]() {}-]{1,232}$")
)

const (
	maxDescription   = 700
	maxSessionLength = 12 * time.Hour
)

// Validate reports every problem, in the order of the fields, as Problems relative to the element of "permissionSets".
func (a *PermissionSetArgs) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	guardrail.ValidateProjectTag(&p, a.ProjectTag)
	guardrail.ValidateProjectSeparator(&p, a.ProjectSeparator)
	if !guardrail.PermissionSetName.MatchString(a.Name) {
		p.Add(
			"name",
			a.Name,
			"is not the name of a permission set",
			"use 1 to 32 letters, digits and +=,.@_-, such as ShopOperator",
		)
	}
	// AWS counts characters, and the provider bytes.
	if n := utf8.RuneCountInString(a.Description); n > maxDescription {
		p.Add(
			"description",
			n,
			fmt.Sprintf("are more characters than the %d of a description", maxDescription),
			"write less",
		)
	} else if n := len(a.Description); n > maxDescription {
		p.Add(
			"description",
			n,
			fmt.Sprintf("are more bytes in UTF-8 than the %d that the provider takes", maxDescription),
			"write less, or letters without accents: one with an accent is two bytes",
		)
	} else if !descriptionText.MatchString(a.Description) {
		p.Add(
			"description",
			a.Description,
			"has a character that Identity Center does not take",
			"use characters up to U+00FF",
		)
	}
	if !slices.Contains(PermissionSetTemplates(), a.Template) {
		p.Add("template", string(a.Template), "is not a template", "write operation, osAccess, readOnly or own")
	}
	a.validateSession(&p)
	a.validateShells(&p)
	a.validateStarts(&p)
	a.validatePermissions(&p)
	if why, fix := a.refusedPolicy(a.PermissionsBoundary); a.PermissionsBoundary != "" && why != "" {
		p.Add("permissionsBoundary", a.PermissionsBoundary, why, fix)
	}
	a.SourceNetworks.Validate(&p, "")
	a.validateAssignments(&p)
	if len(p) > 0 {
		return p
	}
	if document, wanted := a.InlinePolicy(); wanted {
		p.Document(a.inlinePath(), a.inlineName(), document, policy.PermissionSet, a.Quotas)
	}
	return p.Err()
}

// OwnDocuments is the inline policy, which has the statements of the admin; empty where there is none.
func (a *PermissionSetArgs) OwnDocuments() []guardrail.OwnDocument {
	document, wanted := a.InlinePolicy()
	if !wanted {
		return nil
	}
	return []guardrail.OwnDocument{{Path: a.inlinePath(), What: a.inlineName(), Document: document}}
}

// inlinePath is the key under which the admin wrote the inline policy; empty where none did.
func (a *PermissionSetArgs) inlinePath() problem.Path {
	if a.Policy == nil {
		return ""
	}
	return "policy"
}

func (a *PermissionSetArgs) inlineName() string { return "inline policy of " + a.Name }

func (a *PermissionSetArgs) validateSession(p *problem.List) {
	switch d := a.SessionDuration; {
	case d == 0:
	case d < time.Hour || d > maxSessionLength:
		p.Add("sessionDuration", policy.ShortDuration(d), "is not the length of a session", "use 1h to 12h")
	case d%time.Minute != 0:
		p.Add("sessionDuration", policy.ShortDuration(d), "is not in whole minutes", "use whole minutes")
	}
	if a.RelayState != "" && !relayState.MatchString(a.RelayState) {
		p.Add(
			"relayState",
			a.RelayState,
			"is not the address of a page",
			"write an https address of at most 240 characters, such as https://console.aws.amazon.com/systems-manager/session-manager",
		)
	}
}

// validateShells holds what only templates that open sessions have.
func (a *PermissionSetArgs) validateShells(p *problem.List) {
	if a.Template.OpensSessions() {
		if len(a.Regions) == 0 {
			p.Empty("regions", "so sessions would open nowhere",
				"list the Regions whose Session Manager preferences are set in the accounts of the assignments")
		}
		preferences.ValidateRegions(p, "regions", a.Account, a.Regions)
		operation.ValidateDocumentNames(p, "", operation.Role{Documents: a.Documents, AllowUnlogged: a.AllowUnlogged})
		if a.Template == OSAccessTemplate {
			guardrail.ValidateProjects(p, a.Projects, a.ProjectSeparator)
		} else if a.Projects != nil {
			p.Add(
				"projects",
				nil,
				"has no place beside the template operation, which reads the project of the person from the attributes",
				"use the template osAccess, or leave it out",
			)
		}
		for i, key := range a.KMSKeys {
			arn, err := policy.ParseARN(key)
			id, found := strings.CutPrefix(arn.Resource, "key/")
			if err != nil || arn.Service != "kms" || !found || !guardrail.KeyID.MatchString(id) ||
				arn.Partition != a.Account.Partition {
				p.Add(
					problem.Path("kmsKeyArns").Index(i),
					key,
					"is not the ARN of a KMS key",
					"write the key ARN of an account of the assignments, never an alias",
				)
			}
		}
		return
	}
	for _, given := range []struct {
		path problem.Path
		set  bool
	}{{"projects", a.Projects != nil}, {"documents", len(a.Documents) > 0}, {"regions", len(a.Regions) > 0}, {"kmsKeyArns", len(a.KMSKeys) > 0}} {
		if given.set {
			p.Add(
				given.path,
				nil,
				"is for templates that open sessions, and "+string(a.Template)+" does not",
				"use the template operation or osAccess, or leave it out",
			)
		}
	}
}

// validateStarts holds what only the template that starts instances has.
func (a *PermissionSetArgs) validateStarts(p *problem.List) {
	if a.Template != OperationTemplate && len(a.VolumeKeyARNs) > 0 {
		p.Add(
			"volumeKeyArns",
			nil,
			"is for the template operation, which starts instances, and "+string(a.Template)+" does not",
			"use the template operation, or leave it out",
		)
		return
	}
	operation.ValidateVolumeKeys(p, "", a.Account, a.VolumeKeyARNs)
}

// validatePermissions holds what only OwnTemplate has.
func (a *PermissionSetArgs) validatePermissions(p *problem.List) {
	if a.Template != OwnTemplate {
		const alone = "has no place beside a template that says what the permission set may do"
		if len(a.ManagedPolicies) > 0 {
			p.Add("managedPolicies", nil, alone, "use the template own, or leave it out")
		}
		if a.Policy != nil {
			p.Add("policy", nil, alone, "use the template own, or leave it out")
		}
		return
	}
	if len(a.ManagedPolicies) == 0 && a.Policy == nil {
		p.Add("", nil, "may do nothing", "write managedPolicies, policy or policyFile")
	}
	for i, name := range a.ManagedPolicies {
		path := problem.Path("managedPolicies").Index(i)
		switch why, fix := a.refusedPolicy(name); {
		case why != "":
			p.Add(path, name, why, fix)
		case slices.ContainsFunc(a.ManagedPolicies[:i], func(earlier string) bool {
			return a.policyARN(earlier, a.Account.ID) == a.policyARN(name, a.Account.ID)
		}):
			p.Add(path, name, "is listed twice", "remove one")
		}
	}
	q := a.Quotas.WithDefaults()
	if n, most := len(a.ManagedPolicies), min(q.AttachedPerRole, q.AttachedPerPermissionSet); n > most {
		p.Add(
			"managedPolicies",
			n,
			fmt.Sprintf("are more policies than the %d that a permission set and its role take", most),
			"use fewer",
		)
	}
	if a.Policy == nil {
		return
	}
	for _, st := range a.Policy.Statements {
		for _, c := range st.Conditions {
			if key := strings.ToLower(c.Key); key == "aws:multifactorauthpresent" || key == "aws:multifactorauthage" {
				p.Add(
					"policy",
					c.Key,
					"is a key that sessions of Identity Center never carry"+inStatement(st.Sid),
					"leave the condition out: Identity Center asks for MFA itself when people sign in",
				)
			}
		}
	}
}

// refusedPolicy says why a name is no policy that a permission set can have, and what to write; empty when it is one.
func (a *PermissionSetArgs) refusedPolicy(name string) (why, fix string) {
	if strings.HasPrefix(name, "arn:") {
		return "is an ARN, and a permission set is for accounts that do not share policies",
			"write the name of an AWS managed policy, such as job-function/Billing, or path and name of a policy that " +
				"every account of the assignments has, such as /team/Billing"
	}
	if own, is := a.CustomerManaged(name); is {
		if policy.ValidatePolicyName(own.Name) != nil || policy.ValidatePath(own.Path) != nil {
			return "is not the path and name of a policy", "write them as in /team/Billing"
		}
		return "", ""
	}
	arn := a.Account.Partition.ManagedPolicyARN(name)
	why, fix = guardrail.RefusedManagedPolicy(a.Account, name, arn, a.AWSManagedPolicies)
	if near := policy.Closest(name, a.OwnPolicies); why != "" && near != "" {
		fix = "did you mean " + strconv.Quote(near) + "?"
	}
	return why, fix
}

func inStatement(sid string) string {
	if sid == "" {
		return ""
	}
	return ", in " + sid
}

func (a *PermissionSetArgs) validateAssignments(p *problem.List) {
	seen := map[string]problem.Path{}
	for i, assignment := range a.Assignments {
		path := problem.Path("assignments").Index(i)
		list, key, name, known := "users", "user", assignment.User, a.IdentityCenter.Users
		if assignment.Group != "" {
			list, key, name, known = "groups", "group", assignment.Group, a.IdentityCenter.Groups
		}
		switch {
		case (assignment.User == "") == (assignment.Group == ""):
			p.Add(path, nil, "names no one person or group", "write user or group")
			continue
		case known[name] == "":
			var names []string
			for n := range known {
				names = append(names, n)
			}
			slices.Sort(names)
			fix := "add it to identityCenter." + list + " with its id"
			if near := policy.Closest(name, names); near != "" {
				fix = "did you mean " + strconv.Quote(near) + "?"
			}
			p.Add(path.Child(key), name, "is not in identityCenter."+list, fix)
		}
		if len(assignment.Accounts) == 0 {
			p.Empty(path.Child("accounts"), "so nobody is assigned", "list the accounts, or remove the assignment")
		}
		for j, account := range assignment.Accounts {
			where := path.Child("accounts").Index(j)
			if !p.Check(where, account, policy.ValidateAccountID(account)) {
				continue
			}
			id := key + " " + name + " " + account
			if earlier, twice := seen[id]; twice {
				p.Add(where, account, "is assigned to "+name+" in "+string(earlier)+" already", "remove one")
				continue
			}
			seen[id] = where
		}
	}
}

// Notices says what the permission set opens that is easy to overlook. Paths are relative to the element of
// "permissionSets".
func (a *PermissionSetArgs) Notices() guardrail.Notices {
	var n guardrail.Notices
	if len(a.Assignments) == 0 {
		n.Add("assignments", "is empty, so nobody can take "+a.Name)
	}
	if a.Template == OSAccessTemplate && len(a.Projects) == 0 {
		n.Add(
			"projects",
			"is not given, so every node of "+strings.Join(
				a.Accounts(),
				", ",
			)+" can be reached, at any time; a grant would end",
		)
	}
	if a.Template.OpensSessions() {
		for _, document := range a.Documents {
			if policy.DocumentOfAWS(document) && document != world.PortDocument {
				n.Add("allowUnlogged", "sessions with "+document+" leave the project, the OS user or the logs")
			}
		}
	}
	return n
}
