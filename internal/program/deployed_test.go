package program_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/components"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/internal/testkit/stackvalues"
)

const (
	typeProvider = "pulumi:providers:aws"
	typeRole     = "aws:iam/role:Role"
	typePolicy   = "aws:iam/policy:Policy"
	typeDocument = "aws:ssm/document:Document"
)

// shippedStacks are the stack files of the project.
func shippedStacks(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../Pulumi.*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// read reads a stack file and requires that it is in order.
func read(t testing.TB, file string) *stack.Stack {
	t.Helper()
	stack, problems := stack.ReadFile(file)
	require.NoError(t, problems.Err())
	return stack
}

// deploy runs the program under mocks on what the engine would hand over of a stack file.
func deploy(t testing.TB, file string, options ...mocks.Option) (*mocks.Recorder, error) {
	t.Helper()
	values, err := stackvalues.Read(file)
	require.NoError(t, err)
	stack := read(t, file)
	all := append([]mocks.Option{
		mocks.Config(values), mocks.Account(stack.Account.ID, string(stack.Account.Partition), stack.AWS.Region),
	}, existing(stack)...)
	return mocks.Run(program.Run, append(all, options...)...)
}

// existing answers for the preferences that a stack adopts: they are there, with the content that the stack wants.
func existing(stack *stack.Stack) []mocks.Option {
	if len(stack.Adopt.Sessions) == 0 {
		return nil
	}
	return []mocks.Option{
		mocks.Answer(
			"aws:ssm/getDocument:getDocument",
			resource.PropertyMap{"content": resource.NewProperty(stack.Sessions.Content())},
		),
	}
}

// The stack files that are shipped deploy, and preview.
func TestEveryShippedStackDeploys(t *testing.T) {
	for _, file := range shippedStacks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			require.NoError(t, program.Check(read(t, file)))
			up, err := deploy(t, file)
			require.NoError(t, err)
			preview, err := deploy(t, file, mocks.Preview())
			require.NoError(t, err)
			assert.Len(t, preview.Resources(), len(up.Resources()))
			assert.NotEmpty(t, up.OfType(typeRole))
		})
	}
}

// What was proven is what is deployed: the documents registered are those of the world, byte for byte.
func TestRegisteredDocumentsAreThoseOfTheWorld(t *testing.T) {
	for _, file := range shippedStacks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			world := read(t, file).World()
			rec, err := deploy(t, file)
			require.NoError(t, err)

			proven := map[string]string{}
			for _, role := range world.Roles {
				proven["trust "+role.Name] = role.Trust.JSON()
				addInline(proven, "role "+role.Name, role.Inline)
			}
			for _, group := range world.Groups {
				addInline(proven, "group "+group.Name, group.Inline)
			}
			for _, p := range world.Policies {
				if !p.Unknown {
					proven["policy "+p.ARN[strings.LastIndex(p.ARN, "/")+1:]] = p.Document.JSON()
				}
			}
			for _, d := range world.Documents {
				proven["document "+d.Region+" "+d.Name] = d.Content
			}

			registered := map[string]string{}
			for _, r := range rec.Resources() {
				switch r.Type {
				case typeRole:
					registered["trust "+r.String("name")] = r.String("assumeRolePolicy")
				case "aws:iam/rolePolicy:RolePolicy":
					registered["role "+r.String("role")+" "+r.String("name")] = r.String("policy")
				case "aws:iam/groupPolicy:GroupPolicy":
					registered["group "+r.String("group")+" "+r.String("name")] = r.String("policy")
				case typePolicy:
					registered["policy "+r.String("name")] = r.String("policy")
				case typeDocument:
					region := r.Name[strings.Index(r.Name, "preferences-")+len("preferences-"):]
					registered["document "+region+" "+r.String("name")] = r.String("content")
				}
			}
			assert.Empty(t, cmp.Diff(proven, registered))
		})
	}
}

func addInline(to map[string]string, owner string, inline []world.InlinePolicy) {
	for _, p := range inline {
		to[owner+" "+p.Name] = p.Document.JSON()
	}
}

// No resource uses a default provider: those know nothing of the account that the stack names.
func TestEveryResourceHasAnExplicitProviderOfItsRegion(t *testing.T) {
	for _, file := range shippedStacks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			stack := read(t, file)
			rec, err := deploy(t, file)
			require.NoError(t, err)
			providers := rec.OfType(typeProvider)
			require.Len(t, providers, len(stack.Regions()))
			for _, p := range providers {
				assert.Equal(t, []string{stack.Account.ID}, p.Strings("allowedAccountIds"), p.Name)
				assert.Equal(t, "aws-"+p.String("region"), p.Name)
			}
			for _, r := range rec.Resources() {
				if !strings.HasPrefix(r.Type, "aws:") {
					continue
				}
				want := "aws-" + stack.AWS.Region
				if r.Type == typeDocument {
					want = "aws-" + r.Name[strings.Index(r.Name, "preferences-")+len("preferences-"):]
				}
				assert.Contains(t, r.Provider, "::"+want+"::", r.Name)
			}
		})
	}
}

