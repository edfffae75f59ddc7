package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/adopt"
	stackedit "aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// beforeTheStack is an account in which people worked before there was a stack for it.
const beforeTheStack = `stacks: {dev: "111122223333"}
accounts:
  "111122223333":
    groups:
      - {name: guardrails-mfa, path: /old/}
      - {name: admins, policies: ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    users:
      - {name: alice, path: /staff/, tags: {Email: alice@example.com, Team: ops}, groups: [guardrails-mfa, admins], mfa: true, password: true,
        policies: ["arn:aws:iam::aws:policy/PowerUserAccess"],
        inlinePolicies: {mine: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}}
      - {name: build, accessKeys: 1}
    roles:
      - name: Shop-operator
        path: /guardrails/operation/
        tags: {Owner: nobody}
        policies: ["arn:aws:iam::aws:policy/AdministratorAccess"]
        trust: {Version: "2012-10-17", Statement: [{Sid: Everybody, Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:root"}, Action: "sts:AssumeRole"}]}
    documents:
      - region: ap-northeast-1
        name: SSM-SessionManagerRunShell
        type: Session
        content: &saved
          schemaVersion: "1.0"
          description: Document to hold regional settings for Session Manager
          sessionType: Standard_Stream
          inputs: {s3BucketName: "", s3KeyPrefix: "", s3EncryptionEnabled: true, cloudWatchLogGroupName: "", cloudWatchEncryptionEnabled: true,
            cloudWatchStreamingEnabled: false, kmsKeyId: "", runAsEnabled: false, runAsDefaultUser: "", idleSessionTimeout: "25", maxSessionDuration: "",
            shellProfile: {linux: exec bash, windows: ""}}
      - {region: us-east-1, name: SSM-SessionManagerRunShell, type: Session, content: *saved}
`

const adoptingStack = `# The shop.
config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333"}
  guardrails:users:
    - name: alice   # has been here for years
  guardrails:operationRoles:
    - {users: [alice], project: Shop, runAs: operator}
  guardrails:sessions:
    regions: [ap-northeast-1, us-east-1]
    maxDuration: 30m
`

// planned asks what adopt would do, and gives the plan with the file that it is made for.
func (d *deployment) planned(t *testing.T, selected adopt.Selection) (*adopt.Plan, *stackedit.File) {
	t.Helper()
	existing, err := d.workspace(t, workspace.Options{}).Existing(t.Context(), "dev", selected)
	require.NoError(t, err)
	file, err := stackedit.Open(d.dir + "/Pulumi.dev.yaml")
	require.NoError(t, err)
	return adopt.Make(file, existing, selected), file
}

