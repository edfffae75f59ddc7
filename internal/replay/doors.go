package replay

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/replay/cloudtrail"
	"aws-access-guardrails/internal/replay/judging"
	"aws-access-guardrails/policy"
)

// noteDoor keeps who went through a door to an operating system, for the other way round: what keeps it working.
func (r *Run) noteDoor(e *cloudtrail.Event, v judging.Verdict) {
	if e.ErrorCode != "" || v.Why != judging.Judged && v.Why != judging.OfManagement && v.Why != judging.OutsideOfTree {
		return
	}
	actions, _ := judging.ActionsOf(e.Source, e.Name)
	for _, action := range actions {
		if judging.IsDoor(action) {
			r.door(e, action)
		}
	}
}

func (r *Run) door(e *cloudtrail.Event, action string) {
	c, why := judging.CallerOf(e)
	if why != judging.Judged {
		return
	}
	var nodes []string
	p := cloudtrail.ReadParams(e.Params)
	for _, name := range []string{"target", "instanceids", "instanceid"} {
		nodes = append(nodes, p.Find(name)...)
	}
	f := r.fold
	f.mu.Lock()
	defer f.mu.Unlock()
	id := strings.Join([]string{c.Account, action, c.Who()}, "\x00")
	s, known := f.Shells[id]
	if !known {
		if len(f.Shells) >= mostRows {
			f.Overflow += e.Count
			return
		}
		s = &Shell{Action: action, Who: c.Who(), Account: c.Account, First: e.First, Last: e.Last}
		f.Shells[id] = s
	}
	s.Count += e.Count
	if e.First.Before(s.First) {
		s.First = e.First
	}
	if e.Last.After(s.Last) {
		s.Last = e.Last
	}
	s.Sessions = insert(s.Sessions, c.Session, mostSessions)
	for _, node := range nodes {
		s.Nodes = insert(s.Nodes, node, mostNodes)
	}
}

// insert puts a text in its place in a sorted list without doubles. Of more than the list takes the first in order
// stay, whatever the order of reading.
func insert(list []string, text string, most int) []string {
	if text == "" {
		return list
	}
	index, have := slices.BinarySearch(list, text)
	if have || index >= most {
		return list
	}
	list = slices.Insert(list, index, text)
	return list[:min(len(list), most)]
}

// Home is a stack of the folder, for the lines that keep shells working.
type Home struct {
	Account, Stack, Alias string
	Users                 []string
	// Organization is set for the stack that carries the service control policies, OSAccess for one that gives grants.
	Organization, OSAccess bool
	// Setting is where commands on the stack run.
	Setting commandline.Setting
}

// name is how other stacks call the account.
func (h *Home) name() string {
	if h.Alias != "" {
		return h.Alias
	}
	return h.Account
}

// keep fills in the lines of the stack files that keep a door working for who went through it.
func (s *Shell) keep(homes []Home) {
	index := slices.IndexFunc(homes, func(h Home) bool { return h.Account == s.Account })
	organization := slices.IndexFunc(homes, func(h Home) bool { return h.Organization })
	_, path, _ := strings.Cut(s.Who, ":role/")
	switch {
	case strings.HasPrefix(path, "guardrails/"):
		return // The guardrails made the role, and exempt it.
	case strings.HasPrefix("/"+path, policy.PermissionSetRolePath) && organization >= 0:
		name, _ := policy.PermissionSetOfRole("/"+path, path[strings.LastIndexByte(path, '/')+1:])
		s.Lines = []string{
			fmt.Sprintf(
				"Pulumi.%s.yaml, guardrails:organization.osAccessOnly.permissionSets: %q",
				homes[organization].Stack,
				name,
			),
			"# a permission set with template: operation bounds its sessions to the nodes of one project; any other " +
				"opens all nodes of its accounts",
		}
		return
	}
	people := s.people(homes)
	switch {
	case index < 0:
		s.Lines = []string{
			"# account " + s.Account + " has no stack in this folder; make one, and an operation role in it",
		}
	case s.Action != "ssm:StartSession" || len(people) == 0:
		s.Lines = s.exempt(homes, organization)
	default:
		s.Lines = s.operationRoles(homes[index], people)
	}
}

// people are who it was, as a stack file names them: users of stacks of the folder, by their own sign-in or by the
// names of their sessions.
func (s *Shell) people(homes []Home) []string {
	var out []string
	if _, name, user := strings.Cut(s.Who, ":user/"); user {
		name = name[strings.LastIndexByte(name, '/')+1:]
		for _, h := range homes {
			if h.Account == s.Account && slices.Contains(h.Users, name) {
				out = append(out, h.name()+"/"+name)
			}
		}
		return out
	}
	for _, session := range s.Sessions {
		for _, h := range homes {
			if slices.Contains(h.Users, session) {
				out = append(out, h.name()+"/"+session)
			}
		}
	}
	return out
}

func (s *Shell) operationRoles(home Home, people []string) []string {
	lines := []string{
		"Pulumi." + home.Stack + ".yaml, guardrails:operationRoles (the log does not tell the OS user: change runAs " +
			"where it is another one)",
	}
	for _, project := range s.Projects {
		for _, person := range people {
			_, name, _ := strings.Cut(person, "/")
			if project == "" {
				nodes := strings.Join(s.Nodes, ", ")
				if nodes == "" {
					nodes = "the nodes, which no record names,"
				}
				lines = append(lines, fmt.Sprintf("# the project of %s is not known: write it", nodes))
				project = "PROJECT"
			}
			lines = append(lines, fmt.Sprintf("- {users: [%q], project: %q, runAs: %q}", person, project, name))
			if home.OSAccess {
				grant := home.Setting.Line("grant", home.Stack, person, "--project", project, "--run-as", name,
					"--for", "4h", "--ticket", "TICKET")
				lines = append(lines, "# or for a while: "+grant)
			}
		}
	}
	return lines
}

// exempt are the lines for what is no person, and for doors that no operation role opens.
func (s *Shell) exempt(homes []Home, organization int) []string {
	_, path, role := strings.Cut(s.Who, ":role/")
	if !role || organization < 0 {
		return []string{
			"# nothing keeps it working but a role: move the caller to one, or use a grant (guardrails grant)",
		}
	}
	key := "osAccessOnly.exempt"
	if strings.HasPrefix(s.Action, "ssm:") && s.Action != "ssm:StartSession" && s.Action != "ssm:ResumeSession" {
		key = "osAccessOnly.remoteExecution.exempt"
	}
	return []string{
		fmt.Sprintf("Pulumi.%s.yaml, guardrails:organization.%s: %q", homes[organization].Stack, key, "role/"+path),
	}
}
