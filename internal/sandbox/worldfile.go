package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/policy"
)

// worldFile is sandbox.yaml: what exists in AWS before any stack. docs/sandbox.md is its reference.
type worldFile struct {
	Accounts map[string]*worldAccount `yaml:"accounts"`
	Stacks   map[string]accountID     `yaml:"stacks"`
	Profiles map[string]accountID     `yaml:"profiles"`

	Organization   *worldOrganization   `yaml:"organization"`
	IdentityCenter *worldIdentityCenter `yaml:"identityCenter"`

	name   string
	places map[string][2]int
}

type worldAccount struct {
	Alias     string          `yaml:"alias"`
	Partition partitionName   `yaml:"partition"`
	Policies  []worldPolicy   `yaml:"policies"`
	Groups    []worldGroup    `yaml:"groups"`
	Users     []worldUser     `yaml:"users"`
	Roles     []worldRole     `yaml:"roles"`
	Documents []worldDocument `yaml:"documents"`
	Nodes     []worldNode     `yaml:"nodes"`
	Enrol     []worldArrival  `yaml:"enrol"`

	at
}

// at is where a thing stood in the file.
type at struct{ path string }

func (a *at) locate(path string) { a.path = path }

type partitionName string

func (p *partitionName) check() (string, string) {
	if policy.Partition(*p).Valid() {
		return "", ""
	}
	return fmt.Sprintf("%q is not a partition", *p), "write aws, aws-cn, aws-us-gov or aws-eusc"
}

type regionName string

func (r *regionName) check() (string, string) {
	if _, err := policy.PartitionOfRegion(string(*r)); err != nil {
		return fmt.Sprintf("%q is not a Region", *r), "write a Region's code, such as ap-northeast-1"
	}
	return "", ""
}

type accountID string

func (a *accountID) check() (string, string) {
	if policy.ValidateAccountID(string(*a)) != nil {
		return fmt.Sprintf("%q is not an account id", *a), "write its twelve digits in quotes"
	}
	return "", ""
}

type worldPolicy struct {
	Name        string            `yaml:"name,required"`
	Path        string            `yaml:"path"`
	Description string            `yaml:"description"`
	Document    yaml.Node         `yaml:"document,required"`
	Tags        map[string]string `yaml:"tags"`

	at
}

type worldGroup struct {
	Name           string               `yaml:"name,required"`
	Path           string               `yaml:"path"`
	Policies       []string             `yaml:"policies"`
	InlinePolicies map[string]yaml.Node `yaml:"inlinePolicies"`

	at
}

type worldUser struct {
	Name           string               `yaml:"name,required"`
	Path           string               `yaml:"path"`
	Tags           map[string]string    `yaml:"tags"`
	Groups         []string             `yaml:"groups"`
	Policies       []string             `yaml:"policies"`
	InlinePolicies map[string]yaml.Node `yaml:"inlinePolicies"`
	Boundary       string               `yaml:"permissionsBoundary"`
	Password       bool                 `yaml:"password"`
	MFA            bool                 `yaml:"mfa"`
	AccessKeys     keyCount             `yaml:"accessKeys"`

	at
}

type keyCount int

func (n *keyCount) check() (string, string) {
	if *n < 0 || *n > 2 {
		return fmt.Sprintf("%d is not a number of access keys that a user can have", *n), "write 0, 1 or 2"
	}
	return "", ""
}

type worldRole struct {
	Name           string               `yaml:"name,required"`
	Path           string               `yaml:"path"`
	Description    string               `yaml:"description"`
	Trust          yaml.Node            `yaml:"trust,required"`
	MaxSession     int                  `yaml:"maxSessionDuration"`
	Tags           map[string]string    `yaml:"tags"`
	Policies       []string             `yaml:"policies"`
	InlinePolicies map[string]yaml.Node `yaml:"inlinePolicies"`
	Boundary       string               `yaml:"permissionsBoundary"`

	at
}

type worldDocument struct {
	Region  regionName        `yaml:"region,required"`
	Name    string            `yaml:"name,required"`
	Type    string            `yaml:"type,required"`
	Content yaml.Node         `yaml:"content,required"`
	Tags    map[string]string `yaml:"tags"`

	at
}

