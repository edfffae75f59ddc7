package stack

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// problemAt requires a problem at the path, with parts of what it says, and returns it.
func problemAt(t *testing.T, problems problem.List, path problem.Path, says ...string) *problem.Problem {
	t.Helper()
	i := slices.IndexFunc(problems, func(p *problem.Problem) bool { return p.Path == path })
	require.GreaterOrEqual(t, i, 0, "no problem of %s in %v", path, problems)
	for _, part := range says {
		assert.Contains(t, problems[i].Error(), part)
	}
	return problems[i]
}

// A managed policy that AWS does not have is refused wherever one is named, with the name that was meant and its path.
func TestManagedPoliciesAreThoseOfAWS(t *testing.T) {
	places := map[problem.Path]string{
		"guardrails:delegatedRoles[0].managedPolicies[0]": "  guardrails:users: [{name: alice}]\n  " +
			"guardrails:delegatedRoles: [{name: V, users: [alice], managedPolicies: [%q]}]\n",
		"guardrails:identityCenter.permissionSets[0].managedPolicies[0]": `  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    permissionSets: [{name: Own, template: own, managedPolicies: [%q]}]
`,
	}
	names := map[string][]string{
		"ViewOnlyAccess": {
			"has it under the path job-function/",
			`write "job-function/ViewOnlyAccess"`,
		},
		"job-function/ReadOnlyAccess": {"has it without a path", `write "ReadOnlyAccess"`},
		"service-role/Billing":        {"under the path job-function/"},
		"AdministratorAcess": {
			"is no managed policy of AWS",
			`did you mean "AdministratorAccess"?`,
			"guardrails:awsManagedPolicies",
		},
		"administratoraccess":                      {`did you mean "AdministratorAccess"?`},
		"Administrator":                            {"is no managed policy of AWS", "guardrails:awsManagedPolicies"},
		"CompletelyUnknownPolicyOfAWS":             {"is no managed policy of AWS", "guardrails:awsManagedPolicies"},
		"aws-service-role/AWSSSOServiceRolePolicy": {"service-linked roles alone"},
	}
	for path, text := range places {
		for name, says := range names {
			_, problems := readText(minimal + fmt.Sprintf(text, name))
			problemAt(t, problems, path, says...)
			newer := strings.TrimPrefix(name, "aws-service-role/")
			_, problems = readText(
				minimal + fmt.Sprintf(text, newer) + fmt.Sprintf("  guardrails:awsManagedPolicies: [%q]\n", newer),
			)
			assert.Empty(t, problems, "a policy that AWS has since")
		}
		for _, name := range []string{"AdministratorAccess", "job-function/Billing", "service-role/AmazonEC2RoleforSSM"} {
			require.True(t, catalogue.KnownManagedPolicy(name))
			_, problems := readText(minimal + fmt.Sprintf(text, name))
			assert.Empty(t, problems, name)
		}
	}
	arn := func(name string) problem.List {
		_, problems := readText(
			minimal + fmt.Sprintf(
				places["guardrails:delegatedRoles[0].managedPolicies[0]"],
				"arn:aws:iam::aws:policy/"+name,
			),
		)
		return problems
	}
	assert.Empty(t, arn("job-function/ViewOnlyAccess"))
	problemAt(t, arn("ViewOnlyAccess"), "guardrails:delegatedRoles[0].managedPolicies[0]", "job-function/")
	_, problems := readText(
		minimal + `  aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/Deployer", policyArns: ["arn:aws:iam::aws:policy/IAMFulAccess"]}` + "\n",
	)
	problemAt(t, problems, "aws:assumeRole.policyArns[0]", `did you mean "IAMFullAccess"?`)
}

// A policy under the path of the guardrails is one that the stack makes.
func TestOwnPoliciesAreThoseThatTheStackMakes(t *testing.T) {
	role := func(policy string) problem.List {
		_, problems := readText(
			minimal + fmt.Sprintf(
				"  guardrails:users: [{name: alice}]\n  guardrails:delegatedRoles: [{name: V, users: [alice], "+
					"managedPolicies: [%q]}]\n",
				policy,
			),
		)
		return problems
	}
	problemAt(
		t,
		role("arn:aws:iam::111122223333:policy/guardrails/just-in-time-requester"),
		"guardrails:delegatedRoles[0].managedPolicies[0]",
		"makes none of that name",
	)
	assert.Empty(t, role("arn:aws:iam::111122223333:policy/of-others"))
}

