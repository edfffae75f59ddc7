package grant_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

const (
	home   = "111122223333"
	work   = "444455556666"
	center = "555555555555"
	region = "ap-northeast-1"
	daveID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
	erinID = "0b1c2d3e-4f5a-6b7c-8d9e-0f1a2b3c4d5e"
)

func account(id string) guardrail.Account { return guardrail.Account{ID: id, Partition: policy.AWS} }

// openings are what grants of a test open, in the account work.
type openings struct {
	osAccess    *osaccess.Args
	operations  *operation.Args
	delegated   *delegated.Args
	preferences *preferences.Args
	sets        []*identitycenter.PermissionSetArgs
	attributes  *identitycenter.AttributesArgs
}

func newTemplate() openings {
	alice := []string{policy.AWS.UserARN(home, "/", "alice")}
	prefs := &preferences.Args{Account: account(work), Regions: []string{region}, MaxDuration: time.Hour}
	t := openings{
		preferences: prefs,
		osAccess:    &osaccess.Args{Account: account(work), Sessions: prefs, Projects: []string{"shop", "billing"}},
		operations: &operation.Args{
			Account: account(work), Regions: prefs.Regions,
			Roles: []operation.Role{
				{Name: "shop-alice", PrincipalARNs: alice, Project: "shop", RunAs: "alice"},
				{
					Name:          "both-alice",
					PrincipalARNs: alice,
					Projects:      []string{"shop", "billing"},
					RunAs:         "alice",
					Reboot:        true,
				},
			},
			OSUsers: map[string]string{alice[0]: "alice"},
		},
		delegated: &delegated.Args{
			Account: account(
				work,
			),
			Name:            "AdminRole",
			PrincipalARNs:   alice,
			ManagedPolicies: []string{"AdministratorAccess"},
		},
	}
	instance := identitycenter.IdentityCenter{
		Instance: "arn:aws:sso:::instance/ssoins-1234567890abcdef", IdentityStore: "d-1234567890", Region: region,
		Users: map[string]string{"dave": daveID, "erin": erinID},
	}
	t.attributes = &identitycenter.AttributesArgs{Account: account(center), IdentityCenter: instance}
	t.sets = []*identitycenter.PermissionSetArgs{
		{
			Account: account(
				center,
			),
			IdentityCenter: instance,
			Name:           "Operator",
			Template:       identitycenter.OperationTemplate,
			Regions:        prefs.Regions,
			Grants:         true,
			Assignments: []identitycenter.Assignment{
				{User: "dave", Accounts: []string{work}}, {User: "erin", Accounts: []string{work}},
			},
		},
	}
	return t
}

// grants are one of each kind for one of each kind of person, in a window.
func (t openings) grants(from, until time.Time) []*grant.Args {
	var all []*grant.Args
	for i, opens := range []grant.Opens{grant.GrantOSAccess, "shop-alice", "both-alice", "AdminRole"} {
		for j, person := range []string{"jump/bob", "identity/dave"} {
			g := &grant.Args{
				Person: person, Opens: opens, RunAs: "bob", From: from, Until: until, Sessions: t.preferences,
				Ticket: fmt.Sprintf("CHG%d%d", i, j),
			}
			switch opens {
			case grant.GrantOSAccess:
				g.OSAccess = t.osAccess
			case "AdminRole":
				g.DelegatedRole, g.RunAs = t.delegated, ""
			default:
				g.OperationRoles = t.operations
			}
			if j == 0 {
				g.PrincipalARN = policy.AWS.UserARN(home, "/", "bob")
			} else {
				g.IdentityCenter = grant.IdentityCenterUser{Name: "dave", ID: daveID}
			}
			all = append(all, g)
		}
	}
	return all
}

// world has people at home, what the template makes at work, and the grants.
func (t openings) world(grants []*grant.Args) access.World {
	people, at := world.Account{ID: home, Partition: policy.AWS}, world.Account{ID: work, Partition: policy.AWS}
	mfa := group.Args{Account: account(home), Name: "mfa", Path: "/", RoleAccounts: []string{work}}
	mfa.AddTo(&people)
	for _, name := range []string{"alice", "bob"} {
		(&user.Args{Account: account(home), Name: name, Path: "/", Groups: []string{"mfa"}}).AddTo(&people)
	}
	at.Policies = append(at.Policies, world.ManagedPolicy{
		ARN:      policy.AWS.ManagedPolicyARN("AdministratorAccess"),
		Document: policy.New(policy.Allow("", "*").On("*")),
	})
	t.operations.AddTo(&at)
	t.delegated.AddTo(&at)
	t.preferences.AddTo(&at)
	for _, g := range grants {
		g.AddTo(&at)
	}
	w := access.World{Accounts: []world.Account{people, at, {ID: center, Partition: policy.AWS}}}
	t.attributes.AddToWorld(&w)
	for _, set := range t.sets {
		set.AddToWorld(&w)
	}
	return w
}

