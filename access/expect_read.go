package access

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/policy"
)

// expectationError is what is wrong with an expectation itself.
type expectationError struct{ field, text string }

func cannot(field, format string, args ...any) *expectationError {
	return &expectationError{field, fmt.Sprintf(format, args...)}
}

func (e *expectationError) Error() string { return strings.TrimPrefix(e.field+": ", ": ") + e.text }

// Journeys are the journeys that an expectation speaks of, whatever its outcome should be: one per Region where it names none. The error says
// which of its fields names what does not exist, or cannot be judged.
func (e *Engine) Journeys(x Expectation) ([]Journey, error) {
	x.Allowed, x.Denied, x.OSUser = true, false, ""
	reader := expectationReader{engine: e, x: &x}
	journeys, err := reader.journeys()
	if err != nil {
		return nil, err
	}
	return journeys, nil
}

// expectationReader turns an expectation into journeys.
type expectationReader struct {
	engine *Engine
	x      *Expectation
	home   *Account
	// caller is who acts at the end: the role of Via, or the person.
	caller *principal
}

// journeys are the journeys that an expectation speaks of: one per Region where it names none.
func (r *expectationReader) journeys() ([]Journey, *expectationError) {
	x := r.x
	if err := r.shape(); err != nil {
		return nil, err
	}
	home, err := r.engine.homeOf(x.Account)
	if err != nil {
		return nil, cannot("account", "%s", err)
	}
	r.home = home
	way := r.fromUser
	if x.Person != nil {
		way = r.fromPortal
	}
	j, problem := way()
	if problem != nil {
		return nil, problem
	}
	if err := r.region(); err != nil {
		return nil, err
	}
	if err := r.readsItsTags(); err != nil {
		return nil, err
	}
	if x.Opens != "" {
		return r.doors(j)
	}
	return r.calls(j)
}

// fromUser is the way of an IAM user, up to the role.
func (r *expectationReader) fromUser() (Journey, *expectationError) {
	x := r.x
	person, err := r.engine.named(userPrincipal, x.As, r.home)
	if err != nil {
		return Journey{}, cannot("as", "%s", err)
	}
	r.caller = person
	j := Journey{From: x.session(person.arn), At: x.At}
	if x.Via != "" {
		role, err := r.engine.named(rolePrincipal, x.Via, r.home)
		if err != nil {
			return Journey{}, cannot("via", "%s", err)
		}
		r.caller = role
		j.Via = []Hop{{Role: role.arn, SessionName: x.SessionName, Tags: tagList(x.SessionTags)}}
	}
	return j, nil
}

// shape checks what goes with what.
func (r *expectationReader) shape() *expectationError {
	x := r.x
	outcomes := 0
	for _, given := range []bool{x.Allowed, x.Denied, x.OSUser != ""} {
		if given {
			outcomes++
		}
	}
	// An OS user implies Allowed, so both may be set.
	if x.Allowed && x.OSUser != "" {
		outcomes--
	}
	for _, key := range slices.Sorted(maps.Keys(x.SessionTags)) {
		if policy.ValidateTagKey(key) != nil || policy.ValidateTagValue(x.SessionTags[key]) != nil {
			return cannot("sessionTags", "%s=%q is no tag that AWS takes", key, x.SessionTags[key])
		}
	}
	switch {
	case x.As == "" && x.Person == nil:
		return cannot("as", "is missing; name the person")
	case x.Person != nil && x.As != "":
		return cannot("as", "names a user beside a person of IAM Identity Center; write one of the two")
	case x.Person != nil && (x.Session != "" || x.MFAAge != 0):
		return cannot("session", "is for IAM users; a person of IAM Identity Center comes in through the access portal, which asks for MFA itself: remove it")
	case x.Person != nil && x.SessionName != "":
		return cannot("sessionName", "is the user name for a person of IAM Identity Center; remove it")
	case x.Person != nil && len(x.SessionTags) > 0:
		return cannot("sessionTags", "are what identityCenter.attributes give to a person of IAM Identity Center; remove it")
	case outcomes != 1:
		return cannot("", "has %d outcomes; write one of allowed, denied and osUser", outcomes)
	case x.Session != "" && !slices.Contains(SignIns(), x.Session):
		return cannot("session", "%q is not a way to sign in; write one of %s", x.Session, joinWords(SignIns(), "or"))
	case x.Session == SignInKey && x.MFA:
		return cannot("mfa", "is never so of a long-term key; write session: keyWithMfaCode or sessionToken")
	case x.Session == SignInKeyWithMFACode && !x.MFA:
		return cannot("mfa", "contradicts session: keyWithMfaCode; write session: key")
	case x.MFAAge < 0 || x.MFAAge > 0 && (!x.MFA || x.Session == SignInKeyWithMFACode):
		return cannot("mfaAge", "is the age of a sign-in with MFA, which this session does not have; remove it")
	case x.SessionName != "" && x.Via == "" && !isAssumeRole(x.Do):
		return cannot("sessionName", "names the session of a role, and none is assumed; write via")
	case len(x.SessionTags) > 0 && x.Via == "":
		return cannot("sessionTags", "are passed when a role is taken, and none is; write via")
	case (x.Do == "") == (x.Opens == ""):
		return cannot("", "write one of do and opens")
	case x.Opens != "" && !slices.Contains(Doors(), x.Opens):
		return cannot("opens", "%q is not a door; write one of %s", x.Opens, joinWords(Doors(), "or"))
	case x.Opens != "" && len(x.With) > 0:
		return cannot("with", "is for the call of do; what opens a door is known")
	case x.OSUser != "" && x.Opens != Shell:
		return cannot("osUser", "is the login of a shell; write opens: shell")
	}
	return nil
}

