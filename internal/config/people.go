package config

import (
	"cmp"
	"crypto/sha256"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/policy"
)

// Sibling is what a stack knows of another stack of the same folder: enough to name the people of its account, and
// what an organization protects there.
type Sibling struct {
	// Stack is the stack's name, Alias its account alias; people are written with either.
	Stack, Alias string
	AccountID    string
	Partition    policy.Partition
	// Users are the paths of its users, and OSUsers their OS users, by name.
	Users, OSUsers map[string]string
	// Teams are the names of the members of its teams, by team. Members who are no users of the stack are left out:
	// they are refused there.
	Teams map[string][]string
	// Group is the ARN of its MFA group; empty where it has none.
	Group string
	// JustInTime says that it uses just-in-time node access.
	JustInTime bool
	// IdentityCenterPeople are those of its section "identityCenter"; nil where it has none.
	IdentityCenterPeople *IdentityCenterPeople
	// Organization is the id of the organization that it says its account is in; empty where it says nothing.
	Organization string
	// Governs are the accounts in the tree of its section "organization", nil where it has none; Management is the
	// management account that it names.
	Governs    []string
	Management string
}

// named reports whether people of the sibling are written with the name.
func (s Sibling) named(alias string) bool {
	return alias != "" && (s.Alias == alias || s.Stack == alias)
}

// Siblings reads the other stacks of the folder, as far as their files can be read: what is wrong with them is told
// when they are checked themselves. Stack names the one that is left out.
func Siblings(folder, stack string) []Sibling {
	if folder == "" {
		return nil
	}
	paths, err := filepath.Glob(filepath.Join(folder, "Pulumi.*.yaml"))
	if err != nil {
		return nil
	}
	slices.Sort(paths)
	var (
		out     []Sibling
		project *Source
	)
	if len(paths) > 0 {
		project, _ = projectOf(paths[0])
	}
	for _, file := range paths {
		if StackName(file) == stack {
			continue
		}
		data, err := files.Read(file)
		if err != nil {
			continue
		}
		if s := siblingIn(Source{File: file, Data: data}, project); policy.ValidateAccountID(s.AccountID) == nil {
			out = append(out, s)
		}
	}
	return out
}

// siblingFiles are the siblings that were read, by file: every stack of a folder reads all the others.
var siblingFiles sync.Map

type siblingFile struct {
	content [sha256.Size]byte
	sibling Sibling
}

// siblingIn is siblingOf for a file that may have been read with this content before.
func siblingIn(file Source, project *Source) Sibling {
	sum := sha256.New()
	sum.Write(file.Data)
	if project != nil {
		sum.Write([]byte{0})
		sum.Write(project.Data)
	}
	content := [sha256.Size]byte(sum.Sum(nil))
	if have, ok := siblingFiles.Load(file.File); ok && have.(siblingFile).content == content {
		return have.(siblingFile).sibling
	}
	s := siblingOf(file, project)
	siblingFiles.Store(file.File, siblingFile{content, s})
	return s
}

// siblingOf reads names alone: account, users and their paths, the MFA group. A file that cannot be read has no
// account.
func siblingOf(file Source, project *Source) Sibling {
	src := sourceOf(file, project)
	s := Sibling{
		Stack:   StackName(file.File),
		Users:   map[string]string{},
		OSUsers: map[string]string{},
		Teams:   map[string][]string{},
	}
	group, grouped := DefaultMFA(), false
	for _, e := range src.entries {
		e.Value = firstLevel(e.Value)
		switch e.Name {
		case "aws:region":
			s.Partition = likelyPartition(e.Value.Text)
		case namespace + ":account":
			s.AccountID, s.Alias = e.Value.Child("id"), visible.Line(e.Value.Child("alias"))
			s.Organization = cmp.Or(e.Value.Child("organization"), s.Organization)
		case namespace + ":mfa":
			grouped = true
			group.Name, group.Path = cmp.Or(
				e.Value.Child("name"),
				group.Name,
			), cmp.Or(
				e.Value.Child("path"),
				group.Path,
			)
		case namespace + ":justInTime":
			s.JustInTime = true
		case namespace + ":identityCenter":
			s.IdentityCenterPeople = peopleOfIdentityCenter(e.Value, s.Stack)
		case namespace + ":organization":
			s.Organization = cmp.Or(s.Organization, e.Value.Child("id"))
			s.Management, s.Governs = e.Value.Child("management"), []string{}
			accountsOf(e.Value.Under("tree"), &s.Governs)
		case namespace + ":teams":
			for _, team := range e.Value.Entries {
				if teamName(team.Name) == nil {
					s.Teams[team.Name] = team.Value.Texts()
				}
			}
		case namespace + ":users":
			for _, item := range e.Value.Items {
				if name := item.Child("name"); policy.ValidateUserName(name) == nil {
					s.Users[name] = item.Child("path")
					s.OSUsers[name] = item.Child("runAs")
				}
			}
		}
	}
	for name, team := range s.Teams {
		s.Teams[name] = slices.DeleteFunc(team, func(member string) bool { _, known := s.Users[member]; return !known })
	}
	if grouped || len(s.Users) > 0 {
		s.Group = s.Partition.GroupARN(s.AccountID, group.Path, group.Name)
	}
	return s
}

