package replay

import (
	"strings"
)

type callerKind uint8

const (
	kindNone callerKind = iota
	kindUser
	kindRole
	kindRoot
	kindFederated
)

// caller is who made a call: a principal of an account.
type caller struct {
	kind    callerKind
	account string
	// principal is aws:PrincipalArn; empty where the path of the role is not known, and like are then the patterns of
	// what it can be.
	principal string
	like      []string
	// name is the name of the user or role, session that of the role session.
	name, session string
	// longTermKey says that the credentials were an access key of a user.
	longTermKey bool
}

// who is the caller in words: the ARN, or what is known of it.
func (c *caller) who() string {
	if c.principal != "" {
		return c.principal
	}
	if len(c.like) > 0 {
		return c.like[0]
	}
	return "account " + c.account
}

// reason is why an event is not judged.
type reason string

// The reasons. All of them are counted.
const (
	judged          reason = ""
	alreadyFailed   reason = "failed already, for want of a permission or for another reason"
	ofService       reason = "AWS services that call for themselves"
	serviceLinked   reason = "service-linked roles, which no service control policy binds"
	ofManagement    reason = "the management account, which no service control policy binds"
	outsideOfTree   reason = "accounts that stand nowhere in organization.tree"
	noAction        reason = "calls that need no IAM action"
	signIn          reason = "sign-in events of the console"
	consoleAction   reason = "actions in the console that are no API call"
	serviceEvent    reason = "events of AWS services that nobody called for"
	insight         reason = "insight events, which count calls and are none"
	networkActivity reason = "network activity events of VPC endpoints: the call has a record of its own where such calls are logged"
	otherEvent      reason = "records of another kind than calls, such as configuration items and events of partners"
	unknownAction   reason = "events whose IAM action AWS does not document"
	untoldAction    reason = "calls that need one of several IAM actions, which the event does not tell"
	noPrincipal     reason = "callers without a principal of an account: identity providers, people of IAM Identity Center, anonymous callers"
	notAsked        reason = "outside of --from, --to or --account"
	noTime          reason = "copies for the account of the resource, of a call that is judged as the caller's own"
	unmanagedCaller reason = "callers whom no service control policy binds and no stack manages"
)

// kindOf says why an event is not judged for what kind of event it is; judged where it is the record of a call.
//
// Source: AWS CloudTrail User Guide, CloudTrail record contents, eventType and eventCategory; CloudTrail record
// contents for Insights events.
func kindOf(e *Event) reason {
	switch e.Type {
	case "AwsConsoleSignIn":
		return signIn
	case "AwsConsoleAction":
		return consoleAction
	case "AwsServiceEvent":
		return serviceEvent
	case "AwsCloudTrailInsight":
		return insight
	case "AwsVpceEvent":
		return networkActivity
	}
	switch e.Category {
	case "Insight":
		return insight
	case "NetworkActivity":
		return networkActivity
	case "", "Management", "Data":
		return judged
	}
	return otherEvent
}

// callerOf finds who called, or why nobody is judged.
//
// Source: AWS CloudTrail User Guide, CloudTrail userIdentity element.
func callerOf(e *Event) (caller, reason) {
	u := &e.User
	c := caller{account: u.Account}
	switch u.Type {
	case "IAMUser":
		c.kind, c.principal, c.name = kindUser, u.ARN, u.UserName
		if at := strings.LastIndexByte(u.ARN, '/'); at >= 0 {
			c.name = u.ARN[at+1:]
		}
		c.longTermKey = !u.HasSession && !strings.HasPrefix(u.AccessKey, "ASIA")
	case "Root":
		c.kind, c.principal = kindRoot, u.ARN
		if !strings.HasPrefix(u.ARN, "arn:") {
			c.principal = "arn:aws:iam::" + u.Account + ":root"
		}
		c.longTermKey = !u.HasSession && !strings.HasPrefix(u.AccessKey, "ASIA")
	case "AssumedRole", "Role":
		return roleOf(e, c)
	case "FederatedUser":
		c.kind, c.principal = kindFederated, u.ARN
		c.name = u.ARN[strings.LastIndexByte(u.ARN, '/')+1:]
	case "AWSService":
		return c, ofService
	case "AWSAccount":
		// A copy for the account of the resource: the caller's own record tells more.
		c.kind = kindRole
		if u.Account == "" || u.Account == "anonymous" || strings.EqualFold(u.Account, "ANONYMOUS_PRINCIPAL") {
			return c, noPrincipal
		}
		c.like = []string{"arn:*:iam::" + u.Account + ":*"}
	case "":
		if u.InvokedBy != "" {
			return c, ofService
		}
		return c, noPrincipal
	default:
		return c, noPrincipal
	}
	if c.account == "" || c.principal == "" && c.like == nil {
		return c, noPrincipal
	}
	return c, judged
}

func roleOf(e *Event, c caller) (caller, reason) {
	u := &e.User
	c.kind = kindRole
	if at := strings.LastIndexByte(u.ARN, '/'); at >= 0 {
		c.session = u.ARN[at+1:]
	}
	if u.IssuerARN != "" {
		c.principal = u.IssuerARN
		c.name = u.IssuerARN[strings.LastIndexByte(u.IssuerARN, '/')+1:]
		if c.account == "" {
			c.account = u.IssuerAccount
		}
	} else if parts := strings.SplitN(u.ARN, ":", 6); len(parts) == 6 {
		// arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION has no path.
		name := strings.Split(parts[5], "/")
		if len(name) < 2 {
			return c, noPrincipal
		}
		c.name = name[1]
		if c.account == "" {
			c.account = parts[4]
		}
		role := "arn:" + parts[1] + ":iam::" + c.account + ":role/"
		c.like = []string{role + c.name, role + "*/" + c.name}
	}
	switch {
	case strings.Contains(u.IssuerARN, ":role/aws-service-role/"),
		strings.HasPrefix(c.name, "AWSServiceRoleFor") && u.IssuerARN == "":
		return c, serviceLinked
	case c.account == "" || c.principal == "" && c.like == nil:
		return c, noPrincipal
	}
	return c, judged
}
