package oracle

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// session is the caller as package access has it.
func (c *caller) sessionFor(e *access.Engine) (access.Session, error) {
	user := "arn:aws:iam::" + c.account + ":user" + c.userPath + c.user
	role := "arn:aws:iam::" + c.account + ":role" + c.rolePath + c.role
	var s access.Session
	switch c.how {
	case byKey:
		s = access.LongTermKey(user)
	case byKeyAndCode:
		s = access.LongTermKey(user).WithMFACode()
	case byConsole:
		s = access.Console(user)
	case byConsoleWithMFA:
		s = access.ConsoleWithMFA(user, c.age)
	case byTokenWithMFA:
		s = access.SessionTokenWithMFA(user, c.age)
	case byRole:
		s = access.AssumedRole(role, c.session, c.tags...)
	case byIdentityCenter:
		s = access.IdentityCenter(role, c.session, c.tags...)
	}
	s = s.IssuedAt(c.issued)
	if c.limit == nil {
		return s, nil
	}
	return e.LimitedTo(s, *c.limit)
}

// simulation is one evaluation by the oracle, in the form that simulate.mjs reads.
type simulation struct {
	Principal string         `json:"principal"`
	Action    string         `json:"action"`
	Resource  string         `json:"resource"`
	Account   string         `json:"account"`
	Context   map[string]any `json:"context"`
	Identity  []reference    `json:"identity"`
	Boundary  *reference     `json:"boundary"`
	Session   *reference     `json:"session"`
	Trust     *reference     `json:"trust"`
	Levels    []level        `json:"levels"`
}

type reference struct {
	Name     string `json:"name"`
	Document int    `json:"document"`
}

type level struct {
	ID       string      `json:"id"`
	Policies []reference `json:"policies"`
}

// line is one line to the oracle: the simulations of one question and the documents that they name.
type line struct {
	Documents   []json.RawMessage `json:"documents"`
	Simulations []simulation      `json:"simulations"`
	// documents are the same as values.
	documents []policy.Document
}

func (l *line) refer(name string, d policy.Document) reference {
	l.Documents = append(l.Documents, json.RawMessage(d.JSON()))
	l.documents = append(l.documents, d)
	return reference{name, len(l.Documents) - 1}
}

// references are all the documents of a simulation, to read or to change.
func (s *simulation) references() []*reference {
	var out []*reference
	for i := range s.Identity {
		out = append(out, &s.Identity[i])
	}
	for _, r := range []*reference{s.Boundary, s.Session, s.Trust} {
		if r != nil {
			out = append(out, r)
		}
	}
	for i := range s.Levels {
		for j := range s.Levels[i].Policies {
			out = append(out, &s.Levels[i].Policies[j])
		}
	}
	return out
}

// clone copies the references of a simulation, so that they can be changed.
func (s *simulation) clone() simulation {
	other := *s
	other.Identity = slices.Clone(s.Identity)
	for _, r := range []**reference{&other.Boundary, &other.Session, &other.Trust} {
		if *r != nil {
			copied := **r
			*r = &copied
		}
	}
	other.Levels = slices.Clone(s.Levels)
	for i := range other.Levels {
		other.Levels[i].Policies = slices.Clone(other.Levels[i].Policies)
	}
	return other
}

// lookup finds a condition key of the simulation in any case.
func (s *simulation) lookup(key string) ([]string, bool) {
	for name, value := range s.Context {
		if strings.EqualFold(name, key) {
			if list, many := value.([]string); many {
				return list, true
			}
			text, _ := value.(string)
			return []string{text}, true
		}
	}
	return nil, false
}

