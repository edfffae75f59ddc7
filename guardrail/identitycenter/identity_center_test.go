package identitycenter_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

const center, machines = "555555555555", "444455556666"

// people is an instance with two people and a group, and a permission set of the template in the account of the
// machines.
func people(
	template identitycenter.PermissionSetTemplate,
) (*identitycenter.AttributesArgs, *identitycenter.PermissionSetArgs) {
	account := guardrail.Account{ID: center, Partition: policy.AWS}
	instance := identitycenter.IdentityCenter{
		Instance:      "arn:aws:sso:::instance/ssoins-1234567890abcdef",
		IdentityStore: "d-1234567890",
		Region:        "ap-northeast-1",
		Users: map[string]string{
			"alice": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "bob@example.com": "f81d4fae-7dec-11d0-a765-00a0c91e6bf7",
		},
		Groups: map[string]string{"operators": "a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f"},
	}
	set := &identitycenter.PermissionSetArgs{
		Account:        account,
		IdentityCenter: instance,
		Name:           "Operator",
		Template:       template,
		Assignments: []identitycenter.Assignment{
			{Group: "operators", Accounts: []string{machines}},
			{User: "alice", Accounts: []string{machines}},
		},
	}
	if template.OpensSessions() {
		set.Regions = []string{"ap-northeast-1"}
	}
	attributes := &identitycenter.AttributesArgs{Account: account, IdentityCenter: instance,
		Attributes: map[string]string{"Project": "${path:enterprise.department}"}}
	return attributes, set
}

// worldOf is the account of the machines with the role of the permission set; change may plant a hole in it.
func worldOf(
	t *testing.T,
	attributes *identitycenter.AttributesArgs,
	set *identitycenter.PermissionSetArgs,
	change func(*access.World),
) *access.Engine {
	t.Helper()
	require.NoError(t, attributes.Validate())
	require.NoError(t, set.Validate())
	w := access.World{Accounts: []world.Account{
		{ID: center, Partition: policy.AWS},
		{
			ID:          machines,
			Alias:       "workload",
			Partition:   policy.AWS,
			Preferences: []world.SessionPreferences{{Region: "ap-northeast-1", RunAs: true}},
		},
	}}
	attributes.AddToWorld(&w)
	set.AddToWorld(&w)
	w = world.WithManagedPolicies(w)
	if change != nil {
		change(&w)
	}
	engine, err := access.Compile(w)
	require.NoError(t, err)
	return engine
}

// shell is what becomes of a person's shell on a node of the shop.
func shell(e *access.Engine, p world.Person) expect.ExpectationResult {
	return expect.Check(
		e,
		expectation.Expectation{It: "a shell", Account: machines, Person: &p, Via: "Operator", Opens: world.Shell,
			On: expectation.Target{Instance: map[string]string{"Project": "shop"}}, Allowed: true},
	)
}

