package journey

import (
	"cmp"
	"strings"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Door is a way into one node.
type Door struct {
	Kind world.DoorKind
	// Node is the node. It need not be in the world: only its tags, kind and Region decide.
	Node world.Node
	// Account is the id of the node's account; empty means that of the session.
	Account string
	// Document is the name of the document of StartSession or SendCommand; empty means the door's own:
	// SSM-SessionManagerRunShell, AWS-StartPortForwardingSession, AWS-StartPortForwardingSessionToRemoteHost,
	// AWS-StartSSHSession or AWS-RunShellScript.
	Document string
	// OSUser is the login that InstanceConnect asks for; empty means ec2-user. SSH and the other doors do not use it.
	OSUser string
}

// document is the name of the door's document; empty for doors that have none.
func (d *Door) document() string {
	own := d.Kind.Document()
	if own == "" {
		return ""
	}
	return cmp.Or(d.Document, own)
}

// Requests are the calls that open the door.
func (d *Door) Requests(account *world.Account) ([]engine.Request, error) {
	node := engine.Resource{ARN: d.Node.ARN(account), Tags: d.Node.Tags}
	if node.Tags == nil {
		node.Tags = []world.Tag{}
	}
	both := []engine.Resource{node}
	if name := d.document(); name != "" {
		document := world.SessionDocument{Name: name, Region: d.Node.Region}
		if !strings.HasPrefix(name, "AWS-") {
			document.Owner = account.ID
		}
		both = append(both, engine.Resource{ARN: document.ARN(account)})
	}
	switch d.Kind {
	case world.Shell, world.Port, world.RemotePort, world.SSH:
		return []engine.Request{{Action: "ssm:StartSession", Resources: both}}, nil
	case world.RDP:
		region := engine.Context{"aws:RequestedRegion": {d.Node.Region}}
		via := engine.Context{
			"aws:CalledVia":      {"ssm-guiconnect.amazonaws.com"},
			"aws:CalledViaFirst": {"ssm-guiconnect.amazonaws.com"},
			"aws:CalledViaLast":  {"ssm-guiconnect.amazonaws.com"},
			"aws:ViaAWSService":  {"true"},
		}
		return []engine.Request{
			{Action: "ssm-guiconnect:StartConnection", Context: region},
			{Action: "ssm:StartSession", Resources: both, Context: via},
		}, nil
	case world.SendCommand:
		return []engine.Request{{Action: "ssm:SendCommand", Resources: both}}, nil
	case world.InstanceConnect:
		return []engine.Request{
			{
				Action:    "ec2-instance-connect:SendSSHPublicKey",
				Resources: both,
				Context:   engine.Context{"ec2:osuser": {d.login()}},
			},
		}, nil
	case world.SerialConsole:
		return []engine.Request{{Action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey", Resources: both}}, nil
	}
	return nil, policy.Refusef("write one of "+joinDoors(), "door %q: there is no such door", d.Kind)
}

func (d *Door) login() string { return cmp.Or(d.OSUser, "ec2-user") }

func joinDoors() string {
	var names []string
	for _, kind := range world.Doors() {
		names = append(names, string(kind))
	}
	return strings.Join(names, ", ")
}

// user is the operating-system user behind the door.
func user(e *engine.Engine, s engine.Session, d *Door, account *world.Account) OSUser {
	switch d.Kind {
	case world.Shell:
		return ShellUser(e, s, account, &d.Node, d.document())
	case world.Port:
		return OSUser{How: "a port of the node, no shell"}
	case world.RemotePort:
		return OSUser{How: "a port of any host that the node reaches, no shell"}
	case world.SSH:
		return OSUser{Unknown: true, How: "whoever the SSH key lets in"}
	case world.RDP:
		return OSUser{Unknown: true, How: "whoever signs in to Windows"}
	case world.SendCommand:
		return OSUser{Name: "root", Superuser: true, How: "SendCommand runs as root"}
	case world.InstanceConnect:
		return Login(&d.Node, d.login(), "asked for with the key")
	case world.SerialConsole:
		return OSUser{Unknown: true, How: "whoever signs in at the serial console"}
	}
	return OSUser{Unknown: true}
}

// DefaultPartition keeps ARNs whole for accounts that name none.
func DefaultPartition(p policy.Partition) policy.Partition { return cmp.Or(p, policy.AWS) }
