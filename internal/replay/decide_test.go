package replay

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/replay/cloudtrail"
	"aws-access-guardrails/internal/replay/judging"
	"aws-access-guardrails/policy"
)

// A generated call is decided by the engine with everything that is known of it, and by a replay with the record
// alone. A record does not tell what CloudTrail leaves out: the tags of a role session, those of resources, the user
// agent, paths of roles, and TLS where the record has no details. What the alphabet leaves out: keys of several
// values but aws:TagKeys, and calls that a service makes on somebody's behalf.

const (
	member     = "444455556666"
	management = "123456789012"
)

var (
	allowAll = policy.New(policy.Allow("", "*").On("*"))
	callTime = time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)
)

// worldWith is one member account with a user and a role that may do everything, below service control policies.
func worldWith(roleTags []world.Tag, userTags []world.Tag, deny ...policy.Statement) access.World {
	full := world.ServiceControlPolicy{Name: "FullAWSAccess", Document: allowAll}
	everything := []world.InlinePolicy{{Name: "all", Document: allowAll}}
	trust := policy.New(policy.Allow("", "sts:AssumeRole", "sts:TagSession").For(policy.AWSPrincipals("*")))
	return access.World{
		Accounts: []world.Account{{ID: member, Partial: true,
			Users: []world.User{{Name: "alice", Path: "/staff/", Tags: userTags, Inline: everything}},
			Roles: []world.Role{{Name: "Dev", Path: "/team/", Tags: roleTags, Inline: everything, Trust: trust}}}},
		Organization: &world.Organization{ID: "o-exampleorgid", Management: management, Root: world.Unit{
			ID:       "r-exam",
			Policies: []world.ServiceControlPolicy{full},
			Accounts: []world.OrganizationAccount{{ID: management, Policies: []world.ServiceControlPolicy{full}}},
			Units: []world.Unit{
				{
					ID:       "ou-exam-11111111",
					Policies: []world.ServiceControlPolicy{full, {Name: "guard", Document: policy.New(deny...)}},
					Accounts: []world.OrganizationAccount{{ID: member, Policies: []world.ServiceControlPolicy{full}}},
				},
			},
		}},
	}
}

// truth is everything about a generated call.
type truth struct {
	role, console, mfa bool
	action             string
	params             map[string]any
	resource           access.Resource
	context            access.Context
	// hidden are keys and paths that the record does not tell, with what they are.
	hidden map[string][]string
	path   string
	tls    bool
}

type generator struct{ *rand.Rand }

func (g generator) pick(texts ...string) string { return texts[g.Intn(len(texts))] }

func (g generator) one(in int) bool { return g.Intn(in) == 0 }

var actions = []string{
	"ec2:TerminateInstances",
	"iam:DeleteRole",
	"secretsmanager:GetSecretValue",
	"ssm:UpdateDocument",
	"sts:AssumeRole",
	"iam:CreateUser",
	"organizations:LeaveOrganization",
}

