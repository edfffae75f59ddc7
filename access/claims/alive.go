package claims

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// liveProofs are the standing proofs that something works.
var liveProofs = []string{
	"enrolment-works",
	"first-password-change-works",
	"self-service-works",
	"declared-journeys-work",
	"own-sessions-work",
	"deployer-not-locked-out",
	"break-glass-not-locked-out",
}

// ProvesThatItWorks reports whether a standing proof of an account, by its id, is that something works, and not that
// something is shut.
func ProvesThatItWorks(id string) bool { return slices.Contains(liveProofs, id) }

// liveness is a list of things that must work. It stops at the first that does not.
type liveness struct {
	p *prover
	f prove.Finding
}

func (p *prover) alive(f prove.Finding) *liveness { return &liveness{p: p, f: f} }

// call must be allowed.
func (l *liveness) call(what string, s engine.Session, action string, arns ...string) {
	l.request(what, s, engine.Request{Action: action, Resources: engine.On(arns...)})
}

func (l *liveness) request(what string, s engine.Session, r engine.Request) {
	l.journey(what, journey.Journey{From: s, Does: &r, At: r.Time})
}

// journey must arrive.
func (l *liveness) journey(what string, j journey.Journey) (journey.Arrival, bool) {
	if l.f.Verdict == prove.DoesNotHold {
		return journey.Arrival{}, false
	}
	l.f.Classes++
	if j.At.IsZero() {
		j.At = l.p.engine.Day()
	}
	arrival, err := journey.Walk(l.p.engine, j)
	switch {
	case err != nil:
		l.f.Verdict, l.f.Problem = prove.DoesNotHold, fmt.Sprintf("%s: cannot be decided: %s", what, err)
		return journey.Arrival{}, false
	case arrival.Allowed():
		if arrival.NodeRole != "" {
			l.assume(
				arrival.NodeRole,
				what+": the node runs as a role that is left out of what shuts its agent out, such as "+arrival.NodeRole,
			)
		}
		for _, lack := range arrival.Lacks {
			l.f.Assume(lack.ID, what+": nobody minds that "+lack.Text)
		}
		return arrival, true
	}
	if generous, err := journey.Walk(
		l.p.engine.Assuming(engine.UnknownAllowsEverything),
		j,
	); err == nil &&
		generous.Allowed() {
		l.f.Verdict = max(l.f.Verdict, prove.HoldsIf)
		last := arrival.Steps[len(arrival.Steps)-1]
		id := strings.Join(last.Decision.Unknowns, " and ")
		l.assume(
			cmp.Or(id, policy.ARNPart(last.Decision.Resource, 4)),
			what+": "+cmp.Or(id, "what is not known")+" allows it",
		)
		return generous, true
	}
	l.f.Verdict, l.f.Problem = prove.DoesNotHold, what+" does not work: "+ended(arrival)
	if by := arrival.By(); by.Kind == engine.ServiceControlPolicySource {
		l.f.By = append(l.f.By, by)
	}
	l.f.Witness, l.f.Journey = &arrival, &j
	return arrival, false
}

// ended is what ended a journey, and what was tried where it was not the caller who tried it.
func ended(a journey.Arrival) string {
	step := a.Steps[len(a.Steps)-1]
	if step.Request != nil && step.As.Subject() != a.As.Subject() {
		return step.Does + " and is refused: " + a.By().String()
	}
	return a.By().String()
}

func (l *liveness) assume(id, text string) {
	l.f.Verdict = max(l.f.Verdict, prove.HoldsIf)
	l.f.Assumptions = append(l.f.Assumptions, prove.ProofAssumption{ID: id, Text: text})
}

func (l *liveness) done() { l.p.add(l.f) }

// anotherDevice is a device name that no policy has a reason to know: the console lets people choose.
const anotherDevice = "my-phone"

