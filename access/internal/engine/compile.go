package engine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Engine answers questions about one world. It is immutable and safe for concurrent use.
type Engine struct {
	Accounts   map[string]*CompiledAccount
	Principals map[string]*Principal
	// tagsOf are the tags of nodes, users and roles by ARN.
	TagsOf map[string][]world.Tag
	world  world.World
	assume Assumption
	// from is the instant from which proofs look on; zero is all of time.
	Since time.Time
	// describedRoles speaks of every role of the accounts that the world describes; nil when it describes none.
	DescribedRoles *Statement
	// Patterns is what proofs remember of patterns; the engines of one world share it.
	Patterns *glob.Memory
	// Effort is how many statements a search may make fail for one question. Zero is what the search bounds itself.
	Effort int
}

// Assumption says what a policy allows whose document is not known.
type Assumption int

const (
	// UnknownAllowsNothing reads unknown documents as Allow nothing: right for the claim that something still works.
	UnknownAllowsNothing Assumption = iota
	// UnknownAllowsEverything reads unknown documents as Allow everything: right for the claim that something is
	// impossible.
	UnknownAllowsEverything
	// OthersAllowEverything reads the policies of resources of other accounts as Allow everything, and other unknown
	// documents as Allow nothing: right for what the caller's own policies let through there.
	OthersAllowEverything
)

// Assuming returns an engine of the same world that reads unknown documents so. A new engine assumes
// UnknownAllowsNothing.
func (e *Engine) Assuming(a Assumption) *Engine {
	other := *e
	other.assume = a
	return &other
}

// From returns an engine of the same world whose proofs look from an instant on, to the second: requests that were
// made before it are no longer asked about, so that an Allow whose time is over opens nothing and a Deny whose time
// is over shuts nothing. Credentials may be older: a session that is in use then began at most 36 hours before. The
// zero time, which a new engine has, is all of time. Decide and Journey, whose requests have a time of their own, do
// not change.
func (e *Engine) From(moment time.Time) *Engine {
	other := *e
	if other.Since = moment; !moment.IsZero() {
		other.Since = moment.UTC().Truncate(time.Second)
	}
	return &other
}

// Day is when those requests are made that must work and whose time is not said.
func (e *Engine) Day() time.Time {
	if e.Since.IsZero() {
		return SomeDay
	}
	return e.Since
}

// longestSession is how long temporary credentials can be used.
//
// Source: AWS STS API Reference, GetSessionToken (DurationSeconds); roles have less.
const longestSession = 36 * time.Hour

// EarliestIssue is when credentials can have been issued that are in use from the instant on at which proofs look.
func (e *Engine) EarliestIssue() time.Time {
	if e.Since.IsZero() {
		return e.Since
	}
	return e.Since.Add(-longestSession)
}

// World is the world that was compiled. It must not be changed.
func (e *Engine) World() world.World { return e.world }

// Compile turns a world into an engine. It reports every problem at once, in the order of the world, each with its
// account, policy and Sid: operators, elements and variables that it does not implement, names that stand for
// nothing, and duplicates.
func Compile(w world.World) (*Engine, error) {
	c := &compiler{engine: &Engine{
		Accounts:   map[string]*CompiledAccount{},
		Principals: map[string]*Principal{},
		TagsOf:     map[string][]world.Tag{},
		world:      w,
		Patterns:   glob.NewMemory(),
	}, managed: map[string]*PolicyLayer{}}
	for i := range w.Accounts {
		c.account(&w.Accounts[i])
	}
	for i := range w.Accounts {
		c.managedPolicies(&w.Accounts[i])
	}
	c.organization(w.Organization)
	for i := range w.Accounts {
		c.principals(&w.Accounts[i])
	}
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	c.engine.DescribedRoles = everyRoleOf(w.Accounts)
	return c.engine, nil
}

// everyRoleOf speaks of every role that the accounts can have; nil when there is no account.
func everyRoleOf(accounts []world.Account) *Statement {
	if len(accounts) == 0 {
		return nil
	}
	arns := make([]string, len(accounts))
	for i := range accounts {
		arns[i] = "arn:*:iam::" + accounts[i].ID + ":role/*"
	}
	return MustStatement(policy.Allow("", "*").On(arns...))
}

