package access

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// Engine answers questions about one world. It is immutable and safe for concurrent use.
type Engine struct {
	accounts   map[string]*account
	principals map[string]*principal
	// tagsOf are the tags of nodes, users and roles by ARN.
	tagsOf map[string][]Tag
	world  World
	assume Assumption
	// from is the instant from which proofs look on; zero is all of time.
	from time.Time
	// describedRoles speaks of every role of the accounts that the world describes; nil when it describes none.
	describedRoles *statement
}

// Assumption says what a policy allows whose document is not known.
type Assumption int

const (
	// UnknownAllowsNothing reads unknown documents as Allow nothing: right for the claim that something still works.
	UnknownAllowsNothing Assumption = iota
	// UnknownAllowsEverything reads unknown documents as Allow everything: right for the claim that something is impossible.
	UnknownAllowsEverything
)

// Assuming returns an engine of the same world that reads unknown documents so. A new engine assumes UnknownAllowsNothing.
func (e *Engine) Assuming(a Assumption) *Engine {
	other := *e
	other.assume = a
	return &other
}

// From returns an engine of the same world whose proofs look from an instant on, to the second: requests that were made before it are no longer asked about, so that
// an Allow whose time is over opens nothing and a Deny whose time is over shuts nothing. Credentials may be older: a session that is in use then began at most
// 36 hours before. The zero time, which a new engine has, is all of time. Decide and Journey, whose requests have a time of their own, do not change.
func (e *Engine) From(at time.Time) *Engine {
	other := *e
	if other.from = at; !at.IsZero() {
		other.from = at.UTC().Truncate(time.Second)
	}
	return &other
}

// day is when those requests are made that must work and whose time is not said.
func (e *Engine) day() time.Time {
	if e.from.IsZero() {
		return someDay
	}
	return e.from
}

// longestSession is how long temporary credentials can be used.
//
// Source: AWS STS API Reference, GetSessionToken (DurationSeconds); roles have less.
const longestSession = 36 * time.Hour

// earliestIssue is when credentials can have been issued that are in use from the instant on at which proofs look.
func (e *Engine) earliestIssue() time.Time {
	if e.from.IsZero() {
		return e.from
	}
	return e.from.Add(-longestSession)
}

// World is the world that was compiled. It must not be changed.
func (e *Engine) World() World { return e.world }

// Compile turns a world into an engine. It reports every problem at once, in the order of the world, each with its account, policy and
// Sid: operators, elements and variables that it does not implement, names that stand for nothing, and duplicates.
func Compile(w World) (*Engine, error) {
	c := &compiler{engine: &Engine{
		accounts: map[string]*account{}, principals: map[string]*principal{}, tagsOf: map[string][]Tag{}, world: w,
	}, managed: map[string]*layer{}}
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
	c.engine.describedRoles = everyRoleOf(w.Accounts)
	return c.engine, nil
}

// everyRoleOf speaks of every role that the accounts can have; nil when there is no account.
func everyRoleOf(accounts []Account) *statement {
	if len(accounts) == 0 {
		return nil
	}
	arns := make([]string, len(accounts))
	for i := range accounts {
		arns[i] = "arn:*:iam::" + accounts[i].ID + ":role/*"
	}
	return mustStatement(policy.Allow("", "*").On(arns...))
}

type compiler struct {
	engine  *Engine
	managed map[string]*layer
	errs    []error
}

