package components_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi-aws-native/sdk/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/components"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

const (
	scpType           = "aws:organizations/policy:Policy"
	scpAttachmentType = "aws:organizations/policyAttachment:PolicyAttachment"
	approvalType      = "aws-native:ssm:Document"
)

// scpEnabled is the organization of the fixture as AWS answers for it.
func scpEnabled() mocks.Option {
	return mocks.Organization("o-exampleorgid", accounts.Management, "SERVICE_CONTROL_POLICY")
}

func deployPolicies(o accounts.Organization) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := components.NewServiceControlPolicies(ctx, "organization", o.Policies)
		return err
	}
}

// deployAll makes the organization and the workload account in one program, which only a test does.
func deployAll(o accounts.Organization) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		if err := deployPolicies(o)(ctx); err != nil {
			return err
		}
		providers := components.RegionProviders{}
		if o.JustIn != nil {
			for _, region := range o.Sessions.Regions {
				provider, err := aws.NewProvider(ctx, "native-"+region, &aws.ProviderArgs{Region: pulumi.String(region)})
				if err != nil {
					return err
				}
				providers[region] = provider
			}
		}
		return deployWorkload(o, providers)(ctx)
	}
}

// deployWorkload makes the workload account's part the way a program does.
func deployWorkload(o accounts.Organization, providers components.RegionProviders) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		if _, err := components.NewOSAccess(ctx, "os-access", o.OSAccess, nil); err != nil {
			return err
		}
		for _, grant := range o.Grants {
			if _, err := components.NewAccessGrant(ctx, "grant-"+grant.RoleName(), grant, nil); err != nil {
				return err
			}
		}
		if o.JustIn == nil {
			return nil
		}
		_, err := components.NewJustInTime(ctx, "just-in-time", o.JustIn, providers)
		return err
	}
}

func deployedOrganization(t *testing.T, o accounts.Organization, options ...mocks.Option) *mocks.Recorder {
	t.Helper()
	rec, err := mocks.Run(deployAll(o), append(options, scpEnabled())...)
	require.NoError(t, err)
	return rec
}

// What is registered is, byte for byte, what the world says: policies with their targets, roles with their documents,
// approval documents.
func TestTheRegisteredOrganizationIsTheProvenOne(t *testing.T) {
	for _, p := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		for name, o := range map[string]accounts.Organization{"shipped": accounts.ShippedOrganization(p), "full": accounts.FullOrganization(p)} {
			t.Run(string(p)+"/"+name, func(t *testing.T) {
				rec := deployedOrganization(t, o)
				w := o.World(nil)
				want := map[string][]string{}
				var unit func(u world.Unit)
				at := func(id string, policies []world.ServiceControlPolicy) {
					for _, s := range policies {
						if s.Name != "FullAWSAccess" {
							want[s.Name+" "+s.Document.JSON()] = append(want[s.Name+" "+s.Document.JSON()], id)
						}
					}
				}
				unit = func(u world.Unit) {
					at(u.ID, u.Policies)
					for _, account := range u.Accounts {
						at(account.ID, account.Policies)
					}
					for _, below := range u.Units {
						unit(below)
					}
				}
				unit(w.Organization.Root)
				got := map[string][]string{}
				for _, r := range rec.OfType(scpType) {
					assert.Equal(t, "SERVICE_CONTROL_POLICY", r.String("type"))
					assert.LessOrEqual(t, len(r.String("description")), 512)
					var targets []string
					for _, attachment := range rec.OfType(scpAttachmentType) {
						if attachment.Name == "organization-attachment-"+r.String(
							"name",
						)+"-"+attachment.String(
							"targetId",
						) {
							assert.True(t, attachment.DependsOn(scpType, r.Name), attachment.Name)
							targets = append(targets, attachment.String("targetId"))
						}
					}
					got[r.String("name")+" "+r.String("content")] = targets
				}
				assert.Equal(t, want, got)

				workload := o.Workload()
				documents := rec.Documents()
				for name, text := range texts(workload) {
					if strings.HasPrefix(name, "role-grant-") || strings.HasPrefix(name, "role-OSAccess") ||
						strings.HasPrefix(name, "policy-just-in-time") {
						assert.Equal(t, text, documents[name], name)
						delete(documents, name)
					}
				}
				assert.Empty(t, documents, "nothing else is registered")
				for _, r := range rec.OfType(roleType) {
					role := roleNamed(t, workload, r.String("name"))
					assert.Equal(
						t,
						[]any{role.Path, tagMap(role.Tags), 3600},
						[]any{r.String("path"), r.Map("tags"), r.Number("maxSessionDuration")},
						role.Name,
					)
				}
				approvals := map[string]string{}
				for _, d := range workload.Documents {
					if d.Type != "Session" {
						approvals["just-in-time-approval-"+d.Region+"-"+d.Name] = d.Type + " " + d.Content
					}
				}
				made := map[string]string{}
				for _, r := range rec.OfType(approvalType) {
					made[r.Name] = r.String("documentType") + " " + r.String("content")
					assert.Equal(
						t,
						"NewVersion",
						r.String("updateMethod"),
						"a replacement would leave nodes without approval, and a deleted document comes back empty",
					)
				}
				assert.Equal(t, approvals, made)
			})
		}
	}
}