type worldNode struct {
	ID      nodeID            `yaml:"id,required"`
	Region  regionName        `yaml:"region,required"`
	Tags    map[string]string `yaml:"tags"`
	OSUsers []string          `yaml:"osUsers"`
	Profile string            `yaml:"profile"`

	at
}

type nodeID string

var nodeIDPattern = regexp.MustCompile(`^(i-[0-9a-f]{8}([0-9a-f]{9})?|mi-[0-9a-f]{17})$`)

func (n *nodeID) check() (string, string) {
	if nodeIDPattern.MatchString(string(*n)) {
		return "", ""
	}
	return fmt.Sprintf("%q is not the id of a node", *n), "write i- or mi- and 17 hexadecimal digits"
}

type worldArrival struct {
	User       string   `yaml:"user,required"`
	Password   bool     `yaml:"password"`
	MFA        bool     `yaml:"mfa"`
	AccessKeys keyCount `yaml:"accessKeys"`

	at
}

type worldOrganization struct {
	ID              string                    `yaml:"id,required"`
	Management      accountID                 `yaml:"management,required"`
	Root            string                    `yaml:"root,required"`
	PolicyTypes     []string                  `yaml:"policyTypes"`
	TrustedServices []string                  `yaml:"trustedServices"`
	Units           []worldUnit               `yaml:"units"`
	Accounts        map[string]string         `yaml:"accounts"`
	Policies        []worldOrganizationPolicy `yaml:"policies"`

	at
}

type worldUnit struct {
	ID     string `yaml:"id,required"`
	Name   string `yaml:"name,required"`
	Parent string `yaml:"parent"`
}

type worldOrganizationPolicy struct {
	Name        string            `yaml:"name,required"`
	Description string            `yaml:"description"`
	Type        string            `yaml:"type"`
	Content     yaml.Node         `yaml:"content,required"`
	Targets     []string          `yaml:"targets"`
	Tags        map[string]string `yaml:"tags"`

	at
}

type worldIdentityCenter struct {
	Instance   string            `yaml:"instance,required"`
	Store      string            `yaml:"store,required"`
	Region     regionName        `yaml:"region,required"`
	Account    accountID         `yaml:"account"`
	Attributes map[string]string `yaml:"attributes"`
	Users      map[string]string `yaml:"users"`
	Groups     map[string]string `yaml:"groups"`

	at
}

// readWorldFile reads and checks a world file; everything wrong with it comes at once.
func readWorldFile(path string) (*worldFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("world file: %w", err)
	}
	w := &worldFile{name: filepath.Base(path)}
	w.places, err = decodeStrictly(w.name, data, w)
	return w, err
}

// plant puts the things of the file into a world. What AWS would not take is a problem of the file.
func (w *worldFile) plant(c *cloud.Cloud) error {
	err := c.Plant(w.plants())
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var found []*Problem
	for _, err := range joined.Unwrap() {
		var refused *cloud.PlantError
		if !errors.As(err, &refused) {
			return err
		}
		place := w.places[strings.TrimSuffix(refused.Path, ".trust")]
		found = append(found, &Problem{Line: place[0], Column: place[1], Path: refused.Path, Why: refused.Err.Error()})
	}
	return problems(w.name, found)
}

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
			ID: o.ID, Root: o.Root, Management: string(o.Management), PolicyTypes: o.PolicyTypes, TrustedServices: o.TrustedServices,
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
		out.OrganizationPolicies = append(out.OrganizationPolicies, cloud.Planted[cloud.ExistingPolicy]{Path: p.path, Thing: cloud.ExistingPolicy{
			NewOrganizationPolicy: cloud.NewOrganizationPolicy{
				Name: p.Name, Description: p.Description, Type: cmp.Or(p.Type, cloud.ServiceControlPolicy), Content: jsonOf(p.Content), Tags: p.Tags,
			},
			Targets: p.Targets,
		}})
	}
}

func (i *worldIdentityCenter) plants(o *worldOrganization, out *cloud.Plants) {
	in := cloud.IdentityCenter{
		ARN: i.Instance, Store: i.Store, Region: string(i.Region), Account: string(i.Account), Enabled: i.Attributes != nil, Users: i.Users, Groups: i.Groups,
	}
	if in.Account == "" && o != nil {
		in.Account = string(o.Management)
	}
	for _, key := range slices.Sorted(maps.Keys(i.Attributes)) {
		in.Attributes = append(in.Attributes, cloud.AccessAttribute{Key: key, Source: []string{i.Attributes[key]}})
	}
	out.IdentityCenter = append(out.IdentityCenter, cloud.Planted[cloud.IdentityCenter]{Path: i.path, Thing: in})
}

