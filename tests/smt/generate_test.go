package smt

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// action is an action of the alphabet with what AWS sends of it.
//
// Source: Service Authorization Reference, the pages of IAM, Amazon EC2, Amazon S3 and AWS Systems Manager. A key
// that the page lists for the type of the resource counts for every action on it: the page does not say of which
// actions it is not true.
type action struct {
	name string
	// form is the ARN of its resource: ACCOUNT, REGION and NAME stand for those. Empty: it has none.
	form string
	// resourceTags, requestTags, tagKeys: its requests carry the tags of the resource, the tags of the request, the
	// tag keys of the request.
	resourceTags, requestTags, tagKeys bool
	// keys are the other keys of its own, in lower case.
	keys []string
}

var actions = []action{
	{name: "iam:EnableMFADevice", form: "arn:aws:iam::ACCOUNT:user/NAME", resourceTags: true},
	{name: "iam:CreateAccessKey", form: "arn:aws:iam::ACCOUNT:user/NAME", resourceTags: true},
	{name: "iam:TagUser", form: "arn:aws:iam::ACCOUNT:user/NAME", resourceTags: true, requestTags: true, tagKeys: true},
	{name: "iam:UntagUser", form: "arn:aws:iam::ACCOUNT:user/NAME", resourceTags: true, tagKeys: true},
	{name: "iam:TagRole", form: "arn:aws:iam::ACCOUNT:role/NAME", resourceTags: true, requestTags: true, tagKeys: true},
	{
		name:         "iam:PassRole",
		form:         "arn:aws:iam::ACCOUNT:role/NAME",
		resourceTags: true,
		keys:         []string{"iam:passedtoservice", "iam:associatedresourcearn"},
	},
	{name: "iam:ListUsers"},
	{name: "ssm:ResumeSession", form: "arn:aws:ssm:REGION:ACCOUNT:session/NAME", resourceTags: true},
	{
		name:         "ec2:StopInstances",
		form:         "arn:aws:ec2:REGION:ACCOUNT:instance/NAME",
		resourceTags: true,
		requestTags:  true,
		tagKeys:      true,
		keys:         []string{"ec2:instancetype"},
	},
	{name: "s3:ListBucket", form: "arn:aws:s3:::NAME", resourceTags: true, keys: []string{"s3:prefix", "s3:max-keys"}},
}

// everywhere are optional keys of every request.
var everywhere = []string{"aws:useragent", "aws:sourcevpce"}

const (
	account = "111122223333"
	bobARN  = "arn:aws:iam::" + account + ":user/staff/bob"
	roleARN = "arn:aws:iam::" + account + ":role/operator"
)

