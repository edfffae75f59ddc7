package engine

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// UntimedError says that a decision depends on an instant that the question does not name.
type UntimedError struct{ reason *policy.ValueError }

// Env is one question while it is being decided: the session, its principal, the request and the resource at hand.
type Env struct {
	Engine    *Engine
	Session   *Session
	Principal *Principal
	Request   *Request
	Action    string
	Resource  *Resource
	// arn is what resourceARN took apart last.
	arn    policy.ARNText
	Shared []contextPair
	own    []contextPair
	// Recorded answers for a call that was recorded; nil for every other question.
	Recorded Recording
	// undecided is the first reason why the decision cannot be made; it turns the decision into an error.
	Undecided error

	// What the fields above point to, so that one question needs no memory of its own.
	askedBy           Session
	asked             Request
	stranger          Principal
	sharedBuf, ownBuf [maxPooledPairs]contextPair
}

// Envs keeps the memory of questions that were answered.
var Envs = sync.Pool{New: func() any { return new(Env) }}

// Release forgets the question.
func (ev *Env) Release() {
	*ev = Env{}
	Envs.Put(ev)
}

// Values are the values of a condition key in a request.
type Values struct {
	Present bool
	One     string
	Many    []string
}

func (v Values) Len() int {
	if v.Many != nil {
		return len(v.Many)
	}
	return 1
}

func (v Values) At(i int) string {
	if v.Many != nil {
		return v.Many[i]
	}
	return v.One
}

func Single(s string) Values { return Values{Present: true, One: s} }

func optional(s string) Values { return Values{Present: s != "", One: s} }

func (ev *Env) undecide(err error) {
	if ev.Undecided == nil {
		ev.Undecided = err
	}
}

// resourceARN is the ARN of the resource at hand, taken apart once.
func (ev *Env) resourceARN() *policy.ARNText {
	if ev.arn.Text != ev.Resource.ARN {
		ev.arn = policy.SplitARN(ev.Resource.ARN)
	}
	return &ev.arn
}

// given finds a key in the context of the resource or of the request.
func (ev *Env) given(name string) (Values, bool) {
	for _, pairs := range [2][]contextPair{ev.own, ev.Shared} {
		for i := range pairs {
			if policy.EqualFoldASCII(pairs[i].key, name) {
				return Values{Present: true, Many: pairs[i].values}, true
			}
		}
	}
	return Values{}, false
}

// Variable is the value of a policy variable: the key's value, else the default, else nothing.
func (ev *Env) Variable(tok *wildcard.Token) (string, bool) {
	if ev == nil {
		return "", false
	}
	v := ev.Lookup(tok.Key)
	switch {
	case v.Present && v.Len() > 1:
		ev.undecide(
			policy.Refusef("a policy variable needs one", "${%s} has %d values in this request", tok.Key.Name, v.Len()),
		)
		return "", false
	case v.Present:
		return v.At(0), true
	}
	return tok.Fallback, tok.HasFallback
}

// Lookup is the value of a key in this request. What AWS leaves out is absent; what the request should say and does
// not is an error.
func (ev *Env) Lookup(k *conditionkey.Key) Values {
	if ev.Recorded != nil {
		return ev.Recorded.Lookup(ev, k)
	}
	s, p := ev.Session, ev.Principal
	if !k.Kind.Derived() {
		if v, ok := ev.given(k.Name); ok {
			return v
		}
	}
	switch k.Kind {
	case conditionkey.KeyRequest:
		if policy.EqualFoldASCII(k.Name, conditionkey.IdentityStoreUserID) {
			return optional(s.identityStoreUser)
		}
		return Values{}
	case conditionkey.KeyPrincipalARN:
		return optional(p.Arn)
	case conditionkey.KeyPrincipalAccount:
		return optional(p.Account.ID)
	case conditionkey.KeyPrincipalOrgID:
		return optional(p.Account.OrgID)
	case conditionkey.KeyPrincipalOrgPaths:
		return Values{Present: p.Account.OrgID != "", Many: p.Account.OrgPaths}
	case conditionkey.KeyPrincipalType:
		return optional(p.PrincipalType)
	case conditionkey.KeyPrincipalTag:
		return ev.principalTag(k.Tag)
	case conditionkey.KeyPrincipalIsService:
		return Single(strconv.FormatBool(p.Kind == ServicePrincipal))
	case conditionkey.KeyPrincipalServiceName:
		return Values{Present: p.Kind == ServicePrincipal, One: p.Name}
	case conditionkey.KeyUserID:
		return s.userID(p)
	case conditionkey.KeyUserName:
		return Values{Present: p.Kind == UserPrincipal, One: p.Name}
	case conditionkey.KeyMFAPresent:
		return ev.mfaPresent()
	case conditionkey.KeyMFAAge:
		return Values{Present: ev.mfa() == MfaYes, One: s.MfaAge}
	case conditionkey.KeySourceIdentity:
		return optional(s.SourceIdentity)
	case conditionkey.KeyAssumedRoot:
		return Values{Present: s.central, One: "true"}
	case conditionkey.KeyFederatedProvider:
		if s.Kind == IdentityCenterSession {
			ev.undecide(fmt.Errorf("%s of an IAM Identity Center session is not known to a world", k.Name))
		}
		return Values{}
	case conditionkey.KeyCurrentTime, conditionkey.KeyEpochTime, conditionkey.KeyTokenIssueTime:
		return ev.instantText(k)
	case conditionkey.KeySecureTransport:
		return Single("true")
	case conditionkey.KeyViaAWSService:
		return Single("false")
	case conditionkey.KeyRequestedRegion:
		return ev.region(k)
	case conditionkey.KeyResourceAccount, conditionkey.KeyResourceOrgID, conditionkey.KeyResourceOrgPaths:
		return ev.resourceOwner(k.Kind)
	case conditionkey.KeyResourceTag:
		return ev.resourceTag(k)
	}
	return Values{}
}