// enrolmentWorks: in the console, signed in with a password alone.
func (p *prover) enrolmentWorks(in *intent.Account) {
	for _, member := range in.Members {
		if p.toldOfAnother(member) {
			continue
		}
		who := p.engine.Principals[member]
		l := p.alive(p.begin(in, member))
		console := engine.Console(member)
		l.call("listing their own devices", console, "iam:ListMFADevices", member)
		l.call("making a device that is named like the user", console, "iam:CreateVirtualMFADevice", who.Device())
		l.call(
			"making a device with another name",
			console,
			"iam:CreateVirtualMFADevice",
			p.account(in).Arn("iam", "", "mfa/"+anotherDevice),
		)
		l.call(
			"deleting the device of an enrolment that was cancelled",
			console,
			"iam:DeleteVirtualMFADevice",
			who.Device(),
		)
		l.call("enabling the device", console, "iam:EnableMFADevice", member)
		l.call(
			"replacing the device once MFA is there",
			engine.ConsoleWithMFA(member, search.SomeAge),
			"iam:DeactivateMFADevice",
			member,
		)
		l.done()
	}
}

// firstPasswordChangeWorks: a first sign-in with a password that must be changed.
func (p *prover) firstPasswordChangeWorks(in *intent.Account) {
	if !in.MFA.FirstPasswordChange {
		return
	}
	for _, member := range in.Members {
		if p.toldOfAnother(member) {
			continue
		}
		l := p.alive(p.begin(in, member))
		l.call("changing their own password", engine.Console(member), "iam:ChangePassword", member)
		l.call("reading what a password must have", engine.Console(member), "iam:GetAccountPasswordPolicy")
		l.done()
	}
}

// selfServiceWorks: what the switches name, with MFA.
func (p *prover) selfServiceWorks(in *intent.Account) {
	if !in.MFA.AccessKeys && len(in.MFA.ContactTags) == 0 {
		return
	}
	for _, member := range in.Members {
		if p.toldOfAnother(member) {
			continue
		}
		l := p.alive(p.begin(in, member))
		console := engine.ConsoleWithMFA(member, search.SomeAge)
		l.call("changing their own password", console, "iam:ChangePassword", member)
		if in.MFA.AccessKeys {
			for _, action := range []string{"CreateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed", "ListAccessKeys", "UpdateAccessKey"} {
				l.call("managing their own access keys with iam:"+action, console, "iam:"+action, member)
			}
		}
		for _, tag := range in.MFA.ContactTags {
			keys := engine.Context{"aws:TagKeys": {tag}}
			written := keys.With("aws:RequestTag/"+tag, "new")
			l.request(
				"writing their own tag "+tag,
				console,
				engine.Request{Action: "iam:TagUser", Resources: engine.On(member), Context: written},
			)
			l.request(
				"removing their own tag "+tag,
				console,
				engine.Request{Action: "iam:UntagUser", Resources: engine.On(member), Context: keys},
			)
		}
		if len(in.MFA.ContactTags) > 0 {
			l.call("reading their own tags", console, "iam:ListUserTags", member)
		}
		l.done()
	}
}

// declaredJourneysWork: in the console and with an access key and an MFA code, each principal assumes the role; from
// an operation role the shell and each listed document open on a node of the project, as a legal OS user.
func (p *prover) declaredJourneysWork(in *intent.Account) {
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.toldOfAnother(r.ARN) {
			continue
		}
		l := p.alive(p.begin(in, r.ARN))
		if r.OwnOSUser {
			p.assumable(l, r.Role, p.ownOSUserTag)
		} else {
			p.assumable(l, r.Role, nil)
		}
		for _, document := range append([]string{world.PreferencesDocument}, r.Documents...) {
			p.opens(l, in, r, document)
		}
		p.finds(l, in, r)
		l.done()
	}
	for _, r := range in.DelegatedRoles {
		if p.toldOfAnother(r.ARN) {
			continue
		}
		l := p.alive(p.begin(in, r.ARN))
		p.assumable(l, r, nil)
		if r.Shells.Open {
			shells := intent.OperationRole{Role: r, Projects: r.Shells.Projects, Documents: r.Shells.Documents}
			for _, document := range append([]string{world.PreferencesDocument}, r.Shells.Documents...) {
				p.opens(l, in, &shells, document)
			}
		}
		l.done()
	}
	if len(in.OperationRoles) == 0 {
		p.agentsAnswer(in)
	}
}

