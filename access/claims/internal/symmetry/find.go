package symmetry

import (
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// place says what a text of a world or an intent is.
type place uint8

const (
	// elsewhere is a text that names nobody, or whose meaning the program knows: a name in it is no name to exchange.
	elsewhere place = iota
	// naming is an ARN, a name, an id, or a pattern of them.
	naming
	// tagging is the value of a tag, or what conditions compare one with: exchanged whole.
	tagging
	// configured says where an intent is configured: no proof compares it with anything.
	configured
	// acting is an action: it meets neither names nor values.
	acting
	// counting is a number or a time that a condition compares its key with; else it is as elsewhere.
	counting
	// conditional is what a condition compares its key with; the key says which of the others it is.
	conditional
)

// placesOf are the fields whose texts are not elsewhere. A field that is added later is.
var placesOf = map[reflect.Type]map[string]place{
	reflect.TypeFor[world.User](): {
		"Name":     naming,
		"ID":       naming,
		"Attached": naming,
		"Boundary": naming,
	},
	reflect.TypeFor[world.Role](): {
		"Name":     naming,
		"ID":       naming,
		"Attached": naming,
		"Boundary": naming,
	},
	reflect.TypeFor[world.Group]():               {"Attached": naming},
	reflect.TypeFor[world.Tag]():                 {"Value": tagging},
	reflect.TypeFor[world.Account]():             {"ID": naming, "Alias": tagging},
	reflect.TypeFor[world.ManagedPolicy]():       {"ARN": naming},
	reflect.TypeFor[world.Node]():                {"Profile": naming, "VolumeKeys": naming},
	reflect.TypeFor[world.SessionDocument]():     {"Owner": naming},
	reflect.TypeFor[world.SessionPreferences]():  {"KMSKey": naming},
	reflect.TypeFor[world.OrganizationAccount](): {"ID": naming},
	reflect.TypeFor[policy.Statement](): {
		"Actions": acting, "NotActions": acting, "Resources": naming, "NotResources": naming,
	},
	reflect.TypeFor[policy.Principal]():    {"Values": naming},
	reflect.TypeFor[policy.Condition]():    {"Values": conditional},
	reflect.TypeFor[intent.Role]():         {"ARN": naming, "Principals": naming, "Key": configured},
	reflect.TypeFor[intent.FreeDocument](): {"Key": configured},
	reflect.TypeFor[intent.Shells]():       {"Key": configured, "Projects": tagging},
	reflect.TypeFor[intent.OperationRole](): {
		"Project":    tagging,
		"Projects":   tagging,
		"RunAs":      tagging,
		"VolumeKeys": naming,
	},
	reflect.TypeFor[intent.Account](): {
		"Account": naming, "Members": naming, "Administrators": naming, "BreakGlass": naming, "OwnOSUserRoles": naming,
		"Deployer": naming, "RoleAccounts": naming,
	},
	reflect.TypeFor[intent.Organization](): {"Changers": naming, "BreakGlass": naming, "RootAccounts": naming},
	reflect.TypeFor[intent.Doors](): {
		"Accounts": naming, "Sessions": naming, "OtherDoors": naming, "RemoteExecution": naming,
	},
	reflect.TypeFor[intent.Passwords](): {"Accounts": naming, "JumpAccounts": naming, "Exempt": naming},
	reflect.TypeFor[intent.Protected](): {
		"Accounts": naming, "Roles": naming, "CredentialAdmins": naming, "Taggers": naming, "StackSetAdmins": naming,
		"PeopleAccounts": naming, "Groups": naming, "OwnOSUserRoles": naming, "ServiceRoles": naming,
	},
	reflect.TypeFor[intent.Makers](): {"By": naming, "Roles": naming},
}

// placeIn is what the values of a condition are.
func placeIn(c *policy.Condition) place {
	switch base := string(c.Operator.Base); {
	case c.Operator.Base == policy.OpNull:
		return elsewhere
	case strings.HasPrefix(base, "Numeric"), strings.HasPrefix(base, "Date"):
		return counting
	}
	key := strings.ToLower(c.Key)
	switch key {
	case "aws:username", "aws:userid", "aws:principalarn", "sts:rolesessionname",
		"aws:principalaccount", "aws:resourceaccount", "aws:sourceaccount":
		return naming
	}
	if head, _, tag := strings.Cut(key, "tag/"); tag &&
		slices.Contains([]string{"aws:principal", "aws:request", "aws:resource"}, head) ||
		strings.Contains(key, ":resourcetag/") {
		return tagging
	}
	return elsewhere
}

// fieldPlaces are the places of the fields of a struct type, in their order; nil where all are elsewhere.
var fieldPlaces sync.Map

func placesIn(t reflect.Type) []place {
	if have, known := fieldPlaces.Load(t); known {
		return have.([]place)
	}
	places := make([]place, t.NumField())
	for i := range places {
		places[i] = placesOf[t][t.Field(i).Name]
	}
	fieldPlaces.Store(t, places)
	return places
}

// standing is how a text stands.
type standing struct {
	place
	// list is the number of the list in which the text stands, zero for none, and length how long it is.
	list, length int
	// with is what stands beside it in the same element of the list.
	with string
}

// reading goes through every text of a value.
type reading struct {
	// text is told each text, and how it stands.
	text func(s string, where standing)
	// rest is told everything that is no text; nil means that nobody listens.
	rest  func(reflect.Value)
	lists *int
}

func (r *reading) value(v reflect.Value, where place) {
	switch v.Kind() {
	case reflect.String:
		r.text(v.String(), standing{place: where})
	case reflect.Pointer, reflect.Interface:
		r.count(v, 1)
		if !v.IsNil() {
			r.value(v.Elem(), where)
		}
	case reflect.Slice, reflect.Array:
		r.list(v, where)
	case reflect.Struct:
		r.structure(v)
	case reflect.Map:
		// No value of a world or an intent has one that names somebody; what is in it counts as it is.
		r.other(v)
		for each := v.MapRange(); each.Next(); {
			r.value(each.Key(), elsewhere)
			r.value(each.Value(), elsewhere)
		}
	default:
		r.other(v)
	}
}

func (r *reading) structure(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		r.other(v)
		return
	}
	places := placesIn(v.Type())
	for i := range v.NumField() {
		in := places[i]
		switch {
		case in == conditional:
			condition := v.Interface().(policy.Condition)
			in = placeIn(&condition)
		case in == naming && v.Type() == reflect.TypeFor[policy.Principal]() &&
			v.Field(0).String() != string(policy.PrincipalAWS):
			in = elsewhere
		}
		r.value(v.Field(i), in)
	}
}

