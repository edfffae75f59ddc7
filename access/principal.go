package access

import (
	"fmt"
	"strings"

	"aws-access-guardrails/policy"
)

type principalKind uint8

const (
	userPrincipal principalKind = iota
	rolePrincipal
	rootPrincipal
	servicePrincipal
	providerPrincipal
)

// principal is who calls, compiled: a user, role, root user, service or identity provider.
type principal struct {
	kind principalKind
	// arn is aws:PrincipalArn; empty for services and providers, who have none.
	arn string
	// id is the unique id, as aws:userid has it.
	id string
	// name is the friendly name of a user or role, the name of a service or provider.
	name          string
	principalType string
	account       *account
	tags          []Tag
	// hasMFA says that a user has an MFA device.
	hasMFA        bool
	serviceLinked bool
	// stranger says that nothing is known of a user but the name.
	stranger bool
	// permissionSet is the name of the permission set whose role this is; empty for every other.
	permissionSet string

	identity *layer
	boundary *layer
	// trust is the trust policy of a role.
	trust *layer
	// unknowns are the ARNs of the principal's policies whose documents are not known.
	unknowns []string
}

// account is an account, compiled.
type account struct {
	id        string
	partition policy.Partition
	// described says that the world lists the account's principals; an organization may hold accounts that it does not.
	described bool
	orgID     string
	// orgPaths is the one path of the account in its organization, as aws:PrincipalOrgPaths has it.
	orgPaths []string
	// guardrails are the service control policies per level, from the root down to the account. Nil means that none apply.
	guardrails []*layer
}

// grade says how far a trust policy goes for a caller.
type grade uint8

const (
	// notTrusted: no statement names the caller.
	notTrusted grade = iota
	// accountTrusted: the caller's account is trusted; its own policies must allow the call too.
	accountTrusted
	// roleTrusted: the role is named; in the same account nothing else is needed, but boundary and session policies bound it.
	roleTrusted
	// sessionTrusted: the user, the very session or everybody is named; in the same account nothing else is needed.
	sessionTrusted
)

// Source: IAM User Guide, Evaluating resource-based policies within a single account: "Permissions boundaries and session policies do not
// limit permissions granted using the aws:PrincipalArn condition key with a wildcard (*) in the Principal element".

// trusted is one principal of a trust policy.
type trusted struct {
	kind policy.PrincipalKind
	// text is the ARN, service name or provider as written.
	text string
	// accountID is set for a whole account.
	accountID string
	// dead is the unique id of a deleted user or role.
	dead bool
	// wild: a service or provider with a wildcard, which stands for every one that matches.
	wild bool
	// sessionRole and sessionName are set for the ARN of one session of a role.
	sessionRole, sessionName, sessionAccount string
}

func compilePrincipal(p policy.Principal) ([]trusted, error) {
	if p.Kind == policy.PrincipalAny {
		return []trusted{{kind: policy.PrincipalAny}}, nil
	}
	var out []trusted
	for _, value := range p.Values {
		t := trusted{kind: p.Kind, text: value}
		switch p.Kind {
		case policy.PrincipalAWS:
			if err := t.compileAWS(); err != nil {
				return nil, err
			}
		case policy.PrincipalService, policy.PrincipalFederated:
			t.wild = strings.ContainsAny(value, "*?")
		case policy.PrincipalCanonical:
			// The id of an account, but nobody can tell of which: a proof takes it for one that the world does not have.
		default:
			return nil, fmt.Errorf("principal kind %q does not assume roles", p.Kind)
		}
		out = append(out, t)
	}
	return out, nil
}

func (t *trusted) compileAWS() error {
	switch {
	case t.text == "*":
		t.kind = policy.PrincipalAny
		return nil
	case isAccountID(t.text):
		t.accountID = t.text
		return nil
	case isUniqueID(t.text):
		t.dead = true
		return nil
	case !isARN(t.text):
		return fmt.Errorf(`principal %q is neither an ARN, an account id nor "*"`, t.text)
	case strings.ContainsAny(t.text, "*?"):
		return fmt.Errorf("principal %q has a wildcard, which AWS does not accept; name the principal, or its account with a condition on aws:PrincipalArn", t.text)
	}
	service, id, resource := arnPart(t.text, 2), arnPart(t.text, 4), arnResource(t.text)
	switch {
	case service == "iam" && resource == "root":
		t.accountID = id
	case service == "iam" && (strings.HasPrefix(resource, "user/") || strings.HasPrefix(resource, "role/")):
	case service == "sts" && strings.HasPrefix(resource, "assumed-role/"):
		role, session, found := strings.Cut(strings.TrimPrefix(resource, "assumed-role/"), "/")
		if !found || role == "" || session == "" {
			return fmt.Errorf("principal %q is not the ARN of a session; write assumed-role/ROLE/SESSION", t.text)
		}
		t.sessionRole, t.sessionName, t.sessionAccount = role, session, id
	case service == "sts" && strings.HasPrefix(resource, "federated-user/"):
	default:
		return fmt.Errorf("principal %q is not a user, role, session or account", t.text)
	}
	return nil
}