// A Region that AWS has not opened is refused with the nearest, wherever one is written; the setting with which the
// provider takes it takes it here too.
func TestRegionsAreThoseOfAWS(t *testing.T) {
	const center = "  guardrails:identityCenter:\n    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef\n    " +
		"identityStore: d-1234567890\n    permissionSets: "
	const sessions = "  guardrails:sessions: {regions: [ap-northeast-1], runAs: {defaultUser: operator}"
	for path, text := range map[problem.Path]string{
		"aws:region":    "",
		"aws:stsRegion": "  aws:stsRegion: ap-northeast-9\n",
		"guardrails:sessions.regions[1]": "  guardrails:sessions: {regions: [ap-northeast-1, " +
			"ap-northeast-9]}\n",
		"guardrails:sessions.kmsKeyId": sessions + ", kmsKeyId: " +
			"\"arn:aws:kms:ap-northeast-9:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"}\n",
		"guardrails:justInTime.homeRegion": sessions + "}\n  guardrails:justInTime: " +
			"{homeRegion: ap-northeast-9}\n",
		"guardrails:adopt.sessions[0]": "  guardrails:sessions: {regions: " +
			"[ap-northeast-1]}\n  guardrails:adopt: {sessions: [ap-northeast-9]}\n",
		"guardrails:expect[0].on.region": "  guardrails:users: [{name: alice}]\n  " +
			"guardrails:expect: [{it: x, as: alice, opens: shell, on: {instance: {}, region: ap-northeast-9}, denied: " +
			"true}]\n",
		"guardrails:identityCenter.permissionSets[0].regions[0]": center + "[{name: Op, template: operation, regions: " +
			"[ap-northeast-9]}]\n",
		"guardrails:identityCenter.permissionSets[0].kmsKeyArns[0]": center +
			"[{name: Op, template: operation, kmsKeyArns: [\"arn:aws:kms:ap-northeast-9:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"]}]\n",
		"guardrails:identityCenter.permissionSets[0].volumeKeyArns[0]": center +
			"[{name: Op, template: operation, volumeKeyArns: " +
			"[\"arn:aws:kms:ap-northeast-9:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"]}]\n",
		"guardrails:operationRoles[0].volumeKeyArns[0]": sessions + "}\n  guardrails:operationRoles: [{project: shop, " +
			"principalArns: [\"arn:aws:iam::444455556666:user/a\"], " +
			"volumeKeyArns: [\"arn:aws:kms:ap-northeast-9:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"]}]\n",
	} {
		file := minimal + text
		if path == "aws:region" {
			file = strings.Replace(minimal, "ap-northeast-1", "ap-northeast-9", 1)
		}
		_, problems := readText(file)
		problemAt(
			t,
			problems,
			path,
			"ap-northeast-9",
			`did you mean "ap-northeast-1"?`,
			"aws:skipRegionValidation: true",
		)
		_, problems = readText(file + "  aws:skipRegionValidation: true\n")
		for _, p := range problems {
			assert.NotContains(t, p.Error(), "has opened", "%s", path)
		}
	}
	for _, region := range policy.Regions() {
		_, problems := readText(strings.Replace(minimal, "ap-northeast-1", region, 1))
		assert.Empty(t, problems, region)
	}
}

