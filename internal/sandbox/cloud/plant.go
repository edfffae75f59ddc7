package cloud

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
)

// Plants are what exists before any stack. Planting again follows changes: what is new is added, what changed is
// replaced, what is gone is removed; what did not change is left as people and stacks made it since.
type Plants struct {
	Accounts   []Planted[Account]
	Policies   []Planted[NewPolicy]
	Groups     []Planted[NewGroup]
	Users      []Planted[ExistingUser]
	Roles      []Planted[ExistingRole]
	Documents  []Planted[ExistingDocument]
	Nodes      []Planted[Node]
	Enrolments []Planted[Arrival]

	// Organization and IdentityCenter hold one thing or none. Their Account is empty, as is that of organization
	// policies.
	Organization         []Planted[ExistingOrganization]
	OrganizationPolicies []Planted[ExistingPolicy]
	IdentityCenter       []Planted[IdentityCenter]
}

// Planted is one thing of an account.
type Planted[T any] struct {
	// Path says where the world file has it; errors begin with it.
	Path    string
	Account string
	Thing   T
	// Soft leaves what is there already as it is, whoever made it.
	Soft bool
}

// NewGroup is a group with its policies.
type NewGroup struct {
	Name, Path string
	Policies
}

// ExistingUser is a user with what the person made.
type ExistingUser struct {
	NewUser
	Policies
	Groups    []string
	Enrolment Enrolment
}

// ExistingRole is a role with its policies.
type ExistingRole struct {
	NewRole
	Policies
}

// ExistingDocument is a document of a Region.
type ExistingDocument struct {
	Region string
	NewDocument
}

// Arrival is what the person of a user does as soon as a stack makes the user.
type Arrival struct {
	User string
	Enrolment
}

// Node is a machine that Systems Manager knows.
type Node struct {
	// ID is i-... for an instance, mi-... for another managed node.
	ID     string            `json:"id"`
	Region string            `json:"region"`
	Tags   map[string]string `json:"tags,omitempty"`
	// OSUsers are the logins besides root; nil means that every legal name exists.
	OSUsers []string `json:"osUsers"`
	// Profile is the name of the role of the instance profile, "" for none.
	Profile string `json:"profile,omitempty"`
	// VolumeKeys are the KMS keys of the volumes: key ARNs, or alias/aws/ebs. Nil means that nobody says which.
	VolumeKeys []string `json:"volumeKeys"`
}

// planter is one planting under way.
type planter struct {
	cloud    *Cloud
	tx       *tx
	problems []error
	// wanted are the seeds that the plants name: by account, kind and key.
	wanted map[seed]bool
}

type seed struct{ account, kind, key string }

func (s seed) String() string { return s.kind + "/" + s.key }

// Plant puts the plants into the world, all of them or none. The errors name the paths.
func (c *Cloud) Plant(plants Plants) error {
	_, err := atomically(c, func(tx *tx) (struct{}, error) {
		p := &planter{cloud: c, tx: tx, wanted: map[seed]bool{}}
		// Each kind rests on those before it; roles come twice, because their trust policies may name each other.
		plantAll(p, "account", plants.Accounts, func(a Account) string { return a.ID }, p.account)
		plantAll(
			p,
			"organization",
			plants.Organization,
			func(ExistingOrganization) string { return organizationKey },
			p.organization,
		)
		plantAll(
			p,
			"organizationPolicy",
			plants.OrganizationPolicies,
			func(e ExistingPolicy) string { return e.Type + " " + e.Name },
			p.organizationPolicy,
		)
		plantAll(
			p,
			"identityCenter",
			plants.IdentityCenter,
			func(IdentityCenter) string { return identityCenterKey },
			p.identityCenter,
		)
		plantAll(p, "policy", plants.Policies, func(n NewPolicy) string { return nameKey(n.Name) }, p.policy)
		plantAll(p, "group", plants.Groups, func(g NewGroup) string { return nameKey(g.Name) }, p.group)
		plantAll(p, "user", plants.Users, func(u ExistingUser) string { return nameKey(u.Name) }, p.user)
		changed := plantAll(p, "role", plants.Roles, func(r ExistingRole) string { return nameKey(r.Name) }, p.role)
		// Where a user or a role could not be planted, trust policies that name it would be wrong for that reason
		// alone.
		refused := len(p.problems) > 0
		for _, r := range changed {
			if !refused {
				p.report(r.Path+".trust", p.trust(r.Account, r.Thing))
			}
		}
		plantAll(
			p,
			"document",
			plants.Documents,
			func(d ExistingDocument) string { return documentKey(d.Region, d.Name) },
			p.document,
		)
		plantAll(p, "node", plants.Nodes, func(n Node) string { return n.ID }, p.node)
		plantAll(p, "enrolment", plants.Enrolments, func(a Arrival) string { return nameKey(a.User) }, p.enrolment)
		p.weed()
		return struct{}{}, errors.Join(p.problems...)
	})
	return err
}