// Policies and attachments are made one after the other, what protects first; AWS takes two calls a second and
// refuses what runs side by side.
func TestPoliciesAreAttachedOneAfterTheOther(t *testing.T) {
	o := accounts.FullOrganization(policy.AWS)
	o.Policies.Quotas.SCP, o.Policies.Quotas.SCPsPerTarget = 5120, 5
	o.Policies.ConsolePasswords.Targets = []string{accounts.Workloads, accounts.IdentityCenter}
	rec := deployedOrganization(t, o)
	chain := []string{
		"guardrails-protect-guardrails-2",
		"guardrails-protect-guardrails-2-r-exam",
		"guardrails-protect-guardrails",
		"guardrails-protect-guardrails-r-exam",
		"guardrails-os-access-only",
		"guardrails-os-access-only-" + accounts.Workloads,
		"guardrails-console-passwords",
		"guardrails-console-passwords-" + accounts.Workloads,
		"guardrails-console-passwords-" + accounts.IdentityCenter,
		"guardrails-member-root",
		"guardrails-member-root-r-exam",
	}
	resource := func(name string) (string, string) {
		if _, is := rec.Named(scpType, "organization-policy-"+name); is {
			return scpType, "organization-policy-" + name
		}
		return scpAttachmentType, "organization-attachment-" + name
	}
	for i, name := range chain[1:] {
		typ, full := resource(name)
		r := resourceNamed(t, rec, typ, full)
		previous, previousName := resource(chain[i])
		assert.True(t, r.DependsOn(previous, previousName), "%s waits for %s", name, chain[i])
	}
	assert.Len(t, rec.OfType(scpType), 6)
	assert.Len(t, rec.OfType(scpAttachmentType), 7)
	for _, r := range rec.Resources() {
		assert.True(
			t,
			r.Retain == nil || !*r.Retain,
			"%s: a target that is taken from the stack file is detached",
			r.Name,
		)
	}
}

// Nothing is registered when the credentials are those of another organization, or when policies would have no effect.
func TestAnotherOrganizationIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		answer mocks.Option
		want   string
	}{
		"another organization": {
			mocks.Organization("o-anotherorgid", accounts.Management, "SERVICE_CONTROL_POLICY"),
			`organization.id: "o-exampleorgid" is not the organization of these credentials, which is o-anotherorgid`,
		},
		"another management account": {
			mocks.Organization("o-exampleorgid", accounts.Home,
				"SERVICE_CONTROL_POLICY"), `organization.management: "123456789012" is not the management account, which is 111122223333`,
		},
		"policies are not enabled": {
			mocks.Organization("o-exampleorgid", accounts.Management, "TAG_POLICY"),
			"aws organizations enable-policy-type --policy-type SERVICE_CONTROL_POLICY --root-id r-exam",
		},
		"no answer": {mocks.Preview(), "look up the organization: "},
	} {
		t.Run(name, func(t *testing.T) {
			rec, err := mocks.Run(deployPolicies(accounts.ShippedOrganization(policy.AWS)), c.answer)
			require.ErrorContains(t, err, c.want)
			assert.Empty(t, rec.Resources())
		})
	}
}