// session is how the person signs in.
func (x *Expectation) session(arn string) Session {
	var s Session
	switch {
	case x.Session == SignInKey:
		return LongTermKey(arn)
	case x.Session == SignInKeyWithMFACode:
		return LongTermKey(arn).WithMFACode()
	case x.Session == SignInSessionToken && x.MFA:
		s = SessionTokenWithMFA(arn, x.MFAAge)
	case x.Session == SignInSessionToken:
		s = SessionToken(arn)
	case x.MFA:
		s = ConsoleWithMFA(arn, x.MFAAge)
	default:
		s = Console(arn)
	}
	if !x.At.IsZero() {
		s = s.IssuedAt(x.At.Add(-x.MFAAge))
	}
	return s
}

// homeOf is the account in which names are looked up.
func (e *Engine) homeOf(id string) (*Account, error) {
	if id != "" {
		return e.accountOf(id)
	}
	var only *Account
	for i := range e.world.Accounts {
		a := &e.world.Accounts[i]
		switch {
		case a.Partial:
		case only != nil:
			return nil, fmt.Errorf("is missing, and the world has several accounts; write its id")
		default:
			only = a
		}
	}
	if only == nil {
		return nil, fmt.Errorf("is missing, and the world has no account")
	}
	return only, nil
}

// named finds a user or role by name, "account/name" or ARN.
func (e *Engine) named(kind principalKind, name string, home *Account) (*principal, error) {
	word := "user"
	if kind == rolePrincipal {
		word = "role"
	}
	if isARN(name) {
		if p, known := e.principals[name]; known && p.kind == kind {
			return p, nil
		}
		return nil, fmt.Errorf("%q is no %s that this world knows, by itself or from a trust policy; %s", name, word, e.nearest(name, kind, "", (*principal).arnText))
	}
	plain := name
	if account, rest, found := strings.Cut(name, "/"); found {
		at := slices.IndexFunc(e.world.Accounts, func(a Account) bool { return a.ID == account || a.Alias == account && account != "" })
		if at < 0 {
			return nil, fmt.Errorf("%q names an account that this world does not have; write the name alone, or the ARN", name)
		}
		home, plain = &e.world.Accounts[at], rest
	}
	for _, p := range e.principals {
		if p.kind == kind && p.account.id == home.ID && p.name == plain {
			return p, nil
		}
	}
	return nil, fmt.Errorf("%q is no %s of account %s; %s", name, word, home.ID, e.nearest(plain, kind, home.ID, (*principal).friendly))
}

func (p *principal) arnText() string  { return p.arn }
func (p *principal) friendly() string { return p.name }

// nearest says what was probably meant.
func (e *Engine) nearest(name string, kind principalKind, account string, text func(*principal) string) string {
	var names []string
	for _, p := range e.principals {
		if p.kind == kind && (account == "" || p.account.id == account) {
			names = append(names, text(p))
		}
	}
	slices.Sort(names)
	return meant(name, names, "an expectation about what does not exist is worth nothing")
}

// meant is the nearest of the names as a question, or what else there is to say.
func meant(name string, names []string, otherwise string) string {
	if near := policy.Closest(name, names); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	return otherwise
}