// Default tags are held against what AWS takes, alone and beside the tags of users and roles.
func TestDefaultTagsAreWhatAWSTakes(t *testing.T) {
	const people = "  guardrails:users: [{name: alice, email: alice@example.com, displayName: Alice, tags: {Team: " +
		"ops}}]\n"
	for tags, says := range map[string][]string{
		`{Team: "R&D (platform)"}`:              {"guardrails", `has the character '&'`},
		`{"T|m": x}`:                            {`has the character '|'`},
		`{"aws:x": y}`:                          {`begins with "aws:"`},
		`{"AWS:x": y}`:                          {`begins with "aws:"`},
		`{"": y}`:                               {"is empty"},
		`{A: x, a: y}`:                          {`differs from "A" by case only`},
		`{email: ops@example.com}`:              {`from the tag "Email" of users with email`, `write "Email"`},
		`{DISPLAYNAME: x}`:                      {`from the tag "DisplayName"`},
		`{team: x}`:                             {`from the tag "Team" of the user alice`},
		`{project: x}`:                          {"a tag that decides access"},
		`{` + strings.Repeat("k", 129) + `: x}`: {"is 129 characters long"},
		`{K: ` + strings.Repeat("v", 257) + `}`: {"is 257 characters long"},
	} {
		_, problems := readText(minimal + people + "  aws:defaultTags: {tags: " + tags + "}\n")
		require.Len(t, problems, 1, "%s: %v", tags, problems)
		assert.True(t, strings.HasPrefix(string(problems[0].Path), "aws:defaultTags.tags["), problems[0].Path)
		for _, part := range says {
			if part != "guardrails" {
				assert.Contains(t, problems[0].Error(), part)
			}
		}
	}
	many := func(n int) string {
		var tags []string
		for i := range n {
			tags = append(tags, fmt.Sprintf("k%d: v", i))
		}
		return "  aws:defaultTags: {tags: {" + strings.Join(tags, ", ") + "}}\n"
	}
	_, problems := readText(minimal + people + many(47))
	assert.Empty(t, problems)
	_, problems = readText(minimal + people + many(48))
	problemAt(t, problems, "aws:defaultTags.tags", "48 tags", "with the 3 of the user alice", "AWS takes 50")
	_, problems = readText(minimal + many(51))
	problemAt(t, problems, "aws:defaultTags.tags", "are more than the 50")
	for tags, path := range map[string]problem.Path{
		`{keys: ["aws:x"]}`: "aws:ignoreTags.keys[0]", `{keys: ["a|b"]}`: "aws:ignoreTags.keys[0]", `{keyPrefixes: ["AWS:"]}`: "aws:ignoreTags.keyPrefixes[0]",
		`{keyPrefixes: ["a|b"]}`: "aws:ignoreTags.keyPrefixes[0]", `{keyPrefixes: [Pro]}`: "aws:ignoreTags.keyPrefixes[0]",
	} {
		_, problems := readText(minimal + "  aws:ignoreTags: " + tags + "\n")
		problemAt(t, problems, path)
	}
}

// Sessions are named after users, and AWS takes no session name of one character: such a person assumes no role that
// names sessions so.
func TestSessionNamesHaveTwoCharacters(t *testing.T) {
	const users = "  guardrails:users: [{name: a}, {name: bob}]\n"
	const guest = "arn:aws:iam::444455556666:user/x"
	for path, text := range map[problem.Path]string{
		"guardrails:operationRoles[0].users[0]": "  guardrails:operationRoles: [{users: [a], project: P, " +
			"runAs: op}]\n",
		"guardrails:operationRoles[0].principalArns[0]": "  guardrails:operationRoles: " +
			"[{principalArns: [\"" + guest + "\"], project: P, runAs: op}]\n",
		"guardrails:delegatedRoles[0].users[1]": "  guardrails:delegatedRoles: [{name: D, users: [bob, a], " +
			"managedPolicies: [ReadOnlyAccess]}]\n",
		"guardrails:osAccess.standingUsers[0]": "  guardrails:sessions: {regions: [ap-northeast-1]}\n  " +
			"guardrails:osAccess: {standingUsers: [a], runAs: op}\n",
		"guardrails:grants[0].person": "  guardrails:sessions: {regions: [ap-northeast-1]}\n  guardrails:osAccess: " +
			"{}\n  guardrails:grants: [{person: a, runAs: op, ticket: T1, " +
			"from: \"2026-12-01T09:00:00+09:00\", until: \"2026-12-01T13:00:00+09:00\"}]\n",
	} {
		_, problems := readText(minimal + users + text)
		problemAt(t, problems, path, "has a name of one character", "2 to 64 characters", "two characters or more")
	}
	_, problems := readText(
		minimal + users + "  guardrails:operationRoles: [{users: [a], project: P, runAs: op, sessionName: any}]\n",
	)
	assert.Empty(t, problems, "a session that is named otherwise")
	_, problems = readText(minimal + users)
	assert.Empty(t, problems, "IAM takes the name")
}

