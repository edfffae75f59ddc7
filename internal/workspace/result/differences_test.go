package result

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/workspace/guarded"
)

// Every difference is said in words: what was added, removed, changed, and by whom is not known. What follows from
// other resources, or is the same in another order, is none.
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
		"nothing": {"", object{"a": "x", "tags": object{}}, object{"a": "x"}, nil},
		"a value": {"", object{"maxSessionDuration": 3600.0}, object{"maxSessionDuration": 7200.0},
			[]string{"maxSessionDuration: somebody changed 3600 to 7200"}},
		"something set": {"", object{}, object{"permissionsBoundary": "arn"},
			[]string{`permissionsBoundary: somebody set it to "arn"`}},
		"something removed": {"", object{"description": "x"}, object{"description": ""},
			[]string{`description: somebody removed "x"`}},
		"tags, once": {"", object{"tags": object{"a": "1", "b": "2"}, "tagsAll": object{"a": "1"}},
			object{"tags": object{"b": "3"}}, []string{`tags.a: somebody removed "1"`,
				`tags.b: somebody changed "2" to "3"`}},
		"a list": {"", object{"l": []any{"a", "b"}}, object{"l": []any{"c", "a"}},
			[]string{`l: somebody added "c", and removed "b"`}},
		"another order": {"", object{"l": []any{"a", "b"}}, object{"l": []any{"b", "a"}}, nil},
		"what others attached": {guarded.RoleType, object{"managedPolicyArns": []any{}},
			object{"managedPolicyArns": []any{"x"}}, nil},
		"made again by hand": {guarded.RoleType, object{"uniqueId": "AROA1", "path": "/"},
			object{"uniqueId": "AROA2",
				"path": "/x/"}, []string{"somebody deleted it and made another of the same name; up makes that one what " +
				"the stack file says", `path: somebody changed "/" to "/x/"`}},
		"a policy's statements": {
			"", object{"policy": document(statement("A", "s3:*") + "," + statement("B",
				"s3:*"))}, object{"policy": document(statement("A", "ec2:*") + "," + statement("C", "s3:*"))},
			[]string{
				`policy: somebody changed statement A: Action: "s3:*" to "ec2:*"`, "policy: somebody removed " +
					"statement B",
				`policy: somebody added statement C {"Action":"s3:*","Effect":"Deny","Resource":"*","Sid":"C"}`,
			},
		},
		"a document, key by key": {
			"", object{"content": `{"inputs":{"idleSessionTimeout":"20","runAsEnabled":true}}`}, object{
				"content": `{"inputs":{"idleSessionTimeout":"60","runAsEnabled":true,"kmsKeyId":""}}`,
			},
			[]string{`content.inputs.idleSessionTimeout: somebody changed "20" to "60"`},
		},
		"objects of a list, by their names": {
			"", object{"l": []any{object{"key": "a", "v": []any{"1"}}, object{"key": "b", "v": "2"}}},
			object{"l": []any{object{"key": "c"}, object{"key": "a", "v": []any{"1", "3"}}}},
			[]string{`l[a].v: somebody added "3"`, `l: somebody added {"key":"c"}, and removed {"key":"b","v":"2"}`},
		},
		"objects of a list, by their order": {
			"", object{"l": []any{object{"v": "1"}, object{"v": object{"w": "2"}}}},
			object{"l": []any{object{"v": "1"}, object{"v": object{"w": "4", "x": "5"}}}},
			[]string{`l[1].v.w: somebody changed "2" to "4"`, `l[1].v.x: somebody set it to "5"`},
		},
		"objects of a list of which one is more": {
			"", object{"l": []any{object{"v": "1"}}}, object{"l": []any{object{"v": "2"}, object{"v": "3"}}},
			[]string{`l: somebody added {"v":"2"}, {"v":"3"}, and removed {"v":"1"}`},
		},
		"long texts, where they differ": {
			"", object{"t": strings.Repeat("x", 200) + "one"}, object{"t": strings.Repeat("x", 200) + "two"},
			[]string{
				`t: somebody changed "...` + strings.Repeat("x", 20) + `one" to "...` + strings.Repeat("x", 20) + `two"`,
			},
		},
		"a document that somebody saved as YAML": {
			"", object{"content": `{"inputs":{"idleSessionTimeout":"20","runAsEnabled":true,"n":1}}`}, object{
				"content": "inputs:\n  idleSessionTimeout: '20'\n  runAsEnabled: false\n  n: 1\n",
			},
			[]string{`content.inputs.runAsEnabled: somebody changed true to false`},
		},
		"a text that is no document": {"", object{"content": `{"a":1}`}, object{"content": "a"},
			[]string{`content: somebody changed "{\"a\":1}" to "a"`}},
		"a policy's order": {"", object{"policy": document(statement("A", "s3:*") + "," + statement("B", "s3:*"))},
			object{"policy": document(statement("B", "s3:*") + "," + statement("A", "s3:*"))}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range differences(c.typ, c.deployed, c.found) {
				d.ByHand = true
				got = append(got, d.words())
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// What is not known to be done by hand is said as what up does: the other way round, from what is there to what the
// program deploys.
func TestWhatNobodyIsKnownToHaveChangedIsSaidAsWhatUpDoes(t *testing.T) {
	document := func(statement string) string { return `{"Version":"2012-10-17","Statement":[` + statement + `]}` }
	for name, c := range map[string]struct {
		deployed, found any
		want            string
	}{
		"a value":  {3600.0, 7200.0, "x: up changes 7200 to 3600"},
		"too much": {nil, "arn", `x: up removes "arn"`},
		"missing":  {"d", nil, `x: up sets it to "d"`},
		"a list":   {[]any{"a", "b"}, []any{"c", "a"}, `x: up adds "b", and removes "c"`},
		"a statement": {document(`{"Sid":"A","Action":"s3:*"}`), document(`{"Sid":"A","Action":"*"}`),
			`x: up changes statement A: Action: "*" to "s3:*"`},
		"one too many": {document(``), document(`{"Sid":"A"}`), `x: up removes statement A`},
		"one missing":  {document(`{"Sid":"A"}`), document(``), `x: up adds statement A {"Sid":"A"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := differ("x", c.deployed, c.found)
			if assert.Len(t, got, 1) {
				assert.Equal(t, c.want, got[0].words())
			}
		})
	}
}

// Whoever moves a user, a group or a role to another path changes its ARN with it: up puts back the path, and nothing
// is told of the ARN as what up leaves.
func TestAnARNFollowsFromThePath(t *testing.T) {
	for _, typ := range []string{token.IAMUser, token.IAMGroup, token.IAMRole} {
		at := func(path string) map[string]any {
			return map[string]any{"name": "x", "path": path, "arn": "arn:aws:iam::111122223333:it" + path + "x"}
		}
		wanted := map[string]any{"name": "x", "path": "/guardrails/"}
		s := &Standing{
			Type: typ, Planned: true, Op: apitype.OpUpdate, Properties: []string{"path"},
			Before: &apitype.StepEventStateMetadata{ID: "x", Inputs: wanted, Outputs: at("/guardrails/")},
			Found:  &apitype.StepEventStateMetadata{ID: "x", Inputs: wanted, Outputs: at("/")},
			Wanted: &apitype.StepEventStateMetadata{ID: "x", Inputs: wanted},
		}
		drifted, _ := s.Drifted("urn:pulumi:dev::p::" + typ + "::x")
		if assert.Len(t, drifted.Differences, 1, typ) {
			assert.Equal(t, `path: somebody changed "/guardrails/" to "/"`, drifted.Differences[0].Text)
		}
	}
}

// A policy of which somebody changed nothing but the order of its statements means the same, and that is said.
func TestAnotherOrderOfStatementsIsSaid(t *testing.T) {
	content := func(statements string) map[string]any {
		return map[string]any{"content": `{"Version":"2012-10-17","Statement":[` + statements + `]}`}
	}
	wanted, found := content(`{"Sid":"A"},{"Sid":"B"}`), content(`{"Sid":"B"},{"Sid":"A"}`)
	s := &Standing{
		Type: token.OrganizationsPolicy, Planned: true, Op: apitype.OpUpdate, Properties: []string{"content"},
		Before: &apitype.StepEventStateMetadata{ID: "p", Inputs: wanted, Outputs: wanted},
		Found:  &apitype.StepEventStateMetadata{ID: "p", Inputs: wanted, Outputs: found},
		Wanted: &apitype.StepEventStateMetadata{ID: "p", Inputs: wanted},
	}
	drifted, _ := s.Drifted("urn:pulumi:dev::p::" + token.OrganizationsPolicy + "::p")
	if assert.Len(t, drifted.Differences, 1) {
		assert.Contains(t, drifted.Differences[0].Text, "content: the same statements in another order")
	}
}

// The mark in a description with which a document becomes a new version is nobody's change and nobody's edit: it is
// told only where nothing else is.
func TestTheMarkOfANewVersionIsNotTold(t *testing.T) {
	content := func(description, timeout string) map[string]any {
		return map[string]any{
			"content": `{"schemaVersion":"1.0","description":"` + description + `","inputs":{"idleSessionTimeout":"` + timeout + `"}}`,
		}
	}
	const marked = "Preferences (after 0123456789ab)"
	for name, c := range map[string]struct {
		before, found, wanted map[string]any
		want                  []string
	}{
		"changed by hand": {
			content("Preferences", "15"), content("Preferences", "60"), content(marked, "15"),
			[]string{`content.inputs.idleSessionTimeout: somebody changed "15" to "60"`},
		},
		"an edit": {
			content(marked, "15"), content(marked, "15"), content("Preferences (after ba9876543210)", "20"),
			[]string{`content.inputs.idleSessionTimeout: up changes "15" to "20"`},
		},
		"a description that somebody wrote": {
			content("Preferences", "15"), content("Mine", "15"), content(marked, "15"),
			[]string{`content.description: somebody changed "` + marked + `" to "Mine"`},
		},
		"the mark alone": {
			content("Preferences", "15"), content("Preferences", "15"), content(marked, "15"),
			[]string{`content.description: up changes "Preferences" to "` + marked + `"`},
		},
	} {
		s := &Standing{
			Type: "aws:ssm/document:Document", Planned: true, Op: apitype.OpUpdate, Properties: []string{"content"},
			Before: &apitype.StepEventStateMetadata{ID: "d", Inputs: c.before, Outputs: c.before},
			Found:  &apitype.StepEventStateMetadata{ID: "d", Inputs: c.before, Outputs: c.found},
			Wanted: &apitype.StepEventStateMetadata{ID: "d", Inputs: c.wanted},
		}
		drifted, differs := s.Drifted("urn:pulumi:dev::p::aws:ssm/document:Document::d")
		assert.True(t, differs, name)
		var texts []string
		for _, d := range drifted.Differences {
			texts = append(texts, d.Text)
		}
		assert.Equal(t, c.want, texts, name)
	}
}