// arnResource is the part of an ARN after the fifth colon.
func arnResource(arn string) string {
	for range arnParts - 1 {
		_, rest, found := strings.Cut(arn, ":")
		if !found {
			return ""
		}
		arn = rest
	}
	return arn
}

// isUniqueID reports whether a principal is the unique id that AWS leaves behind when a user (AIDA...) or role (AROA...) is deleted.
func isUniqueID(s string) bool {
	if len(s) < 16 || !strings.HasPrefix(s, "AIDA") && !strings.HasPrefix(s, "AROA") {
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// grade says how far this entry goes for the caller.
func (t *trusted) grade(ev *env) grade {
	p, s := ev.principal, ev.session
	switch t.kind {
	case policy.PrincipalAny:
		return sessionTrusted
	case policy.PrincipalService:
		if p.kind == servicePrincipal && t.names(p.name) {
			return sessionTrusted
		}
		return notTrusted
	case policy.PrincipalFederated:
		if p.kind == providerPrincipal && t.names(p.name) {
			return sessionTrusted
		}
		return notTrusted
	case policy.PrincipalCanonical:
		return notTrusted
	}
	switch {
	case t.dead:
		return notTrusted
	case t.accountID != "":
		if p.account.id == t.accountID {
			return accountTrusted
		}
	case t.sessionRole != "":
		if s.assumed() && p.account.id == t.sessionAccount && p.name == t.sessionRole && s.name == t.sessionName {
			return sessionTrusted
		}
	case p.arn == t.text && p.kind == rolePrincipal:
		return roleTrusted
	case p.arn == t.text && p.arn != "":
		return sessionTrusted
	}
	return notTrusted
}

// names reports whether the entry names a service or provider. AWS takes no wildcards there today; one that stands in a document is read as a wildcard.
func (t *trusted) names(name string) bool { return t.text == name || t.wild && Match(t.text, name) }

// principalGrade is the best grade that the Principal element of a statement gives, or its NotPrincipal: that speaks of all whom it does not spare.
func (st *statement) principalGrade(ev *env) grade {
	if st.notPrincipals {
		if st.speaksOf(ev) {
			return sessionTrusted
		}
		return notTrusted
	}
	best := notTrusted
	for i := range st.principals {
		best = max(best, st.principals[i].grade(ev))
	}
	return best
}

// speaksOf reports whether a statement of a trust policy speaks of the caller. A Principal element does when any entry names the caller or the
// caller's account. NotPrincipal spares a caller only when everything that stands for the caller is listed: the account, the user or
// role, and for a role the session; one with a permissions boundary is never spared. AWS no longer accepts NotPrincipal in trust
// policies, but those that have it keep it.
//
// Source: IAM User Guide, AWS JSON policy elements: NotPrincipal, "Key points".
func (st *statement) speaksOf(ev *env) bool {
	if !st.notPrincipals {
		return st.principalGrade(ev) != notTrusted
	}
	if ev.principal.boundary != nil {
		return true
	}
	var account, named, session bool
	for i := range st.principals {
		switch g := st.principals[i].grade(ev); {
		case st.principals[i].kind == policy.PrincipalAny:
			return false
		case g == accountTrusted:
			account = true
		case g == roleTrusted:
			named = true
		case g == sessionTrusted && st.principals[i].sessionRole != "":
			session = true
		case g == sessionTrusted:
			named = true
		}
	}
	switch ev.principal.kind {
	case servicePrincipal, providerPrincipal:
		return !named
	case rootPrincipal:
		return !account
	case rolePrincipal:
		return !account || !named || !session
	}
	return !account || !named
}