func (r *reading) list(v reflect.Value, where place) {
	r.count(v, v.Len())
	element := v.Type().Elem()
	placed := element == reflect.TypeFor[world.OrganizationAccount]()
	if !placed && element.Kind() != reflect.String {
		for i := range v.Len() {
			r.value(v.Index(i), where)
		}
		return
	}
	*r.lists++
	in := standing{place: where, list: *r.lists, length: v.Len()}
	for i := range v.Len() {
		if !placed {
			r.text(v.Index(i).String(), in)
			continue
		}
		account := v.Index(i).Interface().(world.OrganizationAccount)
		policies := rests.DigestOf(account.Policies)
		r.text(account.ID, standing{place: naming, list: in.list, length: in.length, with: string(policies[:])})
		r.value(reflect.ValueOf(account.Policies), elsewhere)
	}
}

func (r *reading) other(v reflect.Value) {
	if r.rest != nil {
		r.rest(v)
	}
}

// count tells nothing from something, and how much it is.
func (r *reading) count(v reflect.Value, n int) {
	if r.rest == nil {
		return
	}
	if v.Kind() != reflect.Array && v.IsNil() {
		n = -1
	}
	r.rest(reflect.ValueOf(n))
}

// individual is a user, a role or an account of the world, on the way to being found like another.
type individual struct {
	arn, name, id string
	// account is the place of the account that it belongs to, its own for an account.
	account int
	// record are the user, role or account and what intents say of it.
	record []any
	// fixed says that the name is no name to exchange: others have it, a pattern meets it, or it stands where names
	// have another meaning.
	fixed bool
	// units are the first of those with whom it is exchanged, at each level.
	units [Levels]int
}

