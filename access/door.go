package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
	Node Node
	// Account is the id of the node's account; empty means that of the session.
	Account string
	// Document is the name of the document of StartSession or SendCommand; empty means the door's own: SSM-SessionManagerRunShell,
	// AWS-StartPortForwardingSession, AWS-StartPortForwardingSessionToRemoteHost, AWS-StartSSHSession or AWS-RunShellScript.
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

// requests are the calls that open the door.
func (d *Door) requests(account *Account) ([]Request, error) {
	node := Resource{ARN: d.Node.ARN(account), Tags: d.Node.Tags}
	if node.Tags == nil {
		node.Tags = []Tag{}
	}
	both := []Resource{node}
	if name := d.document(); name != "" {
		document := SessionDocument{Name: name, Region: d.Node.Region}
		if !strings.HasPrefix(name, "AWS-") {
			document.Owner = account.ID
		}
		both = append(both, Resource{ARN: document.ARN(account)})
	}
	switch d.Kind {
	case Shell, Port, RemotePort, SSH:
		return []Request{{Action: "ssm:StartSession", Resources: both}}, nil
	case RDP:
		region := Context{"aws:RequestedRegion": {d.Node.Region}}
		via := Context{"aws:CalledVia": {"ssm-guiconnect.amazonaws.com"}, "aws:CalledViaFirst": {"ssm-guiconnect.amazonaws.com"},
			"aws:CalledViaLast": {"ssm-guiconnect.amazonaws.com"}, "aws:ViaAWSService": {"true"}}
		return []Request{{Action: "ssm-guiconnect:StartConnection", Context: region}, {Action: "ssm:StartSession", Resources: both, Context: via}}, nil
	case SendCommand:
		return []Request{{Action: "ssm:SendCommand", Resources: both}}, nil
	case InstanceConnect:
		return []Request{{Action: "ec2-instance-connect:SendSSHPublicKey", Resources: both, Context: Context{"ec2:osuser": {d.login()}}}}, nil
	case SerialConsole:
		return []Request{{Action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey", Resources: both}}, nil
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
func (e *Engine) user(s Session, d *Door, account *Account) OSUser {
	switch d.Kind {
	case Shell:
		return e.shellUser(s, account, &d.Node, d.document())
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
		return d.Node.login(d.login(), "asked for with the key")
	case SerialConsole:
		return OSUser{Unknown: true, How: "whoever signs in at the serial console"}
	}
	return OSUser{Unknown: true}
}

// accountOf finds an account of the world.
func (e *Engine) accountOf(id string) (*Account, error) {
	at := slices.IndexFunc(e.world.Accounts, func(a Account) bool { return a.ID == id })
	if at < 0 {
		return nil, fmt.Errorf("account %q: the world has no such account", id)
	}
	return &e.world.Accounts[at], nil
}

// defaultPartition keeps ARNs whole for accounts that name none.
func defaultPartition(p policy.Partition) policy.Partition { return cmp.Or(p, policy.AWS) }
