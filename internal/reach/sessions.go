package reach

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// maxHops bounds how many roles are taken one after the other. AWS allows more; a role of this repository trusts
// users alone.
const maxHops = 3

// waysAt is what the person reaches at a time: by itself, and in every role.
func (b *finder) waysAt(home *world.Account, user *world.User, moment time.Time) ([]Way, error) {
	var rows []Way
	for _, w := range b.ownWays(home, user, moment) {
		doors, err := b.doors(&w, moment)
		if err != nil {
			return nil, err
		}
		rows = append(rows, doors...)
	}
	rows = merge(
		rows,
		func(r *Way) { r.SignIns = nil },
		func(into, from *Way) { into.SignIns = append(into.SignIns, from.SignIns...) },
	)
	front, err := b.roleWays(home, user, moment)
	if err != nil {
		return nil, err
	}
	inRoles, err := b.follow(front, moment)
	return append(rows, inRoles...), err
}

// follow is what is reached in the roles at the end of ways, and in those that are taken from them.
func (b *finder) follow(front []path, moment time.Time) ([]Way, error) {
	var rows []Way
	taken := map[string]bool{}
	for depth := 1; len(front) > 0; depth++ {
		for i := range front {
			taken[front[i].session.Subject()] = true
		}
		var next []path
		for i := range front {
			doors, err := b.doors(&front[i], moment)
			if err != nil {
				return nil, err
			}
			if len(doors) == 0 {
				doors = []Way{b.row(&front[i])}
			}
			rows = append(rows, doors...)
			if depth == maxHops {
				continue
			}
			more, err := b.chained(&front[i], moment, taken)
			if err != nil {
				return nil, err
			}
			next = append(next, more...)
		}
		front = next
	}
	return rows, nil
}

// signIn is a way to sign in, those without MFA first.
type signIn struct {
	name SignIn
	with func(arn string, age time.Duration) access.Session
}

var (
	consoleWithoutMFA = signIn{
		ConsoleWithoutMFA,
		func(arn string, _ time.Duration) access.Session { return access.Console(arn) },
	}
	accessKey = signIn{
		AccessKey,
		func(arn string, _ time.Duration) access.Session { return access.LongTermKey(arn) },
	}
	tokenWithoutMFA = signIn{
		TokenWithoutMFA,
		func(arn string, _ time.Duration) access.Session { return access.SessionToken(arn) },
	}
	consoleWithMFA    = signIn{ConsoleWithMFA, access.ConsoleWithMFA}
	accessKeyWithCode = signIn{
		AccessKeyWithCode,
		func(arn string, _ time.Duration) access.Session { return access.LongTermKey(arn).WithMFACode() },
	}
	tokenWithMFA = signIn{TokenWithMFA, access.SessionTokenWithMFA}

	signIns = []signIn{consoleWithoutMFA, accessKey, tokenWithoutMFA, consoleWithMFA, accessKeyWithCode, tokenWithMFA}
)

// placeOf is the place of a way to sign in among those of IAM users.
func placeOf(s SignIn) int {
	return slices.IndexFunc(signIns, func(one signIn) bool { return one.name == s })
}

// session is the session of a way to sign in at a time.
func (s signIn) session(arn string, moment time.Time, age time.Duration) access.Session {
	return s.with(arn, age).IssuedAt(moment.Add(-age))
}

// ownWays are the sessions of the person without a role. Those that are left out carry the same keys as one of them,
// or fewer rights. Of a stranger nothing is known, and what a stranger does at home is nobody's business here.
func (b *finder) ownWays(home *world.Account, user *world.User, moment time.Time) []path {
	if user.Stranger {
		return nil
	}
	var ways []path
	for _, s := range []signIn{consoleWithoutMFA, accessKey, consoleWithMFA} {
		ways = append(
			ways,
			path{
				person:  iamUser(home, user),
				home:    home,
				tags:    user.Tags,
				session: s.session(user.ARN(home), moment, 0),
				signIns: []SignIn{s.name},
			},
		)
	}
	return ways
}

// roleWays are the roles that the person takes directly.
func (b *finder) roleWays(home *world.Account, user *world.User, moment time.Time) ([]path, error) {
	var ways []path
	for _, one := range b.roles.speakingOf(user.ARN(home), home.ID) {
		for _, tags := range sessionTags(user, one.role) {
			taken := hop{one.account, one.role, tags}
			w, err := b.roleWay(
				path{person: iamUser(home, user), home: home, hops: []hop{taken}, tags: one.role.Tags},
				tags,
				moment,
			)
			if err != nil {
				return nil, err
			}
			if len(w.signIns) > 0 {
				ways = append(ways, w)
			}
		}
	}
	return ways, nil
}

