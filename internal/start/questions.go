package start

import (
	"fmt"
	"strings"

	"aws-access-guardrails/policy"
)

// Question is something that init wants to know. The flag of its name answers it; on a terminal it is asked where the
// flag is not given.
type Question struct {
	// Flag is the name of the flag, Value the form of its value.
	Flag, Value string
	// Help is the flag's help, and the question on a terminal.
	Help, Ask string
	// Example stands behind the question.
	Example string
	// Many is true where the flag may be repeated. On a terminal an empty line ends the list.
	Many bool

	// due says whether it is asked on a terminal, with what is known by then; nil is never.
	due func(*Answers) bool
	set func(*Answers, string) error
}

// Questions are all questions, in the order in which they are asked.
var Questions = []Question{
	{
		Flag: "name", Value: "name", Help: "name of the Pulumi project (default " + defaultProject + ")",
		set: func(a *Answers, s string) error { return keep(&a.Project, s, validateProjectName) },
	},
	{
		Flag:    "account",
		Value:   "name=id",
		Help:    "an account, as name=id; repeatable",
		Ask:     "An account, as name=id",
		Example: "workload=111122223333",
		Many:    true,
		due:     func(a *Answers) bool { return len(a.Accounts) == 0 },
		set:     setAccount,
	},
	{
		Flag:    "jump",
		Value:   "account",
		Help:    "the account in which people have IAM users and sign in",
		Ask:     "In which account do people have IAM users? Empty where they come through IAM Identity Center",
		Example: "jump",
		due:     func(a *Answers) bool { return len(a.Accounts) > 1 },
		set:     func(a *Answers, s string) error { return keep(&a.jump, s, nil) },
	},
	{
		Flag:    "identity-center",
		Value:   "arn=store",
		Help:    "the instance of IAM Identity Center with its identity store, as arn=store",
		Ask:     "Which instance of IAM Identity Center, as arn=store? Empty for none",
		Example: "arn:aws:sso:::instance/ssoins-1234567890abcdef=d-1234567890",
		due:     func(a *Answers) bool { return a.IdentityCenter == nil },
		set:     setIdentityCenter,
	},
	{
		Flag:  "identity-center-account",
		Value: "account",
		Help:  "the account that manages IAM Identity Center (default the management account)",
		Ask:   "Which account manages it?",
		due:   func(a *Answers) bool { return a.IdentityCenter != nil && a.directory == "" && a.Organization == nil },
		set:   func(a *Answers, s string) error { return keep(&a.directory, s, nil) },
	},
	{
		Flag: "identity-center-region", Value: "region", Help: "the Region of IAM Identity Center (default --region)",
		set: func(a *Answers, s string) error { return keep(&a.center().Region, s, policy.ValidateRegion) },
	},
	{
		Flag:    "region",
		Value:   "region",
		Help:    "the Region with your nodes",
		Ask:     "In which Region are your nodes?",
		Example: "ap-northeast-1",
		due:     func(a *Answers) bool { return a.Region == "" },
		set:     func(a *Answers, s string) error { return keep(&a.Region, s, policy.ValidateRegion) },
	},
	{
		Flag:    "project",
		Value:   "name[=account,...]",
		Help:    "a project, as name=account,account: the value of the tag Project on nodes, and where they are; repeatable",
		Ask:     "A project, as name=account,account: the value of the tag Project on its nodes",
		Example: "shop=workload",
		Many:    true,
		due:     func(a *Answers) bool { return len(a.projects) == 0 },
		set:     func(a *Answers, s string) error { a.projects = append(a.projects, s); return nil },
	},
	{
		Flag:    "person",
		Value:   "address[=project,...]",
		Help:    "who signs in as an IAM user, as address=project,project or name=project; repeatable",
		Ask:     "A person, as address=project,project",
		Example: "alice@example.com=shop",
		Many:    true,
		due:     func(a *Answers) bool { return len(a.people) == 0 && (a.jump != "" || a.IdentityCenter == nil) },
		set:     func(a *Answers, s string) error { a.people = append(a.people, s); return nil },
	},
	{
		Flag:  "administrator",
		Value: "address",
		Help:  "who administers the accounts with nodes, and opens no shell there, as address; repeatable",
		Many:  true,
		set:   func(a *Answers, s string) error { a.administrators = append(a.administrators, s); return nil },
	},
	group("operator-group", "the group of IAM Identity Center that opens shells on the nodes of its project"),
	group("viewer-group", "the group of IAM Identity Center that looks at the accounts"),
	group("administrator-group", "the group of IAM Identity Center that administers the accounts with nodes"),
	{
		Flag: "deployer", Value: "role", Help: "the role that deploys (default " + defaultDeployer + ")",
		set: func(a *Answers, s string) error { return keep(&a.Deployer, s, validateRole) },
	},
	{
		Flag: "break-glass", Value: "role", Help: "the role for emergencies (default " + defaultBreakGlass + ")",
		set: func(a *Answers, s string) error { return keep(&a.BreakGlass, s, validateRole) },
	},
	{
		Flag:  "ci",
		Value: "system",
		Help:  "pipelines for github or gitlab",
		Ask:   "Pipelines for github or gitlab? Empty for none",
		due:   func(a *Answers) bool { return a.CI == "" },
		set:   setCI,
	},
}

