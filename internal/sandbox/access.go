package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/policy"
)

// preferencesDocument is the document that holds the Session Manager preferences of a Region.
const preferencesDocument = "SSM-SessionManagerRunShell"

// World is what the sandbox holds now, as the access engine asks about it: what was deployed can be proven, and
// compared with what was planned. A document that cannot be read is an error.
func (s *Server) World() (access.World, error) { return worldOf(s.Snapshot()) }

// worldOf is a snapshot as the access engine asks about it. Accounts, and everything in them, come sorted.
func worldOf(snapshot cloud.Snapshot) (access.World, error) {
	w := access.World{}
	r := &reader{}
	for _, id := range slices.Sorted(maps.Keys(snapshot.Accounts)) {
		w.Accounts = append(w.Accounts, r.account(id, snapshot.Accounts[id]))
	}
	w.Organization = r.organization(snapshot.Organization)
	return w, errors.Join(r.problems...)
}

// reader turns texts into documents and remembers those that cannot be read.
type reader struct{ problems []error }

func (r *reader) document(text, where string, args ...any) policy.Document {
	d, err := policy.Parse([]byte(text))
	if err != nil {
		r.problems = append(r.problems, fmt.Errorf("%s: %w", fmt.Sprintf(where, args...), err))
	}
	return d
}

func (r *reader) account(id string, a cloud.AccountSnapshot) world.Account {
	out := world.Account{ID: id, Alias: a.Alias, Partition: a.Partition, PasswordPolicy: a.PasswordPolicy != nil}
	for _, name := range slices.Sorted(maps.Keys(a.Users)) {
		u := a.Users[name]
		out.Users = append(out.Users, world.User{
			Name: u.Name, ID: u.ID, Path: u.Path, Tags: tagsOf(u.Tags), Groups: u.Groups, Boundary: u.Boundary,
			HasMFA: len(u.MFADevices) > 0,
			Inline: r.inline(u.Inline, "account %s user %s", id, name), Attached: sorted(u.Attached),
		})
	}
	for _, name := range slices.Sorted(maps.Keys(a.Groups)) {
		g := a.Groups[name]
		out.Groups = append(out.Groups, world.Group{
			Name:     g.Name,
			Path:     g.Path,
			Inline:   r.inline(g.Inline, "account %s group %s", id, name),
			Attached: sorted(g.Attached),
		})
	}
	for _, name := range slices.Sorted(maps.Keys(a.Roles)) {
		role := a.Roles[name]
		out.Roles = append(out.Roles, world.Role{
			Name:          role.Name,
			PermissionSet: role.PermissionSet,
			ID:            role.ID,
			Path:          role.Path,
			Tags:          tagsOf(role.Tags),
			Boundary:      role.Boundary,
			MaxSession:    role.MaxSession,
			Trust:         r.document(role.Trust, "account %s role %s trust policy", id, name),
			Inline:        r.inline(role.Inline, "account %s role %s", id, name),
			Attached:      sorted(role.Attached),
		})
	}
	for _, arn := range slices.Sorted(maps.Keys(a.Policies)) {
		p := a.Policies[arn]
		out.Policies = append(
			out.Policies,
			world.ManagedPolicy{ARN: arn, Document: r.document(p.Document(), "policy %s", arn)},
		)
	}
	for _, node := range slices.Sorted(maps.Keys(a.Nodes)) {
		out.Nodes = append(out.Nodes, nodeOf(id, a, a.Nodes[node]))
	}
	for _, key := range slices.Sorted(maps.Keys(a.Documents)) {
		d := a.Documents[key]
		out.Documents = append(
			out.Documents,
			world.SessionDocument{Name: d.Name, Region: d.Region, Type: d.Type, Owner: id, Content: d.Content()},
		)
		if d.Name == preferencesDocument {
			out.Preferences = append(out.Preferences, preferencesOf(d))
		}
	}
	return out
}