func FindTag(tags []world.Tag, name string) Values {
	for i := range tags {
		if EqualTagKey(tags[i].Key, name) {
			return Single(tags[i].Value)
		}
	}
	return Values{}
}

// EqualTagKey compares tag keys as condition keys compare them: in any case, Unicode included.
func EqualTagKey(a, b string) bool { return a == b || strings.EqualFold(a, b) }

// principalTag reads a tag of the principal; a session tag takes the place of the principal's own of the same key in
// any case.
func (ev *Env) principalTag(name string) Values {
	if v := FindTag(ev.Session.Tags, name); v.Present {
		return v
	}
	return FindTag(ev.Principal.Tags, name)
}

// mfa is the MFA state of this call: a code given with sts:AssumeRole counts for that call alone, for the actions
// that come with it too.
func (ev *Env) mfa() MfaState {
	if ev.Session.MfaCode && policy.EqualFoldASCII(ev.Request.Action, "sts:AssumeRole") {
		return MfaYes
	}
	return ev.Session.Mfa
}

func (ev *Env) mfaPresent() Values {
	switch ev.mfa() {
	case MfaYes:
		return Single("true")
	case MfaNo:
		return Single("false")
	}
	return Values{}
}

// dependsOn says that a decision depends on a key that the question leaves open, and how to say it.
func dependsOn(k *conditionkey.Key, fix string) *policy.ValueError {
	return policy.Refusef(fix, "the decision depends on %s", k.Name)
}

// instant is the value of a time key.
func (ev *Env) instant(k *conditionkey.Key) (time.Time, bool) {
	if ev.Recorded != nil {
		return ev.Recorded.Instant(ev, k)
	}
	if k.Kind == conditionkey.KeyTokenIssueTime {
		if !ev.Session.Temporary() {
			return time.Time{}, false
		}
		if ev.Session.issued.IsZero() {
			ev.undecide(&UntimedError{dependsOn(k, "say with IssuedAt when the session was issued")})
		}
		return ev.Session.issued, true
	}
	if ev.Request.Time.IsZero() {
		ev.undecide(&UntimedError{dependsOn(k, "set the Time of the request")})
	}
	return ev.Request.Time, true
}

// instantText is the value of a time key for operators that compare text or numbers.
func (ev *Env) instantText(k *conditionkey.Key) Values {
	moment, ok := ev.instant(k)
	if !ok {
		return Values{}
	}
	return Single(timeText(k, moment))
}

// timeText is an instant as the key writes it, to the second.
func timeText(k *conditionkey.Key, moment time.Time) string {
	if k.Kind == conditionkey.KeyEpochTime {
		return strconv.FormatInt(moment.Unix(), 10)
	}
	return moment.UTC().Format("2006-01-02T15:04:05Z")
}

// region is the Region that the call goes to: that of the resource, or the home Region of a global service.
func (ev *Env) region(k *conditionkey.Key) Values {
	if part := ev.resourceARN().Parts[3]; part != "" {
		return Single(part)
	}
	service, _, _ := strings.Cut(ev.Action, ":")
	for _, global := range GlobalServices {
		if policy.EqualFoldASCII(service, global) {
			if home := HomeOfGlobalServices(ev.Principal.Account.Partition); home != "" {
				return Single(home)
			}
		}
	}
	ev.undecide(dependsOn(k, "put it into the context of the request"))
	return Values{}
}

// GlobalServices are services whose requests all go to one Region of the partition.
//
// Source: IAM User Guide, AWS global condition context keys, aws:RequestedRegion; AWS Organizations User Guide, the
// example that denies access by Region.
var GlobalServices = []string{"iam", "organizations", "account", "cloudfront", "route53", "support", "sso-directory"}

// HomeOfGlobalServices is that Region; empty where it is not known.
func HomeOfGlobalServices(p policy.Partition) string {
	switch p {
	case "aws-cn":
		return "cn-north-1"
	case "aws-us-gov":
		return "us-gov-west-1"
	case "", "aws":
		return "us-east-1"
	}
	return ""
}

// resourceOwner is the account of the resource, its organization or its place there.
func (ev *Env) resourceOwner(kind conditionkey.KeyKind) Values {
	id := ev.resourceARN().Parts[4]
	if !policy.IsAccountID(id) || !conditionkey.TellsOwner(ev.Action) {
		return Values{}
	}
	if kind == conditionkey.KeyResourceAccount {
		return Single(id)
	}
	account, known := ev.Engine.Accounts[id]
	switch {
	case !known:
		return Values{}
	case kind == conditionkey.KeyResourceOrgID:
		return optional(account.OrgID)
	}
	return Values{Present: account.OrgID != "", Many: account.OrgPaths}
}

// resourceTag reads a tag of the resource. A service's own key, such as ec2:ResourceTag/..., exists on calls of that
// service.
func (ev *Env) resourceTag(k *conditionkey.Key) Values {
	if k.Service != "" {
		service, _, _ := strings.Cut(ev.Action, ":")
		if !policy.EqualFoldASCII(service, k.Service) &&
			!(policy.EqualFoldASCII(service, "sts") && policy.EqualFoldASCII(k.Service, "iam")) {
			return Values{}
		}
	}
	tags := ev.Resource.Tags
	if tags == nil {
		tags = ev.Engine.TagsOf[ev.Resource.ARN]
	}
	return FindTag(tags, k.Tag)
}