// group is a question for a group of Identity Center.
func group(flag, help string) Question {
	return Question{
		Flag:  flag,
		Value: "name[=id]",
		Help:  help + ", as name or name=id",
		Ask:   "Which is " + help + "? Empty for none",
		due:   func(a *Answers) bool { return a.IdentityCenter != nil && a.groups[flag] == "" },
		set: func(a *Answers, s string) error {
			if a.groups == nil {
				a.groups = map[string]string{}
			}
			group := a.groups[flag]
			err := keep(&group, s, nil)
			a.groups[flag] = group
			return err
		},
	}
}

// keep keeps an answer that may be given once.
func keep(into *string, s string, validate func(string) error) error {
	if *into != "" && *into != s {
		return fmt.Errorf("%q and %q are given; keep one", *into, s)
	}
	if validate != nil {
		if err := validate(s); err != nil {
			return fmt.Errorf("%q %w", s, err)
		}
	}
	*into = s
	return nil
}

// Answer answers a question. The error begins with the flag.
func (a *Answers) Answer(q Question, s string) error {
	s = strings.TrimSpace(s)
	if s == "" {
		return wrongAnswer(q.Flag, ": is empty; write %s, or leave it out", q.Value)
	}
	if err := q.set(a, s); err != nil {
		return wrongAnswer(q.Flag, ": %v", err)
	}
	return nil
}

// Due reports whether the question is asked on a terminal.
func (q Question) Due(a *Answers) bool { return q.due != nil && q.due(a) }

func setAccount(a *Answers, s string) error {
	name, id, said := cut(s)
	if !said { // The id alone.
		name, id = "", s
	}
	if err := policy.ValidateAccountID(id); err != nil {
		return fmt.Errorf("%q %w", id, err)
	}
	if have := a.account(id); have != nil && have.Name != "" && name != "" && have.Name != name {
		return fmt.Errorf("account %s is called %q and %q; keep one name", id, have.Name, name)
	}
	if other := a.account(name); name != "" && other != nil && other.ID != id {
		return fmt.Errorf("accounts %s and %s are both called %q; give them two names", other.ID, id, name)
	}
	a.add(id, name)
	return nil
}

func setIdentityCenter(a *Answers, s string) error {
	arn, store, said := cut(s)
	if !said || !strings.HasPrefix(arn, "arn:") {
		return fmt.Errorf(
			"%q is not the ARN of an instance and the id of its store; \"aws sso-admin list-instances\" prints both",
			s,
		)
	}
	ic := a.center()
	if ic.Instance != "" && ic.Instance != arn {
		return fmt.Errorf("%s and %s are given; keep one", ic.Instance, arn)
	}
	ic.Instance, ic.Store = arn, store
	return nil
}

func setCI(a *Answers, s string) error {
	switch CI(s) {
	case GitHub, GitLab:
		a.CI = CI(s)
		return nil
	}
	return fmt.Errorf("%q is no CI system that is known; write %s or %s", s, GitHub, GitLab)
}

func validateRole(name string) error {
	path, role := "/", name
	if start := strings.LastIndex(name, "/"); start >= 0 {
		path, role = "/"+name[:start+1], name[start+1:]
	}
	if err := policy.ValidatePath(path); err != nil {
		return err
	}
	return policy.ValidateRoleName(role)
}

func validateProjectName(name string) error {
	if plainScalar.MatchString(name) && !strings.ContainsAny(name, "/@") && len(name) <= 100 {
		return nil
	}
	return fmt.Errorf("is no name of a project; use a letter and then letters, digits, \"-\", \"_\" and \".\"")
}