// The OS user is what the attribute says: the user name, or what everybody of one organization shares; a value that
// is no login opens nothing.
func TestAttributesBecomeOSUsers(t *testing.T) {
	shop := map[string]string{"enterprise.department": "shop"}
	with := func(key, value string) map[string]string {
		return map[string]string{"enterprise.department": "shop", key: value}
	}
	for name, c := range map[string]struct {
		source string
		person world.Person
		user   string
		denied bool
	}{
		"the user name": {"", world.Person{UserName: "alice", Profile: shop}, "alice", false},
		"the organization": {"${path:enterprise.organization}",
			world.Person{UserName: "alice", Profile: with("enterprise.organization", "iret")}, "iret", false},
		"another of that organization": {"${path:enterprise.organization}",
			world.Person{UserName: "carol", Groups: []string{"operators"},
				Profile: with("enterprise.organization", "iret")}, "iret", false},
		"no organization": {"${path:enterprise.organization}",
			world.Person{UserName: "alice", Profile: shop}, "", true},
		"an e-mail address": {"",
			world.Person{UserName: "bob@example.com", Groups: []string{"operators"}, Profile: shop}, "", true},
		"capital letters": {"",
			world.Person{UserName: "Alice", Groups: []string{"operators"}, Profile: shop}, "Alice", false},
		"a dot": {"",
			world.Person{UserName: "dave.smith", Groups: []string{"operators"}, Profile: shop}, "dave.smith", false},
		"a number": {"${path:enterprise.employeeNumber}",
			world.Person{UserName: "alice", Profile: with("enterprise.employeeNumber", "1000")}, "", true},
		"a number with a sign": {"${path:enterprise.employeeNumber}",
			world.Person{UserName: "alice", Profile: with("enterprise.employeeNumber", "+1000")}, "", true},
		"a login of an image": {"${path:enterprise.organization}",
			world.Person{UserName: "alice", Profile: with("enterprise.organization", "ec2-user")}, "", true},
		"the agent's user and a space": {"${path:enterprise.organization}",
			world.Person{UserName: "alice", Profile: with("enterprise.organization", "ssm-user ")}, "", true},
		"the agent's user": {"",
			world.Person{UserName: "ssm-user", Groups: []string{"operators"}, Profile: shop}, "", true},
		"the superuser": {"",
			world.Person{UserName: "root", Groups: []string{"operators"}, Profile: shop}, "", true},
		"whoever is not assigned": {"", world.Person{UserName: "bob@example.com", Profile: shop}, "", true},
		"an asserted value": {"",
			world.Person{UserName: "alice", Profile: shop,
				Asserted: map[string]string{"SSMSessionRunAs": "carol"}}, "alice", false},
		"an asserted key in lower case": {"",
			world.Person{UserName: "alice", Profile: shop,
				Asserted: map[string]string{"ssmsessionrunas": "carol"}}, "", true},
		"another project": {"",
			world.Person{UserName: "alice", Profile: map[string]string{"enterprise.department": "billing"}}, "", true},
		"no project": {"", world.Person{UserName: "alice"}, "", true},
		"a value that is no session tag": {"",
			world.Person{UserName: "alice", Profile: map[string]string{"enterprise.department": "shop;"}}, "", true},
	} {
		attributes, set := people(identitycenter.OperationTemplate)
		if c.source != "" {
			attributes.Attributes[guardrail.RunAsTag] = c.source
		}
		r := shell(worldOf(t, attributes, set, nil), c.person)
		require.Empty(t, r.Problem, name)
		assert.Equal(t, !c.denied, r.Holds(), "%s: %s", name, r.Why)
		assert.Equal(t, c.user, r.Arrival.OSUser.Name, name)
	}
}

// A key that is not configured is the identity provider's: who administers it becomes anybody.
func TestAnUnmappedKeyIsTheIdentityProviders(t *testing.T) {
	attributes, set := people(identitycenter.OperationTemplate)
	unmapped := worldOf(
		t,
		attributes,
		set,
		func(w *access.World) { w.IdentityCenter.Attributes = w.IdentityCenter.Attributes[:1] },
	)
	r := shell(
		unmapped,
		world.Person{
			UserName: "alice",
			Profile:  map[string]string{"enterprise.department": "shop"},
			Asserted: map[string]string{guardrail.RunAsTag: "carol"},
		},
	)
	assert.Equal(t, "carol", r.Arrival.OSUser.Name, r.Why)
}

const volumeKey = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"

// A permission set that starts instances has EC2 make grants on the listed keys; a condition less, or a key that is
// not listed, is found.
func TestPermissionSetsStartInstancesWithEncryptedVolumes(t *testing.T) {
	attributes, set := people(identitycenter.OperationTemplate)
	set.VolumeKeyARNs = []string{volumeKey}
	require.NoError(t, set.Validate())
	changed := func(change func(*policy.Statement)) func(*access.World) {
		return func(w *access.World) {
			found := false
			statements := w.Accounts[1].Roles[0].Inline[0].Document.Statements
			for i := range statements {
				if statements[i].Sid == "StartInstancesWithEncryptedVolumes" {
					change(&statements[i])
					found = true
				}
			}
			require.True(t, found)
		}
	}
	for name, c := range map[string]struct {
		change func(*policy.Statement)
		holds  bool
	}{
		"as it is":              {func(*policy.Statement) {}, true},
		"grants to oneself":     {func(s *policy.Statement) { s.Conditions = s.Conditions[1:] }, false},
		"grants of any service": {func(s *policy.Statement) { s.Conditions = s.Conditions[:1] }, false},
		"another key": {func(s *policy.Statement) {
			s.Resources = []string{strings.Replace(volumeKey,
				"1234abcd", "*", 1)}
		}, false},
		"a use of the key": {func(s *policy.Statement) {
			s.Actions = []string{"kms:CreateGrant",
				"kms:PutKeyPolicy"}
		}, false},
	} {
		f := proven(t, worldOf(t, attributes, set, changed(c.change)), set)["permission-set-changes-no-access"]
		assert.Equal(t, c.holds, f.Verdict != prove.DoesNotHold, "%s: %s", name, f)
	}
}

