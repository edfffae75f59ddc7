package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

const (
	people     = "111122223333"
	members    = "444455556666"
	management = "123456789012"
	region     = "eu-west-1"
)

// signIn is a way of signing in. The harness keeps it beside the Session, so that it can derive the condition keys by
// itself.
type signIn int

const (
	byKey signIn = iota
	byKeyAndCode
	byConsole
	byConsoleWithMFA
	byTokenWithMFA
	byRole
	byIdentityCenter
)

// caller is who asks.
type caller struct {
	how     signIn
	account string
	// user is the user's name and path, role the role's; one of them is empty.
	user, userPath, role, rolePath string
	session                        string
	age                            time.Duration
	tags                           []world.Tag
	issued                         time.Time
	// limit is the session policy; nil means none.
	limit *policy.Document
}

// question is one request to both evaluators.
type question struct {
	world   *access.World
	caller  caller
	request access.Request
}

// generator makes worlds and questions out of few and near-equal values, so that they meet often and miss narrowly.
type generator struct{ *rand.Rand }

func newGenerator(seed, stream uint64) generator {
	return generator{rand.New(rand.NewPCG(seed, stream))}
}

func (g generator) oneIn(n int) bool { return g.IntN(n) == 0 }

func pick[T any](g generator, values ...T) T { return values[g.IntN(len(values))] }

func some[T any](g generator, n int, values ...T) []T {
	values = slices.Clone(values)
	g.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
	return values[:min(n, len(values))]
}

// actions are those that the questions ask for, each with the forms of its resource, so that the oracle knows its
// resource type.
var actions = []string{
	"s3:GetObject",
	"s3:ListBucket",
	"s3:ListAllMyBuckets",
	"ec2:StartInstances",
	"ec2:CreateTags",
	"ec2:DescribeInstances",
	"ssm:StartSession",
	"ssm:TerminateSession",
	"iam:TagUser",
	"iam:EnableMFADevice",
	"iam:CreateVirtualMFADevice",
	"iam:CreateRole",
	"iam:PassRole",
	"sts:AssumeRole",
	"sts:AssumeRole",
	"sts:AssumeRole",
	"sts:GetFederationToken",
	"organizations:LeaveOrganization",
}

var actionPatterns = []string{
	"s3:*",
	"s3:Get*",
	"S3:getobject",
	"s3:List*",
	"ec2:*",
	"ec2:St?rtInstances",
	"ssm:*",
	"ssm:StartSession",
	"ssm:*Session",
	"iam:*",
	"iam:Tag*",
	"iam:*MFADevice",
	"iam:EnableMFADevice",
	"iam:CreateRole",
	"iam:PassRole",
	"sts:*",
	"sts:AssumeRole",
	"sts:TagSession",
	"sts:Assume*",
	"organizations:*",
	"s3:PutObject",
}

var resourcePatterns = []string{
	"*",
	"arn:aws:s3:::reports/*",
	"arn:aws:s3:::reports/${aws:username}/*",
	"arn:aws:s3:::reports/${aws:PrincipalTag/Project}/*",
	"arn:aws:s3:::reports/${aws:PrincipalTag/Project, 'blue'}/?",
	"arn:aws:s3:::reports",
	"arn:aws:s3:::rep*",
	"arn:aws:s3:::reports/${*}/x",
	"arn:aws:ec2:*:*:instance/*",
	"arn:aws:ec2:us-*:*:instance/*",
	"arn:aws:ssm:us-*:*:*",
	"arn:aws:ec2:eu-*:" + people + ":instance/i-?",
	"arn:aws:ssm:*:" + people + ":document/SSM-SessionManagerRunShell",
	"arn:aws:ssm:*:*:document/SSM-*",
	"arn:aws:ssm:*:*:session/*",
	"arn:aws:ssm:*:*:session/${aws:userid}-*",
	"arn:aws:iam::*:user/bob*",
	"arn:aws:iam::" + people + ":user/${aws:username}",
	"arn:aws:iam::" + people + ":user/*/${aws:username}",
	"arn:aws:iam::*:mfa/*",
	"arn:aws:iam::*:user/${aws:PrincipalTag/Team, 'x'}",
	"arn:aws:iam::*:role/*",
	"arn:aws:iam::" + people + ":role/ops",
	"arn:aws:iam::" + people + ":role/team/*",
	"arn:aws:iam::*:role/target",
	"arn:aws:iam::" + members + ":role/target",
	"arn:aws:iam::" + people + ":*",
}

