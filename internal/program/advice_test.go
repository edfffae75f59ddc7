package program

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/refusal"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/problem"
)

// asked is a refusal as the SDK prints it.
func asked(row refusal.Row) string {
	filled := row.Message
	for _, verb := range []string{"%s", "%q", "%v"} {
		filled = strings.ReplaceAll(filled, verb, "x")
	}
	return (&api.Error{Service: "IAM", Operation: "Call", Status: 400, RequestID: "1-2-3", Code: row.Code,
		Message: strings.ReplaceAll(filled, "%d", "7")}).Error()
}

// Whatever AWS refuses because of what exists comes with what to do, in the words of the stack; what the files
// decide, and what nothing leads to, does not.
func TestEveryRefusalByWhatExistsSaysWhatToDo(t *testing.T) {
	stack := read(t, "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n")
	for _, row := range refusal.Rows() {
		advice := Advice(stack, asked(row), commandline.Setting{Sandbox: true})
		if row.Decided != refusal.ByAccount {
			assert.Empty(t, advice, row.Message)
			continue
		}
		assert.NotEmpty(t, advice, row.Message)
		assert.NotContains(t, advice, "{", row.Message)
		for _, verb := range []string{"up", "adopt"} {
			if strings.Contains(row.Say, "{"+verb+"}") {
				assert.Contains(t, advice, `"guardrails `+verb+` dev --sandbox"`, row.Message)
			}
		}
	}
}

// What the engine cannot import because AWS does not have it comes with the entry to take out, in a preview and in a
// run; what AWS says does not exist is another thing.
func TestWhatCannotBeImportedSaysWhatToTakeOut(t *testing.T) {
	stack := read(t, "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n")
	for _, id := range []string{"arn:aws:sso:::instance/ssoins-1234567890abcdef", "guardrails-mfa", "alice"} {
		text := "resource '" + id + "' does not exist"
		for _, before := range []string{"", "Preview failed: "} {
			assert.Contains(t, Advice(stack, before+text, commandline.Setting{}), "guardrails:adopt lists it", id)
		}
		assert.Empty(t, Advice(stack, text+" in the account", commandline.Setting{}))
	}
}

// Whoever is missing in a trust policy is told with the stack that makes them.
func TestAMissingPrincipalIsToldWithItsStack(t *testing.T) {
	const before = "operation error IAM: CreateRole, https response error StatusCode: 400, RequestID: 1-2-3, " +
		"MalformedPolicyDocument: Invalid principal in policy: "
	stack, problems := stack.ReadFile(filepath.Join("..", "..", "examples", "organization", "Pulumi.workload.yaml"))
	require.Empty(t, problems)
	for principal, says := range map[string]string{
		"arn:aws:iam::111122223333:user/alice": `the stack jump makes arn:aws:iam::111122223333:user/alice: run "guardrails up jump" first`,
		"arn:aws:iam::111122223333:user/mallory": "add mallory to guardrails:users in Pulumi.jump.yaml and deploy " +
			"that stack first",
		"arn:aws:iam::444455556666:user/bob": "list it under guardrails:users",
		"arn:aws:iam::999999999999:user/bob": "no stack of this folder is for account 999999999999",
		"AIDACKCEVSQ6C2EXAMPLE":              "deploy jump first",
	} {
		advice := Advice(stack, before+fmt.Sprintf(`"AWS":%q`, principal), commandline.Setting{})
		assert.Contains(t, advice, says, principal)
		advice = Advice(stack, before+fmt.Sprintf(`"AWS":%q`, principal), commandline.Setting{Sandbox: true, Dir: "x"})
		assert.NotContains(t, advice, "pulumi ", "the sandbox is not where the pulumi command looks")
		assert.Equal(t, strings.Count(advice, "guardrails up"), strings.Count(advice, "--sandbox -C x"), advice)
	}
}

// minimalStack is a stack file with little but what is required.
const minimalStack = "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\", deployer: " +
	"role/Deployer, breakGlass: [role/BreakGlass]}\n"

const (
	sessionsOf = "  guardrails:sessions: {regions: [ap-northeast-1], runAs: {defaultUser: operator}"
	centerOf   = "  guardrails:identityCenter:\n    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef\n    " +
		"identityStore: d-1234567890\n"
	treeOf = "  guardrails:organization: {id: o-exampleorgid, management: \"123456789012\", tree: {id: r-exam, " +
		"accounts: [\"111122223333\"]}, policies: "
)

