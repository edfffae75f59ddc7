package engine

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

type PrincipalKind uint8

const (
	UserPrincipal PrincipalKind = iota
	RolePrincipal
	rootPrincipal
	ServicePrincipal
	ProviderPrincipal
)

// Principal is who calls, compiled: a user, role, root user, service or identity provider.
type Principal struct {
	Kind PrincipalKind
	// arn is aws:PrincipalArn; empty for services and providers, who have none.
	Arn string
	// id is the unique id, as aws:userid has it.
	Id string
	// name is the friendly name of a user or role, the name of a service or provider.
	Name          string
	PrincipalType string
	Account       *CompiledAccount
	Tags          []world.Tag
	// hasMFA says that a user has an MFA device.
	HasMFA        bool
	ServiceLinked bool
	// stranger says that nothing is known of a user but the name.
	Stranger bool
	// permissionSet is the name of the permission set whose role this is; empty for every other.
	PermissionSet string

	Identity *PolicyLayer
	Boundary *PolicyLayer
	// trust is the trust policy of a role.
	Trust *PolicyLayer
	// unknowns are the ARNs of the principal's policies whose documents are not known.
	Unknowns []string
}

// CompiledAccount is an account, compiled.
type CompiledAccount struct {
	ID        string
	Partition policy.Partition
	// described says that the world lists the account's principals; an organization may hold accounts that it does not.
	Described bool
	OrgID     string
	// orgPaths is the one path of the account in its organization, as aws:PrincipalOrgPaths has it.
	OrgPaths []string
	// guardrails are the service control policies per level, from the root down to the account. Nil means that none
	// apply.
	Guardrails []*PolicyLayer
}

// grade says how far a trust policy goes for a caller.
type grade uint8

const (
	// NotTrusted: no statement names the caller.
	NotTrusted grade = iota
	// AccountTrusted: the caller's account is trusted; its own policies must allow the call too.
	AccountTrusted
	// roleTrusted: the role is named; in the same account nothing else is needed, but boundary and session policies
	// bound it.
	roleTrusted
	// SessionTrusted: the user, the very session or everybody is named; in the same account nothing else is needed.
	SessionTrusted
)

// Source: IAM User Guide, Evaluating resource-based policies within a single account: "Permissions boundaries and
// session policies do not limit permissions granted using the aws:PrincipalArn condition key with a wildcard (*) in
// the Principal element".

// Trusted is one principal of a trust policy.
type Trusted struct {
	Kind policy.PrincipalKind
	// text is the ARN, service name or provider as written.
	Text string
	// accountID is set for a whole account.
	AccountID string
	// dead is the unique id of a deleted user or role.
	Dead bool
	// wild: a service or provider with a wildcard, which stands for every one that matches.
	Wild bool
	// sessionRole and sessionName are set for the ARN of one session of a role.
	SessionRole, SessionName, SessionAccount string
}

func compilePrincipal(p policy.Principal) ([]Trusted, error) {
	if p.Kind == policy.PrincipalAny {
		return []Trusted{{Kind: policy.PrincipalAny}}, nil
	}
	var out []Trusted
	for _, value := range p.Values {
		t := Trusted{Kind: p.Kind, Text: value}
		switch p.Kind {
		case policy.PrincipalAWS:
			if err := t.compileAWS(); err != nil {
				return nil, err
			}
		case policy.PrincipalService, policy.PrincipalFederated:
			t.Wild = strings.ContainsAny(value, "*?")
		case policy.PrincipalCanonical:
			// The id of an account, but nobody can tell of which: a proof takes it for one that the world does not
			// have.
		default:
			return nil, fmt.Errorf("principal kind %q does not assume roles", p.Kind)
		}
		out = append(out, t)
	}
	return out, nil
}

func (t *Trusted) compileAWS() error {
	switch {
	case t.Text == "*":
		t.Kind = policy.PrincipalAny
		return nil
	case policy.IsAccountID(t.Text):
		t.AccountID = t.Text
		return nil
	case IsUniqueID(t.Text):
		t.Dead = true
		return nil
	case !policy.IsARN(t.Text):
		return fmt.Errorf(`principal %q is neither an ARN, an account id nor "*"`, t.Text)
	case strings.ContainsAny(t.Text, "*?"):
		return fmt.Errorf(
			"principal %q has a wildcard, which AWS does not accept; name the principal, or its account with a condition on aws:PrincipalArn",
			t.Text,
		)
	}
	service, id, resource := policy.ARNPart(t.Text, 2), policy.ARNPart(t.Text, 4), policy.ARNResource(t.Text)
	switch {
	case service == "iam" && resource == "root":
		t.AccountID = id
	case service == "iam" && (strings.HasPrefix(resource, "user/") || strings.HasPrefix(resource, "role/")):
	case service == "sts" && strings.HasPrefix(resource, "assumed-role/"):
		role, session, found := strings.Cut(strings.TrimPrefix(resource, "assumed-role/"), "/")
		if !found || role == "" || session == "" {
			return fmt.Errorf("principal %q is not the ARN of a session; write assumed-role/ROLE/SESSION", t.Text)
		}
		t.SessionRole, t.SessionName, t.SessionAccount = role, session, id
	case service == "sts" && strings.HasPrefix(resource, "federated-user/"):
	default:
		return fmt.Errorf("principal %q is not a user, role, session or account", t.Text)
	}
	return nil
}