// Credentials of another account stop the program before anything is registered that AWS would have to make.
func TestAnotherAccountRegistersNothing(t *testing.T) {
	rec, err := deploy(t, "../../Pulumi.dev.yaml", mocks.Account("999999999999", "aws", "ap-northeast-1"))
	require.Error(t, err)
	assert.True(t, program.Refused(err))
	assert.ErrorContains(
		t,
		err,
		`guardrails:account.id: "111122223333" is not the account of the credentials, which belong to 999999999999`,
	)
	for _, r := range rec.Resources() {
		assert.Equal(t, typeProvider, r.Type, "%s was registered", r.Name)
	}
}

// The account is asked for before anything else is asked or registered.
func TestTheAccountIsVerifiedFirst(t *testing.T) {
	rec, err := deploy(t, "../../Pulumi.prod.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, rec.Calls())
	assert.Equal(t, "aws:index/getCallerIdentity:getCallerIdentity", rec.Calls()[0].Token)
	assert.Contains(t, rec.Calls()[0].Provider, "::aws-ap-northeast-1::")
}

// Nobody is a member, and no role exists, before what they lean on: the guard before the people, the people before
// the trust policies.
func TestTheGuardComesFirst(t *testing.T) {
	rec, err := deploy(t, "../../Pulumi.dev.yaml")
	require.NoError(t, err)
	memberships := rec.OfType("aws:iam/userGroupMembership:UserGroupMembership")
	require.Len(t, memberships, 2)
	for _, m := range memberships {
		assert.True(t, m.DependsOn("aws:iam/groupPolicy:GroupPolicy", "mfa-guard"), m.Name)
	}
	role, found := rec.Named(typeRole, "operation-role-TestProject1-os-user1")
	require.True(t, found)
	assert.True(t, role.DependsOn("aws:iam/user:User", "non-97-test-user1-user"))
}

// Protection is off unless the stack file switches it on, and then covers everything.
func TestProtectCoversEverything(t *testing.T) {
	values, err := stackvalues.Read("../../Pulumi.dev.yaml")
	require.NoError(t, err)
	values["guardrails:protect"] = "true"
	rec, err := mocks.Run(program.Run, mocks.Config(values))
	require.NoError(t, err)
	for _, r := range rec.Resources() {
		if strings.HasPrefix(r.Type, "guardrails:") {
			require.NotNil(t, r.Protect, r.Name)
			assert.True(t, *r.Protect, r.Name)
		}
	}
	rec, err = deploy(t, "../../Pulumi.dev.yaml")
	require.NoError(t, err)
	for _, r := range rec.Resources() {
		assert.False(t, r.Protect != nil && *r.Protect, r.Name)
	}
}

// What the stack adopts is imported by what AWS calls it, and nothing else is.
func TestWhatIsAdoptedIsImported(t *testing.T) {
	rec, err := deploy(t, fullStack)
	require.NoError(t, err)
	imported := map[string]string{}
	for _, r := range rec.Resources() {
		if r.ImportID != "" {
			imported[r.Name] = r.ImportID
		}
	}
	assert.Equal(t, map[string]string{
		"sessions-preferences-us-east-1": "SSM-SessionManagerRunShell",
		"mfa-group":                      "guardrails-mfa",
		"bob-user":                       "bob",
		"operation-role-Bank-teller":     "Bank-teller",
		"operation-policy-guardrails-operation-guard": "arn:aws:iam::111122223333:policy/guardrails/guardrails-operation-guard",
	}, imported)
}

// A failure of AWS is a failure and no refusal: whoever retries must know.
func TestAFailureIsNoRefusal(t *testing.T) {
	_, err := deploy(t, "../../Pulumi.dev.yaml", mocks.Fail(typeRole, "", os.ErrDeadlineExceeded))
	require.Error(t, err)
	assert.False(t, program.Refused(err))
}

// The components of a stack keep their names whatever is added beside them: the names are part of every URN.
func TestComponentNamesAreStable(t *testing.T) {
	rec, err := deploy(t, "../../Pulumi.dev.yaml")
	require.NoError(t, err)
	var names []string
	for _, r := range rec.Resources() {
		if strings.HasPrefix(r.Type, "guardrails:") {
			names = append(names, r.Type+" "+r.Name)
		}
	}
	assert.ElementsMatch(t, []string{
		components.MFAGroupToken + " mfa",
		components.UserToken + " non-97-test-user1",
		components.UserToken + " non-97-test-user2",
		components.OperationRolesToken + " operation",
		components.SessionPreferencesToken + " sessions",
	}, names)
}

// BenchmarkCheck reads and checks the shipped stacks, as `guardrails check` does: everything but the start of the
// process.
func BenchmarkCheck(b *testing.B) {
	files := shippedStacks(b)
	for b.Loop() {
		for _, file := range files {
			stack, problems := stack.ReadFile(file)
			require.NoError(b, problems.Err())
			require.NoError(b, program.Check(stack))
		}
	}
}