// variableResources are resources with a policy variable in the place of the percent sign.
var variableResources = []string{
	"arn:aws:s3:::reports/%/*",
	"arn:aws:s3:::reports/x%x/?",
	"arn:aws:iam::*:user/%",
	"arn:aws:ssm:*:*:session/%-*",
}

// keys of conditions by the kind of their values.
var (
	textKeys = []string{
		"aws:username",
		"aws:userid",
		"aws:PrincipalAccount",
		"aws:PrincipalType",
		"aws:PrincipalOrgID",
		"aws:PrincipalTag/Project",
		"aws:principaltag/project",
		"aws:PrincipalTag/Team",
		"aws:ResourceTag/Project",
		"aws:RequestTag/Project",
		"aws:RequestTag/team",
		"sts:RoleSessionName",
		"sts:ExternalId",
		"s3:prefix",
		"ssm:resourceTag/aws:ssmmessages:session-id",
		"iam:PassedToService",
		"ec2:CreateAction",
		"aws:RequestedRegion",
		"aws:ResourceAccount",
		"AWS:SourceIdentity",
	}
	arnKeys  = []string{"aws:PrincipalArn", "aws:PrincipalArn", "iam:PermissionsBoundary"}
	boolKeys = []string{
		"aws:MultiFactorAuthPresent",
		"aws:MultiFactorAuthPresent",
		"aws:SecureTransport",
		"aws:ViaAWSService",
		"aws:PrincipalIsAWSService",
	}
	numberKeys = []string{"aws:MultiFactorAuthAge", "s3:max-keys", "aws:EpochTime"}
	dateKeys   = []string{"aws:CurrentTime", "aws:TokenIssueTime", "aws:EpochTime"}
	ipKeys     = []string{"aws:SourceIp"}
	manyKeys   = []string{
		"aws:TagKeys",
		"aws:TagKeys",
		"sts:TransitiveTagKeys",
		"aws:PrincipalOrgPaths",
		"aws:CalledVia",
	}
	// singleKeys are all keys of one value, which are the keys that can be policy variables.
	singleKeys = slices.Concat(textKeys, arnKeys, boolKeys, numberKeys, dateKeys, ipKeys)
)

var (
	texts = []string{
		"bob",
		"Bob",
		"bobby",
		"b*",
		"blue",
		"Blue",
		"green",
		"",
		"bl?e",
		people,
		members,
		"User",
		"AssumedRole",
		"o-exampleorgid",
		"s",
		"secret",
		"reports/",
		"RunInstances",
		"ec2.amazonaws.com",
		region,
		"us-east-1",
		"eu-*",
		"AROAOPS:s",
		"AROAOPS:*",
	}
	textVariables = []string{
		"${aws:username}",
		"${aws:PrincipalTag/Project}",
		"${aws:PrincipalTag/Project, 'blue'}",
		"${aws:userid}",
		"x${$}",
		"b${*}",
	}
	defaults = []string{"blue", "bob", "", "a b", "b*", people}
	arns     = []string{
		"arn:aws:iam::*:user/bob",
		"arn:aws:iam::*:user/*",
		"arn:aws:iam::*:role/*",
		"arn:aws:iam::" + people + ":role/ops",
		"arn:aws:iam::*:role/team/ops",
		"arn:aws:iam::*:root",
		"arn:aws:iam::" + people + ":user/bob",
		"arn:aws:iam::??????222333?:role/*",
		"arn:aws:iam::" + people + ":policy/bound",
		"arn:aws:iam::*:user/${aws:username}",
	}
	numbers = []string{
		"0",
		"1",
		"60",
		"3600",
		"3599",
		"43200",
		"-1",
		"10.5",
		"60.0",
		"59.999",
		"60.001",
		"0.5",
		".5",
		"1.",
		"+60",
		"-0",
		"0060",
		"-0.25",
		"3599.5",
		"1796083200",
		"1796083199.5",
		"1796083200.0",
	}
	dates = []string{
		"2026-12-01T00:00:00Z",
		"2026-12-01T09:00:00+09:00",
		"2026-11-30T23:59:59Z",
		"2026-12-01T00:00:01Z",
		"2026-12-01",
		"2026-12",
		"2026-12-01T00:00Z",
		"1796083200",
		"1796083199",
		"1796083201",
		"0",
		"-1",
	}
	fractions = []string{"2026-12-01T00:00:00.5Z", "2026-11-30T18:59:59.999-05:00"}
	networks  = []string{"203.0.113.0/24", "203.0.113.7", "198.51.100.0/25", "0.0.0.0/0", "2001:db8::/32"}
	tagKeys   = []string{"Project", "PROJECT", "Team", "Email", "Pro*"}
	paths     = []string{"o-exampleorgid/r-exam/*", "o-exampleorgid/r-exam/ou-exam-11111111/", "o-other/*"}
	services  = []string{"ec2.amazonaws.com", "ssm-guiconnect.amazonaws.com", "*.amazonaws.com"}
)

