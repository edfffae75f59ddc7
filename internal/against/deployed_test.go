package against

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/workspace"
)

// statesOf are the states that the engine would have of stacks that were deployed as they are: what the program
// registers, with what AWS adds.
func statesOf(t *testing.T, stacks []*stack.Stack) map[string][]workspace.Deployed {
	t.Helper()
	states := map[string][]workspace.Deployed{}
	for _, stack := range stacks {
		made, err := program.Resources("guardrails", stack)
		require.NoError(t, err)
		known := map[string]string{}
		arn := func(service, region, resource string) string {
			return "arn:aws:" + service + ":" + region + ":" + stack.Account.ID + ":" + resource
		}
		for _, r := range made {
			outputs := r.Inputs.Mappable()
			outputs["id"] = program.OutputOf(r.URN)
			name, _ := outputs["name"].(string)
			path, _ := outputs["path"].(string)
			switch r.Type {
			case "aws:iam/policy:Policy":
				outputs["arn"] = arn("iam", "", "policy"+path+name)
				known[program.OutputOf(r.URN)] = outputs["arn"].(string)
			case "aws:iam/role:Role", "aws:iam/user:User", "aws:iam/group:Group":
				known[program.OutputOf(r.URN)] = name
			case "aws:ssoadmin/permissionSet:PermissionSet":
				outputs["arn"] = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-" + name
				known[program.OutputOf(r.URN)] = outputs["arn"].(string)
			case "aws:ssm/document:Document":
				outputs["arn"] = arn(
					"ssm",
					r.Name[strings.LastIndex(r.Name, "preferences-")+len("preferences-"):],
					"document/"+name,
				)
			}
			states[stack.Name] = append(states[stack.Name], workspace.Deployed{
				URN: string(
					r.URN,
				),
				Type:    r.Type,
				Custom:  true,
				Retain:  r.Retain,
				Inputs:  r.Inputs.Mappable(),
				Outputs: outputs,
			})
		}
		for _, d := range states[stack.Name] {
			for key, value := range d.Outputs {
				if text, ok := value.(string); ok && known[text] != "" {
					d.Outputs[key] = known[text]
				}
			}
		}
	}
	return states
}

// deployedReport compares stacks with what was deployed of others.
func deployedReport(t *testing.T, then, now []*stack.Stack) *change.Report {
	t.Helper()
	to := change.Of("the working tree", now...)
	is := listResources(to, "guardrails", now)
	onlyReadBack(to)
	from, was, err := deployedSide(now, statesOf(t, then), to)
	require.NoError(t, err)
	r, err := change.Compare(from, to, someDay, changesOf(was, is))
	require.NoError(t, err)
	unread(r)
	return r
}

// What was deployed and is as the stack files have it is no one's gain or loss: everything that decides access is
// read back from the states.
func TestWhatIsDeployedReadsBackAsItWasMade(t *testing.T) {
	for _, from := range []string{dev, organization} {
		stacks := stacksOf(t, projectWith(t, from))
		r := deployedReport(t, stacks, stacks)
		assert.True(t, r.NoOne, textOf(t, r))
		assert.True(t, r.Silent(), textOf(t, r))
	}
}

// Against what is deployed a change says what it says against a revision, but for the proofs.
func TestAChangeAgainstWhatIsDeployed(t *testing.T) {
	for name, e := range map[string]edit{
		"a guardrail goes":  {managementFile, "    memberRoot:\n      targets: [ou-exam-11111111]\n", ""},
		"a person leaves":   {workloadFile, "{name: shop, users: [jump/alice]", "{name: shop, users: [jump/bob]"},
		"sessions end late": {workloadFile, "maxDuration: 60m", "maxDuration: 90m"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := projectWith(t, organization)
			then := stacksOf(t, dir)
			testkit.EditFiles(t, dir, e)
			got, want := deployedReport(t, then, stacksOf(t, dir)), reportOf(t, organization, e)
			assert.False(t, got.NoOne)
			want.From, want.Proofs, got.Proofs = got.From, nil, nil
			assert.Equal(t, textOf(t, want), textOf(t, got))
		})
	}
}

// A stack that was never deployed is compared against nothing.
func TestAStackThatWasNeverDeployedIsCompared(t *testing.T) {
	stacks := stacksOf(t, projectWith(t, dev))
	r := deployedReport(t, nil, stacks)
	assert.Contains(t, r.Notes, "stack dev (account 111122223333) is new: everything in it is compared against nothing")
	assert.NotEmpty(t, r.People)
	assert.NotEmpty(t, r.Resources)
}

// Permission sets, their assignments and the attributes of the shipped organization read back from the states, and a
// change of one is told as against a revision.
func TestIdentityCenterReadsBackFromTheStates(t *testing.T) {
	dir := projectWith(t, shipped)
	then := stacksOf(t, dir)
	r := deployedReport(t, then, then)
	assert.True(t, r.NoOne, textOf(t, r))
	testkit.EditFiles(
		t,
		dir,
		edit{"Pulumi.identity.yaml", "SSMSessionRunAs: ${path:userName}", "SSMSessionRunAs: ${path:nickName}"},
	)
	r = deployedReport(t, then, stacksOf(t, dir))
	assert.False(t, r.NoOne)
	assert.Contains(t, textOf(t, r), "the source of the session tag SSMSessionRunAs")
}