// Values with a problem register nothing, not even the component.
func TestRefusedOrganizationRegistersNothing(t *testing.T) {
	for name, change := range map[string]func(o *accounts.Organization){
		"policies":     func(o *accounts.Organization) { o.Policies.BreakGlass = nil },
		"OSAccess":     func(o *accounts.Organization) { o.OSAccess.Sessions = nil },
		"grant":        func(o *accounts.Organization) { o.Grants[0].Ticket = "" },
		"just in time": func(o *accounts.Organization) { o.JustIn.Sessions = nil },
	} {
		o := accounts.FullOrganization(policy.AWS)
		change(&o)
		constructors := map[string]pulumi.RunFunc{
			"policies": deployPolicies(o),
			"OSAccess": func(ctx *pulumi.Context) error {
				_, err := components.NewOSAccess(ctx, "x", o.OSAccess, nil)
				return err
			},
			"grant": func(ctx *pulumi.Context) error {
				_, err := components.NewAccessGrant(ctx, "x", o.Grants[0], nil)
				return err
			},
			"just in time": func(ctx *pulumi.Context) error {
				_, err := components.NewJustInTime(ctx, "x", o.JustIn, nil)
				return err
			},
		}
		rec, err := mocks.Run(constructors[name], scpEnabled())
		var problems problem.List
		require.ErrorAs(t, err, &problems, name)
		assert.Empty(t, rec.Resources(), name)
	}
}

// Approval documents of several Regions want a provider for each.
func TestApprovalDocumentsWantAProviderForEveryRegion(t *testing.T) {
	o := accounts.FullOrganization(policy.AWS)
	rec, err := mocks.Run(func(ctx *pulumi.Context) error {
		_, err := components.NewJustInTime(ctx, "x", o.JustIn, nil)
		return err
	})
	require.ErrorContains(t, err, "has no provider")
	assert.Empty(t, rec.Resources())
}

// The Denies of a role are in place before anything that it allows: the window of a grant before its sessions, and
// before what AWS's policies read.
func TestTheFencesOfAGrantComeFirst(t *testing.T) {
	o := accounts.ShippedOrganization(policy.AWS)
	o.OSAccess.ReadOnly = true
	rec := deployedOrganization(t, o)
	for _, role := range []string{"grant-" + o.Grants[0].RoleName(), "os-access"} {
		fence := role + "-inline-policy-" + guardrail.OSAccessGuardPolicyName
		resourceNamed(t, rec, rolePolicyType, fence)
		assert.True(
			t,
			resourceNamed(
				t,
				rec,
				rolePolicyType,
				role+"-inline-policy-"+guardrail.OSAccessPolicyName,
			).DependsOn(rolePolicyType, fence),
			role,
		)
		assert.True(
			t,
			resourceNamed(
				t,
				rec,
				attachmentType,
				role+"-attachment-"+guardrail.ReadOnlyPolicyName,
			).DependsOn(rolePolicyType, fence),
			role,
		)
		exclusive := resourceNamed(t, rec, rolePoliciesType, role+"-inline-policies")
		assert.ElementsMatch(
			t,
			[]string{guardrail.OSAccessGuardPolicyName, guardrail.OSAccessPolicyName},
			exclusive.Strings("policyNames"),
		)
		assert.Equal(
			t,
			[]string{"arn:aws:iam::aws:policy/ReadOnlyAccess"},
			resourceNamed(t, rec, roleAttachmentsType, role+"-attached-policies").Strings("policyArns"),
		)
	}
}

// Without people who stand in the door there is no shared role, and a grant still opens what the template describes.
func TestTheSharedRoleIsMadeForStandingPeopleAlone(t *testing.T) {
	o := accounts.ShippedOrganization(policy.AWS)
	o.OSAccess.StandingPrincipalARNs = nil
	rec := deployedOrganization(t, o)
	require.Len(t, rec.OfType(roleType), 1)
	assert.Equal(t, "grant-CHG1234-alice", rec.OfType(roleType)[0].String("name"))
	assert.NotContains(t, texts(o.Workload()), "role-OSAccess.trust")
}

// A grant of the account's own user waits for the user, whose name AWS would refuse in a trust policy before.
func TestAGrantWaitsForItsUser(t *testing.T) {
	o := accounts.ShippedOrganization(policy.AWS)
	grant := o.Grants[0]
	grant.User, grant.PrincipalARN, grant.Person = "carol", "", "carol"
	rec, err := mocks.Run(func(ctx *pulumi.Context) error {
		group, err := components.NewMFAGroup(ctx, "mfa", &group.Args{Account: o.OSAccess.Account})
		if err != nil {
			return err
		}
		user, err := components.NewUser(
			ctx,
			"user-carol",
			&user.Args{Account: o.OSAccess.Account, Name: "carol", Groups: []string{"guardrails-mfa"}},
			pulumi.DependsOn(group.CustomResources()),
		)
		if err != nil {
			return err
		}
		_, err = components.NewAccessGrant(
			ctx,
			"grant",
			grant,
			components.UserResources{"carol": user.CustomResources()},
		)
		return err
	})
	require.NoError(t, err)
	assert.True(t, resourceNamed(t, rec, roleType, "grant-role").DependsOn(userType, "user-carol-user"))
}