func (one *individual) isAccount() bool { return one.arn == one.name }

// A user and the roles that it alone is named by are exchanged for others of the same accounts at the first level; an
// account with all that is in it, and with those of other accounts whom its roles name, at the second.
const (
	OfPeople = iota
	OfAccounts
	Levels
)

// mention says that a record names somebody of another one.
type mention struct {
	who, owner int
	list       int
	// element is the element of the list with its name left out.
	element string
}

// tagValue is a text that is exchanged whole.
type tagValue struct {
	text string
	// owners are those in whose records it stands; fixed says that it is no text to exchange.
	owners []int
	fixed  bool
	// parts are individuals whose names are words of it.
	parts []int
}

// nobody is the record that is no individual's.
const nobody = -1

// likenesses finds who is like whom.
type likenesses struct {
	all []*individual
	// byName are the places of all by their names and ids, in lower case, byARN by their ARNs.
	byName, byARN map[string]int
	values        map[string]*tagValue
	// others are all texts that are no values, in lower case.
	others map[string]bool
	// patterns are the texts with wildcards that names and values can meet.
	patterns map[string]bool
	mentions []mention
	// off says that something glues names to other texts, valuesOff that something does so with values, accountsOff
	// that something compares numbers that account ids can be.
	off, valuesOff, accountsOff bool
	lists                       int
	buffer                      []byte
}

// patternsOfProofs are those of the program in which names of users and roles can begin or end.
var patternsOfProofs = []string{
	"AWSReservedSSO_*",
	"AWSServiceRole*",
	"StackSet-*",
	"stacksets-exec-*",
	"ec2.*.amazonaws.com",
	"*.amazonaws.com.cn",
}

// ambiguous is a name that several have.
const ambiguous = -2

func newLikenesses() *likenesses {
	f := &likenesses{
		byName: map[string]int{}, byARN: map[string]int{},
		values: map[string]*tagValue{}, others: map[string]bool{}, patterns: map[string]bool{},
	}
	for _, pattern := range patternsOfProofs {
		f.patterns[pattern] = true
	}
	return f
}

// Find finds who is like whom in a world and the intents of its accounts; nil where nobody is.
func Find(e *engine.Engine, intents []intent.Account) *Classes {
	f := newLikenesses()
	f.gather(e.World(), intents)
	for i, one := range f.all {
		for _, record := range one.record {
			f.read(record, i)
		}
	}
	f.read(e.World().Organization, nobody)
	f.read(e.World().IdentityCenter, nobody)
	if f.off {
		return nil
	}
	f.settle()
	l := &Classes{}
	for level := range Levels {
		l.levels[level].begin(f.exchangesAt(level))
	}
	return l
}

// ListedAlike says of accounts, given by their ids, in which lists of the records each is named, and as what: two that
// are named alike can be exchanged, and the records are the same. An account that cannot be exchanged with any other is
// left out. False says that of none it is known.
func ListedAlike(ids []string, records ...any) (map[string][]string, bool) {
	f := newLikenesses()
	for _, id := range ids {
		f.add(&individual{arn: id, name: id, account: len(f.all)})
	}
	for _, record := range records {
		f.read(record, nobody)
	}
	if f.off {
		return nil, false
	}
	f.settle()
	x := f.exchangesAt(OfAccounts)
	listed := map[string][]string{}
	for i, one := range f.all {
		if !x.fixed[i] {
			listed[one.name] = x.listedAs(i)
		}
	}
	return listed, true
}

