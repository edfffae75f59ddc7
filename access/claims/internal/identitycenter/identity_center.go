package identitycenter

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/alive"
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/nodes"
	"aws-access-guardrails/access/claims/internal/osusers"
	"aws-access-guardrails/access/claims/internal/people"
	"aws-access-guardrails/access/claims/internal/trust"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/internal/wording"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// standing is a proof that is made of attributes and permission sets.
type standing struct {
	ID, Claim string
	run       func(*prover)
}

// Claims are the standing proofs of IAM Identity Center. Ids are API, as those of standingProofs are.
var Claims = []standing{
	{
		"attributes-decide-alone",
		"project and OS user of a person are what the profile gives, whatever an identity provider sends",
		(*prover).attributesDecideAlone,
	},
	{
		"permission-set-own-project-only",
		"a permission set reaches the nodes of the person's project, or of the listed ones, and no others",
		(*prover).ownProjectOnly,
	},
	{
		"permission-set-no-other-door",
		"a permission set opens no way onto a node but the sessions and documents of its template",
		(*prover).noOtherDoor,
	},
	{
		"permission-set-legal-os-user",
		"a shell of a permission set starts as the person's login, never as root, ssm-user or a default user",
		(*prover).legalOSUser,
	},
	{
		"permission-set-changes-no-access",
		"a permission set changes neither credentials, access and authorization tags nor another person's session",
		(*prover).changesNoAccess,
	},
	{
		"permission-set-source-networks-only",
		"a permission set with source networks does nothing from another network",
		(*prover).sourceNetworksOnly,
	},
	{
		"permission-set-shells-work",
		"whoever is assigned a permission set opens the shells of its template",
		(*prover).shellsWork,
	},
}

// prover makes the proofs of one instance.
type prover struct {
	claim.Prover
	in       *intent.IdentityCenter
	asserted standing
}

// Prove makes the standing proofs of the instance of IAM Identity Center of a world. Safety proofs
// speak of every person with every combination of attributes, in a profile or sent by an identity provider. The
// subject of a finding is the role of a permission set, or the id of the account that manages the instance. An intent
// that speaks of what the world does not have is an error.
func Prove(e *engine.Engine, in intent.IdentityCenter) (prove.Report, error) {
	p, err := newIdentityCenterProver(e, &in)
	if err != nil {
		return prove.Report{}, err
	}
	p.findAdministrators()
	for _, proof := range Claims {
		p.asserted = proof
		proof.run(p)
	}
	return p.Report, nil
}

// Administrators computes which permission sets administer their account, as ProveIdentityCenter lists
// them, without making a proof. It returns the errors of ProveIdentityCenter.
func Administrators(e *engine.Engine, in intent.IdentityCenter) ([]prove.Administrator, error) {
	p, err := newIdentityCenterProver(e, &in)
	if err != nil {
		return nil, err
	}
	p.findAdministrators()
	return p.Report.Administrators, nil
}

func newIdentityCenterProver(e *engine.Engine, in *intent.IdentityCenter) (*prover, error) {
	if e.World().IdentityCenter == nil {
		return nil, fmt.Errorf("intent of IAM Identity Center: the world has no instance")
	}
	for _, set := range in.PermissionSets {
		if e.PermissionSetOf(set.ARN) == "" {
			return nil, fmt.Errorf(
				"intent of IAM Identity Center: %q: the world has no such role of a permission set",
				set.ARN,
			)
		}
	}
	return &prover{Prover: *claim.New(e), in: in}, nil
}

// findAdministrators computes which permission sets administer their account; they are declared, because they are
// written down.
func (p *prover) findAdministrators() {
	for i := range p.in.PermissionSets {
		account := p.home(&p.in.PermissionSets[i])
		who := p.Engine.Principals[p.in.PermissionSets[i].ARN]
		if by, all := p.Reigns(engine.IdentityCenter(who.Arn, anyPerson), account, p.Engine.Day()); all {
			p.Report.Administrators = append(
				p.Report.Administrators,
				prove.Administrator{ARN: who.Arn, By: by, Declared: true},
			)
		}
	}
}

// anyPerson is a user name that no document has a reason to know.
const anyPerson = "somebody"

func (p *prover) home(set *intent.PermissionSet) *engine.CompiledAccount {
	return p.Engine.Accounts[policy.ARNPart(set.ARN, 4)]
}