// call makes a call of one of the actions.
func (g generator) call() *truth {
	t := &truth{
		role:    g.one(2),
		action:  actions[g.Intn(len(actions))],
		params:  map[string]any{},
		context: access.Context{},
		hidden:  map[string][]string{},
		path:    "/",
		tls:     !g.one(4),
	}
	t.console = !t.role && g.one(2)
	t.mfa = t.console && g.one(2)
	arn := func(service, region, rest string) string {
		return "arn:aws:" + service + ":" + region + ":" + member + ":" + rest
	}
	switch t.action {
	case "ec2:TerminateInstances":
		id := g.pick("i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb")
		t.params["instancesSet"] = map[string]any{"items": []any{map[string]any{"instanceId": id}}}
		t.resource.ARN = arn("ec2", "ap-northeast-1", "instance/"+id)
	case "iam:DeleteRole":
		t.path = g.pick("/", "/guarded/")
		name := g.pick("App", "Tool")
		t.params["roleName"] = name
		t.resource.ARN = arn("iam", "", "role"+t.path+name)
	case "secretsmanager:GetSecretValue":
		t.resource.ARN = arn("secretsmanager", "ap-northeast-1", "secret:"+g.pick("app-AbCdEf", "db-AbCdEf"))
		t.params["secretId"] = t.resource.ARN
	case "ssm:UpdateDocument":
		t.params["name"] = g.pick("Patch", "Shell")
		t.resource.ARN = arn("ssm", "ap-northeast-1", "document/"+t.params["name"].(string))
		t.hide(g, "ssm:DocumentType", "Session", "Command")
	case "sts:AssumeRole":
		t.resource.ARN = "arn:aws:iam::" + member + ":role/team/Dev"
		t.params["roleArn"], t.params["roleSessionName"] = t.resource.ARN, "next"
		t.context["sts:RoleSessionName"] = []string{"next"}
		if g.one(2) {
			t.params["externalId"] = "x1"
			t.context["sts:ExternalId"] = []string{"x1"}
		}
	case "iam:CreateUser":
		t.params["userName"] = "new"
		t.resource.ARN = arn("iam", "", "user/new")
		t.tag(g)
	}
	if t.action == "ec2:TerminateInstances" || t.action == "secretsmanager:GetSecretValue" ||
		t.action == "ssm:UpdateDocument" {
		t.hide(g, "aws:ResourceTag/Team", "a", "b")
	}
	region := g.pick("ap-northeast-1", "us-east-1")
	if strings.HasPrefix(t.action, "ec2:") || strings.HasPrefix(t.action, "ss") || strings.HasPrefix(t.action, "sec") {
		region = "ap-northeast-1"
	}
	t.context["aws:RequestedRegion"] = []string{region}
	t.context["aws:SourceIp"] = []string{g.pick("198.51.100.7", "203.0.113.9", "2001:db8::1")}
	t.hide(g, "aws:UserAgent", "aws-cli", "console")
	if !t.tls {
		t.hide(g, "aws:SecureTransport", "true", "false")
		if t.hidden["aws:SecureTransport"] == nil {
			t.hidden["aws:SecureTransport"] = []string{"true"}
		}
	}
	if t.role {
		t.hide(g, "aws:PrincipalTag/Team", "a", "b")
	}
	return t
}

// tag gives the request tags.
func (t *truth) tag(g generator) {
	var tags []any
	for _, key := range []string{"Team", "Cost"} {
		if g.one(2) {
			value := g.pick("a", "b")
			tags = append(tags, map[string]any{"key": key, "value": value})
			t.context["aws:RequestTag/"+key] = []string{value}
			t.context["aws:TagKeys"] = append(t.context["aws:TagKeys"], key)
		}
	}
	if tags != nil {
		t.params["tags"] = tags
	}
}

// hide gives the call a key that no record tells, or leaves it out.
func (t *truth) hide(g generator, key string, values ...string) {
	t.hidden[key] = nil
	if !g.one(3) {
		t.hidden[key] = []string{g.pick(values...)}
	}
}

// statement makes a Deny about one of the keys, or two.
func (g generator) statement(sid string) policy.Statement {
	verbs := []string{actions[g.Intn(len(actions))]}
	if g.one(3) {
		verbs = []string{"*"}
	}
	s := policy.Deny(sid, verbs...).On("*")
	if g.one(3) {
		s = policy.Deny(sid, verbs...).
			On(g.pick("arn:aws:iam::*:role/guarded/*", "arn:aws:ec2:*:*:instance/i-0a*", "arn:aws:ssm:*:*:document/P*",
				"arn:aws:iam::*:user/*",
				"arn:aws:secretsmanager:*:*:secret:app-*", "arn:aws:iam::"+member+":role/*"))
	}
	var conditions []policy.Condition
	for range 1 + g.Intn(2) {
		conditions = append(conditions, g.condition())
	}
	return s.When(conditions...)
}

