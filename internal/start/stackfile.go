package start

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// operationRolePath is the path of operation roles, which counts for how long their names may be.
const operationRolePath = "/guardrails/operation/"

// projectOperator is the permission set that opens shells, which the service control policies exempt by this name.
const projectOperator = "ProjectOperator"

// sections are the stack file of an account, in the order of the reference. Each writes nothing where the account has
// nothing of it.
var sections = []func(*Answers, *Account, *text){
	accountSection,
	mfaSection,
	usersSection,
	operationRolesSection,
	delegatedRolesSection,
	osAccessSection,
	sessionsSection,
	identityCenterSection,
	organizationSection,
}

// stackFile is the stack file of an account, with what it accepts.
func (a *Answers) stackFile(account *Account, accepted []acceptance) string {
	t := &text{}
	t.line("# yaml-language-server: $schema=%s", schemaFile)
	t.comment(0, fmt.Sprintf("%s. %s", inComment(cmp.Or(account.Name, account.Stack)), a.purpose(account)))
	t.line("config:")
	t.line("  aws:region: %s", value(a.regionOf(account)))
	for _, section := range sections {
		section(a, account, t)
	}
	acceptSection(accepted, t)
	return t.String()
}

// regionOf is the home Region of a stack: the one of IAM Identity Center where the account manages it.
func (a *Answers) regionOf(account *Account) string {
	if account == a.Directory && a.IdentityCenter != nil {
		return cmp.Or(a.IdentityCenter.Region, a.Region)
	}
	return a.Region
}

// purpose says what the account is for.
func (a *Answers) purpose(account *Account) string {
	var all []string
	say := func(is bool, sentence string) {
		if is {
			all = append(all, sentence)
		}
	}
	say(account == a.Jump && len(a.wayOut()) > 0, "People sign in here and switch to roles of the other accounts.")
	say(account == a.Jump && len(a.wayOut()) == 0, "People sign in here.")
	say(
		account == a.Management,
		"It manages the organization. No service control policy binds this account: keep people and nodes out of it.",
	)
	say(account == a.Directory, "It manages IAM Identity Center.")
	say(len(a.projectsOf(account)) > 0, "It has the nodes of "+inComment(projectNames(a.projectsOf(account)))+".")
	say(len(all) == 0, "It has neither people nor nodes yet.")
	return strings.Join(all, " ")
}

