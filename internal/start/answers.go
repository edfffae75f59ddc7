package start

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// Answers are what the files are made from. Empty fields are what nobody has said.
type Answers struct {
	// Project is the name of the Pulumi project.
	Project string
	// Region is the home Region: of IAM Identity Center and of Session Manager preferences.
	Region string
	// Organization is nil where nothing is known of one.
	Organization *Organization
	// Accounts are in the order in which they were named.
	Accounts []*Account
	// Jump, Management and Directory are the accounts in which IAM users sign in, which manages the organization, and
	// which manages Identity Center; nil for none.
	Jump, Management, Directory *Account
	Projects                    []*Project
	People                      []*Person
	// IdentityCenter is nil where people do not come through it.
	IdentityCenter *IdentityCenter
	// Deployer and BreakGlass are names of roles, with their paths.
	Deployer, BreakGlass string
	// CI is the CI system whose pipelines are wanted; empty for none.
	CI CI

	// jump, projects, groups, ... are answers that name accounts, people and groups, which may be known only when all
	// is read.
	jump, directory  string
	projects, people []string
	administrators   []string
	groups           map[string]string
}

// Account is an AWS account. Stack is the name of its stack.
type Account struct {
	ID, Name, Stack string
	// Unit is the unit or the root that the account is in; empty where that is not known.
	Unit string
	// Closed says that the account is not active: it stands in the tree and has no stack.
	Closed bool
}

// Project is a value of the project tag, with the accounts that have nodes of it.
type Project struct {
	Name     string
	Accounts []*Account
}

// Person is somebody who signs in as an IAM user.
type Person struct {
	// Name is the IAM user name, OSUser the login on the nodes.
	Name, Email, OSUser string
	Projects            []*Project
	// Administrator has every right in the workload accounts but shells.
	Administrator bool
}

// Organization is the tree as AWS Organizations tells it.
type Organization struct {
	ID, Management string
	// Root is empty where the tree is not known.
	Root  string
	Units []Unit
}

// Unit is an organizational unit. An empty Parent is not known.
type Unit struct{ ID, Name, Parent string }

// IdentityCenter is the instance, with the groups that take permission sets: their ids by name.
type IdentityCenter struct {
	Instance, Store string
	// Region is where the instance is; empty means the home Region.
	Region string
	Groups map[string]string
	// Operators, Viewers and Administrators are names of groups; empty where nobody takes the permission set.
	Operators, Viewers, Administrators string
}

// CI is a system that runs pipelines.
type CI string

// The systems for which there are pipelines.
const (
	GitHub CI = "github"
	GitLab CI = "gitlab"
)

// The names of the roles where nobody says others.
const (
	defaultDeployer   = "GuardrailDeployer"
	defaultBreakGlass = "BreakGlass"
	defaultProject    = "guardrails"
)

// UseError is an answer that cannot be. Its text begins with the flag or the file that gave it.
type UseError struct {
	// flag is the flag whose answer it is; empty where it is that of a file, or nobody's.
	flag string
	// missing says that there is no answer yet.
	missing bool
	text    string
}

func (e *UseError) Error() string { return e.text }

func wrong(format string, args ...any) error { return &UseError{text: fmt.Sprintf(format, args...)} }

// wrongAnswer is wrong for the answer to a flag.
func wrongAnswer(flag, format string, args ...any) error {
	return &UseError{flag: flag, text: "--" + flag + fmt.Sprintf(format, args...)}
}

// missingAnswer is wrong for a flag that has no answer and needs one, or has a part of it. What is what is missing;
// empty for the whole answer.
func missingAnswer(flag, what, fix string) error {
	text := "is missing; " + fix
	if what != "" {
		text = what + " " + text
	}
	return &UseError{flag: flag, missing: true, text: "--" + flag + ": " + text}
}

