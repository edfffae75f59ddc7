package journey

import (
	"fmt"
	"slices"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/sessiondoc"
)

// OSUser is the operating-system user that a door ends in.
type OSUser struct {
	// Name is the login; empty when there is none: a door that gives no shell, a session that fails, or a user that
	// is not known.
	Name string
	// How says where the name comes from, or why there is none.
	How string
	// Superuser says that the user can do everything on the node: root, and ssm-user by sudo.
	Superuser bool
	// Fails says that the session is refused or ends at once.
	Fails bool
	// Unknown says that the world does not tell who it is.
	Unknown bool
}

// String is the user in words.
func (u OSUser) String() string {
	switch {
	case u.Fails:
		return "no shell: " + u.How
	case u.Unknown:
		return "an unknown user: " + u.How
	case u.Name == "":
		return u.How
	case u.Superuser:
		return u.Name + " (can do everything on the node), " + u.How
	}
	return u.Name + ", " + u.How
}

// ShellUser finds the user of a shell as Session Manager and its agent do: the preferences of the Region (or the
// inputs of a document of its own), then the SSMSessionRunAs tag of the session, then that of the user or role, then
// the default user, else the session fails. There is no way back to ssm-user once Run As is on.
//
// Source: AWS Systems Manager User Guide, Turn on Run As support for Linux and macOS managed nodes; amazon-ssm-agent,
// agent/session/shell.
func ShellUser(e *engine.Engine, s engine.Session, account *world.Account, node *world.Node, document string) OSUser {
	settings, how := sessiondoc.RunAs{}, ""
	switch {
	case document == world.PreferencesDocument:
		index := slices.IndexFunc(
			account.Preferences,
			func(p world.SessionPreferences) bool { return p.Region == node.Region },
		)
		if index < 0 {
			return OSUser{
				Name:      world.AgentUser,
				Superuser: true,
				How:       node.Region + " has no Session Manager preferences, so Run As is off",
			}
		}
		settings = sessiondoc.RunAs{
			Enabled:     account.Preferences[index].RunAs,
			DefaultUser: account.Preferences[index].DefaultUser,
		}
		how = "the preferences of " + node.Region
	default:
		index := slices.IndexFunc(
			account.Documents,
			func(d world.SessionDocument) bool { return d.Name == document && d.Region == node.Region },
		)
		if index < 0 || account.Documents[index].Content == "" {
			return OSUser{
				Unknown: true,
				How:     fmt.Sprintf("the content of document %s in %s is not known", document, node.Region),
			}
		}
		var err error
		if settings, err = sessiondoc.ReadRunAs(account.Documents[index].Content); err != nil {
			return OSUser{Unknown: true, How: fmt.Sprintf("document %s in %s: %s", document, node.Region, err)}
		}
		how = "document " + document
	}
	switch {
	case settings.Port:
		return OSUser{How: "a port, no shell"}
	case settings.Elevated:
		return OSUser{Name: "root", Superuser: true, How: how + " runs its commands elevated"}
	case !settings.Enabled:
		return OSUser{Name: world.AgentUser, Superuser: true, How: how + " leaves Run As off"}
	}
	if name := TagOf(e, s, world.RunAsTag); name != "" {
		return Login(node, name, "named by the tag "+world.RunAsTag)
	}
	if settings.DefaultUser != "" {
		return Login(node, settings.DefaultUser, "the default user of "+how)
	}
	return OSUser{Fails: true, How: "neither a tag " + world.RunAsTag + " nor a default user names one"}
}

// TagOf is the value of a principal tag in a session; "" when it has none.
func TagOf(e *engine.Engine, s engine.Session, name string) string {
	if v := engine.FindTag(s.Tags, name); v.Present {
		return v.One
	}
	if p, known := e.Principals[s.Subject()]; known {
		return engine.FindTag(p.Tags, name).One
	}
	return ""
}