func (g generator) condition() policy.Condition {
	o := policy.Operator{IfExists: g.oneIn(4)}
	var key string
	var values []string
	switch kind := g.IntN(20); {
	case kind < 7:
		key, o.Base = pick(
			g,
			textKeys...), pick(
			g,
			policy.OpStringEquals,
			policy.OpStringEquals,
			policy.OpStringNotEquals,
			policy.OpStringLike,
			policy.OpStringNotLike,
			policy.OpStringEqualsIgnoreCase,
			policy.OpStringNotEqualsIgnoreCase,
		)
		values = some(g, 1+g.IntN(2), texts...)
		switch g.IntN(6) {
		case 0:
			values[0] = pick(g, textVariables...)
		case 1:
			values[0] = g.variable(key)
		case 2:
			values[0] = pick(g, "", "x", "b", "*") + g.variable(pick(g, singleKeys...))
		}
		if g.oneIn(8) {
			o.Quantifier = pick(g, policy.ForAllValues, policy.ForAnyValue)
		}
	case kind < 9:
		key, o.Base = pick(
			g,
			arnKeys...), pick(
			g,
			policy.OpArnLike,
			policy.OpArnEquals,
			policy.OpArnNotLike,
			policy.OpArnNotEquals,
		)
		values = some(g, 1+g.IntN(3), arns...)
		if g.oneIn(6) {
			values[0] = strings.Replace(
				pick(g, "%", "arn:aws:iam::*:user/%", "arn:aws:iam::%:role/ops", "arn:aws:iam::*:%"),
				"%",
				g.variable(pick(g, slices.Concat(arnKeys, textKeys)...)),
				1,
			)
		}
	case kind < 12:
		key, o.Base, values = pick(g, boolKeys...), policy.OpBool, []string{pick(g, "true", "false", "TRUE")}
	case kind < 13:
		key, o.Base = pick(
			g,
			numberKeys...), pick(
			g,
			policy.OpNumericEquals,
			policy.OpNumericNotEquals,
			policy.OpNumericLessThan,
			policy.OpNumericLessThanEquals,
			policy.OpNumericGreaterThan,
			policy.OpNumericGreaterThanEquals,
		)
		values = some(g, 1+g.IntN(2), numbers...)
	case kind < 14:
		key, o.Base = pick(
			g,
			dateKeys...), pick(
			g,
			policy.OpDateEquals,
			policy.OpDateNotEquals,
			policy.OpDateLessThan,
			policy.OpDateLessThanEquals,
			policy.OpDateGreaterThan,
			policy.OpDateGreaterThanEquals,
		)
		values = some(g, 1+g.IntN(2), dates...)
		if key != "aws:EpochTime" && g.oneIn(5) {
			values[0] = pick(g, fractions...)
		}
	case kind < 15:
		key, o.Base, values = pick(
			g,
			ipKeys...), pick(
			g,
			policy.OpIPAddress,
			policy.OpNotIPAddress,
		), some(
			g,
			1+g.IntN(2),
			networks...)
	case kind < 18:
		key = pick(g, manyKeys...)
		o.Quantifier = pick(g, policy.ForAllValues, policy.ForAnyValue)
		o.Base = pick(
			g,
			policy.OpStringEquals,
			policy.OpStringEqualsIgnoreCase,
			policy.OpStringLike,
			policy.OpStringNotEquals,
			policy.OpStringNotLike,
		)
		switch key {
		case "aws:TagKeys", "sts:TransitiveTagKeys":
			values = some(g, 1+g.IntN(3), tagKeys...)
		case "aws:CalledVia":
			values = some(g, 1, services...)
		default:
			values = some(g, 1+g.IntN(2), paths...)
		}
	default:
		o = policy.Operator{Base: policy.OpNull}
		key = pick(g, slices.Concat(singleKeys, manyKeys)...)
		values = []string{pick(g, "true", "false")}
	}
	return policy.Is(o, key, values...)
}

