package details_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/details"
	"aws-access-guardrails/policy"
)

// What the AWS CLI prints becomes an account with every document, tag, boundary and membership that decides something.
func TestAuthorizationDetailsBecomeAnAccount(t *testing.T) {
	data, err := os.ReadFile("testdata/authorization-details.json")
	require.NoError(t, err)
	account, err := details.FromAuthorizationDetails(data)
	require.NoError(t, err)

	assert.Equal(t, "111122223333", account.ID)
	assert.Equal(t, policy.AWS, account.Partition)
	require.Len(t, account.Users, 2)
	alice := account.Users[0]
	assert.Equal(t, world.User{
		Name:     "alice",
		ID:       "AIDACKCEVSQ6C2EXAMPLE",
		Path:     "/team/",
		Tags:     []world.Tag{{Key: "Email", Value: "alice@example.com"}},
		Groups:   []string{"people"},
		Inline:   alice.Inline,
		Attached: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:policy/team/keys"},
		Boundary: "arn:aws:iam::111122223333:policy/bound",
	}, alice)
	require.Len(t, alice.Inline, 1)
	assert.Equal(t, "OwnPassword", alice.Inline[0].Document.Statements[0].Sid)
	require.Len(t, account.Groups, 1)
	assert.Equal(t, "people", account.Groups[0].Name)
	assert.Len(t, account.Groups[0].Inline, 1)
	require.Len(t, account.Roles, 2)
	assert.Equal(t, "sts:AssumeRole", account.Roles[0].Trust.Statements[0].Actions[0])
	assert.Empty(t, account.Roles[0].PermissionSet)
	assert.Equal(t, "ReadOnly", account.Roles[1].PermissionSet)
	_, err = engine.Compile(world.World{Accounts: []world.Account{account}})
	assert.NoError(t, err)
}

// Only the default version of a managed policy counts, and a policy without one is an unknown.
func TestAuthorizationDetailsReadTheDefaultVersion(t *testing.T) {
	data, err := os.ReadFile("testdata/authorization-details.json")
	require.NoError(t, err)
	account, err := details.FromAuthorizationDetails(data)
	require.NoError(t, err)
	byARN := map[string]world.ManagedPolicy{}
	for _, p := range account.Policies {
		byARN[p.ARN] = p
	}
	keys := byARN["arn:aws:iam::111122223333:policy/team/keys"]
	require.Len(t, keys.Document.Statements, 1)
	assert.Equal(t, "SecondVersion", keys.Document.Statements[0].Sid)
	assert.True(t, byARN["arn:aws:iam::111122223333:policy/bound"].Unknown)
}

// The API returns documents URL-encoded, the CLI prints them as objects: both are the same account.
func TestEncodedAndPlainDocumentsAreTheSame(t *testing.T) {
	data, err := os.ReadFile("testdata/authorization-details.json")
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(data, &tree))
	encoded, err := json.Marshal(encodeDocuments(tree))
	require.NoError(t, err)
	require.NotEqual(t, string(data), string(encoded))

	plain, err := details.FromAuthorizationDetails(data)
	require.NoError(t, err)
	fromEncoded, err := details.FromAuthorizationDetails(encoded)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(plain, fromEncoded))
}

func encodeDocuments(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, child := range v {
			if strings.HasSuffix(name, "Document") {
				text, _ := json.Marshal(child)
				v[name] = url.PathEscape(string(text))
				continue
			}
			v[name] = encodeDocuments(child)
		}
	case []any:
		for i := range v {
			v[i] = encodeDocuments(v[i])
		}
	}
	return v
}

// An answer that AWS, or the AWS CLI with --max-items, cut off is not an account: what is missing could be the hole.
func TestTruncatedAuthorizationDetailsAreRefused(t *testing.T) {
	for _, mark := range []string{`"IsTruncated": true`, `"Marker": "abc"`, `"NextToken": "abc"`} {
		_, err := details.FromAuthorizationDetails([]byte(`{` + mark + `, "UserDetailList": []}`))
		require.Error(t, err)
		assert.Contains(t, err.Error(), "the answer is cut off; read every page and join their lists")
		field, _, _ := strings.Cut(strings.Trim(mark, `"`), `"`)
		assert.Contains(t, err.Error(), field+": ")
	}
}

