package world

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

// The session documents of AWS that open doors, and the document that runs commands.
const (
	PortDocument       = "AWS-StartPortForwardingSession"
	RemotePortDocument = "AWS-StartPortForwardingSessionToRemoteHost"
	SSHDocument        = "AWS-StartSSHSession"
	CommandDocument    = "AWS-RunShellScript"
)

// doorDocuments are the documents with which doors are opened where nobody names another one.
var doorDocuments = map[DoorKind]string{
	Shell: PreferencesDocument, Port: PortDocument, RDP: PortDocument, RemotePort: RemotePortDocument, SSH: SSHDocument,
	SendCommand: CommandDocument,
}

// Document is the name of the document with which the door is opened where nobody names another one; empty for a door
// that has none.
func (k DoorKind) Document() string { return doorDocuments[k] }

// DoorOfDocument is the door that sessions with a document of AWS open. What it does not know opens a shell.
func DoorOfDocument(name string) DoorKind {
	for _, kind := range []DoorKind{Port, RemotePort, SSH} {
		if kind.Document() == name {
			return kind
		}
	}
	return Shell
}