// agentsAnswer: where preferences are set, shells are meant to open, be it through grants, permission sets or roles
// of others. What it finds is told only where it does not hold: roles that open shells say it themselves.
func (p *prover) agentsAnswer(in *intent.Account) {
	account, err := p.engine.AccountOf(in.Account)
	if err != nil {
		return
	}
	f := p.begin(in, in.Account)
	for _, region := range in.Regions {
		node := world.Node{Kind: world.Instance, ID: "i-0123456789abcdef0", Region: region}
		half, err := journey.NodeHalf(p.engine, account, node, p.engine.Day())
		if err != nil {
			continue
		}
		f.Classes++
		if !half.Allowed() {
			step := half.Steps[len(half.Steps)-1]
			f.Verdict, f.By, f.Witness = prove.DoesNotHold, []engine.Source{half.By()}, &half
			f.Problem = "no shell opens in " + region + ", whose preferences are set: " + step.Does +
				" and is refused: " + half.By().String()
			break
		}
		for _, lack := range half.Lacks {
			f.Assume(lack.ID, "a shell in "+region+": nobody minds that "+lack.Text)
		}
	}
	if f.Verdict != prove.Holds {
		p.add(f)
	}
}

// assumable: each principal of the world assumes the role, with a session tag where the role wants one. What a
// principal of another account may do there is an assumption.
func (p *prover) assumable(l *liveness, r intent.Role, tag func(user string) world.Tag) {
	if r.IdentityCenter.ID != "" {
		p.assumableFromPortal(l, r)
		return
	}
	p.assumableByPartner(l, r)
	for _, user := range r.Principals {
		via := []journey.Hop{{Role: r.ARN}}
		if tag != nil {
			via[0].Tags = []world.Tag{tag(user)}
		}
		if _, known := p.engine.Principals[user]; !known {
			account := policy.ARNPart(user, 4)
			l.assume(account, "the policies of account "+account+" let "+user+" assume the role")
			m := &search.Model{Keys: map[string]engine.Values{"aws:multifactorauthpresent": engine.Single("true")}}
			if tag != nil {
				own := "aws:principaltag/" + strings.ToLower(world.RunAsTag)
				m.Keys[own], m.Names = engine.Single(
					tag(user).Value,
				), map[string]*conditionkey.Key{
					own: {Name: own, Kind: conditionkey.KeyPrincipalTag, Tag: world.RunAsTag},
				}
			}
			engine, s := search.WithStranger(p.engine, user, m)
			if engine == nil {
				l.f.Verdict, l.f.Problem = prove.DoesNotHold, "there can be no user "+user
				return
			}
			stranger := *l
			stranger.p = &prover{engine: engine}
			stranger.journey(user+" assuming the role", journey.Journey{From: s, Via: via, At: r.From})
			l.f = stranger.f
			continue
		}
		if tag == nil {
			l.journey(
				user+" switching to the role in the console",
				journey.Journey{From: engine.ConsoleWithMFA(user, youngest(r.MFAMaxAge)), Via: via, At: r.From},
			)
		} else {
			// The console passes no session tags.
			l.journey(
				user+" assuming the role with a session token",
				journey.Journey{From: engine.SessionTokenWithMFA(user, youngest(r.MFAMaxAge)), Via: via, At: r.From},
			)
		}
		l.journey(
			user+" assuming the role with an access key and an MFA code",
			journey.Journey{From: engine.LongTermKey(user).WithMFACode(), Via: via, At: r.From},
		)
	}
}

// assumableByPartner: each principal of the partner assumes the role with the external id. What it may do in its own
// account is an assumption; of a whole account somebody does.
func (p *prover) assumableByPartner(l *liveness, r intent.Role) {
	for _, arn := range r.Partner.Principals {
		account := policy.ARNPart(arn, 4)
		l.assume(account, "the policies of account "+account+" let "+arn+" assume the role")
		caller := arn
		if policy.ARNResource(arn) == "root" {
			caller = "arn:" + policy.ARNPart(arn, 1) + ":iam::" + account + ":role/partner"
		}
		engine, s := search.WithStranger(p.engine, caller, &search.Model{})
		if engine == nil {
			l.f.Verdict, l.f.Problem = prove.DoesNotHold, "there can be no principal "+arn
			return
		}
		partner := *l
		partner.p = &prover{engine: engine}
		partner.journey(
			arn+" assuming the role with the external id",
			journey.Journey{From: s, Via: []journey.Hop{{Role: r.ARN, ExternalID: r.Partner.ExternalID}}, At: r.From},
		)
		l.f = partner.f
	}
}