// What is no answer is refused in words that name no type of this program.
func TestWhatIsNoAnswerIsRefusedInWords(t *testing.T) {
	for data, why := range map[string]string{
		"":                                "there is nothing in it",
		" \n":                             "there is nothing in it",
		"[]":                              "it is of the kind array and has no lists",
		`"x"`:                             "it is of the kind string and has no lists",
		`{"UserDetailList": {}}`:          "UserDetailList is of the kind object",
		`{"UserDetailList": []} {"a": 1}`: "more follows after the first answer; join the lists of all answers",
		`{"UserDetailList": [`:            "unexpected end of JSON input",
	} {
		_, err := details.FromAuthorizationDetails([]byte(data))
		require.Error(t, err, data)
		assert.Contains(t, err.Error(), why, data)
		assert.NotContains(t, err.Error(), "Go ", data)
		assert.NotContains(t, err.Error(), "details.", data)
	}
}

// Every problem is reported at once, in the order of the file, each with its place.
func TestAuthorizationDetailsNameEveryProblem(t *testing.T) {
	_, err := details.FromAuthorizationDetails([]byte(`{
	  "UserDetailList": [
	    {"UserName": "alice", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/alice",
	     "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Actoin": "*"}]}}]},
	    {"UserName": "bob", "Path": "/", "Arn": "arn:aws:iam::444455556666:user/bob"},
	    {"UserName": "carol", "Path": "/team/", "Arn": "arn:aws:iam::111122223333:user/carol"}],
	  "RoleDetailList": [{"RoleName": "r", "Path": "/", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": "%zz"}]}`))
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	require.GreaterOrEqual(t, len(lines), 4, err)
	assert.Contains(t, lines[0], `UserDetailList[0] "alice": UserPolicyList[0] "p": `)
	joined := strings.Join(lines[1:], "\n")
	for _, place := range []string{
		`UserDetailList[1] "bob": Arn: "arn:aws:iam::444455556666:user/bob" is of another account than 111122223333`,
		`UserDetailList[2] "carol": Arn: "arn:aws:iam::111122223333:user/carol" is not the user /team/carol`,
		`RoleDetailList[0] "r": AssumeRolePolicyDocument: neither JSON nor URL-encoded JSON`,
	} {
		at := strings.Index(joined, place)
		require.GreaterOrEqual(t, at, 0, "%s\nin\n%s", place, joined)
		joined = joined[at:]
	}
}

// Files that are something else are refused in words, and never panic.
func TestWhatIsNotAuthorizationDetailsIsRefused(t *testing.T) {
	for _, data := range []string{"", "null", "[]", "{}", `{"UserDetailList": 3}`, `{"UserDetailList": [{"UserName": "a", "Arn": "a"}]}`, "\xff"} {
		_, err := details.FromAuthorizationDetails([]byte(data))
		assert.Error(t, err, "%q", data)
	}
}

// Writing an account and reading it back gives the same account, whatever is in it, and the same bytes again.
func TestAuthorizationDetailsSurviveTheRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		account := genAccount(rt)
		text, err := details.ToAuthorizationDetails(account)
		require.NoError(rt, err)
		back, err := details.FromAuthorizationDetails(text)
		require.NoError(rt, err)
		if diff := cmp.Diff(account, back, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("round trip (-written +read):\n%s", diff)
		}
		again, err := details.ToAuthorizationDetails(back)
		require.NoError(rt, err)
		require.True(rt, bytes.Equal(text, again))
	})
}

