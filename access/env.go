package access

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/policy"
)

// env is one question while it is being decided: the session, its principal, the request and the resource at hand.
type env struct {
	engine    *Engine
	session   *Session
	principal *principal
	request   *Request
	action    string
	resource  *Resource
	// arn is what resourceARN took apart last.
	arn    arnText
	shared []contextPair
	own    []contextPair
	// undecided is the first reason why the decision cannot be made; it turns the decision into an error.
	undecided error

	// What the fields above point to, so that one question needs no memory of its own.
	askedBy           Session
	asked             Request
	stranger          principal
	sharedBuf, ownBuf [maxPooledPairs]contextPair
}

// envs keeps the memory of questions that were answered.
var envs = sync.Pool{New: func() any { return new(env) }}

// release forgets the question.
func (ev *env) release() {
	*ev = env{}
	envs.Put(ev)
}

// values are the values of a condition key in a request.
type values struct {
	present bool
	one     string
	many    []string
}

func (v values) len() int {
	if v.many != nil {
		return len(v.many)
	}
	return 1
}

func (v values) at(i int) string {
	if v.many != nil {
		return v.many[i]
	}
	return v.one
}

func single(s string) values { return values{present: true, one: s} }

func optional(s string) values { return values{present: s != "", one: s} }

func (ev *env) undecide(err error) {
	if ev.undecided == nil {
		ev.undecided = err
	}
}

// resourceARN is the ARN of the resource at hand, taken apart once.
func (ev *env) resourceARN() *arnText {
	if ev.arn.text != ev.resource.ARN {
		ev.arn = splitARN(ev.resource.ARN)
	}
	return &ev.arn
}

// given finds a key in the context of the resource or of the request.
func (ev *env) given(name string) (values, bool) {
	for _, pairs := range [2][]contextPair{ev.own, ev.shared} {
		for i := range pairs {
			if equalFoldASCII(pairs[i].key, name) {
				return values{present: true, many: pairs[i].values}, true
			}
		}
	}
	return values{}, false
}

// variable is the value of a policy variable: the key's value, else the default, else nothing.
func (ev *env) variable(tok *token) (string, bool) {
	if ev == nil {
		return "", false
	}
	v := ev.lookup(tok.key)
	switch {
	case v.present && v.len() > 1:
		ev.undecide(fmt.Errorf("${%s} has %d values in this request; a policy variable needs one", tok.key.name, v.len()))
		return "", false
	case v.present:
		return v.at(0), true
	}
	return tok.fallback, tok.hasFallback
}

// lookup is the value of a key in this request. What AWS leaves out is absent; what the request should say and does not is an error.
func (ev *env) lookup(k *key) values {
	s, p := ev.session, ev.principal
	if !k.kind.derived() {
		if v, ok := ev.given(k.name); ok {
			return v
		}
	}
	switch k.kind {
	case keyRequest:
		return values{}
	case keyPrincipalARN:
		return optional(p.arn)
	case keyPrincipalAccount:
		return optional(p.account.id)
	case keyPrincipalOrgID:
		return optional(p.account.orgID)
	case keyPrincipalOrgPaths:
		return values{present: p.account.orgID != "", many: p.account.orgPaths}
	case keyPrincipalType:
		return optional(p.principalType)
	case keyPrincipalTag:
		return ev.principalTag(k.tag)
	case keyPrincipalIsService:
		return single(strconv.FormatBool(p.kind == servicePrincipal))
	case keyPrincipalServiceName:
		return values{present: p.kind == servicePrincipal, one: p.name}
	case keyUserID:
		return s.userID(p)
	case keyUserName:
		return values{present: p.kind == userPrincipal, one: p.name}
	case keyMFAPresent:
		return ev.mfaPresent()
	case keyMFAAge:
		return values{present: ev.mfa() == mfaYes, one: s.mfaAge}
	case keySourceIdentity:
		return optional(s.sourceIdentity)
	case keyAssumedRoot:
		return values{}
	case keyFederatedProvider:
		if s.kind == identityCenterSession {
			ev.undecide(fmt.Errorf("%s of an IAM Identity Center session is not known to a world", k.name))
		}
		return values{}
	case keyCurrentTime, keyEpochTime, keyTokenIssueTime:
		return ev.instantText(k)
	case keySecureTransport:
		return single("true")
	case keyViaAWSService:
		return single("false")
	case keyRequestedRegion:
		return ev.region(k)
	case keyResourceAccount, keyResourceOrgID, keyResourceOrgPaths:
		return ev.resourceOwner(k.kind)
	case keyResourceTag:
		return ev.resourceTag(k)
	}
	return values{}
}

