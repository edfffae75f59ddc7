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