// Workloads are the accounts with nodes: all with a stack but the jump account, the management account and the one
// that manages Identity Center. Where an account is alone, it is that one.
func (a *Answers) Workloads() []*Account {
	var out []*Account
	for _, account := range a.Accounts {
		if !account.Closed && account != a.Management &&
			(account != a.Jump && account != a.Directory || a.alone(account)) {
			out = append(out, account)
		}
	}
	return out
}

// alone reports whether an account is the only one that has a stack, or has nodes of a project, whatever else it is.
func (a *Answers) alone(account *Account) bool {
	if slices.ContainsFunc(a.Projects, func(p *Project) bool { return slices.Contains(p.Accounts, account) }) {
		return true
	}
	return len(a.Accounts) == 1
}

// account is the account that a name means: an id, the name that AWS has, or the name of its stack.
func (a *Answers) account(name string) *Account {
	for _, account := range a.Accounts {
		if name == account.ID || strings.EqualFold(name, account.Name) || name == account.Stack {
			return account
		}
	}
	return nil
}

// ref is how the stack file of one account names another: by the name of its stack, or by its id where that is no
// alias of an account, and for itself.
func ref(in, account *Account) string {
	if in == account || policy.ValidateAccountAlias(account.Stack) != nil {
		return account.ID
	}
	return account.Stack
}

// add adds an account, or what is new about one that is known.
func (a *Answers) add(id, name string) *Account {
	for _, account := range a.Accounts {
		if account.ID == id {
			account.Name = cmp.Or(account.Name, name)
			return account
		}
	}
	account := &Account{ID: id, Name: name}
	a.Accounts = append(a.Accounts, account)
	return account
}

// nameStacks gives every account the name of its stack: its own name in small letters, with "-" for what a file name
// should not have. Names that would meet get the end of the account id.
func (a *Answers) nameStacks() {
	taken := map[string]int{}
	for _, account := range a.Accounts {
		account.Stack = cmp.Or(plain(account.Name), "account-"+account.ID)
		taken[account.Stack]++
	}
	for _, account := range a.Accounts {
		if taken[account.Stack] > 1 {
			account.Stack += "-" + account.ID
		}
	}
}

// plain is a name of small letters, digits and single hyphens, at most 40 of them.
func plain(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	text := b.String()
	return strings.Trim(text[:min(len(text), 40)], "-")
}

// osUserOf is the login of a person on the nodes: the user name with "_" for what a login cannot have.
func osUserOf(name string) string {
	login := []byte(strings.ToLower(name))
	for i, c := range login {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.') {
			login[i] = '_'
		}
	}
	if len(login) > 0 && !('a' <= login[0] && login[0] <= 'z' || login[0] == '_') {
		login = append([]byte{'_'}, login...)
	}
	return string(login[:min(len(login), 32)])
}

// Complete resolves names, fills in what nobody said, and holds the answers against each other. Everything that is
// wrong comes at once. It may be called again when there are more answers.
func (a *Answers) Complete() error {
	a.Project, a.Deployer, a.BreakGlass = cmp.Or(
		a.Project,
		defaultProject,
	), cmp.Or(
		a.Deployer,
		defaultDeployer,
	), cmp.Or(
		a.BreakGlass,
		defaultBreakGlass,
	)
	a.Projects, a.People, a.Jump, a.Management, a.Directory = nil, nil, nil, nil, nil
	a.nameStacks()
	var errs []error
	errs = append(errs, a.findRoles()...)
	errs = append(errs, a.findProjects()...)
	errs = append(errs, a.findPeople()...)
	errs = append(errs, a.findGroups()...)
	if a.Organization != nil && a.Organization.Root != "" {
		errs = append(errs, a.Organization.check(a))
	}
	if a.Region == "" {
		errs = append(
			errs,
			missingAnswer("region", "", "write the Region in which your nodes are, such as ap-northeast-1"),
		)
	}
	return errors.Join(errs...)
}

