package components

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// trust is who may become a role and how: the trust policy of every role of this module.
type trust struct {
	account       Account
	users         []string
	principalARNs []string
	userPaths     map[string]string
	mfaMaxAge     time.Duration
	sessionName   SessionName
	// ownOSUser wants a session tag with the OS user of the person who assumes the role, and takes no other.
	ownOSUser bool
}

// arns are the principals, each an exact user ARN: the users of the account first, then the listed ARNs.
func (t trust) arns() []string {
	var arns []string
	for _, name := range t.users {
		arns = append(arns, t.account.Partition.UserARN(t.account.ID, t.userPaths[name], name))
	}
	return append(arns, t.principalARNs...)
}

// document is the trust policy. It allows sts:AssumeRole alone: with sts:TagSession a caller could override the tags of the role. Where the OS user is that
// of the person, a call with session tags needs both actions, and the tag can only be the caller's own.
func (t trust) document() policy.Document {
	principals := policy.AWSPrincipals(t.arns()...)
	withMFA := []policy.Condition{
		// A role session and a long-term key carry no such key, so neither matches.
		policy.Bool(mfaPresent, true),
		policy.YoungerThan("aws:MultiFactorAuthAge", t.mfaMaxAge),
	}
	if t.ownOSUser {
		// A tag that is missing on either side is a difference.
		withMFA = append(withMFA, policy.StringEquals(requestedOSUser, ownOSUser))
	}
	conditions := slices.Clone(withMFA)
	if t.sessionName != SessionNameAny {
		conditions = append(conditions, policy.StringEquals("sts:RoleSessionName", username))
	}
	statements := []policy.Statement{policy.Allow("NamedUsersWithRecentMFA", "sts:AssumeRole").For(principals).When(conditions...)}
	if t.ownOSUser {
		// AWS documents no session name for sts:TagSession: the statement above asks for it, and both must allow the call. The keys of the tags are
		// compared with case, which names of condition keys are not.
		statements = append(statements, policy.Allow("OwnOSUserAsOnlySessionTag", "sts:TagSession").For(principals).When(append(withMFA,
			policy.AllEqual(tagKeys, RunAsTag), policy.Present(tagKeys), policy.Absent(transitiveKeys))...))
	}
	return policy.New(statements...)
}

// The keys of a session tag with an OS user, and the value that is the caller's own.
const (
	requestedOSUser = "aws:RequestTag/" + RunAsTag
	ownOSUser       = "${aws:PrincipalTag/" + RunAsTag + "}"
	transitiveKeys  = "sts:TransitiveTagKeys"
)

// The bounds of MFAMaxAge: AWS keeps a session with MFA for at most 36 hours.
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html.
const (
	minMFAMaxAge = time.Minute
	maxMFAMaxAge = 36 * time.Hour
)

// validate reports problems of the principals and the conditions; path is the entry, empty for the section itself.
func (t trust) validate(p *Problems, path string) {
	t.validateUsers(p, path)
	t.validateARNs(p, path)
	t.validateSessionNames(p, path, ", or write sessionName: any")
	if len(t.users)+len(t.principalARNs) == 0 {
		p.add(join(path, "users"), nil, "is empty, and so is principalArns: nobody could assume the role", "name at least one person")
	}
}

func (t trust) validateUsers(p *Problems, path string) {
	for i, name := range t.users {
		where := join(path, at("users", i))
		if p.check(where, name, policy.ValidateUserName(name)) && duplicateOf(t.users, i) >= 0 {
			p.add(where, name, "is listed twice", "remove one; user names ignore case")
		}
	}
}

// validateSessionNames refuses people whose name cannot be that of a session: sessions are named after them, and AWS STS takes 2 to 64 characters.
// otherwise is what can be written besides a longer name.
func (t trust) validateSessionNames(p *Problems, path, otherwise string) {
	if t.sessionName == SessionNameAny {
		return
	}
	check := func(where, value, name string) {
		if policy.ValidateUserName(name) == nil && policy.ValidateRoleSessionName(name) != nil {
			p.add(where, value, tooShortForSessions, "give the user a name of two characters or more"+otherwise)
		}
	}
	for i, name := range t.users {
		check(join(path, at("users", i)), name, name)
	}
	for i, arn := range t.principalARNs {
		if parsed, err := policy.ParseARN(arn); err == nil {
			_, _, name, _ := parsed.Entity()
			check(join(path, at("principalArns", i)), arn, name)
		}
	}
}