// gather lists the accounts, users and roles with what is said of each.
func (f *likenesses) gather(w world.World, intents []intent.Account) {
	for i := range w.Accounts {
		a := &w.Accounts[i]
		rest := *a
		rest.Users, rest.Roles = nil, nil
		account := len(f.all)
		f.add(&individual{arn: a.ID, name: a.ID, account: account, record: []any{&rest}})
		for j := range a.Users {
			u := &a.Users[j]
			f.add(&individual{arn: u.ARN(a), name: u.Name, id: u.ID, account: account, record: []any{u}})
		}
		for j := range a.Roles {
			r := &a.Roles[j]
			f.add(&individual{arn: r.ARN(a), name: r.Name, id: r.ID, account: account, record: []any{r}})
		}
	}
	for i := range intents {
		in := intents[i]
		in.OperationRoles, in.DelegatedRoles = nil, nil
		for j := range intents[i].OperationRoles {
			if r := &intents[i].OperationRoles[j]; !f.about(r.ARN, r) {
				in.OperationRoles = append(in.OperationRoles, *r)
			}
		}
		for j := range intents[i].DelegatedRoles {
			if r := &intents[i].DelegatedRoles[j]; !f.about(r.ARN, r) {
				in.DelegatedRoles = append(in.DelegatedRoles, *r)
			}
		}
		f.about(in.Account, &in)
	}
}

// about adds something to the record of a user, role or account of the world.
func (f *likenesses) about(arn string, record any) bool {
	index, known := f.byARN[arn]
	if known {
		f.all[index].record = append(f.all[index].record, record)
	}
	return known
}

func (f *likenesses) add(one *individual) {
	index := len(f.all)
	one.units = [Levels]int{index, index}
	f.byARN[one.arn] = index
	f.all = append(f.all, one)
	for _, name := range []string{one.name, one.id} {
		if name == "" {
			continue
		}
		key := strings.ToLower(name)
		if have, known := f.byName[key]; known {
			if have >= 0 {
				f.all[have].fixed = true
			}
			f.byName[key], one.fixed = ambiguous, true
		} else {
			f.byName[key] = index
		}
		fine := exchangeable(name) && !known(key)
		if one.isAccount() {
			fine = policy.IsAccountID(name) && !slices.Contains(rests.MadeUp, name)
		}
		one.fixed = one.fixed || !fine || strings.Trim(key, lettersOfNames) != ""
	}
}

const lettersOfNames = "abcdefghijklmnopqrstuvwxyz0123456789+=,.@_-"

// exchangeable reports whether a text is nothing but a text to every operator of conditions: no number, date, address
// or boolean.
func exchangeable(text string) bool {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }) {
		return false
	}
	_, number := strconv.ParseFloat(text, 64)
	_, boolean := strconv.ParseBool(strings.ToLower(text))
	_, date := literal.ParseDate(text)
	_, address := netip.ParseAddr(text)
	_, network := netip.ParsePrefix(text)
	return number != nil && boolean != nil && date != nil && address != nil && network != nil
}

// known reports whether a name is a word that ARNs, actions or the program itself have.
func known(name string) bool { return words()[name] }

var words = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, word := range []string{
		"arn", "aws", "aws-cn", "aws-us-gov", "user", "role", "group", "policy", "mfa", "root", "assumed-role",
		"federated-user", "instance", "managed-instance", "instance-profile", "document", "session", "guardrails",
		"saml-provider", "oidc-provider", "server-certificate", "access-report", "service-role", "aws-service-role",
		"aws-reserved", "sso.amazonaws.com", "amazonaws.com", "somebody", "somebody-new", "something-new",
		rests.AnotherDevice, rests.SomeOSUser, world.AgentUser, world.PreferencesDocument,
	} {
		all[strings.ToLower(word)] = true
	}
	for _, action := range catalogue.Actions() {
		service, _, _ := strings.Cut(action, ":")
		all[strings.ToLower(service)] = true
	}
	for _, region := range policy.Regions() {
		all[region] = true
	}
	return all
})