// accountsOf collects the ids of the accounts of a unit and of those below it.
func accountsOf(unit *strictyaml.Node, into *[]string) {
	for _, id := range unit.Under("accounts").Items {
		*into = append(*into, id.Text)
	}
	for _, below := range unit.Under("units").Items {
		accountsOf(below, into)
	}
}

// PersonOrTeam is somebody as a list of people names them: the name of a user of this stack or of one of its teams,
// alias/name for those of another stack. Who that is, nobody knows before the stack is resolved.
type PersonOrTeam string

// people takes a list of people. arns is the key that takes ARNs.
func people(arns string) *strictyaml.ListType[PersonOrTeam] {
	one := strictyaml.WordType[PersonOrTeam]{TextType: strictyaml.Text(person(arns)).Pattern(personPattern)}
	return strictyaml.ListOf(one).Distinct(func(who PersonOrTeam) string { return string(who) })
}

// person accepts the name of a user of this stack, and alias/name. ARNs belong into the key of that name.
func person(arns string) func(string) error {
	return func(s string) error {
		if strings.HasPrefix(s, "arn:") {
			return strictyaml.Says("is an ARN", "move it to "+arns+"; this key takes names of guardrails:users")
		}
		_, name := splitPerson(s)
		return policy.ValidateUserName(name)
	}
}

// splitPerson is the alias and the name of "alias/name"; the alias is empty for people of this stack.
func splitPerson(person string) (alias, name string) {
	alias, name, found := strings.Cut(person, "/")
	if !found {
		return "", person
	}
	return alias, name
}

// elsewhere is the ARN of a person of another stack; empty where there is none.
func (s *Stack) elsewhere(alias, name string) string {
	for _, other := range s.Siblings {
		if path, known := other.Users[name]; known && other.named(alias) {
			if path == "" {
				path = "/"
			}
			return other.Partition.UserARN(other.AccountID, path, name)
		}
	}
	return ""
}

// osUsers are the OS users of people by the ARN of their user: of this stack, and of its siblings.
func (s *Stack) osUsers() map[string]string {
	all := map[string]string{}
	for _, u := range s.Users {
		if u.RunAs != "" {
			all[s.Account.Partition.UserARN(s.Account.ID, u.Path, u.Name)] = u.RunAs
		}
	}
	for _, other := range s.Siblings {
		for name, user := range other.OSUsers {
			if user != "" {
				all[other.Partition.UserARN(other.AccountID, cmp.Or(other.Users[name], "/"), name)] = user
			}
		}
	}
	return all
}

// OSUserOf is the OS user of the person with the ARN, of this stack or of another one of the folder; empty where
// there is none.
func (s *Stack) OSUserOf(arn string) string { return s.osUsers()[arn] }

// person is the user name of a person of this stack, or the ARN of somebody else.
func (s *Stack) person(person string) (user, arn string) {
	if strings.HasPrefix(person, "arn:") {
		return "", person
	}
	alias, name := splitPerson(person)
	if alias == "" || alias == s.Account.Alias {
		return name, ""
	}
	return "", s.elsewhere(alias, name)
}

// principals splits people, and the people of teams, into users of this account and ARNs, which join those that are
// given.
func (s *Stack) principals(people []PersonOrTeam, arns []string) (users, all []string) {
	all = slices.Clone(arns)
	for _, n := range s.named(people) {
		if n.user != "" {
			users = append(users, n.user)
		} else {
			all = append(all, n.arn)
		}
	}
	return users, all
}

var (
	principalPath = regexp.MustCompile(
		`^(.*:(operationRoles|delegatedRoles)\[([0-9]+)\])\.(users|principalArns)\[([0-9]+)\]$`,
	)
	standingPath = regexp.MustCompile(`^(.*:osAccess)\.standing(Users|PrincipalArns)\[([0-9]+)\]$`)
)