// sessionTags are the session tags that the person may try to pass: none, and where the trust policy takes tags the
// own OS user.
func sessionTags(user *world.User, role *world.Role) [][]world.Tag {
	all := [][]world.Tag{nil}
	takes := slices.ContainsFunc(role.Trust.Statements, func(st policy.Statement) bool {
		return slices.ContainsFunc(st.Actions, func(action string) bool {
			return strings.EqualFold(action, "sts:TagSession") || strings.HasSuffix(action, "*")
		})
	})
	for _, tag := range user.Tags {
		if takes && strings.EqualFold(tag.Key, world.RunAsTag) {
			all = append(all, []world.Tag{{Key: world.RunAsTag, Value: tag.Value}})
		}
	}
	return all
}

// roleWay is the way into one role with session tags. It has no sign-ins when there is none.
func (b *finder) roleWay(w path, tags []world.Tag, moment time.Time) (path, error) {
	arn, role := w.person.ARN, w.hops[0].role.ARN(w.hops[0].account)
	request := assume(role, w.person.SessionName, moment, tags...)
	for _, s := range signIns {
		if len(tags) > 0 && (s.name == consoleWithMFA.name || s.name == consoleWithoutMFA.name) {
			// Switch Role passes no tags. What calls sts:AssumeRole from the console, CloudShell, is a command line.
			continue
		}
		allowed, assumptions, err := b.decide(s.session(arn, moment, 0), request)
		if err != nil {
			return w, err
		}
		if !allowed {
			continue
		}
		w.signIns = append(w.signIns, s.name)
		w.assumptions = joined(w.assumptions, assumptions)
	}
	if len(w.signIns) == 0 {
		return w, nil
	}
	var err error
	if w.maxAge, err = b.maxAge(arn, role, request, moment); err != nil {
		return w, err
	}
	w.session = access.AssumedRole(role, w.person.SessionName, tags...).IssuedAt(moment)
	return w, nil
}

// chained are the roles that are taken from a role.
func (b *finder) chained(from *path, moment time.Time, taken map[string]bool) ([]path, error) {
	var ways []path
	subject := from.session.Subject()
	for _, one := range b.roles.speakingOf(subject, policy.ARNPart(subject, 4)) {
		if taken[one.arn] {
			continue
		}
		allowed, assumptions, err := b.decide(from.session, assume(one.arn, from.person.SessionName, moment))
		if err != nil {
			return nil, err
		}
		if !allowed {
			continue
		}
		taken[one.arn] = true
		next := *from
		next.hops = append(slices.Clip(from.hops), hop{one.account, one.role, nil})
		next.tags = one.role.Tags
		next.session = access.AssumedRole(one.arn, from.person.SessionName).IssuedAt(moment)
		next.assumptions = joined(from.assumptions, assumptions)
		ways = append(ways, next)
	}
	return ways, nil
}

func assume(role, name string, moment time.Time, tags ...world.Tag) access.Request {
	r := access.AssumeRole(role, name, tags...)
	r.Time = moment
	return r
}

// decide decides a call; what is not known counts as allowed, under an assumption.
func (b *finder) decide(s access.Session, r access.Request) (bool, []Assumption, error) {
	d, _, err := journey.Decide(b.engine, s, r)
	if err != nil || d.Allowed() {
		return err == nil, nil, err
	}
	generous, _, err := journey.Decide(b.generous, s, r)
	if err != nil || !generous.Allowed() {
		return false, nil, err
	}
	return true, []Assumption{assumptionOf(d, s)}, nil
}

// assumptionOf says what is not known and was taken to allow a call: the same for all calls, so that there are few.
func assumptionOf(d access.Decision, s access.Session) Assumption {
	if len(d.Unknowns) == 0 {
		return Assumption{Kind: ResourceLetsIn, Account: d.By.Account, Resource: d.Resource, Caller: s.Subject()}
	}
	unknown := d.Unknowns[0]
	if strings.Contains(unknown, ":user/") {
		return Assumption{
			Kind:    StrangerMay,
			Account: strings.SplitN(unknown, ":", 6)[4],
			Policy:  unknown,
			Action:  d.Action,
		}
	}
	return Assumption{Kind: DocumentAllows, Policy: unknown}
}

func joined(a, b []Assumption) []Assumption {
	out := slices.Clone(a)
	for _, one := range b {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// maxAge is how old MFA may be: the policies compare it with finitely many numbers, so it is enough to try each and
// its neighbours. Zero means that any age will do, or none.
func (b *finder) maxAge(person, role string, request access.Request, moment time.Time) (time.Duration, error) {
	limits := b.documents.numbers("aws:MultiFactorAuthAge", person, role)
	oldest, limited := 0, false
	for _, limit := range limits {
		for _, age := range []int{limit - 1, limit, limit + 1} {
			if age < 0 {
				continue
			}
			allowed, _, err := b.decide(consoleWithMFA.session(person, moment, time.Duration(age)*time.Second), request)
			if err != nil {
				return 0, err
			}
			if allowed {
				oldest = max(oldest, age)
			} else {
				limited = true
			}
		}
	}
	if !limited {
		return 0, nil
	}
	// A limit of "less than 12 hours" is said as 12 hours: nobody counts the last second.
	for _, limit := range limits {
		if limit == oldest+1 {
			return time.Duration(limit) * time.Second, nil
		}
	}
	return time.Duration(oldest) * time.Second, nil
}