var (
	actionPatterns = []string{
		"iam:EnableMFADevice",
		"iam:Tag*",
		"iam:*User",
		"IAM:*",
		"ssm:Resume?ession",
		"ec2:Stop*",
		"*",
		"s3:List*",
		"iam:Pass*",
		"iam:CreateAccessKey",
		"iam:UntagUser",
		"iam:ListUsers",
		"iam:?agRole",
	}
	resourcePatterns = []string{
		"*",
		"arn:aws:iam::*:user/bob",
		"arn:aws:iam::" + account + ":user/staff/bob*",
		"arn:aws:iam::" + account + ":user/*/${aws:username}",
		"arn:aws:iam::" + account + ":user/${aws:username}",
		"arn:aws:iam::*:user/*",
		"arn:aws:iam::" + account + ":*",
		"arn:aws:iam::" + account + ":role/op*",
		"arn:aws:iam::*:role/*/x?",
		"arn:aws:ssm:*:*:session/${aws:username}-*",
		"arn:aws:ssm:*:*:session/${aws:userid}",
		"arn:aws:ec2:*:*:instance/*",
		"arn:aws:ec2:us-*-1:*:instance/i-?",
		"arn:aws:*:us-east-1:*:*",
		"arn:aws:s3:::*",
		"arn:aws:s3:::data-${aws:PrincipalTag/Project}*",
		"arn:aws:s3:::${aws:PrincipalTag/Missing, 'shared'}",
		"arn:aws:iam::" + account + ":role/${aws:PrincipalTag/Missing}",
		"arn:aws:s3:::a*b*c",
	}
	texts_ = map[string][]string{
		"aws:ResourceTag/Project": {
			"One",
			"${aws:PrincipalTag/Project}",
			"O*",
			"",
			"${aws:PrincipalTag/Missing, 'Two'}",
			"${aws:PrincipalTag/Missing}",
			"*e",
			"O?e",
			"two",
		},
		"iam:ResourceTag/project":                    {"One", "T*", "${aws:RequestTag/Project}"},
		"ec2:ResourceTag/Project":                    {"One", "Two", "${aws:PrincipalTag/project}"},
		"ssm:resourceTag/aws:ssmmessages:session-id": {"${aws:userid}", "${aws:userid}*", "AIDA*", "AIDABOB"},
		"aws:RequestTag/Project": {
			"One",
			"${aws:ResourceTag/Project}",
			"O*",
			"two",
			"",
			"${aws:PrincipalTag/Project}",
		},
		"aws:RequestTag/Owner": {
			"bob",
			"${aws:username}",
			"b*",
			"${aws:ResourceTag/Owner, 'carol'}",
		},
		"aws:PrincipalTag/Project": {"One", "O*", "", "two"},
		"aws:username":             {"bob", "b*", "BOB"},
		"aws:userid":               {"AIDABOB", "AROA*", "*:bob"},
		"aws:PrincipalType":        {"User", "AssumedRole"},
		"aws:PrincipalAccount":     {account, "444455556666"},
		"aws:RequestedRegion":      {"us-east-1", "eu-*", "us-*", "ap-northeast-1"},
		"aws:UserAgent":            {"cli", "console*", "*aws*"},
		"aws:SourceVpce":           {"vpce-1", "vpce-*"},
		"s3:prefix": {
			"",
			"home/",
			"home/*",
			"${aws:username}",
			"home/${aws:PrincipalTag/Project}/*",
		},
		"iam:PassedToService":        {"ec2.amazonaws.com", "*.amazonaws.com", "lambda*"},
		"ec2:InstanceType":           {"t3.micro", "t3.*", "?3.*", "t?.micro"},
		"aws:MultiFactorAuthPresent": {"true", "false", "t*"},
		"aws:SecureTransport":        {"true", "false"},
	}
	tagKeyValues = []string{"Project", "Email", "project", "*", "P*", "E?ail", "Owner", ""}
	arnValues    = []string{
		bobARN,
		"arn:aws:iam::*:user/staff/bob*",
		"arn:aws:iam::*:role/*",
		roleARN,
		"*",
		"arn:*:iam::" + account + ":*",
		"arn:aws:ec2:*:*:instance/?-*",
	}
	numbers = []string{"60", "3600", "3599", "60.5", "0", "-1", "+7", "0.25", "100", "59.999"}
	dates   = []string{
		"2026-12-01T00:00:00Z",
		"2026-12-01T04:00:00Z",
		"2026-12-01T09:00:00+09:00",
		"2026-12-01",
		"1796083200",
		"2026-12-01T00:00Z",
	}
	addresses = []string{
		"203.0.113.0/24",
		"203.0.113.128/25",
		"0.0.0.0/0",
		"198.51.100.7",
		"2001:db8::/32",
		"2001:db8:1::/48",
		"::/0",
		"203.0.113.7/32",
	}
	stringOps = []policy.BaseOperator{
		policy.OpStringEquals,
		policy.OpStringNotEquals,
		policy.OpStringEqualsIgnoreCase,
		policy.OpStringNotEqualsIgnoreCase,
		policy.OpStringLike,
		policy.OpStringNotLike,
	}
	arnOps = []policy.BaseOperator{
		policy.OpArnEquals,
		policy.OpArnNotEquals,
		policy.OpArnLike,
		policy.OpArnNotLike,
	}
	dateOps = []policy.BaseOperator{
		policy.OpDateEquals,
		policy.OpDateNotEquals,
		policy.OpDateLessThan,
		policy.OpDateLessThanEquals,
		policy.OpDateGreaterThan,
		policy.OpDateGreaterThanEquals,
	}
	numericOps = []policy.BaseOperator{
		policy.OpNumericEquals,
		policy.OpNumericNotEquals,
		policy.OpNumericLessThan,
		policy.OpNumericLessThanEquals,
		policy.OpNumericGreaterThan,
		policy.OpNumericGreaterThanEquals,
	}
	nullableKeys = []string{
		"aws:MultiFactorAuthPresent",
		"aws:TagKeys",
		"aws:ResourceTag/Project",
		"aws:username",
		"aws:SourceIp",
		"aws:RequestTag/Project",
		"s3:prefix",
		"aws:MultiFactorAuthAge",
		"aws:TokenIssueTime",
		"aws:SourceVpce",
	}
	neverActions = []string{
		"iam:EnableMFADevice",
		"iam:CreateAccessKey",
		"iam:TagUser",
		"iam:UntagUser",
		"iam:TagRole",
		"iam:PassRole",
		"iam:ListUsers",
		"ssm:ResumeSession",
		"ec2:StopInstances",
		"s3:ListBucket",
	}
	questionForms = []string{
		"*",
		"arn:aws:iam::*:user/staff/bob",
		"arn:aws:iam::" + account + ":*",
		"arn:aws:ec2:us-east-1:*:instance/*",
		"arn:aws:s3:::data-One*",
		"arn:aws:ssm:*:*:session/AIDABOB-*",
	}
)

