package plant

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// Plants are what exists before any stack. Planting again follows changes: what is new is added, what changed is
// replaced, what is gone is removed; what did not change is left as people and stacks made it since.
type Plants struct {
	Accounts   []Planted[api.Account]
	Policies   []Planted[iam.NewPolicy]
	Groups     []Planted[iam.NewGroup]
	Users      []Planted[iam.ExistingUser]
	Roles      []Planted[iam.ExistingRole]
	Documents  []Planted[ssm.ExistingDocument]
	Nodes      []Planted[ssm.Node]
	Enrolments []Planted[iam.Arrival]

	// Organization and IdentityCenter hold one thing or none. Their Account is empty, as is that of organization
	// policies.
	Organization         []Planted[organizations.ExistingOrganization]
	OrganizationPolicies []Planted[organizations.ExistingPolicy]
	IdentityCenter       []Planted[ssoadmin.IdentityCenter]
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

// Planter plants what exists before any stack, and knows what it has planted.
type Planter struct {
	world         *api.World
	iam           *iam.State
	ssm           *ssm.State
	organizations *organizations.State
	ssoadmin      *ssoadmin.State

	Seeds *store.Table[string]
}

// New is the planter of a world in which nothing was planted yet.
func New(
	world *api.World,
	iam *iam.State,
	ssm *ssm.State,
	organizations *organizations.State,
	ssoadmin *ssoadmin.State,
) *Planter {
	return &Planter{world, iam, ssm, organizations, ssoadmin, store.NewTable[string]("seeds")}
}

// planting is one planting under way.
type planting struct {
	*Planter
	tx       *store.Tx
	problems []error
	// wanted are the seeds that the plants name: by account, kind and key.
	wanted map[seed]bool
}

type seed struct{ account, kind, key string }

func (s seed) String() string { return s.kind + "/" + s.key }

// Plant puts the plants into the world, all of them or none. The errors name the paths.
func (in *Planter) Plant(plants Plants) error {
	_, err := api.Atomically(in.world, func(tx *store.Tx) (struct{}, error) {
		p := &planting{Planter: in, tx: tx, wanted: map[seed]bool{}}
		tree, center := in.organizations.Planting(tx), in.ssoadmin.Planting(tx)
		identities, systems := in.iam.Planting(tx), in.ssm.Planting(tx)
		// Each kind rests on those before it; roles come twice, because their trust policies may name each other.
		plantAll(p, "account", plants.Accounts, func(a api.Account) string { return a.ID }, p.account)
		plantAll(
			p,
			"organization",
			plants.Organization,
			func(organizations.ExistingOrganization) string { return organizations.Key },
			tree.Organization,
		)
		plantAll(
			p,
			"organizationPolicy",
			plants.OrganizationPolicies,
			func(e organizations.ExistingPolicy) string { return e.Type + " " + e.Name },
			tree.Policy,
		)
		plantAll(
			p,
			"identityCenter",
			plants.IdentityCenter,
			func(ssoadmin.IdentityCenter) string { return ssoadmin.Key },
			center.Instance,
		)
		plantAll(
			p,
			"policy",
			plants.Policies,
			func(n iam.NewPolicy) string { return iam.NameKey(n.Name) },
			identities.Policy,
		)
		plantAll(
			p,
			"group",
			plants.Groups,
			func(g iam.NewGroup) string { return iam.NameKey(g.Name) },
			identities.Group,
		)
		plantAll(
			p,
			"user",
			plants.Users,
			func(u iam.ExistingUser) string { return iam.NameKey(u.Name) },
			identities.User,
		)
		changed := plantAll(
			p,
			"role",
			plants.Roles,
			func(r iam.ExistingRole) string { return iam.NameKey(r.Name) },
			identities.Role,
		)
		// Where a user or a role could not be planted, trust policies that name it would be wrong for that reason
		// alone.
		refused := len(p.problems) > 0
		for _, r := range changed {
			if !refused {
				p.report(r.Path+".trust", identities.Trust(r.Account, r.Thing))
			}
		}
		plantAll(
			p,
			"document",
			plants.Documents,
			func(d ssm.ExistingDocument) string { return ssm.DocumentKey(d.Region, d.Name) },
			systems.Document,
		)
		plantAll(p, "node", plants.Nodes, func(n ssm.Node) string { return n.ID }, systems.Node)
		plantAll(
			p,
			"enrolment",
			plants.Enrolments,
			func(a iam.Arrival) string { return iam.NameKey(a.User) },
			identities.Enrolment,
		)
		p.weed()
		return struct{}{}, errors.Join(p.problems...)
	})
	return err
}

// plantAll plants the things of one kind that are new or changed, and returns those.
func plantAll[T any](
	p *planting,
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
		before, again := p.Seeds.Get(s.account, s.String())
		if again && before == string(raw) {
			continue
		}
		err = plant(t.Account, t.Thing, again)
		if t.Soft && errors.Is(err, api.ErrMadeSince) {
			continue
		}
		if err != nil {
			p.report(t.Path, err)
			continue
		}
		p.Seeds.Put(p.tx, s.account, s.String(), string(raw))
		changed = append(changed, t)
	}
	return changed
}

func (p *planting) report(path string, err error) {
	if err == nil {
		return
	}
	var refusal *api.Error
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
func (p *planting) weed() {
	drop := map[string]func(account, key string){
		"policy":             func(a, k string) { p.iam.Policies.Remove(p.tx, a, k) },
		"group":              func(a, k string) { p.iam.Groups.Remove(p.tx, a, k) },
		"user":               func(a, k string) { p.iam.Planting(p.tx).RemoveUser(a, k) },
		"role":               func(a, k string) { p.iam.Roles.Remove(p.tx, a, k) },
		"document":           func(a, k string) { p.ssm.Documents.Remove(p.tx, a, k) },
		"node":               func(a, k string) { p.ssm.Nodes.Remove(p.tx, a, k) },
		"enrolment":          func(a, k string) { p.iam.Enrolments.Remove(p.tx, a, k) },
		"account":            func(string, string) {},
		"organizationPolicy": func(_, k string) { p.organizations.Planting(p.tx).RemovePolicy(k) },
		"organization":       func(string, string) { p.organizations.Planting(p.tx).Remove() },
		"identityCenter":     func(string, string) { p.ssoadmin.IdentityCenters.Remove(p.tx, "", ssoadmin.Key) },
	}
	for _, account := range p.Seeds.Accounts() {
		for _, key := range p.Seeds.Keys(account) {
			s := parseSeed(account, key)
			if p.wanted[s] {
				continue
			}
			drop[s.kind](s.account, s.key)
			p.Seeds.Remove(p.tx, account, key)
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

func (p *planting) account(_ string, a api.Account, _ bool) error {
	if err := policy.ValidateAccountID(a.ID); err != nil {
		return err
	}
	if before, ok := p.world.Accounts.Get("", a.ID); ok && a.PasswordPolicy == nil {
		a.PasswordPolicy = before.PasswordPolicy
	}
	for _, other := range p.world.Accounts.List("") {
		if other.Alias != "" && other.Alias == a.Alias && other.ID != a.ID {
			return fmt.Errorf("the alias %s is that of account %s", a.Alias, other.ID)
		}
	}
	p.world.Accounts.Put(p.tx, "", a.ID, a)
	return nil
}