func (r *reader) inline(documents map[string]string, where string, args ...any) []world.InlinePolicy {
	var out []world.InlinePolicy
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		d := r.document(documents[name], "%s", fmt.Sprintf(where, args...)+" inline policy "+name)
		out = append(out, world.InlinePolicy{Name: name, Document: d})
	}
	return out
}

func tagsOf(tags map[string]string) []world.Tag {
	var out []world.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, world.Tag{Key: key, Value: tags[key]})
	}
	return out
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func nodeOf(account string, a cloud.AccountSnapshot, n ssm.Node) world.Node {
	node := world.Node{
		Kind:       world.Instance,
		ID:         n.ID,
		Region:     n.Region,
		Tags:       tagsOf(n.Tags),
		OSUsers:    n.OSUsers,
		VolumeKeys: n.VolumeKeys,
	}
	if strings.HasPrefix(n.ID, "mi-") {
		node.Kind = world.ManagedInstance
	}
	if role, ok := a.Roles[n.Profile]; ok {
		node.Profile = a.Partition.RoleARN(account, role.Path, role.Name)
	}
	return node
}

// preferencesOf reads the preferences of a Region as the agent does: what is absent is AWS's default.
func preferencesOf(d ssm.Document) world.SessionPreferences {
	var content struct {
		Inputs struct {
			RunAsEnabled       bool   `json:"runAsEnabled"`
			RunAsDefaultUser   string `json:"runAsDefaultUser"`
			IdleSessionTimeout string `json:"idleSessionTimeout"`
			MaxSessionDuration string `json:"maxSessionDuration"`
		} `json:"inputs"`
	}
	// The content was checked when it was saved.
	_ = json.Unmarshal([]byte(d.Content()), &content)
	minutes := func(text string) int { n, _ := strconv.Atoi(text); return n }
	return world.SessionPreferences{
		Region:      d.Region,
		RunAs:       content.Inputs.RunAsEnabled,
		DefaultUser: content.Inputs.RunAsDefaultUser,
		IdleTimeout: minutes(
			content.Inputs.IdleSessionTimeout,
		),
		MaxDuration: minutes(content.Inputs.MaxSessionDuration),
	}
}

// organization is the tree with the service control policies of each level; nil where the world has none.
func (r *reader) organization(s *cloud.OrganizationSnapshot) *world.Organization {
	if s == nil {
		return nil
	}
	return &world.Organization{ID: s.ID, Management: s.Management, Root: r.unit(s, s.Root, "Root")}
}

func (r *reader) unit(s *cloud.OrganizationSnapshot, id, name string) world.Unit {
	u := world.Unit{ID: id, Name: name, Policies: r.serviceControl(s, id)}
	for _, child := range slices.Sorted(maps.Keys(s.Units)) {
		if s.Units[child].Parent == id {
			u.Units = append(u.Units, r.unit(s, child, s.Units[child].Name))
		}
	}
	for _, account := range slices.Sorted(maps.Keys(s.Accounts)) {
		if s.Accounts[account] == id {
			u.Accounts = append(
				u.Accounts,
				world.OrganizationAccount{ID: account, Policies: r.serviceControl(s, account)},
			)
		}
	}
	return u
}

// serviceControl are the service control policies of a target. Where the type is disabled nothing is attached and
// everything is allowed, which is what FullAWSAccess says.
func (r *reader) serviceControl(s *cloud.OrganizationSnapshot, target string) []world.ServiceControlPolicy {
	if !slices.Contains(s.PolicyTypes, organizations.ServiceControlPolicy) {
		full := policy.New(policy.Allow("FullAWSAccess", "*").On("*"))
		return []world.ServiceControlPolicy{{Name: "FullAWSAccess", Document: full}}
	}
	var out []world.ServiceControlPolicy
	for _, id := range s.Attached[target] {
		p := s.Policies[id]
		if p.Type == organizations.ServiceControlPolicy {
			out = append(
				out,
				world.ServiceControlPolicy{Name: p.Name, Document: r.document(p.Content, "policy %s", p.Name)},
			)
		}
	}
	return out
}