func (g generator) condition() policy.Condition {
	operator := func(texts ...string) policy.Operator {
		o, err := policy.ParseOperator(texts[g.Intn(len(texts))])
		if err != nil {
			panic(err)
		}
		return o
	}
	text := []string{
		"StringEquals",
		"StringNotEquals",
		"StringEqualsIfExists",
		"StringNotEqualsIfExists",
		"StringLike",
		"StringNotLike",
		"StringEqualsIgnoreCase",
	}
	condition := func(o policy.Operator, key string, values ...string) policy.Condition {
		return policy.Condition{Operator: o, Key: key, Values: values}
	}
	switch g.Intn(13) {
	case 0:
		return condition(
			operator("ArnLike", "ArnNotLike", "ArnEquals"),
			"aws:PrincipalArn",
			g.pick("arn:aws:iam::*:role/team/*", "arn:aws:iam::*:user/*", "arn:aws:iam::"+member+":role/team/Dev"),
		)
	case 1:
		return condition(
			operator("IpAddress", "NotIpAddress", "NotIpAddressIfExists"),
			"aws:SourceIp",
			g.pick("198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"),
		)
	case 2:
		return condition(operator(text[:2]...), "aws:RequestedRegion", g.pick("ap-northeast-1", "us-east-1"))
	case 3:
		return condition(operator("Bool", "BoolIfExists"), "aws:MultiFactorAuthPresent", g.pick("true", "false"))
	case 4:
		return condition(operator("Bool"), "aws:SecureTransport", g.pick("true", "false"))
	case 5:
		return condition(
			operator("Null"),
			g.pick(
				"aws:PrincipalTag/Team",
				"aws:username",
				"aws:RequestTag/Team",
				"aws:UserAgent",
				"aws:ResourceTag/Team",
				"sts:ExternalId",
			),
			g.pick("true", "false"),
		)
	case 6:
		return condition(operator(text...), "aws:PrincipalTag/Team", g.pick("a", "b", "A*", "${aws:RequestTag/Team}"))
	case 7:
		return condition(operator(text...), "aws:RequestTag/Team", g.pick("a", "b", "*", "${aws:PrincipalTag/Team}"))
	case 8:
		return condition(
			operator("ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals"),
			"aws:TagKeys",
			"Team",
		)
	case 9:
		return condition(operator(text...), "aws:ResourceTag/Team", g.pick("a", "b", "${aws:PrincipalTag/Team}"))
	case 10:
		return condition(operator(text...), "aws:UserAgent", g.pick("aws-cli", "console", "aws-*"))
	case 11:
		return condition(operator(text[:4]...), "ssm:DocumentType", g.pick("Session", "Command"))
	}
	return condition(
		operator("DateLessThan", "DateGreaterThan"),
		"aws:CurrentTime",
		g.pick("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
	)
}

// record is the call as CloudTrail writes it down.
func (t *truth) record(id string) []byte {
	user := map[string]any{
		"type":        "IAMUser",
		"arn":         "arn:aws:iam::" + member + ":user/staff/alice",
		"accountId":   member,
		"userName":    "alice",
		"accessKeyId": "AKIAIOSFODNN7EXAMPLE",
		"principalId": "AIDAEXAMPLE",
	}
	session := map[string]any{
		"attributes": map[string]any{"creationDate": "2026-11-20T09:00:00Z", "mfaAuthenticated": fmt.Sprint(t.mfa)},
	}
	switch {
	case t.role:
		session["sessionIssuer"] = map[string]any{
			"type":      "Role",
			"arn":       "arn:aws:iam::" + member + ":role/team/Dev",
			"accountId": member,
			"userName":  "Dev",
		}
		session["attributes"].(map[string]any)["mfaAuthenticated"] = "false"
		user = map[string]any{
			"type":           "AssumedRole",
			"arn":            "arn:aws:sts::" + member + ":assumed-role/Dev/sess",
			"accountId":      member,
			"principalId":    "AROAEXAMPLE:sess",
			"sessionContext": session,
		}
	case t.console:
		user["sessionContext"], user["accessKeyId"] = session, "ASIAIOSFODNN7EXAMPLE"
	}
	service, name, _ := strings.Cut(t.action, ":")
	out := map[string]any{
		"eventVersion":       "1.11",
		"userIdentity":       user,
		"eventTime":          callTime.Format(time.RFC3339),
		"eventSource":        service + ".amazonaws.com",
		"eventName":          name,
		"awsRegion":          t.context["aws:RequestedRegion"][0],
		"sourceIPAddress":    t.context["aws:SourceIp"][0],
		"requestParameters":  t.params,
		"eventID":            id,
		"eventType":          "AwsApiCall",
		"recipientAccountId": member,
		"eventCategory":      "Management",
	}
	if t.tls {
		out["tlsDetails"] = map[string]any{"tlsVersion": "TLSv1.3"}
	}
	data, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return data
}

// decide asks the engine about the call, with these values of what no record tells.
func (t *truth) decide(
	tb testing.TB,
	engines map[string]*access.Engine,
	deny []policy.Statement,
	hidden map[string][]string,
	path string,
) bool {
	tb.Helper()
	tags := hidden["aws:PrincipalTag/Team"]
	id := strings.Join(tags, ",")
	if engines[id] == nil {
		var own []world.Tag
		if len(tags) > 0 {
			own = []world.Tag{{Key: "Team", Value: tags[0]}}
		}
		e, err := access.Compile(worldWith(own, []world.Tag{{Key: "Team", Value: "a"}}, deny...))
		require.NoError(tb, err)
		engines[id] = e
	}
	context := access.Context{}
	for key, values := range t.context {
		context[key] = values
	}
	resource := t.resource
	if t.action == "iam:DeleteRole" {
		resource.ARN = strings.Replace(resource.ARN, "role"+t.path, "role"+path, 1)
	}
	for key, values := range hidden {
		switch {
		case key == "aws:PrincipalTag/Team" || len(values) == 0:
		case key == "aws:ResourceTag/Team":
			resource.Tags = []world.Tag{{Key: "Team", Value: values[0]}}
		default:
			context[key] = values
		}
	}
	if resource.Tags == nil {
		resource.Tags = []world.Tag{}
	}
	session := access.LongTermKey("arn:aws:iam::" + member + ":user/staff/alice")
	switch {
	case t.role:
		session = access.AssumedRole("arn:aws:iam::"+member+":role/team/Dev", "sess")
	case t.mfa:
		session = access.ConsoleWithMFA("arn:aws:iam::"+member+":user/staff/alice", time.Hour)
	case t.console:
		session = access.Console("arn:aws:iam::" + member + ":user/staff/alice")
	}
	request := access.Request{Action: t.action, Context: context, Time: callTime}
	if resource.ARN != "" {
		request.Resources = []access.Resource{resource}
	}
	d, err := engines[id].Decide(session, request)
	require.NoError(tb, err)
	return d.Allowed()
}

// outcomes tries every value of what no record tells of these names, and gives what comes of it.
func (t *truth) outcomes(
	tb testing.TB,
	engines map[string]*access.Engine,
	deny []policy.Statement,
	names []string,
) (allowed, refused bool) {
	tb.Helper()
	candidates := map[string][][]string{
		"aws:PrincipalTag/Team": {
			nil,
			{"a"},
			{"b"},
			{"A1"},
			{"A*"},
			{"*"},
			{"z"},
		},
		"aws:ResourceTag/Team": {nil, {"a"}, {"b"}, {"A1"}, {"A*"}, {"*"}, {"z"}},
		"aws:UserAgent":        {nil, {"aws-cli"}, {"console"}, {"aws-x"}, {"aws-*"}, {"AWS-CLI"}, {"z"}},
		"aws:SecureTransport":  {{"true"}, {"false"}},
		"ssm:DocumentType":     {nil, {"Session"}, {"Command"}, {"z"}},
	}
	var try func(at int, hidden map[string][]string, path string)
	try = func(at int, hidden map[string][]string, path string) {
		if at == len(names) {
			if t.decide(tb, engines, deny, hidden, path) {
				allowed = true
			} else {
				refused = true
			}
			return
		}
		if strings.HasPrefix(names[at], judging.PathOf) {
			for _, path := range []string{"/", "/guarded/", "/other/"} {
				try(at+1, hidden, path)
			}
			return
		}
		require.Contains(tb, candidates, names[at], "the answer depends on something that the record tells")
		for _, values := range candidates[names[at]] {
			next := map[string][]string{}
			for key, have := range hidden {
				next[key] = have
			}
			next[names[at]] = values
			try(at+1, next, path)
		}
	}
	try(0, t.hidden, t.path)
	return allowed, refused
}

// A replay gives the decision of the engine, or says on what it depends exactly where something decides that no
// record tells.
func TestReplayDecidesAsTheEngineOrNamesWhatDecides(t *testing.T) {
	calls := 20_000
	if testing.Short() {
		calls = 2_000
	}
	const perWorld = 40
	tally := map[string]int{}
	for number := range calls / perWorld {
		g := generator{rand.New(rand.NewSource(int64(number)))}
		deny := []policy.Statement{g.statement("First")}
		for i := range g.Intn(3) {
			deny = append(deny, g.statement(fmt.Sprintf("More%d", i)))
		}
		policies, err := judging.NewPolicies(worldWith(nil, []world.Tag{{Key: "Team", Value: "a"}}, deny...), false)
		require.NoError(t, err)
		engines := map[string]*access.Engine{}
		for n := range perWorld {
			call := g.call()
			e, err := cloudtrail.NewDecoder().Decode(call.record(fmt.Sprint(number, "-", n)))
			require.NoError(t, err)
			v := (&judging.Question{Now: policies}).Judge(e, judging.NewLearned())
			require.Equal(t, judging.Judged, v.Why)
			var keys []string
			outcome := "allowed"
			if len(v.Rows) > 0 {
				outcome, keys = "refused", v.Rows[0].Answer.Keys
				if v.Rows[0].Answer.Outcome == judging.Depends {
					outcome = "depends"
				}
			}
			tally[outcome]++
			context := func() string {
				texts := make([]string, len(deny))
				for i := range deny {
					texts[i] = policy.New(deny[i]).JSON()
				}
				return fmt.Sprintf(
					"world %d, call %d: %s depends on %v\n%s\n%s\nhidden %v path %s",
					number,
					n,
					outcome,
					keys,
					strings.Join(texts, "\n"),
					call.record(""),
					call.hidden,
					call.path,
				)
			}
			if outcome == "depends" {
				for i := range keys {
					keys[i] = strings.Replace(keys[i], "aws:principaltag/Team", "aws:PrincipalTag/Team", 1)
				}
				allowed, refused := call.outcomes(t, engines, deny, keys)
				require.True(
					t,
					allowed && refused,
					"%s: nothing of it decides: allowed %v, refused %v",
					context(),
					allowed,
					refused,
				)
				for _, key := range keys {
					require.True(t, call.decides(t, engines, deny, key, keys), "%s: %s decides nothing", context(), key)
				}
				continue
			}
			require.Equal(t, outcome == "allowed", call.decide(t, engines, deny, call.hidden, call.path), context())
			names := slices.Sorted(func(yield func(string) bool) {
				for key := range call.hidden {
					if !yield(key) {
						return
					}
				}
			})
			if call.action == "iam:DeleteRole" {
				names = append(names, judging.PathOf+"role")
			}
			if n%8 == 0 {
				allowed, refused := call.outcomes(t, engines, deny, names)
				require.False(t, allowed && refused, "%s: something else decides", context())
			}
		}
	}
	t.Logf("%v", tally)
	require.Greater(t, tally["depends"], calls/50)
	require.Greater(t, tally["refused"], calls/50)
}

// decides reports whether the values of one name change the outcome for some values of the others.
func (t *truth) decides(
	tb testing.TB,
	engines map[string]*access.Engine,
	deny []policy.Statement,
	name string,
	all []string,
) bool {
	others := slices.DeleteFunc(slices.Clone(all), func(o string) bool { return o == name })
	found := false
	var try func(at int, hidden map[string][]string, path string)
	values := [][]string{
		nil,
		{"a"},
		{"b"},
		{"z"},
		{"aws-cli"},
		{"console"},
		{"aws-x"},
		{"aws-*"},
		{"A1"},
		{"A*"},
		{"*"},
		{"Session"},
		{"Command"},
	}
	try = func(at int, hidden map[string][]string, path string) {
		if found {
			return
		}
		if at == len(others) {
			one := *t
			one.hidden, one.path = hidden, t.path
			if path != t.path {
				one.resource.ARN, one.path = strings.Replace(t.resource.ARN, "role"+t.path, "role"+path, 1), path
			}
			allowed, refused := one.outcomes(tb, engines, deny, []string{name})
			found = allowed && refused
			return
		}
		if strings.HasPrefix(others[at], judging.PathOf) {
			try(at+1, hidden, "/")
			try(at+1, hidden, "/guarded/")
			return
		}
		tried := values
		if others[at] == "aws:SecureTransport" {
			tried = [][]string{{"true"}, {"false"}}
		}
		for _, v := range tried {
			next := map[string][]string{}
			for key, have := range hidden {
				next[key] = have
			}
			next[others[at]] = v
			try(at+1, next, path)
		}
	}
	try(0, t.hidden, t.path)
	return found
}
