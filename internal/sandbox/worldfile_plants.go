package sandbox

import (
	"cmp"
	"maps"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/policy"
)

// plants are the things of the file, accounts in the order of their ids.
func (w *worldFile) plants() cloud.Plants {
	var out cloud.Plants
	for _, id := range slices.Sorted(maps.Keys(w.Accounts)) {
		w.Accounts[id].plants(id, &out)
	}
	if w.Organization != nil {
		w.Organization.plants(&out)
	}
	if w.IdentityCenter != nil {
		w.IdentityCenter.plants(w.Organization, &out)
	}
	return out
}

func (o *worldOrganization) plants(out *cloud.Plants) {
	in := cloud.ExistingOrganization{
		Organization: cloud.Organization{
			ID:              o.ID,
			Root:            o.Root,
			Management:      o.Management,
			PolicyTypes:     o.PolicyTypes,
			TrustedServices: o.TrustedServices,
		},
		Accounts: o.Accounts,
	}
	if o.PolicyTypes == nil {
		in.PolicyTypes = []string{cloud.ServiceControlPolicy}
	}
	for _, u := range o.Units {
		in.Units = append(in.Units, cloud.Unit{ID: u.ID, Name: u.Name, Parent: cmp.Or(u.Parent, o.Root)})
	}
	out.Organization = append(out.Organization, cloud.Planted[cloud.ExistingOrganization]{Path: o.path, Thing: in})
	for _, p := range o.Policies {
		out.OrganizationPolicies = append(
			out.OrganizationPolicies,
			cloud.Planted[cloud.ExistingPolicy]{Path: p.path, Thing: cloud.ExistingPolicy{
				NewOrganizationPolicy: cloud.NewOrganizationPolicy{
					Name:        p.Name,
					Description: p.Description,
					Type:        cmp.Or(p.Type, cloud.ServiceControlPolicy),
					Content:     p.Content,
					Tags:        p.Tags,
				},
				Targets: p.Targets,
			}},
		)
	}
}

func (i *worldIdentityCenter) plants(o *worldOrganization, out *cloud.Plants) {
	in := cloud.IdentityCenter{
		ARN:     i.Instance,
		Store:   i.Store,
		Region:  i.Region,
		Account: i.Account,
		Enabled: i.Attributes != nil,
		Users:   i.Users,
		Groups:  i.Groups,
	}
	if in.Account == "" && o != nil {
		in.Account = o.Management
	}
	for _, key := range slices.Sorted(maps.Keys(i.Attributes)) {
		in.Attributes = append(in.Attributes, cloud.AccessAttribute{Key: key, Source: []string{i.Attributes[key]}})
	}
	out.IdentityCenter = append(out.IdentityCenter, cloud.Planted[cloud.IdentityCenter]{Path: i.path, Thing: in})
}

// profiles are the accounts of the profiles.
func (w *worldFile) profiles() map[string]string {
	return w.Profiles
}

// named are the accounts that stacks and profiles name, sorted.
func (w *worldFile) named() []string {
	var out []string
	for _, accounts := range []map[string]string{w.Stacks, w.Profiles} {
		for _, account := range accounts {
			out = append(out, account)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (a *worldAccount) plants(id string, out *cloud.Plants) {
	partition := policy.Partition(a.Partition)
	if partition == "" {
		partition = policy.AWS
	}
	out.Accounts = append(
		out.Accounts,
		cloud.Planted[cloud.Account]{Path: a.path, Thing: cloud.Account{ID: id, Alias: a.Alias, Partition: partition}},
	)
	for _, p := range a.Policies {
		out.Policies = append(
			out.Policies,
			cloud.Planted[cloud.NewPolicy]{Path: p.path, Account: id, Thing: cloud.NewPolicy{
				Name: p.Name, Path: p.Path, Description: p.Description, Document: p.Document, Tags: p.Tags,
			}},
		)
	}
	for _, g := range a.Groups {
		out.Groups = append(out.Groups, cloud.Planted[cloud.NewGroup]{Path: g.path, Account: id, Thing: cloud.NewGroup{
			Name: g.Name, Path: g.Path, Policies: policiesOf(g.InlinePolicies, g.Policies),
		}})
	}
	for _, u := range a.Users {
		out.Users = append(
			out.Users,
			cloud.Planted[cloud.ExistingUser]{Soft: u.known, Path: u.path, Account: id, Thing: cloud.ExistingUser{
				NewUser:  cloud.NewUser{Name: u.Name, Path: u.Path, Boundary: u.Boundary, Tags: u.Tags},
				Policies: policiesOf(u.InlinePolicies, u.Policies), Groups: u.Groups,
				Enrolment: cloud.Enrolment{Password: u.Password, MFA: u.MFA, AccessKeys: u.AccessKeys},
			}},
		)
	}
	for _, r := range a.Roles {
		out.Roles = append(
			out.Roles,
			cloud.Planted[cloud.ExistingRole]{Soft: r.known, Path: r.path, Account: id, Thing: cloud.ExistingRole{
				NewRole: cloud.NewRole{
					Name:        r.Name,
					Path:        r.Path,
					Description: r.Description,
					Trust:       r.Trust,
					MaxSession:  r.MaxSession,
					Boundary:    r.Boundary,
					Tags:        r.Tags,
				},
				Policies: policiesOf(r.InlinePolicies, r.Policies),
			}},
		)
	}
	for _, d := range a.Documents {
		out.Documents = append(
			out.Documents,
			cloud.Planted[cloud.ExistingDocument]{Path: d.path, Account: id, Thing: cloud.ExistingDocument{
				Region:      d.Region,
				NewDocument: cloud.NewDocument{Name: d.Name, Type: d.Type, Content: d.Content, Tags: d.Tags},
			}},
		)
	}
	for _, n := range a.Nodes {
		node := cloud.Node{
			ID:      n.ID,
			Region:  n.Region,
			Tags:    n.Tags,
			OSUsers: n.OSUsers,
			Profile: n.Profile,
		}
		if n.VolumeKeys != nil {
			node.VolumeKeys = []string{}
		}
		node.VolumeKeys = append(node.VolumeKeys, n.VolumeKeys...)
		out.Nodes = append(out.Nodes, cloud.Planted[cloud.Node]{Path: n.path, Account: id, Thing: node})
	}
	for _, e := range a.Enrol {
		out.Enrolments = append(
			out.Enrolments,
			cloud.Planted[cloud.Arrival]{Path: e.path, Account: id, Thing: cloud.Arrival{
				User:      e.User,
				Enrolment: cloud.Enrolment{Password: e.Password, MFA: e.MFA, AccessKeys: e.AccessKeys},
			}},
		)
	}
}

func policiesOf(inline map[string]string, attached []string) cloud.Policies {
	p := cloud.Policies{Attached: attached}
	if len(inline) > 0 {
		p.Inline = inline
	}
	return p
}
