package expect

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/wording"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// expectationError is what is wrong with an expectation itself. The field is empty where it is not one field's.
type expectationError struct {
	field  string
	reason *policy.ValueError
	// worded is the reason with other names for the fields that it speaks of; nil where it speaks of none.
	worded func(name Namer) *policy.ValueError
}

// Namer is how a field of an expectation is written, with a value or, where that is empty, by itself.
type Namer func(field, value string) string

// inFile writes fields as the stack file has them.
func inFile(field, value string) string {
	if value == "" {
		return field
	}
	return field + ": " + value
}

// cannot says why a field cannot be judged, and what to write instead.
func cannot(field, fix, why string, args ...any) *expectationError {
	return &expectationError{field: field, reason: policy.Refusef(fix, why, args...)}
}

// cannotNaming is cannot for a reason that speaks of fields.
func cannotNaming(field string, worded func(name Namer) *policy.ValueError) *expectationError {
	return &expectationError{field, worded(inFile), worded}
}

// cannotFor is cannot for the error of a check.
func cannotFor(field string, err error) *expectationError {
	return &expectationError{field: field, reason: reasonOf(err)}
}

func reasonOf(err error) *policy.ValueError {
	why, fix := policy.Reason(err)
	return &policy.ValueError{Why: why, Fix: fix}
}

func (e *expectationError) Error() string {
	if e.field == "" {
		return e.reason.Error()
	}
	return e.field + ": " + e.reason.Error()
}

func (e *expectationError) Unwrap() error { return e.reason }

// Named is an error of this package with its fields written in another way than the stack file's. Every other error
// stays as it is.
func Named(err error, name Namer) error {
	var wrong *expectationError
	if !errors.As(err, &wrong) {
		return err
	}
	named := &expectationError{field: wrong.field, reason: wrong.reason}
	if wrong.field != "" {
		named.field = name(wrong.field, "")
	}
	if wrong.worded != nil {
		named.reason = wrong.worded(name)
	}
	return named
}

// Journeys are the journeys that an expectation speaks of, whatever its outcome should be: one per Region where it
// names none. The error says which of its fields names what does not exist, or cannot be judged.
func Journeys(e *engine.Engine, x expectation.Expectation) ([]journey.Journey, error) {
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
	engine *engine.Engine
	x      *expectation.Expectation
	home   *world.Account
	// caller is who acts at the end: the role of Via, or the person.
	caller *engine.Principal
}

