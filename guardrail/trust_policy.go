package guardrail

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// SessionName is the rule for the names of role sessions.
type SessionName string

// The rules for session names.
const (
	// SessionNameUser wants the name of the user who assumes the role, so that every session is attributable.
	SessionNameUser SessionName = "userName"
	// SessionNameAny takes any name.
	SessionNameAny SessionName = "any"
)

func (t Trust) Intent(key, arn string) intent.Role {
	return intent.Role{
		Key:            key,
		ARN:            arn,
		Principals:     t.Arns(),
		MFAMaxAge:      t.MfaMaxAge,
		AnySessionName: t.SessionName == SessionNameAny,
		IdentityCenter: intent.IdentityCenterUser{ID: t.IdentityCenterUser, Name: t.IdentityCenterName},
		Partner:        t.Partner.Intent(),
		Networks:       t.SourceNetworks.Intent(),
	}
}

// Trust is who may become a role and how: the trust policy of every role of this module.
type Trust struct {
	Account       Account
	Users         []string
	PrincipalARNs []string
	// UsersKey and PrincipalARNsKey are the keys of the section that has the two; "users" and "principalArns" where
	// they are empty.
	UsersKey, PrincipalARNsKey string
	UserPaths                  map[string]string
	MfaMaxAge                  time.Duration
	SessionName                SessionName
	// ownOSUser wants a session tag with the OS user of the person who assumes the role, and takes no other.
	OwnOSUser bool
	// IdentityCenterUser is the id of the one person of IAM Identity Center who may assume the role, and
	// IdentityCenterName the user name, after which the session is named. Users and PrincipalARNs are empty then.
	IdentityCenterUser, IdentityCenterName string
	// Partner is the third party that may assume the role; nil means none. Users and PrincipalARNs are empty then.
	Partner *Partner
	// SourceNetworks are the networks from which the role may be assumed; empty means all.
	SourceNetworks SourceNetworks
}

// Arns are the principals, each an exact user ARN: the users of the account first, then the listed ARNs.
func (t Trust) Arns() []string {
	var arns []string
	for _, name := range t.Users {
		arns = append(arns, t.Account.Partition.UserARN(t.Account.ID, t.UserPaths[name], name))
	}
	return append(arns, t.PrincipalARNs...)
}

// Document is the trust policy. It allows sts:AssumeRole alone: with sts:TagSession a caller could override the tags
// of the role. Where the OS user is that of the person, a call with session tags needs both actions, and the tag can
// only be the caller's own.
func (t Trust) Document() policy.Document {
	document := t.people()
	if len(t.SourceNetworks) == 0 {
		return document
	}
	return policy.New(append([]policy.Statement{t.SourceNetworks.DenyAssuming()}, document.Statements...)...)
}

// people lets in who is listed, from wherever they come.
func (t Trust) people() policy.Document {
	if t.IdentityCenterUser != "" {
		return t.identityCenterDocument()
	}
	if t.Partner != nil {
		return t.Partner.Document()
	}
	principals := policy.AWSPrincipals(t.Arns()...)
	withMFA := []policy.Condition{
		// A role session and a long-term key carry no such key, so neither matches.
		policy.Bool(MfaPresent, true),
		policy.YoungerThan("aws:MultiFactorAuthAge", t.MfaMaxAge),
	}
	if t.OwnOSUser {
		// A tag that is missing on either side is a difference.
		withMFA = append(withMFA, policy.StringEquals(RequestedOSUser, OwnOSUser))
	}
	conditions := slices.Clone(withMFA)
	if t.SessionName != SessionNameAny {
		conditions = append(conditions, policy.StringEquals("sts:RoleSessionName", Username))
	}
	statements := []policy.Statement{
		policy.Allow("NamedUsersWithRecentMFA", "sts:AssumeRole").For(principals).When(conditions...),
	}
	if t.OwnOSUser {
		// AWS documents no session name for sts:TagSession: the statement above asks for it, and both must allow the
		// call. The keys of the tags are compared with case, which names of condition keys are not.
		statements = append(
			statements,
			policy.Allow("OwnOSUserAsOnlySessionTag", "sts:TagSession").For(principals).When(append(withMFA,
				policy.AllEqual(TagKeys, RunAsTag), policy.Present(TagKeys), policy.Absent(transitiveKeys))...),
		)
	}
	return policy.New(statements...)
}