// written is where the file has what a path of a component speaks of: people of other stacks and of teams, who are
// written among users, come to a component one by one, those of other accounts among the ARNs.
func (s *Stack) written(at Path) Path {
	if parts := standingPath.FindStringSubmatch(string(at)); parts != nil && s.OSAccess != nil {
		i, _ := strconv.Atoi(parts[3])
		if n, found := s.element(
			s.OSAccess.StandingUsers,
			s.OSAccess.StandingPrincipalARNs,
			parts[2] == "Users",
			i,
		); found {
			return Path(parts[1]).Child("standingUsers").Index(n)
		}
		return at
	}
	parts := principalPath.FindStringSubmatch(string(at))
	if parts == nil {
		return at
	}
	role, _ := strconv.Atoi(parts[3])
	i, _ := strconv.Atoi(parts[5])
	people, arns := s.peopleOf(parts[2], role)
	if n, found := s.element(people, arns, parts[4] == "users", i); found {
		return Path(parts[1]).Child("users").Index(n)
	}
	return at
}

// element is the element of a list of people that the i-th user or ARN of a component comes from; false where the ARN
// is written as one.
func (s *Stack) element(people []PersonOrTeam, arns []string, own bool, i int) (int, bool) {
	if !own {
		i -= len(arns)
	}
	if i < 0 {
		return 0, false
	}
	for _, who := range s.named(people) {
		if own != (who.user != "") {
			continue
		}
		if i == 0 {
			return who.at, true
		}
		i--
	}
	return 0, false
}

// peopleOf are the people and ARNs of a role as the file has them.
func (s *Stack) peopleOf(section string, i int) (people []PersonOrTeam, arns []string) {
	switch {
	case section == "operationRoles" && i < len(s.OperationRoles):
		return s.OperationRoles[i].Users, s.OperationRoles[i].PrincipalARNs
	case section == "delegatedRoles" && i < len(s.DelegatedRoles):
		return s.DelegatedRoles[i].Users, s.DelegatedRoles[i].PrincipalARNs
	}
	return nil, nil
}

// checkPerson refuses a person whom neither this stack nor a sibling has.
func (s *Stack) checkPerson(d *strictyaml.Decoder, at Path, person string) {
	if person == "" || strings.HasPrefix(person, "arn:") || d.Refused(at) {
		return
	}
	alias, name := splitPerson(person)
	if alias == "" || alias == s.Account.Alias {
		known := s.userNames()
		if len(known) < len(s.Users) || slices.Contains(known, name) {
			return
		}
		fix := "add the user to guardrails:users, write alias/name for somebody of another stack, or a user ARN"
		if best, near := nearestNamed(name, known, s.Teams); near {
			fix = "did you mean " + strconv.Quote(best) + "?"
		}
		d.Report(
			Problem{
				Path:  at,
				Kind:  NotFound,
				Value: strictyaml.Quoted(person),
				Why:   "is no user of this stack",
				Fix:   fix,
			},
		)
		return
	}
	at0 := slices.IndexFunc(s.Siblings, func(o Sibling) bool { return o.named(alias) })
	if at0 < 0 {
		var aliases []string
		for _, o := range s.Siblings {
			aliases = append(aliases, cmp.Or(o.Alias, o.Stack))
		}
		fix := "write the alias of an account whose stack file is in this folder, or a user ARN"
		if best, near := strictyaml.Nearest(alias, aliases); near {
			fix = "did you mean " + strconv.Quote(best+"/"+name) + "?"
		}
		d.Report(
			Problem{
				Path:  at,
				Kind:  NotFound,
				Value: strictyaml.Quoted(person),
				Why:   "names no account: no stack file of this folder has the alias " + strconv.Quote(alias),
				Fix:   fix,
			},
		)
		return
	}
	other := s.Siblings[at0]
	if _, known := other.Users[name]; known {
		return
	}
	var names []string
	for n := range other.Users {
		names = append(names, n)
	}
	slices.Sort(names)
	fix := "add the user to Pulumi." + other.Stack + ".yaml"
	if best, near := nearestNamed(name, names, other.Teams); near {
		fix = "did you mean " + strconv.Quote(alias+"/"+best) + "?"
	}
	d.Report(
		Problem{
			Path:  at,
			Kind:  NotFound,
			Value: strictyaml.Quoted(person),
			Why:   "is no user of the stack " + other.Stack,
			Fix:   fix,
		},
	)
}