// provocations are stack files, by the place where the table says that check refuses them: at least one for each.
// What is written beside the place is the problem's own path, where an index or a name stands in it.
var provocations = map[string][]string{
	"passwordPolicy": {
		"  guardrails:passwordPolicy: {minimumLength: 5}\n",
		"  guardrails:passwordPolicy: {maxAge: 1096}\n",
		"  guardrails:passwordPolicy: {reusePrevention: 25}\n",
	},
	"delegatedRoles[].managedPolicies": {
		roleWith(
			"AdministratorAcess",
		),
		roleWith("aws-service-role/AWSSSOServiceRolePolicy"),
		roleWith("arn:aws:iam::999999999999:policy/x"),
		roleWith("arn:nothing"),
		"  guardrails:users: [{name: alice}]\n  guardrails:delegatedRoles: [{name: V, users: [alice], " +
			"managedPolicies: [ReadOnlyAccess, SecurityAudit]}]\n  guardrails:quotas: {attachedPerRole: 1}\n",
	},
	"operationRoles[].maxSessionDuration": {
		"  guardrails:users: [{name: alice}]\n  guardrails:operationRoles: [{users: [alice], project: P, runAs: op, " +
			"maxSessionDuration: 13h}]\n",
	},
	"users[].name": {
		"  guardrails:users: [{name: \"\"}]\n",
		"  guardrails:users: [{name: a b}]\n",
		"  guardrails:users: [{name: " + strings.Repeat("x", 65) + "}]\n",
	},
	"users[].path": {
		"  guardrails:users: [{name: alice, path: /a}]\n",
		"  guardrails:users: [{name: alice, path: /" + strings.Repeat("x", 512) + "/}]\n",
	},
	"aws:defaultTags.tags": {
		tagged(
			"\"\": x",
		),
		tagged("\"aws:x\": y"),
		tagged("\"a&b\": x"),
		tagged("A: \"x&y\""),
		tagged("A: x, a: y"),
		tagged("email: x"),
		tagged("A: " + strings.Repeat("x", 257)),
		tagged(strings.Repeat("x", 129) + ": y"),
	},
	"organization.policies[].name": {
		treeOf + "[{name: " + strings.Repeat("x", 129) + ", file: x.json, targets: [r-exam]}]}\n",
	},
	"organization.policies[].description": {
		treeOf + "[{name: x, description: " + strings.Repeat("x", 513) + ", file: x.json, targets: [r-exam]}]}\n",
	},
	"organization.policies[].file": {treeOf + "[{name: x, file: none.json, targets: [r-exam]}]}\n"},
	"operationRoles[]":             {crowded()},
	"operationRoles": {
		"  guardrails:users: [{name: alice}]\n  guardrails:operationRoles: [{users: [alice], project: P, runAs: " +
			"op}]\n  guardrails:quotas: {managedPolicy: 100}\n",
	},
	"mfa": {
		"  guardrails:users: [{name: alice}]\n  guardrails:quotas: {groupInline: 100}\n",
	},
	"justInTime.manualApprovals[].name": {
		sessionsOf + "}\n  guardrails:justInTime: {manualApprovals: [{name: a, projects: [P], groups: " +
			"[a1b2c3d4-5678-90ab-cdef-a1b2c3d45678]}]}\n",
		sessionsOf + "}\n  guardrails:justInTime: {manualApprovals: [{name: AWS-x, projects: [P], groups: " +
			"[a1b2c3d4-5678-90ab-cdef-a1b2c3d45678]}]}\n",
	},
	"justInTime.manualApprovals[].content": {
		sessionsOf + "}\n  guardrails:justInTime: {manualApprovals: [{name: abc, content: \"{}\"}]}\n",
		sessionsOf + "}\n  guardrails:justInTime: {manualApprovals: [{name: abc, content: nothing}]}\n",
	},
	"justInTime": {
		sessionsOf + "}\n  guardrails:justInTime: {homeRegion: nowhere}\n",
	},
	"sessions.idleTimeout": {"  guardrails:sessions: {idleTimeout: 61m}\n"},
	"sessions.shell.linux": {
		"  guardrails:sessions: {shell: {linux: " + strings.Repeat("x", 513) + "}}\n",
	},
	"identityCenter.attributes": {
		centerOf + "    attributes: {Team: \"x\"}\n",
		centerOf + "    attributes: {\"a&b\": \"${path:userName}\"}\n",
	},
	"identityCenter.permissionSets[].name": {
		centerOf + "    permissionSets: [{name: " + strings.Repeat("x", 33) + ", template: readOnly}]\n",
	},
	"identityCenter.permissionSets[].description": {
		centerOf + "    permissionSets: [{name: x, template: readOnly, description: " + strings.Repeat(
			"x",
			701,
		) + "}]\n",
	},
	"identityCenter.permissionSets[].sessionDuration": {
		centerOf + "    permissionSets: [{name: x, template: readOnly, sessionDuration: 13h}]\n",
	},
	"identityCenter.permissionSets[].policy": {
		centerOf + "    permissionSets: [{name: x, template: own, policy: [x]}]\n",
	},
	"identityCenter.permissionSets[]": {
		centerOf + "    permissionSets: [{name: x, template: operation}]\n  guardrails:quotas: " +
			"{permissionSetInline: 100}\n",
		centerOf + "    permissionSets: [{name: x, template: own, policy: {Statement: {Effect: Permit}}}]\n",
	},
	"identityCenter.permissionSets[].managedPolicies": {
		centerOf + "    permissionSets: [{name: x, template: own, managedPolicies: [AdministratorAcess]}]\n",
		centerOf + "    permissionSets: [{name: x, template: own, managedPolicies: [ReadOnlyAccess, " +
			"SecurityAudit]}]\n  guardrails:quotas: {attachedPerPermissionSet: 1}\n",
	},
}