// intent is what the account work is for.
func (t openings) intent(grants []*grant.Args) intent.Account {
	in := intent.Account{Account: work, Regions: []string{region}, Administrators: []string{t.delegated.RoleARN()}}
	t.operations.AddIntent(&in)
	t.delegated.AddIntent("delegatedRoles[0]", &in)
	for i, g := range grants {
		g.AddIntent(fmt.Sprintf("grants[%d]", i), &in)
		if g.DelegatedRole != nil {
			in.Administrators = append(in.Administrators, g.RoleARN())
		}
	}
	return in
}

// way is how the person of a grant comes to its role, and what is tried there.
func (t openings) way(g *grant.Args, at time.Time) journey.Journey {
	j := journey.Journey{Via: []journey.Hop{{Role: g.RoleARN()}}, At: at}
	if g.IdentityCenter.ID != "" {
		j.Portal = &journey.Portal{Person: world.Person{UserName: g.IdentityCenter.Name}, Role: t.sets[0].RoleARN(work)}
	} else {
		j.From = access.ConsoleWithMFA(g.PrincipalARN, time.Minute)
	}
	if g.DelegatedRole != nil {
		j.Does = &access.Request{Action: "iam:ListUsers"}
		return j
	}
	j.Opens = &journey.Door{Kind: world.Shell, Node: world.Node{
		Kind:   world.Instance,
		ID:     "i-0123456789abcdef0",
		Region: region,
		Tags:   []world.Tag{{Key: "Project", Value: "shop"}},
	}}
	return j
}

// Every kind of grant, for every kind of person, opens at its first second and at none before, and is over at its
// last one: in three zones, and over an hour that clocks show twice or not at all.
func TestEveryKindOfGrantOpensAndEndsToTheSecond(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		require.NoError(t, err)
		return z
	}
	for _, c := range []struct {
		why   string
		from  time.Time
		until time.Time
		lasts time.Duration
	}{
		{"an evening in Tokyo", time.Date(2026, 12, 1, 19, 0, 0, 0, zone("Asia/Tokyo")),
			time.Date(2026, 12, 1, 21, 0, 0, 0, zone("Asia/Tokyo")), 2 * time.Hour},
		{"the night on which Berlin sets clocks back", time.Date(2026, 10, 25, 1, 30, 0, 0, zone("Europe/Berlin")),
			time.Date(2026, 10, 25, 3, 30, 0, 0, zone("Europe/Berlin")), 3 * time.Hour},
		{"the night on which New York sets clocks forward",
			time.Date(2026, 3, 8, 1, 30, 0, 0, zone("America/New_York")), time.Date(2026, 3, 8, 3, 30, 0, 0,
				zone("America/New_York")), time.Hour},
	} {
		assert.Equal(t, c.lasts, c.until.Sub(c.from), c.why)
		template := newTemplate()
		grants := template.grants(c.from, c.until)
		engine, err := access.Compile(template.world(grants))
		require.NoError(t, err)
		for _, g := range grants {
			require.NoError(t, g.Validate(), "%s of %s", g.Opens, g.Person)
			issued := access.AssumedRole(g.RoleARN(), "bob").IssuedAt(c.from)
			for _, try := range []struct {
				at   time.Time
				open bool
			}{
				{c.from.Add(-time.Second), false}, {c.from, true}, {c.from.Add(time.Second), true},
				{c.until.Add(-time.Second), true}, {c.until, false}, {c.until.Add(time.Second), false},
			} {
				arrival, err := journey.Walk(engine, template.way(g, try.at))
				require.NoError(t, err)
				assert.Equal(
					t,
					try.open,
					arrival.Allowed(),
					"%s: %s of %s at %s\n%s",
					c.why,
					g.Opens,
					g.Person,
					try.at,
					arrival,
				)
				if arrival.Allowed() && g.DelegatedRole == nil {
					assert.Equal(t, "bob", arrival.OSUser.Name)
				}
				// What was issued inside is worth nothing outside.
				decision, err := engine.Decide(issued, access.Request{Action: "ssm:DescribeSessions", Time: try.at})
				require.NoError(t, err)
				assert.Equal(t, try.open, decision.Allowed(), "%s: %s at %s: %s", c.why, g.Opens, try.at, decision)
			}
		}
	}
}