// journeys are the journeys that an expectation speaks of: one per Region where it names none.
func (r *expectationReader) journeys() ([]journey.Journey, *expectationError) {
	x := r.x
	if err := r.shape(); err != nil {
		return nil, err
	}
	home, err := homeOf(r.engine, x.Account)
	if err != nil {
		return nil, cannotFor("account", err)
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
	j.Network = journey.NetworkIn(x.With)
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
func (r *expectationReader) fromUser() (journey.Journey, *expectationError) {
	x := r.x
	person, err := named(r.engine, engine.UserPrincipal, x.As, r.home)
	if err != nil {
		return journey.Journey{}, cannotFor("as", err)
	}
	r.caller = person
	j := journey.Journey{From: signedIn(x, person.Arn), At: x.At}
	if x.Via != "" {
		role, err := named(r.engine, engine.RolePrincipal, x.Via, r.home)
		if err != nil {
			return journey.Journey{}, cannotFor("via", err)
		}
		r.caller = role
		j.Via = []journey.Hop{{Role: role.Arn, SessionName: x.SessionName, Tags: world.TagList(x.SessionTags)}}
	}
	return j, nil
}

// shape checks what goes with what, and reports the first that does not.
func (r *expectationReader) shape() *expectationError {
	for _, key := range slices.Sorted(maps.Keys(r.x.SessionTags)) {
		if policy.ValidateTagKey(key) != nil || policy.ValidateTagValue(r.x.SessionTags[key]) != nil {
			return cannot("sessionTags", "", "%s=%q is no tag that AWS takes", key, r.x.SessionTags[key])
		}
	}
	for _, check := range []func(*expectation.Expectation) *expectationError{shapeOfPerson, shapeOfOutcome, shapeOfSignIn, shapeOfRole, shapeOfCall} {
		if err := check(r.x); err != nil {
			return err
		}
	}
	return nil
}

// shapeOfPerson checks that there is one person, and that it has what people of its kind can have.
func shapeOfPerson(x *expectation.Expectation) *expectationError {
	switch {
	case x.As == "" && x.Person == nil:
		return cannot("as", "name the person", "is missing")
	case x.Person == nil:
		return nil
	case x.As != "":
		return cannot("as", "write one of the two", "names a user beside a person of IAM Identity Center")
	case x.Session != "" || x.MFAAge != 0:
		return cannot(
			"session", "a person of IAM Identity Center comes in through the access portal, which asks for MFA itself: remove it",
			"is for IAM users",
		)
	case x.SessionName != "":
		return cannot("sessionName", "remove it", "is the user name for a person of IAM Identity Center")
	case len(x.SessionTags) > 0:
		return cannot(
			"sessionTags", "remove it",
			"are what identityCenter.attributes give to a person of IAM Identity Center",
		)
	}
	return nil
}

// shapeOfOutcome checks that there is one outcome. An OS user implies allowed, so both may be set.
func shapeOfOutcome(x *expectation.Expectation) *expectationError {
	outcomes := 0
	for _, given := range []bool{x.Allowed && x.OSUser == "", x.Denied, x.OSUser != ""} {
		if given {
			outcomes++
		}
	}
	if outcomes != 1 {
		return cannot("", "write one of allowed, denied and osUser", "has %d outcomes", outcomes)
	}
	return nil
}

// shapeOfSignIn checks the way to sign in, and the MFA that it has.
func shapeOfSignIn(x *expectation.Expectation) *expectationError {
	switch {
	case x.Session != "" && !slices.Contains(expectation.SignIns(), x.Session):
		return cannot(
			"session", "write one of "+wording.JoinWords(expectation.SignIns(), "or"),
			"%q is not a way to sign in", x.Session,
		)
	case x.Session == expectation.SignInKey && x.MFA:
		return cannotNaming("mfa", func(name Namer) *policy.ValueError {
			return policy.Refusef("write "+name("session", string(expectation.SignInKeyWithMFACode))+" or sessionToken", "is never so of a long-term key")
		})
	case x.Session == expectation.SignInKeyWithMFACode && !x.MFA:
		return cannotNaming("mfa", func(name Namer) *policy.ValueError {
			return policy.Refusef("write "+name("session", string(expectation.SignInKey)), "contradicts %s", name("session", string(expectation.SignInKeyWithMFACode)))
		})
	case x.MFAAge < 0 || x.MFAAge > 0 && (!x.MFA || x.Session == expectation.SignInKeyWithMFACode):
		return cannot("mfaAge", "remove it", "is the age of a sign-in with MFA, which this session does not have")
	}
	return nil
}

// shapeOfRole checks that what belongs to the session of a role is there only where one is assumed.
func shapeOfRole(x *expectation.Expectation) *expectationError {
	switch {
	case x.SessionName != "" && x.Via == "" && !engine.IsAssumeRole(x.Do):
		return cannotNaming("sessionName", func(name Namer) *policy.ValueError {
			return policy.Refusef("write "+name("via", ""), "names the session of a role, and none is assumed")
		})
	case x.Then != "" && x.Person == nil:
		return cannotNaming("then", func(name Namer) *policy.ValueError {
			return policy.Refusef("write the role in "+name("via", ""), "is the role that somebody of Identity Center assumes next")
		})
	case len(x.SessionTags) > 0 && x.Via == "":
		return cannotNaming("sessionTags", func(name Namer) *policy.ValueError {
			return policy.Refusef("write "+name("via", ""), "are passed when a role is taken, and none is")
		})
	}
	return nil
}

// shapeOfCall checks that there is one call or one door, with what belongs to it.
func shapeOfCall(x *expectation.Expectation) *expectationError {
	switch {
	case (x.Do == "") == (x.Opens == ""):
		return cannotNaming("", func(name Namer) *policy.ValueError {
			return policy.Refusef("", "write one of %s and %s", name("do", ""), name("opens", ""))
		})
	case x.Opens != "" && !slices.Contains(world.Doors(), x.Opens):
		return cannot("opens", "write one of "+wording.JoinWords(world.Doors(), "or"), "%q is not a door", x.Opens)
	case x.Opens != "" && len(x.With) > len(journey.NetworkIn(x.With)):
		return cannotNaming("with", func(name Namer) *policy.ValueError {
			return policy.Refusef("of what opens a door only the network is not known (aws:SourceIp)", "is for the call of %s", name("do", ""))
		})
	case x.OSUser != "" && x.Opens != world.Shell:
		return cannotNaming("osUser", func(name Namer) *policy.ValueError {
			return policy.Refusef("write "+name("opens", string(world.Shell)), "is the login of a shell")
		})
	}
	return nil
}

// signedIn is how the person signs in.
func signedIn(x *expectation.Expectation, arn string) engine.Session {
	var s engine.Session
	switch {
	case x.Session == expectation.SignInKey:
		return engine.LongTermKey(arn)
	case x.Session == expectation.SignInKeyWithMFACode:
		return engine.LongTermKey(arn).WithMFACode()
	case x.Session == expectation.SignInSessionToken && x.MFA:
		s = engine.SessionTokenWithMFA(arn, x.MFAAge)
	case x.Session == expectation.SignInSessionToken:
		s = engine.SessionToken(arn)
	case x.MFA:
		s = engine.ConsoleWithMFA(arn, x.MFAAge)
	default:
		s = engine.Console(arn)
	}
	if !x.At.IsZero() {
		s = s.IssuedAt(x.At.Add(-x.MFAAge))
	}
	return s
}

// homeOf is the account in which names are looked up.
func homeOf(e *engine.Engine, id string) (*world.Account, error) {
	if id != "" {
		return e.AccountOf(id)
	}
	var only *world.Account
	for i := range e.World().Accounts {
		a := &e.World().Accounts[i]
		switch {
		case a.Partial:
		case only != nil:
			return nil, policy.Refusef("write its id", "is missing, and the world has several accounts")
		default:
			only = a
		}
	}
	if only == nil {
		return nil, policy.Refusef("", "is missing, and the world has no account")
	}
	return only, nil
}

// named finds a user or role by name, "account/name" or ARN.
func named(e *engine.Engine, kind engine.PrincipalKind, name string, home *world.Account) (*engine.Principal, error) {
	word := "user"
	if kind == engine.RolePrincipal {
		word = "role"
	}
	if policy.IsARN(name) {
		if p, known := e.Principals[name]; known && p.Kind == kind {
			return p, nil
		}
		return nil, policy.Refusef(
			nearest(e, name, kind, "", arnOf),
			"%q is no %s that this world knows, by itself or from a trust policy", name, word,
		)
	}
	home, plain := accountNamed(e, name, home)
	if home == nil {
		return nil, policy.Refusef(
			"write the name alone, or the ARN",
			"%q names an account that this world does not have", name,
		)
	}
	for _, p := range e.Principals {
		if p.Kind == kind && p.Account.ID == home.ID && p.Name == plain {
			return p, nil
		}
	}
	return nil, policy.Refusef(
		nearest(e, plain, kind, home.ID, nameOf),
		"%q is no %s of account %s", name, word, home.ID,
	)
}

// nearest says what was probably meant.
func nearest(
	e *engine.Engine,
	name string,
	kind engine.PrincipalKind,
	account string,
	text func(*engine.Principal) string,
) string {
	var names []string
	for _, p := range e.Principals {
		if p.Kind == kind && (account == "" || p.Account.ID == account) {
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
func (r *expectationReader) doors(j journey.Journey) ([]journey.Journey, *expectationError) {
	target := &r.x.On
	switch {
	case target.Instance == nil:
		return nil, cannot(
			"on.instance", "doors are opened on nodes: write the tags of one, {} for none",
			"is missing",
		)
	case target.User != "" || target.Role != "" || target.ARN != "":
		return nil, cannot("on", "doors are opened on nodes", "names more than a node")
	case len(target.VolumeKeys) > 0:
		return nil, keysOfAStart()
	}
	account, err := r.engine.AccountOf(r.caller.Account.ID)
	if err != nil || account.Partial {
		return nil, cannot(
			"via", "",
			"is missing: the account of the person, %s, is not in this world, and neither are its nodes", r.caller.Account.ID,
		)
	}
	var out []journey.Journey
	for _, region := range r.regions(account) {
		if err := r.document(account, region); err != nil {
			return nil, err
		}
		next := j
		next.Opens = &journey.Door{Kind: r.x.Opens, Document: target.Document, Account: account.ID, Node: r.node(region)}
		out = append(out, next)
	}
	return out, nil
}

func (r *expectationReader) node(region string) world.Node {
	return world.Node{
		Kind:   world.Instance,
		ID:     "i-0123456789abcdef0",
		Region: region,
		Tags:   world.TagList(r.x.On.Instance),
	}
}

// regions are those that an expectation speaks of.
func (r *expectationReader) regions(a *world.Account) []string {
	if region := r.x.On.Region; region != "" {
		return []string{region}
	}
	for _, key := range r.x.On.VolumeKeys {
		if key != journey.AWSManagedEBSKey {
			return []string{policy.ARNPart(key, 3)}
		}
	}
	var regions []string
	for i := range a.Preferences {
		if !slices.Contains(regions, a.Preferences[i].Region) {
			regions = append(regions, a.Preferences[i].Region)
		}
	}
	if len(regions) == 0 {
		return []string{engine.SomeRegion(a.Partition)}
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
		return cannot("on.region", "remove it", "goes with instance and document alone")
	}
	partition, err := policy.PartitionOfRegion(region)
	if err != nil || partition != journey.DefaultPartition(r.caller.Account.Partition) {
		return cannot(
			"on.region", fmt.Sprintf("write one such as %q", engine.SomeRegion(r.caller.Account.Partition)),
			"%q is not a Region of account %s", region, r.caller.Account.ID,
		)
	}
	return nil
}

// document refuses documents that nobody has. AWS's own are known by how their names begin.
//
// Source: AWS Systems Manager User Guide, Systems Manager documents; names that begin with "AWS" or "Amazon" are
// reserved.
func (r *expectationReader) document(a *world.Account, region string) *expectationError {
	name := r.x.On.Document
	if name == "" || name == world.PreferencesDocument || strings.HasPrefix(name, "AWS") ||
		strings.HasPrefix(name, "Amazon") {
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
	return cannot(
		"on.document", meant(name, names, "an expectation about what does not exist is worth nothing"),
		"%q is no document of account %s in %s, and not one of AWS", name, a.ID, region,
	)
}

// readByAnother reports whether a policy of another user or role, of whichever account, reads a tag: the key is then
// no misspelling, although it makes no difference to the caller.
func (r *expectationReader) readByAnother(name string) bool {
	for _, other := range r.engine.Principals {
		if other.Identity == nil {
			continue
		}
		for _, tag := range other.Identity.ResourceTags(nil) {
			if engine.EqualTagKey(tag, name) {
				return true
			}
		}
	}
	return false
}

// readsItsTags refuses an expectation of Denied whose instance has tags of which the policies read none: a tag key
// that is misspelt would make every such expectation true.
func (r *expectationReader) readsItsTags() *expectationError {
	if !r.x.Denied || len(r.x.On.Instance) == 0 || r.caller.Identity == nil || len(r.caller.Unknowns) > 0 {
		return nil
	}
	var read []string
	for _, l := range append(slices.Clone(r.caller.Account.Guardrails), r.caller.Identity, r.caller.Boundary) {
		if l != nil {
			read = l.ResourceTags(read)
		}
	}
	names := slices.Sorted(maps.Keys(r.x.On.Instance))
	for _, name := range names {
		if len(read) == 0 || slices.ContainsFunc(read, func(tag string) bool { return engine.EqualTagKey(tag, name) }) {
			return nil
		}
		if r.readByAnother(name) {
			return nil
		}
	}
	return cannot(
		"on.instance",
		meant(names[0], read, "policies read "+wording.JoinWords(read, "and")+"; write a value for one of them in on.instance"),
		"no policy of %s reads the tag %q, so this is the same as an instance without tags", policy.ARNResource(r.caller.Arn), names[0],
	)
}

// accountNamed is the account of a name that is written as "account/name", by the id or the alias of the account, and
// the
// name alone. A name without an account is of home. The account is nil where the world has none of the kind.
func accountNamed(e *engine.Engine, written string, home *world.Account) (_ *world.Account, name string) {
	account, name, found := strings.Cut(written, "/")
	if !found {
		return home, written
	}
	accounts := e.World().Accounts
	index := slices.IndexFunc(accounts, func(a world.Account) bool {
		return a.ID == account || a.Alias == account && account != ""
	})
	if index < 0 {
		return nil, name
	}
	return &accounts[index], name
}

func arnOf(p *engine.Principal) string  { return p.Arn }
func nameOf(p *engine.Principal) string { return p.Name }