func proven(t *testing.T, e *access.Engine, set *identitycenter.PermissionSetArgs) map[string]prove.Finding {
	t.Helper()
	report, err := claims.ProveIdentityCenter(e, intent.IdentityCenter{Account: center,
		PermissionSets: []intent.PermissionSet{set.Intent("identityCenter.permissionSets[0]", machines)}})
	require.NoError(t, err)
	found := map[string]prove.Finding{}
	for _, f := range report.Findings {
		found[f.ID] = f
	}
	return found
}

// changedInline changes the inline policy of the permission set's role.
func changedInline(change func(*policy.Document)) func(*access.World) {
	return func(w *access.World) {
		d := w.Accounts[1].Roles[0].Inline[0].Document
		d.Statements = append([]policy.Statement(nil), d.Statements...)
		change(&d)
		w.Accounts[1].Roles[0].Inline[0].Document = d
	}
}

// The proofs hold of every template, and each planted hole is found by the proof that is about it, with a way that
// shows it.
func TestPlantedHolesInIdentityCenterAreFound(t *testing.T) {
	without := func(sid string) func(*access.World) {
		return changedInline(func(d *policy.Document) {
			for i, st := range d.Statements {
				if st.Sid == sid {
					d.Statements = append(d.Statements[:i:i], d.Statements[i+1:]...)
					return
				}
			}
			t.Fatalf("test bug: no statement %s", sid)
		})
	}
	with := func(st policy.Statement) func(*access.World) {
		return changedInline(func(d *policy.Document) { d.Statements = append(d.Statements, st) })
	}
	for name, c := range map[string]struct {
		template identitycenter.PermissionSetTemplate
		plant    func(*access.World)
		fails    string
	}{
		"operation as it is": {identitycenter.OperationTemplate, nil, ""},
		"osAccess as it is":  {identitycenter.OSAccessTemplate, nil, ""},
		"readOnly as it is":  {identitycenter.ReadOnlyTemplate, nil, ""},
		"an unmapped OS user": {identitycenter.OperationTemplate,
			func(w *access.World) { w.IdentityCenter.Attributes = w.IdentityCenter.Attributes[:1] },
			"attributes-decide-alone"},
		"attributes switched off": {identitycenter.OperationTemplate,
			func(w *access.World) { w.IdentityCenter.Attributes = nil }, "attributes-decide-alone"},
		"an empty project": {identitycenter.OperationTemplate, without("DenyNodesOfNoProject"),
			"permission-set-own-project-only"},
		"starting everything": {identitycenter.OperationTemplate,
			with(policy.Allow("More", "ec2:RebootInstances").On("*")),
			"permission-set-own-project-only"},
		"any document": {identitycenter.OperationTemplate,
			with(policy.Allow("More",
				"ssm:StartSession").On("arn:aws:ssm:*:*:document/*")), "permission-set-no-other-door"},
		"a stranger's preferences": {identitycenter.OperationTemplate,
			with(policy.Allow("More",
				"ssm:StartSession").On("arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell")), "permission-set-no-other-door"},
		"sessions of others": {identitycenter.OperationTemplate,
			with(policy.Allow("More", "ssm:TerminateSession").On("*")), "permission-set-changes-no-access"},
		"grants on any key": {identitycenter.OperationTemplate,
			with(policy.Allow("More",
				"kms:CreateGrant").On("*").When(policy.Bool("kms:GrantIsForAWSResource",
				true))), "permission-set-changes-no-access"},
		"grants of a reader": {identitycenter.ReadOnlyTemplate,
			with(policy.Allow("More", "kms:CreateGrant").On("*")), "permission-set-changes-no-access"},
		"no login of one's own": {identitycenter.OperationTemplate, without("DenySessionsWithoutOSUser"),
			"permission-set-legal-os-user"},
		"the agent's login": {identitycenter.OperationTemplate, without("DenySessionsAsIllegalOSUsers"),
			"permission-set-legal-os-user"},
		"Regions without Run As": {identitycenter.OperationTemplate, without("DenySessionsWherePreferencesAreNotSet"),
			"permission-set-legal-os-user"},
		"Run As off": {identitycenter.OperationTemplate,
			func(w *access.World) { w.Accounts[1].Preferences[0].RunAs = false }, "permission-set-legal-os-user"},
		"no shell at all": {identitycenter.OperationTemplate, without("StartSessionsOnNodes"),
			"permission-set-shells-work"},
		"no start at all": {identitycenter.OperationTemplate, without("StartAndStopInstancesOfOwnProject"),
			"permission-set-shells-work"},
		"no stop": {identitycenter.OperationTemplate, with(policy.Deny("Not", "ec2:StopInstances").On("*")),
			"permission-set-shells-work"},
		"no start in a Region": {identitycenter.OperationTemplate, with(policy.Deny("Not", "ec2:StartInstances").On("*").
			When(policy.StringEquals("aws:RequestedRegion", "ap-northeast-1"))), "permission-set-shells-work"},
		"no channel for documents": {identitycenter.OSAccessTemplate, without("UsePreferencesDocumentOfTheAccount"),
			"permission-set-shells-work"},
	} {
		attributes, set := people(c.template)
		found := proven(t, worldOf(t, attributes, set, c.plant), set)
		for id, f := range found {
			if c.fails != id && (c.fails == "" || f.Verdict != prove.DoesNotHold) {
				assert.NotEqual(t, prove.DoesNotHold, f.Verdict, "%s: %s: %s", name, id, f)
			}
		}
		if c.fails == "" {
			continue
		}
		f := found[c.fails]
		assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", name, f)
		assert.NotEmpty(t, f.Problem, name)
	}
}