var (
	from  = time.Date(2026, 12, 1, 19, 0, 0, 0, time.UTC)
	until = from.Add(2 * time.Hour)
)

// Nobody but the person comes in: not another user, not another person of IAM Identity Center, not a session of
// another role that carries the person's id, and not under another name.
func TestAGrantIsForItsPersonAlone(t *testing.T) {
	template := newTemplate()
	grants := template.grants(from, until)
	w := template.world(grants)
	trusting := policy.New(
		policy.Allow("Account", "sts:AssumeRole").For(policy.AWSPrincipals(policy.AWS.RootARN(work))),
	)
	everything := policy.New(policy.Allow("Everything", "*").On("*"))
	w.Accounts[1].Roles = append(w.Accounts[1].Roles, world.Role{
		Name: "application", Path: "/", Trust: trusting,
		Inline: []world.InlinePolicy{{Name: "everything", Document: everything}},
	})
	engine, err := access.Compile(w)
	require.NoError(t, err)
	set := template.sets[0].RoleARN(work)
	application := access.AssumedRole(policy.AWS.RoleARN(work, "/", "application"), "dave").IssuedAt(from)
	for _, g := range grants {
		take := func(s access.Session, name string, context access.Context) bool {
			r := access.AssumeRole(g.RoleARN(), name)
			r.Time = from
			for key, values := range context {
				r.Context[key] = values
			}
			decision, err := engine.Decide(s, r)
			require.NoError(t, err)
			return decision.Allowed()
		}
		portal := access.IdentityCenter(set, "dave").IssuedAt(from)
		own := g.IdentityCenter.ID != ""
		why := fmt.Sprintf("%s of %s", g.Opens, g.Person)
		assert.Equal(t, own, take(portal.WithUserID(daveID), "dave", nil), why)
		assert.False(t, take(portal.WithUserID(daveID), "erin", nil), "%s under another name", why)
		assert.False(t, take(portal.WithUserID(erinID), "dave", nil), "%s by another person", why)
		assert.False(t, take(portal, "dave", nil), "%s without an id", why)
		assert.False(
			t,
			take(application, "dave", access.Context{"identitystore:UserId": {daveID}}),
			"%s from an application",
			why,
		)
		assert.False(
			t,
			take(access.ConsoleWithMFA(policy.AWS.UserARN(home, "/", "alice"), time.Minute), "alice", nil),
			why,
		)
		bob := access.ConsoleWithMFA(policy.AWS.UserARN(home, "/", "bob"), time.Minute)
		assert.Equal(t, !own, take(bob, "bob", nil), why)
		assert.False(t, take(access.Console(policy.AWS.UserARN(home, "/", "bob")), "bob", nil), "%s without MFA", why)
	}
}