// UserIDKey is the condition key with the id of a person of IAM Identity Center.
//
// Source: IAM Identity Center User Guide, "Using predefined attributes from the IAM Identity Center directory for
// access
// control in AWS", "Deny user access with Service Control Policies".
const UserIDKey = "identitystore:UserId"

// IdentityCenterRoles is the pattern of the ARNs of the roles of permission sets in an account. Only IAM Identity
// Center
// makes roles under this path; in us-east-1 it has no Region.
//
// Source: IAM Identity Center User Guide, "Referencing permission sets in resource policies, Amazon EKS Cluster config
// maps, and AWS KMS key policies".
func IdentityCenterRoles(account Account) string {
	return account.Partition.RoleARN(account.ID, policy.PermissionSetRolePath, "*")
}

// identityCenterDocument trusts sessions that one person of IAM Identity Center has of a permission set of the account.
// The role of a permission set cannot be named, because AWS ends its name with characters of its choice, so that the
// account is trusted and the condition says which of its roles. Sessions of Identity Center carry no MFA key: it asks
// for MFA when people sign in.
func (t Trust) identityCenterDocument() policy.Document {
	return policy.New(policy.Allow("NamedPersonOfIdentityCenter", "sts:AssumeRole").
		For(policy.AWSPrincipals(t.Account.Partition.RootARN(t.Account.ID))).
		When(
			policy.ArnLike("aws:PrincipalArn", IdentityCenterRoles(t.Account)),
			policy.StringEquals(UserIDKey, t.IdentityCenterUser),
			policy.StringEquals("sts:RoleSessionName", t.IdentityCenterName),
		))
}

// The bounds of MFAMaxAge: AWS keeps a session with MFA for at most 36 hours.
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html.
const (
	minMFAMaxAge = time.Minute
	maxMFAMaxAge = 36 * time.Hour
)

// Validate reports problems of the principals and the conditions; path is the entry, empty for the section itself.
func (t Trust) Validate(p *problem.List, path problem.Path) {
	t.ValidateUsers(p, path)
	t.ValidateARNs(p, path)
	t.ValidateSessionNames(p, path, ", or write sessionName: any")
	if len(t.Users)+len(t.PrincipalARNs) == 0 {
		p.Empty(path.Child(t.usersKey()), "and so is principalArns: nobody could assume the role", "name at least one person")
	}
}

func (t Trust) usersKey() string { return cmp.Or(t.UsersKey, "users") }

func (t Trust) principalARNsKey() string { return cmp.Or(t.PrincipalARNsKey, "principalArns") }

func (t Trust) ValidateUsers(p *problem.List, path problem.Path) {
	for i, name := range t.Users {
		where := path.Child(t.usersKey()).Index(i)
		if p.Check(where, name, policy.ValidateUserName(name)) && DuplicateOf(t.Users, i) >= 0 {
			p.Add(where, name, "is listed twice", "remove one; user names ignore case")
		}
	}
}

// ValidateSessionNames refuses people whose name cannot be that of a session: sessions are named after them, and AWS
// STS takes 2 to 64 characters. otherwise is what can be written besides a longer name.
func (t Trust) ValidateSessionNames(p *problem.List, path problem.Path, otherwise string) {
	if t.SessionName == SessionNameAny {
		return
	}
	check := func(where problem.Path, value, name string) {
		if policy.ValidateUserName(name) == nil && policy.ValidateRoleSessionName(name) != nil {
			p.Add(where, value, TooShortForSessions, "give the user a name of two characters or more"+otherwise)
		}
	}
	for i, name := range t.Users {
		check(path.Child(t.usersKey()).Index(i), name, name)
	}
	for i, arn := range t.PrincipalARNs {
		if parsed, err := policy.ParseARN(arn); err == nil {
			_, _, name, _ := parsed.Entity()
			check(path.Child(t.principalARNsKey()).Index(i), arn, name)
		}
	}
}

// TooShortForSessions says why nobody of a name of one character assumes a role. Source: AssumeRole in the AWS STS
// API Reference, RoleSessionName.
const TooShortForSessions = "has a name of one character, and sessions are named after their user: AWS takes 2 to 64 characters"