// What exists stops a deployment with the verb that takes it over. After it, one run imports and changes everything
// in place, deletes nothing, and a second look plans no change; then the mark may stay or go.
func TestWhatExistsIsAdoptedAndChangedInPlace(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := newDeployment(t)
	d.write(t, "sandbox.yaml", beforeTheStack)
	d.write(t, "Pulumi.dev.yaml", adoptingStack)
	_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up, "dev")
	require.ErrorContains(
		t,
		err,
		`"guardrails adopt dev --sandbox -C `+d.dir+`" writes it into the stack file, and the next up changes it in place`,
	)
	before := d.account(t, devAccount)

	plan, file := d.planned(t, adopt.Selection{})
	var text strings.Builder
	require.NoError(t, plan.WriteText(&text))
	assert.Equal(t, `dev, account 111122223333: what exists
  becomes the stack's
    = preferences of ap-northeast-1
        written   sessions.idleTimeout: 25m
        written   sessions.shell.linux: exec bash
        up        sessions.runAs.enabled is false, becomes true
        up        sessions.maxDuration is without an end, becomes 30m
    = preferences of us-east-1
        up        sessions.runAs.enabled is false, becomes true
        up        sessions.maxDuration is without an end, becomes 30m
    = group guardrails-mfa
        up        path is /old/, becomes /guardrails/
        up        its policies become this stack's; others are removed from it
    = user alice
        written   users[0].path: /staff/
        written   users[0].email: alice@example.com
        written   users[0].tags.Team: ops
        up        joins the group that enforces MFA, and has nothing beside it
        up        detaches arn:aws:iam::aws:policy/PowerUserAccess
        up        deletes the inline policy mine
        up        leaves the group admins with the second run
    = role Shop-operator
        up        the trust policy becomes this stack's
        up        the tag Owner: nobody is removed
        up        gets the tag Project: Shop
        up        gets the tag SSMSessionRunAs: operator
        up        its policies become this stack's; others are removed from it
  is left alone
    - user build: the stack file does not have it; --user build takes it, and puts it into the group that enforces MFA
`, text.String())
	assert.Equal(t, before, d.account(t, devAccount), "the account was read and not changed")
	change, err := file.Add(plan.Additions...)
	require.NoError(t, err)
	require.NoError(t, change.Write(t.Context()))
	assert.Equal(t, strings.NewReplacer(
		"    - name: alice   # has been here for years\n",
		"    - name: alice   # has been here for years\n      path: /staff/\n      email: alice@example.com\n      "+
			"tags:\n        Team: ops\n",
	).Replace(adoptingStack)+`    idleTimeout: 25m
    shell:
      linux: exec bash

  guardrails:adopt:
    sessions: [ap-northeast-1, us-east-1]
    mfa: true
    users: [alice]
    roles: [Shop-operator]
`, d.read(t, "Pulumi.dev.yaml"))

	done := d.run(t, result.Up, "dev")
	assert.Empty(t, done.ChangesBy(result.Delete, result.Replace, result.Retain))
	after := d.account(t, devAccount)
	assert.Equal(t, before.Users["alice"].ID, after.Users["alice"].ID, "the same user")
	assert.Equal(t, before.Users["alice"].MFADevices, after.Users["alice"].MFADevices)
	assert.Equal(t, map[string]string{"Email": "alice@example.com", "Team": "ops"}, after.Users["alice"].Tags)
	assert.Empty(t, after.Users["alice"].Attached)
	assert.Empty(t, after.Users["alice"].Inline)
	assert.Equal(t, before.Roles["Shop-operator"].ID, after.Roles["Shop-operator"].ID, "the same role")
	assert.NotContains(t, after.Roles["Shop-operator"].Attached, "arn:aws:iam::aws:policy/AdministratorAccess")
	assert.Equal(t, "/guardrails/", after.Groups["guardrails-mfa"].Path)
	assert.Equal(t, before.Users["build"], after.Users["build"], "what was left alone")
	for _, region := range []string{"ap-northeast-1", "us-east-1"} {
		document := after.Documents[region+"/SSM-SessionManagerRunShell"]
		assert.Len(t, document.Versions, 2, "a new version of the document in %s", region)
		assert.Equal(t, read(t, d.dir+"/Pulumi.dev.yaml").Preferences().Content(), unmarked(document.Content()), region)
	}

	second := d.run(t, result.Up, "dev")
	assert.Equal(
		t,
		[]string{"delete alice-in-admins-by-hand"},
		changed(second),
		"the group is left with the second run",
	)
	assert.Equal(t, []string{"guardrails-mfa"}, d.account(t, devAccount).Users["alice"].Groups)
	again := d.run(t, result.Preview, "dev")
	assert.Empty(t, again.Changes)
	plan, _ = d.planned(t, adopt.Selection{})
	assert.True(t, plan.Nothing())
	assert.Empty(t, plan.Adopted, "what the stack has is not adopted twice")
	content := d.read(t, "Pulumi.dev.yaml")
	d.write(t, "Pulumi.dev.yaml", content[:strings.Index(content, "\n  guardrails:adopt:")])
	assert.Empty(t, d.run(t, result.Preview, "dev").Changes, "the mark may go")
}

const instanceOfDev = "arn:aws:sso:::instance/ssoins-1234567890abcdef"

// Attributes for access control that are switched on stop a deployment; adopted, they are changed in place.
// Preferences are the same in every Region, and a Region that leaves the stack keeps them, which the plan and the run
// say.
func TestAttributesAreAdoptedAndRegionsKeepTheirPreferences(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := newDeployment(t)
	d.write(t, "sandbox.yaml", `organization: {id: o-exampleorgid, management: "111122223333", root: r-exam}
identityCenter:
  instance: `+instanceOfDev+`
  store: d-1234567890
  region: ap-northeast-1
  account: "111122223333"
  attributes: {SSMSessionRunAs: "${path:enterprise.employeeNumber}", Office: "${path:locale}"}
`)
	d.write(t, "Pulumi.dev.yaml", `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333"}
  guardrails:identityCenter: {instance: "`+instanceOfDev+`", identityStore: d-1234567890}
  guardrails:sessions: {regions: [ap-northeast-1, us-east-1]}
`)
	_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up, "dev")
	require.ErrorContains(t, err, `"guardrails adopt dev --sandbox -C `+d.dir+`" writes it into the stack file`)

	plan, file := d.planned(t, adopt.Selection{})
	require.Len(t, plan.Adopted, 1, "the preferences were made by the run that stopped")
	assert.Equal(t, []string{
		`identityCenter.attributes.Office: ${path:locale}`,
		`identityCenter.attributes.SSMSessionRunAs: ${path:enterprise.employeeNumber}`,
	}, plan.Adopted[0].Written)
	assert.Equal(t, []string{"gets Project from ${path:userName}"}, plan.Adopted[0].Changes)
	change, err := file.Add(plan.Additions...)
	require.NoError(t, err)
	require.NoError(t, change.Write(t.Context()))
	done := d.run(t, result.Up, "dev")
	assert.Equal(t, []string{"update attributes-configuration"}, changed(done))
	assert.Empty(t, d.run(t, result.Preview, "dev").Changes)

	documents := d.account(t, devAccount).Documents
	tokyo, virginia := documents["ap-northeast-1/SSM-SessionManagerRunShell"], documents["us-east-1/SSM-SessionManagerRunShell"]
	require.NotEmpty(t, tokyo.Versions)
	assert.Equal(t, tokyo.Content(), virginia.Content())

	d.edit(t, "Pulumi.dev.yaml", "[ap-northeast-1, us-east-1]", "[ap-northeast-1]")
	for _, operation := range []result.Operation{result.Preview, result.Up} {
		r := d.run(t, operation, "dev")
		assert.Equal(t, []string{"retain sessions-preferences-us-east-1"}, changed(r))
		var text strings.Builder
		require.NoError(t, (&result.Summary{Stacks: []*result.Report{r}}).WriteText(&text))
		assert.Contains(t, text.String(), "SSM-SessionManagerRunShell stays in AWS on purpose")
	}
	assert.Equal(t, virginia, d.account(t, devAccount).Documents["us-east-1/SSM-SessionManagerRunShell"])
}