// assumableFromPortal: the person of IAM Identity Center assumes the role from one of the permission sets that the
// person, or a group, takes in the account of the role. Who is in which group is not in the world.
func (p *prover) assumableFromPortal(l *liveness, r intent.Role) {
	account, who := policy.ARNPart(r.ARN, 4), r.IdentityCenter
	center := p.engine.World().IdentityCenter
	if center == nil {
		l.assume(
			account,
			"a permission set that "+who.Name+" takes in account "+account+" lets its sessions assume "+r.ARN,
		)
		return
	}
	var ways []journey.Journey
	home, _ := p.engine.AccountOf(account)
	for i := range home.Roles {
		role := &home.Roles[i]
		for _, a := range center.Assignments {
			if role.PermissionSet == "" || a.Account != account || a.PermissionSet != role.PermissionSet || a.User != "" && a.User != who.Name {
				continue
			}
			person := world.Person{UserName: who.Name}
			if a.Group != "" {
				person.Groups = []string{a.Group}
			}
			ways = append(ways, journey.Journey{
				Portal: &journey.Portal{Person: person, Role: role.ARN(home)},
				Via:    []journey.Hop{{Role: r.ARN}},
				At:     r.From,
			})
		}
	}
	if len(ways) == 0 {
		l.f.Verdict, l.f.Problem = prove.DoesNotHold, "no permission set is assigned in account "+account+" that "+who.Name+" could take"
		return
	}
	// Who is assigned in person comes first: nothing has to be known of groups then.
	slices.SortStableFunc(ways, func(a, b journey.Journey) int {
		return cmp.Compare(len(a.Portal.Person.Groups), len(b.Portal.Person.Groups))
	})
	best := ways[0]
	for _, way := range ways {
		if arrival, err := journey.Walk(p.engine, way); err == nil && arrival.Allowed() {
			best = way
			break
		}
	}
	_, arrives := l.journey(who.Name+" assuming the role from a permission set", best)
	if groups := best.Portal.Person.Groups; arrives && len(groups) > 0 {
		l.assume(groups[0], who.Name+" is in the group "+groups[0]+" of IAM Identity Center")
	}
}

// youngest is an age of MFA that a limit must accept.
func youngest(limit time.Duration) time.Duration {
	if limit > 0 && limit <= search.SomeAge {
		return 0
	}
	return search.SomeAge
}

// opens: a door on a node of the project, an EC2 instance and a managed node, in every Region with preferences.
func (p *prover) opens(l *liveness, in *intent.Account, r *intent.OperationRole, document string) {
	kind := world.Shell
	switch document {
	case "AWS-StartPortForwardingSession":
		kind = world.Port
	case "AWS-StartPortForwardingSessionToRemoteHost":
		kind = world.RemotePort
	case "AWS-StartSSHSession":
		kind = world.SSH
	}
	regions := in.Regions
	if regions == nil {
		regions = []string{engine.SomeRegion(p.account(in).Partition)}
	}
	for _, region := range regions {
		for _, node := range []world.Node{{Kind: world.Instance, ID: "i-0123456789abcdef0"}, {Kind: world.ManagedInstance, ID: "mi-0123456789abcdef0"}} {
			for _, tags := range p.ownTags(in, r) {
				node.Region, node.Tags = region, tags
				door := &journey.Door{Kind: kind, Node: node, Document: document}
				if !p.opensWithChannel(l, in, r, door) {
					return
				}
			}
		}
	}
}

// opensWithChannel: the door opens, and what comes back from the node reaches the person.
func (p *prover) opensWithChannel(l *liveness, in *intent.Account, r *intent.OperationRole, door *journey.Door) bool {
	what := fmt.Sprintf("opening %s on a node of the project in %s", door.Document, door.Node.Region)
	arrival, ok := l.journey(what, journey.Journey{From: p.operation(in, r), Opens: door, At: r.From})
	if !ok {
		return false
	}
	for _, step := range arrival.Steps {
		if strings.Contains(step.Note, "ssmmessages:OpenDataChannel") {
			l.f.Verdict, l.f.Problem = prove.DoesNotHold, what+" starts a session without a data channel: "+step.Note
			l.f.Witness = &arrival
			return false
		}
	}
	return true
}