// findRoles finds the accounts that are something special.
func (a *Answers) findRoles() (errs []error) {
	if len(a.Accounts) == 0 {
		return []error{
			wrongAnswer(
				"account",
				": no account is named; write one for each account, such as --account workload=111122223333, "+
					"or name with --from what the AWS CLI printed",
			),
		}
	}
	if a.Organization != nil && a.Organization.Management != "" {
		a.Management = a.add(a.Organization.Management, "management")
		a.nameStacks()
	}
	find := func(flag, name string, into **Account) {
		if name == "" {
			return
		}
		if *into = a.account(name); *into == nil {
			errs = append(errs, wrongAnswer(flag, ": %q is no account that is named; write one of %s", name, a.names()))
		}
	}
	find("jump", a.jump, &a.Jump)
	find("identity-center-account", a.directory, &a.Directory)
	if a.Jump != nil && a.Jump == a.Management {
		errs = append(
			errs,
			wrongAnswer(
				"jump",
				": %s is the management account, which no service control policy binds; make an account for people",
				a.Jump.ID,
			),
		)
	}
	if a.IdentityCenter != nil && a.Directory == nil && a.directory == "" {
		if a.Directory = a.Management; a.Directory == nil && len(a.Accounts) == 1 {
			a.Directory = a.Accounts[0]
		}
		if a.Directory == nil {
			errs = append(
				errs,
				missingAnswer("identity-center-account", "", "write the account that manages IAM Identity Center"),
			)
		}
	}
	for _, account := range []*Account{a.Jump, a.Directory} {
		if account != nil && account.Closed {
			errs = append(errs, wrong("account %s is not active; name one that is", account.ID))
		}
	}
	if a.Jump == nil && a.jump == "" && a.IdentityCenter == nil && len(a.Accounts) == 1 {
		a.Jump = a.Accounts[0] // People and nodes share an account that is alone.
	}
	if a.Jump == nil && a.jump == "" && a.IdentityCenter == nil {
		errs = append(
			errs,
			wrongAnswer(
				"jump",
				": people sign in nowhere; name the account in which they have IAM users, or IAM Identity Center with "+
					"--identity-center",
			),
		)
	}
	return errs
}

// names are the accounts as a person may write them.
func (a *Answers) names() string {
	var names []string
	for _, account := range a.Accounts {
		names = append(names, account.Stack)
	}
	return strings.Join(names, ", ")
}

// findProjects reads name=account,account. Without accounts a project has nodes in every workload account.
func (a *Answers) findProjects() (errs []error) {
	for _, text := range a.projects {
		name, in, said := cut(text)
		if err := policy.ValidateProject(name); err != nil {
			errs = append(errs, wrongAnswer("project", ": %q %v", name, err))
			continue
		}
		if slices.ContainsFunc(a.Projects, func(p *Project) bool { return p.Name == name }) {
			errs = append(
				errs, wrongAnswer("project", ": %q is named twice; name its accounts together, with commas", name),
			)
			continue
		}
		p := &Project{Name: name}
		for _, name := range list(in) {
			account := a.account(name)
			switch {
			case account == nil:
				errs = append(
					errs,
					wrongAnswer(
						"project", " %s: %q is no account that is named; write one of %s", text, name, a.names(),
					),
				)
			case account == a.Management && len(a.Accounts) > 1:
				errs = append(
					errs,
					wrongAnswer(
						"project",
						" %s: %s is the management account, which no service control policy binds; keep nodes out of it",
						text,
						name,
					),
				)
			case account.Closed:
				errs = append(errs, wrongAnswer("project", " %s: account %s is not active", text, name))
			case !slices.Contains(p.Accounts, account):
				p.Accounts = append(p.Accounts, account)
			}
		}
		if !said {
			p.Accounts = a.Workloads()
		}
		a.Projects = append(a.Projects, p)
	}
	return errs
}