// An approval document that exists and that the state does not have, because an older copy of the state took its place,
// stops a deployment with the line that takes it over; after that one run imports it and changes it in place.
func TestApprovalDocumentsThatAnOlderStateLacksAreAdopted(t *testing.T) {
	t.Parallel()
	const native = "aws-native:ssm:Document"
	d := organizationDeployed.copy(t)
	clean := d.world(t)
	lost := d.forget(t, "payments", native)
	require.NotEmpty(t, lost, "test bug: payments has no approval documents")
	d.edit(t, "Pulumi.payments.yaml", "accessDuration: 4h", "accessDuration: 3h")
	_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up, "payments")
	require.ErrorContains(t, err, `"guardrails adopt payments --sandbox -C `+d.dir+`" writes it into the stack file`)
	d.edit(t, "Pulumi.payments.yaml", "accessDuration: 3h", "accessDuration: 4h")

	existing, err := d.workspace(t, workspace.Options{}).Existing(t.Context(), "payments", adopt.Selection{})
	require.NoError(t, err)
	file, err := stackedit.Open(d.dir + "/Pulumi.payments.yaml")
	require.NoError(t, err)
	plan := adopt.Make(file, existing, adopt.Selection{})
	assert.Empty(t, plan.Unread)
	assert.Empty(t, plan.Refused)
	require.Len(t, plan.Adopted, len(lost))
	for _, thing := range plan.Adopted {
		assert.Contains(t, thing.What, "approval document ")
	}
	change, err := file.Add(plan.Additions...)
	require.NoError(t, err)
	require.NoError(t, change.Write(t.Context()))
	done := d.run(t, result.Up, "payments")
	assert.Empty(t, done.ChangesBy(result.Create, result.Delete, result.Replace))
	assert.Len(t, done.ChangesBy(result.Import, result.Update), len(lost), "what is changed on the way is told as that")
	assert.Equal(t, clean, d.world(t))
	assert.Empty(t, d.run(t, result.Preview, "payments").Changes)
	assert.Empty(t, d.run(t, result.Drift, "payments").Drift)

	d.edit(t, "Pulumi.payments.yaml", "approvals: [", "approvals: [eu-west-1/nothing, ")
	_, err = d.workspace(t, workspace.Options{}).Run(t.Context(), result.Preview, "payments")
	assert.Equal(t, exit.Refused, exit.StatusOf(err), "%v", err)
}

// forget takes the resources of a type out of the state of a stack, and gives their names.
func (d *deployment) forget(t *testing.T, stack, typ string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(
		filepath.Join(d.cache, "sandbox", "*", "backend", ".pulumi", "stacks", "*", stack+".json"),
	)
	require.NoError(t, err)
	require.Len(t, files, 1)
	data, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var state map[string]any
	require.NoError(t, json.Unmarshal(data, &state))
	latest := state["checkpoint"].(map[string]any)["latest"].(map[string]any)
	gone := map[any]bool{}
	var kept []any
	for _, r := range latest["resources"].([]any) {
		r := r.(map[string]any)
		if r["type"] == typ {
			gone[r["urn"]], names = true, append(names, fmt.Sprint(r["id"]))
			continue
		}
		without := func(list any) []any {
			urns, _ := list.([]any)
			return slices.DeleteFunc(slices.Clone(urns), func(urn any) bool { return gone[urn] })
		}
		r["dependencies"] = without(r["dependencies"])
		if on, ok := r["propertyDependencies"].(map[string]any); ok {
			for property, list := range on {
				on[property] = without(list)
			}
		}
		kept = append(kept, r)
	}
	latest["resources"] = kept
	data, err = json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], data, 0o600))
	return names
}