// variable is the policy variable of a key, often with a default.
func (g generator) variable(key string) string {
	if g.oneIn(2) {
		return "${" + key + "}"
	}
	return "${" + key + ", '" + pick(g, defaults...) + "'}"
}

func (g generator) resources() []string {
	out := some(g, 1+g.IntN(3), resourcePatterns...)
	if g.oneIn(4) {
		out[0] = strings.Replace(pick(g, variableResources...), "%", g.variable(pick(g, singleKeys...)), 1)
	}
	return out
}

func (g generator) statement(index int) policy.Statement {
	s := policy.Statement{Sid: fmt.Sprintf("S%d", index), Effect: policy.EffectAllow}
	if g.oneIn(3) {
		s.Effect = policy.EffectDeny
	}
	// Half of the statements leave the action open, and half the resource, so that the conditions decide.
	switch patterns := some(g, 1+g.IntN(3), actionPatterns...); {
	case g.oneIn(2):
		s.Actions = []string{"*"}
	case g.oneIn(4):
		s.NotActions = patterns
	default:
		s.Actions = patterns
	}
	switch resources := g.resources(); {
	case g.oneIn(2):
		s.Resources = []string{"*"}
	case g.oneIn(4) && !slices.Contains(resources, "*"):
		s.NotResources = resources
	default:
		s.Resources = resources
	}
	s.Conditions = g.conditions()
	return s
}

func (g generator) conditions() []policy.Condition {
	var out []policy.Condition
	for range pick(g, 0, 1, 1, 1, 1, 1, 2, 3) {
		c := g.condition()
		if !slices.ContainsFunc(out, func(o policy.Condition) bool {
			return o.Operator == c.Operator && strings.EqualFold(o.Key, c.Key)
		}) {
			out = append(out, c)
		}
	}
	return out
}

// document often begins with a wide Allow, or hardly anything would be allowed.
func (g generator) document() policy.Document {
	var statements []policy.Statement
	if g.oneIn(2) {
		statements = append(statements, policy.Allow("Wide", pick(g, "*", "s3:*", "sts:*")).On("*"))
	}
	for i := range 1 + g.IntN(3) {
		statements = append(statements, g.statement(i))
	}
	return policy.New(statements...)
}

func (g generator) inline(chance int) []world.InlinePolicy {
	var out []world.InlinePolicy
	for i := range 2 {
		if g.oneIn(chance) {
			out = append(out, world.InlinePolicy{Name: fmt.Sprintf("p%d", i), Document: g.document()})
		}
	}
	return out
}