// plantAll plants the things of one kind that are new or changed, and returns those.
func plantAll[T any](
	p *planter,
	kind string,
	things []Planted[T],
	key func(T) string,
	plant func(account string, thing T, again bool) error,
) []Planted[T] {
	var changed []Planted[T]
	for _, t := range things {
		s := seed{t.Account, kind, key(t.Thing)}
		if p.wanted[s] {
			p.report(t.Path, fmt.Errorf("account %s has two of them", cmp.Or(t.Account, "?")))
			continue
		}
		p.wanted[s] = true
		raw, err := json.Marshal(t.Thing)
		if err != nil {
			p.report(t.Path, err)
			continue
		}
		before, again := p.cloud.seeds.get(s.account, s.String())
		if again && before == string(raw) {
			continue
		}
		err = plant(t.Account, t.Thing, again)
		if t.Soft && errors.Is(err, errMadeSince) {
			continue
		}
		if err != nil {
			p.report(t.Path, err)
			continue
		}
		p.cloud.seeds.put(p.tx, s.account, s.String(), string(raw))
		changed = append(changed, t)
	}
	return changed
}

func (p *planter) report(path string, err error) {
	if err == nil {
		return
	}
	var refusal *Error
	if errors.As(err, &refusal) {
		err = fmt.Errorf("%s: %s", refusal.Code, refusal.Message)
		if refusal.Hint != "" {
			err = fmt.Errorf("%w (%s)", err, refusal.Hint)
		}
	}
	p.problems = append(p.problems, &PlantError{Path: path, Err: err})
}

// PlantError says which plant cannot be, and why. Plant joins them with errors.Join.
type PlantError struct {
	Path string
	Err  error
}

// Error is the path and the reason.
func (e *PlantError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap is the reason.
func (e *PlantError) Unwrap() error { return e.Err }

// weed removes what was planted before and is not wanted any more. Accounts stay.
func (p *planter) weed() {
	c := p.cloud
	drop := map[string]func(account, key string){
		"policy":             func(a, k string) { c.policies.remove(p.tx, a, k) },
		"group":              func(a, k string) { c.groups.remove(p.tx, a, k) },
		"user":               func(a, k string) { p.removeUser(a, k) },
		"role":               func(a, k string) { c.roles.remove(p.tx, a, k) },
		"document":           func(a, k string) { c.documents.remove(p.tx, a, k) },
		"node":               func(a, k string) { c.nodes.remove(p.tx, a, k) },
		"enrolment":          func(a, k string) { c.enrolments.remove(p.tx, a, k) },
		"account":            func(string, string) {},
		"organizationPolicy": func(_, k string) { p.removeOrganizationPolicy(k) },
		"organization":       func(string, string) { p.removeOrganization() },
		"identityCenter":     func(string, string) { c.identityCenters.remove(p.tx, "", identityCenterKey) },
	}
	for _, account := range c.seeds.accounts() {
		for _, key := range c.seeds.keys(account) {
			s := parseSeed(account, key)
			if p.wanted[s] {
				continue
			}
			drop[s.kind](s.account, s.key)
			c.seeds.remove(p.tx, account, key)
		}
	}
}

func parseSeed(account, text string) seed {
	for i := range text {
		if text[i] == '/' {
			return seed{account, text[:i], text[i+1:]}
		}
	}
	return seed{account, text, ""}
}

func (p *planter) removeUser(account, key string) {
	user, ok := p.cloud.users.get(account, key)
	if !ok {
		return
	}
	for _, device := range p.cloud.devices.keys(account) {
		if d, _ := p.cloud.devices.get(account, device); d.User == user.Name {
			p.cloud.devices.remove(p.tx, account, device)
		}
	}
	p.cloud.users.remove(p.tx, account, key)
}