func (p *prover) finding(subject string) prove.Finding {
	account := subject
	if policy.IsARN(subject) {
		account = policy.ARNPart(subject, 4)
	}
	return prove.Finding{
		ID:      p.asserted.ID,
		Account: account,
		Subject: subject,
		Claim:   p.asserted.Claim,
		Page:    prove.ProofPage(p.asserted.ID),
	}
}

// everyPerson is the session of a permission set whose tags are anybody's.
func (p *prover) everyPerson(set *intent.PermissionSet) engine.Session {
	return engine.IdentityCenter(set.ARN, anyPerson)
}

// forSets runs for each permission set that does not administer its account.
func (p *prover) forSets(run func(*intent.PermissionSet)) {
	for i := range p.in.PermissionSets {
		if set := &p.in.PermissionSets[i]; !p.Administers(set.ARN) {
			run(set)
		}
	}
}

// attributesDecideAlone: the tags of a session depend on each key alone, so that for each key the ways in which a
// profile and an assertion can come together are all there are: a value or none in the profile; the key, the key in
// another case or neither in the assertion.
func (p *prover) attributesDecideAlone() {
	f := p.finding(p.in.Account)
	center := p.Engine.World().IdentityCenter
	for _, key := range p.in.AuthorizationTags() {
		i := slices.IndexFunc(center.Attributes, func(a world.AccessControlAttribute) bool { return a.Key == key })
		if i < 0 {
			f.Verdict = prove.DoesNotHold
			f.Problem = strings.TrimPrefix(
				f.Problem+"; the tag "+key+" is not among the attributes, so an identity provider chooses it",
				"; ",
			)
			p.injected(&f, key)
			continue
		}
		p.profileDecides(&f, center, center.Attributes[i])
		if key == world.RunAsTag {
			whoHasTheUser(&f, center.Attributes[i])
		}
	}
	p.Add(f)
}

// attributePath is where an attribute stands in the stack file.
func attributePath(key string) string { return "identityCenter.attributes." + key }

// profileDecides tries every way in which the profile of a person and the assertion of an identity provider can speak
// of an attribute: the tag is always what the profile says, or there is none.
func (p *prover) profileDecides(
	f *prove.Finding,
	center *world.IdentityCenterInstance,
	attribute world.AccessControlAttribute,
) {
	key, source := attribute.Key, attribute.Source
	for _, asserted := range []string{key, strings.ToUpper(key), strings.ToLower(key)} {
		for _, value := range []string{"own", ""} {
			if value == "" && source.Required {
				continue
			}
			f.Classes++
			person := world.Person{
				UserName: "own",
				Profile:  map[string]string{},
				Asserted: map[string]string{asserted: "foreign"},
			}
			if source.Path != "userName" {
				person.Profile[source.Path] = value
			}
			tags, err := center.SessionTags(person)
			if err != nil || engine.FindTag(tags, key).One == value {
				continue
			}
			if value != "" {
				f.Verdict, f.Problem = prove.DoesNotHold, "the value of "+key+" that an identity provider sends stands in place of the profile's"
				continue
			}
			f.Assume(attributePath(key), "everybody who is assigned a permission set has a value of "+source.Path+
				", or no identity provider sends AccessControl:"+key)
		}
	}
}

// whoHasTheUser says what it rests on that an OS user is one person's, or that it is not.
func whoHasTheUser(f *prove.Finding, attribute world.AccessControlAttribute) {
	path, source := attributePath(attribute.Key), attribute.Source
	switch source.Use {
	case world.SourceShared:
		f.Waivers = append(f.Waivers, prove.Waiver{Key: path,
			Text: "everybody with one " + source.Path + " is one OS user, so the logs of a node do not say who it was"})
	case world.SourcePersonal:
		f.Assume(path, "no two people have one "+source.Path)
	case world.SourceUnique:
	}
}

// injected shows what an identity provider reaches with a tag of its choice.
func (p *prover) injected(f *prove.Finding, key string) {
	for i := range p.in.PermissionSets {
		set := &p.in.PermissionSets[i]
		people := p.assigned(set)
		if f.Witness != nil || !set.OpensSessions || len(people) == 0 || len(set.Regions) == 0 {
			continue
		}
		person := people[0]
		person.Asserted = map[string]string{key: "chosen"}
		j := p.shell(set, person, set.Regions[0], world.Instance)
		if arrival, err := journey.Walk(p.Engine, j); err == nil {
			f.Witness, f.Journey = &arrival, &j
		}
	}
}