// An edit of one grant touches that grant's role and nothing else.
func TestAnEditOfOneGrantTouchesThatGrantAlone(t *testing.T) {
	two := func() accounts.Organization {
		o := accounts.ShippedOrganization(policy.AWS)
		second := *o.Grants[0]
		second.Ticket, second.RunAs = "CHG9", "bob"
		o.Grants = append(o.Grants, &second)
		return o
	}
	list := func(o accounts.Organization) map[string]string {
		out := map[string]string{}
		for _, r := range deployedOrganization(t, o).Resources() {
			if text, err := json.Marshal(r.Inputs.Mappable()); err == nil {
				out[string(r.URN)] = string(text)
			}
		}
		return out
	}
	before := list(two())
	o := two()
	o.Grants[1].Until = o.Grants[1].Until.Add(-time.Second)
	after := list(o)
	require.Len(t, after, len(before))
	var changed []string
	for urn, inputs := range after {
		if before[urn] != inputs {
			changed = append(changed, urn[strings.LastIndex(urn, "::")+2:])
		}
	}
	assert.ElementsMatch(
		t,
		[]string{"grant-grant-CHG9-alice-role", "grant-grant-CHG9-alice-inline-policy-os-access-guard"},
		changed,
	)
}

// The documents of the organization as people read them, and the list of resources with their names, which are part
// of every URN.
func TestGoldenOrganization(t *testing.T) {
	for name, o := range map[string]accounts.Organization{"shipped": accounts.ShippedOrganization(policy.AWS), "full": accounts.FullOrganization(policy.AWS)} {
		t.Run(name, func(t *testing.T) {
			rec := deployedOrganization(t, o)
			files := map[string]string{resourcesFile: resourceList(rec), "undo.txt": o.Policies.UndoSheet()}
			add := func(name, text string) {
				var pretty bytes.Buffer
				require.NoError(t, json.Indent(&pretty, []byte(text), "", "  "), name)
				files[name+".json"] = pretty.String() + "\n"
			}
			for name, text := range rec.Documents() {
				add(name, text)
			}
			for _, r := range rec.OfType(scpType) {
				add("policy-"+r.String("name"), r.String("content"))
			}
			for _, r := range rec.OfType(approvalType) {
				add(r.Name, r.String("content"))
			}
			golden(t, "organization/"+name, files)
		})
	}
}

// In another partition every ARN is of that partition, and nothing else changes but in which of the policies of a
// guardrail a statement stands: longer ARNs take more room.
func TestEveryPartitionGetsTheSameGuardrails(t *testing.T) {
	statements := func(p policy.Partition) map[string]string {
		plan, err := accounts.FullOrganization(p).Policies.Plan()
		require.NoError(t, err)
		all := map[string]string{}
		for _, planned := range plan.Policies {
			for _, s := range planned.Document.Statements {
				text := policy.New(s).JSON()
				if p != policy.AWS {
					assert.NotContains(t, text, "arn:aws:")
				}
				all[planned.Guardrail+" "+s.Sid] = strings.ReplaceAll(text, "arn:"+string(p)+":", "arn:aws:")
			}
		}
		return all
	}
	want := statements(policy.AWS)
	for _, p := range []policy.Partition{policy.AWSChina, policy.AWSUSGov} {
		assert.Equal(t, want, statements(p))
	}
}

// A failure of an attachment is the program's failure: the ones after it are not made.
func TestAFailedAttachmentStopsTheRest(t *testing.T) {
	o := accounts.ShippedOrganization(policy.AWS)
	rec, err := mocks.Run(
		deployPolicies(o),
		scpEnabled(),
		mocks.Fail(
			scpAttachmentType,
			"organization-attachment-guardrails-protect-guardrails-r-exam",
			errors.New("ConcurrentModificationException"),
		),
	)
	require.ErrorContains(t, err, "ConcurrentModificationException")
	assert.Empty(t, rec.OfType(scpAttachmentType))
	assert.Len(t, rec.OfType(scpType), 1)
}