func (t Trust) ValidateARNs(p *problem.List, path problem.Path) {
	own := Trust{Account: t.Account, Users: t.Users, UserPaths: t.UserPaths}.Arns()
	for i, arn := range t.PrincipalARNs {
		where := path.Child(t.principalARNsKey()).Index(i)
		switch why, fix := RefusedPrincipal(t.Account.Partition, arn); {
		case why != "":
			p.Add(where, arn, why, fix)
		case DuplicateOf(t.PrincipalARNs, i) >= 0:
			p.Add(where, arn, "is listed twice", "remove one")
		case slices.Contains(own, arn):
			p.Add(where, arn, "is listed in users too", "remove one")
		default:
			t.validateNamesakes(p, where, arn, append(own, t.PrincipalARNs[:i]...))
		}
	}
}

// validateNamesakes refuses a principal who has the name of an earlier one. Sessions are named after users, and AWS
// tells the sessions of a role apart by that name alone: two people of one name could resume each other's shells.
// Within an account nobody has the name of another, in any case or path.
func (t Trust) validateNamesakes(p *problem.List, where problem.Path, arn string, earlier []string) {
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
			p.Add(
				where,
				arn,
				"cannot exist beside "+other+": an account has one user of a name, whatever its case and path",
				"remove the one that is wrong",
			)
			return
		case before.Account != parsed.Account && name == otherName:
			p.Add(
				where,
				arn,
				"has the name of "+other+", and sessions of a role are told apart by the name of their user alone",
				"write a role of its own for one of the two",
			)
			return
		}
	}
}

// RefusedPrincipal says why an ARN cannot be a principal of a role that wants MFA; empty when it can.
func RefusedPrincipal(partition policy.Partition, arn string) (why, fix string) {
	const nameUser = "name an IAM user, such as arn:aws:iam::444455556666:user/alice"
	if arn == "*" {
		return "is everybody", nameUser
	}
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		var p problem.List
		p.Check("", arn, err)
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
		return fmt.Sprintf(
			"is of partition %s, and no role of partition %s can trust it",
			parsed.Partition,
			partition,
		), "name a user of the same partition"
	case policy.ValidateAccountID(parsed.Account) != nil:
		return "names no account", nameUser
	case strings.ContainsAny(name+path, "*?$"):
		return "is a pattern, which a principal cannot be", nameUser
	case policy.ValidateUserName(name) != nil, policy.ValidatePath(path) != nil:
		return "is not an IAM user", nameUser
	}
	return "", ""
}

func ValidateMFAMaxAge(p *problem.List, path problem.Path, age time.Duration) {
	switch {
	case age < minMFAMaxAge || age > maxMFAMaxAge:
		p.Add(path, policy.ShortDuration(age), "is outside of what AWS keeps MFA for", "use 1m to 36h")
	case age%time.Second != 0:
		p.Add(path, policy.ShortDuration(age), "is not in whole seconds", "use whole seconds")
	}
}

func ValidateSessionName(p *problem.List, path problem.Path, rule SessionName) {
	if rule != "" && rule != SessionNameUser && rule != SessionNameAny {
		p.Add(path, string(rule), "is not a rule for session names", "use userName or any")
	}
}

// ValidateMaxSession holds the longest session of a role against what IAM takes.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html.
func ValidateMaxSession(p *problem.List, path problem.Path, d time.Duration) {
	switch {
	case d < time.Hour || d > 12*time.Hour:
		p.Add(path, policy.ShortDuration(d), "is outside of what a role takes", "use 1h to 12h")
	case d%time.Second != 0:
		p.Add(path, policy.ShortDuration(d), "is not in whole seconds", "use whole seconds")
	}
}

// maxGrantLength bounds what GrantMaxLength can be set to: what is open for longer is no grant.
const maxGrantLength = 7 * 24 * time.Hour

// ValidateGrantMaxLength holds the longest window of a grant against what a grant is.
func ValidateGrantMaxLength(p *problem.List, path problem.Path, d time.Duration) {
	switch {
	case d < time.Minute || d > maxGrantLength:
		p.Add(path, policy.ShortDuration(d), "is not the length of a grant", "use 1m to 168h")
	case d%time.Second != 0:
		p.Add(path, policy.ShortDuration(d), "is not in whole seconds", "use whole seconds")
	}
}