// generator draws worlds and claims. The same seeds draw the same.
type generator struct {
	*rand.Rand
	// focus makes a world turn around one kind of condition and one key, so that what conditions say of a key
	// decides: a world where everything varies mostly holds for reasons that have nothing to do with values.
	// Negative: everything varies.
	focus int
	key   string
	// sharp: one statement of each kind and conditions on the one key, so that a single value decides.
	sharp bool
}

func newGenerator(seed, n uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, n)), focus: -1}
}

// focuses are what worlds turn around: a kind of condition, as condition numbers them, and a key where it has several.
var focuses = []struct {
	kind int
	key  string
}{
	{kind: 0},
	{kind: 1},
	{kind: 2},
	{kind: 4},
	{kind: 5},
	{kind: 7},
	{kind: textFocus},
	{6, "s3:max-keys"},
	{6, "s3:max-keys"},
	{6, "aws:MultiFactorAuthAge"},
	{6, "aws:EpochTime"},
	{
		textFocus,
		"aws:PrincipalTag/Project",
	},
	{textFocus, "aws:PrincipalTag/Project"},
	{textFocus, "aws:ResourceTag/Project"},
}

// sharpest are keys whose values few actions or few callers have: what is wrong with these alone shows where nothing
// else decides.
var sharpest = []struct {
	kind int
	key  string
}{{6, "s3:max-keys"}, {textFocus, "aws:PrincipalTag/Project"}, {textFocus, "ec2:InstanceType"}}

// focused makes two of three worlds turn around one key, half of these so that nothing else decides.
func (g *generator) focused() {
	switch g.IntN(12) {
	case 0, 1, 2, 3:
	case 4, 5, 6, 7:
		f := pick(g, sharpest)
		g.focus, g.key, g.sharp = f.kind, f.key, true
	default:
		f := pick(g, focuses)
		g.focus, g.key = f.kind, f.key
	}
}

// onFocus says that the next choice follows the focus.
func (g *generator) onFocus() bool { return g.focus >= 0 && (g.sharp || g.IntN(4) > 0) }

