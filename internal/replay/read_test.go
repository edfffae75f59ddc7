package replay

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/replay/cloudtrail"
	"aws-access-guardrails/internal/replay/judging"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/policy"
)

// guarded refuses shells to everybody but one role, and writes of the tag Team depend on the caller's own.
func guarded(t testing.TB) *judging.Question {
	t.Helper()
	p, err := judging.NewPolicies(worldWith(
		nil,
		nil,
		policy.Deny("NoShells", "ssm:StartSession").
			On("*").
			When(policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/guarded/*")),
		policy.Deny("NoDeletes", "iam:DeleteRole").On("arn:aws:iam::*:role/guarded/*"),
		policy.Deny("TeamAlone", "iam:CreateUser").
			On("*").
			When(policy.StringNotEquals("aws:RequestTag/Team", "${aws:PrincipalTag/Team}")),
	), false)
	require.NoError(t, err)
	return &judging.Question{Now: p, ProjectTag: "Project"}
}

type fields map[string]any

// event is a record with documentation ids; more replaces fields of it.
func event(n int, source, name string, params any, more fields) fields {
	e := fields{
		"eventVersion":       "1.11",
		"eventTime":          time.Date(2026, 11, 20, 9, n%60, 0, 0, time.UTC).Format(time.RFC3339),
		"eventSource":        source + ".amazonaws.com",
		"eventName":          name,
		"awsRegion":          "ap-northeast-1",
		"sourceIPAddress":    "198.51.100.7",
		"requestParameters":  params,
		"eventID":            fmt.Sprintf("00000000-0000-4000-8000-%012d", n),
		"eventType":          "AwsApiCall",
		"recipientAccountId": member,
		"eventCategory":      "Management",
		"tlsDetails":         fields{"tlsVersion": "TLSv1.3"},
		"userIdentity": fields{
			"type":        "AssumedRole",
			"principalId": "AROAEXAMPLE:s",
			"arn":         "arn:aws:sts::" + member + ":assumed-role/Dev/s",
			"accountId":   member,
			"sessionContext": fields{
				"sessionIssuer": fields{
					"type":      "Role",
					"arn":       "arn:aws:iam::" + member + ":role/team/Dev",
					"accountId": member,
					"userName":  "Dev",
				},
				"attributes": fields{"creationDate": "2026-11-20T08:00:00Z", "mfaAuthenticated": "false"},
			},
		},
	}
	for key, value := range more {
		e[key] = value
	}
	return e
}

// some are events of every kind that the other tests speak of.
func some() []fields {
	return []fields{
		event(1, "ssm", "StartSession", fields{"target": "i-0aaaaaaaaaaaaaaaa"}, nil),
		event(
			2,
			"iam",
			"CreateUser",
			fields{"userName": "new", "tags": []any{fields{"key": "Team", "value": "a"}}},
			nil,
		),
		event(3, "iam", "DeleteRole", fields{"roleName": "App"}, nil),
		event(4, "ec2", "DescribeInstances", fields{}, nil),
		event(5, "ssm", "StartSession", fields{"target": "i-0aaaaaaaaaaaaaaaa"}, fields{"errorCode": "AccessDenied"}),
		event(6, "s3", "NoSuchCall", fields{}, nil),
	}
}

func lines(events []fields) []byte {
	var b bytes.Buffer
	for _, e := range events {
		data, _ := json.Marshal(e)
		b.Write(append(data, '\n'))
	}
	return b.Bytes()
}

func delivered(events []fields) []byte {
	data, _ := json.Marshal(map[string]any{"Records": events})
	return data
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// replayed is the report on standard input.
func replayed(t testing.TB, in io.Reader) *Report {
	t.Helper()
	run := NewRun(guarded(t))
	require.NoError(t, run.Read(context.Background(), in, "-"))
	r := run.Report(nil, nil)
	accounted(t, r)
	return r
}

// accounted holds that every event was judged or counted with its reason.
func accounted(t testing.TB, r *Report) {
	t.Helper()
	sum := r.Judged
	for _, c := range r.NotJudged {
		sum += c.Count
	}
	assert.Equal(t, r.Events, sum, "events that are neither judged nor counted")
	assert.Equal(t, r.Judged, r.Allowed+r.Refused+r.Depends)
}

// forms are the forms in which people have their records.
func forms(t *testing.T) map[string][]byte {
	events := some()
	inOne := func(wrap func(fields) any) []byte {
		var b bytes.Buffer
		for _, e := range events {
			data, _ := json.Marshal(wrap(e))
			b.Write(append(data, '\n'))
		}
		return b.Bytes()
	}
	text := func(v any) string {
		data, _ := json.Marshal(v)
		return string(data)
	}
	var found []any
	for _, e := range events {
		found = append(found, fields{"EventId": e["eventID"], "CloudTrailEvent": text(e)})
	}
	lookup, _ := json.MarshalIndent(fields{"Events": found, "NextToken": "x"}, "", "  ")
	pretty, _ := json.MarshalIndent(fields{"Records": events}, "", "    ")
	low := inOne(func(e fields) any {
		out := fields{}
		for key, value := range e {
			out[strings.ToLower(key)] = value
		}
		out["requestparameters"] = text(e["requestParameters"])
		return out
	})
	table := func(identity func(fields) string) []byte {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		require.NoError(
			t,
			w.Write(
				[]string{
					"eventtime",
					"eventsource",
					"eventname",
					"awsregion",
					"sourceipaddress",
					"requestparameters",
					"eventid",
					"errorcode",
					"recipientaccountid",
					"useridentity",
					"tlsdetails",
				},
			),
		)
		for _, e := range events {
			code, _ := e["errorCode"].(string)
			require.NoError(
				t,
				w.Write([]string{
					e["eventTime"].(string),
					e["eventSource"].(string),
					e["eventName"].(string),
					e["awsRegion"].(string),
					e["sourceIPAddress"].(string),
					text(
						e["requestParameters"],
					),
					e["eventID"].(string),
					code,
					member,
					identity(e["userIdentity"].(fields)),
					"{tlsversion=TLSv1.3}",
				}),
			)
		}
		w.Flush()
		return b.Bytes()
	}
	row := "{type=AssumedRole, principalid=AROAEXAMPLE:s, arn=arn:aws:sts::" + member + ":assumed-role/Dev/s, " +
		"accountid=" + member + ", invokedby=null, accesskeyid=ASIAIOSFODNN7EXAMPLE, username=null, " +
		"sessioncontext={attributes={mfaauthenticated=false, creationdate=2026-11-20T08:00:00Z}, " +
		"sessionissuer={type=Role, principalid=AROAEXAMPLE, arn=arn:aws:iam::" + member +
		":role/team/Dev, accountid=" + member + ", username=Dev}}}"
	messages := func(one func(fields) any) string {
		var all []any
		for _, e := range events {
			all = append(all, one(e))
		}
		return text(all)
	}
	exported, insights := []byte("\n"), []byte("@timestamp,@message\n")
	for _, e := range events {
		exported = append(exported, "2026-11-20T09:00:00.000Z "+text(e)+"\n"...)
		insights = append(insights, `2026-11-20 09:00:00.000,"`+strings.ReplaceAll(text(e), `"`, `""`)+"\"\n"...)
	}
	return map[string][]byte{
		"as delivered": delivered(
			events,
		),
		"compressed":        packed(delivered(events)),
		"indented":          pretty,
		"lines":             lines(events),
		"lines, compressed": packed(lines(events)),
		"a list":            []byte(text(events)),
		"lookup-events":     lookup,
		"EventBridge": inOne(func(e fields) any {
			return fields{"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": e}
		}),
		"a subscription of CloudWatch Logs": []byte(`{"messageType":"CONTROL_MESSAGE","logGroup":"",` +
			`"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}` +
			`{"messageType":"DATA_MESSAGE","owner":"` + member + `","logGroup":"trail","logEvents":` +
			messages(func(e fields) any { return fields{"id": "3", "timestamp": 1, "message": text(e)} }) + `,"x":[1,{}]}`),
		"logs filter-log-events": []byte(`{"events":` + messages(func(e fields) any {
			return fields{"logStreamName": "s", "timestamp": 1, "message": text(e), "eventId": "3"}
		}) + `,"searchedLogStreams":[{"logStreamName":"s"}]}`),
		"logs get-query-results": []byte(`{"results":` + messages(func(e fields) any {
			return []any{
				fields{"field": "@timestamp", "value": "2026-11-20 09:00:00.000"}, fields{"field": "@message", "value": text(e)},
				fields{"field": "@ptr", "value": "Cl0K"},
			}
		}) + `,"statistics":{"recordsMatched":6.0},"status":"Complete"}`),
		"an export of CloudWatch Logs":    exported,
		"CSV of CloudWatch Logs Insights": insights,
		"lines of Athena":                 low,
		"CSV with JSON":                   table(func(u fields) string { return text(u) }),
		"CSV of Athena":                   table(func(fields) string { return row }),
		"two files in one": append(
			delivered(events[:3]),
			delivered(events[3:])...),
		"two packed in one": append(packed(delivered(events[:3])), packed(delivered(events[3:]))...),
	}
}

// Records say the same in whatever form people have them, however the stream is cut.
func TestEveryFormSaysTheSame(t *testing.T) {
	want := replayed(t, bytes.NewReader(delivered(some())))
	require.Equal(t, int64(6), want.Events)
	require.Equal(t, int64(1), want.Refused)
	require.Equal(t, int64(2), want.Depends)
	require.Equal(t, []string{"aws:PrincipalTag/Team"}, want.Rows[2].DependsOn)
	require.Equal(t, []string{"the path of role App in " + member}, want.Rows[1].DependsOn)
	for name, data := range forms(t) {
		for how, in := range map[string]io.Reader{"at once": bytes.NewReader(data), "byte by byte": iotest.OneByteReader(bytes.NewReader(data))} {
			got := replayed(t, in)
			got.Files = want.Files
			assert.Equal(t, want, got, "%s, %s", name, how)
		}
	}
}

// What came twice counts once, in whatever order; a copy for the account of the resource gives way to the caller's
// own record.
func TestDoublesCountOnce(t *testing.T) {
	events := some()
	events = append(events, events[0], events[3])
	r := replayed(t, bytes.NewReader(lines(events)))
	assert.Equal(t, int64(2), r.Doubles)
	assert.Equal(t, int64(6), r.Events)

	own := event(
		7,
		"ssm",
		"StartSession",
		fields{"target": "i-0aaaaaaaaaaaaaaaa"},
		fields{"sharedEventID": "00000000-0000-4000-8000-00000000beef"},
	)
	theirs := event(
		8,
		"ssm",
		"StartSession",
		fields{"target": "i-0aaaaaaaaaaaaaaaa"},
		fields{"sharedEventID": "00000000-0000-4000-8000-00000000beef", "recipientAccountId": "777788889999",
			"userIdentity": fields{"type": "AWSAccount", "accountId": member, "principalId": "AROAEXAMPLE:s"}},
	)
	first, second := replayed(
		t,
		bytes.NewReader(lines([]fields{own, theirs})),
	), replayed(
		t,
		bytes.NewReader(lines([]fields{theirs, own})),
	)
	assert.Equal(t, first, second)
	assert.Equal(t, int64(1), first.Refused)
	alone := replayed(t, bytes.NewReader(lines([]fields{theirs})))
	assert.Equal(t, int64(1), alone.Depends, "the copy alone does not tell the role")
}

// Whoever made a role in the same records told its path.
func TestPathsAreLearnedFromOtherRecords(t *testing.T) {
	made := event(
		9,
		"iam",
		"CreateRole",
		fields{"roleName": "App", "path": "/guarded/"},
		fields{"responseElements": fields{"role": fields{"arn": "arn:aws:iam::" + member + ":role/guarded/App"}}},
	)
	plain := event(
		9,
		"iam",
		"CreateRole",
		fields{"roleName": "App"},
		fields{"responseElements": fields{"role": fields{"arn": "arn:aws:iam::" + member + ":role/App"}}},
	)
	for _, late := range []bool{false, true} {
		order := func(made fields) io.Reader {
			events := []fields{made, some()[2]}
			if late {
				slices.Reverse(events)
			}
			return bytes.NewReader(lines(events))
		}
		assert.Equal(t, int64(1), replayed(t, order(made)).Refused)
		assert.Equal(t, int64(2), replayed(t, order(plain)).Allowed)
	}
}

// Whatever is broken is told with its place, and nothing of the rest is lost.
func TestBrokenInputIsToldAndTheRestIsRead(t *testing.T) {
	good := some()
	line := func(n int) string {
		data, _ := json.Marshal(good[n])
		return string(data)
	}
	all := []string{line(0), line(1), line(2), line(3), line(4), line(5)}
	with := func(at int, broken string) string {
		return strings.Join(slices.Insert(slices.Clone(all), at, broken), "\n") + "\n"
	}
	whole := packed(delivered(good))
	huge := `{"eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","requestParameters":{"x":"` + strings.Repeat(
		"a",
		cloudtrail.MostOfARecord+100,
	) + `"}}`
	for name, c := range map[string]struct {
		data string
		// events are how many are read at least, line that of the first problem; zero is none that is known.
		events, line int64
		why          string
	}{
		"no JSON":                    {with(2, "this is no record"), 6, 3, "broken JSON"},
		"a bracket that is missing":  {with(2, `{"eventSource":"x","a":{"b":1}`), 6, 3, "broken JSON"},
		"a value that is missing":    {with(2, `{"eventSource":`), 6, 3, "broken JSON"},
		"a list that is not closed":  {with(2, `{"eventSource":[`), 6, 3, "broken JSON"},
		"a text that is not closed":  {with(2, `{"eventSource":"x`), 6, 3, "broken JSON"},
		"brackets that do not match": {with(2, `{"eventSource":["x"}`), 6, 3, "broken JSON"},
		"too deep":                   {with(2, strings.Repeat(`{"a":`, 500)), 6, 3, "broken JSON"},
		"another object":             {with(2, `{"a":1}`), 6, 3, "is no record of CloudTrail"},
		"no time": {with(2, `{"eventSource":"ec2.amazonaws.com","eventName":"x"}`), 6, 3,
			"has no eventTime"},
		"a record that is too large": {with(2, huge), 6, 3, "is larger than a record can be"},
		"an end that is missing": {strings.Join(all, "\n")[:len(strings.Join(all, "\n"))-20], 5, 6,
			"ends in the middle"},
		"a packed file that is cut": {string(whole[:len(whole)-12]), 0, 0, "cannot be read to its end"},
		"broken in a list": {`{"Records":[` + all[0] + `,{"eventSource":},` + all[1] + `]}`, 2, 1,
			"broken JSON"},
		"a list that is cut": {`{"Records":[` + all[0] + `,` + all[1][:60], 1, 1, "ends in the middle"},
		"a number in a list": {`{"Records":[1,` + all[0] + `,` + all[1] + `]}`, 2, 1, "is no record"},
		"a text in a list": {`{"Records":[` + all[0] + ",\n\"a,]\\\"b\"," + all[1] + `]}`, 2, 2,
			"is no record"},
		"a list of nothing much": {`[null, true, ` + all[0] + `, "x", ` + all[1] + `, -1.5e3]`, 2, 1,
			"is no record"},
		"a text in a list, not closed": {`{"Records":[` + all[0] + ",\"x\n," + all[1] + `]}`, 2, 1, "is no record"},
		"nothing":                      {"", 0, 0, "is empty"},
		"lines of nothing":             {"\n\r\n \n", 0, 0, "is empty"},
		"a packed file of nothing":     {string(packed(nil)), 0, 0, "is empty"},
		"CSV of something else":        {"a,b\n1,2\n", 0, 1, "is no export of CloudTrail"},
		"CSV that is cut": {"eventsource,eventname,eventtime\nec2.amazonaws.com,\"Desc", 0, 2,
			"ends in the middle"},
	} {
		t.Run(name, func(t *testing.T) {
			r := replayed(t, strings.NewReader(c.data))
			assert.GreaterOrEqual(t, r.Events, c.events)
			require.NotEmpty(t, r.Problems)
			assert.Contains(t, r.Problems[0].Why, c.why)
			assert.Equal(t, c.line, r.Problems[0].Line)
			assert.False(t, r.Holds)
		})
	}
}

// What Windows PowerShell redirects into a file is UTF-16, and is read as it is meant; so is UTF-8 with a mark.
func TestOtherEncodingsAreRead(t *testing.T) {
	text := delivered(some())
	for name, in := range map[string][]byte{
		"little": utf16Of(t, unicode.LittleEndian, text), "big": utf16Of(t, unicode.BigEndian, text),
		"UTF-8": append([]byte("\xef\xbb\xbf"), text...),
	} {
		assert.Equal(t, replayed(t, bytes.NewReader(text)), replayed(t, bytes.NewReader(in)), name)
	}
}

func utf16Of(t *testing.T, order unicode.Endianness, text []byte) []byte {
	t.Helper()
	out, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().Bytes(text)
	require.NoError(t, err)
	return out
}

// A folder is read as AWS delivers it: digest files, signatures, logs of other services and what is no export are
// passed over, days that are not asked about too.
func TestFoldersAreReadAsTheyAreDelivered(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, data []byte) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	events := some()
	put("AWSLogs/"+member+"/CloudTrail/ap-northeast-1/2026/11/20/a.json.gz", packed(delivered(events[:3])))
	put("AWSLogs/"+member+"/CloudTrail/ap-northeast-1/2026/11/20/b.json.gz", packed(delivered(events[3:])))
	put("AWSLogs/"+member+"/CloudTrail/ap-northeast-1/2026/01/20/old.json.gz", []byte("not read"))
	put(
		"AWSLogs/"+member+"/CloudTrail-Digest/ap-northeast-1/2026/11/20/d.json.gz",
		packed([]byte(`{"digestStartTime":"x"}`)),
	)
	put("README", []byte("about these records"))
	put(
		"AWSLogs/o-exampleorgid/"+member+"/Config/ap-northeast-1/2026/11/20/ConfigHistory/c.json.gz",
		packed([]byte(`{"configurationItems":[]}`)),
	)
	put("AWSLogs/"+member+"/elasticloadbalancing/ap-northeast-1/2026/11/20/l.log.gz", packed([]byte("http 2026\n")))
	put("AWSLogs/"+member+"/vpcflowlogs/us-gov-west-1/2026/11/20/v.log.gz", packed([]byte("version\n")))
	put("AWSLogs/"+member+"/CloudTrail-Lake/Query/2026/11/20/q/result_sign.json", []byte(`{"files":[]}`))
	put(
		"exportedlogs/11111111-2222/s/000000.gz",
		packed(append([]byte("2026-11-20T09:00:00.000Z "), lines(events[:1])...)),
	)
	q := guarded(t)
	q.From = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	run := NewRun(q)
	require.NoError(t, run.Read(context.Background(), nil, dir))
	r := run.Report(nil, nil)
	accounted(t, r)
	assert.Equal(t, int64(6), r.Events)
	assert.Equal(t, int64(1), r.Doubles)
	assert.Equal(t, int64(3), r.Files)
	assert.Equal(t, int64(7), r.Skipped)
	assert.Empty(t, r.Problems)
	assert.Error(t, NewRun(q).Read(context.Background(), nil, filepath.Join(dir, "nothing")))
}

// A replay that is kept goes on where it was, and gives what one run gives; another question is refused.
func TestAReplayGoesOn(t *testing.T) {
	dir, kept := t.TempDir(), filepath.Join(t.TempDir(), "state")
	write := func(name string, events []fields) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), packed(delivered(events)), 0o600))
	}
	once := func(state string) *Report {
		run := NewRun(guarded(t))
		if state != "" {
			require.NoError(t, run.Resume(state, "question"))
		}
		require.NoError(t, run.Read(context.Background(), nil, dir))
		r := run.Report(nil, nil)
		accounted(t, r)
		return r
	}
	write("a.json.gz", some()[:4])
	once(kept)
	write(
		"b.json.gz",
		append(
			some()[3:],
			event(
				9,
				"iam",
				"CreateRole",
				fields{"roleName": "App"},
				fields{"responseElements": fields{"role": fields{"arn": "arn:aws:iam::" + member + ":role/App"}}},
			),
		),
	)
	got := once(kept)
	assert.Equal(t, once(""), got)
	assert.Equal(t, int64(1), got.Doubles)
	assert.ErrorContains(t, NewRun(guarded(t)).Resume(kept, "another"), "was made for other policies")
}

// The page says what a query groups away.
func TestThePageSaysWhatAQueryGroupsAway(t *testing.T) {
	page, err := os.ReadFile("../../docs/replay.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), "- "+strings.Join(grouping, ";\n- ")+".\n")
}

// What a query of Athena groups says the same as its records one by one, but for what grouping names.
func TestGroupedRecordsSayTheSame(t *testing.T) {
	var events []fields
	for n := range 60 {
		e := some()[n%4]
		e["eventID"], e["eventTime"] = fmt.Sprintf(
			"id-%d",
			n,
		), time.Date(2026, 11, 20, 9, n, 0, 0, time.UTC).
			Format(time.RFC3339)
		events = append(events, e)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	require.NoError(
		t,
		w.Write([]string{
			"eventsource",
			"eventname",
			"awsregion",
			"recipientaccountid",
			"useridentity_type",
			"useridentity_accountid",
			"useridentity_sessioncontext_sessionissuer_arn",
			"tlsdetails",
			"requestparameters",
			"calls",
			"first_seen",
			"last_seen",
		}),
	)
	for kind := range 4 {
		e := some()[kind]
		params, _ := json.Marshal(e["requestParameters"])
		require.NoError(
			t,
			w.Write([]string{
				e["eventSource"].(string),
				e["eventName"].(string),
				"ap-northeast-1",
				member,
				"AssumedRole",
				member,
				"arn:aws:iam::" + member + ":role/team/Dev",
				"yes",
				string(params),
				"15",
				events[kind]["eventTime"].(string),
				events[56+kind]["eventTime"].(string),
			}),
		)
	}
	w.Flush()
	whole, grouped := replayed(t, bytes.NewReader(lines(events))), replayed(t, &b)
	for i := range whole.Rows {
		whole.Rows[i].Example = ""
	}
	assert.Equal(t, whole.Rows, grouped.Rows)
	assert.Equal(
		t,
		[]int64{whole.Events, whole.Judged, whole.Allowed},
		[]int64{grouped.Events, grouped.Judged, grouped.Allowed},
	)
	sql := SQL(guarded(t), "cloudtrail_logs", []string{member}, catalogue.Actions(), false)
	for _, want := range []string{"'ssm.amazonaws.com StartSession'", "'iam.amazonaws.com CreateUser'", "'iam.amazonaws.com DeleteRole'", "count(DISTINCT coalesce(sharedeventid, eventid)) AS calls", "errorcode IS NULL"} {
		if want == "'ssm.amazonaws.com StartSession'" {
			assert.NotContains(t, sql, want, "no policy reads what a session is on")
			continue
		}
		assert.Contains(t, sql, want)
	}
	assert.NotContains(t, sql, "useridentity.principalid AS")
}

// Entries of the accept file name what they accept; everything that is wrong in it is told at once, with its line.
func TestAccepts(t *testing.T) {
	accepts, err := ReadAccepts(
		"replay.yaml",
		[]byte("accept:\n  - {sid: NoShells, who: \"arn:aws:iam::*:role/team/*\", because: they use the new role}\n"),
	)
	require.NoError(t, err)
	run := NewRun(guarded(t))
	require.NoError(t, run.Read(context.Background(), bytes.NewReader(lines(some())), "-"))
	r := run.Report(accepts, nil)
	assert.True(t, r.Holds)
	assert.Equal(t, "they use the new role", r.Rows[0].Accepted)
	_, err = ReadAccepts(
		"replay.yaml",
		[]byte(
			"accept:\n  - {who: x}\n  - {because: y}\n  - {sid: [1], because: z}\n  - {sid: a, sid: b, because: c, "+
				"until: d}\nother: 1\n",
		),
	)
	for _, want := range []string{"replay.yaml:2:5 has no reason", "replay.yaml:3:5 accepts everything", "replay.yaml:4:11 sid is no text", "sid stands twice", `"until" is no key`, `"other" is no key`} {
		assert.ErrorContains(t, err, want)
	}
}

// The schema of the accept file is written beside that of stack files, and underlines what is refused when it is read,
// and nothing else.
func TestTheSchemaOfAcceptsSaysWhatIsRead(t *testing.T) {
	text, err := AcceptSchema()
	require.NoError(t, err)
	testkit.GoldenFile(t, "../../docs/replay.schema.json", string(text))
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("replay.schema.json", parsed))
	schema, err := compiler.Compile("replay.schema.json")
	require.NoError(t, err)
	for _, file := range []string{
		"accept:\n  - {sid: NoShells, because: x}\n", "accept: []\n", "accept:\n  - {who: a, account: 444455556666, " +
			"because: x}\n", "{}\n",
		"accept:\n  - {because: x}\n", "accept:\n  - {sid: NoShells}\n", "accept:\n  - {sid: a, because: c, " +
			"until: d}\n", "accept: {}\n", "other: 1\n", "[]\n",
		"accept:\n  - {account: \"444455556666\", because: x}\n", "accept:\n  - {sid: [1], " +
			"because: z}\n", "accept:\n  - {sid: \"\", who: x, because: z}\n", "accept:\n  - text\n",
	} {
		_, refused := ReadAccepts("replay.yaml", []byte(file))
		var value any
		require.NoError(t, yaml.Unmarshal([]byte(file), &value))
		underlined := schema.Validate(value)
		assert.Equal(t, refused != nil, underlined != nil, "%q: %v; %v", file, refused, underlined)
	}
}

// A comparison tells what is refused newly, and what no longer.
func TestAComparisonTellsDifferencesAlone(t *testing.T) {
	q := guarded(t)
	none, err := judging.NewPolicies(worldWith(nil, nil, policy.Deny("NoDescribe", "ec2:Describe*").On("*")), false)
	require.NoError(t, err)
	q.Then = none
	run := NewRun(q)
	require.NoError(t, run.Read(context.Background(), bytes.NewReader(lines(some())), "-"))
	r := run.Report(nil, nil)
	var told []string
	for _, row := range r.Rows {
		told = append(told, string(row.Section)+" "+row.Sid)
	}
	assert.Equal(
		t,
		[]string{"refused NoShells", "refused NoDeletes", "refused TeamAlone", "no longer refused NoDescribe"},
		told,
	)
	for _, shell := range r.Shells {
		assert.True(t, r.refusedNewly()[doorKey{shell.Account, shell.Who, shell.Action}], shell.Who)
	}
	shells := int64(len(r.Shells)) + r.OtherShells
	assert.NotEmpty(t, r.Shells)
	q.Then = q.Now
	run = NewRun(q)
	require.NoError(t, run.Read(context.Background(), bytes.NewReader(lines(some())), "-"))
	r = run.Report(nil, nil)
	assert.Empty(t, r.Rows)
	assert.Empty(t, r.Shells, "the change concerns nobody")
	assert.Equal(t, shells, r.OtherShells)
}

// With roles, the policies of a role of a stack decide too.
func TestRolesAreAskedToo(t *testing.T) {
	w := worldWith(nil, nil)
	w.Accounts[0].Roles[0].Inline = []world.InlinePolicy{
		{Name: "some", Document: policy.New(policy.Allow("", "ec2:*").On("*"))},
	}
	p, err := judging.NewPolicies(w, true)
	require.NoError(t, err)
	run := NewRun(&judging.Question{Now: p})
	require.NoError(t, run.Read(context.Background(), bytes.NewReader(lines(some()[:4])), "-"))
	r := run.Report(nil, nil)
	accounted(t, r)
	assert.Equal(t, int64(3), r.Refused)
	assert.Equal(t, "no policy of the caller allows it", r.Rows[0].Rule)
}

func BenchmarkReplay(b *testing.B) {
	var events []fields
	for n := range 10_000 {
		e := some()[[]int{3, 3, 3, 3, 0, 1, 3, 3, 4, 5}[n%10]]
		e["eventID"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		e["userAgent"] = strings.Repeat("aws-sdk ", 30)
		events = append(events, e)
	}
	data := packed(delivered(events))
	q := guarded(b)
	b.SetBytes(int64(len(delivered(events))))
	for b.Loop() {
		run := NewRun(q)
		if err := run.Read(context.Background(), bytes.NewReader(data), "-"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(events)*b.N)/b.Elapsed().Seconds(), "events/s")
}

// Every role has another path that nobody knows, and everybody calls.
func BenchmarkReplayOfUnknownPaths(b *testing.B) {
	var patterns []string
	for _, name := range []string{"guardrails/*", "GuardrailDeployer", "BreakGlass", "AWS-QuickSetup-*", "service-role/AWS-QuickSetup-*", "stacksets-exec-*", "OrganizationAccountAccessRole"} {
		patterns = append(patterns, "arn:aws:iam::*:role/"+name)
	}
	p, err := judging.NewPolicies(worldWith(nil, nil, policy.Deny("Guarded", "iam:*").On(patterns...)), false)
	require.NoError(b, err)
	n := 0
	for b.Loop() {
		n++
		e := event(
			1,
			"iam",
			"AttachRolePolicy",
			fields{"roleName": fmt.Sprintf("App%d", n), "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
			nil,
		)
		data, err := json.Marshal(e)
		require.NoError(b, err)
		decoded, err := cloudtrail.NewDecoder().Decode(data)
		require.NoError(b, err)
		v := (&judging.Question{Now: p}).Judge(decoded, judging.NewLearned())
		require.Len(b, v.Rows, 1)
	}
}