// ownTags are the tags of nodes that the role is for, one list for each of its projects.
func (p *prover) ownTags(in *intent.Account, r *intent.OperationRole) [][]world.Tag {
	var all [][]world.Tag
	for _, project := range r.AllProjects() {
		values := []string{project}
		if s := in.ProjectSeparator; s != "" {
			values = append(values, project+s+"x", "x"+s+project, "x"+s+project+s+"y")
		}
		for _, value := range values {
			all = append(all, []world.Tag{{Key: in.ProjectTagKey(), Value: value}})
		}
	}
	if all == nil {
		all = append(all, []world.Tag{{Key: in.ProjectTagKey()}})
	}
	if r.Environment != "" {
		for i := range all {
			all[i] = append(all[i], world.Tag{Key: in.EnvironmentTag, Value: r.Environment})
		}
	}
	return all
}

// finds: the console's way to a session, which lists nodes and asks whether they are connected.
func (p *prover) finds(l *liveness, in *intent.Account, r *intent.OperationRole) {
	region := engine.SomeRegion(p.account(in).Partition)
	if len(in.Regions) > 0 {
		region = in.Regions[0]
	}
	s := p.operation(in, r)
	tags := p.ownTags(in, r)[0]
	node := engine.Resource{ARN: p.account(in).Arn("ec2", region, "instance/i-0123456789abcdef0"), Tags: tags}
	for _, action := range []string{"ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeSessions"} {
		l.request(
			"listing with "+action,
			s,
			engine.Request{Action: action, Context: engine.Context{"aws:RequestedRegion": {region}}, Time: r.From},
		)
	}
	l.request(
		"asking whether a node of the project is connected",
		s,
		engine.Request{Action: "ssm:GetConnectionStatus", Resources: []engine.Resource{node}, Time: r.From},
	)
	if r.Reboot {
		l.request(
			"rebooting an instance of the project",
			s,
			engine.Request{Action: "ec2:RebootInstances", Resources: []engine.Resource{node}, Time: r.From},
		)
	}
}

// ownSessionsWork: sessions are resumed by the plugin after a while, and people end them.
func (p *prover) ownSessionsWork(in *intent.Account) {
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.toldOfAnother(r.ARN) {
			continue
		}
		l := p.alive(p.begin(in, r.ARN))
		s := p.operation(in, r)
		c := p.caller(s)
		id := c.Env().Lookup(&conditionkey.Key{Kind: conditionkey.KeyUserID})
		session := engine.Resource{
			ARN: p.account(in).
				Arn("ssm", engine.SomeRegion(p.account(in).Partition), "session/"+s.Name+"-0123456789abcdef0"),
			Tags: []world.Tag{{Key: "aws:ssmmessages:session-id", Value: id.One}},
		}
		if len(in.Regions) > 0 {
			session.ARN = p.account(in).Arn("ssm", in.Regions[0], "session/"+s.Name+"-0123456789abcdef0")
		}
		l.request(
			"resuming their own session",
			s,
			engine.Request{Action: "ssm:ResumeSession", Resources: []engine.Resource{session}, Time: r.From},
		)
		l.request(
			"ending their own session",
			s,
			engine.Request{Action: "ssm:TerminateSession", Resources: []engine.Resource{session}, Time: r.From},
		)
		l.done()
	}
}

// deployerNotLockedOut: the calls with which a deployer takes back what is deployed.
func (p *prover) deployerNotLockedOut(in *intent.Account) {
	if in.Deployer == "" {
		return
	}
	p.notDenied(in, in.Deployer, p.undoing(in))
}