// near is one of the keys; with a focus most often the one that was drawn first.
func (g *generator) near(keys []string) string {
	if slices.Contains(keys, g.key) && g.onFocus() {
		return g.key
	}
	key := pick(g, keys)
	if g.focus >= 0 && g.key == "" {
		g.key = key
	}
	return key
}

// conditionKinds is the number of kinds that condition chooses from; the last of them are texts.
const (
	conditionKinds = 12
	textFocus      = conditionKinds - 1
)

func pick[V any](g *generator, list []V) V { return list[g.IntN(len(list))] }

// some draws up to most different members of a list, at least one.
func some[V comparable](g *generator, list []V, most int) []V {
	var out []V
	for range 1 + g.IntN(most) {
		if one := pick(g, list); !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

func (g *generator) oneIn(n int) bool { return g.IntN(n) == 0 }

func (g *generator) condition() policy.Condition {
	ifExists, most := g.oneIn(3), 2
	if g.sharp {
		ifExists, most = false, 1
	}
	operator := func(list []policy.BaseOperator) policy.Operator {
		return policy.Operator{Base: pick(g, list), IfExists: ifExists}
	}
	quantifiers := []policy.Quantifier{policy.ForAllValues, policy.ForAnyValue}
	kind := g.IntN(conditionKinds)
	if g.onFocus() {
		kind = g.focus
	}
	switch kind {
	case 0:
		return policy.Is(
			policy.Operator{Base: policy.OpBool, IfExists: ifExists},
			g.near([]string{"aws:MultiFactorAuthPresent", "aws:SecureTransport", "aws:ViaAWSService"}),
			pick(g, []string{"true", "false"}),
		)
	case 1:
		return policy.Is(
			policy.Operator{Base: policy.OpNull},
			pick(g, nullableKeys),
			pick(g, []string{"true", "false"}),
		)
	case 2, 3:
		o := operator(stringOps)
		o.Quantifier = pick(g, quantifiers)
		return policy.Is(o, "aws:TagKeys", some(g, tagKeyValues, 3)...)
	case 4:
		return policy.Is(
			operator(arnOps),
			g.near([]string{"aws:PrincipalArn", "iam:AssociatedResourceArn"}),
			some(g, arnValues, most)...)
	case 5:
		return policy.Is(
			operator(dateOps),
			g.near([]string{"aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"}),
			some(g, dates, most)...)
	case 6:
		return policy.Is(
			operator(numericOps),
			g.near([]string{"aws:MultiFactorAuthAge", "s3:max-keys", "aws:EpochTime"}),
			some(g, numbers, most)...)
	case 7:
		return policy.Is(
			operator([]policy.BaseOperator{policy.OpIPAddress, policy.OpNotIPAddress}),
			"aws:SourceIp",
			some(g, addresses, most)...)
	}
	key := g.near(names(texts_))
	o := operator(stringOps)
	if g.oneIn(8) {
		o.Quantifier = pick(g, quantifiers)
	}
	values := some(g, texts_[key], most)
	if fold := strings.HasSuffix(string(o.Base), "IgnoreCase"); fold || strings.HasSuffix(string(o.Base), "Like") {
		// Two texts that both vary are compared by the plain operators alone.
		values = slices.DeleteFunc(values, varies)
		if len(values) == 0 {
			values = []string{"One"}
		}
	}
	return policy.Is(o, key, values...)
}

// varies reports whether a pattern has a variable whose value is a part of the request.
func varies(pattern string) bool {
	return strings.Contains(pattern, "${aws:RequestTag") || strings.Contains(pattern, "${aws:ResourceTag")
}

func (g *generator) conditions(st policy.Statement, most int) policy.Statement {
	for range g.IntN(most + 1) {
		c := g.condition()
		if !slices.ContainsFunc(st.Conditions, func(have policy.Condition) bool {
			return strings.EqualFold(have.Key, c.Key) && have.Operator == c.Operator
		}) {
			st.Conditions = append(st.Conditions, c)
		}
	}
	return st
}

func (g *generator) statement(effect policy.Effect, conditions int) policy.Statement {
	st := policy.Statement{Effect: effect}
	if g.onFocus() {
		st.Actions, st.Resources = []string{"*"}, []string{"*"}
		return g.conditions(st, conditions)
	}
	if g.oneIn(4) {
		st.NotActions = some(g, actionPatterns, 2)
	} else {
		st.Actions = some(g, actionPatterns, 3)
	}
	if g.oneIn(5) {
		st.NotResources = some(g, resourcePatterns, 2)
	} else {
		st.Resources = some(g, resourcePatterns, 2)
	}
	return g.conditions(st, conditions)
}

func (g *generator) document(allows, denies int) policy.Document {
	d := policy.New()
	for range g.IntN(allows + 1) {
		d = d.With(g.statement(policy.EffectAllow, 2))
	}
	for range g.IntN(denies + 1) {
		d = d.With(g.statement(policy.EffectDeny, 2))
	}
	if len(d.Statements) == 0 {
		d = d.With(g.statement(policy.EffectAllow, 1))
	}
	return d
}

// open allows everything, so that other documents decide.
func open() policy.Document { return policy.New(policy.Allow("All", "*").On("*")) }

// question is a world, a claim about it, and the caller as the judge sees it.
type question struct {
	world  access.World
	claim  prove.Claim
	caller *caller
	// limit are the session policies of the caller.
	limit []policy.Document
}

func (g *generator) question() question {
	g.focused()
	c := &caller{account: account, tags: map[string]string{}}
	w := access.World{Accounts: []world.Account{{ID: account, Partition: policy.AWS}}}
	a := &w.Accounts[0]
	own := g.document(3, 2)
	if g.sharp {
		own = policy.New(g.conditions(policy.Deny("", "*").On("*"), 1))
		if len(own.Statements[0].Conditions) == 0 {
			own = policy.New()
		}
	}
	if g.focus >= 0 || g.oneIn(3) {
		own = own.With(policy.Allow("All", "*").On("*"))
	}
	if !g.sharp {
		own = own.With(g.statement(policy.EffectAllow, 1))
	}
	c.identity = []string{own.JSON()}
	inline := []world.InlinePolicy{{Name: "own", Document: own}}
	var attached []string
	if !g.sharp && g.oneIn(3) {
		arn := "arn:aws:iam::" + account + ":policy/attached"
		d := g.document(1, 2)
		a.Policies = append(a.Policies, world.ManagedPolicy{ARN: arn, Document: d})
		attached, c.identity = []string{arn}, append(c.identity, d.JSON())
	}
	boundary := ""
	if !g.sharp && g.oneIn(4) {
		boundary = "arn:aws:iam::" + account + ":policy/boundary"
		d := g.document(3, 1)
		a.Policies = append(a.Policies, world.ManagedPolicy{ARN: boundary, Document: d})
		c.layers = append(c.layers, []string{d.JSON()})
	}
	var tags []world.Tag
	if g.IntN(3) > 0 {
		project := pick(g, []string{"One", "Two", "", "one", "a*b"})
		tags, c.tags["project"] = []world.Tag{{Key: "Project", Value: project}}, project
	}
	c.own = tags
	q := question{caller: c}
	var session access.Session
	if !g.sharp && g.IntN(3) > 0 {
		user := world.User{
			Name:     "bob",
			ID:       "AIDABOB",
			Path:     "/staff/",
			Tags:     tags,
			Inline:   inline,
			Attached: attached,
			Boundary: boundary,
			HasMFA:   g.oneIn(2),
		}
		c.arn, c.name, c.userID, c.hasMFA = bobARN, "bob", "AIDABOB", user.HasMFA
		if g.oneIn(3) {
			d := g.document(2, 2)
			user.Groups, a.Groups = []string{
				"staff",
			}, []world.Group{
				{Name: "staff", Inline: []world.InlinePolicy{{Name: "group", Document: d}}},
			}
			c.identity = append(c.identity, d.JSON())
		}
		a.Users = []world.User{user}
		session = g.signIn(c)
	} else {
		role := world.Role{
			Name:     "operator",
			ID:       "AROAOP",
			Tags:     tags,
			Inline:   inline,
			Attached: attached,
			Boundary: boundary,
			Trust:    trustOfRoot(),
		}
		a.Roles = []world.Role{role}
		c.arn, c.userID, c.temporary = roleARN, "AROAOP:bob", true
		var sessionTags []world.Tag
		if g.oneIn(2) {
			sessionTags, c.tags["project"] = []world.Tag{{Key: "project", Value: "Two"}}, "Two"
		}
		session = access.AssumedRole(roleARN, "bob", sessionTags...)
		if !g.sharp && g.oneIn(3) {
			d := g.document(3, 1)
			q.limit = []policy.Document{d}
			c.layers = append(c.layers, []string{d.JSON()})
		}
	}
	if g.oneIn(3) {
		g.organization(&w, c)
	}
	q.world = w
	q.claim = prove.Claim{Caller: session}
	if g.sharp {
		st := policy.Statement{Effect: policy.EffectAllow, Actions: neverActions, Resources: []string{"*"}}
		q.claim.Never = []policy.Statement{st.When(g.condition())}
		return q
	}
	for range 1 + g.IntN(2) {
		st := policy.Statement{
			Effect:    policy.EffectAllow,
			Actions:   some(g, neverActions, 4),
			Resources: []string{pick(g, questionForms)},
		}
		if g.onFocus() {
			st.Actions, st.Resources = neverActions, []string{"*"}
		}
		q.claim.Never = append(q.claim.Never, g.conditions(st, 1))
	}
	for range g.IntN(3) {
		q.claim.Except = append(q.claim.Except, g.statement(policy.EffectAllow, 1))
	}
	return q
}

func trustOfRoot() policy.Document {
	return policy.New(policy.Allow("", "sts:AssumeRole").For(policy.AWSPrincipals(account)))
}

// signIn draws a way of signing in.
func (g *generator) signIn(c *caller) access.Session {
	c.temporary = true
	switch g.IntN(5) {
	case 0:
		c.temporary = false
		return access.LongTermKey(c.arn)
	case 1:
		c.mfa = "false"
		return access.Console(c.arn)
	case 2:
		c.token, c.mfa = true, "false"
		return access.SessionToken(c.arn)
	case 3:
		c.token, c.mfa = true, "true"
		return access.SessionTokenWithMFA(c.arn, time.Minute)
	}
	c.mfa = "true"
	return access.ConsoleWithMFA(c.arn, time.Minute)
}

func (g *generator) organization(w *access.World, c *caller) {
	policies := func() ([]world.ServiceControlPolicy, []string) {
		var list []world.ServiceControlPolicy
		var documents []string
		add := func(d policy.Document) {
			list = append(list, world.ServiceControlPolicy{Name: fmt.Sprintf("p%d", len(list)), Document: d})
			documents = append(documents, d.JSON())
		}
		if !g.oneIn(4) {
			add(open())
		} else {
			add(g.document(3, 0))
		}
		if g.oneIn(2) {
			add(g.document(0, 2))
		}
		return list, documents
	}
	c.organization = "o-exampleorgid"
	root, rootDocuments := policies()
	leaf, leafDocuments := policies()
	w.Organization = &world.Organization{ID: c.organization, Management: "999999999999", Root: world.Unit{
		ID: "r-exam", Policies: root, Accounts: []world.OrganizationAccount{{ID: account, Policies: leaf}},
	}}
	if g.oneIn(8) {
		// No service control policy applies to the management account.
		w.Organization.Management = account
		return
	}
	c.layers = append(c.layers, rootDocuments, leafDocuments)
}

// asDocument is a document of one statement, as AWS would store it.
func asDocument(st policy.Statement) string { return policy.New(st).JSON() }
