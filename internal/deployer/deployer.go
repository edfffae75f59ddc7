package deployer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
)

// The names of the roles where the stack file names no deployer.
const (
	DeployerName = "GuardrailDeployer"
	PreviewName  = "GuardrailPreview"
)

// Options say who deploys, and how closely the documents fit the stack.
type Options struct {
	// AnyUser allows users of any name in the root path, so that the documents need no change when people join and
	// leave. Without it they name the users of the stack file; users with a path are always allowed by it.
	AnyUser bool
	// GitHub and GitLab say which pipelines assume the roles; nil for none.
	GitHub *GitHub
	GitLab *GitLab
}

// alike tells people apart by what the documents depend on: how they are named, their groups and their boundary. Their
// names count where the documents name them.
func (o Options) alike(u *user.Args) string {
	name := u.Name
	if path := user.PathOr(u.Path); path != "/" || o.AnyUser {
		name = path
	}
	return fmt.Sprintf("%q", append([]string{name, u.BoundaryARN()}, u.Groups...))
}

// Role is a role for an administrator to make.
type Role struct {
	// Name and Path are the role's; both roles stand outside of every path that they may change.
	Name, Path string
	// Policies are what the role may do, each within the quota of a managed policy, by name.
	Policies []Policy
	// Trust says who assumes the role; nil where Options name no pipeline.
	Trust *policy.Document
}

// Policy is one document.
type Policy struct {
	Name     string
	Document policy.Document
}

// Rendering is what a stack needs of its deployer.
type Rendering struct {
	Stack, Account string
	// Deployer makes, changes and removes what the stack has; Preview reads it.
	Deployer, Preview Role
	// Provider is the host of the identity provider of the pipelines; empty where Options name none. Audience is what
	// its tokens are for.
	Provider, Audience string

	partition policy.Partition
}

// Render renders the roles of a stack. A type of resource that has no calls is an error, and so is a deployer that
// could change itself.
func Render(cfg *stack.Stack, o Options) (*Rendering, error) { return render(cfg, o, o.alike) }

func render(cfg *stack.Stack, o Options, alike program.Alike) (*Rendering, error) {
	resources, functions, err := program.Registered("guardrails", cfg, alike)
	if err != nil {
		return nil, err
	}
	s := &registered{Stack: cfg, resources: resources, functions: functions, anyUser: o.AnyUser}
	all, err := s.statements()
	if err != nil {
		return nil, err
	}
	path, name := "/", DeployerName
	if role, ok := strings.CutPrefix(cfg.Account.Deployer, "role/"); ok {
		path, name = "/"+role[:strings.LastIndexByte(role, '/')+1], role[strings.LastIndexByte(role, '/')+1:]
	}
	r := &Rendering{
		Stack: cfg.Name, Account: cfg.Account.ID, partition: cfg.Account.Partition,
		Deployer: Role{Name: name, Path: path}, Preview: Role{Name: PreviewName, Path: "/"},
	}
	var reading []statement
	for _, st := range all {
		if st.reads {
			reading = append(reading, st)
		}
	}
	if r.Deployer.Policies, err = split(r.Deployer.Name, all, cfg.Quotas); err != nil {
		return nil, err
	}
	if r.Preview.Policies, err = split(r.Preview.Name, reading, cfg.Quotas); err != nil {
		return nil, err
	}
	if err := s.outside(r.Deployer); err != nil {
		return nil, err
	}
	return r, r.trust(o)
}

// statement is what the needs of one name add up to.
type statement struct {
	policy.Statement
	reads bool
}

// statements are the needs of all resources and functions: those that read first, then by name.
func (s *registered) statements() ([]statement, error) {
	named := map[string]*statement{}
	for _, r := range s.resources {
		for _, typ := range append([]string{r.Type}, awstype.FoundBy(r.Type)...) {
			if err := s.addNeeds(named, asked{typ: typ, resource: r, in: awstype.Any}); err != nil {
				return nil, err
			}
		}
		for _, stray := range awstype.StraysOf(r.Type) {
			if err := s.addNeeds(named, besideOf(r, stray)); err != nil {
				return nil, err
			}
		}
	}
	for _, function := range s.functions {
		if err := s.addNeeds(named, asked{typ: function, in: awstype.Any}); err != nil {
			return nil, err
		}
	}
	var all []statement
	for _, name := range slices.Sorted(maps.Keys(named)) {
		st := *named[name]
		st.Actions, st.Resources = least(st.Actions), least(st.Resources)
		all = append(all, st)
	}
	slices.SortStableFunc(all, func(a, b statement) int { return cmp.Compare(order(a), order(b)) })
	return all, nil
}

