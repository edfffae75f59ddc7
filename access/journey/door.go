package journey

import (
	"cmp"
	"fmt"
	"strings"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// DoorKind is a way into a node.
type DoorKind string

// The doors, in the words of expectations.
const (
	// Shell is a Session Manager shell.
	Shell DoorKind = "shell"
	// Port forwards a port of the node; RemotePort one of a host that the node reaches.
	Port       DoorKind = "port"
	RemotePort DoorKind = "remotePort"
	// SSH is SSH through Session Manager.
	SSH DoorKind = "ssh"
	// RDP is a Fleet Manager desktop.
	RDP DoorKind = "rdp"
	// SendCommand runs commands as root.
	SendCommand DoorKind = "sendCommand"
	// InstanceConnect pushes an SSH key for a minute; SerialConsole does so for the serial console.
	InstanceConnect DoorKind = "instanceConnect"
	SerialConsole   DoorKind = "serialConsole"
)

// Doors lists the doors.
func Doors() []DoorKind {
	return []DoorKind{Shell, Port, RemotePort, SSH, RDP, SendCommand, InstanceConnect, SerialConsole}
}

// Door is a way into one node.
type Door struct {
	Kind DoorKind
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
	own := ""
	switch d.Kind {
	case Shell:
		own = PreferencesDocument
	case Port, RDP:
		own = "AWS-StartPortForwardingSession"
	case RemotePort:
		own = "AWS-StartPortForwardingSessionToRemoteHost"
	case SSH:
		own = "AWS-StartSSHSession"
	case SendCommand:
		own = "AWS-RunShellScript"
	case InstanceConnect, SerialConsole:
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
	case Shell, Port, RemotePort, SSH:
		return []engine.Request{{Action: "ssm:StartSession", Resources: both}}, nil
	case RDP:
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
	case SendCommand:
		return []engine.Request{{Action: "ssm:SendCommand", Resources: both}}, nil
	case InstanceConnect:
		return []engine.Request{
			{
				Action:    "ec2-instance-connect:SendSSHPublicKey",
				Resources: both,
				Context:   engine.Context{"ec2:osuser": {d.login()}},
			},
		}, nil
	case SerialConsole:
		return []engine.Request{{Action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey", Resources: both}}, nil
	}
	return nil, fmt.Errorf("door %q: there is no such door; write one of %s", d.Kind, joinDoors())
}

func (d *Door) login() string { return cmp.Or(d.OSUser, "ec2-user") }

func joinDoors() string {
	var names []string
	for _, kind := range Doors() {
		names = append(names, string(kind))
	}
	return strings.Join(names, ", ")
}

// user is the operating-system user behind the door.
func user(e *engine.Engine, s engine.Session, d *Door, account *world.Account) OSUser {
	switch d.Kind {
	case Shell:
		return ShellUser(e, s, account, &d.Node, d.document())
	case Port:
		return OSUser{How: "a port of the node, no shell"}
	case RemotePort:
		return OSUser{How: "a port of any host that the node reaches, no shell"}
	case SSH:
		return OSUser{Unknown: true, How: "whoever the SSH key lets in"}
	case RDP:
		return OSUser{Unknown: true, How: "whoever signs in to Windows"}
	case SendCommand:
		return OSUser{Name: "root", Superuser: true, How: "SendCommand runs as root"}
	case InstanceConnect:
		return Login(&d.Node, d.login(), "asked for with the key")
	case SerialConsole:
		return OSUser{Unknown: true, How: "whoever signs in at the serial console"}
	}
	return OSUser{Unknown: true}
}

// DefaultPartition keeps ARNs whole for accounts that name none.
func DefaultPartition(p policy.Partition) policy.Partition { return cmp.Or(p, policy.AWS) }