// A permission set with source networks is used from them alone, whatever it carries, and each part of what says so is
// missed by the proof.
func TestEveryPartOfTheNetworksOfAPermissionSetIsMissed(t *testing.T) {
	for _, template := range identitycenter.PermissionSetTemplates() {
		attributes, set := people(template)
		if template == identitycenter.OwnTemplate {
			set.ManagedPolicies = []string{"AdministratorAccess"}
		}
		set.SourceNetworks = guardrail.SourceNetworks{"203.0.113.0/24", "vpc-0abcdef1234567890", "vpce-0abcdef1234567890"}
		of := func(change func(*policy.Statement)) prove.Finding {
			plant := changedInline(func(d *policy.Document) {
				require.Equal(t, "DenyEverythingFromOtherNetworks", d.Statements[0].Sid)
				d.Statements[0].Conditions = slices.Clone(d.Statements[0].Conditions)
				change(&d.Statements[0])
			})
			return proven(t, worldOf(t, attributes, set, plant), set)["permission-set-source-networks-only"]
		}
		for name, c := range map[string]struct {
			change func(*policy.Statement)
			want   prove.Verdict
		}{
			"as it is": {func(*policy.Statement) {}, prove.Holds},
			"services are denied too": {
				func(st *policy.Statement) { st.Conditions = st.Conditions[:3] }, prove.Holds,
			},
			"no Deny": {
				func(st *policy.Statement) { st.Actions = []string{"s3:GetObject"} }, prove.DoesNotHold,
			},
			"another block": {
				func(st *policy.Statement) { st.Conditions[0].Values = []string{"198.51.100.0/24"} }, prove.DoesNotHold,
			},
			"another VPC": {
				func(st *policy.Statement) { st.Conditions[1].Values = []string{"vpc-11111111"} }, prove.DoesNotHold,
			},
			"another endpoint": {
				func(st *policy.Statement) { st.Conditions[2].Values = []string{"vpce-11111111"} }, prove.DoesNotHold,
			},
			"an address that is asked for": {func(st *policy.Statement) {
				st.Conditions = append(st.Conditions, policy.Present("aws:SourceIp"))
			}, prove.DoesNotHold},
		} {
			if template == identitycenter.ReadOnlyTemplate && c.want == prove.DoesNotHold {
				// What AWS's policy allows is not known.
				c.want = prove.HoldsIf
			}
			f := of(c.change)
			assert.Equal(t, c.want, f.Verdict, "%s: %s: %s", template, name, f)
		}
		shells := proven(t, worldOf(t, attributes, set, nil), set)["permission-set-shells-work"]
		assert.NotEqual(t, prove.DoesNotHold, shells.Verdict, "%s: %s", template, shells)
	}
	_, set := people(identitycenter.OwnTemplate)
	set.SourceNetworks, set.ManagedPolicies = guardrail.SourceNetworks{"10.0.0.0/8"}, []string{"AdministratorAccess"}
	problems := problem.Of(set.Validate())
	require.Len(t, problems, 1)
	assert.Equal(t, problem.Path("sourceNetworks[0]"), problems[0].Path)
	assert.Contains(t, problems[0].Error(), "does nothing")
}