func (c *compiler) failf(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

// account registers an account and what its resources are tagged with.
func (c *compiler) account(a *Account) {
	if !isAccountID(a.ID) {
		c.failf("account %q: the id is not twelve digits", a.ID)
	}
	if _, twice := c.engine.accounts[a.ID]; twice {
		c.failf("account %s: is in the world twice", a.ID)
		return
	}
	c.engine.accounts[a.ID] = &account{id: a.ID, partition: cmp.Or(a.Partition, policy.AWS), described: !a.Partial}
	for i := range a.Nodes {
		node := &a.Nodes[i]
		arn := node.ARN(a)
		if _, twice := c.engine.tagsOf[arn]; twice {
			c.failf("account %s, %s %s: is in the world twice", a.ID, node.Kind, node.ID)
		}
		c.tags(arn, node.Tags)
	}
}

// tags registers the tags of a resource. AWS does not say which of two tags a condition reads whose keys differ only in case.
func (c *compiler) tags(arn string, tags []Tag) {
	for i := range tags {
		for j := range tags[:i] {
			if equalTagKey(tags[i].Key, tags[j].Key) {
				c.failf("%s: the tag keys %q and %q differ at most in case; which of them a condition reads is not defined", arn, tags[j].Key, tags[i].Key)
			}
		}
	}
	if tags == nil {
		tags = []Tag{}
	}
	c.engine.tagsOf[arn] = tags
}

func (c *compiler) managedPolicies(a *Account) {
	for i := range a.Policies {
		p := &a.Policies[i]
		if _, twice := c.managed[p.ARN]; twice {
			// Every account that attaches an AWS managed policy may carry its document.
			if arnPart(p.ARN, 4) != "aws" {
				c.failf("account %s, policy %s: is in the world twice", a.ID, p.ARN)
			}
			continue
		}
		by := Source{Kind: IdentityPolicy, Account: a.ID, Policy: p.ARN}
		if arnPart(p.ARN, 4) == "aws" {
			by.Account = "" // Whichever account attaches it first does not own it.
		}
		if p.Unknown {
			c.managed[p.ARN] = &layer{by: by, unknowns: []string{p.ARN}}
			continue
		}
		l, errs := compileDocument(p.Document, permissions, by)
		c.errs = append(c.errs, errs...)
		c.managed[p.ARN] = l
	}
}

// organization gives every account its place and the service control policies above it.
func (c *compiler) organization(o *Organization) {
	if o == nil {
		return
	}
	c.unit(o, &o.Root, o.ID+"/", nil, map[string]bool{})
}

func (c *compiler) unit(o *Organization, u *Unit, path string, above []*layer, placed map[string]bool) {
	path += u.ID + "/"
	levels := append(slices.Clone(above), c.guardrail(u.ID, u.Policies))
	for i := range u.Accounts {
		member := &u.Accounts[i]
		if placed[member.ID] {
			c.failf("organization %s: account %s stands in the tree twice", o.ID, member.ID)
		}
		placed[member.ID] = true
		a, known := c.engine.accounts[member.ID]
		if !known {
			a = &account{id: member.ID, partition: policy.AWS}
			c.engine.accounts[member.ID] = a
		}
		a.orgID, a.orgPaths = o.ID, []string{path}
		own := c.guardrail(member.ID, member.Policies)
		if member.ID != o.Management {
			a.guardrails = append(slices.Clone(levels), own)
		}
	}
	for i := range u.Units {
		c.unit(o, &u.Units[i], path, levels, placed)
	}
}

// guardrail compiles the service control policies of one level.
func (c *compiler) guardrail(owner string, policies []ServiceControlPolicy) *layer {
	level := &layer{by: Source{Kind: ServiceControlPolicySource, Owner: owner}}
	for i := range policies {
		by := Source{Kind: ServiceControlPolicySource, Owner: owner, Policy: policies[i].Name}
		l, errs := compileDocument(policies[i].Document, permissions, by)
		c.errs = append(c.errs, errs...)
		level.join(l)
	}
	return level
}

// principals compiles the users, roles and the root user of an account.
func (c *compiler) principals(a *Account) {
	owner := c.engine.accounts[a.ID]
	everything := &statement{
		from: policy.Allow("", "*").On("*"), by: Source{Kind: AWSRule, Account: a.ID, Owner: "root", Rule: "the root user of an account may do everything"},
		actions: []pattern{mustPattern("*")}, resources: []arnPattern{{text: "*", any: true}},
	}
	c.register(&principal{
		kind: rootPrincipal, arn: fmt.Sprintf("arn:%s:iam::%s:root", owner.partition, a.ID), id: a.ID, principalType: "Account", account: owner,
		identity: &layer{allow: []*statement{everything}},
	})
	groups := map[string]*layer{}
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

func (c *compiler) user(a *Account, owner *account, u *User, groups map[string]*layer, names map[string]bool) {
	if names[strings.ToLower(u.Name)] {
		c.failf("account %s, user/%s: is in the world twice; user names ignore case and path", a.ID, u.Name)
	}
	names[strings.ToLower(u.Name)] = true
	arn := u.ARN(a)
	p := &principal{
		kind: userPrincipal, arn: arn, id: cmp.Or(u.ID, uniqueID("AIDA", arn)), name: u.Name, principalType: "User", account: owner,
		tags: u.Tags, hasMFA: u.HasMFA, stranger: u.Stranger, identity: c.identity(a, "user/"+u.Name, u.Inline, u.Attached), boundary: c.boundary(a, "user/"+u.Name, u.Boundary),
	}
	if u.Stranger {
		p.identity.unknowns = append(p.identity.unknowns, arn)
	}
	for _, name := range u.Groups {
		group, known := groups[strings.ToLower(name)]
		if !known {
			c.failf("account %s, user/%s: is in group %q, which the account does not have", a.ID, u.Name, name)
			continue
		}
		p.identity.join(group)
	}
	c.tags(arn, u.Tags)
	c.register(p)
}

func (c *compiler) role(a *Account, owner *account, r *Role, names map[string]bool) {
	if names[strings.ToLower(r.Name)] {
		c.failf("account %s, role/%s: is in the world twice; role names ignore case and path", a.ID, r.Name)
	}
	names[strings.ToLower(r.Name)] = true
	arn := r.ARN(a)
	p := &principal{
		kind: rolePrincipal, arn: arn, id: cmp.Or(r.ID, uniqueID("AROA", arn)), name: r.Name, principalType: "AssumedRole", account: owner, permissionSet: r.PermissionSet,
		tags: r.Tags, serviceLinked: strings.HasPrefix(r.Path, "/aws-service-role/"),
		identity: c.identity(a, "role/"+r.Name, r.Inline, r.Attached), boundary: c.boundary(a, "role/"+r.Name, r.Boundary),
	}
	l, errs := compileDocument(r.Trust, trust, Source{Kind: TrustPolicy, Account: a.ID, Owner: "role/" + r.Name, Policy: "trust"})
	c.errs = append(c.errs, errs...)
	p.trust = l
	c.tags(arn, r.Tags)
	c.register(p)
}

func (c *compiler) register(p *principal) {
	p.unknowns = slices.Clip(p.identity.unknowns)
	if p.boundary != nil {
		p.unknowns = append(p.unknowns, p.boundary.unknowns...)
	}
	c.engine.principals[p.arn] = p
}

// identity compiles the inline policies of an owner and collects the managed ones.
func (c *compiler) identity(a *Account, owner string, inline []InlinePolicy, attached []string) *layer {
	all := &layer{by: Source{Kind: IdentityPolicy, Account: a.ID, Owner: owner}}
	for i := range inline {
		l, errs := compileDocument(inline[i].Document, permissions, Source{Kind: IdentityPolicy, Account: a.ID, Owner: owner, Policy: inline[i].Name})
		c.errs = append(c.errs, errs...)
		all.join(l)
	}
	for _, arn := range attached {
		if managed, known := c.managed[arn]; known {
			all.join(managed)
		} else {
			all.unknowns = append(all.unknowns, arn)
		}
	}
	return all
}

func (c *compiler) boundary(a *Account, owner, arn string) *layer {
	if arn == "" {
		return nil
	}
	by := Source{Kind: PermissionsBoundary, Account: a.ID, Owner: owner, Policy: arn}
	managed, known := c.managed[arn]
	if !known {
		return &layer{by: by, unknowns: []string{arn}}
	}
	bound := &layer{by: by, unknowns: managed.unknowns}
	for _, st := range managed.deny {
		bound.deny = append(bound.deny, st.as(by))
	}
	for _, st := range managed.allow {
		bound.allow = append(bound.allow, st.as(by))
	}
	return bound
}

// as is the statement in another role, such as that of a permissions boundary.
func (st *statement) as(by Source) *statement {
	other := *st
	by.Sid = st.by.Sid
	other.by = by
	return &other
}

// mustPattern takes apart a text without variables, for which parsePattern has no error.
func mustPattern(text string) pattern {
	p, err := parsePattern(text, policyText, true)
	if err != nil {
		return pattern{text: text}
	}
	return p
}

// LimitedTo returns the session with session policies, as sts:AssumeRole takes them: what the role allows and these do not is refused.
// The documents are those of one session; a second call replaces them.
func (e *Engine) LimitedTo(s Session, documents ...policy.Document) (Session, error) {
	limit := &layer{by: Source{Kind: SessionPolicy, Owner: s.subject}}
	var errs []error
	for i := range documents {
		by := Source{Kind: SessionPolicy, Owner: s.subject, Policy: fmt.Sprintf("session policy %d", i+1)}
		l, problems := compileDocument(documents[i], permissions, by)
		errs = append(errs, problems...)
		limit.join(l)
	}
	if err := errors.Join(errs...); err != nil {
		return Session{}, err
	}
	s.limit = limit
	return s, nil
}