func (g generator) trust() policy.Document {
	principals := []string{
		people,
		"arn:aws:iam::" + people + ":root",
		"arn:aws:iam::" + people + ":user/bob",
		"arn:aws:iam::" + people + ":user/team/bobby",
		"arn:aws:iam::" + people + ":role/ops",
		"arn:aws:sts::" + people + ":assumed-role/ops/s",
		members,
		"arn:aws:iam::" + members + ":user/bob",
	}
	var statements []policy.Statement
	for i := range 1 + g.IntN(3) {
		s := policy.Statement{
			Sid:     fmt.Sprintf("T%d", i),
			Effect:  policy.EffectAllow,
			Actions: some(g, 1+g.IntN(2), "sts:AssumeRole", "sts:AssumeRole", "sts:TagSession", "sts:*"),
		}
		if g.oneIn(5) {
			s.Effect = policy.EffectDeny
		}
		switch {
		case g.oneIn(8):
			s = s.For(policy.Anyone())
		case g.oneIn(10):
			s = s.For(policy.ServicePrincipals("ec2.amazonaws.com"))
		default:
			s = s.For(policy.AWSPrincipals(some(g, 1+g.IntN(3), principals...)...))
		}
		// AWS keeps the NotPrincipal of old trust policies. Whom a Deny spares has everything listed that stands for
		// the caller, so that lists are long.
		if g.oneIn(6) {
			s.Principals, s.NotPrincipals = nil, []policy.Principal{
				policy.AWSPrincipals(some(g, 1+g.IntN(len(principals)), principals...)...),
			}
			if !g.oneIn(4) {
				s.Effect = policy.EffectDeny
			}
		}
		s.Conditions = g.conditions()
		statements = append(statements, s)
	}
	return policy.New(statements...)
}

func (g generator) guardrails() []world.ServiceControlPolicy {
	full := world.ServiceControlPolicy{Name: "FullAWSAccess", Document: policy.New(policy.Allow("", "*").On("*"))}
	switch g.IntN(4) {
	case 0, 1:
		return []world.ServiceControlPolicy{full}
	case 2:
		return []world.ServiceControlPolicy{full, {Name: "more", Document: g.document()}}
	}
	return []world.ServiceControlPolicy{{Name: "only", Document: g.document()}}
}

const boundary = "arn:aws:iam::" + people + ":policy/bound"

func (g generator) world() *access.World {
	bound := func() string {
		if g.oneIn(5) {
			return boundary
		}
		return ""
	}
	tags := func() []world.Tag {
		var out []world.Tag
		if g.oneIn(2) {
			out = append(
				out,
				world.Tag{Key: pick(g, "Project", "project"), Value: pick(g, "blue", "Blue", "green", "bl*", "")},
			)
		}
		if g.oneIn(4) {
			out = append(out, world.Tag{Key: "Team", Value: "bob"})
		}
		return out
	}
	account := func(id string) world.Account {
		a := world.Account{ID: id, Groups: []world.Group{{Name: "g", Inline: g.inline(2)}}}
		a.Users = []world.User{
			{Name: "bob", ID: "AIDABOB", Tags: tags(), Groups: some(g, g.IntN(2), "g"), Inline: g.inline(2)},
			{
				Name:   "bobby",
				ID:     "AIDABOBBY",
				Path:   "/team/",
				Tags:   tags(),
				Groups: some(g, g.IntN(2), "g"),
				Inline: g.inline(2),
			},
		}
		a.Roles = []world.Role{
			{Name: "ops", ID: "AROAOPS", Tags: tags(), Trust: g.trust(), Inline: g.inline(2)},
			{Name: "target", ID: "AROATARGET", Path: "/", Tags: tags(), Trust: g.trust()},
		}
		if id == people {
			a.Policies = []world.ManagedPolicy{{ARN: boundary, Document: g.document()}}
			for i := range a.Users {
				a.Users[i].Boundary = bound()
			}
			a.Roles[0].Boundary = bound()
		}
		return a
	}
	w := &access.World{Accounts: []world.Account{account(people), account(members)}}
	if g.oneIn(2) {
		w.Organization = &world.Organization{
			ID:         "o-exampleorgid",
			Management: pick(g, management, management, people),
			Root: world.Unit{
				ID:       "r-exam",
				Policies: g.guardrails(),
				Units: []world.Unit{
					{
						ID:       "ou-exam-11111111",
						Policies: g.guardrails(),
						Accounts: []world.OrganizationAccount{{ID: people, Policies: g.guardrails()}},
					},
				},
			},
		}
		if g.oneIn(2) {
			w.Organization.Root.Accounts = []world.OrganizationAccount{{ID: members, Policies: g.guardrails()}}
		}
	}
	return w
}