// What the set may do to resources of accounts that no world has is shut by their policies alone, or is shut by nothing
// that is known: the claims about it hold only if those policies shut it. What its own policy shuts is shut.
func TestWhatASetMayDoToResourcesOfOtherAccountsIsNotTakenToBeShut(t *testing.T) {
	const key = "arn:aws:kms:ap-northeast-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	for name, c := range map[string]struct {
		template identitycenter.PermissionSetTemplate
		more     []policy.Statement
		want     prove.Verdict
	}{
		"nothing more": {identitycenter.OperationTemplate, nil, prove.Holds},
		"a key": {identitycenter.OperationTemplate,
			[]policy.Statement{policy.Allow("More", "kms:CreateGrant").On(key)}, prove.HoldsIf},
		"keys abroad": {identitycenter.OperationTemplate,
			[]policy.Statement{policy.Allow("More", "kms:CreateGrant").On("*"),
				policy.Deny("Own", "kms:*").On("arn:aws:kms:*:444455556666:*")}, prove.HoldsIf},
		"a denied key": {identitycenter.OperationTemplate,
			[]policy.Statement{policy.Allow("More", "kms:CreateGrant").On(key),
				policy.Deny("No", "kms:*").On("*")}, prove.Holds},
		"reading it": {identitycenter.OperationTemplate,
			[]policy.Statement{policy.Allow("More", "kms:DescribeKey").On(key)}, prove.Holds},
	} {
		attributes, set := people(c.template)
		plant := changedInline(func(d *policy.Document) { d.Statements = append(d.Statements, c.more...) })
		f := proven(t, worldOf(t, attributes, set, plant), set)["permission-set-changes-no-access"]
		require.NotNil(t, f, name)
		assert.Equal(t, c.want, f.Verdict, "%s: %s", name, f)
		if c.want == prove.HoldsIf {
			assert.True(t, slices.ContainsFunc(f.Assumptions, func(a prove.ProofAssumption) bool {
				return strings.Contains(a.Text, "the policy of a resource of another account")
			}), "%s: %s", name, f)
		}
	}
}

// A shared source is a waiver, one that two people can share by chance an assumption, and so is one that people can
// lack.
func TestSourcesThatDoNotTellPeopleApartAreReported(t *testing.T) {
	for source, want := range map[string]prove.Verdict{
		"${path:userName}": prove.Holds, "${path:displayName}": prove.HoldsIf, "${path:enterprise.employeeNumber}": prove.HoldsIf, "${path:enterprise.organization}": prove.HoldsIf,
	} {
		attributes, set := people(identitycenter.OperationTemplate)
		attributes.Attributes = map[string]string{guardrail.RunAsTag: source}
		f := proven(t, worldOf(t, attributes, set, nil), set)["attributes-decide-alone"]
		assert.Equal(t, want, f.Verdict, "%s: %s", source, f)
		assert.Equal(t, source == "${path:enterprise.organization}", len(f.Waivers) == 1, "%s: %s", source, f)
	}
}