// What AWS STS refuses of the session that deploys is refused before.
func TestTheSessionOfTheDeployerIsWhatSTSTakes(t *testing.T) {
	for _, c := range []struct {
		text string
		path problem.Path
	}{
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:user/a"}`, "aws:assumeRole.roleArn"},
		{`aws:assumeRole: {roleArn: Deployer}`, "aws:assumeRole.roleArn"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", sessionName: x}`, "aws:assumeRole.sessionName"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", sessionName: "a b"}`,
			"aws:assumeRole.sessionName"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", sourceIdentity: "` + strings.Repeat("x",
			65) + `"}`, "aws:assumeRole.sourceIdentity"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", externalId: "a b"}`,
			"aws:assumeRole.externalId"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", policy: "{}"}`, "aws:assumeRole.policy"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", policyArns: [ReadOnlyAccess]}`,
			"aws:assumeRole.policyArns[0]"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", tags: {"a|b": c}}`,
			"aws:assumeRole.tags[\"a|b\"]"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", tags: {A: x, a: y}}`,
			"aws:assumeRole.tags[\"a\"]"},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/D", tags: {Stack: x}, transitiveTagKeys: [Stak]}`,
			"aws:assumeRole.transitiveTagKeys[0]"},
		{`aws:assumeRoleWithWebIdentity: {roleArn: "arn:aws:iam::111122223333:role/D", sessionName: x}`,
			"aws:assumeRoleWithWebIdentity.sessionName"},
	} {
		_, problems := readText(minimal + "  " + c.text + "\n")
		assert.Equal(t, c.path, one(t, problems).Path, c.text)
	}
	_, problems := readText(
		minimal + `  aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/path/D", sessionName: ci, sourceIdentity: ci, externalId: "a:b/c", tags: {A: "", B: y}, transitiveTagKeys: [B]}` + "\n",
	)
	assert.Empty(t, problems)
}

// More of a kind than the account takes is refused at once, and the quota is a setting.
func TestMoreThanTheAccountTakesIsRefusedAtOnce(t *testing.T) {
	list := func(section string, n int, entry string) string {
		var b strings.Builder
		b.WriteString(minimal + "  guardrails:" + section + ":\n")
		for i := range n {
			b.WriteString("    - " + strings.ReplaceAll(entry, "#", fmt.Sprint(i)) + "\n")
		}
		return b.String()
	}
	_, problems := readText(list("users", 20000, "{name: user#, email: user#@example.com}"))
	p := one(t, problems)
	assert.Equal(t, problem.Path("guardrails:users"), p.Path)
	assert.Equal(
		t,
		"guardrails:users: 20000 users are more than the 5000 of an account; divide them, or raise "+
			"guardrails:quotas.users once AWS has",
		p.Error(),
	)
	for _, c := range []struct {
		section, entry, quota string
		path                  problem.Path
	}{
		{"users", "{name: user#}", "users: 2", "guardrails:users"},
		{"operationRoles", `{principalArns: ["arn:aws:iam::444455556666:user/u#"], project: p#, runAs: op}`, "roles: 2",
			"guardrails:operationRoles"},
		{"delegatedRoles", `{name: r#, principalArns: ["arn:aws:iam::444455556666:user/u#"], managedPolicies: [ReadOnlyAccess]}`, "roles: 2", "guardrails:delegatedRoles"},
	} {
		text := list(c.section, 3, c.entry)
		_, found := readText(text)
		require.Empty(t, found)
		_, found = readText(text + "  guardrails:quotas: {" + c.quota + "}\n")
		problemAt(t, found, c.path, "are more than the 2", "guardrails:quotas."+strings.Split(c.quota, ":")[0])
		_, found = readText(text + "  guardrails:quotas: {" + strings.Replace(c.quota, "2", "3", 1) + "}\n")
		assert.Empty(t, found)
	}
	sets := "  guardrails:identityCenter:\n    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef\n    " +
		"identityStore: d-1234567890\n    permissionSets: [{name: A, template: readOnly}, " +
		"{name: B, template: readOnly}]\n"
	_, problems = readText(minimal + sets + "  guardrails:quotas: {permissionSets: 1}\n")
	problemAt(t, problems, "guardrails:identityCenter.permissionSets", "2 permission sets are more than the 1")
}

