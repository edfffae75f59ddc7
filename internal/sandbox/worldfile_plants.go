package sandbox

import (
	"cmp"
	"maps"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/policy"
)

// plants are the things of the file, accounts in the order of their ids.
func (w *worldFile) plants() plant.Plants {
	var out plant.Plants
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

func (o *worldOrganization) plants(out *plant.Plants) {
	in := organizations.ExistingOrganization{
		Organization: organizations.Organization{
			ID:              o.ID,
			Root:            o.Root,
			Management:      o.Management,
			PolicyTypes:     o.PolicyTypes,
			TrustedServices: o.TrustedServices,
		},
		Accounts: o.Accounts,
	}
	if o.PolicyTypes == nil {
		in.PolicyTypes = []string{organizations.ServiceControlPolicy}
	}
	for _, u := range o.Units {
		in.Units = append(in.Units, organizations.Unit{ID: u.ID, Name: u.Name, Parent: cmp.Or(u.Parent, o.Root)})
	}
	out.Organization = append(
		out.Organization,
		plant.Planted[organizations.ExistingOrganization]{Path: o.path, Thing: in},
	)
	for _, p := range o.Policies {
		out.OrganizationPolicies = append(
			out.OrganizationPolicies,
			plant.Planted[organizations.ExistingPolicy]{Path: p.path, Thing: organizations.ExistingPolicy{
				NewPolicy: organizations.NewPolicy{
					Name:        p.Name,
					Description: p.Description,
					Type:        cmp.Or(p.Type, organizations.ServiceControlPolicy),
					Content:     p.Content,
					Tags:        p.Tags,
				},
				Targets: p.Targets,
			}},
		)
	}
}

func (i *worldIdentityCenter) plants(o *worldOrganization, out *plant.Plants) {
	in := ssoadmin.IdentityCenter{
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
		in.Attributes = append(in.Attributes, ssoadmin.AccessAttribute{Key: key, Source: []string{i.Attributes[key]}})
	}
	out.IdentityCenter = append(out.IdentityCenter, plant.Planted[ssoadmin.IdentityCenter]{Path: i.path, Thing: in})
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

func (a *worldAccount) plants(id string, out *plant.Plants) {
	partition := policy.Partition(a.Partition)
	if partition == "" {
		partition = policy.AWS
	}
	out.Accounts = append(
		out.Accounts,
		plant.Planted[api.Account]{Path: a.path, Thing: api.Account{ID: id, Alias: a.Alias, Partition: partition}},
	)
	for _, p := range a.Policies {
		out.Policies = append(
			out.Policies,
			plant.Planted[iam.NewPolicy]{Path: p.path, Account: id, Thing: iam.NewPolicy{
				Name: p.Name, Path: p.Path, Description: p.Description, Document: p.Document, Tags: p.Tags,
			}},
		)
	}
	for _, g := range a.Groups {
		out.Groups = append(out.Groups, plant.Planted[iam.NewGroup]{Path: g.path, Account: id, Thing: iam.NewGroup{
			Name: g.Name, Path: g.Path, Policies: policiesOf(g.InlinePolicies, g.Policies),
		}})
	}
	for _, u := range a.Users {
		out.Users = append(
			out.Users,
			plant.Planted[iam.ExistingUser]{Soft: u.known, Path: u.path, Account: id, Thing: iam.ExistingUser{
				NewUser:  iam.NewUser{Name: u.Name, Path: u.Path, Boundary: u.Boundary, Tags: u.Tags},
				Policies: policiesOf(u.InlinePolicies, u.Policies), Groups: u.Groups,
				Enrolment: iam.Enrolment{Password: u.Password, MFA: u.MFA, AccessKeys: u.AccessKeys},
			}},
		)
	}
	for _, r := range a.Roles {
		out.Roles = append(
			out.Roles,
			plant.Planted[iam.ExistingRole]{Soft: r.known, Path: r.path, Account: id, Thing: iam.ExistingRole{
				NewRole: iam.NewRole{
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
			plant.Planted[ssm.ExistingDocument]{Path: d.path, Account: id, Thing: ssm.ExistingDocument{
				Region:      d.Region,
				NewDocument: ssm.NewDocument{Name: d.Name, Type: d.Type, Content: d.Content, Tags: d.Tags},
			}},
		)
	}
	for _, n := range a.Nodes {
		node := ssm.Node{
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
		out.Nodes = append(out.Nodes, plant.Planted[ssm.Node]{Path: n.path, Account: id, Thing: node})
	}
	for _, e := range a.Enrol {
		out.Enrolments = append(
			out.Enrolments,
			plant.Planted[iam.Arrival]{Path: e.path, Account: id, Thing: iam.Arrival{
				User:      e.User,
				Enrolment: iam.Enrolment{Password: e.Password, MFA: e.MFA, AccessKeys: e.AccessKeys},
			}},
		)
	}
}

func policiesOf(inline map[string]string, attached []string) iam.Policies {
	p := iam.Policies{Attached: attached}
	if len(inline) > 0 {
		p.Inline = inline
	}
	return p
}