// What AWS would not take, and what would open or shut more than meant, is refused where it stands.
func TestIdentityCenterRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*identitycenter.AttributesArgs, *identitycenter.PermissionSetArgs)
		path   string
		says   string
	}{
		"groups": {func(a *identitycenter.AttributesArgs, _ *identitycenter.PermissionSetArgs) {
			a.Attributes["Team"] = "${user:groups.displayName}"
		}, `attributes["Team"]`,
			"groups are no source"},
		"a misspelt source": {func(a *identitycenter.AttributesArgs, _ *identitycenter.PermissionSetArgs) {
			a.Attributes["Team"] = "${path:enterprise.organisation}"
		},
			`attributes["Team"]`, `did you mean "${path:enterprise.organization}"?`},
		"a bare path": {func(a *identitycenter.AttributesArgs, _ *identitycenter.PermissionSetArgs) {
			a.Attributes["Team"] = "userName"
		}, `attributes["Team"]`,
			"write ${path:userName}"},
		"an e-mail as login": {func(a *identitycenter.AttributesArgs, _ *identitycenter.PermissionSetArgs) {
			a.Attributes[guardrail.RunAsTag] = "${path:emails[primary eq true].value}"
		},
			`attributes["SSMSessionRunAs"]`, "never a login"},
		"a key in another case": {func(a *identitycenter.AttributesArgs, _ *identitycenter.PermissionSetArgs) {
			a.Attributes["project"] = "${path:title}"
		}, `attributes["Project"]`, "by case only"},
		"an instance": {func(a *identitycenter.AttributesArgs, _ *identitycenter.PermissionSetArgs) {
			a.IdentityCenter.Instance = "ssoins-1"
		}, "instance",
			"is not the ARN of an instance"},
		"an id": {func(a *identitycenter.AttributesArgs, _ *identitycenter.PermissionSetArgs) {
			a.IdentityCenter.Users = map[string]string{"alice": "alice"}
		}, `users["alice"]`, "is not the id"},
		"a long name": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.Name = strings.Repeat("x", 33)
		}, "name", "is not the name of a permission set"},
		"a session": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.SessionDuration = 13 * 3600e9
		}, "sessionDuration", "use 1h to 12h"},
		"accents": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.Description = strings.Repeat("é", 351)
		}, "description",
			"702 are more bytes in UTF-8 than the 700 that the provider takes"},
		"a stranger": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.Assignments[0].Group = "operator"
		}, "assignments[0].group", `did you mean "operators"?`},
		"MFA": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			document := policy.New(policy.Allow("Read",
				"s3:ListAllMyBuckets").On("*").When(policy.Bool("aws:MultiFactorAuthPresent", true)))
			s.Template, s.Regions, s.Policy = identitycenter.OwnTemplate, nil, &document
		}, "policy", "never carry"},
		"too large": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.Documents = []string{"Team-" + strings.Repeat("x", 100)}
			s.Quotas.PermissionSetInline = 100
		}, "", "inline policy of a permission set"},
		"policies beside a template": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.ManagedPolicies = []string{"AdministratorAccess"}
		}, "managedPolicies", "use the template own"},
		"a volume key where nothing is started": {func(_ *identitycenter.AttributesArgs,
			s *identitycenter.PermissionSetArgs) {
			s.Template, s.VolumeKeyARNs = identitycenter.OSAccessTemplate, []string{volumeKey}
		}, "volumeKeyArns", "is for the template operation, which starts instances, and osAccess does not"},
		"a volume key of a reader": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.Template, s.Regions, s.VolumeKeyARNs = identitycenter.ReadOnlyTemplate, nil, []string{volumeKey}
		}, "volumeKeyArns", "readOnly does not"},
		"a volume key by its alias": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.VolumeKeyARNs = []string{volumeKey, "arn:aws:kms:us-east-1:111122223333:alias/volumes"}
		}, "volumeKeyArns[1]", "is an alias"},
		"a volume key by its id": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.VolumeKeyARNs = []string{"1234abcd-12ab-34cd-56ef-1234567890ab"}
		}, "volumeKeyArns[0]", "is not the ARN of a KMS key"},
		"a volume key twice": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) {
			s.VolumeKeyARNs = []string{volumeKey, volumeKey}
		}, "volumeKeyArns[1]", "is listed twice"},
		"no Region": {func(_ *identitycenter.AttributesArgs, s *identitycenter.PermissionSetArgs) { s.Regions = nil },
			"regions", "would open nowhere"},
	} {
		attributes, set := people(identitycenter.OperationTemplate)
		require.NoError(t, attributes.Validate())
		require.NoError(t, set.Validate())
		c.change(attributes, set)
		problems := append(problem.Of(attributes.Validate()), problem.Of(set.Validate())...)
		require.NotEmpty(t, problems, name)
		assert.Equal(t, problem.Path(c.path), problems[0].Path, "%s: %s", name, problems[0])
		assert.Contains(t, problems[0].Error(), c.says, name)
	}
}
