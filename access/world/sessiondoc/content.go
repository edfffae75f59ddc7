package sessiondoc

import (
	"encoding/json"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// The types of sessions that documents have. TypeShell is that of the preferences.
const (
	TypeShell                  = "Standard_Stream"
	TypePort                   = "Port"
	TypeInteractiveCommands    = "InteractiveCommands"
	TypeNonInteractiveCommands = "NonInteractiveCommands"
)

// Content is the content of a document of the type Session, with the elements in the order of AWS's own pages.
//
// Source: Systems Manager User Guide, "Session document schema".
type Content struct {
	SchemaVersion string               `json:"schemaVersion"`
	Description   string               `json:"description"`
	SessionType   string               `json:"sessionType"`
	Inputs        any                  `json:"inputs,omitempty"`
	Parameters    map[string]Parameter `json:"parameters,omitempty"`
	Properties    any                  `json:"properties"`
}

// Parameter is what a caller gives with StartSession.
type Parameter struct {
	Type           string   `json:"type"`
	Description    string   `json:"description,omitempty"`
	Default        string   `json:"default,omitempty"`
	AllowedPattern string   `json:"allowedPattern,omitempty"`
	AllowedValues  []string `json:"allowedValues,omitempty"`
}

// Port are the properties of a document that forwards a port of the caller's machine.
type Port struct {
	PortNumber      string `json:"portNumber"`
	Type            string `json:"type"`
	LocalPortNumber string `json:"localPortNumber,omitempty"`
	// Host is empty for a port of the node itself.
	Host string `json:"host,omitempty"`
}

// Commands are the properties of a document that runs a command, for each platform that it is for.
type Commands struct {
	Linux   *Command `json:"linux,omitempty"`
	Windows *Command `json:"windows,omitempty"`
	MacOS   *Command `json:"macos,omitempty"`
}

// Command is what runs. Elevated runs it as root or SYSTEM, whatever Run As says.
type Command struct {
	Commands string `json:"commands"`
	Elevated bool   `json:"runAsElevated"`
}

// Freedom is something that whoever starts a session chooses.
type Freedom struct {
	// Kind is "host", "port" or "command".
	Kind string
	// Parameter is the parameter with which it is chosen.
	Parameter string
}

// String says it in words.
func (f Freedom) String() string {
	if f.Kind == "command" {
		return "the caller writes a part of the command (" + f.Parameter + ")"
	}
	return "the caller chooses the " + f.Kind + " (" + f.Parameter + ")"
}

// references are the parameters that a text names, such as "{{ file }}".
var references = regexp.MustCompile(`{{\s*([A-Za-z0-9_]+)\s*}}`)

// References are the parameters that a text names, each once, in their order.
func References(text string) []string {
	var names []string
	for _, found := range references.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// Freedoms are what a document leaves to whoever starts a session: a host, a port of it, a part of a command that its
// parameter does not bound. The local port is the caller's own. It is an error when the content cannot be read; a type
// of sessions that names neither leaves nothing.
func Freedoms(content string) ([]Freedom, error) {
	var document struct {
		SessionType string               `json:"sessionType"`
		Parameters  map[string]Parameter `json:"parameters"`
		Properties  json.RawMessage      `json:"properties"`
	}
	if err := json.Unmarshal([]byte(content), &document); err != nil {
		return nil, fmt.Errorf("is no session document: %w", err)
	}
	switch document.SessionType {
	case TypePort:
		var port Port
		if err := json.Unmarshal(document.Properties, &port); err != nil {
			return nil, fmt.Errorf("has other properties than a port: %w", err)
		}
		return append(free("host", port.Host, document.Parameters), free("port", port.PortNumber, document.Parameters)...), nil
	case TypeInteractiveCommands, TypeNonInteractiveCommands:
		var commands Commands
		if err := json.Unmarshal(document.Properties, &commands); err != nil {
			return nil, fmt.Errorf("has other properties than commands: %w", err)
		}
		var all []Freedom
		for _, c := range []*Command{commands.Linux, commands.Windows, commands.MacOS} {
			if c == nil {
				continue
			}
			for _, f := range free("command", c.Commands, document.Parameters) {
				if !slices.Contains(all, f) {
					all = append(all, f)
				}
			}
		}
		return all, nil
	}
	return nil, nil
}

// free are the parameters of a text that leave it to the caller.
func free(kind, text string, parameters map[string]Parameter) []Freedom {
	var all []Freedom
	for _, name := range References(text) {
		p := parameters[name]
		if len(p.AllowedValues) > 0 || kind == "command" && p.AllowedPattern != "" && Unbounded(p.AllowedPattern) == "" {
			continue
		}
		all = append(all, Freedom{kind, name})
	}
	return all
}

// special are the characters with which a shell does more than take a word. A space makes words of one, and a dash at
// the beginning makes an option.
const special = " \t\n\r;&|`$<>(){}[]*?~!#'\"\\^%"

// Unbounded says why a pattern lets a caller write more than a word into a command; empty when it does not. A pattern
// bounds nothing that is not between ^ and $.
func Unbounded(pattern string) string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "is no regular expression that can be read: " + err.Error()
	}
	if !anchored(parsed) {
		return "is not between ^ and $, so what stands before or after a match is free"
	}
	if r, takes := takesSpecial(parsed); takes {
		return fmt.Sprintf("takes the character %q, with which a shell does more than take a word", r)
	}
	return ""
}

// anchored reports whether every match is of the whole text.
func anchored(re *syntax.Regexp) bool {
	if re.Op == syntax.OpCapture {
		return anchored(re.Sub[0])
	}
	if re.Op != syntax.OpConcat || len(re.Sub) < 2 {
		return false
	}
	last := re.Sub[len(re.Sub)-1]
	return re.Sub[0].Op == syntax.OpBeginText && last.Op == syntax.OpEndText
}

// takesSpecial finds a special character that some text of the pattern can have.
func takesSpecial(re *syntax.Regexp) (rune, bool) {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return ';', true
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if strings.ContainsRune(special, r) {
				return r, true
			}
		}
	case syntax.OpCharClass:
		for _, r := range special {
			for i := 0; i+1 < len(re.Rune); i += 2 {
				if re.Rune[i] <= r && r <= re.Rune[i+1] {
					return r, true
				}
			}
		}
	}
	for _, sub := range re.Sub {
		if r, takes := takesSpecial(sub); takes {
			return r, true
		}
	}
	return 0, false
}