// The written form is what AWS prints: its field names, its nesting, nothing that only AWS knows.
func TestAuthorizationDetailsAreWrittenAsAWSPrintsThem(t *testing.T) {
	text, err := details.ToAuthorizationDetails(world.Account{
		ID: "111122223333", Partition: policy.AWSChina,
		Users: []world.User{{Name: "alice", Groups: []string{"people"}}},
		Roles: []world.Role{
			{
				Name:     "ops",
				Path:     "/guardrails/operation/",
				Boundary: "arn:aws-cn:iam::111122223333:policy/b",
				Tags:     []world.Tag{{Key: "Project", Value: "One"}},
				Trust: policy.New(
					policy.Allow("NamedUsers", "sts:AssumeRole").
						For(policy.AWSPrincipals("arn:aws-cn:iam::111122223333:user/alice")),
				),
			},
		},
		Policies: []world.ManagedPolicy{
			{ARN: "arn:aws-cn:iam::111122223333:policy/b", Document: policy.New(policy.Allow("All", "*").On("*"))},
			{ARN: "arn:aws-cn:iam::aws:policy/Unknown", Unknown: true},
		},
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{
	  "UserDetailList": [{"Path": "/", "UserName": "alice", "Arn": "arn:aws-cn:iam::111122223333:user/alice", "GroupList": ["people"], "AttachedManagedPolicies": []}],
	  "GroupDetailList": [],
	  "RoleDetailList": [{"Path": "/guardrails/operation/", "RoleName": "ops", "Arn": "arn:aws-cn:iam::111122223333:role/guardrails/operation/ops",
	    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
	      {"Sid": "NamedUsers", "Effect": "Allow", "Principal": {"AWS": "arn:aws-cn:iam::111122223333:user/alice"}, "Action": "sts:AssumeRole"}]},
	    "RolePolicyList": [], "AttachedManagedPolicies": [],
	    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws-cn:iam::111122223333:policy/b"},
	    "Tags": [{"Key": "Project", "Value": "One"}]}],
	  "Policies": [{"PolicyName": "b", "Arn": "arn:aws-cn:iam::111122223333:policy/b", "Path": "/", "DefaultVersionId": "v1", "PolicyVersionList": [
	    {"Document": {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]},
	     "VersionId": "v1", "IsDefaultVersion": true}]}]}`, string(text))
}

// Reading never panics, whatever the bytes. A dump that leaves out what its ARNs say, lists and names of inline
// policies, or that has members of a later day, is the same account.
func TestAuthorizationDetailsAreReadLeniently(t *testing.T) {
	data, err := os.ReadFile("testdata/authorization-details.json")
	require.NoError(t, err)
	whole, err := details.FromAuthorizationDetails(data)
	require.NoError(t, err)
	lists := []string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"}
	for _, change := range []struct {
		name string
		do   func(entity map[string]any)
	}{
		{"no names", func(e map[string]any) {
			for _, name := range []string{"UserName", "GroupName", "RoleName", "PolicyName"} {
				delete(e, name)
			}
		}},
		{"no paths", func(e map[string]any) { delete(e, "Path") }},
		{"unknown members", func(e map[string]any) { e["FutureMember"] = map[string]any{"A": []any{1, "x", nil}} }},
		{"null lists", func(e map[string]any) {
			for name, value := range e {
				if list, is := value.([]any); is && len(list) == 0 {
					e[name] = nil
				}
			}
		}},
	} {
		var tree map[string]any
		require.NoError(t, json.Unmarshal(data, &tree))
		for _, list := range lists {
			for _, entity := range tree[list].([]any) {
				change.do(entity.(map[string]any))
			}
		}
		changed, err := json.Marshal(tree)
		require.NoError(t, err)
		read, err := details.FromAuthorizationDetails(changed)
		require.NoError(t, err, change.name)
		assert.Empty(t, cmp.Diff(whole, read, cmpopts.EquateEmpty()), change.name)
	}
}

// Inline policies without a name are told apart, and none is lost.
func TestInlinePoliciesWithoutANameAreRead(t *testing.T) {
	document := `{"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}}`
	account, err := details.FromAuthorizationDetails(
		[]byte(`{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/team/bob",
	  "UserPolicyList": [` + document + `, ` + document + `]}]}`),
	)
	require.NoError(t, err)
	require.Len(t, account.Users, 1)
	assert.Equal(t, []string{"bob", "/team/"}, []string{account.Users[0].Name, account.Users[0].Path})
	require.Len(t, account.Users[0].Inline, 2)
	_, err = engine.Compile(world.World{Accounts: []world.Account{account}})
	assert.NoError(t, err)
}