func findTag(tags []Tag, name string) values {
	for i := range tags {
		if equalTagKey(tags[i].Key, name) {
			return single(tags[i].Value)
		}
	}
	return values{}
}

// equalTagKey compares tag keys as condition keys compare them: in any case, Unicode included.
func equalTagKey(a, b string) bool { return a == b || strings.EqualFold(a, b) }

// principalTag reads a tag of the principal; a session tag takes the place of the principal's own of the same key in any case.
func (ev *env) principalTag(name string) values {
	if v := findTag(ev.session.tags, name); v.present {
		return v
	}
	return findTag(ev.principal.tags, name)
}

// mfa is the MFA state of this call: a code given with sts:AssumeRole counts for that call alone, for the actions that come with it too.
func (ev *env) mfa() mfaState {
	if ev.session.mfaCode && equalFoldASCII(ev.request.Action, "sts:AssumeRole") {
		return mfaYes
	}
	return ev.session.mfa
}

func (ev *env) mfaPresent() values {
	switch ev.mfa() {
	case mfaYes:
		return single("true")
	case mfaNo:
		return single("false")
	}
	return values{}
}

// instant is the value of a time key.
func (ev *env) instant(k *key) (time.Time, bool) {
	if k.kind == keyTokenIssueTime {
		if !ev.session.temporary() {
			return time.Time{}, false
		}
		if ev.session.issued.IsZero() {
			ev.undecide(&untimedError{fmt.Sprintf("the decision depends on %s; say with IssuedAt when the session was issued", k.name)})
		}
		return ev.session.issued, true
	}
	if ev.request.Time.IsZero() {
		ev.undecide(&untimedError{fmt.Sprintf("the decision depends on %s; set the Time of the request", k.name)})
	}
	return ev.request.Time, true
}

// instantText is the value of a time key for operators that compare text or numbers.
func (ev *env) instantText(k *key) values {
	at, ok := ev.instant(k)
	if !ok {
		return values{}
	}
	return single(timeText(k, at))
}

// timeText is an instant as the key writes it, to the second.
func timeText(k *key, at time.Time) string {
	if k.kind == keyEpochTime {
		return strconv.FormatInt(at.Unix(), 10)
	}
	return at.UTC().Format("2006-01-02T15:04:05Z")
}

// region is the Region that the call goes to: that of the resource, or the home Region of a global service.
func (ev *env) region(k *key) values {
	if part := ev.resourceARN().parts[3]; part != "" {
		return single(part)
	}
	service, _, _ := strings.Cut(ev.action, ":")
	for _, global := range globalServices {
		if equalFoldASCII(service, global) {
			if home := homeOfGlobalServices(ev.principal.account.partition); home != "" {
				return single(home)
			}
		}
	}
	ev.undecide(fmt.Errorf("the decision depends on %s; put it into the context of the request", k.name))
	return values{}
}

// globalServices are services whose requests all go to one Region of the partition.
//
// Source: IAM User Guide, AWS global condition context keys, aws:RequestedRegion; AWS Organizations User Guide, the example that denies access by Region.
var globalServices = []string{"iam", "organizations", "account", "cloudfront", "route53", "support", "sso-directory"}

// homeOfGlobalServices is that Region; empty where it is not known.
func homeOfGlobalServices(p policy.Partition) string {
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
func (ev *env) resourceOwner(kind keyKind) values {
	id := ev.resourceARN().parts[4]
	if !isAccountID(id) {
		return values{}
	}
	if kind == keyResourceAccount {
		return single(id)
	}
	account, known := ev.engine.accounts[id]
	switch {
	case !known:
		return values{}
	case kind == keyResourceOrgID:
		return optional(account.orgID)
	}
	return values{present: account.orgID != "", many: account.orgPaths}
}

// resourceTag reads a tag of the resource. A service's own key, such as ec2:ResourceTag/..., exists on calls of that service.
func (ev *env) resourceTag(k *key) values {
	if k.service != "" {
		service, _, _ := strings.Cut(ev.action, ":")
		if !equalFoldASCII(service, k.service) && !(equalFoldASCII(service, "sts") && equalFoldASCII(k.service, "iam")) {
			return values{}
		}
	}
	tags := ev.resource.Tags
	if tags == nil {
		tags = ev.engine.tagsOf[ev.resource.ARN]
	}
	return findTag(tags, k.tag)
}

// arnPart is a part of an ARN, counted from zero; "" when there is none.
func arnPart(arn string, part int) string {
	for range part {
		_, rest, found := strings.Cut(arn, ":")
		if !found {
			return ""
		}
		arn = rest
	}
	text, _, _ := strings.Cut(arn, ":")
	return text
}

func isAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