// read reads the texts of one record.
func (f *likenesses) read(record any, owner int) {
	r := reading{lists: &f.lists, text: func(s string, where standing) { f.text(s, where, owner) }}
	r.value(reflect.ValueOf(record), elsewhere)
}

// text notes what a text says of somebody.
func (f *likenesses) text(s string, where standing, owner int) {
	if where.place == acting || where.place == configured {
		return
	}
	if strings.Contains(s, "${") {
		f.variables(s)
	}
	if strings.ContainsAny(s, "*?") {
		f.patterns[s] = true
	}
	f.buffer = append(f.buffer[:0], s...)
	for i, b := range f.buffer {
		if b >= 'A' && b <= 'Z' {
			f.buffer[i] = b + 'a' - 'A'
		}
	}
	var value *tagValue
	if where.place == tagging {
		value = f.value(s, owner)
	} else if !f.others[string(f.buffer)] {
		f.others[string(f.buffer)] = true
	}
	f.accountsOff = f.accountsOff || where.place == counting && large(s)
	for name, begin := range namesIn(s) {
		who, known := f.byName[string(f.buffer[begin:begin+len(name)])]
		if known && who >= 0 && who != owner {
			f.mention(who, owner, s, name, begin, where, value)
		} else if known && who == owner {
			f.checked(who, s, name, where, value)
		}
	}
}

// large reports whether a text is a number, or a time in seconds, that account ids can lie about.
func large(s string) bool {
	const least = 1e11
	if len(s) < 10 || strings.IndexByte("+-.0123456789", s[0]) < 0 {
		return false
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return math.Abs(n) >= least
	}
	moment, err := literal.ParseDate(s)
	return err == nil && math.Abs(float64(moment.Unix())) >= least
}

// value notes the value of a tag.
func (f *likenesses) value(s string, owner int) *tagValue {
	have, known := f.values[string(f.buffer)]
	if !known {
		have = &tagValue{text: s}
		f.values[string(f.buffer)] = have
	}
	have.fixed = have.fixed || owner == nobody || have.text != s
	if !have.fixed && !slices.Contains(have.owners, owner) {
		have.owners = append(have.owners, owner)
		have.fixed = len(have.owners) > largestUnit
	}
	return have
}

// checked notes where somebody's name is no name to exchange; it reports whether it is one.
func (f *likenesses) checked(who int, s, name string, where standing, value *tagValue) bool {
	one := f.all[who]
	switch {
	case where.place == tagging && name != s:
		value.parts = append(value.parts, who)
		return false
	case where.place == elsewhere,
		where.place == counting,
		name != one.name && name != one.id,
		where.place == tagging && !unknownToProofs(s):
		one.fixed = true
		return false
	}
	return true
}

// mention notes that the record of another names somebody.
func (f *likenesses) mention(who, owner int, s, name string, begin int, where standing, value *tagValue) {
	// What is in an account names the account everywhere.
	inside := owner != nobody && f.all[owner].account == who
	if !f.checked(who, s, name, where, value) || inside {
		return
	}
	m := mention{who: who, owner: owner}
	alone := !f.all[who].isAccount() && owner != nobody && !f.all[owner].isAccount() && where.length == 1
	if where.list > 0 && !alone {
		m.list, m.element = where.list, s[:begin]+"\x00"+s[begin+len(name):]+"\x00"+where.with
	}
	f.mentions = append(f.mentions, m)
}