// What is written of a role has the members that AWS documents for RoleDetail, and no others.
func TestRolesAreWrittenWithTheMembersOfAWS(t *testing.T) {
	documented := []string{
		"Arn",
		"AssumeRolePolicyDocument",
		"AttachedManagedPolicies",
		"CreateDate",
		"InstanceProfileList",
		"Path",
		"PermissionsBoundary",
		"RoleId",
		"RoleLastUsed",
		"RoleName",
		"RolePolicyList",
		"Tags",
	}
	rapid.Check(t, func(t *rapid.T) {
		account := genAccount(t)
		for i := range account.Roles {
			account.Roles[i].MaxSession = 7200
		}
		data, err := details.ToAuthorizationDetails(account)
		require.NoError(t, err)
		var written struct{ RoleDetailList []map[string]any }
		require.NoError(t, json.Unmarshal(data, &written))
		for _, role := range written.RoleDetailList {
			for member := range role {
				assert.Contains(t, documented, member)
			}
		}
	})
}

func FuzzFromAuthorizationDetails(f *testing.F) {
	data, err := os.ReadFile("testdata/authorization-details.json")
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"RoleDetailList": [{"AssumeRolePolicyDocument": "%7B%7D"}]}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		account, err := details.FromAuthorizationDetails(data)
		if err == nil {
			_, _ = details.ToAuthorizationDetails(account)
		}
	})
}

func genAccount(t *rapid.T) world.Account {
	const id = "111122223333"
	name := rapid.StringMatching(`[A-Za-z0-9+=,.@_-]{1,8}`)
	path := rapid.SampledFrom([]string{"/", "/team/", "/a/b/"})
	tags := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) world.Tag {
		return world.Tag{
			Key:   rapid.StringMatching(`[A-Za-z]{1,5}`).Draw(t, "key"),
			Value: rapid.StringMatching(`[A-Za-z0-9 ]{0,5}`).Draw(t, "value"),
		}
	}), 0, 3, func(tag world.Tag) string { return tag.Key })
	document := rapid.Custom(func(t *rapid.T) policy.Document {
		s := policy.Allow(rapid.StringMatching(`[A-Za-z0-9]{1,8}`).Draw(t, "sid"), "iam:Get*", "s3:*").On("*")
		if rapid.Bool().Draw(t, "condition") {
			s = s.When(
				policy.BoolIfExists("aws:MultiFactorAuthPresent", false),
				policy.StringEquals("aws:PrincipalTag/Project", "é & <x>"),
			)
		}
		return policy.New(s)
	})
	inline := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) world.InlinePolicy {
		return world.InlinePolicy{Name: name.Draw(t, "policy"), Document: document.Draw(t, "document")}
	}), 0, 2)
	managed := rapid.SampledFrom(
		[]string{"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "arn:aws:iam::111122223333:policy/team/keys"},
	)
	attached := rapid.SliceOfN(managed, 0, 2)
	account := world.Account{ID: id, Partition: policy.AWS}
	for range rapid.IntRange(0, 2).Draw(t, "groups") {
		account.Groups = append(account.Groups, world.Group{
			Name: name.Draw(
				t,
				"group",
			),
			Path:     path.Draw(t, "path"),
			Inline:   inline.Draw(t, "inline"),
			Attached: attached.Draw(t, "attached"),
		})
	}
	for range rapid.IntRange(1, 3).Draw(t, "users") {
		account.Users = append(account.Users, world.User{
			Name: name.Draw(
				t,
				"user",
			),
			Path:   path.Draw(t, "path"),
			Tags:   tags.Draw(t, "tags"),
			Groups: rapid.SliceOfN(name, 0, 2).Draw(t, "memberOf"),
			Inline: inline.Draw(
				t,
				"inline",
			),
			Attached: attached.Draw(t, "attached"),
			Boundary: rapid.SampledFrom([]string{"", "arn:aws:iam::111122223333:policy/team/keys"}).Draw(t, "boundary"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "roles") {
		account.Roles = append(account.Roles, world.Role{
			Name: name.Draw(
				t,
				"role",
			),
			Path:     path.Draw(t, "path"),
			Tags:     tags.Draw(t, "tags"),
			Inline:   inline.Draw(t, "inline"),
			Attached: attached.Draw(t, "attached"),
			Trust: policy.New(
				policy.Allow("Trust", "sts:AssumeRole").For(policy.AWSPrincipals("arn:aws:iam::111122223333:root")),
			),
		})
	}
	if rapid.Bool().Draw(t, "policy") {
		account.Policies = append(
			account.Policies,
			world.ManagedPolicy{
				ARN:      "arn:aws:iam::111122223333:policy/team/keys",
				Document: document.Draw(t, "managed"),
			},
		)
	}
	return account
}