// A trust policy that is too large is no matter of statements: the people are divided, or AWS raises the quota.
func TestATrustPolicyOverItsQuotaIsDivided(t *testing.T) {
	var people []string
	for i := range 30 {
		people = append(people, fmt.Sprintf("\"arn:aws:iam::444455556666:user/somebody-with-a-long-name-%d\"", i))
	}
	_, problems := readText(
		minimal + "  guardrails:operationRoles: [{principalArns: [" + strings.Join(
			people,
			", ",
		) + "], project: P, runAs: op}]\n",
	)
	p := problemAt(t, problems, "guardrails:operationRoles[0]", "trust policy of P-op", "over the quota of 2048")
	assert.Equal(t, "split the people over two roles, or raise quotas.trust once AWS has", p.Fix)
}

// A wrong aws:region is told once, where it stands: not of the preferences, which are those of that Region where the
// file lists none.
func TestAWrongRegionIsToldWhereItStands(t *testing.T) {
	role := "  guardrails:operationRoles: [{principalArns: [\"arn:aws:iam::444455556666:user/alice\"], project: P, runAs: op}]\n"
	for _, region := range []string{"ap-northeast-9", "us-east1", "US-EAST-1", "all", "\"*\""} {
		_, problems := readText(strings.Replace(minimal+role, "ap-northeast-1", region, 1))
		require.Len(t, problems, 1, "%s: %v", region, problems)
		assert.Equal(t, problem.Path("aws:region"), problems[0].Path, region)
	}
}

// An account that says that it is in an organization and stands nowhere in its tree is a problem of its own stack and
// of the organization's.
func TestAnAccountOfTheOrganizationStandsInItsTree(t *testing.T) {
	work := func(account string) map[string]string {
		return map[string]string{"work": "config:\n  aws:region: us-east-1\n  guardrails:account: " + account + "\n"}
	}
	for _, c := range []struct {
		account   string
		misplaced bool
	}{
		{`{id: "777788889999", organization: o-exampleorgid}`, true},
		{`{id: "777788889999"}`, false},
		{`{id: "777788889999", organization: o-anotherorgid1}`, false},
	} {
		folder := organizationFolder(t, maps.Clone(work(c.account)))
		// The tree of the fixture has the account 444455556666, whose stack this was.
		_, root := ReadFile(filepath.Join(folder, "Pulumi.root.yaml"))
		_, own := ReadFile(filepath.Join(folder, "Pulumi.work.yaml"))
		if !c.misplaced {
			assert.Empty(t, root, c.account)
			assert.Empty(t, own, c.account)
			continue
		}
		problemAt(
			t,
			root,
			"guardrails:organization.tree",
			`leaves out the account "777788889999"`,
			"Pulumi.work.yaml",
			"add it to its unit",
		)
		p := problemAt(
			t,
			own,
			"guardrails:account.organization",
			"Pulumi.root.yaml",
			"stands nowhere",
			"organization.tree there",
		)
		assert.Equal(t, 3, p.Line)
	}
	_, problems := readRoot(t, nil)
	assert.Empty(t, problems)
}