type compiler struct {
	engine  *Engine
	managed map[string]*PolicyLayer
	errs    []error
}

func (c *compiler) failf(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

// account registers an account and what its resources are tagged with.
func (c *compiler) account(a *world.Account) {
	if !policy.IsAccountID(a.ID) {
		c.failf("account %q: the id is not twelve digits", a.ID)
	}
	if _, twice := c.engine.Accounts[a.ID]; twice {
		c.failf("account %s: is in the world twice", a.ID)
		return
	}
	c.engine.Accounts[a.ID] = &CompiledAccount{
		ID:        a.ID,
		Partition: cmp.Or(a.Partition, policy.AWS),
		Described: !a.Partial,
	}
	for i := range a.Nodes {
		node := &a.Nodes[i]
		arn := node.ARN(a)
		if _, twice := c.engine.TagsOf[arn]; twice {
			c.failf("account %s, %s %s: is in the world twice", a.ID, node.Kind, node.ID)
		}
		c.tags(arn, node.Tags)
	}
}

// tags registers the tags of a resource. AWS does not say which of two tags a condition reads whose keys differ only
// in case.
func (c *compiler) tags(arn string, tags []world.Tag) {
	for i := range tags {
		for j := range tags[:i] {
			if EqualTagKey(tags[i].Key, tags[j].Key) {
				c.failf(
					"%s: the tag keys %q and %q differ at most in case; which of them a condition reads is not defined",
					arn,
					tags[j].Key,
					tags[i].Key,
				)
			}
		}
	}
	if tags == nil {
		tags = []world.Tag{}
	}
	c.engine.TagsOf[arn] = tags
}

func (c *compiler) managedPolicies(a *world.Account) {
	for i := range a.Policies {
		p := &a.Policies[i]
		if _, twice := c.managed[p.ARN]; twice {
			// Every account that attaches an AWS managed policy may carry its document.
			if policy.ARNPart(p.ARN, 4) != "aws" {
				c.failf("account %s, policy %s: is in the world twice", a.ID, p.ARN)
			}
			continue
		}
		by := Source{Kind: IdentityPolicy, Account: a.ID, Policy: p.ARN}
		if policy.ARNPart(p.ARN, 4) == "aws" {
			by.Account = "" // Whichever account attaches it first does not own it.
		}
		if p.Unknown {
			c.managed[p.ARN] = &PolicyLayer{By: by, Unknowns: []string{p.ARN}}
			continue
		}
		l, errs := CompileDocument(p.Document, Permissions, by)
		c.errs = append(c.errs, errs...)
		c.managed[p.ARN] = l
	}
}

// organization gives every account its place and the service control policies above it.
func (c *compiler) organization(o *world.Organization) {
	if o == nil {
		return
	}
	c.unit(o, &o.Root, o.ID+"/", nil, map[string]bool{})
}

func (c *compiler) unit(
	o *world.Organization,
	u *world.Unit,
	path string,
	above []*PolicyLayer,
	placed map[string]bool,
) {
	path += u.ID + "/"
	levels := append(slices.Clone(above), c.guardrail(u.ID, u.Policies))
	for i := range u.Accounts {
		member := &u.Accounts[i]
		if placed[member.ID] {
			c.failf("organization %s: account %s stands in the tree twice", o.ID, member.ID)
		}
		placed[member.ID] = true
		a, known := c.engine.Accounts[member.ID]
		if !known {
			a = &CompiledAccount{ID: member.ID, Partition: policy.AWS}
			c.engine.Accounts[member.ID] = a
		}
		a.OrgID, a.OrgPaths = o.ID, []string{path}
		own := c.guardrail(member.ID, member.Policies)
		if member.ID != o.Management {
			a.Guardrails = append(slices.Clone(levels), own)
		}
	}
	for i := range u.Units {
		c.unit(o, &u.Units[i], path, levels, placed)
	}
}

// guardrail compiles the service control policies of one level.
func (c *compiler) guardrail(owner string, policies []world.ServiceControlPolicy) *PolicyLayer {
	level := &PolicyLayer{By: Source{Kind: ServiceControlPolicySource, Owner: owner}}
	for i := range policies {
		by := Source{Kind: ServiceControlPolicySource, Owner: owner, Policy: policies[i].Name}
		l, errs := CompileDocument(policies[i].Document, Permissions, by)
		c.errs = append(c.errs, errs...)
		level.join(l)
	}
	return level
}

// principals compiles the users, roles and the root user of an account.
func (c *compiler) principals(a *world.Account) {
	owner := c.engine.Accounts[a.ID]
	everything := &Statement{
		From: policy.Allow("", "*").
			On("*"),
		By: Source{
			Kind:    AWSRule,
			Account: a.ID,
			Owner:   "root",
			Rule:    "the root user of an account may do everything",
		},
		Actions:   []pattern.Pattern{pattern.Everything()},
		Resources: []pattern.ARN{{Text: "*", Any: true}},
	}
	c.register(&Principal{
		Kind:          rootPrincipal,
		Arn:           fmt.Sprintf("arn:%s:iam::%s:root", owner.Partition, a.ID),
		Id:            a.ID,
		PrincipalType: "Account",
		Account:       owner,
		Identity:      &PolicyLayer{Allow: []*Statement{everything}},
	})
	groups := map[string]*PolicyLayer{}
	for i := range a.Groups {
		g := &a.Groups[i]
		name := strings.ToLower(g.Name)
		if _, twice := groups[name]; twice {
			c.failf("account %s, group/%s: is in the world twice", a.ID, g.Name)
		}
		groups[name] = c.identity(a, "group/"+g.Name, g.Inline, g.Attached)
	}
	names := map[string]bool{}
	for i := range a.Users {
		c.user(a, owner, &a.Users[i], groups, names)
	}
	names = map[string]bool{}
	for i := range a.Roles {
		c.role(a, owner, &a.Roles[i], names)
	}
}

func (c *compiler) user(
	a *world.Account,
	owner *CompiledAccount,
	u *world.User,
	groups map[string]*PolicyLayer,
	names map[string]bool,
) {
	if names[strings.ToLower(u.Name)] {
		c.failf("account %s, user/%s: is in the world twice; user names ignore case and path", a.ID, u.Name)
	}
	names[strings.ToLower(u.Name)] = true
	arn := u.ARN(a)
	p := &Principal{
		Kind:          UserPrincipal,
		Arn:           arn,
		Id:            cmp.Or(u.ID, UniqueID("AIDA", arn)),
		Name:          u.Name,
		PrincipalType: "User",
		Account:       owner,
		Tags:          u.Tags,
		HasMFA:        u.HasMFA,
		Stranger:      u.Stranger,
		Identity:      c.identity(a, "user/"+u.Name, u.Inline, u.Attached),
		Boundary:      c.boundary(a, "user/"+u.Name, u.Boundary),
	}
	if u.Stranger {
		p.Identity.Unknowns = append(p.Identity.Unknowns, arn)
	}
	for _, name := range u.Groups {
		group, known := groups[strings.ToLower(name)]
		if !known {
			c.failf("account %s, user/%s: is in group %q, which the account does not have", a.ID, u.Name, name)
			continue
		}
		p.Identity.join(group)
	}
	c.tags(arn, u.Tags)
	c.register(p)
}

func (c *compiler) role(a *world.Account, owner *CompiledAccount, r *world.Role, names map[string]bool) {
	if names[strings.ToLower(r.Name)] {
		c.failf("account %s, role/%s: is in the world twice; role names ignore case and path", a.ID, r.Name)
	}
	names[strings.ToLower(r.Name)] = true
	arn := r.ARN(a)
	p := &Principal{
		Kind:          RolePrincipal,
		Arn:           arn,
		Id:            cmp.Or(r.ID, UniqueID("AROA", arn)),
		Name:          r.Name,
		PrincipalType: "AssumedRole",
		Account:       owner,
		PermissionSet: r.PermissionSet,
		Tags:          r.Tags,
		ServiceLinked: strings.HasPrefix(r.Path, "/aws-service-role/"),
		Identity: c.identity(
			a,
			"role/"+r.Name,
			r.Inline,
			r.Attached,
		),
		Boundary: c.boundary(a, "role/"+r.Name, r.Boundary),
	}
	l, errs := CompileDocument(
		r.Trust,
		Trust,
		Source{Kind: TrustPolicy, Account: a.ID, Owner: "role/" + r.Name, Policy: "trust"},
	)
	c.errs = append(c.errs, errs...)
	p.Trust = l
	c.tags(arn, r.Tags)
	c.register(p)
}

func (c *compiler) register(p *Principal) {
	p.Unknowns = slices.Clip(p.Identity.Unknowns)
	if p.Boundary != nil {
		p.Unknowns = append(p.Unknowns, p.Boundary.Unknowns...)
	}
	c.engine.Principals[p.Arn] = p
}

// identity compiles the inline policies of an owner and collects the managed ones.
func (c *compiler) identity(
	a *world.Account,
	owner string,
	inline []world.InlinePolicy,
	attached []string,
) *PolicyLayer {
	all := &PolicyLayer{By: Source{Kind: IdentityPolicy, Account: a.ID, Owner: owner}}
	for i := range inline {
		l, errs := CompileDocument(
			inline[i].Document,
			Permissions,
			Source{Kind: IdentityPolicy, Account: a.ID, Owner: owner, Policy: inline[i].Name},
		)
		c.errs = append(c.errs, errs...)
		all.join(l)
	}
	for _, arn := range attached {
		if managed, known := c.managed[arn]; known {
			all.join(managed)
		} else {
			all.Unknowns = append(all.Unknowns, arn)
		}
	}
	return all
}

func (c *compiler) boundary(a *world.Account, owner, arn string) *PolicyLayer {
	if arn == "" {
		return nil
	}
	by := Source{Kind: PermissionsBoundary, Account: a.ID, Owner: owner, Policy: arn}
	managed, known := c.managed[arn]
	if !known {
		return &PolicyLayer{By: by, Unknowns: []string{arn}}
	}
	bound := &PolicyLayer{By: by, Unknowns: managed.Unknowns}
	for _, st := range managed.Deny {
		bound.Deny = append(bound.Deny, st.attributedTo(by))
	}
	for _, st := range managed.Allow {
		bound.Allow = append(bound.Allow, st.attributedTo(by))
	}
	return bound
}

// attributedTo is the statement in another role, such as that of a permissions boundary.
func (st *Statement) attributedTo(by Source) *Statement {
	other := *st
	by.Sid = st.By.Sid
	other.By = by
	return &other
}

// LimitedTo returns the session with session policies, as sts:AssumeRole takes them: what the role allows and these
// do not is refused. The documents are those of one session; a second call replaces them.
func (e *Engine) LimitedTo(s Session, documents ...policy.Document) (Session, error) {
	limit := &PolicyLayer{By: Source{Kind: SessionPolicy, Owner: s.subject}}
	var errs []error
	for i := range documents {
		by := Source{Kind: SessionPolicy, Owner: s.subject, Policy: fmt.Sprintf("session policy %d", i+1)}
		l, problems := CompileDocument(documents[i], Permissions, by)
		errs = append(errs, problems...)
		limit.join(l)
	}
	if err := errors.Join(errs...); err != nil {
		return Session{}, err
	}
	s.Limit = limit
	return s, nil
}

// AccountOf finds an account of the world.
func (e *Engine) AccountOf(id string) (*world.Account, error) {
	if a := e.world.Account(id); a != nil {
		return a, nil
	}
	return nil, fmt.Errorf("account %q: the world has no such account", id)
}

// SomeDay is an instant that no policy has a reason to name.
var SomeDay = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// SomeRegion is a Region of the partition, for requests in which it is of no consequence.
func SomeRegion(p policy.Partition) string {
	switch p {
	case policy.AWSChina:
		return "cn-north-1"
	case policy.AWSUSGov:
		return "us-gov-west-1"
	}
	return "us-east-1"
}
