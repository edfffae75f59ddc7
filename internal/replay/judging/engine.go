package judging

import (
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/recorded"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/replay/cloudtrail"
)

// This file is the only one that asks the engine.

type (
	// Answer is what would have become of a call.
	Answer = recorded.Answer
	// Fact is what a record tells of a condition key.
	Fact     = recorded.Fact
	resource = recorded.Resource
	call     = recorded.Call
)

// The outcomes of an Answer.
const (
	Allowed = recorded.Allowed
	Refused = recorded.Refused
	Depends = recorded.Depends
)

var had = recorded.Had

func knownAction(action string) (string, bool) { return catalogue.KnownAction(action) }

// keyAppliesTo remembers what the catalogue says of the keys that policies read.
func keyAppliesTo(key, action string) bool {
	id := key + " " + action
	if have, ok := keysOfActions.Load(id); ok {
		return have.(bool)
	}
	applies := catalogue.KeyAppliesTo(key, action)
	keysOfActions.Store(id, applies)
	return applies
}

// keysOfActions and formsOfActions are bounded by the actions that AWS has and the keys that policies read.
var keysOfActions, formsOfActions sync.Map

// resourceForm is a type of resource of an action: its forms, whether each call names one.
type resourceForm struct {
	name     string
	forms    []*arnForm
	required bool
}

func resourceForms(action string) []resourceForm {
	if have, ok := formsOfActions.Load(action); ok {
		return have.([]resourceForm)
	}
	have, _ := formsOfActions.LoadOrStore(action, findForms(action))
	return have.([]resourceForm)
}

func findForms(action string) []resourceForm {
	var out []resourceForm
	service, _, _ := strings.Cut(action, ":")
	for _, t := range catalogue.ResourceTypesOf(action) {
		f := resourceForm{name: t.Name, required: t.Required}
		for _, text := range t.ARNs {
			f.forms = append(f.forms, newARNForm(service, t.Name, text))
		}
		out = append(out, f)
	}
	return out
}

// Policies are what recorded calls are held against.
type Policies struct {
	engine *access.Engine
	judge  *recorded.Judge
	// management is the management account of the organization; empty where there is none.
	management string
	// ofName are the ARNs of users and roles of the world by account, kind and name: AWS keeps names unique whatever
	// their path.
	ofName map[string]string
	// plain are the answers of calls of which nothing matters but who sent them; kept counts them.
	plain sync.Map // plainCall -> Answer
	kept  bounded
	// roles is set where the policies of roles and users are asked for too.
	roles bool
}

// NewPolicies compiles a world. With roles the policies of its roles and users are asked for too.
func NewPolicies(w access.World, roles bool) (*Policies, error) {
	e, err := access.Compile(w)
	if err != nil {
		return nil, err
	}
	p := &Policies{
		engine: e,
		judge:  recorded.NewJudge(e),
		ofName: map[string]string{},
		roles:  roles,
		kept:   bounded{most: 200_000},
	}
	if w.Organization != nil {
		p.management = w.Organization.Management
	}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		for j := range a.Users {
			p.ofName[nameID(a.ID, "user", a.Users[j].Name)] = a.Users[j].ARN(a)
		}
		for j := range a.Roles {
			p.ofName[nameID(a.ID, "role", a.Roles[j].Name)] = a.Roles[j].ARN(a)
		}
	}
	return p, nil
}

func nameID(account, kind, name string) string {
	return account + " " + kind + " " + strings.ToLower(name)
}

// binds reports whether anything here can refuse a call of a principal.
func (p *Policies) binds(account, principal string) bool {
	return p.judge.GuardrailsBind(account) || p.managed(principal)
}

func (p *Policies) managed(principal string) bool { return p.roles && p.judge.HasPrincipal(principal) }

// concerns reports whether anything can refuse the action; where nothing can, nothing else of the event needs to be
// known.
func (p *Policies) concerns(account, principal, action string) bool {
	return p.managed(principal) || p.judge.Concerns(account, action)
}

// needsResources reports whether it matters what the call was on.
func (p *Policies) needsResources(account, principal, action string) bool {
	return p.managed(principal) || p.judge.Reads(account, action, true)
}

// ReadsRequest reports whether anything of the request matters but who sent it.
func (p *Policies) ReadsRequest(account, action string) bool {
	return p.judge.Reads(account, action, false)
}

// plainCall is everything that a policy can read of a call of which it reads nothing but who sent it.
type plainCall struct {
	kind                                  callerKind
	account, principal, action, mfa, root string
	longTermKey                           bool
}

// remembered is the answer of a call like this one. Remember is nil where answers are not alike.
func (p *Policies) remembered(
	e *cloudtrail.Event,
	c *caller,
	action string,
) (answer Answer, known bool, remember func(Answer)) {
	if c.principal == "" || p.managed(c.principal) || p.ReadsRequest(c.Account, action) {
		return Answer{}, false, nil
	}
	id := plainCall{c.Kind, c.Account, c.principal, action, e.User.MFA, e.User.Root, c.longTermKey}
	if have, ok := p.plain.Load(id); ok {
		return have.(Answer), true, nil
	}
	return Answer{}, false, func(a Answer) {
		if p.kept.add() {
			p.plain.Store(id, a)
		}
	}
}

func (p *Policies) decide(c *call) (Answer, error) {
	if p.managed(c.Principal) {
		return p.judge.Decide(c, recorded.WithIdentityPolicies)
	}
	return p.judge.Decide(c, recorded.GuardrailsAlone)
}

// tagOf is a tag of a user or role of the world; not known says that the world does not have the principal.
func (p *Policies) tagOf(arn, key string) (value []string, known bool) {
	tags, known := p.judge.TagsOf(arn)
	if !known {
		return nil, false
	}
	index := slices.IndexFunc(tags, func(t world.Tag) bool { return strings.EqualFold(t.Key, key) })
	if index < 0 {
		return nil, true
	}
	return []string{tags[index].Value}, true
}

func (p *Policies) place(account string) (organization, path string) { return p.judge.Place(account) }

// ReadsAddress reports whether any service control policy reads where a call comes from.
func (p *Policies) ReadsAddress() bool {
	found := false
	var unit func(u *world.Unit)
	read := func(policies []world.ServiceControlPolicy) {
		for _, scp := range policies {
			for _, st := range scp.Document.Statements {
				for _, c := range st.Conditions {
					found = found || strings.EqualFold(c.Key, "aws:SourceIp") ||
						strings.EqualFold(c.Key, "aws:VpcSourceIp")
				}
			}
		}
	}
	unit = func(u *world.Unit) {
		read(u.Policies)
		for i := range u.Accounts {
			read(u.Accounts[i].Policies)
		}
		for i := range u.Units {
			unit(&u.Units[i])
		}
	}
	if o := p.engine.World().Organization; o != nil {
		unit(&o.Root)
	}
	return found
}

// IsDoor reports whether an action opens a shell or desktop on a node, or runs commands there.
func IsDoor(action string) bool {
	row := doors.Of(action)
	return row != nil && (row.Class == doors.Shell || slices.Contains(row.In, doors.RemoteExecution))
}

// AllActions are the actions that AWS documents.
func AllActions() []string { return catalogue.Actions() }