// ownProjectOnly: for every attribute that a person can have, absent and empty ones included. Who only reads has no
// project of their own: every node is another's.
func (p *prover) ownProjectOnly() {
	key := "aws:ResourceTag/" + p.in.AuthorizationTags()[0]
	nodeARNs := []string{"arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*"}
	p.forSets(func(set *intent.PermissionSet) {
		if !set.OpensSessions && !set.ReadOnly {
			return
		}
		q := search.Question{Forbidden: []*engine.Statement{nodes.ReachNodes()}}
		problem := "a node of another project can be reached"
		switch {
		case set.ReadOnly:
			problem = "a node can be reached, started or stopped"
		case set.OwnProject:
			q.Permitted = []*engine.Statement{engine.MustStatement(policy.Allow("", "*").On(nodeARNs...).When(
				nodes.OfProjects(set.Separator, key, "${aws:PrincipalTag/"+p.in.AuthorizationTags()[0]+"}"),
				policy.Is(policy.Operator{Base: policy.OpStringLike}, key, "?*"),
				policy.Is(policy.Operator{Base: policy.OpStringLike},
					"aws:PrincipalTag/"+p.in.AuthorizationTags()[0], "?*")))}
		case len(set.Projects) > 0:
			q.Permitted = []*engine.Statement{
				engine.MustStatement(
					policy.Allow("", "*").
						On(nodeARNs...).
						When(nodes.OfProjects(set.Separator, key, claim.Literals(set.Projects)...)),
				),
			}
		default:
			q.Permitted = []*engine.Statement{engine.MustStatement(policy.Allow("", "*").On(nodeARNs...))}
		}
		// A Deny is meant to bound what the template is for.
		meant := nodes.Opening()
		if set.OwnProject || set.ReadOnly {
			meant = nodes.Operating()
		}
		core := search.Question{Forbidden: []*engine.Statement{meant}, Permitted: q.Permitted}
		p.Conclude(p.finding(set.ARN), p.AskAll(q, p.everyPerson(set)), problem, p.AskAll(core, p.everyPerson(set)))
	})
}

func (p *prover) noOtherDoor() {
	p.forSets(func(set *intent.PermissionSet) {
		if !set.OpensSessions && !set.ReadOnly {
			return
		}
		f := p.finding(set.ARN)
		var listed []string
		if set.OpensSessions {
			for _, name := range append([]string{world.PreferencesDocument}, set.Documents...) {
				for _, id := range set.Accounts {
					listed = append(listed, p.home(set).Partition.DocumentARN("*", id, name))
				}
				if policy.DocumentOfAWS(name) && name != world.PortDocument {
					f.Waivers = append(
						f.Waivers,
						prove.Waiver{
							Key:  set.Key + ".allowUnlogged",
							Text: "sessions with " + name + " leave the project, the OS user or the logs",
						},
					)
				}
			}
		}
		var permitted []policy.Statement
		if len(listed) > 0 {
			permitted = append(permitted, policy.Allow("", "*").On(listed...))
		}
		others := p.AskAll(
			search.Asking([]policy.Statement{policy.Allow("", nodes.OtherDoors...).On("*")}),
			p.everyPerson(set),
		)
		a := others.And(
			p.AskAll(
				search.Asking(
					[]policy.Statement{policy.Allow("", "ssm:StartSession").On("arn:*:ssm:*:*:document/*")},
					permitted...),
				p.everyPerson(set),
			),
		)
		p.Conclude(f, a, "there is another way onto a node", others)
	})
}

