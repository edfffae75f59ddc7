package alive

import (
	"fmt"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
)

// enrolmentWorks: in the console, signed in with a password alone.
func enrolmentWorks(p *claim.Prover, in *intent.Account) {
	for _, member := range in.Members {
		if p.ToldOfAnother(member) {
			continue
		}
		who := p.Engine.Principals[member]
		l := Begin(p, p.Begin(in, member))
		console := engine.Console(member)
		l.call("listing their own devices", console, "iam:ListMFADevices", member)
		l.call("making a device that is named like the user", console, "iam:CreateVirtualMFADevice", who.Device())
		l.call(
			"making a device with another name",
			console,
			"iam:CreateVirtualMFADevice",
			p.Account(in).Arn("iam", "", "mfa/"+rests.AnotherDevice),
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
			engine.ConsoleWithMFA(member, model.SomeAge),
			"iam:DeactivateMFADevice",
			member,
		)
		l.Done()
	}
}

// firstPasswordChangeWorks: a first sign-in with a password that must be changed.
func firstPasswordChangeWorks(p *claim.Prover, in *intent.Account) {
	if !in.MFA.FirstPasswordChange {
		return
	}
	for _, member := range in.Members {
		if p.ToldOfAnother(member) {
			continue
		}
		l := Begin(p, p.Begin(in, member))
		l.call("changing their own password", engine.Console(member), "iam:ChangePassword", member)
		l.call("reading what a password must have", engine.Console(member), "iam:GetAccountPasswordPolicy")
		l.Done()
	}
}

// selfServiceWorks: what the switches name, with MFA.
func selfServiceWorks(p *claim.Prover, in *intent.Account) {
	if !in.MFA.AccessKeys && len(in.MFA.ContactTags) == 0 {
		return
	}
	for _, member := range in.Members {
		if p.ToldOfAnother(member) {
			continue
		}
		l := Begin(p, p.Begin(in, member))
		console := engine.ConsoleWithMFA(member, model.SomeAge)
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
		l.Done()
	}
}

// declaredJourneysWork: in the console and with an access key and an MFA code, each principal assumes the role; from
// an operation role the shell and each listed document open on a node of the project, as a legal OS user.
func declaredJourneysWork(p *claim.Prover, in *intent.Account) {
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		l := Begin(p, p.Begin(in, r.ARN))
		if r.OwnOSUser {
			assumable(p, l, r.Role, p.OwnOSUserTag)
		} else {
			assumable(p, l, r.Role, nil)
		}
		for _, document := range r.SessionDocuments() {
			opens(p, l, in, r, document)
		}
		finds(p, l, in, r)
		l.Done()
	}
	for _, r := range in.DelegatedRoles {
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		l := Begin(p, p.Begin(in, r.ARN))
		assumable(p, l, r, nil)
		if r.Shells.Open {
			shells := r.Opening()
			for _, document := range shells.SessionDocuments() {
				opens(p, l, in, &shells.OperationRole, document)
			}
		}
		l.Done()
	}
	if len(in.OperationRoles) == 0 {
		agentsAnswer(p, in)
	}
}

// agentsAnswer: where preferences are set, shells are meant to open, be it through grants, permission sets or roles
// of others. What it finds is told only where it does not hold: roles that open shells say it themselves.
func agentsAnswer(p *claim.Prover, in *intent.Account) {
	account, err := p.Engine.AccountOf(in.Account)
	if err != nil {
		return
	}
	f := p.Begin(in, in.Account)
	for _, region := range in.Regions {
		node := world.Node{Kind: world.Instance, ID: "i-0123456789abcdef0", Region: region}
		half, err := journey.NodeHalf(p.Engine, account, node, p.Engine.Day())
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
		p.Add(f)
	}
}

// opens: a door on a node of the project, an EC2 instance and a managed node, in every Region with preferences.
func opens(p *claim.Prover, l *List, in *intent.Account, r *intent.OperationRole, document string) {
	kind := world.DoorOfDocument(document)
	regions := in.Regions
	if regions == nil {
		regions = []string{engine.SomeRegion(p.Account(in).Partition)}
	}
	for _, region := range regions {
		for _, node := range []world.Node{{Kind: world.Instance, ID: "i-0123456789abcdef0"}, {Kind: world.ManagedInstance, ID: "mi-0123456789abcdef0"}} {
			for _, tags := range ownTags(in, r) {
				node.Region, node.Tags = region, tags
				door := &journey.Door{Kind: kind, Node: node, Document: document}
				if !opensWithChannel(p, l, in, r, door) {
					return
				}
			}
		}
	}
}

// opensWithChannel: the door opens, and what comes back from the node reaches the person.
func opensWithChannel(p *claim.Prover, l *List, in *intent.Account, r *intent.OperationRole, door *journey.Door) bool {
	what := fmt.Sprintf("opening %s on a node of the project in %s", door.Document, door.Node.Region)
	arrival, ok := l.Journey(what, journey.Journey{From: p.Operation(in, r), Opens: door, At: r.From})
	if !ok {
		return false
	}
	for _, step := range arrival.Steps {
		if step.NoDataChannel {
			l.f.Verdict, l.f.Problem = prove.DoesNotHold, what+" starts a session without a data channel: "+step.Note
			l.f.Witness = &arrival
			return false
		}
	}
	return true
}

// ownTags are the tags of nodes that the role is for, one list for each of its projects.
func ownTags(in *intent.Account, r *intent.OperationRole) [][]world.Tag {
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
func finds(p *claim.Prover, l *List, in *intent.Account, r *intent.OperationRole) {
	region := engine.SomeRegion(p.Account(in).Partition)
	if len(in.Regions) > 0 {
		region = in.Regions[0]
	}
	s := p.Operation(in, r)
	tags := ownTags(in, r)[0]
	node := engine.Resource{ARN: p.Account(in).Arn("ec2", region, "instance/i-0123456789abcdef0"), Tags: tags}
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
	for _, work := range []struct {
		declared     bool
		what, action string
	}{
		{r.StartStop, "starting an instance of the project", journey.StartInstances},
		{r.StartStop, "stopping an instance of the project", "ec2:StopInstances"},
		{r.Reboot, "rebooting an instance of the project", "ec2:RebootInstances"},
	} {
		if work.declared {
			l.request(
				work.what, s, engine.Request{Action: work.action, Resources: []engine.Resource{node}, Time: r.From},
			)
		}
	}
}

// ownSessionsWork: sessions are resumed by the plugin after a while, and people end them.
func ownSessionsWork(p *claim.Prover, in *intent.Account) {
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		l := Begin(p, p.Begin(in, r.ARN))
		s := p.Operation(in, r)
		c := p.Caller(s)
		id := c.Env().Lookup(&conditionkey.Key{Kind: conditionkey.KeyUserID})
		session := engine.Resource{
			ARN: p.Account(in).
				Arn("ssm", engine.SomeRegion(p.Account(in).Partition), "session/"+s.Name+"-0123456789abcdef0"),
			Tags: []world.Tag{{Key: "aws:ssmmessages:session-id", Value: id.One}},
		}
		if len(in.Regions) > 0 {
			session.ARN = p.Account(in).Arn("ssm", in.Regions[0], "session/"+s.Name+"-0123456789abcdef0")
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
		l.Done()
	}
}