// doors are the journeys to a door.
func (r *expectationReader) doors(j Journey) ([]Journey, *expectationError) {
	on := &r.x.On
	switch {
	case on.Instance == nil:
		return nil, cannot("on.instance", "is missing; doors are opened on nodes: write the tags of one, {} for none")
	case on.User != "" || on.Role != "" || on.ARN != "":
		return nil, cannot("on", "names more than a node; doors are opened on nodes")
	case len(on.VolumeKeys) > 0:
		return nil, cannot("on.volumeKeys", "goes with do: %s on an instance alone; remove it", startInstances)
	}
	account, err := r.engine.accountOf(r.caller.account.id)
	if err != nil || account.Partial {
		return nil, cannot("via", "is missing: the account of the person, %s, is not in this world, and neither are its nodes", r.caller.account.id)
	}
	var out []Journey
	for _, region := range r.regions(account) {
		if err := r.document(account, region); err != nil {
			return nil, err
		}
		next := j
		next.Opens = &Door{Kind: r.x.Opens, Document: on.Document, Account: account.ID, Node: r.node(region)}
		out = append(out, next)
	}
	return out, nil
}

func (r *expectationReader) node(region string) Node {
	return Node{Kind: Instance, ID: "i-0123456789abcdef0", Region: region, Tags: tagList(r.x.On.Instance)}
}

// regions are those that an expectation speaks of.
func (r *expectationReader) regions(a *Account) []string {
	if region := r.x.On.Region; region != "" {
		return []string{region}
	}
	for _, key := range r.x.On.VolumeKeys {
		if key != AWSManagedEBSKey {
			return []string{arnPart(key, 3)}
		}
	}
	var regions []string
	for i := range a.Preferences {
		if !slices.Contains(regions, a.Preferences[i].Region) {
			regions = append(regions, a.Preferences[i].Region)
		}
	}
	if len(regions) == 0 {
		return []string{someRegion(a.Partition)}
	}
	return regions
}

// region refuses a Region that the account cannot have.
func (r *expectationReader) region() *expectationError {
	region := r.x.On.Region
	if region == "" {
		return nil
	}
	if r.x.On.Instance == nil && r.x.On.Document == "" {
		return cannot("on.region", "goes with instance and document alone; remove it")
	}
	partition, err := policy.PartitionOfRegion(region)
	if err != nil || partition != defaultPartition(r.caller.account.partition) {
		return cannot("on.region", "%q is not a Region of account %s; write one such as %q", region, r.caller.account.id, someRegion(r.caller.account.partition))
	}
	return nil
}

// document refuses documents that nobody has. AWS's own are known by how their names begin.
//
// Source: AWS Systems Manager User Guide, Systems Manager documents; names that begin with "AWS" or "Amazon" are reserved.
func (r *expectationReader) document(a *Account, region string) *expectationError {
	name := r.x.On.Document
	if name == "" || name == PreferencesDocument || strings.HasPrefix(name, "AWS") || strings.HasPrefix(name, "Amazon") {
		return nil
	}
	var names []string
	for i := range a.Documents {
		if a.Documents[i].Region != region {
			continue
		}
		if a.Documents[i].Name == name {
			return nil
		}
		names = append(names, a.Documents[i].Name)
	}
	return cannot("on.document", "%q is no document of account %s in %s, and not one of AWS; %s", name, a.ID, region,
		meant(name, names, "an expectation about what does not exist is worth nothing"))
}

// readsItsTags refuses an expectation of Denied whose instance has tags of which the policies read none: a tag key that is misspelt would
// make every such expectation true.
func (r *expectationReader) readsItsTags() *expectationError {
	if !r.x.Denied || len(r.x.On.Instance) == 0 || r.caller.identity == nil || len(r.caller.unknowns) > 0 {
		return nil
	}
	var read []string
	for _, l := range append(slices.Clone(r.caller.account.guardrails), r.caller.identity, r.caller.boundary) {
		if l != nil {
			read = l.resourceTags(read)
		}
	}
	names := slices.Sorted(maps.Keys(r.x.On.Instance))
	for _, name := range names {
		if len(read) == 0 || slices.ContainsFunc(read, func(tag string) bool { return equalTagKey(tag, name) }) {
			return nil
		}
	}
	return cannot("on.instance", "no policy of %s reads the tag %q, so this is the same as an instance without tags; %s", arnResource(r.caller.arn),
		names[0], meant(names[0], read, "policies read "+joinWords(read, "and")))
}

// resourceTags adds the keys of resource tags that the statements read.
func (l *layer) resourceTags(into []string) []string {
	for _, st := range slices.Concat(l.deny, l.allow) {
		for i := range st.conditions {
			if k := &st.conditions[i].key; k.kind == keyResourceTag && !slices.Contains(into, k.tag) {
				into = append(into, k.tag)
			}
		}
	}
	return into
}
