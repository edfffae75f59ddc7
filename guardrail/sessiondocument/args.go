package sessiondocument

import (
	"strconv"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/sessiondoc"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
)

// Args configures a document of the type Session: an element of the section "sessionDocuments" of the stack file. It
// opens nothing until a role lists it. It forwards one port or runs one command.
type Args struct {
	Account guardrail.Account
	// Name is 3 to 128 letters, digits and _-. and begins neither like a document of AWS nor like one of Session Manager.
	// Required.
	Name string
	// Regions are those in which the document is made. Required.
	Regions []string
	// Sessions are the preferences of the account, whose Run As, limits and logs a command has too. Required for
	// InteractiveCommand.
	Sessions *preferences.Args
	// PortForwarding is the port that sessions forward; nil when they run a command.
	PortForwarding *PortForwarding
	// InteractiveCommand is what sessions run; nil when they forward a port.
	InteractiveCommand *InteractiveCommand
}

// PortForwarding is one port of one host.
type PortForwarding struct {
	// Host is a name or an address that the node reaches. Empty means the node itself.
	Host string
	// Port is the port of the host, 1 to 65535. Required.
	Port int
}

// InteractiveCommand is one command, as the OS user of the role.
type InteractiveCommand struct {
	// Linux and Windows are the commands of nodes of those platforms; that of Linux is that of macOS too. One of them is
	// required.
	Linux, Windows string
	// Parameters are what callers fill in where a command has {{ name }}.
	Parameters []Parameter
}

// Parameter is a part of a command that callers fill in.
type Parameter struct {
	// Name is letters, digits and _. Required.
	Name string
	// Default is what stands there when a caller gives nothing. Empty means that callers have to give it.
	Default string
	// AllowedPattern is a regular expression between ^ and $ that takes no character with which a shell does more than
	// take a word, and AllowedValues are all values. One of them is required, unless Free.
	AllowedPattern string
	AllowedValues  []string
	// Free accepts whatever callers write: they run any command then.
	Free bool
}

// Content is the document as JSON, the same for every Region.
func (a *Args) Content() string {
	content := sessiondoc.Content{SchemaVersion: "1.0", Description: a.Name + " (managed)"}
	if f := a.PortForwarding; f != nil {
		content.SessionType = sessiondoc.TypePort
		content.Parameters = map[string]sessiondoc.Parameter{"localPortNumber": {
			Type:           "String",
			Description:    "Port of the caller's machine; 0 is any that is free",
			Default:        "0",
			AllowedPattern: localPorts,
		}}
		content.Properties = sessiondoc.Port{
			PortNumber:      strconv.Itoa(f.Port),
			Type:            "LocalPortForwarding",
			LocalPortNumber: "{{ localPortNumber }}",
			Host:            f.Host,
		}
	} else if c := a.InteractiveCommand; c != nil {
		content.SessionType = sessiondoc.TypeInteractiveCommands
		if a.Sessions != nil {
			content.Inputs = a.Sessions.Inputs()
		}
		for _, p := range c.Parameters {
			if content.Parameters == nil {
				content.Parameters = map[string]sessiondoc.Parameter{}
			}
			content.Parameters[p.Name] = sessiondoc.Parameter{
				Type: "String", Default: p.Default, AllowedPattern: p.AllowedPattern, AllowedValues: p.AllowedValues,
			}
		}
		var commands sessiondoc.Commands
		if c.Linux != "" {
			commands.Linux, commands.MacOS = &sessiondoc.Command{Commands: c.Linux}, &sessiondoc.Command{Commands: c.Linux}
		}
		if c.Windows != "" {
			commands.Windows = &sessiondoc.Command{Commands: c.Windows}
		}
		content.Properties = commands
	}
	text, err := policy.Compact(content)
	if err != nil {
		// Strings and booleans always encode; the text of an error is no document that SSM would take.
		return err.Error()
	}
	return text
}

// localPorts are the ports that a caller may choose on the own machine.
const localPorts = "^([0-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"

// AddTo adds the document to a world, in every Region.
func (a *Args) AddTo(w *world.Account) {
	for _, region := range a.Regions {
		w.Documents = append(w.Documents, world.SessionDocument{
			Name: a.Name, Region: region, Type: "Session", Owner: a.Account.ID, Content: a.Content(),
		})
	}
}

// Free are the names of the parameters that callers fill in as they like.
func (a *Args) Free() []string {
	var names []string
	if a.InteractiveCommand != nil {
		for _, p := range a.InteractiveCommand.Parameters {
			if p.Free {
				names = append(names, p.Name)
			}
		}
	}
	return names
}