// profiles are the accounts of the profiles.
func (w *worldFile) profiles() map[string]string {
	out := map[string]string{}
	for name, account := range w.Profiles {
		out[name] = string(account)
	}
	return out
}

// named are the accounts that stacks and profiles name, sorted.
func (w *worldFile) named() []string {
	var out []string
	for _, accounts := range []map[string]accountID{w.Stacks, w.Profiles} {
		for _, account := range accounts {
			out = append(out, string(account))
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
	out.Accounts = append(out.Accounts, cloud.Planted[cloud.Account]{Path: a.path, Thing: cloud.Account{ID: id, Alias: a.Alias, Partition: partition}})
	for _, p := range a.Policies {
		out.Policies = append(out.Policies, cloud.Planted[cloud.NewPolicy]{Path: p.path, Account: id, Thing: cloud.NewPolicy{
			Name: p.Name, Path: p.Path, Description: p.Description, Document: jsonOf(p.Document), Tags: p.Tags,
		}})
	}
	for _, g := range a.Groups {
		out.Groups = append(out.Groups, cloud.Planted[cloud.NewGroup]{Path: g.path, Account: id, Thing: cloud.NewGroup{
			Name: g.Name, Path: g.Path, Policies: policiesOf(g.InlinePolicies, g.Policies),
		}})
	}
	for _, u := range a.Users {
		out.Users = append(out.Users, cloud.Planted[cloud.ExistingUser]{Path: u.path, Account: id, Thing: cloud.ExistingUser{
			NewUser:  cloud.NewUser{Name: u.Name, Path: u.Path, Boundary: u.Boundary, Tags: u.Tags},
			Policies: policiesOf(u.InlinePolicies, u.Policies), Groups: u.Groups,
			Enrolment: cloud.Enrolment{Password: u.Password, MFA: u.MFA, AccessKeys: int(u.AccessKeys)},
		}})
	}
	for _, r := range a.Roles {
		out.Roles = append(out.Roles, cloud.Planted[cloud.ExistingRole]{Path: r.path, Account: id, Thing: cloud.ExistingRole{
			NewRole: cloud.NewRole{
				Name: r.Name, Path: r.Path, Description: r.Description, Trust: jsonOf(r.Trust), MaxSession: r.MaxSession,
				Boundary: r.Boundary, Tags: r.Tags,
			},
			Policies: policiesOf(r.InlinePolicies, r.Policies),
		}})
	}
	for _, d := range a.Documents {
		out.Documents = append(out.Documents, cloud.Planted[cloud.ExistingDocument]{Path: d.path, Account: id, Thing: cloud.ExistingDocument{
			Region: string(d.Region), NewDocument: cloud.NewDocument{Name: d.Name, Type: d.Type, Content: jsonOf(d.Content), Tags: d.Tags},
		}})
	}
	for _, n := range a.Nodes {
		out.Nodes = append(out.Nodes, cloud.Planted[cloud.Node]{Path: n.path, Account: id, Thing: cloud.Node{
			ID: string(n.ID), Region: string(n.Region), Tags: n.Tags, OSUsers: n.OSUsers, Profile: n.Profile,
		}})
	}
	for _, e := range a.Enrol {
		out.Enrolments = append(out.Enrolments, cloud.Planted[cloud.Arrival]{Path: e.path, Account: id, Thing: cloud.Arrival{
			User: e.User, Enrolment: cloud.Enrolment{Password: e.Password, MFA: e.MFA, AccessKeys: int(e.AccessKeys)},
		}})
	}
}

func policiesOf(inline map[string]yaml.Node, attached []string) cloud.Policies {
	p := cloud.Policies{Attached: attached}
	for name, node := range inline {
		if p.Inline == nil {
			p.Inline = map[string]string{}
		}
		p.Inline[name] = jsonOf(node)
	}
	return p
}

// jsonOf is a document as JSON: a text is taken as it is, anything else is written as JSON.
func jsonOf(node yaml.Node) string {
	if node.Kind == yaml.ScalarNode {
		return node.Value
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return ""
	}
	text, err := policy.Compact(value)
	if err != nil {
		return ""
	}
	return text
}