func projectNames(projects []*Project) string {
	var names []string
	for _, p := range projects {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// projectsOf are the projects that have nodes in the account.
func (a *Answers) projectsOf(account *Account) []*Project {
	return slices.DeleteFunc(
		slices.Clone(a.Projects),
		func(p *Project) bool { return !slices.Contains(p.Accounts, account) },
	)
}

// governed reports whether a stack with the tree of the organization is written.
func (a *Answers) governed() bool {
	return a.Management != nil && a.Organization != nil && a.Organization.Root != "" && !a.Management.Closed
}

func accountSection(a *Answers, account *Account, t *text) {
	t.line("\n  guardrails:account:")
	t.line("    id: %s", value(account.ID))
	if a.governed() {
		t.line("    organization: %s", value(a.Organization.ID))
	}
	t.comment(
		4,
		"Who deploys this stack, and who comes in an emergency. Make both roles before the first up without --sandbox.",
	)
	t.line("    deployer: %s", value("role/"+a.Deployer))
	t.line("    breakGlass: %s", values([]string{"role/" + a.BreakGlass}))
}

// wayOut are the accounts with roles that people of the jump account may take.
func (a *Answers) wayOut() []*Account {
	if a.Jump == nil {
		return nil
	}
	return slices.DeleteFunc(
		a.Workloads(),
		func(account *Account) bool { return account == a.Jump || !a.opens(account) },
	)
}

// opens reports whether the account has roles for people of the jump account.
func (a *Answers) opens(account *Account) bool {
	return len(a.projectsOf(account)) > 0 || len(a.administer()) > 0 && slices.Contains(a.administered(), account)
}

// administer are the people with the role of administrators.
func (a *Answers) administer() []*Person {
	return slices.DeleteFunc(slices.Clone(a.People), func(p *Person) bool { return !p.Administrator })
}

// administered are the accounts with a role of administrators: those with nodes. In the jump account of an
// organization nobody administers what people sign in with, which the service control policies see to.
func (a *Answers) administered() []*Account {
	return slices.DeleteFunc(a.Workloads(), func(account *Account) bool { return account == a.Jump && a.governed() })
}

func mfaSection(a *Answers, account *Account, t *text) {
	if account != a.Jump {
		return
	}
	if out := a.wayOut(); len(out) > 0 {
		var ids []string
		for _, to := range out {
			ids = append(ids, to.ID)
		}
		t.line("\n  guardrails:mfa:")
		t.comment(
			4,
			"The way out of this account: roles under /guardrails/ of these accounts. Who may take which of them stands in their stack files.",
		)
		t.line("    roleAccounts: %s", values(ids))
	}
	t.line("\n  guardrails:passwordPolicy:")
	t.line("    minimumLength: 16")
	t.line("    reusePrevention: 24")
}

func usersSection(a *Answers, account *Account, t *text) {
	if account != a.Jump || len(a.People) == 0 {
		return
	}
	t.line("")
	t.comment(
		2,
		"Without MFA these people can do nothing but change their first password and enrol a device. Whoever is removed here is gone everywhere.",
	)
	t.line("  guardrails:users:")
	for _, p := range a.People {
		if p.Email == "" {
			t.line("    - {name: %s}", value(p.Name))
			continue
		}
		t.line("    - {name: %s, email: %s}", value(p.Name), value(p.Email))
	}
}

// called is how a stack file names a person.
func (a *Answers) called(p *Person, in *Account) string {
	if in == a.Jump {
		return p.Name
	}
	return a.Jump.Stack + "/" + p.Name
}

func operationRolesSection(a *Answers, account *Account, t *text) {
	taken := map[string]bool{}
	first := true
	for _, project := range a.projectsOf(account) {
		for _, login := range a.logins(project) {
			if first {
				t.line("")
				t.comment(
					2,
					"Each role opens shells on the nodes whose tag Project has the project, as the OS user runAs, who must exist there.",
				)
				t.line("  guardrails:operationRoles:")
				first = false
			}
			var who []string
			for _, p := range login.people {
				who = append(who, a.called(p, account))
			}
			t.line("    - users: %s", values(who))
			t.line("      project: %s", value(project.Name))
			t.line("      runAs: %s", value(login.osUser))
			if name := roleName(taken, project.Name, login.osUser); name != "" {
				t.line("      name: %s", value(name))
			}
		}
	}
}

// login is an OS user of a project, with the people who work as it.
type login struct {
	osUser string
	people []*Person
}

func (a *Answers) logins(project *Project) []*login {
	var all []*login
	for _, p := range a.People {
		if !slices.Contains(p.Projects, project) {
			continue
		}
		index := slices.IndexFunc(all, func(l *login) bool { return l.osUser == p.OSUser })
		if index < 0 {
			all, index = append(all, &login{osUser: p.OSUser}), len(all)
		}
		all[index].people = append(all[index].people, p)
	}
	return all
}

// roleName is the name of a role whose own name another role of the account has; empty where its own is free. IAM
// takes names that differ in case for one.
func roleName(taken map[string]bool, project, osUser string) string {
	own := policy.RoleNameFor(project, osUser, len(operationRolePath))
	if !taken[strings.ToLower(own)] {
		taken[strings.ToLower(own)] = true
		return ""
	}
	for i := 2; ; i++ {
		end := fmt.Sprintf("-%d", i)
		name := own[:min(len(own), 64-len(operationRolePath)-len(end))] + end
		if !taken[strings.ToLower(name)] {
			taken[strings.ToLower(name)] = true
			return name
		}
	}
}

func delegatedRolesSection(a *Answers, account *Account, t *text) {
	if len(a.administer()) == 0 || !slices.Contains(a.administered(), account) {
		return
	}
	var who []string
	for _, p := range a.administer() {
		who = append(who, a.called(p, account))
	}
	t.line("")
	if a.governed() {
		t.comment(2, "A role for work on the account itself. The service control policies keep it from shells.")
	} else {
		t.comment(
			2,
			"A role for work on the account itself. It opens shells too: only a service control policy could keep an administrator from them.",
		)
	}
	t.line("  guardrails:delegatedRoles:")
	t.line("    - name: AdminRole")
	t.line("      users: %s", values(who))
	t.line("      managedPolicies: [AdministratorAccess]")
}

func osAccessSection(a *Answers, account *Account, t *text) {
	projects := a.projectsOf(account)
	if len(projects) == 0 || a.Jump == nil {
		return
	}
	var names []string
	for _, p := range projects {
		if len(projects) == 1 || inPolicies(p.Name) {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	t.line("")
	t.comment(
		2,
		"What a grant opens for a person and a while. Nobody has it without one, which \"guardrails grant\" writes.",
	)
	t.line("  guardrails:osAccess:")
	t.line("    projects: %s", values(names))
	t.line("    grantMaxLength: 8h")
}

// inPolicies reports whether policies take a text: several projects are written into one, and it takes characters up
// to U+00FF.
func inPolicies(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 0xFF })
}

func sessionsSection(a *Answers, account *Account, t *text) {
	if len(a.projectsOf(account)) == 0 {
		return
	}
	t.line("")
	t.comment(
		2,
		"Session Manager keeps its preferences per Region, and a Region that is not listed opens shells as ssm-user, with sudo: list every Region with nodes.",
	)
	t.line("  guardrails:sessions:")
	t.line("    regions: %s", values([]string{a.Region}))
	t.line("    idleTimeout: 15m")
	t.line("    maxDuration: 60m")
}
