package judging

import (
	"strings"

	"aws-access-guardrails/internal/replay/cloudtrail"
)

type callerKind uint8

const (
	kindNone callerKind = iota
	kindUser
	KindRole
	kindRoot
	kindFederated
)

// caller is who made a call: a principal of an account.
type caller struct {
	Kind    callerKind
	Account string
	// principal is aws:PrincipalArn; empty where the path of the role is not known, and like are then the patterns of
	// what it can be.
	principal string
	like      []string
	// name is the name of the user or role, session that of the role session.
	Name, Session string
	// longTermKey says that the credentials were an access key of a user.
	longTermKey bool
}

// Who is the caller in words: the ARN, or what is known of it.
func (c *caller) Who() string {
	if c.principal != "" {
		return c.principal
	}
	if len(c.like) > 0 {
		return c.like[0]
	}
	return "account " + c.Account
}

// Reason is why an event is not judged.
type Reason string

// The reasons. All of them are counted.
const (
	Judged            Reason = ""
	AlreadyFailed     Reason = "failed already, for want of a permission or for another reason"
	OfService         Reason = "AWS services that call for themselves"
	ServiceLinked     Reason = "service-linked roles, which no service control policy binds"
	OfManagement      Reason = "the management account, which no service control policy binds"
	OutsideOfTree     Reason = "accounts that stand nowhere in organization.tree"
	noAction          Reason = "calls that need no IAM action"
	UnknownAction     Reason = "events whose IAM action AWS does not document"
	UntoldAction      Reason = "calls that need one of several IAM actions, which the event does not tell"
	NoPrincipal       Reason = "callers without a principal of an account: identity providers, people of IAM Identity Center, anonymous callers"
	OutsideOfQuestion Reason = "outside of --from, --to or --account"
	noTime            Reason = "copies for the account of the resource, of a call that is judged as the caller's own"
	unmanagedCaller   Reason = "callers whom no service control policy binds and no stack manages"
)

// KindOf says why an event is not judged for what kind of record it is; judged where it is the record of a call.
func KindOf(e *cloudtrail.Event) Reason { return Reason(e.Kind()) }

// CallerOf finds who called, or why nobody is judged.
//
// Source: AWS CloudTrail User Guide, CloudTrail userIdentity element.
func CallerOf(e *cloudtrail.Event) (caller, Reason) {
	u := &e.User
	c := caller{Account: u.Account}
	switch u.Type {
	case "IAMUser":
		c.Kind, c.principal, c.Name = kindUser, u.ARN, u.UserName
		if slash := strings.LastIndexByte(u.ARN, '/'); slash >= 0 {
			c.Name = u.ARN[slash+1:]
		}
		c.longTermKey = !u.HasSession && !strings.HasPrefix(u.AccessKey, "ASIA")
	case "Root":
		c.Kind, c.principal = kindRoot, u.ARN
		if !strings.HasPrefix(u.ARN, "arn:") {
			c.principal = "arn:aws:iam::" + u.Account + ":root"
		}
		c.longTermKey = !u.HasSession && !strings.HasPrefix(u.AccessKey, "ASIA")
	case "AssumedRole", "Role":
		return roleOf(e, c)
	case "FederatedUser":
		c.Kind, c.principal = kindFederated, u.ARN
		c.Name = u.ARN[strings.LastIndexByte(u.ARN, '/')+1:]
	case "AWSService":
		return c, OfService
	case "AWSAccount":
		// A copy for the account of the resource: the caller's own record tells more.
		c.Kind = KindRole
		if u.Account == "" || u.Account == "anonymous" || strings.EqualFold(u.Account, "ANONYMOUS_PRINCIPAL") {
			return c, NoPrincipal
		}
		c.like = []string{"arn:*:iam::" + u.Account + ":*"}
	case "":
		if u.InvokedBy != "" {
			return c, OfService
		}
		return c, NoPrincipal
	default:
		return c, NoPrincipal
	}
	if c.Account == "" || c.principal == "" && c.like == nil {
		return c, NoPrincipal
	}
	return c, Judged
}

func roleOf(e *cloudtrail.Event, c caller) (caller, Reason) {
	u := &e.User
	c.Kind = KindRole
	if slash := strings.LastIndexByte(u.ARN, '/'); slash >= 0 {
		c.Session = u.ARN[slash+1:]
	}
	if u.IssuerARN != "" {
		c.principal = u.IssuerARN
		c.Name = u.IssuerARN[strings.LastIndexByte(u.IssuerARN, '/')+1:]
		if c.Account == "" {
			c.Account = u.IssuerAccount
		}
	} else if parts := strings.SplitN(u.ARN, ":", 6); len(parts) == 6 {
		// arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION has no path.
		name := strings.Split(parts[5], "/")
		if len(name) < 2 {
			return c, NoPrincipal
		}
		c.Name = name[1]
		if c.Account == "" {
			c.Account = parts[4]
		}
		role := "arn:" + parts[1] + ":iam::" + c.Account + ":role/"
		c.like = []string{role + c.Name, role + "*/" + c.Name}
	}
	switch {
	case strings.Contains(u.IssuerARN, ":role/aws-service-role/"),
		strings.HasPrefix(c.Name, "AWSServiceRoleFor") && u.IssuerARN == "":
		return c, ServiceLinked
	case c.Account == "" || c.principal == "" && c.like == nil:
		return c, NoPrincipal
	}
	return c, Judged
}