// The standing proofs hold of every kind of grant, before, inside and after its window, and each mistake in a document
// of one is found by the proof that is about it.
func TestProofsHoldOfEveryKindOfGrant(t *testing.T) {
	template := newTemplate()
	grants := template.grants(from, until)
	require.NoError(t, grant.ValidateAll(grants))
	prove := func(w access.World, at time.Time) prove.Report {
		engine, err := access.Compile(w)
		require.NoError(t, err)
		report, err := claims.Prove(engine.From(at), template.intent(grants))
		require.NoError(t, err)
		return report
	}
	for _, at := range []time.Time{{}, from.Add(-time.Hour), from, until.Add(-time.Second), until.Add(time.Hour)} {
		report := prove(template.world(grants), at)
		for i := range report.Findings {
			f := &report.Findings[i]
			assert.NotEqual(t, doesNotHold, f.Verdict, "at %s: %s of %s: %s", at, f.ID, f.Subject, f.Problem)
		}
	}
	for _, c := range []struct {
		why, id string
		kinds   func(*grant.Args) bool
		spoil   func(*world.Role)
	}{
		{"the id is not compared", "only-listed-principals", fromPortal, without("identitystore:UserId")},
		{"any role of the account takes it", "only-listed-principals", fromPortal, without("aws:PrincipalArn")},
		{"the session has any name", "session-named-after-user", all, without("sts:RoleSessionName")},
		{"the trust policy has no window", "grants-end-with-their-window", all, without("aws:CurrentTime")},
		{"credentials go on", "grants-end-with-their-window", all, withoutFence("DenyEverythingAfterTheWindow")},
		{"credentials begin early", "grants-end-with-their-window", all, withoutFence("DenyEverythingBeforeTheWindow")},
	} {
		w := template.world(grants)
		spoilt := map[string]bool{}
		for _, g := range grants {
			for i := range w.Accounts[1].Roles {
				if r := &w.Accounts[1].Roles[i]; r.ARN(&w.Accounts[1]) == g.RoleARN() && c.kinds(g) {
					c.spoil(r)
					spoilt[g.RoleARN()] = true
				}
			}
		}
		report := prove(w, time.Time{})
		for i := range report.Findings {
			if f := &report.Findings[i]; f.ID == c.id {
				assert.Equal(t, spoilt[f.Subject], f.Verdict == doesNotHold, "%s: %s of %s", c.why, f.ID, f.Subject)
			}
		}
		assert.NotEmpty(t, spoilt, c.why)
	}
}

const doesNotHold = prove.DoesNotHold

func all(*grant.Args) bool          { return true }
func fromPortal(g *grant.Args) bool { return g.IdentityCenter.ID != "" }

// without takes the conditions on a key out of the trust policy.
func without(key string) func(*world.Role) {
	return func(r *world.Role) {
		trust := policy.New(r.Trust.Statements...)
		for i := range trust.Statements {
			var kept []policy.Condition
			for _, c := range trust.Statements[i].Conditions {
				if c.Key != key {
					kept = append(kept, c)
				}
			}
			trust.Statements[i].Conditions = kept
		}
		r.Trust = trust
	}
}

// withoutFence takes a statement out of the inline policies.
func withoutFence(sid string) func(*world.Role) {
	return func(r *world.Role) {
		inline := append([]world.InlinePolicy(nil), r.Inline...)
		for i := range inline {
			var kept []policy.Statement
			for _, st := range inline[i].Document.Statements {
				if st.Sid != sid {
					kept = append(kept, st)
				}
			}
			inline[i].Document = policy.New(kept...)
		}
		r.Inline = inline
	}
}

// Each refusal names its key, and comes from one mutation of a grant that is taken.
func TestEachMistakeInAGrantIsRefused(t *testing.T) {
	template := newTemplate()
	find := func(opens grant.Opens, portal bool) *grant.Args {
		for _, g := range template.grants(from, until) {
			if g.Opens == opens && (g.IdentityCenter.ID != "") == portal {
				return g
			}
		}
		return nil
	}
	for _, c := range []struct {
		opens  grant.Opens
		portal bool
		change func(*grant.Args)
		says   string
	}{
		{"shop-alice", false, func(g *grant.Args) { g.Opens = "nobodys-role" },
			`opens: "nobodys-role" is nothing that can be granted`},
		{"osAccess", false, func(g *grant.Args) { g.OSAccess = nil }, `there is no section osAccess`},
		{"AdminRole", false, func(g *grant.Args) { g.Projects = []string{"shop"} }, `projects: "shop" narrows nothing`},
		{"AdminRole", false, func(g *grant.Args) { g.RunAs = "bob" }, `runAs: "bob" names the OS user of shells`},
		{"AdminRole", false, func(g *grant.Args) { g.Until = g.From.Add(13 * time.Hour) },
			`grantMaxLength of AdminRole is 12h`},
		{"shop-alice", false, func(g *grant.Args) { g.Until = g.From.Add(13 * time.Hour) },
			`grantMaxLength of shop-alice is 12h`},
		{"shop-alice", false, func(g *grant.Args) { g.Projects = []string{"billing"} },
			`is not among the projects of shop-alice`},
		{"both-alice", false, func(g *grant.Args) { g.Projects = []string{"other"} },
			`is not among the projects of both-alice`},
		{"shop-alice", false, func(g *grant.Args) { g.RunAs = "" },
			`is the OS user of arn:aws:iam::111122223333:user/alice`},
		{"shop-alice", true, func(g *grant.Args) { g.IdentityCenter.ID = "dave" },
			`has an id that is none of the identity store`},
		{"shop-alice", true, func(g *grant.Args) { g.IdentityCenter.Name = "dave smith" }, `is no name of a session`},
		{"shop-alice", true, func(g *grant.Args) { g.User = "dave" },
			`is an IAM user and somebody of IAM Identity Center`},
	} {
		g := find(c.opens, c.portal)
		require.NoError(t, g.Validate(), "%s", c.says)
		c.change(g)
		assert.ErrorContains(t, g.Validate(), c.says)
	}
}