func roleWith(name string) string {
	return fmt.Sprintf(
		"  guardrails:users: [{name: alice}]\n  guardrails:delegatedRoles: [{name: V, users: [alice], "+
			"managedPolicies: [%q]}]\n",
		name,
	)
}

func tagged(tags string) string {
	return "  guardrails:users: [{name: alice, email: alice@example.com}]\n  aws:defaultTags: {tags: {" + tags + "}}\n"
}

// crowded is a role with more people than a trust policy takes.
func crowded() string {
	var arns []string
	for i := range 40 {
		arns = append(arns, fmt.Sprintf("\"arn:aws:iam::444455556666:user/somebody-with-a-long-name-%d\"", i))
	}
	return "  guardrails:operationRoles: [{principalArns: [" + strings.Join(arns, ", ") + "], project: P, runAs: op}]\n"
}

// What the files decide is refused by check where the table says, with what to write.
func TestWhatTheFilesDecideIsRefusedWhereTheTableSays(t *testing.T) {
	places := map[string]bool{}
	for _, row := range refusal.Rows() {
		if row.Decided == refusal.ByFiles {
			places[row.Say] = true
			assert.NotEmpty(t, provocations[row.Say], "nothing provokes %s: %s", row.Say, row.Message)
		}
	}
	for place, files := range provocations {
		assert.True(t, places[place], "the table has no row at %s", place)
		for _, text := range files {
			dir := t.TempDir()
			const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}]}`
			require.NoError(t, os.WriteFile(filepath.Join(dir, "x.json"), []byte(document), 0o600))
			_, problems := stack.Read(
				stackfile.Source{File: filepath.Join(dir, "Pulumi.dev.yaml"), Data: []byte(minimalStack + text)},
				nil,
			)
			at := slices.IndexFunc(problems, func(p *problem.Problem) bool { return atPlace(string(p.Path), place) })
			if assert.GreaterOrEqual(t, at, 0, "%s: %s\n%v", place, text, problems) {
				assert.NotEmpty(t, problems[at].Fix, "%s: %v", place, problems[at])
			}
		}
	}
}

// atPlace reports whether a path is a place of the table or lies inside of it.
func atPlace(path, place string) bool {
	path = strings.TrimPrefix(path, "guardrails:")
	for _, part := range strings.SplitAfter(place, "[]") {
		name := strings.TrimSuffix(part, "[]")
		rest, found := strings.CutPrefix(path, name)
		if !found {
			return false
		}
		if name != part {
			if !strings.HasPrefix(rest, "[") {
				return false
			}
			rest = rest[strings.IndexByte(rest, ']')+1:]
		}
		path = rest
	}
	return true
}