// tooShortForSessions says why nobody of a name of one character assumes a role. Source: AssumeRole in the AWS STS API Reference, RoleSessionName.
const tooShortForSessions = "has a name of one character, and sessions are named after their user: AWS takes 2 to 64 characters"

func (t trust) validateARNs(p *Problems, path string) {
	own := trust{account: t.account, users: t.users, userPaths: t.userPaths}.arns()
	for i, arn := range t.principalARNs {
		where := join(path, at("principalArns", i))
		switch why, fix := refusedPrincipal(t.account.Partition, arn); {
		case why != "":
			p.add(where, arn, why, fix)
		case duplicateOf(t.principalARNs, i) >= 0:
			p.add(where, arn, "is listed twice", "remove one")
		case slices.Contains(own, arn):
			p.add(where, arn, "is listed in users too", "remove one")
		default:
			t.validateNamesakes(p, where, arn, append(own, t.principalARNs[:i]...))
		}
	}
}

// validateNamesakes refuses a principal who has the name of an earlier one. Sessions are named after users, and AWS tells the sessions of a role apart by
// that name alone: two people of one name could resume each other's shells. Within an account nobody has the name of another, in any case or path.
func (t trust) validateNamesakes(p *Problems, where, arn string, earlier []string) {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return
	}
	_, _, name, _ := parsed.Entity()
	for _, other := range earlier {
		before, err := policy.ParseARN(other)
		if err != nil {
			continue
		}
		_, _, otherName, _ := before.Entity()
		switch {
		case before.Account == parsed.Account && strings.EqualFold(name, otherName):
			p.add(where, arn, "cannot exist beside "+other+": an account has one user of a name, whatever its case and path", "remove the one that is wrong")
			return
		case before.Account != parsed.Account && name == otherName:
			p.add(where, arn, "has the name of "+other+", and sessions of a role are told apart by the name of their user alone", "write a role of its own for one of the two")
			return
		}
	}
}

// refusedPrincipal says why an ARN cannot be a principal of a role that wants MFA; empty when it can.
func refusedPrincipal(partition policy.Partition, arn string) (why, fix string) {
	const nameUser = "name an IAM user, such as arn:aws:iam::444455556666:user/alice"
	if arn == "*" {
		return "is everybody", nameUser
	}
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		var p Problems
		p.check("", arn, err)
		return p[0].Why, p[0].Fix
	}
	kind, path, name, ok := parsed.Entity()
	switch {
	case parsed.Service == "sts", kind == "role":
		return "is a role, and a role session carries no MFA, so it could never pass", nameUser
	case parsed.Resource == "root":
		return "is a whole account", nameUser
	case parsed.Service != "iam" || parsed.Region != "" || kind != "user" || !ok:
		return "is not an IAM user", nameUser
	case parsed.Partition != partition:
		return fmt.Sprintf("is of partition %s, and no role of partition %s can trust it", parsed.Partition, partition), "name a user of the same partition"
	case policy.ValidateAccountID(parsed.Account) != nil:
		return "names no account", nameUser
	case strings.ContainsAny(name+path, "*?$"):
		return "is a pattern, which a principal cannot be", nameUser
	case policy.ValidateUserName(name) != nil, policy.ValidatePath(path) != nil:
		return "is not an IAM user", nameUser
	}
	return "", ""
}

func validateMFAMaxAge(p *Problems, path string, age time.Duration) {
	switch {
	case age < minMFAMaxAge || age > maxMFAMaxAge:
		p.add(path, age.String(), "is outside of what AWS keeps MFA for", "use 1m to 36h")
	case age%time.Second != 0:
		p.add(path, age.String(), "is not in whole seconds", "use whole seconds")
	}
}

func validateSessionName(p *Problems, path string, rule SessionName) {
	if rule != "" && rule != SessionNameUser && rule != SessionNameAny {
		p.add(path, string(rule), "is not a rule for session names", "use userName or any")
	}
}

// validateMaxSession holds the longest session of a role against what IAM takes.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html.
func validateMaxSession(p *Problems, path string, d time.Duration) {
	switch {
	case d < time.Hour || d > 12*time.Hour:
		p.add(path, d.String(), "is outside of what a role takes", "use 1h to 12h")
	case d%time.Second != 0:
		p.add(path, d.String(), "is not in whole seconds", "use whole seconds")
	}
}