// legalOSUser: where a session opens, Run As is on, and no attribute names a user with privileges.
func (p *prover) legalOSUser() {
	p.forSets(func(set *intent.PermissionSet) {
		if !set.OpensSessions {
			return
		}
		f, home := p.finding(set.ARN), p.home(set)
		known, _ := p.Engine.AccountOf(home.ID)
		s := engine.IdentityCenter(set.ARN, anyPerson, world.Tag{Key: world.RunAsTag, Value: anyPerson})
		var managed []string
		for i := range known.Preferences {
			region := known.Preferences[i].Region
			if known.Preferences[i].RunAs {
				managed = append(managed, home.Arn("ssm", region, "document/"+world.PreferencesDocument))
			}
			if slices.Contains(set.Regions, region) {
				osusers.OwnDocuments(&p.Prover, &f, s, known, region, set.Documents)
			}
		}
		if f.Verdict == prove.DoesNotHold {
			p.Add(f)
			return
		}
		var permitted []policy.Statement
		if len(managed) > 0 {
			permitted = append(permitted, policy.Allow("", "*").On(managed...))
		}
		// Documents of the other accounts of the permission set are not this account's.
		start := []policy.Statement{
			policy.Allow("", "ssm:StartSession").On(home.Arn("ssm", "*", "document/"+world.PreferencesDocument)),
		}
		a := p.AskAll(search.Asking(start, permitted...), p.everyPerson(set))
		if a.Open {
			p.Conclude(
				f,
				a,
				"a shell opens in a Region of account "+home.ID+" without managed preferences, where it is "+world.AgentUser+", with sudo",
			)
			return
		}
		runAs := "aws:PrincipalTag/" + world.RunAsTag
		node := policy.Allow("", "ssm:StartSession").On("arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*")
		a = a.And(
			p.AskAll(
				search.Asking(
					[]policy.Statement{
						node.When(policy.Absent(runAs)),
						node.When(
							policy.Is(
								policy.Operator{Base: policy.OpStringLike},
								runAs,
								world.IllegalLoginPatterns(set.DomainLogins)...),
						),
					},
				),
				p.everyPerson(set),
			),
		)
		p.Conclude(f, a, "a shell can start as a user whom no profile names, or one with privileges")
	})
}

// changesNoAccess: what a permission set could change to give its people more.
func (p *prover) changesNoAccess() {
	const problem = "somebody who is no administrator changes what people may do"
	p.forSets(func(set *intent.PermissionSet) {
		in := &intent.Account{Account: p.home(set).ID, ProjectTag: p.in.ProjectTag}
		forbidden := append(people.TagWrites(&p.Prover, in),
			policy.Allow("", slices.Concat(people.CredentialWrites, people.AccessWrites)...).On("*"),
			policy.Allow("", "ssm:ResumeSession", "ssm:TerminateSession").On("*"))
		own := policy.Allow("", "*").
			On("arn:*:ssm:*:*:session/*").
			When(policy.StringEquals(nodes.SessionTag, "${aws:userid}"))
		a := p.AskAll(search.Asking(forbidden, own), p.everyPerson(set))
		// Denies are meant to shut tags, and whatever changes access where the permission set only reads.
		denied := people.TagWrites(&p.Prover, in)
		if set.ReadOnly {
			denied = append(denied, policy.Allow("", people.AccessWrites...).On("*"))
		}
		tagging := p.EveryCall(search.Asking([]policy.Statement{policy.Allow("", "sts:TagSession").On("*").
			When(policy.AnyEqualsIgnoringCase("aws:TagKeys", in.AuthorizationTags()...))}), p.everyPerson(set))
		// Tags of a session of a role elsewhere decide nothing here.
		tagging = tagging.WithoutGuess()
		a = a.And(tagging)
		if !set.OpensSessions && !set.ReadOnly {
			p.Conclude(p.finding(set.ARN), a, problem)
			return
		}
		a = a.And(p.grantsOnKeys(set)).And(p.otherRoles(set))
		p.Conclude(p.finding(set.ARN), a, problem, p.AskAll(search.Asking(denied), p.everyPerson(set)))
	})
}

// grantsOnKeys asks whether a permission set gives somebody the use of a KMS key of its account, beyond what EC2 asks
// for when one of its instances starts.
func (p *prover) grantsOnKeys(set *intent.PermissionSet) search.Answer {
	var permitted []policy.Statement
	if len(set.VolumeKeys) > 0 {
		permitted = append(permitted, nodes.UseOfVolumeKeys(set.VolumeKeys))
	}
	return p.AskAll(
		search.Asking(
			[]policy.Statement{policy.Allow("", "kms:CreateGrant", "kms:PutKeyPolicy").On("*")},
			permitted...),
		p.everyPerson(set),
	)
}

// otherRoles asks whether a session of a permission set becomes a role that is not among those that it is meant to
// assume: what such a role may do is bounded by nothing that is claimed here.
func (p *prover) otherRoles(set *intent.PermissionSet) search.Answer {
	var permitted []policy.Statement
	if len(set.Roles) > 0 {
		permitted = append(permitted, policy.Allow("", "sts:AssumeRole").On(set.Roles...))
	}
	return p.EveryCall(
		search.Asking([]policy.Statement{policy.Allow("", "sts:AssumeRole").On("*")}, permitted...),
		p.everyPerson(set),
	)
}