func (g generator) caller() caller {
	c := caller{
		how: pick(
			g,
			byKey,
			byKeyAndCode,
			byConsole,
			byConsoleWithMFA,
			byTokenWithMFA,
			byRole,
			byRole,
			byIdentityCenter,
		),
		account: people,
		age:     pick(g, 0, time.Minute, 3599*time.Second, time.Hour),
		issued:  pick(g, moments...),
	}
	if g.oneIn(5) {
		c.account = members
	}
	switch c.how {
	case byRole, byIdentityCenter:
		c.role, c.rolePath, c.session = "ops", "/", pick(g, "s", "bob", "x")
		if g.oneIn(2) {
			c.tags = []world.Tag{{Key: pick(g, "Project", "PROJECT"), Value: pick(g, "blue", "green", "*", "")}}
		}
		if g.oneIn(3) {
			c.tags = append(c.tags, world.Tag{Key: pick(g, "Team", "team"), Value: pick(g, "bob", "blue", "x")})
		}
		if c.how == byRole && g.oneIn(6) {
			limit := g.document()
			c.limit = &limit
		}
	default:
		c.user, c.userPath = "bob", "/"
		if g.oneIn(3) {
			c.user, c.userPath = "bobby", "/team/"
		}
	}
	return c
}

var moments = []time.Time{
	time.Date(
		2026,
		11,
		30,
		23,
		59,
		59,
		0,
		time.UTC,
	),
	time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 12, 1, 0, 0, 1, 0, time.UTC),
}

// objects are keys of objects, named after what the variables of resources stand for.
var objects = []string{
	"bob/x",
	"blue/x",
	"blue/xx",
	"bobby/x",
	"green/y",
	people + "/x",
	"User/x",
	"AssumedRole/x",
	"true/x",
	"false/x",
	region + "/x",
	"o-exampleorgid/x",
	"AIDABOB/x",
	"AROAOPS:s/x",
	"3600/x",
	"1796083200/x",
	"203.0.113.7/x",
	"/x",
	"x/x",
	"xx/x",
	"xbluex/x",
	"xbobx/x",
	"a b/x",
	"b*/x",
}