// A grant of an operation role starts shells as its person: as the given login, as the person's own, as the role's.
func TestShellsOfAGrantAreThePersons(t *testing.T) {
	template := newTemplate()
	g := template.grants(from, until)[2]
	require.Equal(t, grant.Opens("shop-alice"), g.Opens)
	assert.Equal(t, "bob", g.ShellsRunAs())
	g.RunAs, g.OSUser = "", "robert"
	assert.Equal(t, "robert", g.ShellsRunAs())
	require.NoError(t, g.Validate())
	assert.Contains(t, g.Role().Tags, world.Tag{Key: guardrail.RunAsTag, Value: "robert"})
	g.OSUser = ""
	assert.Equal(t, "alice", g.ShellsRunAs())
	template.operations.Roles[0].RunAs = operation.RunAsFromUser
	assert.Empty(t, g.ShellsRunAs())
	assert.ErrorContains(t, g.Validate(), "has none")
}

// A role of several projects narrows to those that the grant names, and never to others.
func TestAGrantNarrowsARoleOfSeveralProjects(t *testing.T) {
	template := newTemplate()
	g := template.grants(from, until)[4]
	require.Equal(t, grant.Opens("both-alice"), g.Opens)
	for _, projects := range [][]string{nil, {"shop"}, {"billing"}, {"billing", "shop"}} {
		g.Projects = projects
		require.NoError(t, g.Validate())
		engine, err := access.Compile(template.world([]*grant.Args{g}))
		require.NoError(t, err)
		for _, project := range []string{"shop", "billing", "other", ""} {
			for _, action := range []string{"ssm:GetConnectionStatus", "ec2:RebootInstances", "ec2:StopInstances"} {
				decision, err := engine.Decide(access.AssumedRole(g.RoleARN(), "bob").IssuedAt(from), access.Request{
					Action: action, Time: from,
					Resources: []access.Resource{{
						ARN:  policy.AWS.InstanceARN(region, work, "i-0123456789abcdef0"),
						Tags: []world.Tag{{Key: "Project", Value: project}},
					}},
				})
				require.NoError(t, err)
				reached := project == "shop" && (projects == nil || contains(projects, "shop")) ||
					project == "billing" && (projects == nil || contains(projects, "billing"))
				assert.Equal(
					t,
					reached,
					decision.Allowed(),
					"%s on %q with %v: %s",
					action,
					project,
					projects,
					decision,
				)
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// Who asked and who approved are tags of the role where they are known, of every kind of grant; they are two people.
func TestWhoAskedAndWhoApprovedAreTags(t *testing.T) {
	for _, g := range newTemplate().grants(from, until) {
		tags := func() map[string]string {
			found := map[string]string{}
			for _, tag := range g.Role().Tags {
				found[tag.Key] = tag.Value
			}
			return found
		}
		assert.NotContains(t, tags(), grant.AskedByTag)
		assert.NotContains(t, tags(), grant.ApprovedByTag)
		g.AskedBy, g.ApprovedBy = "octocat", "hubot"
		require.NoError(t, g.Validate())
		assert.Equal(t, "octocat", tags()[grant.AskedByTag])
		assert.Equal(t, "hubot", tags()[grant.ApprovedByTag])
		assert.Equal(t, g.Ticket, tags()[grant.TicketTag], "why")
		g.ApprovedBy = " OctoCat"
		assert.ErrorContains(t, g.Validate(), "approvedBy: \" OctoCat\" asked for the grant too")
		g.AskedBy, g.ApprovedBy = "a<b", "c\n"
		assert.ErrorContains(t, g.Validate(), "askedBy")
		assert.ErrorContains(t, g.Validate(), "approvedBy")
	}
}
