package stackfile

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"sync"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/stackfile/sections"
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
	// Tags are those that decide access there, as the file has them; empty where it leaves one out.
	Tags sections.Tags
	// ManagedPolicies are the names of its customer managed policies, in the order of the file.
	ManagedPolicies []string
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

// Named reports whether people of the sibling are written with the name.
func (s Sibling) Named(alias string) bool {
	return alias != "" && (s.Alias == alias || s.Stack == alias)
}

// Siblings reads the other stacks of the folder, as far as their files can be read: what is wrong with them is told
// when they are checked themselves. Stack names the one that is left out.
func Siblings(folder, stack string) []Sibling { return new(Neighbours).siblings(folder, stack, nil) }

// Neighbours reads what stacks of a folder know of each other once for all of them: files that are opened with it know
// of the others what they had when the first was opened. The zero value has read nothing yet. It is safe for concurrent
// use.
type Neighbours struct {
	mutex   sync.Mutex
	folders map[string][]Sibling
	// parsed are the files that were parsed for what others know of them and are not opened yet, by their paths.
	parsed map[string]*source
}

// OpenFile is OpenFile for a stack file that is read together with others.
func (n *Neighbours) OpenFile(path string) (*Sections, *strictyaml.Decoder) {
	data, err := files.Read(path)
	if err != nil {
		return nothing(unreadable(path, err))
	}
	project, err := projectOf(path)
	if err != nil {
		return nothing(unreadable(path, err))
	}
	content := contentOf(data, project)
	read, d := n.decode(n.source(Source{File: path, Data: data}, project, content))
	if read != nil {
		read.content = content
	}
	return read, d
}

// source is a file as it was parsed for its siblings, or parsed now. It is given once: what was parsed is not kept
// longer than it is needed.
func (n *Neighbours) source(stack Source, project *Source, content [sha256.Size]byte) *source {
	n.mutex.Lock()
	have, known := n.parsed[stack.File]
	delete(n.parsed, stack.File)
	n.mutex.Unlock()
	if known && have.content == content {
		return have
	}
	src := sourceOf(stack, project)
	src.content = content
	return src
}

// OpenAgain is what OpenFile gives for a file, made of what was read of another one: both have the same bytes, name and
// project, and know the same of their siblings. False means that the file has to be read.
func (n *Neighbours) OpenAgain(path string, have *Sections) (*Sections, bool) {
	data, err := files.Read(path)
	if err != nil || have.content == [sha256.Size]byte{} || StackName(path) != have.Name {
		return nil, false
	}
	project, err := projectOf(path)
	if err != nil || contentOf(data, project) != have.content {
		return nil, false
	}
	again := *have
	again.File, again.Folder = path, filepath.Dir(path)
	again.Siblings = n.siblings(again.Folder, again.Name, nil)
	return &again, reflect.DeepEqual(again.Siblings, have.Siblings)
}

// contentOf stands for the bytes of a stack file and its project.
func contentOf(data []byte, project *Source) [sha256.Size]byte {
	if project == nil {
		return files.Sum(data)
	}
	return files.Sum(data, project.Data)
}

