package oracle

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/replay"
	"aws-access-guardrails/internal/replay/judging"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/policy"
)

// guardrailsAlone is the world with principals who may do everything, so that service control policies alone decide.
func guardrailsAlone(w *world.World) *world.World {
	everything := []world.InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("", "*").On("*"))}}
	out := *w
	out.Accounts = slices.Clone(w.Accounts)
	for i := range out.Accounts {
		a := &out.Accounts[i]
		a.Users, a.Roles = slices.Clone(a.Users), slices.Clone(a.Roles)
		for j := range a.Users {
			u := &a.Users[j]
			u.Inline, u.Attached, u.Groups, u.Boundary = everything, nil, nil, ""
		}
		for j := range a.Roles {
			r := &a.Roles[j]
			r.Inline, r.Attached, r.Boundary = everything, nil, ""
		}
	}
	return &out
}

// abroad reports whether a resource is of another account, where its own policy decides too.
func abroad(q *question) bool {
	return slices.ContainsFunc(q.request.Resources, func(r access.Resource) bool {
		parts := strings.SplitN(r.ARN, ":", 6)
		return len(parts) == 6 && parts[4] != "" && parts[4] != q.caller.account
	})
}

// recorded is a question as CloudTrail writes it down: what a record does not have is left out.
func recorded(q *question) []byte {
	c := &q.caller
	session := map[string]any{
		"attributes": map[string]any{"creationDate": c.issued.UTC().Format(time.RFC3339), "mfaAuthenticated": "false"},
	}
	user := map[string]any{
		"type":        "IAMUser",
		"arn":         "arn:aws:iam::" + c.account + ":user" + c.userPath + c.user,
		"accountId":   c.account,
		"userName":    c.user,
		"accessKeyId": "AKIAIOSFODNN7EXAMPLE",
	}
	if c.role != "" {
		session["sessionIssuer"] = map[string]any{
			"type":      "Role",
			"arn":       "arn:aws:iam::" + c.account + ":role" + c.rolePath + c.role,
			"accountId": c.account,
			"userName":  c.role,
		}
		user = map[string]any{
			"type":           "AssumedRole",
			"arn":            "arn:aws:sts::" + c.account + ":assumed-role/" + c.role + "/" + c.session,
			"accountId":      c.account,
			"sessionContext": session,
		}
	} else if c.how != byKey {
		if c.how == byConsoleWithMFA || c.how == byTokenWithMFA {
			session["attributes"].(map[string]any)["mfaAuthenticated"] = "true"
		}
		user["sessionContext"], user["accessKeyId"] = session, "ASIAIOSFODNN7EXAMPLE"
	}
	service, name, _ := strings.Cut(q.request.Action, ":")
	e := map[string]any{
		"eventVersion":       "1.11",
		"userIdentity":       user,
		"eventTime":          q.request.Time.UTC().Format(time.RFC3339),
		"eventSource":        service + ".amazonaws.com",
		"eventName":          name,
		"eventID":            "00000000-0000-4000-8000-000000000001",
		"eventType":          "AwsApiCall",
		"recipientAccountId": c.account,
		"requestParameters":  map[string]any{"omitted": true},
	}
	var resources []any
	for i := range q.request.Resources {
		if arn := q.request.Resources[i].ARN; strings.HasPrefix(arn, "arn:") {
			resources = append(resources, map[string]any{"ARN": arn})
		}
	}
	if resources != nil {
		e["resources"] = resources
	}
	for key, values := range q.request.Context {
		switch {
		case strings.EqualFold(key, "aws:CalledVia") && len(values) > 0:
			// A record names the service that called for the caller. Source: AWS CloudTrail, userIdentity element.
			user["invokedBy"] = values[len(values)-1]
		case strings.EqualFold(key, "aws:SourceIp") && len(values) == 1:
			e["sourceIPAddress"] = values[0]
		case strings.EqualFold(key, "aws:RequestedRegion") && len(values) == 1:
			e["awsRegion"] = values[0]
		}
	}
	data, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return data
}

// A replay of a record with half of the keys says refused only where the independent evaluator, which has all of
// them, denies, and allowed only where it allows. GUARDRAILS_ORACLE asks for more than the sample, and
// GUARDRAILS_ORACLE_SEED for others.
func TestReplayNeverContradictsTheOracle(t *testing.T) {
	oracle := start(t)
	wanted := tier.Number(t, "GUARDRAILS_ORACLE", sample)
	from := uint64(tier.Number(t, "GUARDRAILS_ORACLE_SEED", seed)) + 1
	tally := map[string]int{}
	for begin := 0; begin < wanted; begin += batch {
		var questions []question
		for i := begin; i < begin+batch; i += perWorld {
			for _, q := range ask(newGenerator(from, uint64(i)), perWorld) {
				q.world, q.caller.limit = guardrailsAlone(q.world), nil
				if service, _, _ := strings.Cut(
					q.request.Action,
					":",
				); service != "sts" && q.caller.how != byKeyAndCode && q.caller.account != management &&
					!abroad(&q) {
					questions = append(questions, q)
				}
			}
		}
		for i, p := range compare(t, oracle, questions) {
			if p.incomparable || p.err != nil || !p.agree() {
				continue // The other test is about those.
			}
			policies, err := judging.NewPolicies(*questions[i].world, false)
			require.NoError(t, err)
			run := replay.NewRun(&judging.Question{Now: policies})
			require.NoError(t, run.Read(context.Background(), bytes.NewReader(recorded(&questions[i])), "-"))
			r := run.Report(nil, nil)
			require.Empty(t, r.Problems)
			switch {
			case r.Judged == 0:
				tally["not judged"]++
			case r.Refused > 0:
				tally["refused"]++
				require.NotEqual(t, "Allowed", p.theirs, "%s", show(t, oracle, questions[i]))
			case r.Depends > 0:
				tally["depends"]++
			default:
				tally["allowed"]++
				require.Equal(t, "Allowed", p.theirs, "%s\n%s", show(t, oracle, questions[i]), recorded(&questions[i]))
			}
		}
	}
	t.Logf("%v", tally)
	require.Greater(t, tally["refused"]*20, wanted, "too few are certain")
	require.Greater(t, tally["allowed"]*20, wanted, "too few are certain")
}