// findPeople reads person=project,project, where the person is an address or a user name.
func (a *Answers) findPeople() (errs []error) {
	for _, text := range a.people {
		who, in, _ := strings.Cut(text, "=") // Names of projects may have one, addresses have none.
		person, err := personOf(who)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if other := a.person(person.Name); other != nil {
			errs = append(
				errs,
				wrongAnswer("person", ": %q is named twice; IAM takes names that differ in case for one", person.Name),
			)
			continue
		}
		for _, name := range list(in) {
			index := slices.IndexFunc(a.Projects, func(p *Project) bool { return p.Name == name })
			if index < 0 {
				errs = append(
					errs,
					wrongAnswer(
						"person", " %s: %q is no project that is named; add --project %s=<accounts>", text, name, name,
					),
				)
				continue
			}
			person.Projects = append(person.Projects, a.Projects[index])
		}
		a.People = append(a.People, person)
	}
	for _, who := range a.administrators {
		person, err := personOf(who)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if known := a.person(person.Name); known != nil {
			person = known
		} else {
			a.People = append(a.People, person)
		}
		person.Administrator = true
	}
	if len(a.People) > 0 && a.Jump == nil {
		errs = append(
			errs,
			wrongAnswer(
				"person",
				": %s has no account to sign in to; name it with --jump. People of IAM Identity Center are in its groups",
				a.People[0].Name,
			),
		)
	}
	return errs
}

func (a *Answers) person(name string) *Person {
	for _, p := range a.People {
		if strings.EqualFold(p.Name, name) {
			return p
		}
	}
	return nil
}

// personOf derives the user name and the login from an address.
func personOf(who string) (*Person, error) {
	p := &Person{Name: who}
	if name, domain, ok := strings.Cut(who, "@"); ok && domain != "" {
		p.Name, p.Email = name, who
	}
	if err := policy.ValidateUserName(p.Name); err != nil {
		return nil, wrongAnswer("person", ": %q %v", p.Name, err)
	}
	if err := policy.ValidateTagValue(p.Email); err != nil {
		return nil, wrongAnswer("person", ": %q %v", p.Email, err)
	}
	p.OSUser = osUserOf(p.Name)
	if err := policy.ValidateOSUser(p.OSUser); err != nil {
		return nil, wrongAnswer("person", ": %q is no login of a node: it %v", p.Name, err)
	}
	return p, nil
}

// findGroups finds the ids of the groups.
func (a *Answers) findGroups() (errs []error) {
	ic := a.IdentityCenter
	into := map[string]*string{}
	if ic != nil {
		into = map[string]*string{
			"operator-group":      &ic.Operators,
			"viewer-group":        &ic.Viewers,
			"administrator-group": &ic.Administrators,
		}
	}
	for _, flag := range []string{"operator-group", "viewer-group", "administrator-group"} {
		text := a.groups[flag]
		if text == "" {
			continue
		}
		if ic == nil {
			errs = append(
				errs,
				wrongAnswer(flag, ": there is no IAM Identity Center; name it with --identity-center, or with --from"),
			)
			continue
		}
		name, id, said := cut(text)
		if said {
			ic.Groups[name] = id
		}
		if ic.Groups[name] == "" {
			errs = append(
				errs,
				wrongAnswer(
					flag,
					": %q is no group that is known; write %s=<its id>, or name with --from what \"aws identitystore list-groups\" "+
						"printed",
					name,
					name,
				),
			)
			continue
		}
		*into[flag] = name
	}
	if ic != nil && (ic.Instance == "" || ic.Store == "") {
		errs = append(
			errs,
			missingAnswer(
				"identity-center", "the instance",
				"write <its ARN>=<id of its identity store>, or name with --from what \"aws sso-admin list-instances\" printed",
			),
		)
	}
	return errs
}

// cut divides name=values at the last "=", because names of projects may have one.
func cut(text string) (name, values string, said bool) {
	equals := strings.LastIndex(text, "=")
	if equals < 0 {
		return text, "", false
	}
	return text[:equals], text[equals+1:], true
}

// list are the parts of a text between commas.
func list(text string) []string {
	var out []string
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