// siblings are those of a stack. Own is its file, where that was parsed.
func (n *Neighbours) siblings(folder, stack string, own *source) []Sibling {
	if folder == "" {
		return nil
	}
	n.mutex.Lock()
	all, known := n.folders[folder]
	if !known {
		if n.folders == nil {
			n.folders, n.parsed = map[string][]Sibling{}, map[string]*source{}
		}
		all = n.readSiblings(folder, own)
		n.folders[folder] = all
	}
	n.mutex.Unlock()
	out := make([]Sibling, 0, len(all))
	for i := range all {
		if all[i].Stack != stack {
			out = append(out, all[i])
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// readSiblings reads all stacks of a folder, as far as their files can be read. Own is the file of one that was parsed.
func (n *Neighbours) readSiblings(folder string, own *source) []Sibling {
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
		data, err := files.Read(file)
		if err != nil {
			continue
		}
		if s := n.siblingIn(Source{File: file, Data: data}, project, own); policy.ValidateAccountID(s.AccountID) == nil {
			out = append(out, s)
		}
	}
	return out
}

// readBefore are the siblings that were read, by what stands for the stack's name and the content of its file: a stack
// that is read by itself reads all the others, and most files of another revision are those of this one.
var readBefore sync.Map

// siblingIn is siblingOf for a file that may have been read with this content before.
func (n *Neighbours) siblingIn(file Source, project *Source, own *source) Sibling {
	content := contentOf(file.Data, project)
	key := files.Sum(content[:], []byte(StackName(file.File)))
	if have, known := readBefore.Load(key); known {
		return have.(Sibling)
	}
	src := own
	if own == nil || own.file != file.File || own.content != content {
		src = sourceOf(file, project)
		src.content = content
		n.parsed[file.File] = src
	}
	have, _ := readBefore.LoadOrStore(key, siblingOf(src))
	return have.(Sibling)
}

// siblingOf reads names alone: account, users and their paths, the MFA group. A file that cannot be read has no
// account.
func siblingOf(src *source) Sibling {
	s := Sibling{Stack: src.name, Users: map[string]string{}, OSUsers: map[string]string{}, Teams: map[string][]string{}}
	group, grouped := sections.DefaultMFA(), false
	for _, e := range src.entries {
		e.Value = firstLevel(e.Value)
		switch e.Name {
		case "aws:region":
			s.Partition = provider.LikelyPartition(e.Value.Text)
		case Namespace + ":account":
			s.AccountID, s.Alias = e.Value.Child("id"), visible.Line(e.Value.Child("alias"))
			s.Organization = cmp.Or(e.Value.Child("organization"), s.Organization)
		case Namespace + ":mfa":
			grouped = true
			group.Name = cmp.Or(e.Value.Child("name"), group.Name)
			group.Path = cmp.Or(e.Value.Child("path"), group.Path)
		case Namespace + ":tags":
			s.Tags = sections.Tags{
				Project:          e.Value.Child("project"),
				Environment:      e.Value.Child("environment"),
				ProjectSeparator: e.Value.Child("projectSeparator"),
			}
		case Namespace + ":managedPolicies":
			for _, item := range e.Value.Items {
				s.ManagedPolicies = append(s.ManagedPolicies, item.Child("name"))
			}
		case Namespace + ":justInTime":
			s.JustInTime = true
		case Namespace + ":identityCenter":
			s.IdentityCenterPeople = peopleOfIdentityCenter(e.Value, s.Stack)
		case Namespace + ":organization":
			s.Organization = cmp.Or(s.Organization, e.Value.Child("id"))
			s.Management, s.Governs = e.Value.Child("management"), []string{}
			accountsOf(e.Value.Under("tree"), &s.Governs)
		case Namespace + ":teams":
			for _, team := range e.Value.Entries {
				if sections.ValidateTeamName(team.Name) == nil {
					s.Teams[team.Name] = team.Value.Texts()
				}
			}
		case Namespace + ":users":
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

// IdentityCenterPeople is what a stack knows of the people of IAM Identity Center of a stack of the folder.
type IdentityCenterPeople struct {
	// Stack is the name of the stack that has the instance.
	Stack string
	// Users are their ids by name.
	Users map[string]string
	// GrantsIn are the accounts in which a permission set is assigned from which people assume roles of grants, as the
	// file writes them: ids, or aliases.
	GrantsIn []string
}

// IdentityCenterUsers are the names of the people of IAM Identity Center whom the stack lists, sorted.
func (s Sibling) IdentityCenterUsers() []string {
	if s.IdentityCenterPeople == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.IdentityCenterPeople.Users))
}

// peopleOfIdentityCenter reads what other stacks know of the people of a section "identityCenter".
func peopleOfIdentityCenter(n *strictyaml.Node, stack string) *IdentityCenterPeople {
	center := &IdentityCenterPeople{Stack: stack, Users: map[string]string{}}
	for _, e := range n.Under("users").Entries {
		center.Users[e.Name] = e.Value.Text
	}
	for _, set := range n.Under("permissionSets").Items {
		if set.Child("grants") != "true" {
			continue
		}
		for _, assignment := range set.Under("assignments").Items {
			center.GrantsIn = append(center.GrantsIn, assignment.Under("accounts").Texts()...)
		}
	}
	return center
}