// undoing are the calls that change and remove every principal and policy of the account.
func (p *prover) undoing(in *intent.Account) []engine.Request {
	account, _ := p.engine.AccountOf(in.Account)
	var calls []engine.Request
	on := func(arn string, actions ...string) {
		for _, action := range actions {
			calls = append(
				calls,
				engine.Request{
					Action:    "iam:" + action,
					Resources: []engine.Resource{{ARN: arn, Tags: []world.Tag{}}},
					Time:      p.engine.Day(),
				},
			)
		}
	}
	for i := range account.Groups {
		on(
			account.Groups[i].ARN(account),
			"CreateGroup",
			"DeleteGroup",
			"DeleteGroupPolicy",
			"PutGroupPolicy",
			"AddUserToGroup",
			"RemoveUserFromGroup",
			"AttachGroupPolicy",
			"DetachGroupPolicy",
		)
	}
	for i := range account.Users {
		on(
			account.Users[i].ARN(account),
			"CreateUser",
			"DeleteUser",
			"TagUser",
			"UntagUser",
			"UpdateUser",
			"DeleteLoginProfile",
			"DeactivateMFADevice",
		)
	}
	for i := range account.Roles {
		on(
			account.Roles[i].ARN(account),
			"CreateRole",
			"DeleteRole",
			"TagRole",
			"UntagRole",
			"UpdateRole",
			"UpdateAssumeRolePolicy",
			"PutRolePolicy",
			"DeleteRolePolicy",
			"AttachRolePolicy",
			"DetachRolePolicy",
			"PutRolePermissionsBoundary",
			"DeleteRolePermissionsBoundary",
		)
	}
	for i := range account.Policies {
		if policy.ARNPart(account.Policies[i].ARN, 4) != "aws" {
			on(
				account.Policies[i].ARN,
				"CreatePolicy",
				"CreatePolicyVersion",
				"DeletePolicy",
				"DeletePolicyVersion",
				"SetDefaultPolicyVersion",
			)
		}
	}
	for _, region := range in.Regions {
		document := p.account(in).Arn("ssm", region, "document/"+world.PreferencesDocument)
		for _, action := range []string{"CreateDocument", "UpdateDocument", "UpdateDocumentDefaultVersion", "DeleteDocument"} {
			calls = append(
				calls,
				engine.Request{
					Action:    "ssm:" + action,
					Resources: engine.On(document),
					Context:   engine.Context{"ssm:DocumentType": {"Session"}},
					Time:      p.engine.Day(),
				},
			)
		}
	}
	return calls
}

// breakGlassNotLockedOut: a role for emergencies undoes what is deployed, too.
func (p *prover) breakGlassNotLockedOut(in *intent.Account) {
	for _, arn := range in.BreakGlass {
		p.notDenied(in, arn, p.undoing(in))
	}
}

// notDenied: nothing that the world has denies the calls to somebody whose own policies allow everything. Their own
// policies of such a caller are the caller's affair, unless the world has them.
func (p *prover) notDenied(in *intent.Account, arn string, calls []engine.Request) {
	f := p.begin(in, arn)
	e, s := p.engine, engine.Session{}
	if who, known := p.engine.Principals[arn]; known {
		s = p.strongest(in, who)
	} else if e, s = search.WithStranger(p.engine, arn, &search.Model{Keys: map[string]engine.Values{"aws:multifactorauthpresent": engine.Single("true")}}); e == nil {
		f.Verdict, f.Problem = prove.DoesNotHold, fmt.Sprintf("%q is no user or role", arn)
		p.add(f)
		return
	}
	firstDenied(&f, e, s, calls, func(call *engine.Request, d engine.Decision) string {
		return fmt.Sprintf("%s on %s is %s", call.Action, call.Resources[0].ARN, d.Outcome)
	})
	p.add(f)
}

// firstDenied makes the calls of somebody whose own policies allow everything, and concludes at the first one that
// something else denies, or that cannot be decided: with what denies it, in the words of the claim, and the journey.
// Own policies that allow too little are no denial: a caller whom the world does not have brings them along.
func firstDenied(
	f *prove.Finding,
	e *engine.Engine,
	s engine.Session,
	calls []engine.Request,
	says func(*engine.Request, engine.Decision) string,
) {
	for i := range calls {
		f.Classes++
		d, err := e.Decide(s, calls[i])
		switch {
		case err != nil:
			f.Verdict, f.Problem = prove.DoesNotHold, "cannot be decided: "+err.Error()
		case d.Outcome == engine.ExplicitlyDenied,
			d.Outcome == engine.ImplicitlyDenied && d.By.Kind != engine.IdentityPolicy:
			f.Verdict, f.Problem, f.By = prove.DoesNotHold, says(&calls[i], d), []engine.Source{d.By}
		}
		if f.Verdict == prove.DoesNotHold {
			j := journey.Journey{From: s, Does: &calls[i], At: calls[i].Time}
			if arrival, err := journey.Walk(e, j); err == nil {
				f.Witness, f.Journey = &arrival, &j
			}
			return
		}
	}
}

func rolePath(in *intent.Account) string { return cmp.Or(in.RolePath, "/guardrails/") }
