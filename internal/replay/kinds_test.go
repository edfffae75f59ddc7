package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/replay/cloudtrail"
	"aws-access-guardrails/internal/replay/judging"
)

// kindOfRecord is a record of a kind that AWS documents, with what becomes of it.
type kindOfRecord struct {
	name   string
	record fields
	// what is "judged" or the reason why it is not; outcome is that of the row, empty where it is allowed.
	what, outcome string
}

// with is a record of a shell with other fields.
func with(more fields) fields {
	return event(1, "ssm", "StartSession", fields{"target": "i-0aaaaaaaaaaaaaaaa"}, more)
}

func without(names ...string) fields {
	e := with(nil)
	for _, name := range names {
		delete(e, name)
	}
	return e
}

// identities are records of the same call by each type of userIdentity.
//
// Source: AWS CloudTrail User Guide, CloudTrail userIdentity element.
func identities() []kindOfRecord {
	session := func(more fields) fields {
		out := fields{"attributes": fields{"creationDate": "20261120T080000Z", "mfaAuthenticated": "false"}}
		for key, value := range more {
			out[key] = value
		}
		return out
	}
	issuer := fields{
		"type":        "Role",
		"principalId": "AROAEXAMPLE",
		"arn":         "arn:aws:iam::" + member + ":role/team/Dev",
		"accountId":   member,
		"userName":    "Dev",
	}
	by := func(u any) fields { return with(fields{"userIdentity": u}) }
	return []kindOfRecord{
		{
			"an IAM user with an access key",
			by(fields{"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::" + member + ":user/alice",
				"accountId": member, "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "alice"}),
			"judged",
			"refused",
		},
		{
			"an IAM user in the console",
			by(fields{"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::" + member + ":user/alice",
				"accountId": member, "userName": "alice", "sessionContext": session(nil)}),
			"judged",
			"refused",
		},
		{
			"a role with a date in its old form",
			by(
				fields{
					"type":           "AssumedRole",
					"principalId":    "AROAEXAMPLE:s",
					"arn":            "arn:aws:sts::" + member + ":assumed-role/Dev/s",
					"accountId":      member,
					"sessionContext": session(fields{"sessionIssuer": issuer}),
				},
			),
			"judged",
			"refused",
		},
		{
			"a role of a web identity",
			by(fields{
				"type":        "AssumedRole",
				"principalId": "AROAEXAMPLE:s",
				"arn":         "arn:aws:sts::" + member + ":assumed-role/Dev/s",
				"accountId":   member,
				"sessionContext": session(fields{"sessionIssuer": issuer, "webIdFederationData": fields{
					"federatedProvider": "arn:aws:iam::" + member + ":oidc-provider/example.com",
					"attributes":        fields{"example.com:sub": "x"},
				}}),
			}),
			"judged",
			"refused",
		},
		{
			"a role in the name of somebody of Identity Center",
			by(fields{
				"type":           "AssumedRole",
				"principalId":    "AROAEXAMPLE:s",
				"arn":            "arn:aws:sts::" + member + ":assumed-role/Dev/s",
				"accountId":      member,
				"sessionContext": session(fields{"sessionIssuer": issuer}),
				"onBehalfOf": fields{
					"userId":           "11111111-1111-1111-1111-111111111111",
					"identityStoreArn": "arn:aws:identitystore::" + member + ":identitystore/d-9067642ac7",
				},
				"inScopeOf": fields{
					"issuerType":          "AWS::Lambda::Function",
					"credentialsIssuedTo": "arn:aws:lambda:us-west-2:" + member + ":function:f",
				},
			}),
			"judged",
			"refused",
		},
		{
			"the root user",
			by(
				fields{
					"type":           "Root",
					"principalId":    member,
					"arn":            "arn:aws:iam::" + member + ":root",
					"accountId":      member,
					"sessionContext": session(nil),
				},
			),
			"judged",
			"refused",
		},
		{
			"the root user by sts:AssumeRoot",
			by(
				fields{
					"type":           "Root",
					"principalId":    member,
					"arn":            "arn:aws:iam::" + member + ":root",
					"accountId":      member,
					"sessionContext": session(fields{"assumedRoot": "true"}),
				},
			),
			"judged",
			"refused",
		},
		{
			"the root user with an alias",
			by(
				fields{
					"type":        "Root",
					"principalId": member,
					"arn":         "arn:aws:iam::" + member + ":root",
					"accountId":   member,
					"userName":    "my-alias",
				},
			),
			"judged",
			"refused",
		},
		{
			"a federated user",
			by(fields{
				"type":        "FederatedUser",
				"principalId": member + ":alice",
				"arn":         "arn:aws:sts::" + member + ":federated-user/alice",
				"accountId":   member,
				"sessionContext": session(
					fields{"sessionIssuer": fields{"type": "IAMUser", "arn": "arn:aws:iam::" + member + ":user/alice",
						"accountId": member, "userName": "alice"}},
				),
			}),
			"judged",
			"refused",
		},
		{
			"a role of which only the session is told",
			by(fields{"type": "Role", "arn": "arn:aws:sts::" + member + ":assumed-role/Dev/s"}),
			"judged",
			"depends",
		},
		{
			"another account",
			by(fields{"type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": member}),
			"judged",
			"depends",
		},
		{
			"an anonymous caller",
			by(fields{"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}),
			string(judging.NoPrincipal),
			"",
		},
		{
			"an AWS service",
			by(fields{"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"}),
			string(judging.OfService),
			"",
		},
		{
			"a service without a type",
			by(fields{"accountId": member, "invokedBy": "AWS Internal"}),
			string(judging.OfService),
			"",
		},
		{
			"somebody of Identity Center",
			by(fields{"type": "IdentityCenterUser", "accountId": member, "onBehalfOf": fields{
				"userId":           "11111111-1111-1111-1111-111111111111",
				"identityStoreArn": "arn:aws:identitystore::" + member + ":identitystore/d-9067642ac7",
			},
				"credentialId": "EXAMPLEVHULjJdTUdPJfofVa1sufHDoj7aYcOYcxFVllWR_Whr1fEXAMPLE"}),
			string(judging.NoPrincipal),
			"",
		},
		{
			"a SAML user",
			by(
				fields{
					"type":             "SAMLUser",
					"principalId":      "Sample=:alice",
					"userName":         "alice",
					"identityProvider": "Sample=",
				},
			),
			string(judging.NoPrincipal),
			"",
		},
		{
			"a web identity user",
			by(fields{"type": "WebIdentityUser", "principalId": "accounts.example.com:app:user", "userName": "user",
				"identityProvider": "accounts.example.com"}),
			string(judging.NoPrincipal),
			"",
		},
		{"a directory", by(fields{"type": "Directory"}), string(judging.NoPrincipal), ""},
		{"an unknown identity", by(fields{"type": "Unknown"}), string(judging.NoPrincipal), ""},
		{"no identity", by(nil), string(judging.NoPrincipal), ""},
		{"an identity that is missing", without("userIdentity"), string(judging.NoPrincipal), ""},
		{"an empty identity", by(fields{}), string(judging.NoPrincipal), ""},
		{
			"an identity of nulls",
			by(fields{"type": nil, "arn": nil, "accountId": nil, "sessionContext": nil}),
			string(judging.NoPrincipal),
			"",
		},
		{
			"a user without an account",
			by(fields{"type": "IAMUser", "principalId": "AIDAEXAMPLE", "userName": "alice"}),
			string(judging.NoPrincipal),
			"",
		},
		{
			"a service-linked role",
			by(
				fields{
					"type":      "AssumedRole",
					"arn":       "arn:aws:sts::" + member + ":assumed-role/AWSServiceRoleForConfig/x",
					"accountId": member,
					"sessionContext": session(fields{"sessionIssuer": fields{
						"type":      "Role",
						"accountId": member,
						"arn":       "arn:aws:iam::" + member + ":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
					}}),
				},
			),
			string(judging.ServiceLinked),
			"",
		},
		{
			"the management account",
			by(
				fields{
					"type":      "IAMUser",
					"arn":       "arn:aws:iam::" + management + ":user/alice",
					"accountId": management,
					"userName":  "alice",
				},
			),
			string(judging.OfManagement),
			"",
		},
		{
			"an account outside of the tree",
			by(
				fields{
					"type":      "IAMUser",
					"arn":       "arn:aws:iam::999999999999:user/alice",
					"accountId": "999999999999",
					"userName":  "alice",
				},
			),
			string(judging.OutsideOfTree),
			"",
		},
	}
}

// eventKinds are records of each eventType and eventCategory, of old versions, and with fields that are missing.
//
// Source: AWS CloudTrail User Guide, CloudTrail record contents; the same for Insights events; Non-API events; AWS
// Management Console sign-in events; Network activity events; enriched events; CloudTrail Lake, event schemas.
func eventKinds() []kindOfRecord {
	call := func(source, name string, params any, more fields) fields { return event(1, source, name, params, more) }
	saml := fields{
		"type":             "SAMLUser",
		"principalId":      "Sample=:alice",
		"userName":         "alice",
		"identityProvider": "Sample=",
	}
	return []kindOfRecord{
		{
			"a sign-in",
			call(
				"signin",
				"ConsoleLogin",
				nil,
				fields{"eventType": "AwsConsoleSignIn", "responseElements": fields{"ConsoleLogin": "Success"}},
			),
			string(cloudtrail.SignIn),
			"",
		},
		{
			"a sign-in that failed",
			call(
				"signin",
				"ConsoleLogin",
				nil,
				fields{"eventType": "AwsConsoleSignIn", "errorMessage": "Failed authentication",
					"responseElements": fields{"ConsoleLogin": "Failure"}},
			),
			string(cloudtrail.SignIn),
			"",
		},
		{
			"a sign-in as an API call",
			call("signin", "UserAuthentication", nil, fields{"eventType": "AwsServiceEvent"}),
			string(cloudtrail.ServiceEvent),
			"",
		},
		{
			"a console action",
			call("ssm", "StartSession", nil, fields{"eventType": "AwsConsoleAction"}),
			string(cloudtrail.ConsoleAction),
			"",
		},
		{
			"a service event",
			call(
				"kms",
				"RotateKey",
				nil,
				fields{
					"eventType":           "AwsServiceEvent",
					"userIdentity":        fields{"accountId": member, "invokedBy": "AWS Internal"},
					"serviceEventDetails": fields{"keyId": "1234abcd-12ab-34cd-56ef-1234567890ab"},
				},
			),
			string(cloudtrail.ServiceEvent),
			"",
		},
		{
			"an insight",
			fields{
				"eventVersion":       "1.07",
				"eventTime":          "2026-11-20T09:00:00Z",
				"awsRegion":          "us-east-1",
				"eventID":            "i1",
				"eventType":          "AwsCloudTrailInsight",
				"recipientAccountId": member,
				"sharedEventID":      "s1",
				"eventCategory":      "Insight",
				"insightDetails": fields{
					"state":       "Start",
					"eventSource": "ssm.amazonaws.com",
					"eventName":   "StartSession",
					"insightType": "ApiCallRateInsight",
				},
			},
			string(cloudtrail.Insight),
			"",
		},
		{
			"an insight of CloudTrail Lake",
			fields{
				"eventVersion":  "1.09",
				"eventCategory": "Insight",
				"eventTime":     "2026-11-20T09:00:00Z",
				"eventID":       "i2",
				"insightSource": "x",
			},
			string(cloudtrail.Insight),
			"",
		},
		{
			"network activity",
			call(
				"kms",
				"Decrypt",
				fields{"keyId": "1234abcd"},
				fields{"eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity",
					"vpcEndpointId": "vpce-EXAMPLE", "vpcEndpointAccountId": member},
			),
			string(cloudtrail.NetworkActivity),
			"",
		},
		{
			"network activity that an endpoint refused",
			call("kms", "Decrypt", nil, fields{"eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity",
				"errorCode": "VpceAccessDenied"}),
			string(cloudtrail.NetworkActivity),
			"",
		},
		{
			"a configuration item of CloudTrail Lake",
			fields{
				"eventVersion":  "1.0",
				"eventCategory": "ConfigurationItem",
				"eventTime":     "2026-11-20T09:00:00Z",
				"eventID":       "c1",
				"eventData":     fields{"configurationItemStatus": "ResourceDiscovered"},
			},
			string(cloudtrail.OtherRecord),
			"",
		},
		{
			"an event of a partner",
			fields{
				"eventVersion":  "1.0",
				"eventCategory": "ActivityAuditLog",
				"eventTime":     "2026-11-20T09:00:00Z",
				"eventID":       "p1",
				"eventData":     fields{"eventSource": "example.com", "eventName": "Login"},
			},
			string(cloudtrail.OtherRecord),
			"",
		},
		{
			"AssumeRoleWithSAML",
			call(
				"sts",
				"AssumeRoleWithSAML",
				fields{"roleArn": "arn:aws:iam::" + member + ":role/team/Dev"},
				fields{"userIdentity": saml},
			),
			string(judging.NoPrincipal),
			"",
		},
		{
			"AssumeRoleWithWebIdentity",
			call(
				"sts",
				"AssumeRoleWithWebIdentity",
				fields{"roleArn": "arn:aws:iam::" + member + ":role/team/Dev"},
				fields{
					"userIdentity": fields{
						"type":             "WebIdentityUser",
						"principalId":      "x",
						"userName":         "y",
						"identityProvider": "z",
					},
				},
			),
			string(judging.NoPrincipal),
			"",
		},
		{"GetCallerIdentity", call("sts", "GetCallerIdentity", nil, nil), "judged", ""},
		{"a call of a delegated administrator", call("organizations", "ListAccounts", nil, nil), "judged", ""},
		{
			"RegisterDelegatedAdministrator",
			call(
				"organizations",
				"RegisterDelegatedAdministrator",
				fields{"servicePrincipal": "config.amazonaws.com", "accountId": member},
				fields{
					"userIdentity": fields{
						"type":      "IAMUser",
						"arn":       "arn:aws:iam::" + management + ":user/a",
						"accountId": management,
						"userName":  "a",
					},
				},
			),
			string(judging.OfManagement),
			"",
		},
		{
			"a refusal",
			call(
				"ssm",
				"StartSession",
				nil,
				fields{"errorCode": "AccessDenied", "errorMessage": "User is not authorized"},
			),
			string(judging.AlreadyFailed),
			"",
		},
		{
			"another error",
			call("ssm", "StartSession", nil, fields{"errorCode": "TargetNotConnected"}),
			string(judging.AlreadyFailed),
			"",
		},
		{
			"an operation that nobody documents",
			call("ssm", "StartNothing", nil, nil),
			string(judging.UnknownAction),
			"",
		},
		{
			"a source that nobody documents",
			call("nothing", "StartSession", nil, nil),
			string(judging.UnknownAction),
			"",
		},
		{
			"an operation that needs one of several actions",
			call("dynamodb", "ExecuteStatement", nil, fields{"eventCategory": "Data"}),
			string(judging.UntoldAction),
			"",
		},
		{
			"a data event",
			call(
				"s3",
				"GetObject",
				fields{"bucketName": "b", "key": "k"},
				fields{"eventCategory": "Data", "managementEvent": false},
			),
			"judged",
			"",
		},
		{
			"version 1.0, with what it had",
			fields{
				"eventVersion": "1.0",
				"userIdentity": fields{
					"type":        "IAMUser",
					"principalId": "EX_PRINCIPAL_ID",
					"arn":         "arn:aws:iam::" + member + ":user/alice",
					"accountId":   member,
					"accessKeyId": "EXAMPLE_KEY_ID",
					"userName":    "alice",
				},
				"eventTime":         "2014-03-06T21:01:59Z",
				"eventSource":       "ssm.amazonaws.com",
				"eventName":         "StartSession",
				"awsRegion":         "us-east-2",
				"sourceIPAddress":   "198.51.100.7",
				"userAgent":         "ec2-api-tools 1.6.12.2",
				"requestParameters": fields{"target": "i-0aaaaaaaaaaaaaaaa"},
				"responseElements":  nil,
			},
			"judged",
			"refused",
		},
		{
			"a version that is to come",
			with(
				fields{
					"eventVersion": "2.40",
					"eventContext": fields{"tagContext": fields{"resourceTags": []any{}}},
					"newField":     []any{1, fields{}},
				},
			),
			"judged",
			"refused",
		},
		{
			"nulls in place of what is optional",
			with(
				fields{
					"errorCode":         nil,
					"requestParameters": nil,
					"tlsDetails":        nil,
					"eventCategory":     nil,
					"eventType":         nil,
					"sourceIPAddress":   nil,
				},
			),
			"judged",
			"refused",
		},
		{
			"nothing of what is optional",
			without(
				"requestParameters",
				"tlsDetails",
				"eventCategory",
				"eventType",
				"sourceIPAddress",
				"eventID",
				"recipientAccountId",
			),
			"judged",
			"refused",
		},
		{
			"texts that are empty",
			with(
				fields{
					"errorCode":          "",
					"awsRegion":          "",
					"sourceIPAddress":    "",
					"recipientAccountId": "",
					"eventType":          "",
					"eventCategory":      "",
				},
			),
			"judged",
			"refused",
		},
		{
			"other types of values",
			with(
				fields{
					"readOnly":            "false",
					"requestParameters":   "text",
					"resources":           fields{},
					"tlsDetails":          "x",
					"additionalEventData": 7,
					"vpcEndpointId":       9,
				},
			),
			"judged",
			"refused",
		},
		{"a time in seconds", with(fields{"eventTime": 1763629200}), "judged", "refused"},
		{"a time in milliseconds", with(fields{"eventTime": 1763629200123}), "judged", "refused"},
		{
			"parameters that were too large",
			with(fields{"requestParameters": fields{"omitted": true, "originalSize": 200000, "reason": "x"}}),
			"judged",
			"refused",
		},
		{
			"a session of a service in another's name",
			with(
				fields{"sourceIPAddress": "cloudformation.amazonaws.com", "userAgent": "cloudformation.amazonaws.com"},
			),
			"judged",
			"refused",
		},
	}
}

// Every kind of record that AWS documents is judged, or counted with its reason, in every form, and nothing of it is
// told as broken.
func TestEveryKindOfRecordIsJudgedOrCounted(t *testing.T) {
	all := append(identities(), eventKinds()...)
	for _, k := range all {
		t.Run(k.name, func(t *testing.T) {
			data, err := json.Marshal(k.record)
			require.NoError(t, err)
			text, err := json.Marshal(string(data))
			require.NoError(t, err)
			for how, in := range map[string]string{
				"alone":         string(data),
				"delivered":     `{"Records":[` + string(data) + `]}`,
				"lookup-events": `{"Events":[{"EventTime":1763629200.0,"Username":null,"Resources":[],"CloudTrailEvent":` + string(text) + `}]}`,
				"EventBridge":   `{"version":"0","time":"2026-11-20T09:00:00Z","detail":` + string(data) + `}`,
			} {
				r := replayed(t, strings.NewReader(in))
				require.Empty(t, r.Problems, how)
				require.Equal(t, int64(1), r.Events, how)
				what, outcome := "judged", ""
				if len(r.NotJudged) > 0 {
					what = r.NotJudged[0].What
				}
				if len(r.Rows) > 0 {
					outcome = r.Rows[0].Outcome
				}
				assert.Equal(t, []string{k.what, k.outcome}, []string{what, outcome}, how)
			}
		})
	}
	var together bytes.Buffer
	for i, k := range all {
		k.record["eventID"] = fmt.Sprint("kind-", i)
		delete(k.record, "sharedEventID")
		data, err := json.Marshal(k.record)
		require.NoError(t, err)
		together.Write(append(data, '\n'))
	}
	r := replayed(t, &together)
	assert.Equal(t, int64(len(all)), r.Events)
	assert.Zero(t, r.ProblemCount)
}

// A later delivery that adds to an event is not a second call.
func TestAnAddendumCountsOnce(t *testing.T) {
	first := with(nil)
	later := with(
		fields{
			"eventID": "00000000-0000-4000-8000-00000000abcd",
			"addendum": fields{"reason": "UPDATED_DATA", "updatedFields": "responseElements",
				"originalRequestID": "x", "originalEventID": first["eventID"]},
		},
	)
	for _, events := range [][]fields{{first, later}, {later, first}} {
		r := replayed(t, bytes.NewReader(lines(events)))
		assert.Equal(t, []int64{1, 1, 1}, []int64{r.Events, r.Doubles, r.Refused})
	}
	empty := with(fields{"eventID": "one", "addendum": fields{"reason": "DELIVERY_DELAY", "originalEventID": ""}})
	r := replayed(t, bytes.NewReader(lines([]fields{empty, first})))
	assert.Equal(t, []int64{2, 0}, []int64{r.Events, r.Doubles})
}

// Any field of a record may be missing, null, or of another type: the record is judged, counted, or told as broken
// with its place, and what stands beside it is judged.
func TestFieldsMayBeMissingOrOfAnotherType(t *testing.T) {
	values := []any{
		"missing",
		nil,
		"",
		"text",
		7,
		-1.5,
		true,
		[]any{},
		[]any{1, "x", nil},
		fields{},
		fields{"a": fields{"b": []any{}}},
		strings.Repeat("x", 5000),
	}
	beside := event(59, "ec2", "DescribeInstances", fields{}, nil)
	var names []string
	for name := range with(nil) {
		names = append(names, name)
	}
	for _, name := range append(names, "sharedEventID", "addendum", "errorCode", "resources", "additionalEventData", "vpcEndpointId", "detail", "calls", "message", "field", "value") {
		for i, value := range values {
			e := event(1, "ssm", "StartSession", fields{"target": "i-0aaaaaaaaaaaaaaaa"}, nil)
			e[name] = value
			if i == 0 {
				delete(e, name)
			}
			run := NewRun(guarded(t))
			require.NoError(t, run.Read(context.Background(), bytes.NewReader(lines([]fields{e, beside})), "-"))
			r := run.Report(nil, nil)
			accounted(t, r)
			require.NotContains(t, fmt.Sprint(r.Problems), "mistake of the program", "%s %v", name, value)
			require.GreaterOrEqual(t, r.Events+r.ProblemCount, int64(2), "%s %v", name, value)
			require.False(t, r.Last.Before(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)), "%s %v", name, value)
		}
	}
}