// variables looks at the policy variables of a text: one that stands beside other characters of names makes texts of
// names that are no names.
func (f *likenesses) variables(s string) {
	for from := 0; ; {
		start := strings.Index(s[from:], "${")
		if start < 0 {
			return
		}
		start += from
		length := strings.IndexByte(s[start:], '}')
		if length < 0 {
			return
		}
		from = start + length + 1
		name := s[start+2 : from-1]
		if slices.Contains([]string{"$", "*", "?"}, name) {
			continue
		}
		glued := func(i int) bool {
			return i >= 0 && i < len(s) && (ofNames(s[i]) || strings.IndexByte("*?$}", s[i]) >= 0)
		}
		f.off = f.off || glued(start-1) || glued(from)
		alone := start == 0 && from == len(s)
		f.valuesOff = f.valuesOff || !alone && strings.Contains(strings.ToLower(name), "tag/")
	}
}

// The largest units: of people with their roles, and of accounts with all that is in them.
const (
	largestUnit    = 8
	largestAccount = 20_000
)

// settle finds out who is exchanged with whom, now that everything was read.
func (f *likenesses) settle() {
	patterns, general := f.fragments(), f.general()
	for key, v := range f.values {
		_, named := f.byName[key] // Then the name is exchanged, not the value.
		v.fixed = v.fixed || named || f.valuesOff || f.others[key] || !exchangeable(v.text) ||
			!unknownToProofs(v.text) || meets(general, key)
		if v.fixed {
			for _, who := range v.parts {
				f.all[who].fixed = true
			}
		}
	}
	for _, one := range f.all {
		for _, name := range []string{one.name, one.id} {
			one.fixed = one.fixed || name != "" && patterns.meet(strings.ToLower(name)) ||
				one.isAccount() && f.accountsOff
		}
	}
	f.settlePeople()
	f.settleAccounts()
	for i, one := range f.all {
		for level := range Levels {
			one.units[level] = f.root(level, i)
		}
	}
}

// settlePeople puts everybody into a unit with the few whose records name them alone.
func (f *likenesses) settlePeople() {
	by := map[int][]int{}
	for _, m := range f.mentions {
		if m.list == 0 && f.isPerson(m.who) && f.isPerson(m.owner) && !slices.Contains(by[m.who], m.owner) {
			by[m.who] = append(by[m.who], m.owner)
		}
	}
	for who, owners := range by {
		if len(owners) >= largestUnit {
			continue
		}
		for _, owner := range owners {
			f.join(OfPeople, who, owner)
		}
	}
}

// isPerson reports whether a record is that of a user or role.
func (f *likenesses) isPerson(i int) bool { return i != nobody && !f.all[i].isAccount() }

// settleAccounts puts everybody into the unit of an account: their own, or the one whose roles alone name them.
func (f *likenesses) settleAccounts() {
	const several = -2
	home := map[int]int{}
	for _, m := range f.mentions {
		if m.list != 0 || !f.isPerson(m.who) || !f.isPerson(m.owner) ||
			!strings.HasPrefix(policy.ARNResource(f.all[m.who].arn), "user/") {
			continue
		}
		account := f.all[m.owner].account
		if have, known := home[m.who]; known && have != account {
			account = several
		}
		home[m.who] = account
	}
	for i, one := range f.all {
		one.units[OfAccounts] = one.account
		if account, known := home[i]; known && account != several {
			one.units[OfAccounts] = account
		}
	}
}

// join makes one unit of the units of two individuals.
func (f *likenesses) join(level, a, b int) {
	x, y := f.root(level, a), f.root(level, b)
	f.all[max(x, y)].units[level] = min(x, y)
}

func (f *likenesses) root(level, i int) int {
	for f.all[i].units[level] != i {
		f.all[i].units[level] = f.all[f.all[i].units[level]].units[level]
		i = f.all[i].units[level]
	}
	return i
}

// unknownToProofs reports whether the program knows nothing about a value: it is no login of machine images, no word of
// the program and no pattern.
func unknownToProofs(s string) bool {
	lower := strings.ToLower(s)
	return !slices.Contains(world.ImageUsers, lower) && !known(lower) && !strings.ContainsAny(s, "$*?") &&
		!strings.HasPrefix(lower, "arn:")
}