// translate writes a question for the oracle. The oracle derives no key from the principal, so the keys are set here
// from what AWS's documentation says of each way of signing in, and not by package access: a mistake there shows as a
// disagreement.
func translate(q *question) line {
	var l line
	base := simulation{Identity: []reference{}, Levels: []level{}}
	account := accountOf(q.world, q.caller.account)
	context := q.principalKeys(account)
	base.Principal = q.principal(account, context, &base, &l)
	for _, at := range levelsOf(q.world, q.caller.account) {
		translated := level{ID: at.id, Policies: []reference{}}
		for _, p := range at.policies {
			translated.Policies = append(translated.Policies, l.refer(p.Name, p.Document))
		}
		base.Levels = append(base.Levels, translated)
	}
	if q.caller.limit != nil {
		r := l.refer("session", *q.caller.limit)
		base.Session = &r
	}
	for key, values := range q.request.Context {
		context[key] = textOrList(key, values)
	}
	asked := []string{q.request.Action}
	if _, tagged := q.request.Context["aws:TagKeys"]; tagged {
		switch q.request.Action {
		case "sts:AssumeRole":
			asked = append(asked, "sts:TagSession")
		case "iam:CreateRole":
			asked = append(asked, "iam:TagRole")
		}
	}
	resources := q.request.Resources
	if len(resources) == 0 {
		resources = []access.Resource{{ARN: "*"}}
	}
	for _, action := range asked {
		for _, resource := range resources {
			s := base
			s.Action, s.Resource, s.Account = action, resource.ARN, q.resourceAccount(resource.ARN)
			s.Context = map[string]any{}
			for key, value := range context {
				s.Context[key] = value
			}
			q.resourceKeys(&s, resource, &l)
			l.Simulations = append(l.Simulations, s)
		}
	}
	return l
}

// principalKeys are the condition keys of the session.
//
// Source: IAM User Guide, AWS global condition context keys, "Properties of the principal" and "Properties of a role
// session".
func (q *question) principalKeys(account *world.Account) map[string]any {
	c := &q.caller
	keys := map[string]any{
		"aws:PrincipalAccount":      c.account,
		"aws:PrincipalIsAWSService": "false",
		"aws:SecureTransport":       "true",
		"aws:ViaAWSService":         "false",
		"aws:CurrentTime": q.request.Time.UTC().
			Format(time.RFC3339),
		"aws:EpochTime": strconv.FormatInt(q.request.Time.Unix(), 10),
	}
	if o := q.world.Organization; o != nil {
		path := o.ID + "/" + o.Root.ID + "/"
		switch {
		case holds(o.Root.Accounts, c.account):
			keys["aws:PrincipalOrgID"], keys["aws:PrincipalOrgPaths"] = o.ID, []string{path}
		case holds(o.Root.Units[0].Accounts, c.account):
			keys["aws:PrincipalOrgID"], keys["aws:PrincipalOrgPaths"] = o.ID, []string{path + o.Root.Units[0].ID + "/"}
		}
	}
	withMFA := func(age time.Duration) {
		keys["aws:MultiFactorAuthPresent"], keys["aws:MultiFactorAuthAge"] = "true", strconv.Itoa(int(age.Seconds()))
	}
	switch c.how {
	case byKeyAndCode:
		if q.request.Action == "sts:AssumeRole" {
			withMFA(0)
		}
	case byConsole:
		keys["aws:MultiFactorAuthPresent"] = "false"
	case byConsoleWithMFA, byTokenWithMFA:
		withMFA(c.age)
	case byKey, byRole, byIdentityCenter:
	}
	if c.how != byKey && c.how != byKeyAndCode {
		keys["aws:TokenIssueTime"] = c.issued.UTC().Format(time.RFC3339)
	}
	var tags []world.Tag
	if c.role != "" {
		role := &account.Roles[0]
		keys["aws:PrincipalArn"], keys["aws:PrincipalType"], keys["aws:userid"] = "arn:aws:iam::"+c.account+":role/ops", "AssumedRole", role.ID+":"+c.session
		tags = role.Tags
	} else {
		user := userOf(account, c.user)
		keys["aws:PrincipalArn"], keys["aws:PrincipalType"], keys["aws:userid"] = "arn:aws:iam::"+c.account+":user"+c.userPath+c.user, "User", user.ID
		keys["aws:username"] = user.Name
		tags = user.Tags
	}
	for _, t := range tags {
		keys["aws:PrincipalTag/"+t.Key] = t.Value
	}
	for _, t := range c.tags {
		for key := range keys {
			if strings.EqualFold(key, "aws:PrincipalTag/"+t.Key) {
				delete(keys, key)
			}
		}
		keys["aws:PrincipalTag/"+t.Key] = t.Value
	}
	return keys
}