// IsUniqueID reports whether a text is the unique id of a user (AIDA...) or role (AROA...). As a principal it is what
// AWS leaves behind when that user or role is deleted.
//
// Source: IAM User Guide, IAM identifiers: unique identifiers.
func IsUniqueID(s string) bool {
	if len(s) < 16 || !strings.HasPrefix(s, "AIDA") && !strings.HasPrefix(s, "AROA") {
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// grade says how far this entry goes for the caller.
func (t *Trusted) grade(ev *Env) grade {
	p, s := ev.Principal, ev.Session
	switch t.Kind {
	case policy.PrincipalAny:
		return SessionTrusted
	case policy.PrincipalService:
		if p.Kind == ServicePrincipal && t.Names(p.Name) {
			return SessionTrusted
		}
		return NotTrusted
	case policy.PrincipalFederated:
		if p.Kind == ProviderPrincipal && t.Names(p.Name) {
			return SessionTrusted
		}
		return NotTrusted
	case policy.PrincipalCanonical:
		return NotTrusted
	}
	switch {
	case t.Dead:
		return NotTrusted
	case t.AccountID != "":
		if p.Account.ID == t.AccountID {
			return AccountTrusted
		}
	case t.SessionRole != "":
		if s.Assumed() && p.Account.ID == t.SessionAccount && p.Name == t.SessionRole && s.Name == t.SessionName {
			return SessionTrusted
		}
	case p.Arn == t.Text && p.Kind == RolePrincipal:
		return roleTrusted
	case p.Arn == t.Text && p.Arn != "":
		return SessionTrusted
	}
	return NotTrusted
}

// Names reports whether the entry names a service or provider. AWS takes no wildcards there today; one that stands in
// a document is read as a wildcard.
func (t *Trusted) Names(name string) bool {
	return t.Text == name || t.Wild && wildcard.Match(t.Text, name)
}

// PrincipalGrade is the best grade that the Principal element of a statement gives, or its NotPrincipal: that speaks
// of all whom it does not spare.
func (st *Statement) PrincipalGrade(ev *Env) grade {
	if st.NotPrincipals {
		if st.SpeaksOf(ev) {
			return SessionTrusted
		}
		return NotTrusted
	}
	best := NotTrusted
	for i := range st.Principals {
		best = max(best, st.Principals[i].grade(ev))
	}
	return best
}

// SpeaksOf reports whether a statement of a trust policy speaks of the caller. A Principal element does when any
// entry names the caller or the caller's account. NotPrincipal spares a caller only when everything that stands for
// the caller is listed: the account, the user or role, and for a role the session; one with a permissions boundary is
// never spared. AWS no longer accepts NotPrincipal in trust policies, but those that have it keep it.
//
// Source: IAM User Guide, AWS JSON policy elements: NotPrincipal, "Key points".
func (st *Statement) SpeaksOf(ev *Env) bool {
	if !st.NotPrincipals {
		return st.PrincipalGrade(ev) != NotTrusted
	}
	if ev.Principal.Boundary != nil {
		return true
	}
	var account, named, session bool
	for i := range st.Principals {
		switch g := st.Principals[i].grade(ev); {
		case st.Principals[i].Kind == policy.PrincipalAny:
			return false
		case g == AccountTrusted:
			account = true
		case g == roleTrusted:
			named = true
		case g == SessionTrusted && st.Principals[i].SessionRole != "":
			session = true
		case g == SessionTrusted:
			named = true
		}
	}
	switch ev.Principal.Kind {
	case ServicePrincipal, ProviderPrincipal:
		return !named
	case rootPrincipal:
		return !account
	case RolePrincipal:
		return !account || !named || !session
	}
	return !account || !named
}

// SurelySpeaksOf is SpeaksOf, but for a caller whom NotPrincipal lists in part: the account, or the user or role, or the
// session. AWS says that it might deny such a caller, so that a proof does not rest on the Deny.
//
// Source: the same page.
func (st *Statement) SurelySpeaksOf(ev *Env) bool {
	if !st.NotPrincipals || ev.Principal.Boundary != nil {
		return st.SpeaksOf(ev)
	}
	return !slices.ContainsFunc(st.Principals, func(entry Trusted) bool {
		return entry.Kind == policy.PrincipalAny || entry.grade(ev) != NotTrusted
	})
}

func (a *CompiledAccount) Arn(service, region, resource string) string {
	return "arn:" + string(a.Partition) + ":" + service + ":" + region + ":" + a.ID + ":" + resource
}

// Device is the ARN of the virtual device that has the user's name.
func (p *Principal) Device() string { return p.Account.Arn("iam", "", "mfa/"+p.Name) }

// PermissionSetOf is the permission set whose role the ARN is; empty for every other role.
func (e *Engine) PermissionSetOf(arn string) string {
	if p := e.Principals[arn]; p != nil {
		return p.PermissionSet
	}
	return ""
}
