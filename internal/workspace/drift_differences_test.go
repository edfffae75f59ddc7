package workspace

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every difference is said in words: what was added, removed, changed, and by whom is not known. What follows from other resources, or is the same in
// another order, is none.
func TestDifferencesAreSaidInWords(t *testing.T) {
	type object = map[string]any
	statement := func(sid, action string) string {
		return `{"Sid":"` + sid + `","Effect":"Deny","Action":"` + action + `","Resource":"*"}`
	}
	document := func(statements string) string { return `{"Version":"2012-10-17","Statement":[` + statements + `]}` }
	for name, c := range map[string]struct {
		typ             string
		deployed, found object
		want            []string
	}{
		"nothing":              {"", object{"a": "x", "tags": object{}}, object{"a": "x"}, nil},
		"a value":              {"", object{"maxSessionDuration": 3600.0}, object{"maxSessionDuration": 7200.0}, []string{"maxSessionDuration: 3600 was deployed, it is 7200"}},
		"something set":        {"", object{}, object{"permissionsBoundary": "arn"}, []string{`permissionsBoundary: somebody set it to "arn"`}},
		"something removed":    {"", object{"description": "x"}, object{"description": ""}, []string{`description: somebody removed "x"`}},
		"tags, once":           {"", object{"tags": object{"a": "1", "b": "2"}, "tagsAll": object{"a": "1"}}, object{"tags": object{"b": "3"}}, []string{`tags.a: somebody removed "1"`, `tags.b: "2" was deployed, it is "3"`}},
		"a list":               {"", object{"l": []any{"a", "b"}}, object{"l": []any{"c", "a"}}, []string{`l: somebody added "c", and removed "b"`}},
		"another order":        {"", object{"l": []any{"a", "b"}}, object{"l": []any{"b", "a"}}, nil},
		"what others attached": {roleType, object{"managedPolicyArns": []any{}}, object{"managedPolicyArns": []any{"x"}}, nil},
		"made again by hand":   {roleType, object{"uniqueId": "AROA1", "path": "/"}, object{"uniqueId": "AROA2", "path": "/x/"}, []string{"somebody deleted it and made another of the same name"}},
		"a policy's statements": {
			"", object{"policy": document(statement("A", "s3:*") + "," + statement("B", "s3:*"))}, object{"policy": document(statement("A", "ec2:*") + "," + statement("C", "s3:*"))},
			[]string{
				`policy: somebody changed statement A: Action: "s3:*" was deployed, it is "ec2:*"`, "policy: somebody removed statement B",
				`policy: somebody added statement C {"Action":"s3:*","Effect":"Deny","Resource":"*","Sid":"C"}`,
			},
		},
		"a policy's order": {"", object{"policy": document(statement("A", "s3:*") + "," + statement("B", "s3:*"))}, object{"policy": document(statement("B", "s3:*") + "," + statement("A", "s3:*"))}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range differences(c.typ, c.deployed, c.found) {
				got = append(got, d.Text)
			}
			assert.Equal(t, c.want, got)
		})
	}
}