// principal adds the caller's policies and returns its ARN as the oracle has it.
func (q *question) principal(account *world.Account, keys map[string]any, s *simulation, l *line) string {
	add := func(owner string, inline []world.InlinePolicy) {
		for _, p := range inline {
			s.Identity = append(s.Identity, l.refer(owner+"/"+p.Name, p.Document))
		}
	}
	bind := func(arn string) {
		if arn != "" {
			r := l.refer("boundary", account.Policies[0].Document)
			s.Boundary = &r
		}
	}
	if q.caller.role != "" {
		role := &account.Roles[0]
		add("role", role.Inline)
		bind(role.Boundary)
		return "arn:aws:sts::" + account.ID + ":assumed-role/ops/" + q.caller.session
	}
	user := userOf(account, q.caller.user)
	add("user", user.Inline)
	for range user.Groups {
		add("group", account.Groups[0].Inline)
	}
	bind(user.Boundary)
	arn, _ := keys["aws:PrincipalArn"].(string)
	return arn
}

// resourceKeys adds the condition keys of a resource and, for a role that is assumed, its trust policy.
func (q *question) resourceKeys(s *simulation, r access.Resource, l *line) {
	tags := r.Tags
	if role := strings.HasSuffix(r.ARN, ":role/target"); role && strings.HasPrefix(s.Action, "sts:") {
		target := &accountOf(q.world, s.Account).Roles[1]
		tags = target.Tags
		trust := l.refer("trust", target.Trust)
		s.Trust = &trust
	}
	service, _, _ := strings.Cut(s.Action, ":")
	prefix := map[string]string{"ec2": "ec2:ResourceTag/", "ssm": "ssm:resourceTag/", "iam": "iam:ResourceTag/",
		"sts": "iam:ResourceTag/"}[service]
	for _, t := range tags {
		if prefix != "" {
			s.Context["aws:ResourceTag/"+t.Key] = t.Value
			s.Context[prefix+t.Key] = t.Value
		}
	}
	parts := strings.SplitN(r.ARN, ":", 6)
	if len(parts) == 6 && len(parts[4]) == 12 {
		s.Context["aws:ResourceAccount"] = parts[4]
		if o := q.world.Organization; o != nil &&
			(holds(o.Root.Accounts, parts[4]) || holds(o.Root.Units[0].Accounts, parts[4])) {
			s.Context["aws:ResourceOrgID"] = o.ID
		}
	}
}

// resourceAccount is the account that the oracle compares with the caller's: that of the ARN, or the caller's own.
func (q *question) resourceAccount(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && len(parts[4]) == 12 {
		return parts[4]
	}
	return q.caller.account
}

// placed is one level of service control policies.
type placed struct {
	id       string
	policies []world.ServiceControlPolicy
}

// levelsOf are the service control policies that apply to an account: none in the management account.
func levelsOf(w *access.World, account string) []placed {
	o := w.Organization
	if o == nil || o.Management == account {
		return nil
	}
	root, unit := placed{o.Root.ID, o.Root.Policies}, placed{o.Root.Units[0].ID, o.Root.Units[0].Policies}
	for _, a := range o.Root.Accounts {
		if a.ID == account {
			return []placed{root, {a.ID, a.Policies}}
		}
	}
	for _, a := range o.Root.Units[0].Accounts {
		if a.ID == account {
			return []placed{root, unit, {a.ID, a.Policies}}
		}
	}
	return nil
}

func holds(accounts []world.OrganizationAccount, id string) bool {
	for _, a := range accounts {
		if a.ID == id {
			return true
		}
	}
	return false
}

func accountOf(w *access.World, id string) *world.Account {
	for i := range w.Accounts {
		if w.Accounts[i].ID == id {
			return &w.Accounts[i]
		}
	}
	return nil
}

func userOf(a *world.Account, name string) *world.User {
	for i := range a.Users {
		if a.Users[i].Name == name {
			return &a.Users[i]
		}
	}
	return nil
}

// textOrList gives keys of several values a list and the others a text, as the oracle wants them.
func textOrList(key string, values []string) any {
	if slices.Contains(manyKeys, key) {
		return values
	}
	return values[0]
}