// sourceNetworksOnly: whoever it is, and whatever else the permission set carries. Identity Center lets people take it
// from anywhere.
func (p *prover) sourceNetworksOnly() {
	for i := range p.in.PermissionSets {
		set := &p.in.PermissionSets[i]
		if set.Networks.Any() {
			continue
		}
		calls := p.EveryCall(trust.CallsFromElsewhere(set.Networks), p.everyPerson(set))
		p.Conclude(p.finding(set.ARN), calls, "the permission set does something from another network")
	}
}

// assigned are people who may take the permission set, one for each assignment, with a value for every attribute.
func (p *prover) assigned(set *intent.PermissionSet) []world.Person {
	var people []world.Person
	for _, a := range p.Engine.World().IdentityCenter.Assignments {
		if a.PermissionSet != set.Name || a.Account != policy.ARNPart(set.ARN, 4) {
			continue
		}
		person := world.Person{UserName: anyPerson, Groups: []string{a.Group}, Profile: map[string]string{}}
		if a.User != "" {
			person = world.Person{UserName: a.User, Profile: map[string]string{}}
		}
		for _, attribute := range p.Engine.World().IdentityCenter.Attributes {
			if attribute.Source.Path != "userName" {
				person.Profile[attribute.Source.Path] = anyPerson
			}
		}
		people = append(people, person)
	}
	return people
}

// shell is the way of a person to a shell on a node that the template reaches.
func (p *prover) shell(
	set *intent.PermissionSet,
	person world.Person,
	region string,
	kind world.NodeKind,
) journey.Journey {
	tag, project := p.in.AuthorizationTags()[0], "anything"
	switch {
	case set.OwnProject:
		tags, _ := p.Engine.World().IdentityCenter.SessionTags(person)
		project = engine.FindTag(tags, tag).One
	case len(set.Projects) > 0:
		project = set.Projects[0]
	}
	node := world.Node{
		Kind:   kind,
		ID:     "i-0123456789abcdef0",
		Region: region,
		Tags:   []world.Tag{{Key: tag, Value: project}},
	}
	if kind == world.ManagedInstance {
		node.ID = "mi-0123456789abcdef0"
		// One of the two kinds has the project beside others, where nodes have several.
		if s := set.Separator; s != "" {
			node.Tags[0].Value = "x" + s + project + s + "y"
		}
	}
	return journey.Journey{
		Portal: &journey.Portal{Person: person, Role: set.ARN},
		Opens:  &journey.Door{Kind: world.Shell, Node: node},
		At:     p.Engine.Day(),
	}
}

// starting is the way of a person to the start, or the stop, of an instance that the template reaches.
func (p *prover) starting(set *intent.PermissionSet, person world.Person, region, action string) journey.Journey {
	way := p.shell(set, person, region, world.Instance)
	node := way.Opens.Node
	instance := engine.Resource{
		ARN:  p.Engine.Principals[set.ARN].Account.Arn("ec2", node.Region, "instance/"+node.ID),
		Tags: node.Tags,
	}
	way.Opens, way.Does = nil, &engine.Request{
		Action:    action,
		Resources: []engine.Resource{instance},
		Context:   engine.Context{"aws:RequestedRegion": {region}},
		Time:      way.At,
	}
	return way
}

// shellsWork: whoever is assigned, on an EC2 instance and on a managed node, in every Region.
func (p *prover) shellsWork() {
	p.forSets(func(set *intent.PermissionSet) {
		people := p.assigned(set)
		if !set.OpensSessions || len(people) == 0 {
			return
		}
		l := alive.Begin(&p.Prover, p.finding(set.ARN))
		for _, person := range people {
			for _, region := range set.Regions {
				for _, kind := range []world.NodeKind{world.Instance, world.ManagedInstance} {
					who := person.UserName
					if len(person.Groups) > 0 {
						who = "somebody in " + wording.JoinWords(person.Groups, "and")
					}
					l.Journey(
						fmt.Sprintf("opening a shell in %s as %s", region, who),
						p.shell(set, person, region, kind),
					)
				}
				if !set.StartStop {
					continue
				}
				for _, action := range []string{journey.StartInstances, "ec2:StopInstances"} {
					l.Journey(
						fmt.Sprintf("calling %s on an instance of the project in %s", action, region),
						p.starting(set, person, region, action),
					)
				}
			}
		}
		l.Done()
	})
}