// asked is a type of which operations on a resource are asked.
type asked struct {
	typ      string
	resource program.Resource
	in       awstype.Operation
	// stray says that others added the resource.
	stray bool
}

// besideOf is what others may add beside a resource: it has what both have alike, and nothing else is known of it.
func besideOf(r program.Resource, stray awstype.Stray) asked {
	added := program.Resource{Type: stray.Token, Region: r.Region, Inputs: resource.PropertyMap{}}
	for _, key := range stray.Shared {
		added.Inputs[resource.PropertyKey(key)] = r.Inputs[resource.PropertyKey(key)]
	}
	return asked{typ: stray.Token, resource: added, in: awstype.Read | awstype.Delete, stray: true}
}

// addNeeds adds what the operations need to the statements of those names.
func (s *registered) addNeeds(named map[string]*statement, a asked) error {
	needs, known := needsOf[a.typ]
	if !known {
		return fmt.Errorf("%s: nothing is known of the calls that it needs; no policy would be enough", a.typ)
	}
	for _, n := range needs {
		actions := n.actions(a.typ, a.in)
		if n.removes && a.resource.Retain || n.strays && !a.stray || len(actions) == 0 {
			continue
		}
		resources := []string{"*"}
		if n.resources != nil {
			if resources = n.resources(s, a.resource); len(resources) == 0 {
				continue
			}
		}
		st := named[n.name]
		if st == nil {
			st = &statement{Statement: policy.Allow(n.name), reads: n.reads}
			if n.when != nil {
				st.Statement = st.When(n.when(s))
			}
			named[n.name] = st
		}
		st.Actions, st.Resources = append(st.Actions, actions...), append(st.Resources, resources...)
	}
	return nil
}

func order(s statement) int {
	if s.reads {
		return 0
	}
	return 1
}

// least is the list, sorted, without what another pattern of it covers.
func least(all []string) []string {
	all = slices.Compact(slices.Sorted(slices.Values(all)))
	var prefixes []string
	for _, pattern := range all {
		if prefix, ends := strings.CutSuffix(pattern, "*"); ends {
			prefixes = append(prefixes, prefix)
		}
	}
	return slices.DeleteFunc(all, func(s string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool {
			return prefix+"*" != s && strings.HasPrefix(s, prefix)
		})
	})
}

// split puts statements into as few documents as their order and the quota of a managed policy allow. A statement
// that fills more than one is divided by its resources.
func split(role string, all []statement, q policy.Quotas) ([]Policy, error) {
	var documents []policy.Document
	current := policy.New()
	var put func(st policy.Statement) error
	put = func(st policy.Statement) error {
		if next := current.With(st); next.Characters() <= q.ManagedPolicy {
			current = next
			return nil
		}
		if len(current.Statements) > 0 {
			documents, current = append(documents, current), policy.New()
			return put(st)
		}
		if len(st.Resources) < 2 {
			return fmt.Errorf("%s: the statement %s alone is larger than a managed policy", role, st.Sid)
		}
		half := len(st.Resources) / 2
		first, second := st, st
		first.Resources, second.Resources = st.Resources[:half], st.Resources[half:]
		if err := put(first); err != nil {
			return err
		}
		return put(second)
	}
	for _, st := range all {
		if err := put(st.Statement); err != nil {
			return nil, err
		}
	}
	if len(current.Statements) > 0 {
		documents = append(documents, current)
	}
	if len(documents) > q.AttachedPerRole {
		return nil, fmt.Errorf(
			"%s: the policies would be %d, and a role has at most %d; give guardrails:users a path, or allow users of any name",
			role,
			len(documents),
			q.AttachedPerRole,
		)
	}
	var policies []Policy
	for i, d := range documents {
		if problems := d.Validate(policy.Identity, q); len(problems) > 0 {
			return nil, fmt.Errorf("%s: %v", role, problems)
		}
		name := role
		if len(documents) > 1 {
			name = fmt.Sprintf("%s-%d", role, i+1)
		}
		policies = append(policies, Policy{Name: name, Document: d})
	}
	return policies, nil
}

// outside refuses a deployer within what it may change: it could then change what binds it.
func (s *registered) outside(role Role) error {
	arn := s.Account.Partition.RoleARN(s.Account.ID, role.Path, role.Name)
	for _, p := range role.Policies {
		for _, st := range p.Document.Statements {
			for _, pattern := range st.Resources {
				prefix, wild := strings.CutSuffix(pattern, "*")
				if pattern != "*" && (pattern == arn || wild && strings.HasPrefix(arn, prefix)) {
					return fmt.Errorf(
						"guardrails:account.deployer: %q lies within %s, which it may change; give it a path of its own",
						s.Account.Deployer,
						pattern,
					)
				}
			}
		}
	}
	return nil
}