// An account is in one organization: one that stands in the tree of another than its stack names is a problem of both
// files, and each names both keys. That holds of the management account and of those of every unit.
func TestAnAccountStandsInTheTreeOfItsOwnOrganization(t *testing.T) {
	for _, id := range []string{"444455556666", "111122223333", "123456789012"} {
		for organization, wrong := range map[string]bool{
			"o-exampleorgid": false, "o-anotherorgid1": true, "": false,
		} {
			account := fmt.Sprintf("{id: %q}", id)
			if organization != "" {
				account = fmt.Sprintf("{id: %q, organization: %s}", id, organization)
			}
			folder := organizationFolder(t, map[string]string{
				"work": "config:\n  aws:region: us-east-1\n  guardrails:account: " + account + "\n",
			})
			at := func(name string, path problem.Path) (found []*problem.Problem) {
				_, problems := ReadFile(filepath.Join(folder, name))
				for _, p := range problems {
					if p.Path == path && strings.Contains(p.Error(), "o-anotherorgid1") {
						found = append(found, p)
					}
				}
				return found
			}
			own := at("Pulumi.work.yaml", "guardrails:account.organization")
			root := at("Pulumi.root.yaml", "guardrails:organization.tree")
			if !wrong {
				assert.Empty(t, own, "%s: %s", id, organization)
				assert.Empty(t, root, "%s: %s", id, organization)
				continue
			}
			require.Len(t, own, 1, id)
			require.Len(t, root, 1, id)
			for key, p := range map[string]*problem.Problem{"organization.id": own[0], "account.organization": root[0]} {
				assert.Contains(t, p.Error(), key)
				assert.Contains(t, p.Error(), id)
				assert.Contains(t, p.Error(), `write "o-exampleorgid"`)
			}
			assert.Contains(t, own[0].Error(), "Pulumi.root.yaml")
			assert.Contains(t, root[0].Error(), "Pulumi.work.yaml")
		}
	}
}

// An assignment in an account of which the folder knows nothing is noticed where it knows the organization: by an id that
// no stack and no tree has.
func TestAnAssignmentInAnAccountThatNothingNamesIsNoticed(t *testing.T) {
	center := func(account string) map[string]string {
		return map[string]string{"work": fmt.Sprintf(`config:
  aws:region: us-east-1
  guardrails:account: {id: "444455556666", alias: center}
  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    groups: {ops: a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f}
    permissionSets: [{name: Own, template: readOnly, assignments: [{group: ops, accounts: [center, %q]}]}]
`, account)}
	}
	noticed := func(folder string) (texts []string) {
		read, problems := ReadFile(filepath.Join(folder, "Pulumi.work.yaml"))
		require.Empty(t, problems)
		for _, n := range read.Notices(time.Now()) {
			if strings.Contains(n.Text, "stands nowhere in organization.tree of Pulumi.root.yaml") {
				texts = append(texts, string(n.Path)+": "+n.Text)
			}
		}
		return texts
	}
	assert.Empty(t, noticed(organizationFolder(t, center("jump"))))
	folder := organizationFolder(t, center("999999999999"))
	found := noticed(folder)
	require.Len(t, found, 1)
	assert.Contains(t, found[0], `permissionSets[0].assignments[0].accounts[1]: "999999999999" has no stack file here`)
	require.NoError(t, os.Remove(filepath.Join(folder, "Pulumi.root.yaml")))
	assert.Empty(t, noticed(folder), "nothing here says which accounts there are")
}

// The stack of a delegated administrator assigns nobody in the management account, be it written as id or alias; that
// of the management account does.
func TestADelegatedAdministratorAssignsNobodyInTheManagementAccount(t *testing.T) {
	center := func(id, account string) string {
		return fmt.Sprintf(`config:
  aws:region: us-east-1
  guardrails:account: {id: %q, alias: center}
  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    groups: {ops: a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f}
    permissionSets: [{name: Own, template: readOnly, assignments: [{group: ops, accounts: [jump, %q]}]}]
`, id, account)
	}
	for _, management := range []string{"123456789012", "root"} {
		folder := organizationFolder(t, map[string]string{"work": center("444455556666", management)})
		_, problems := ReadFile(filepath.Join(folder, "Pulumi.work.yaml"))
		p := problemAt(
			t,
			problems,
			"guardrails:identityCenter.permissionSets[0].assignments[0].accounts[1]",
			"is the management account",
			"Pulumi.root.yaml",
			"leave it out",
		)
		assert.Equal(t, problem.Refused, p.Kind)
		assert.Len(t, problems, 1)
	}
	folder := organizationFolder(t, map[string]string{"work": center("444455556666", "111122223333")})
	_, problems := ReadFile(filepath.Join(folder, "Pulumi.work.yaml"))
	assert.Empty(t, problems, "an account that is not the management account")
	own, err := filepath.Abs(folder)
	require.NoError(t, err)
	data := strings.Replace(center("123456789012", "123456789012"), "config:", "config:", 1)
	_, problems = ReadAs(filepath.Join(own, "Pulumi.root.yaml"), []byte(data))
	assert.Empty(t, problems, "the management account's own stack")
}