// request asks for an action with the resource types and the condition keys that AWS has for it. Federation tokens
// are asked for with long-term keys alone: that AWS refuses them to temporary credentials is no question of policies,
// and the oracle does not know it.
func (g generator) request(c *caller) access.Request {
	action := pick(g, actions...)
	for action == "sts:GetFederationToken" && c.how != byKey && c.how != byKeyAndCode {
		action = pick(g, actions...)
	}
	r := access.Request{
		Action:  action,
		Time:    pick(g, moments...),
		Context: access.Context{"aws:RequestedRegion": {region}},
	}
	if g.oneIn(3) {
		r.Context["aws:SourceIp"] = []string{pick(g, "203.0.113.7", "203.0.113.200", "198.51.100.200", "2001:db8::1")}
	}
	if g.oneIn(6) {
		r.Context["aws:CalledVia"] = some(g, 1+g.IntN(2), "ec2.amazonaws.com", "ssm-guiconnect.amazonaws.com")
		r.Context["aws:ViaAWSService"] = []string{"true"}
	}
	if g.oneIn(10) {
		r.Context["aws:SecureTransport"] = []string{"false"}
	}
	account := pick(g, people, people, members)
	tags := func() []world.Tag {
		switch g.IntN(3) {
		case 0:
			return []world.Tag{}
		case 1:
			return []world.Tag{{Key: "project", Value: pick(g, "blue", "bob")}}
		}
		return []world.Tag{
			{Key: "Project", Value: pick(g, "blue", "Blue", "green", "bl*", "bob")},
			{Key: "Name", Value: "n"},
		}
	}
	passTags := func(chance int) {
		if !g.oneIn(chance) {
			return
		}
		for _, key := range some(g, 1+g.IntN(2), "Project", "Team", "Email") {
			r.Context["aws:RequestTag/"+key] = []string{pick(g, "blue", "green", "bob", "")}
			r.Context["aws:TagKeys"] = append(r.Context["aws:TagKeys"], key)
		}
	}
	one := func(arn string, tags []world.Tag) []access.Resource {
		return []access.Resource{{ARN: arn, Tags: tags}}
	}
	none := []world.Tag{}
	switch r.Action {
	case "s3:GetObject":
		r.Resources = one("arn:aws:s3:::reports/"+pick(g, objects...), none)
	case "s3:ListBucket":
		r.Resources = one("arn:aws:s3:::reports", none)
		if g.oneIn(2) {
			r.Context["s3:prefix"] = []string{pick(g, "reports/", "bob", "", "b*")}
			r.Context["s3:max-keys"] = []string{pick(g, "1", "60", "1000", "10.5", "60.0", "0.50", "-0.25")}
		}
	case "ec2:StartInstances":
		r.Resources = one("arn:aws:ec2:"+region+":"+account+":instance/"+pick(g, "i-1", "i-22"), tags())
	case "ec2:CreateTags":
		r.Resources = one("arn:aws:ec2:"+region+":"+account+":instance/i-1", tags())
		passTags(1)
		if g.oneIn(2) {
			r.Context["ec2:CreateAction"] = []string{"RunInstances"}
		}
	case "ssm:StartSession":
		document := "arn:aws:ssm:" + region + ":" + people + ":document/" + pick(
			g,
			"SSM-SessionManagerRunShell",
			"Custom",
		)
		r.Resources = append(one("arn:aws:ec2:"+region+":"+people+":instance/i-1", tags()), one(document, none)...)
	case "ssm:TerminateSession":
		r.Resources = one("arn:aws:ssm:"+region+":"+people+":session/"+pick(g, "bob-0f", "AROAOPS:s-0f"),
			[]world.Tag{{Key: "aws:ssmmessages:session-id", Value: pick(g, "AROAOPS:s", "AIDABOB", "AROAOPS:*")}})
	case "iam:TagUser":
		r.Resources = one("arn:aws:iam::"+account+":user/"+pick(g, "bob", "team/bobby", "x"), tags())
		passTags(1)
	case "iam:EnableMFADevice":
		r.Resources = one("arn:aws:iam::"+account+":user/"+pick(g, "bob", "team/bobby", "x"), tags())
	case "iam:CreateVirtualMFADevice":
		r.Resources = one("arn:aws:iam::"+account+":mfa/bob", none)
	case "iam:CreateRole":
		r.Resources = one("arn:aws:iam::"+account+":role/"+pick(g, "new", "team/new"), none)
		if g.oneIn(2) {
			r.Context["iam:PermissionsBoundary"] = []string{
				pick(g, boundary, "arn:aws:iam::aws:policy/PowerUserAccess"),
			}
		}
		passTags(4)
	case "iam:PassRole":
		r.Resources = one("arn:aws:iam::"+account+":role/target", none)
		r.Context["iam:PassedToService"] = []string{pick(g, "ec2.amazonaws.com", "ssm.amazonaws.com")}
	case "sts:AssumeRole":
		r.Resources = one("arn:aws:iam::"+account+":role/target", nil)
		r.Context["sts:RoleSessionName"] = []string{pick(g, "bob", "s", "bobby", "alice")}
		if g.oneIn(4) {
			r.Context["sts:ExternalId"] = []string{pick(g, "secret", "bob")}
		}
		passTags(3)
		if keys := r.Context["aws:TagKeys"]; keys != nil && g.oneIn(3) {
			r.Context["sts:TransitiveTagKeys"] = some(g, 1, keys...)
		}
	case "sts:GetFederationToken":
		r.Resources = one("arn:aws:sts::"+account+":federated-user/bob", none)
	}
	return r
}
